// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

void mesh_trace_addr(u8 *to, const void *b, u8 len)
{
	memset(to, 0, MESH_ADDR_MAX);
	if (len == 4)
		memset(to + 10, 0xff, 2);
	if (len)
		memcpy(to + MESH_ADDR_MAX - len, b, len);
}

void mesh_trace_ends(const struct sk_buff *skb, u16 proto, u8 *src, u8 *dst)
{
	int offset = skb_network_offset(skb);
	union {
		struct iphdr ip4;
		struct ipv6hdr ip6;
	} buf;
	const struct ipv6hdr *ip6;
	const struct iphdr *ip4;

	mesh_trace_addr(src, NULL, 0);
	mesh_trace_addr(dst, NULL, 0);
	if (proto == ETH_P_IP) {
		ip4 = skb_header_pointer(skb, offset, sizeof(*ip4), &buf.ip4);
		if (!ip4)
			return;
		mesh_trace_addr(src, &ip4->saddr, sizeof(ip4->saddr));
		mesh_trace_addr(dst, &ip4->daddr, sizeof(ip4->daddr));
	} else if (proto == ETH_P_IPV6) {
		ip6 = skb_header_pointer(skb, offset, sizeof(*ip6), &buf.ip6);
		if (!ip6)
			return;
		mesh_trace_addr(src, &ip6->saddr, sizeof(ip6->saddr));
		mesh_trace_addr(dst, &ip6->daddr, sizeof(ip6->daddr));
	}
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "flow.h"

static bool has_ports(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	return false;
}

void flow_key_set(struct flow_key *key, const struct mesh_addr *src,
		  const struct mesh_addr *dst, u8 proto, u16 sport, u16 dport)
{
	memset(key, 0, sizeof(*key));
	memcpy(key->src, src->b, sizeof(key->src));
	memcpy(key->dst, dst->b, sizeof(key->dst));
	key->len = dst->len;
	key->proto = proto;
	if (has_ports(proto)) {
		key->sport = htons(sport);
		key->dport = htons(dport);
	}
}

static void key_ports(struct flow_key *key, const struct sk_buff *skb,
		      int offset)
{
	__be16 buf[2];
	const __be16 *ports;

	if (!has_ports(key->proto))
		return;
	ports = skb_header_pointer(skb, offset, sizeof(buf), buf);
	if (!ports)
		return;
	key->sport = ports[0];
	key->dport = ports[1];
}

/*
 * Fills the key from the header at @offset.  Returns where the transport
 * header is; or -1 where there is none to look at: later fragments have none,
 * so the first one's does not count either.
 */
static int key_ip4(struct flow_key *key, const struct sk_buff *skb, int offset)
{
	struct iphdr buf;
	const struct iphdr *ip = skb_header_pointer(skb, offset, sizeof(buf),
						    &buf);

	if (!ip || ip->ihl < 5)
		return -1;
	memcpy(key->src, &ip->saddr, sizeof(ip->saddr));
	memcpy(key->dst, &ip->daddr, sizeof(ip->daddr));
	key->proto = ip->protocol;
	if (ip_is_fragment(ip))
		return -1;
	return offset + ip->ihl * 4;
}

static int key_ip6(struct flow_key *key, const struct sk_buff *skb, int offset)
{
	struct ipv6hdr buf;
	const struct ipv6hdr *ip = skb_header_pointer(skb, offset, sizeof(buf),
						      &buf);
	__be16 fragment;
	u8 next;

	if (!ip)
		return -1;
	memcpy(key->src, &ip->saddr, sizeof(ip->saddr));
	memcpy(key->dst, &ip->daddr, sizeof(ip->daddr));
	next = ip->nexthdr;
	offset = ipv6_skip_exthdr(skb, offset + sizeof(*ip), &next, &fragment);
	if (offset >= 0 && fragment) {
		/* Only the first one could tell what is behind the header. */
		key->proto = NEXTHDR_FRAGMENT;
		return -1;
	}
	key->proto = next;
	return offset;
}

static int key_ip(struct flow_key *key, const struct sk_buff *skb, int offset)
{
	return key->len == 4 ? key_ip4(key, skb, offset) :
			       key_ip6(key, skb, offset);
}

static bool is_error(const struct flow_key *key, const struct sk_buff *skb,
		     int offset)
{
	u8 buf;
	const u8 *type;

	if (key->proto != (key->len == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return false;
	type = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!type)
		return false;
	if (key->len == 16)
		return !(*type & ICMPV6_INFOMSG_MASK);
	return *type == ICMP_DEST_UNREACH || *type == ICMP_SOURCE_QUENCH ||
	       *type == ICMP_REDIRECT || *type == ICMP_TIME_EXCEEDED ||
	       *type == ICMP_PARAMETERPROB;
}

static void key_reverse(struct flow_key *key)
{
	u8 addr[MESH_ADDR_MAX];

	memcpy(addr, key->src, sizeof(addr));
	memcpy(key->src, key->dst, sizeof(addr));
	memcpy(key->dst, addr, sizeof(addr));
	swap(key->sport, key->dport);
}

/* The packet that an ICMP error quotes, behind eight octets of either ICMP. */
static bool key_quoted(struct flow_key *key, const struct sk_buff *skb,
		       int offset)
{
	struct flow_key quoted = { .len = key->len };
	u8 buf;
	const u8 *version;

	offset += sizeof(struct icmphdr);
	version = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!version || *version >> 4 != (key->len == 4 ? 4 : 6))
		return false;
	offset = key_ip(&quoted, skb, offset);
	if (offset >= 0)
		key_ports(&quoted, skb, offset);
	key_reverse(&quoted);
	*key = quoted;
	return true;
}

void flow_key_skb(struct flow_key *key, const struct sk_buff *skb)
{
	int offset;

	memset(key, 0, sizeof(*key));
	key->len = ip_hdr(skb)->version == 4 ? 4 : 16;
	offset = key_ip(key, skb, skb_network_offset(skb));
	if (offset < 0)
		return;
	if (is_error(key, skb, offset) && key_quoted(key, skb, offset))
		return;
	key_ports(key, skb, offset);
}

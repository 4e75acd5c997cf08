// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "encap.h"
#include "outer.h"
#include "rx_icmp.h"

/* The handlers want the quoted packet at the head of a buffer of their own. */
static struct sk_buff *copy_quoted(struct sk_buff *skb, int quoted)
{
	struct sk_buff *copy = skb_copy(skb, GFP_ATOMIC);

	if (copy)
		__skb_pull(copy, quoted);
	return copy;
}

/* The device whose packet is quoted at @offset, or NULL. */
static struct mesh_encap *quoted_ip4(const struct rx_table *table,
				     const struct sk_buff *skb, int offset)
{
	struct rx_addr addr = {};
	struct iphdr buf;
	const struct iphdr *ip = skb_header_pointer(skb, offset, sizeof(buf),
						    &buf);

	if (!ip || ip->version != 4 || ip->ihl < 5 ||
	    ip->protocol != IPPROTO_GRE || ip->frag_off & htons(IP_OFFSET))
		return NULL;
	mesh_addr_from_ip4(&addr.local, ip->saddr);
	if (!rx_addr_read(&addr, skb, offset + ip->ihl * 4))
		return NULL;
	return rx_table_find(table, &addr);
}

static bool is_too_big(const struct icmphdr *icmp)
{
	return icmp->type == ICMP_DEST_UNREACH &&
	       icmp->code == ICMP_FRAG_NEEDED;
}

static void heed_icmp4(const struct mesh_encap *encap, struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	const struct icmphdr *icmp = icmp_hdr(skb);
	struct net *net = encap->mesh->net;
	u16 mtu = ntohs(icmp->un.frag.mtu);
	struct mesh_addr to, from;
	struct outer_way quoted = { .to = &to, .from = &from, .tos = ip->tos };

	if (icmp->type == ICMP_REDIRECT) {
		ipv4_redirect(skb, net, encap->link, IPPROTO_GRE);
	} else if (mtu && !READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc)) {
		mesh_addr_from_ip4(&to, ip->daddr);
		mesh_addr_from_ip4(&from, ip->saddr);
		encap_learn_mtu(encap, &quoted, skb, mtu);
	}
}

void rx_icmp4(const struct rx_table *table, struct sk_buff *skb)
{
	int offset = ip_hdrlen(skb), quoted = offset + sizeof(struct icmphdr);
	struct icmphdr buf;
	const struct icmphdr *icmp = skb_header_pointer(skb, offset,
							sizeof(buf), &buf);
	struct mesh_encap *encap;
	struct sk_buff *copy;

	if (!icmp || (!is_too_big(icmp) && icmp->type != ICMP_REDIRECT))
		return;
	encap = quoted_ip4(table, skb, quoted);
	if (!encap || nf_ip_checksum(skb, NF_INET_LOCAL_IN, offset,
				     IPPROTO_ICMP))
		return;
	copy = copy_quoted(skb, quoted);
	if (!copy)
		return;
	local_bh_disable();
	heed_icmp4(encap, copy);
	local_bh_enable();
	consume_skb(copy);
}

/* Our packets have no other header before GRE's than that of a fragment. */
static struct mesh_encap *quoted_ip6(const struct rx_table *table,
				     const struct sk_buff *skb, int offset)
{
	struct frag_hdr fbuf;
	const struct frag_hdr *frag;
	struct rx_addr addr = {};
	struct ipv6hdr buf;
	const struct ipv6hdr *ip = skb_header_pointer(skb, offset, sizeof(buf),
						      &buf);
	u8 proto;

	if (!ip || ip->version != 6)
		return NULL;
	proto = ip->nexthdr;
	offset += sizeof(*ip);
	if (proto == NEXTHDR_FRAGMENT) {
		frag = skb_header_pointer(skb, offset, sizeof(fbuf), &fbuf);
		if (!frag || frag->frag_off & htons(IP6_OFFSET))
			return NULL;
		proto = frag->nexthdr;
		offset += sizeof(*frag);
	}
	mesh_addr_set(&addr.local, &ip->saddr, 16);
	if (proto != IPPROTO_GRE || !rx_addr_read(&addr, skb, offset))
		return NULL;
	return rx_table_find(table, &addr);
}

/* Where a redirect's quoted packet is, or 0. */
static int redirect_quoted(const struct sk_buff *skb, int offset)
{
	struct nd_opt_hdr opt;

	/* RFC 4861, 8.1: what no router off the link can have sent. */
	if (ipv6_hdr(skb)->hop_limit != 255 ||
	    !(ipv6_addr_type(&ipv6_hdr(skb)->saddr) & IPV6_ADDR_LINKLOCAL))
		return 0;
	for (offset += offsetof(struct rd_msg, opt);
	     !skb_copy_bits(skb, offset, &opt, sizeof(opt)) && opt.nd_opt_len;
	     offset += opt.nd_opt_len * 8)
		if (opt.nd_opt_type == ND_OPT_REDIRECT_HDR)
			return offset + 8;
	return 0;
}

static void heed_icmp6(const struct mesh_encap *encap, struct sk_buff *skb)
{
	const struct ipv6hdr *ip = (const struct ipv6hdr *)skb->data;
	const struct icmp6hdr *icmp = icmp6_hdr(skb);
	struct net *net = encap->mesh->net;
	struct mesh_addr to, from;
	struct outer_way quoted = {
		.to = &to,
		.from = &from,
		.tos = ipv6_get_dsfield(ip),
	};

	if (icmp->icmp6_type == NDISC_REDIRECT) {
		ip6_redirect(skb, net, skb->dev->ifindex, encap->fwmark,
			     sock_net_uid(net, NULL));
		return;
	}
	mesh_addr_set(&to, &ip->daddr, 16);
	mesh_addr_set(&from, &ip->saddr, 16);
	encap_learn_mtu(encap, &quoted, skb, ntohl(icmp->icmp6_mtu));
}

void rx_icmp6(const struct rx_table *table, struct sk_buff *skb)
{
	int offset = skb_network_offset(skb) + sizeof(struct ipv6hdr), quoted;
	struct icmp6hdr buf;
	const struct icmp6hdr *icmp = skb_header_pointer(skb, offset,
							 sizeof(buf), &buf);
	struct mesh_encap *encap;
	struct sk_buff *copy;

	if (!icmp || icmp->icmp6_code)
		return;
	if (icmp->icmp6_type == ICMPV6_PKT_TOOBIG)
		quoted = offset + sizeof(*icmp);
	else if (icmp->icmp6_type == NDISC_REDIRECT)
		quoted = redirect_quoted(skb, offset);
	else
		return;
	encap = quoted ? quoted_ip6(table, skb, quoted) : NULL;
	if (!encap || nf_ip6_checksum(skb, NF_INET_LOCAL_IN, offset,
				      IPPROTO_ICMPV6))
		return;
	copy = copy_quoted(skb, quoted);
	if (!copy)
		return;
	skb_set_transport_header(copy, offset - quoted);
	local_bh_disable();
	heed_icmp6(encap, copy);
	local_bh_enable();
	consume_skb(copy);
}

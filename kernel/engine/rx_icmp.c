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

/**
 * struct quoted - a packet of ours that an error is about
 * @encap: the device that sent it
 * @to: where to, and how it was wrapped
 * @addr: from where, and its key
 */
struct quoted {
	struct mesh_encap *encap;
	struct mesh_addr to;
	struct rx_addr addr;
};

/*
 * Reads what follows the IP headers, at @offset; false where it is not ours.  In
 * UDP the quote has to reach into the GRE header, and does but for routers that
 * keep to the least they may, 8 octets.
 */
static bool read_quoted(const struct rx_table *table, const struct sk_buff *skb,
			u8 proto, int offset, struct quoted *q)
{
	const struct udp_wire *udp;
	struct udp_wire buf;

	q->to.wrap = MESH_WRAP_GRE;
	if (proto == IPPROTO_UDP) {
		udp = skb_header_pointer(skb, offset, sizeof(buf), &buf);
		if (!udp)
			return false;
		q->to.wrap = MESH_WRAP_UDP;
		q->to.port = ntohs(udp->dest);
		offset += sizeof(*udp);
	} else if (proto != IPPROTO_GRE) {
		return false;
	}
	if (!rx_addr_read(&q->addr, skb, offset))
		return false;
	q->encap = rx_table_find(table, &q->addr);
	/* Datagrams there are many, which anybody here may have sent. */
	return q->encap && (proto == IPPROTO_GRE ||
			    encap_sends_udp(q->encap, &q->to));
}

static bool quoted_ip4(const struct rx_table *table, const struct sk_buff *skb,
		       int offset, struct quoted *q)
{
	struct iphdr buf;
	const struct iphdr *ip = skb_header_pointer(skb, offset, sizeof(buf),
						    &buf);

	if (!ip || ip->version != 4 || ip->ihl < 5 ||
	    ip->frag_off & htons(IP_OFFSET))
		return false;
	mesh_addr_from_ip4(&q->addr.local, ip->saddr);
	mesh_addr_from_ip4(&q->to, ip->daddr);
	return read_quoted(table, skb, ip->protocol, offset + ip->ihl * 4, q);
}

static bool is_too_big(const struct icmphdr *icmp)
{
	return icmp->type == ICMP_DEST_UNREACH &&
	       icmp->code == ICMP_FRAG_NEEDED;
}

static void heed_icmp4(const struct quoted *q, struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	const struct icmphdr *icmp = icmp_hdr(skb);
	struct net *net = q->encap->mesh->net;
	u16 mtu = ntohs(icmp->un.frag.mtu);
	struct outer_way quoted = {
		.to = &q->to,
		.from = &q->addr.local,
		.tos = ip->tos,
	};

	if (icmp->type == ICMP_REDIRECT)
		ipv4_redirect(skb, net, q->encap->link, ip->protocol);
	else if (mtu && !READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc))
		encap_learn_mtu(q->encap, &quoted, skb, mtu);
}

void rx_icmp4(const struct rx_table *table, struct sk_buff *skb)
{
	int offset = ip_hdrlen(skb), quoted = offset + sizeof(struct icmphdr);
	struct icmphdr buf;
	const struct icmphdr *icmp = skb_header_pointer(skb, offset,
							sizeof(buf), &buf);
	struct quoted q = {};
	struct sk_buff *copy;

	if (!icmp || (!is_too_big(icmp) && icmp->type != ICMP_REDIRECT))
		return;
	if (!quoted_ip4(table, skb, quoted, &q) ||
	    nf_ip_checksum(skb, NF_INET_LOCAL_IN, offset, IPPROTO_ICMP))
		return;
	copy = copy_quoted(skb, quoted);
	if (!copy)
		return;
	local_bh_disable();
	heed_icmp4(&q, copy);
	local_bh_enable();
	consume_skb(copy);
}

/* Our packets have no other header before GRE's or UDP's than that of a fragment. */
static bool quoted_ip6(const struct rx_table *table, const struct sk_buff *skb,
		       int offset, struct quoted *q)
{
	struct frag_hdr fbuf;
	const struct frag_hdr *frag;
	struct ipv6hdr buf;
	const struct ipv6hdr *ip = skb_header_pointer(skb, offset, sizeof(buf),
						      &buf);
	u8 proto;

	if (!ip || ip->version != 6)
		return false;
	proto = ip->nexthdr;
	offset += sizeof(*ip);
	if (proto == NEXTHDR_FRAGMENT) {
		frag = skb_header_pointer(skb, offset, sizeof(fbuf), &fbuf);
		if (!frag || frag->frag_off & htons(IP6_OFFSET))
			return false;
		proto = frag->nexthdr;
		offset += sizeof(*frag);
	}
	mesh_addr_set(&q->addr.local, &ip->saddr, 16);
	mesh_addr_set(&q->to, &ip->daddr, 16);
	return read_quoted(table, skb, proto, offset, q);
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

static void heed_icmp6(const struct quoted *q, struct sk_buff *skb)
{
	const struct ipv6hdr *ip = (const struct ipv6hdr *)skb->data;
	const struct icmp6hdr *icmp = icmp6_hdr(skb);
	struct net *net = q->encap->mesh->net;
	struct outer_way quoted = {
		.to = &q->to,
		.from = &q->addr.local,
		.tos = ipv6_get_dsfield(ip),
	};

	if (icmp->icmp6_type == NDISC_REDIRECT)
		ip6_redirect(skb, net, skb->dev->ifindex, q->encap->fwmark,
			     sock_net_uid(net, NULL));
	else
		encap_learn_mtu(q->encap, &quoted, skb, ntohl(icmp->icmp6_mtu));
}

void rx_icmp6(const struct rx_table *table, struct sk_buff *skb)
{
	int offset = skb_network_offset(skb) + sizeof(struct ipv6hdr), quoted;
	struct icmp6hdr buf;
	const struct icmp6hdr *icmp = skb_header_pointer(skb, offset,
							 sizeof(buf), &buf);
	struct quoted q = {};
	struct sk_buff *copy;

	if (!icmp || icmp->icmp6_code)
		return;
	if (icmp->icmp6_type == ICMPV6_PKT_TOOBIG)
		quoted = offset + sizeof(*icmp);
	else if (icmp->icmp6_type == NDISC_REDIRECT)
		quoted = redirect_quoted(skb, offset);
	else
		return;
	if (!quoted || !quoted_ip6(table, skb, quoted, &q) ||
	    nf_ip6_checksum(skb, NF_INET_LOCAL_IN, offset,
				      IPPROTO_ICMPV6))
		return;
	copy = copy_quoted(skb, quoted);
	if (!copy)
		return;
	skb_set_transport_header(copy, offset - quoted);
	local_bh_disable();
	heed_icmp6(&q, copy);
	local_bh_enable();
	consume_skb(copy);
}

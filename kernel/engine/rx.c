// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/gro_cells.h>
#include <net/icmp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/udp.h>
#include <net/xfrm.h>

#include "compat.h"
#include "admit.h"
#include "bfd.h"
#include "bypass.h"
#include "drop.h"
#include "encap.h"
#include "wire/gre_wire.h"
#include "wire/udp_wire.h"
#include "nhrp.h"
#include "rx.h"
#include "rx_icmp.h"
#include "rx_table.h"
#include "trace.h"

/**
 * struct rx_outer - what is known of the outer header
 * @from: source, and how the packet was wrapped
 * @to: destination
 * @dsfield: TOS or traffic class
 * @len: octets to the GRE header
 */
struct rx_outer {
	struct mesh_addr from;
	struct mesh_addr to;
	u8 dsfield;
	int len;
};

static bool inner_ok(struct sk_buff *skb, u16 proto)
{
	if (proto == GRE_WIRE_IP) {
		const struct iphdr *ip;

		if (!pskb_may_pull(skb, sizeof(*ip)))
			return false;
		ip = ip_hdr(skb);
		return ip->version == 4 && ip->ihl >= 5 &&
		       ntohs(ip->tot_len) >= ip->ihl * 4 &&
		       ntohs(ip->tot_len) <= skb->len;
	}
	return pskb_may_pull(skb, sizeof(struct ipv6hdr)) &&
	       ipv6_hdr(skb)->version == 6;
}

/*
 * One node may have a peer of each family at one underlay address, and behind
 * that of a translator there may be several nodes, each with a port.
 */
static unsigned int likeness(const struct endpoint *ep,
			     const struct mesh_addr *from, u8 len)
{
	return (ep->peer->addr.len == len) + 2 * (ep->nbma.port == from->port);
}

/* The most like one, or NULL where there is none at that address. */
static struct peer *sender(struct mesh_dev *mesh, const struct mesh_addr *from,
			   u8 len)
{
	struct endpoint *ep = endpoint_first(&mesh->fwd.endpoints, from);
	struct endpoint *best = ep;

	while (ep && likeness(best, from, len) < 3) {
		if (likeness(ep, from, len) > likeness(best, from, len))
			best = ep;
		ep = endpoint_next(&mesh->fwd.endpoints, ep);
	}
	return best ? best->peer : NULL;
}

static void count_peer(struct mesh_dev *mesh, const struct sk_buff *skb,
		       const struct mesh_addr *from)
{
	u8 len = skb->protocol == htons(ETH_P_IPV6) ? 16 : 4;
	struct peer *peer = sender(mesh, from, len);

	if (peer)
		stats_add(&peer->stats->rx, 1, skb->len);
}

/* The congestion mark of the outer header goes inside, where it has a meaning. */
static bool take_mark(struct sk_buff *skb, u8 outer)
{
	u8 inner = ip_tunnel_get_dsfield(ip_hdr(skb), skb);

	/* 2: it has none there */
	return INET_ECN_decapsulate(skb, outer, inner) != 2;
}

/* The GRE header is off. */
static void deliver(struct mesh_dev *mesh, struct sk_buff *skb, u16 proto,
		    const struct rx_outer *outer)
{
	enum mesh_counter why;

	skb->dev = mesh->dev;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	trace_mesh_receive(mesh, skb, proto, &outer->from, &outer->to,
			   outer->dsfield);
	if (proto == GRE_WIRE_NHRP) {
		dev_sw_netstats_rx_add(mesh->dev, skb->len);
		count_peer(mesh, skb, &outer->from);
		nhrp_input(mesh, skb, &outer->from);
		return;
	}
	if (!(READ_ONCE(mesh->dev->flags) & IFF_UP)) {
		mesh_drop(mesh, skb, MESH_C_DROP_RX_DOWN);
		return;
	}
	if (!inner_ok(skb, proto) || !take_mark(skb, outer->dsfield)) {
		mesh_drop(mesh, skb, MESH_C_DROP_RX_INNER);
		return;
	}
	why = admit(mesh, skb, &outer->from);
	if (why != MESH_C_MAX) {
		mesh_drop(mesh, skb, why);
		return;
	}
	dev_sw_netstats_rx_add(mesh->dev, skb->len);
	if (bfd_input(mesh, skb, &outer->from, &outer->to))
		return;
	count_peer(mesh, skb, &outer->from);
	if (!bypass(mesh, skb))
		gro_cells_receive(&mesh->cells, skb);
}

static bool policy_ok(struct sk_buff *skb, enum mesh_family family)
{
	return family == MESH_IP6 ?
		       xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb) :
		       xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb);
}

/*
 * What stands between the hook and a protocol's handler: the rest of the hooks
 * are skipped, so their duties are ours.
 */
static bool leave_hooks(struct mesh_dev *mesh, struct sk_buff *skb,
			enum mesh_family family)
{
	if (!compat_ct_confirm(skb) || !policy_ok(skb, family)) {
		mesh_drop(mesh, skb, MESH_C_DROP_RX_POLICY);
		return false;
	}
	nf_reset_ct(skb);
	skb_clear_delivery_time(skb);
	return true;
}

static void drop_unread(struct mesh_dev *mesh, struct sk_buff *skb,
			enum gre_wire_error err)
{
	mesh_drop(mesh, skb, err == GRE_WIRE_E_PROTO ?
		  MESH_C_DROP_RX_PROTOCOL : MESH_C_DROP_RX_MALFORMED);
}

/* Takes @skb, at the GRE header. */
static void decapsulate(struct mesh_dev *mesh, struct sk_buff *skb,
			const struct rx_outer *outer)
{
	bool xnet = !net_eq(mesh->net, dev_net(mesh->dev));
	enum gre_wire_error err;
	struct gre_wire gre;

	/* While it is being opened NHRP asks, and is answered, before it is up. */
	if (!netif_running(mesh->dev)) {
		mesh_drop(mesh, skb, MESH_C_DROP_RX_DOWN);
		return;
	}
	if (!pskb_may_pull(skb, min_t(unsigned int, skb->len, GRE_WIRE_MAX))) {
		mesh_drop(mesh, skb, MESH_C_DROP_RX_NOMEM);
		return;
	}
	err = gre_wire_parse(&gre, skb->data, skb_headlen(skb));
	if (err != GRE_WIRE_OK) {
		drop_unread(mesh, skb, err);
		return;
	}
	if (gre.has_csum && skb_checksum_simple_validate(skb)) {
		mesh_drop(mesh, skb, MESH_C_DROP_RX_CHECKSUM);
		return;
	}
	if (iptunnel_pull_header(skb, gre.len, htons(gre.proto), xnet)) {
		mesh_drop(mesh, skb, MESH_C_DROP_RX_NOMEM);
		return;
	}
	deliver(mesh, skb, gre.proto, outer);
}

/* @addr has the local address that the packet is for. */
static unsigned int claim(const struct rx_table *table, struct sk_buff *skb,
			  struct rx_addr *addr, const struct rx_outer *outer)
{
	struct mesh_encap *encap;

	if (!rx_addr_read(addr, skb, outer->len))
		return NF_ACCEPT;
	encap = rx_table_find(table, addr);
	if (!encap)
		return NF_ACCEPT;
	/* A verdict from user space sends it on in process context. */
	local_bh_disable();
	if (leave_hooks(encap->mesh, skb, mesh_family(&outer->from))) {
		__skb_pull(skb, outer->len);
		decapsulate(encap->mesh, skb, outer);
	}
	local_bh_enable();
	return NF_STOLEN;
}

/* To this host, and to it alone. */
static bool is_ours_ip4(const struct sk_buff *skb)
{
	const struct rtable *rt = skb_rtable(skb);

	return skb->pkt_type == PACKET_HOST &&
	       (!rt || rt->rt_type == RTN_LOCAL);
}

static bool is_ours_ip6(const struct sk_buff *skb)
{
	const struct rt6_info *rt = (const struct rt6_info *)skb_dst(skb);

	return skb->pkt_type == PACKET_HOST &&
	       (!rt || rt->rt6i_flags & RTF_LOCAL);
}

static void read_ip4(const struct sk_buff *skb, struct rx_outer *outer)
{
	const struct iphdr *ip = ip_hdr(skb);

	outer->dsfield = ip->tos;
	mesh_addr_from_ip4(&outer->from, ip->saddr);
	mesh_addr_from_ip4(&outer->to, ip->daddr);
}

static void read_ip6(const struct sk_buff *skb, struct rx_outer *outer)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);

	outer->dsfield = ipv6_get_dsfield(ip);
	mesh_addr_set(&outer->from, &ip->saddr, 16);
	mesh_addr_set(&outer->to, &ip->daddr, 16);
}

static unsigned int rx_ip4(const struct rx_table *table, struct sk_buff *skb)
{
	struct rx_outer outer = { .len = ip_hdrlen(skb) };
	struct rx_addr addr = {};

	if (!is_ours_ip4(skb))
		return NF_ACCEPT;
	read_ip4(skb, &outer);
	outer.from.wrap = MESH_WRAP_GRE;
	addr.local = outer.to;
	return claim(table, skb, &addr, &outer);
}

/*
 * Destination options, of which a node that does not know them may skip these:
 * ip6_gre writes such a one.  The stack reads the others, and answers them.
 */
static bool may_skip(const struct sk_buff *skb, int offset, int len)
{
	int end = offset + len;
	u8 buf[2];

	for (offset += 2; offset < end; offset += buf[1] + 2) {
		if (skb_copy_bits(skb, offset, buf, 1))
			return false;
		if (buf[0] == IPV6_TLV_PAD1) {
			offset--;
			buf[1] = 0;
			continue;
		}
		if (buf[0] & 0xc0 || skb_copy_bits(skb, offset, buf, 2))
			return false;
	}
	return offset == end;
}

/*
 * Finds the GRE or the fragment header, whichever is first; false where there
 * is none, or behind a header that has to be heeded.
 */
static bool find_gre(const struct sk_buff *skb, u8 *proto, int *offset)
{
	struct ipv6_opt_hdr hdr;

	*proto = ipv6_hdr(skb)->nexthdr;
	*offset = skb_network_offset(skb) + sizeof(struct ipv6hdr);
	while (*proto == NEXTHDR_HOP || *proto == NEXTHDR_DEST) {
		if (skb_copy_bits(skb, *offset, &hdr, sizeof(hdr)))
			return false;
		/* Hop-by-hop options were read on the way here. */
		if (*proto == NEXTHDR_DEST &&
		    !may_skip(skb, *offset, ipv6_optlen(&hdr)))
			return false;
		*proto = hdr.nexthdr;
		*offset += ipv6_optlen(&hdr);
	}
	return *proto == IPPROTO_GRE || *proto == NEXTHDR_FRAGMENT;
}

/*
 * The stack puts fragments together only after the hook, and would hand the
 * whole packet to ip6_gre: those of GRE are put together here.
 */
static unsigned int whole(struct net *net, struct sk_buff *skb, int offset)
{
	struct frag_hdr buf;
	const struct frag_hdr *frag = skb_header_pointer(skb, offset,
							 sizeof(buf), &buf);
	int err;

	if (!frag || (frag->nexthdr != IPPROTO_GRE &&
		      frag->nexthdr != NEXTHDR_DEST))
		return NF_ACCEPT;
	err = compat_frag6_gather(net, skb);
	if (err == -EINPROGRESS)
		return NF_STOLEN;
	return err ? NF_DROP : NF_ACCEPT;
}

static unsigned int rx_ip6(const struct rx_table *table, struct sk_buff *skb)
{
	struct rx_outer outer = {};
	struct rx_addr addr = {};
	unsigned int verdict;
	u8 proto;

	if (!is_ours_ip6(skb) || !find_gre(skb, &proto, &outer.len))
		return NF_ACCEPT;
	if (proto == NEXTHDR_FRAGMENT) {
		verdict = whole(table->net, skb, outer.len);
		if (verdict != NF_ACCEPT ||
		    !find_gre(skb, &proto, &outer.len) || proto != IPPROTO_GRE)
			return verdict;
	}
	read_ip6(skb, &outer);
	outer.from.wrap = MESH_WRAP_GRE;
	addr.local = outer.to;
	return claim(table, skb, &addr, &outer);
}

/* As if there were no socket: what asks for nobody here is told so. */
static void refuse(const struct rx_table *table, struct sk_buff *skb,
		   enum mesh_family family)
{
	if (family == MESH_IP6) {
		__UDP6_INC_STATS(table->net, UDP_MIB_NOPORTS, 0);
		icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0);
	} else {
		__UDP_INC_STATS(table->net, UDP_MIB_NOPORTS, 0);
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	}
	kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
}

/* The device that takes what comes to that port, or NULL. */
static struct mesh_encap *find_udp(const struct rx_table *table,
				   const struct sk_buff *skb,
				   const struct mesh_addr *to)
{
	struct rx_addr addr = { .local = *to };
	struct mesh_encap *encap;

	if (!rx_addr_read(&addr, skb, UDP_WIRE_LEN))
		return NULL;
	encap = rx_table_find(table, &addr);
	return encap && encap->udp_port == ntohs(udp_hdr(skb)->dest) ?
		       encap : NULL;
}

static void rx_datagram(const struct rx_table *table, struct sk_buff *skb,
			struct rx_outer *outer)
{
	enum mesh_family family = mesh_family(&outer->to);
	const struct mesh_encap *encap = find_udp(table, skb, &outer->to);

	outer->from.wrap = MESH_WRAP_UDP;
	outer->from.port = ntohs(udp_hdr(skb)->source);
	if (!encap) {
		refuse(table, skb, family);
	} else if (family == MESH_IP6 && !udp_hdr(skb)->check &&
		   encap->udp_csum) {
		/* RFC 6935, 5: of no use unless both ends were told. */
		mesh_drop(encap->mesh, skb, MESH_C_DROP_RX_CHECKSUM);
	} else {
		skb_pull_rcsum(skb, UDP_WIRE_LEN);
		decapsulate(encap->mesh, skb, outer);
	}
}

void rx_udp(const struct rx_table *table, struct sk_buff *skb)
{
	bool v4 = ip_hdr(skb)->version == 4;
	struct rx_outer outer = {};

	/* Of multicast the socket gets a copy, whoever it is for. */
	if (v4 ? !is_ours_ip4(skb) : !is_ours_ip6(skb)) {
		kfree_skb(skb);
		return;
	}
	if (v4)
		read_ip4(skb, &outer);
	else
		read_ip6(skb, &outer);
	local_bh_disable();
	rx_datagram(table, skb, &outer);
	local_bh_enable();
}

static unsigned int hook_ip4(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	if (ip_hdr(skb)->protocol == IPPROTO_GRE)
		return rx_ip4(priv, skb);
	if (ip_hdr(skb)->protocol == IPPROTO_ICMP)
		rx_icmp4(priv, skb);
	return NF_ACCEPT;
}

static unsigned int hook_ip6(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	u8 proto = ipv6_hdr(skb)->nexthdr;

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		return NF_ACCEPT;
	if (proto == IPPROTO_ICMPV6) {
		rx_icmp6(priv, skb);
		return NF_ACCEPT;
	}
	return rx_ip6(priv, skb);
}

/* After every filter, and before connection tracking's confirmation. */
const struct nf_hook_ops rx_hook_ops[MESH_FAMILIES] = {
	[MESH_IP4] = {
		.hook = hook_ip4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_CONNTRACK_CONFIRM - 1,
	},
	[MESH_IP6] = {
		.hook = hook_ip6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_LAST - 1,
	},
};

// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <net/gro_cells.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "compat.h"
#include "drop.h"
#include "encap.h"
#include "wire/gre_wire.h"
#include "nhrp.h"
#include "rx.h"
#include "rx_table.h"

/*
 * What the GRE header at @offset is addressed to.  False where that cannot be
 * told, or for another version (PPTP's is 1): such a packet is not ours.
 */
static bool read_key(struct sk_buff *skb, int offset, struct rx_addr *addr)
{
	struct gre_wire_base buf;
	const struct gre_wire_base *base;
	const __be32 *key;
	__be32 word;
	u16 flags;

	addr->iif = skb->dev->ifindex;
	addr->sdif = inet_sdif(skb);
	base = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!base)
		return false;
	flags = ntohs(base->flags);
	if (flags & GRE_WIRE_VERSION)
		return false;
	addr->has_key = flags & GRE_WIRE_KEY;
	if (!addr->has_key)
		return true;
	offset += gre_wire_flags_len(flags & GRE_WIRE_CSUM);
	key = skb_header_pointer(skb, offset, sizeof(word), &word);
	if (!key)
		return false;
	addr->key = *key;
	return true;
}

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
 * One node may have a peer of each family at one underlay address: the one of
 * the packet's family, or else the first.
 */
static struct peer *sender(struct mesh_dev *mesh, const struct mesh_addr *from,
			   u8 len)
{
	struct endpoint *first = endpoint_first(&mesh->fwd.endpoints, from);
	struct endpoint *ep;

	for (ep = first; ep; ep = endpoint_next(&mesh->fwd.endpoints, ep))
		if (ep->peer->addr.len == len)
			return ep->peer;
	return first ? first->peer : NULL;
}

static void count_rx(struct mesh_dev *mesh, const struct sk_buff *skb,
		     const struct mesh_addr *from)
{
	u8 len = skb->protocol == htons(ETH_P_IPV6) ? 16 : 4;
	struct peer *peer = sender(mesh, from, len);

	dev_sw_netstats_rx_add(mesh->dev, skb->len);
	if (peer)
		stats_add(peer->rx, 1, skb->len);
}

/* The GRE header is off, the outer one is @outer. */
static void deliver(struct mesh_dev *mesh, struct sk_buff *skb, u16 proto,
		    const struct iphdr *outer)
{
	struct mesh_addr from;

	mesh_addr_from_ip4(&from, outer->saddr);
	skb->dev = mesh->dev;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	if (proto == GRE_WIRE_NHRP) {
		count_rx(mesh, skb, &from);
		nhrp_input(mesh, skb, &from);
		return;
	}
	/* 2: the congestion mark of the outer header has no meaning inside */
	if (!inner_ok(skb, proto) || IP_ECN_decapsulate(outer, skb) == 2) {
		mesh_drop(mesh, skb, MESH_C_DROP_RX_INNER);
		return;
	}
	count_rx(mesh, skb, &from);
	gro_cells_receive(&mesh->cells, skb);
}

/*
 * What stands between the hook and a protocol's handler: the rest of the hooks
 * are skipped, so their duties are ours.
 */
static bool admit(struct mesh_dev *mesh, struct sk_buff *skb)
{
	if (!(mesh->dev->flags & IFF_UP)) {
		mesh_drop(mesh, skb, MESH_C_DROP_RX_DOWN);
		return false;
	}
	if (!compat_ct_confirm(skb) ||
	    !xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb)) {
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

/* Takes @skb, at the outer header. */
static void decapsulate(struct mesh_dev *mesh, struct sk_buff *skb)
{
	bool xnet = !net_eq(mesh->net, dev_net(mesh->dev));
	struct iphdr outer = *ip_hdr(skb);
	enum gre_wire_error err;
	struct gre_wire gre;

	if (!admit(mesh, skb))
		return;
	__skb_pull(skb, skb_network_header_len(skb));
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
	deliver(mesh, skb, gre.proto, &outer);
}

static unsigned int rx_gre(const struct rx_table *table, struct sk_buff *skb)
{
	struct rx_addr addr = { .local = ip_hdr(skb)->daddr };
	const struct rtable *rt = skb_rtable(skb);
	struct mesh_encap *encap;

	if (skb->pkt_type != PACKET_HOST || (rt && rt->rt_type != RTN_LOCAL) ||
	    !read_key(skb, ip_hdrlen(skb), &addr))
		return NF_ACCEPT;
	encap = rx_table_find(table, &addr);
	if (!encap)
		return NF_ACCEPT;
	/* A verdict from user space sends it on in process context. */
	local_bh_disable();
	decapsulate(encap->mesh, skb);
	local_bh_enable();
	return NF_STOLEN;
}

static bool is_too_big(const struct icmphdr *icmp)
{
	return icmp->type == ICMP_DEST_UNREACH &&
	       icmp->code == ICMP_FRAG_NEEDED;
}

/* The device whose packet an ICMP error quotes, or NULL. */
static struct mesh_encap *find_quoted(const struct rx_table *table,
				      struct sk_buff *skb, int offset)
{
	struct rx_addr addr = {};
	struct iphdr buf;
	const struct iphdr *ip = skb_header_pointer(skb, offset, sizeof(buf),
						    &buf);

	if (!ip || ip->version != 4 || ip->ihl < 5 ||
	    ip->protocol != IPPROTO_GRE || ip->frag_off & htons(IP_OFFSET))
		return NULL;
	addr.local = ip->saddr;
	if (!read_key(skb, offset + ip->ihl * 4, &addr))
		return NULL;
	return rx_table_find(table, &addr);
}

/* @skb is a copy, whose data is the quoted packet. */
static void heed(const struct mesh_encap *encap, struct sk_buff *skb,
		 const struct icmphdr *icmp)
{
	struct net *net = encap->mesh->net;
	u16 mtu = ntohs(icmp->un.frag.mtu);

	if (icmp->type == ICMP_REDIRECT)
		ipv4_redirect(skb, net, encap->link, IPPROTO_GRE);
	else if (mtu && !READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc))
		encap_learn_mtu(encap, skb, mtu);
}

/*
 * The handler that ip_gre may have registered hears of the error afterwards;
 * without it nobody would.
 */
static void rx_icmp(const struct rx_table *table, struct sk_buff *skb)
{
	int offset = ip_hdrlen(skb), quoted = offset + sizeof(struct icmphdr);
	struct icmphdr buf;
	const struct icmphdr *icmp = skb_header_pointer(skb, offset,
							sizeof(buf), &buf);
	struct mesh_encap *encap;
	struct sk_buff *copy;

	if (!icmp || (!is_too_big(icmp) && icmp->type != ICMP_REDIRECT))
		return;
	encap = find_quoted(table, skb, quoted);
	if (!encap || nf_ip_checksum(skb, NF_INET_LOCAL_IN, offset,
				     IPPROTO_ICMP))
		return;
	copy = skb_copy(skb, GFP_ATOMIC);
	if (!copy)
		return;
	__skb_pull(copy, quoted);
	local_bh_disable();
	heed(encap, copy, icmp_hdr(copy));
	local_bh_enable();
	consume_skb(copy);
}

static unsigned int rx_hook(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	if (ip_hdr(skb)->protocol == IPPROTO_GRE)
		return rx_gre(priv, skb);
	if (ip_hdr(skb)->protocol == IPPROTO_ICMP)
		rx_icmp(priv, skb);
	return NF_ACCEPT;
}

/* After every filter, and before connection tracking's confirmation. */
const struct nf_hook_ops rx_hook_ops = {
	.hook = rx_hook,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = NF_IP_PRI_CONNTRACK_CONFIRM - 1,
};

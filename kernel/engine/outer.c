// SPDX-License-Identifier: GPL-2.0
#include <linux/if_tunnel.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/addrconf.h>
#include <net/inet_dscp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ip6_tunnel.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/udp.h>

#include "outer.h"

/* What a device may grow needed_headroom to, however deep the underlay is. */
#define HEADROOM_MAX 512

/* Devices whose senders may run within each other: each takes its part of the stack. */
#define NESTED_MAX 4

static void set_daddr(const struct mesh_encap *e, const struct outer_way *way,
		      struct outer *o)
{
	o->family = mesh_family(way->to);
	if (o->family == MESH_IP6)
		memcpy(&o->daddr.ip6, way->to->b, sizeof(o->daddr.ip6));
	else
		o->daddr.ip4 = mesh_addr_ip4(way->to);
	o->dport = outer_port(e, way->to);
	o->sport = e->udp_source;
	/*
	 * A translator lets in what comes from where it saw packets go to, and
	 * who answers is told by this port where we take it.
	 */
	if (e->udp_port && (way->control || way->to->wrap == MESH_WRAP_NAT))
		o->sport = e->udp_port;
}

/*
 * Routes with their reference.  The protocol and the key or the ports in the flow
 * make the look-up heed IPsec policies and rules.  What tells flows apart is no
 * part of it: one route serves all of an endpoint's.
 */
static struct dst_entry *route_ip4(struct mesh_dev *mesh,
				   const struct mesh_encap *e,
				   const struct mesh_addr *from, u8 tos,
				   struct outer *o)
{
	struct flowi4 fl4 = {
		.flowi4_oif = e->link,
		.flowi4_mark = e->fwmark,
		.flowi4_tos = tos & INET_DSCP_MASK,
		.flowi4_proto = o->dport ? IPPROTO_UDP : IPPROTO_GRE,
		.daddr = o->daddr.ip4,
		.saddr = from->len ? mesh_addr_ip4(from) : 0,
	};
	struct rtable *rt;

	if (o->dport) {
		fl4.fl4_sport = htons(o->sport);
		fl4.fl4_dport = htons(o->dport);
	} else {
		fl4.fl4_gre_key = e->key;
	}
	rt = ip_route_output_key(mesh->net, &fl4);
	if (IS_ERR(rt))
		return ERR_CAST(rt);
	o->saddr.ip4 = fl4.saddr;
	return &rt->dst;
}

/* Unlike IPv4's, this look-up takes a source that is nobody's. */
static struct dst_entry *route_ip6(struct mesh_dev *mesh,
				   const struct mesh_encap *e,
				   const struct mesh_addr *from, u8 tos,
				   struct outer *o)
{
	struct flowi6 fl6 = {
		.flowi6_oif = e->link,
		.flowi6_mark = e->fwmark,
		.flowi6_proto = o->dport ? IPPROTO_UDP : IPPROTO_GRE,
		.flowlabel = ip6_make_flowinfo(tos & INET_DSCP_MASK, 0),
		.daddr = o->daddr.ip6,
	};
	struct dst_entry *dst;

	if (from->len) {
		memcpy(&fl6.saddr, from->b, sizeof(fl6.saddr));
		if (!ipv6_chk_addr(mesh->net, &fl6.saddr, NULL, 0))
			return ERR_PTR(-EADDRNOTAVAIL);
	}
	if (o->dport) {
		fl6.fl6_sport = htons(o->sport);
		fl6.fl6_dport = htons(o->dport);
	} else {
		fl6.fl6_gre_key = e->key;
	}
	dst = ip6_dst_lookup_flow(mesh->net, NULL, &fl6, NULL);
	if (!IS_ERR(dst))
		o->saddr.ip6 = fl6.saddr;
	return dst;
}

int outer_route(struct mesh_dev *mesh, const struct mesh_encap *e,
		const struct outer_way *way, struct outer *o)
{
	const struct mesh_addr *from = way->from;
	struct dst_entry *dst;

	set_daddr(e, way, o);
	/* What the other side answers would be taken by nobody here. */
	if (!mesh_speaks(e, o->family))
		return -EAFNOSUPPORT;
	if (!from)
		from = &e->side[o->family].local;
	dst = o->family == MESH_IP6 ? route_ip6(mesh, e, from, way->tos, o) :
				      route_ip4(mesh, e, from, way->tos, o);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	if (dst->dev->netdev_ops == mesh->dev->netdev_ops) {
		dst_release(dst);
		return -ELOOP;
	}
	o->dst = dst;
	return 0;
}

static struct dst_entry *cached(struct dst_cache *cache, struct outer *o)
{
	struct rtable *rt;

	if (o->family == MESH_IP6)
		return dst_cache_get_ip6(cache, &o->saddr.ip6);
	rt = dst_cache_get_ip4(cache, &o->saddr.ip4);
	return rt ? &rt->dst : NULL;
}

int outer_route_cached(struct mesh_dev *mesh, const struct mesh_encap *e,
		       const struct outer_way *way, struct dst_cache *cache,
		       struct outer *o)
{
	int err;

	set_daddr(e, way, o);
	o->dst = cached(cache, o);
	if (o->dst)
		return 0;
	err = outer_route(mesh, e, way, o);
	if (err)
		return err;
	if (o->family == MESH_IP6)
		dst_cache_set_ip6(cache, o->dst, &o->saddr.ip6);
	else
		dst_cache_set_ip4(cache, o->dst, o->saddr.ip4);
	return 0;
}

/* LL_RESERVED_SPACE() adds what is left out here. */
static void grow_headroom(struct net_device *dev, unsigned int headroom)
{
	headroom = ALIGN(headroom, HH_DATA_MOD) - HH_DATA_MOD;
	if (headroom > HEADROOM_MAX)
		headroom = HEADROOM_MAX;
	if (headroom > READ_ONCE(dev->needed_headroom))
		WRITE_ONCE(dev->needed_headroom, headroom);
}

/*
 * The label parts flows as the ports do that GRE has none of.  Flows of one
 * bucket share bits of the hash: mixed once more, their labels differ all over.
 */
static __be32 flow_label(u32 flow)
{
	return htonl(endpoint_mix(flow)) & IPV6_FLOWLABEL_MASK;
}

static void push_udp(const struct mesh_encap *e, struct sk_buff *skb,
		     const struct outer *o)
{
	u16 sport = o->sport ? o->sport :
			       udp_wire_source(endpoint_mix(o->flow));

	skb_push(skb, UDP_WIRE_LEN);
	skb_reset_transport_header(skb);
	udp_wire_build(skb->data, sport, o->dport, skb->len);
	/* RFC 8086, 6: who sends none was told to, by either family. */
	if (o->family == MESH_IP6)
		udp6_set_csum(!e->udp_csum, skb, &o->saddr.ip6, &o->daddr.ip6,
			      skb->len);
	else
		udp_set_csum(!e->udp_csum, skb, o->saddr.ip4, o->daddr.ip4,
			     skb->len);
}

static u8 protocol(const struct outer *o)
{
	return o->dport ? IPPROTO_UDP : IPPROTO_GRE;
}

static void send_ip6(struct mesh_dev *mesh, struct sk_buff *skb,
		     const struct outer *o)
{
	struct ipv6hdr *ip6;

	skb_clear_hash_if_not_l4(skb);
	skb_dst_set(skb, o->dst);
	ip6 = skb_push(skb, sizeof(*ip6));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6, o->tos, flow_label(o->flow));
	ip6->nexthdr = protocol(o);
	ip6->hop_limit = o->ttl;
	ip6->saddr = o->saddr.ip6;
	ip6->daddr = o->daddr.ip6;
	/* IPv6 has no bit for it: its source cuts, or nobody. */
	skb->ignore_df = !o->df;
	ip6tunnel_xmit(NULL, skb, mesh->dev);
}

/*
 * As iptunnel_xmit(), but that a packet which nobody may cut needs no identification
 * (RFC 6864): that is a write to what all processors share.
 */
static void send_ip4(struct mesh_dev *mesh, struct sk_buff *skb,
		     const struct outer *o)
{
	int len = skb->len - skb_inner_network_offset(skb), err;
	struct net *net = dev_net(o->dst->dev);
	struct iphdr *ip4;

	skb_clear_hash_if_not_l4(skb);
	skb_dst_set(skb, o->dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	ip4 = skb_push(skb, sizeof(*ip4));
	skb_reset_network_header(skb);
	*ip4 = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(*ip4) / 4,
		.tos = o->tos,
		.ttl = o->ttl,
		.protocol = protocol(o),
		.saddr = o->saddr.ip4,
		.daddr = o->daddr.ip4,
	};
	if (o->df && !ip_mtu_locked(o->dst))
		ip4->frag_off = htons(IP_DF);
	else
		__ip_select_ident(net, ip4, skb_shinfo(skb)->gso_segs ?: 1);
	dev_xmit_recursion_inc();
	err = ip_local_out(net, NULL, skb);
	iptunnel_xmit_stats(mesh->dev, unlikely(net_xmit_eval(err)) ? 0 : len);
	dev_xmit_recursion_dec();
}

static int gso_type(const struct mesh_encap *e, const struct outer *o)
{
	if (!o->dport)
		return SKB_GSO_GRE;
	return e->udp_csum ? SKB_GSO_UDP_TUNNEL_CSUM : SKB_GSO_UDP_TUNNEL;
}

int outer_xmit(struct mesh_dev *mesh, const struct mesh_encap *e,
	       struct sk_buff *skb, const struct outer *o)
{
	unsigned int headroom = LL_RESERVED_SPACE(o->dst->dev) +
				o->dst->header_len + outer_len(e, o);
	u8 len = gre_wire_len(e->has_key);

	if (unlikely(dev_recursion_level() > NESTED_MAX)) {
		dst_release(o->dst);
		return -ELOOP;
	}
	if (skb_cow_head(skb, headroom) ||
	    iptunnel_handle_offloads(skb, gso_type(e, o))) {
		dst_release(o->dst);
		return -ENOMEM;
	}
	grow_headroom(mesh->dev, headroom);
	gre_wire_build(skb_push(skb, len), o->proto, e->has_key,
		       be32_to_cpu(e->key));
	skb_set_inner_protocol(skb, htons(o->proto));
	skb_reset_transport_header(skb);

	/* Before the mark is set: between namespaces it clears that, too. */
	skb_scrub_packet(skb, !net_eq(mesh->net, dev_net(mesh->dev)));
	skb->mark = e->fwmark;
	if (o->dport)
		push_udp(e, skb, o);
	if (o->family == MESH_IP6)
		send_ip6(mesh, skb, o);
	else
		send_ip4(mesh, skb, o);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/dst_metadata.h>
#include <net/inet_dscp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>

#include "drop.h"
#include "encap.h"
#include "outer.h"
#include "source.h"
#include "trace.h"

/* Control packets go before data where the underlay knows precedence. */
#define CONTROL_TOS IPTOS_PREC_INTERNETCONTROL
#define CONTROL_TTL 64

int encap_endpoint_init(struct endpoint *ep, void *ctx)
{
	struct encap_route *route = endpoint_priv(ep);

	return dst_cache_init(&route->cache, GFP_KERNEL_ACCOUNT);
}

void encap_endpoint_free(struct rcu_head *rcu)
{
	struct endpoint *ep = container_of(rcu, struct endpoint, rcu);
	struct encap_route *route = endpoint_priv(ep);

	dst_cache_destroy(&route->cache);
	kfree(ep);
}

static void reset_one(struct endpoint *ep, void *arg)
{
	struct encap_route *route = endpoint_priv(ep);

	dst_cache_reset(&route->cache);
}

void encap_reset(struct mesh_dev *mesh)
{
	endpoint_each(&mesh->fwd.endpoints, reset_one, NULL);
}

/* From the cache of where it leaves from, where routing by TOS allows. */
static int route_to(struct mesh_dev *mesh, const struct mesh_encap *e,
		    struct endpoint *ep, u8 tos, struct outer *o)
{
	struct source *lent = source_of(mesh, e, &ep->nbma, &ep->peer->addr);
	struct encap_route *route = endpoint_priv(ep);
	struct outer_way way = {
		.to = &ep->nbma,
		.from = lent ? lent->addr : NULL,
		.tos = tos,
	};

	if (e->tos == 1 && tos & INET_DSCP_MASK)
		return outer_route(mesh, e, &way, o);
	return outer_route_cached(mesh, e, &way,
				  lent ? &lent->cache : &route->cache, o);
}

/* The largest inner packet that the path takes whole. */
static unsigned int path_mtu(const struct mesh_encap *e, const struct outer *o)
{
	return dst_mtu(o->dst) - outer_len(e, o);
}

static bool is_ip4(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP);
}

/*
 * Decides on the outer DF.  False where the packet is too big for the path and
 * must not be cut: its sender was told then.  One that may be cut goes without
 * DF, so that the outer packet is cut and nothing is lost; so does an
 * IPv6 packet that no IPv6 sender would make any smaller.
 */
static bool decide_df(struct sk_buff *skb, const struct mesh_encap *e,
		      struct outer *o)
{
	bool keep = !is_ip4(skb) ||
		    (!e->ignore_df && ip_hdr(skb)->frag_off & htons(IP_DF));
	unsigned int whole = path_mtu(e, o), mtu = whole;

	o->df = false;
	if (!e->pmtudisc && !(keep && is_ip4(skb)))
		return true;
	if (!is_ip4(skb) && mtu < IPV6_MIN_MTU)
		mtu = IPV6_MIN_MTU;
	if (skb_valid_dst(skb) && mtu < dst_mtu(skb_dst(skb)))
		skb_dst_update_pmtu_no_confirm(skb, mtu);
	if (keep && !encap_fits(skb, mtu)) {
		mesh_tell_too_big(skb, mtu);
		return false;
	}
	o->df = encap_fits(skb, whole);
	return true;
}

/* RFC 6040, 4.1: the inner congestion mark, whatever it says. */
static u8 mark(u8 tos, u8 inner_tos)
{
	return (tos & ~INET_ECN_MASK) | (inner_tos & INET_ECN_MASK);
}

static u8 inner_ttl(const struct sk_buff *skb)
{
	return is_ip4(skb) ? ip_hdr(skb)->ttl : ipv6_hdr(skb)->hop_limit;
}

static void drop_unroutable(struct mesh_dev *mesh, struct sk_buff *skb,
			    int err)
{
	if (err == -ELOOP) {
		mesh_drop(mesh, skb, MESH_C_DROP_TX_LOOP);
		return;
	}
	mesh_tell_unreachable(skb);
	mesh_drop(mesh, skb, MESH_C_DROP_TX_NO_ROUTE);
}

bool encap_xmit(struct mesh_dev *mesh, struct sk_buff *skb,
		struct endpoint *ep, u32 flow)
{
	const struct mesh_encap *e = rcu_dereference(mesh->encap);
	u8 inner_tos = ip_tunnel_get_dsfield(ip_hdr(skb), skb);
	u8 tos = e->tos == 1 ? inner_tos : e->tos;
	struct outer o = {
		.flow = flow,
		.proto = ntohs(skb->protocol),
		.tos = mark(tos, inner_tos),
		.ttl = e->ttl ? e->ttl : inner_ttl(skb),
	};
	unsigned int len = skb->len;
	int err;

	if (!o.ttl) {
		mesh_drop(mesh, skb, MESH_C_DROP_TX_TTL);
		return false;
	}
	err = route_to(mesh, e, ep, tos, &o);
	if (err) {
		drop_unroutable(mesh, skb, err);
		return false;
	}
	if (!decide_df(skb, e, &o)) {
		dst_release(o.dst);
		mesh_drop(mesh, skb, MESH_C_DROP_TX_TOO_BIG);
		return false;
	}
	trace_mesh_transmit(mesh, skb, &o);
	err = outer_xmit(mesh, e, skb, &o);
	if (err) {
		mesh_drop(mesh, skb, err == -ELOOP ? MESH_C_DROP_TX_LOOP :
						     MESH_C_DROP_TX_NOMEM);
		return false;
	}
	stats_add(&ep->peer->stats->tx, 1, len);
	return true;
}

int encap_info(struct mesh_dev *mesh, struct endpoint *ep,
	       struct encap_info *info)
{
	const struct mesh_encap *e = rcu_dereference(mesh->encap);
	struct outer o = {};
	int err = route_to(mesh, e, ep, e->tos == 1 ? 0 : e->tos, &o);

	if (err)
		return err;
	outer_source(&o, &info->source);
	info->oif = o.dst->dev->ifindex;
	info->mtu = min(path_mtu(e, &o), READ_ONCE(mesh->dev->mtu));
	dst_release(o.dst);
	return 0;
}

static struct sk_buff *control_skb(struct mesh_dev *mesh, u16 proto,
				   const void *buf, size_t len, gfp_t gfp)
{
	unsigned int headroom = LL_MAX_HEADER + sizeof(struct ipv6hdr) +
				UDP_WIRE_LEN + GRE_WIRE_MAX;
	struct sk_buff *skb = alloc_skb(headroom + len, gfp);

	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_put_data(skb, buf, len);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->dev = mesh->dev;
	skb->protocol = htons(proto);
	skb->priority = TC_PRIO_CONTROL;
	return skb;
}

static void drop_control(struct mesh_dev *mesh, struct sk_buff *skb, int err)
{
	mesh_drop(mesh, skb, err == -ENOMEM ? MESH_C_DROP_TX_NOMEM :
			     err == -ELOOP ? MESH_C_DROP_TX_LOOP :
					     MESH_C_DROP_TX_NO_ROUTE);
}

/* @source: NULL for the way's; @route: NULL without a cache.  Takes @skb. */
static int control_xmit(struct mesh_dev *mesh, struct sk_buff *skb,
			const struct mesh_addr *source,
			const struct outer_way *way, struct encap_route *route)
{
	const struct mesh_encap *e = rcu_dereference(mesh->encap);
	struct outer o = {
		.proto = ntohs(skb->protocol),
		.tos = CONTROL_TOS,
		.ttl = e->ttl ? e->ttl : CONTROL_TTL,
	};
	int err = route ? outer_route_cached(mesh, e, way, &route->cache, &o) :
			  outer_route(mesh, e, way, &o);

	if (!err && source)
		memcpy(&o.saddr, source->b, source->len);
	if (!err) {
		trace_mesh_transmit(mesh, skb, &o);
		err = outer_xmit(mesh, e, skb, &o);
	}
	if (err)
		drop_control(mesh, skb, err);
	return err;
}

/* An address that says nothing of that itself: as what is known there has it. */
static const struct mesh_addr *wrapped(const struct mesh_dev *mesh,
				       const struct mesh_addr *nbma)
{
	const struct endpoint *ep = nbma->wrap == MESH_WRAP_DEVICE ?
		endpoint_first(&mesh->fwd.endpoints, nbma) : NULL;

	return ep ? &ep->nbma : nbma;
}

int encap_xmit_nhrp(struct mesh_dev *mesh, const struct mesh_addr *nbma,
		    const void *buf, size_t len)
{
	struct outer_way way = { .tos = CONTROL_TOS, .control = true };
	const struct source *lent;
	struct sk_buff *skb;
	int err;

	if (!nbma->len)
		return -EAFNOSUPPORT;
	skb = control_skb(mesh, GRE_WIRE_NHRP, buf, len, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	local_bh_disable();
	rcu_read_lock();
	way.to = wrapped(mesh, nbma);
	lent = source_of(mesh, rcu_dereference(mesh->encap), nbma, NULL);
	if (lent)
		way.from = lent->addr;
	err = control_xmit(mesh, skb, NULL, &way, NULL);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

int encap_xmit_from(struct mesh_dev *mesh, const struct mesh_addr *source,
		    const struct mesh_addr *nbma, struct encap_route *route,
		    u16 proto, const void *buf, size_t len)
{
	struct sk_buff *skb = control_skb(mesh, proto, buf, len, GFP_ATOMIC);
	struct outer_way way = {
		.to = nbma,
		.from = route ? NULL : source,
		.tos = CONTROL_TOS,
		.control = true,
	};

	if (!skb)
		return -ENOMEM;
	return control_xmit(mesh, skb, source, &way, route);
}

bool encap_source(struct mesh_dev *mesh, const struct mesh_addr *to,
		  struct mesh_addr *source)
{
	const struct source *lent;

	rcu_read_lock();
	lent = source_of(mesh, rcu_dereference(mesh->encap), to, NULL);
	if (lent)
		*source = *lent->addr;
	rcu_read_unlock();
	return lent || encap_route_source(mesh, to, source);
}

bool encap_route_source(struct mesh_dev *mesh, const struct mesh_addr *to,
			struct mesh_addr *source)
{
	struct outer_way way = {
		.to = to,
		.tos = CONTROL_TOS,
		.control = true,
	};
	struct outer o = {};
	int err;

	if (!to->len)
		return false;
	rcu_read_lock();
	err = outer_route(mesh, rcu_dereference(mesh->encap), &way, &o);
	rcu_read_unlock();
	if (err)
		return false;
	outer_source(&o, source);
	dst_release(o.dst);
	return true;
}

/* What a packet from @from to @to was looked up by: NULL, or what was lent. */
static const struct mesh_addr *looked_up_by(const struct mesh_encap *e,
					    const struct mesh_addr *from,
					    const struct mesh_addr *to)
{
	struct endpoint_index *idx = &e->mesh->fwd.endpoints;
	const struct source *lent;
	struct endpoint *ep;

	for (ep = endpoint_first(idx, to); ep; ep = endpoint_next(idx, ep)) {
		lent = source_of(e->mesh, e, to, &ep->peer->addr);
		if (lent && mesh_addr_equal(lent->addr, from))
			return lent->addr;
	}
	return NULL;
}

static void forget_routes(const struct mesh_encap *e, const struct mesh_addr *to)
{
	struct endpoint_index *idx = &e->mesh->fwd.endpoints;
	struct endpoint *ep;
	struct source *lent;

	for (ep = endpoint_first(idx, to); ep; ep = endpoint_next(idx, ep)) {
		reset_one(ep, NULL);
		lent = source_of(e->mesh, e, to, &ep->peer->addr);
		if (lent)
			dst_cache_reset(&lent->cache);
	}
}

bool encap_sends_udp(const struct mesh_encap *e, const struct mesh_addr *to)
{
	struct endpoint_index *idx = &e->mesh->fwd.endpoints;
	struct endpoint *ep;

	for (ep = endpoint_first(idx, to); ep; ep = endpoint_next(idx, ep))
		if (outer_port(e, &ep->nbma) == to->port)
			return true;
	return false;
}

void encap_learn_mtu(const struct mesh_encap *e, const struct outer_way *quoted,
		     struct sk_buff *skb, u32 mtu)
{
	struct outer_way way = {
		.to = quoted->to,
		.from = looked_up_by(e, quoted->from, quoted->to),
		.tos = quoted->tos,
	};
	struct outer o = {};

	if (outer_route(e->mesh, e, &way, &o))
		return;
	/*
	 * The exception is stored with the next hop that these lead to.  Our
	 * packets leave by the route's device, whichever the error came in by.
	 */
	skb_reset_network_header(skb);
	skb->dev = o.dst->dev;
	skb->mark = e->fwmark;
	o.dst->ops->update_pmtu(o.dst, NULL, skb, mtu, false);
	dst_release(o.dst);
	forget_routes(e, quoted->to);
}

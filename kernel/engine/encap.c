// SPDX-License-Identifier: GPL-2.0
#include <linux/if_tunnel.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/dst_metadata.h>
#include <net/inet_dscp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/route.h>

#include "compat.h"
#include "drop.h"
#include "encap.h"
#include "wire/gre_wire.h"

/* What a device may grow needed_headroom to, however deep the underlay is. */
#define HEADROOM_MAX 512

/* Control packets go before data where the underlay knows precedence. */
#define NHRP_TOS IPTOS_PREC_INTERNETCONTROL
#define NHRP_TTL 64

/**
 * struct outer - what goes into an outer header
 * @rt: where the packet goes, with a reference
 * @saddr: source
 * @daddr: destination
 * @proto: ethertype of the payload
 * @tos: as it goes out
 * @ttl: as it goes out
 * @df: IP_DF or 0, network byte order
 */
struct outer {
	struct rtable *rt;
	__be32 saddr;
	__be32 daddr;
	u16 proto;
	u8 tos;
	u8 ttl;
	__be16 df;
};

int encap_endpoint_init(struct endpoint *ep, void *ctx)
{
	struct encap_route *route = endpoint_priv(ep);

	return dst_cache_init(&route->cache, GFP_KERNEL);
}

void encap_endpoint_exit(struct endpoint *ep)
{
	struct encap_route *route = endpoint_priv(ep);

	dst_cache_destroy(&route->cache);
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

static unsigned int overhead(const struct mesh_encap *e)
{
	return sizeof(struct iphdr) + gre_wire_len(e->has_key);
}

/*
 * A route with its reference.  The protocol and the key in the flow make the
 * look-up heed IPsec policies.
 */
static struct rtable *look_up(struct mesh_dev *mesh,
			      const struct mesh_encap *e, __be32 daddr, u8 tos,
			      __be32 *saddr)
{
	struct flowi4 fl4 = {
		.flowi4_oif = e->link,
		.flowi4_mark = e->fwmark,
		.flowi4_tos = tos & INET_DSCP_MASK,
		.flowi4_proto = IPPROTO_GRE,
		.daddr = daddr,
		.saddr = e->local.len ? mesh_addr_ip4(&e->local) : 0,
	};
	struct rtable *rt;

	fl4.fl4_gre_key = e->key;
	rt = ip_route_output_key(mesh->net, &fl4);
	if (IS_ERR(rt))
		return rt;
	if (rt->dst.dev->netdev_ops == mesh->dev->netdev_ops) {
		ip_rt_put(rt);
		return ERR_PTR(-ELOOP);
	}
	*saddr = fl4.saddr;
	return rt;
}

/* The same for an endpoint, from its cache where routing by TOS allows. */
static struct rtable *route_to(struct mesh_dev *mesh,
			       const struct mesh_encap *e, struct endpoint *ep,
			       u8 tos, __be32 *saddr)
{
	struct encap_route *route = endpoint_priv(ep);
	bool cached = e->tos != 1 || !(tos & INET_DSCP_MASK);
	struct rtable *rt;

	if (ep->nbma.len != sizeof(__be32))
		return ERR_PTR(-EAFNOSUPPORT);
	if (cached) {
		rt = dst_cache_get_ip4(&route->cache, saddr);
		if (rt)
			return rt;
	}
	rt = look_up(mesh, e, mesh_addr_ip4(&ep->nbma), tos, saddr);
	if (!IS_ERR(rt) && cached)
		dst_cache_set_ip4(&route->cache, &rt->dst, *saddr);
	return rt;
}

static bool is_ip4(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP);
}

static bool fits(const struct sk_buff *skb, unsigned int mtu)
{
	return skb_is_gso(skb) ? skb_gso_validate_network_len(skb, mtu) :
				 skb->len <= mtu;
}

/*
 * Decides on the outer DF.  False where the packet is too big for the path and
 * must not be cut: its sender was told then.  One that may be cut goes without
 * DF, so that the underlay cuts the outer packet and nothing is lost; so does
 * an IPv6 packet that no IPv6 sender would make any smaller.
 */
static bool outer_df(struct sk_buff *skb, const struct mesh_encap *e,
		     unsigned int path_mtu, __be16 *df)
{
	bool keep = !is_ip4(skb) ||
		    (!e->ignore_df && ip_hdr(skb)->frag_off & htons(IP_DF));
	unsigned int mtu = path_mtu;

	*df = 0;
	if (!e->pmtudisc && !(keep && is_ip4(skb)))
		return true;
	if (!is_ip4(skb) && mtu < IPV6_MIN_MTU)
		mtu = IPV6_MIN_MTU;
	if (skb_valid_dst(skb) && mtu < dst_mtu(skb_dst(skb)))
		skb_dst_update_pmtu_no_confirm(skb, mtu);
	if (keep && !fits(skb, mtu)) {
		mesh_tell_too_big(skb, mtu);
		return false;
	}
	if (fits(skb, path_mtu))
		*df = htons(IP_DF);
	return true;
}

static void grow_headroom(struct net_device *dev, unsigned int headroom)
{
	if (headroom > HEADROOM_MAX)
		headroom = HEADROOM_MAX;
	if (headroom > READ_ONCE(dev->needed_headroom))
		WRITE_ONCE(dev->needed_headroom, headroom);
}

/* Takes the route's reference and, if it succeeds, @skb. */
static int wrap(struct mesh_dev *mesh, const struct mesh_encap *e,
		struct sk_buff *skb, const struct outer *o)
{
	unsigned int headroom = LL_RESERVED_SPACE(o->rt->dst.dev) +
				o->rt->dst.header_len + overhead(e);
	u8 len = gre_wire_len(e->has_key);

	if (skb_cow_head(skb, headroom) ||
	    iptunnel_handle_offloads(skb, SKB_GSO_GRE)) {
		ip_rt_put(o->rt);
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
	iptunnel_xmit(NULL, o->rt, skb, o->saddr, o->daddr, IPPROTO_GRE, o->tos,
		      o->ttl, o->df, false);
	return 0;
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
		struct endpoint *ep)
{
	const struct mesh_encap *e = rcu_dereference(mesh->encap);
	u8 inner_tos = ip_tunnel_get_dsfield(ip_hdr(skb), skb);
	u8 tos = e->tos == 1 ? inner_tos : e->tos;
	struct outer o = {
		.proto = ntohs(skb->protocol),
		.tos = INET_ECN_encapsulate(tos, inner_tos),
		.ttl = e->ttl ? e->ttl : inner_ttl(skb),
	};
	unsigned int len = skb->len;

	if (!o.ttl) {
		mesh_drop(mesh, skb, MESH_C_DROP_TX_TTL);
		return false;
	}
	o.rt = route_to(mesh, e, ep, tos, &o.saddr);
	if (IS_ERR(o.rt)) {
		drop_unroutable(mesh, skb, PTR_ERR(o.rt));
		return false;
	}
	o.daddr = mesh_addr_ip4(&ep->nbma);
	if (!outer_df(skb, e, dst_mtu(&o.rt->dst) - overhead(e), &o.df)) {
		ip_rt_put(o.rt);
		mesh_drop(mesh, skb, MESH_C_DROP_TX_TOO_BIG);
		return false;
	}
	if (wrap(mesh, e, skb, &o)) {
		mesh_drop(mesh, skb, MESH_C_DROP_TX_NOMEM);
		return false;
	}
	stats_add(ep->peer->tx, 1, len);
	return true;
}

int encap_info(struct mesh_dev *mesh, struct endpoint *ep,
	       struct encap_info *info)
{
	const struct mesh_encap *e = rcu_dereference(mesh->encap);
	__be32 saddr;
	struct rtable *rt = route_to(mesh, e, ep, e->tos == 1 ? 0 : e->tos,
				     &saddr);

	if (IS_ERR(rt))
		return PTR_ERR(rt);
	mesh_addr_from_ip4(&info->source, saddr);
	info->oif = rt->dst.dev->ifindex;
	info->mtu = min(dst_mtu(&rt->dst) - overhead(e),
			READ_ONCE(mesh->dev->mtu));
	ip_rt_put(rt);
	return 0;
}

static struct sk_buff *nhrp_skb(struct mesh_dev *mesh, const void *buf,
				size_t len)
{
	unsigned int headroom = LL_MAX_HEADER + sizeof(struct iphdr) +
				GRE_WIRE_MAX;
	struct sk_buff *skb = alloc_skb(headroom + len, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_put_data(skb, buf, len);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->dev = mesh->dev;
	skb->protocol = htons(GRE_WIRE_NHRP);
	skb->priority = TC_PRIO_CONTROL;
	return skb;
}

static int nhrp_xmit(struct mesh_dev *mesh, struct sk_buff *skb, __be32 daddr)
{
	const struct mesh_encap *e = rcu_dereference(mesh->encap);
	struct outer o = {
		.daddr = daddr,
		.proto = GRE_WIRE_NHRP,
		.tos = NHRP_TOS,
		.ttl = e->ttl ? e->ttl : NHRP_TTL,
	};

	o.rt = look_up(mesh, e, daddr, NHRP_TOS, &o.saddr);
	if (IS_ERR(o.rt))
		return PTR_ERR(o.rt);
	return wrap(mesh, e, skb, &o);
}

int encap_xmit_nhrp(struct mesh_dev *mesh, const struct mesh_addr *nbma,
		    const void *buf, size_t len)
{
	struct sk_buff *skb;
	int err;

	if (nbma->len != sizeof(__be32))
		return -EAFNOSUPPORT;
	skb = nhrp_skb(mesh, buf, len);
	if (!skb)
		return -ENOMEM;
	local_bh_disable();
	rcu_read_lock();
	err = nhrp_xmit(mesh, skb, mesh_addr_ip4(nbma));
	if (err)
		mesh_drop(mesh, skb, err == -ENOMEM ? MESH_C_DROP_TX_NOMEM :
				     err == -ELOOP ? MESH_C_DROP_TX_LOOP :
						     MESH_C_DROP_TX_NO_ROUTE);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

bool encap_source(struct mesh_dev *mesh, const struct mesh_addr *to,
		  struct mesh_addr *source)
{
	const struct mesh_encap *e;
	struct rtable *rt;
	__be32 saddr;

	if (to->len != sizeof(__be32))
		return false;
	rcu_read_lock();
	e = rcu_dereference(mesh->encap);
	rt = look_up(mesh, e, mesh_addr_ip4(to), NHRP_TOS, &saddr);
	if (!IS_ERR(rt)) {
		mesh_addr_from_ip4(source, saddr);
		ip_rt_put(rt);
	}
	rcu_read_unlock();
	return !IS_ERR(rt);
}

void encap_learn_mtu(const struct mesh_encap *e, struct sk_buff *skb, u32 mtu)
{
	struct mesh_dev *mesh = e->mesh;
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	struct mesh_addr to;
	struct endpoint *ep;
	struct rtable *rt;
	__be32 saddr;

	rt = look_up(mesh, e, ip->daddr, ip->tos, &saddr);
	if (IS_ERR(rt))
		return;
	/*
	 * The exception is stored with the next hop that these lead to.  Our
	 * packets leave by the route's device, whichever the error came in by.
	 */
	skb_reset_network_header(skb);
	skb->dev = rt->dst.dev;
	skb->mark = e->fwmark;
	rt->dst.ops->update_pmtu(&rt->dst, NULL, skb, mtu, false);
	ip_rt_put(rt);

	mesh_addr_from_ip4(&to, ip->daddr);
	for (ep = endpoint_first(&mesh->fwd.endpoints, &to); ep;
	     ep = endpoint_next(&mesh->fwd.endpoints, ep))
		reset_one(ep, NULL);
}

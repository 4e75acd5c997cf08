// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/addrconf.h>
#include <net/dst_metadata.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ip_tunnels.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "drop.h"
#include "encap.h"
#include "mcast.h"
#include "nhrp.h"
#include "outer.h"
#include "settle.h"
#include "trace.h"
#include "tx.h"

/**
 * struct choice - what was decided for a packet
 * @kind: what decided
 * @hit: the entry, where @kind is shortcut, route or host
 * @path: where the packet goes; no endpoint where none is up
 */
struct choice {
	enum mesh_kind kind;
	struct fwd_hit hit;
	struct fwd_path path;
};

/**
 * struct flow_of - the flow of a packet, made out only if somebody asks
 * @policy: how
 * @skb: the packet
 * @hash: of its flow
 * @known: @hash is set
 */
struct flow_of {
	const struct flow_policy *policy;
	const struct sk_buff *skb;
	u32 hash;
	bool known;
};

static u32 hash_of(struct flow_of *flow)
{
	if (!flow->known)
		flow->hash = flow_hash_skb(flow->policy, flow->skb);
	flow->known = true;
	return flow->hash;
}

static enum mesh_kind kind_of(const struct fwd_hit *hit)
{
	switch (hit->entry->source) {
	case LPM_SHORTCUT:
		return MESH_KIND_SHORTCUT;
	case LPM_ROUTE:
		return MESH_KIND_ROUTE;
	}
	return MESH_KIND_HOST;
}

static bool pick(const struct fwd_hit *hit, struct flow_of *flow,
		 struct fwd_path *path)
{
	return fwd_pick(hit, fwd_is_spread(hit) ? hash_of(flow) : 0, path);
}

/* A shortcut to a peer that went away must not hide the way by the hub. */
static bool choose_entry(struct mesh_dev *mesh, const u8 *dst, u8 len,
			 struct flow_of *flow, struct choice *c)
{
	if (!fwd_lookup(&mesh->fwd, dst, len, &c->hit))
		return false;
	if (!pick(&c->hit, flow, &c->path) &&
	    c->hit.entry->source == LPM_SHORTCUT) {
		if (!fwd_lookup_sources(&mesh->fwd, dst, len, LPM_NO_SHORTCUT,
					&c->hit))
			return false;
		pick(&c->hit, flow, &c->path);
	}
	c->kind = kind_of(&c->hit);
	return true;
}

static bool choose_gateway(struct mesh_dev *mesh, const struct mesh_addr *via,
			   struct flow_of *flow, struct choice *c)
{
	struct peer *peer = via->len ? fwd_peer(&mesh->fwd, via) : NULL;

	if (!peer)
		return false;
	c->kind = MESH_KIND_GATEWAY;
	c->path.peer = peer;
	c->path.ep = peer_endpoint(peer, peer_is_spread(peer) ?
					 hash_of(flow) : 0);
	return true;
}

/*
 * Among the servers of the best priority that is up, of one length of address
 * or (0) of any.
 */
static bool pick_nhs(struct mesh_dev *mesh, u8 len, u32 hash,
		     struct fwd_path *path)
{
	struct fwd_path of[MESH_NHS_MAX];
	unsigned int up = 0, best = 0, n, i;

	/* Pairs with the release in tx_peer_changed(): slots before it are set. */
	n = smp_load_acquire(&mesh->n_nhs);
	for (i = 0; i < n; i++) {
		struct peer *peer = rcu_dereference(mesh->nhs[i]);
		struct endpoint *ep;
		u8 priority;

		if (!peer || (len && peer->addr.len != len))
			continue;
		priority = READ_ONCE(peer->priority);
		ep = peer_endpoint(peer, hash);
		if (!ep || (up && priority > best))
			continue;
		if (priority < best)
			up = 0;
		best = priority;
		of[up].peer = peer;
		of[up++].ep = ep;
	}
	if (up)
		*path = of[hash % up];
	return up;
}

/* A server that is known by the destination's family, if there is one. */
static bool choose_nhs(struct mesh_dev *mesh, u8 len, struct flow_of *flow,
		       struct choice *c)
{
	u32 hash = hash_of(flow);

	if (!pick_nhs(mesh, len, hash, &c->path) &&
	    !pick_nhs(mesh, 0, hash, &c->path))
		return false;
	c->kind = MESH_KIND_NHS;
	return true;
}

/* By the table; false where that leads nowhere. */
static bool choose(struct mesh_dev *mesh, const u8 *dst, u8 len,
		   struct flow_of *flow, struct choice *c)
{
	memset(c, 0, sizeof(*c));
	if (choose_entry(mesh, dst, len, flow, c))
		return c->path.ep;
	memset(c, 0, sizeof(*c));
	c->kind = MESH_KIND_NONE;
	return false;
}

/*
 * What leads to a peer that has no endpoint up does not hide what else there is;
 * where that is nothing, it is what the packet fails by.
 * @via: the gateway of the kernel's route; @out: it did not come by us.
 */
static void choose_else(struct mesh_dev *mesh, u8 len, struct flow_of *flow,
			const struct mesh_addr *via, bool out,
			struct choice *c)
{
	struct choice dead = *c;

	memset(c, 0, sizeof(*c));
	if (choose_gateway(mesh, via, flow, c)) {
		if (c->path.ep)
			return;
		if (dead.kind == MESH_KIND_NONE)
			dead = *c;
	}
	memset(c, 0, sizeof(*c));
	if (out && choose_nhs(mesh, len, flow, c))
		return;
	*c = dead;
}

static void gateway_of(const struct dst_entry *dst, struct mesh_addr *via)
{
	via->len = 0;
	if (dst->ops->family == AF_INET) {
		const struct rtable *rt = (const struct rtable *)dst;

		if (rt->rt_gw_family == AF_INET)
			mesh_addr_from_ip4(via, rt->rt_gw4);
		else if (rt->rt_gw_family == AF_INET6)
			mesh_addr_set(via, &rt->rt_gw6, sizeof(rt->rt_gw6));
	} else if (dst->ops->family == AF_INET6) {
		const struct rt6_info *rt6 = (const struct rt6_info *)dst;

		if (rt6->rt6i_flags & RTF_GATEWAY)
			mesh_addr_set(via, &rt6->rt6i_gateway,
				      sizeof(rt6->rt6i_gateway));
	}
}

/* Multicast is no fault as long as somebody listens: mcast_xmit() finds out. */
static enum mesh_counter check(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP)) {
		const struct iphdr *ip;

		if (!pskb_may_pull(skb, sizeof(*ip)))
			return MESH_C_DROP_TX_MALFORMED;
		ip = ip_hdr(skb);
		if (ip->version != 4 || ip->ihl < 5)
			return MESH_C_DROP_TX_MALFORMED;
		if (ipv4_is_multicast(ip->daddr) || ipv4_is_lbcast(ip->daddr))
			return MESH_C_DROP_TX_MULTICAST;
		return MESH_C_MAX;
	}
	if (skb->protocol == htons(ETH_P_IPV6)) {
		if (!pskb_may_pull(skb, sizeof(struct ipv6hdr)) ||
		    ipv6_hdr(skb)->version != 6)
			return MESH_C_DROP_TX_MALFORMED;
		if (ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr))
			return MESH_C_DROP_TX_MULTICAST;
		return MESH_C_MAX;
	}
	return MESH_C_DROP_TX_PROTOCOL;
}

static u8 addr_len(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) ? 4 : 16;
}

/* Of the packet itself: the flow of an ICMP error is that of another one. */
static const u8 *destination(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) ?
		       (const u8 *)&ip_hdr(skb)->daddr :
		       (const u8 *)&ipv6_hdr(skb)->daddr;
}

/*
 * What a server sent must never be handed back to it: what a VRF has hidden the
 * origin of, and that no hook of ours saw being forwarded, counts as that too.
 */
static bool is_outbound(const struct mesh_dev *mesh, const struct sk_buff *skb)
{
	return !skb->skb_iif ||
	       (skb->skb_iif != mesh->dev->ifindex &&
		skb->skb_iif != l3mdev_master_ifindex_rcu(mesh->dev));
}

void tx_forward(struct mesh_dev *mesh, struct sk_buff *skb)
{
	const struct mesh_encap *e = rcu_dereference(mesh->encap);
	struct flow_of flow = { .policy = &e->flow, .skb = skb };
	unsigned int len = skb->len;
	struct mesh_addr via = {};
	u8 addr = addr_len(skb);
	struct choice c;
	u32 shown;

	if (!choose(mesh, destination(skb), addr, &flow, &c)) {
		if (skb_valid_dst(skb))
			gateway_of(skb_dst(skb), &via);
		choose_else(mesh, addr, &flow, &via, is_outbound(mesh, skb),
			    &c);
	}
	if (trace_mesh_path_enabled())
		trace_mesh_path(mesh, skb, hash_of(&flow), c.kind, &c.hit,
				&c.path);
	if (!c.path.ep) {
		mesh_tell_unreachable(skb);
		mesh_drop(mesh, skb, c.kind == MESH_KIND_NONE ?
			  MESH_C_DROP_TX_NO_PEER : MESH_C_DROP_TX_NO_ENDPOINT);
		return;
	}
	if (c.kind == MESH_KIND_NHS && via.len)
		nhrp_want(mesh, &via);
	nhrp_redirect(mesh, skb, c.hit.entry ? c.hit.entry->len : addr * 8);
	if (c.hit.group)
		group_used(c.hit.group, hash_of(&flow), settle_clock());
	shown = outer_shows_flow(e, &c.path.ep->nbma) ||
		trace_mesh_transmit_enabled() ? hash_of(&flow) : 0;
	if (encap_xmit(mesh, skb, c.path.ep, shown) && c.hit.entry && c.hit.stats)
		stats_add(c.hit.stats, 1, len);
}

netdev_tx_t tx_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct mesh_dev *mesh = netdev_priv(dev);
	enum mesh_counter fault;

	skb_reset_network_header(skb);
	rcu_read_lock();
	fault = check(skb);
	if (fault == MESH_C_MAX)
		tx_forward(mesh, skb);
	else if (fault == MESH_C_DROP_TX_MULTICAST)
		mcast_xmit(mesh, skb);
	else
		mesh_drop(mesh, skb, fault);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

/* The gateway that the overlay's own routing would give through the device. */
static void route_gateway(struct mesh_dev *mesh, const struct flow_key *key,
			  struct mesh_addr *via)
{
	struct net *net = dev_net(mesh->dev);
	struct dst_entry *dst;

	via->len = 0;
	if (key->len == 4) {
		struct flowi4 fl4 = { .flowi4_oif = mesh->dev->ifindex };
		struct rtable *rt;

		memcpy(&fl4.daddr, key->dst, sizeof(fl4.daddr));
		rt = ip_route_output_key(net, &fl4);
		if (IS_ERR(rt))
			return;
		dst = &rt->dst;
	} else {
		struct flowi6 fl6 = { .flowi6_oif = mesh->dev->ifindex };

		memcpy(&fl6.daddr, key->dst, sizeof(fl6.daddr));
		dst = ip6_route_output(net, NULL, &fl6);
	}
	if (!dst->error)
		gateway_of(dst, via);
	dst_release(dst);
}

static void explain_entry(const struct fwd_hit *hit, const struct flow_key *key,
			  struct tx_path *path)
{
	mesh_addr_set(&path->prefix.addr, key->dst, key->len);
	path->prefix.len = hit->entry->len;
	mesh_prefix_mask(&path->prefix);
	path->owner = hit->entry->owner;
	if (hit->group) {
		path->group = hit->group->id;
		path->bucket = group_bucket(hit->group, path->hash);
	}
}

static void explain_path(struct mesh_dev *mesh, const struct fwd_path *to,
			 struct tx_path *path)
{
	struct encap_info info;

	if (to->peer)
		path->peer = to->peer->addr;
	if (!to->ep)
		return;
	path->nbma = to->ep->nbma;
	if (encap_info(mesh, to->ep, &info))
		return;
	path->source = info.source;
	path->oif = info.oif;
	path->mtu = info.mtu;
}

void tx_explain(struct mesh_dev *mesh, const struct flow *flow,
		struct tx_path *path)
{
	const struct flow_key *key = &flow->own.key;
	struct flow_of of = { .known = true };
	struct mesh_addr via;
	struct choice c;

	memset(path, 0, sizeof(*path));
	local_bh_disable();
	rcu_read_lock();
	of.hash = flow_hash(&rcu_dereference(mesh->encap)->flow, flow);
	path->hash = of.hash;
	route_gateway(mesh, key, &via);
	if (!choose(mesh, key->dst, key->len, &of, &c))
		choose_else(mesh, key->len, &of, &via, true, &c);
	path->kind = c.kind;
	if (c.kind == MESH_KIND_SHORTCUT || c.kind == MESH_KIND_ROUTE ||
	    c.kind == MESH_KIND_HOST)
		explain_entry(&c.hit, key, path);
	explain_path(mesh, &c.path, path);
	rcu_read_unlock();
	local_bh_enable();
}

static bool is_nhs(const struct peer *peer)
{
	return peer->origins & BIT(PEER_NHS) && peer->live;
}

void tx_peer_changed(struct mesh_dev *mesh, enum fwd_verb verb,
		     struct peer *peer)
{
	bool want = verb != FWD_REMOVED && is_nhs(peer);
	unsigned int n = mesh->n_nhs, i;

	lockdep_assert_held(&mesh->fwd.lock);
	for (i = 0; i < n; i++)
		if (rcu_access_pointer(mesh->nhs[i]) == peer)
			break;
	if (want && i == n && n < MESH_NHS_MAX) {
		rcu_assign_pointer(mesh->nhs[n], peer);
		/* After the slot it adds: see pick_nhs(). */
		smp_store_release(&mesh->n_nhs, n + 1);
	} else if (!want && i < n) {
		/* A reader may miss the one that moves, and takes the next. */
		RCU_INIT_POINTER(mesh->nhs[i],
				 rcu_access_pointer(mesh->nhs[n - 1]));
		RCU_INIT_POINTER(mesh->nhs[n - 1], NULL);
		WRITE_ONCE(mesh->n_nhs, n - 1);
	}
}

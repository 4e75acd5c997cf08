// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/nexthop.h>
#include <uapi/linux/mesh.h>

#include "admit.h"

/* Who is behind a translator is known by the port that he has there. */
static bool is_sender(const struct endpoint *ep, const struct mesh_addr *from)
{
	return ep->nbma.wrap != MESH_WRAP_NAT ||
	       (from->wrap == MESH_WRAP_UDP && from->port == ep->nbma.port);
}

/*
 * What would be sent to @to may come from @peer.  A server is the way to a site only
 * until that is asked for; by the server the site may have found us before.
 */
static bool stands_for(const struct peer *to, const struct peer *peer)
{
	return to == peer || (READ_ONCE(to->origins) & BIT(PEER_NHS) &&
			      READ_ONCE(peer->origins) & BIT(PEER_RESOLVED));
}

/* Who wants to know whether a route of the kernel leads to a peer. */
struct wanted {
	struct mesh_dev *mesh;
	const struct peer *peer;
};

/* What is on the link, of the overlay, and no peer's is by a server, if anyhow. */
static bool leads_to(const struct fib_nh_common *nhc, const struct wanted *w)
{
	const struct peer *to;
	struct mesh_addr via;

	if (nhc->nhc_dev != w->mesh->dev)
		return false;
	if (nhc->nhc_gw_family == AF_INET)
		mesh_addr_from_ip4(&via, nhc->nhc_gw.ipv4);
	else if (nhc->nhc_gw_family == AF_INET6)
		mesh_addr_set(&via, &nhc->nhc_gw.ipv6, 16);
	else
		return READ_ONCE(w->mesh->n_nhs) &&
		       READ_ONCE(w->peer->origins) & BIT(PEER_RESOLVED);
	to = fwd_peer(&w->mesh->fwd, &via);
	return to && stands_for(to, w->peer);
}

static bool kernel_route_ip4(const u8 *source, const struct wanted *w)
{
	const struct net_device *dev = w->mesh->dev;
	struct flowi4 fl4 = {
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_oif = l3mdev_master_ifindex_rcu(dev),
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	struct fib_result res;
	unsigned int i;

	memcpy(&fl4.daddr, source, sizeof(fl4.daddr));
	if (fib_lookup(dev_net(dev), &fl4, &res, FIB_LOOKUP_NOREF) ||
	    res.type != RTN_UNICAST)
		return false;
	for (i = 0; i < fib_info_num_path(res.fi); i++)
		if (leads_to(fib_info_nhc(res.fi, i), w))
			return true;
	return false;
}

static int nexthop_leads_to(struct fib6_nh *nh, void *arg)
{
	return leads_to(&nh->nh_common, arg);
}

/*
 * Siblings are a ring, out of which one may be taken that we stand at: their number
 * bounds the walk.
 */
static bool info_leads_to(struct fib6_info *f6i, struct wanted *w)
{
	unsigned int left = READ_ONCE(f6i->fib6_nsiblings);

	if (f6i->nh)
		return nexthop_for_each_fib6_nh(f6i->nh, nexthop_leads_to, w);
	do {
		if (leads_to(&f6i->fib6_nh->nh_common, w))
			return true;
		f6i = list_entry_rcu(f6i->fib6_siblings.next, struct fib6_info,
				     fib6_siblings);
	} while (left--);
	return false;
}

static bool kernel_route_ip6(const u8 *source, struct wanted *w)
{
	const struct net_device *dev = w->mesh->dev;
	struct flowi6 fl6 = {
		.flowi6_iif = LOOPBACK_IFINDEX,
		.flowi6_oif = l3mdev_master_ifindex_rcu(dev),
	};
	struct fib6_info *from;
	struct dst_entry *dst;
	bool found;

	memcpy(&fl6.daddr, source, sizeof(fl6.daddr));
	dst = ip6_route_output(dev_net(dev), NULL, &fl6);
	from = rcu_dereference(((struct rt6_info *)dst)->from);
	found = !dst->error && from && info_leads_to(from, w);
	dst_release(dst);
	return found;
}

static bool entry_leads_to(const struct fwd_hit *hit, const struct peer *peer)
{
	return hit->group ? group_any(hit->group, stands_for, peer) :
			    stands_for(hit->peer, peer);
}

/*
 * What would be sent to @source might be sent to the peer: by a shortcut or without,
 * by any member of a group, by any next hop of the kernel's route.  Link-local
 * addresses are nobody's but the sender's.
 */
static bool may_send(struct mesh_dev *mesh, const struct peer *peer,
		     const u8 *source, u8 len)
{
	struct wanted w = { .mesh = mesh, .peer = peer };
	struct fwd_hit hit;

	/* A server passes on what others send. */
	if (READ_ONCE(peer->origins) & BIT(PEER_NHS))
		return true;
	if (fwd_lookup(&mesh->fwd, source, len, &hit) &&
	    entry_leads_to(&hit, peer))
		return true;
	if (fwd_lookup_sources(&mesh->fwd, source, len, LPM_NO_SHORTCUT, &hit))
		return entry_leads_to(&hit, peer);
	if (len == 4)
		return kernel_route_ip4(source, &w);
	return ipv6_addr_type((const struct in6_addr *)source) &
		       IPV6_ADDR_LINKLOCAL ||
	       kernel_route_ip6(source, &w);
}

enum mesh_counter admit(struct mesh_dev *mesh, const struct sk_buff *skb,
			const struct mesh_addr *from)
{
	const struct mesh_encap *e = rcu_dereference(mesh->encap);
	const bool v4 = skb->protocol == htons(ETH_P_IP);
	const u8 *source = v4 ? (const u8 *)&ip_hdr(skb)->saddr :
				(const u8 *)&ipv6_hdr(skb)->saddr;
	enum mesh_counter why = MESH_C_DROP_RX_STRANGER;
	struct endpoint *ep;

	if (likely(e->source_policy == MESH_SOURCE_POLICY_ACCEPT))
		return MESH_C_MAX;
	for (ep = endpoint_first(&mesh->fwd.endpoints, from); ep;
	     ep = endpoint_next(&mesh->fwd.endpoints, ep)) {
		if (!is_sender(ep, from))
			continue;
		if (e->source_policy == MESH_SOURCE_POLICY_REGISTERED ||
		    may_send(mesh, ep->peer, source, v4 ? 4 : 16))
			return MESH_C_MAX;
		why = MESH_C_DROP_RX_SOURCE;
	}
	return why;
}

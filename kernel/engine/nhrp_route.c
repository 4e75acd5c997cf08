// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and routes as NHRP asks for them: what is ours, what lies behind
 * us, and which peer leads to the rest.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>

#include "encap.h"
#include "nhrp_priv.h"
#include "own_addr.h"

bool nhrp_op_proto_addr(void *ctx, u8 alen, struct mesh_addr *addr)
{
	struct nhrp *nhrp = ctx;

	return own_addr(nhrp->mesh->dev, alen, addr);
}

bool nhrp_op_nbma_addr(void *ctx, const struct mesh_addr *to,
		       struct mesh_addr *addr)
{
	struct nhrp *nhrp = ctx;

	return encap_source(nhrp->mesh, to, addr);
}

/* Where none is set, it would follow from a route, and there is no goal yet. */
bool nhrp_op_nbma_own(void *ctx, u8 alen, struct mesh_addr *addr)
{
	struct mesh_dev *mesh = ((struct nhrp *)ctx)->mesh;
	const struct mesh_encap *e;

	e = rcu_dereference_protected(mesh->encap,
				      lockdep_is_held(&mesh->fwd.lock));
	*addr = e->side[alen == 16 ? MESH_IP6 : MESH_IP4].local;
	return addr->len;
}

/* No reference: for as long as the caller's RCU section. */
static const struct in_ifaddr *find_ip4(const struct net_device *dev, __be32 ip)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (in_dev)
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			if (ifa->ifa_local == ip)
				return ifa;
	return NULL;
}

static bool is_own_ip4(const struct net_device *dev, __be32 ip)
{
	bool found;

	rcu_read_lock();
	found = find_ip4(dev, ip);
	rcu_read_unlock();
	return found;
}

bool nhrp_op_is_own(void *ctx, const struct mesh_addr *addr)
{
	const struct net_device *dev = ((struct nhrp *)ctx)->mesh->dev;
	struct in6_addr ip6;

	if (addr->len == 4)
		return is_own_ip4(dev, mesh_addr_ip4(addr));
	memcpy(&ip6, addr->b, sizeof(ip6));
	/* Strictly of the device, or all global ones of the host would be. */
	return ipv6_chk_addr(dev_net(dev), &ip6, dev, 1);
}

/* What the kernel's routes say of an address. */
struct kernel_route {
	bool found;
	bool mesh;	/* out of our device */
	u32 domain;	/* or this one of our redirect domain */
	bool deprecated;
	u8 plen;
	struct mesh_addr gateway;
};

static void leaves_by(const struct mesh_dev *mesh, const struct net_device *out,
		      struct kernel_route *kr)
{
	kr->mesh = out == mesh->dev;
	kr->domain = !kr->mesh && nhrp_same_network(mesh, out) ?
			     out->ifindex : 0;
}

static bool is_deprecated_ip4(const struct net_device *dev, __be32 ip)
{
	const struct in_ifaddr *ifa = find_ip4(dev, ip);

	return ifa && READ_ONCE(ifa->ifa_flags) & IFA_F_DEPRECATED;
}

/* A local route need not be of an address: none is not a deprecated one. */
static bool is_deprecated_ip6(const struct net_device *dev,
			      const struct in6_addr *ip6)
{
	struct net *net = dev_net(dev);

	return ipv6_chk_addr_and_flags(net, ip6, dev, true, 0, 0) &&
	       !ipv6_chk_addr_and_flags(net, ip6, dev, true, 0,
					IFA_F_DEPRECATED);
}

static void kernel_route_ip4(const struct mesh_dev *mesh,
			     const struct mesh_addr *dst,
			     struct kernel_route *kr)
{
	const struct net_device *dev = mesh->dev;
	struct flowi4 fl4 = {
		.daddr = mesh_addr_ip4(dst),
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	struct fib_nh_common *nhc;
	struct fib_result res;

	rcu_read_lock();
	fl4.flowi4_oif = l3mdev_master_ifindex_rcu(dev);
	if (fib_lookup(dev_net(dev), &fl4, &res, FIB_LOOKUP_NOREF))
		goto out;
	nhc = FIB_RES_NHC(res);
	if (res.type == RTN_LOCAL) {
		kr->found = true;
		kr->plen = 32;
		kr->deprecated = is_deprecated_ip4(nhc->nhc_dev, fl4.daddr);
	} else if (res.type == RTN_UNICAST) {
		kr->found = true;
		kr->plen = res.prefixlen;
		leaves_by(mesh, nhc->nhc_dev, kr);
		if (nhc->nhc_gw_family == AF_INET)
			mesh_addr_from_ip4(&kr->gateway, nhc->nhc_gw.ipv4);
		else if (nhc->nhc_gw_family == AF_INET6)
			mesh_addr_set(&kr->gateway, &nhc->nhc_gw.ipv6, 16);
	}
out:
	rcu_read_unlock();
}

static void kernel_route_ip6(const struct mesh_dev *mesh,
			     const struct mesh_addr *dst,
			     struct kernel_route *kr)
{
	const struct net_device *dev = mesh->dev;
	struct flowi6 fl6 = { .flowi6_iif = LOOPBACK_IFINDEX };
	const struct fib6_info *from;
	const struct rt6_info *rt;
	struct dst_entry *de;

	memcpy(&fl6.daddr, dst->b, sizeof(fl6.daddr));
	rcu_read_lock();
	fl6.flowi6_oif = l3mdev_master_ifindex_rcu(dev);
	de = ip6_route_output(dev_net(dev), NULL, &fl6);
	rt = container_of(de, struct rt6_info, dst);
	from = rcu_dereference(rt->from);
	if (!de->error && from) {
		kr->found = true;
		kr->plen = rt->rt6i_flags & RTF_LOCAL ? 128 :
							from->fib6_dst.plen;
		if (rt->rt6i_flags & RTF_LOCAL)
			kr->deprecated = is_deprecated_ip6(dev, &fl6.daddr);
		else
			leaves_by(mesh, de->dev, kr);
		if (rt->rt6i_flags & RTF_GATEWAY)
			mesh_addr_set(&kr->gateway, &rt->rt6i_gateway, 16);
	}
	dst_release(de);
	rcu_read_unlock();
}

/* Any one endpoint does for a packet that is not part of a flow. */
static bool by_path(struct nhrp_route *route, const struct peer *peer,
		    const struct endpoint *ep)
{
	if (!peer || !ep)
		return false;
	route->type = NHRP_ROUTE_MESH;
	route->proto = peer->addr;
	route->nbma = ep->nbma;
	return true;
}

/* In the order of preference, and among equals as they come. */
static void add_way(struct nhrp_route *route, const struct nhrp_way *way)
{
	unsigned int at = min_t(unsigned int, route->n, NHRP_WAYS_MAX - 1);

	if (route->n == NHRP_WAYS_MAX &&
	    route->way[at].preference >= way->preference)
		return;
	for (; at && route->way[at - 1].preference < way->preference; at--)
		route->way[at] = route->way[at - 1];
	route->way[at] = *way;
	if (route->n < NHRP_WAYS_MAX)
		route->n++;
}

/* The endpoints that flows may come to: those of the origin that is heeded. */
static void add_peer(struct nhrp_route *route, const struct peer *peer, u8 tier)
{
	const struct endpoint_set *set = rcu_dereference(peer->set);
	unsigned int i;

	if (!set || !set->live)
		return;
	if (set->slot[0].origin != PEER_STATIC &&
	    set->slot[0].origin != PEER_REGISTERED)
		route->vouched = false;
	for (i = 0; i < set->n; i++) {
		const struct endpoint_slot *slot = &set->slot[i];
		struct nhrp_way way = {
			.proto = peer->addr,
			.nbma = slot->ep->nbma,
			.preference = U8_MAX - min(tier + slot->tier, U8_MAX),
		};

		if (slot->origin == set->slot[0].origin && slot->ep->up)
			add_way(route, &way);
	}
}

static void add_ways(struct nhrp_route *route, const struct peer *peer,
		     const struct group *group)
{
	unsigned int i;

	route->vouched = true;
	if (!group)
		add_peer(route, peer, 0);
	for (i = 0; group && i < group->n; i++)
		add_peer(route, group->member[i].peer, group->member[i].tier);
}

static bool by_table(struct mesh_dev *mesh, const struct mesh_addr *dst,
		     struct nhrp_route *route)
{
	struct fwd_path path;
	struct fwd_hit hit;
	bool found = false;

	rcu_read_lock();
	if (fwd_lookup_sources(&mesh->fwd, dst->b, dst->len, LPM_NO_SHORTCUT,
			       &hit) && fwd_pick(&hit, 0, &path)) {
		found = by_path(route, path.peer, path.ep);
		add_ways(route, path.peer, hit.group);
		route->plen = max(route->plen, hit.entry->len);
	}
	rcu_read_unlock();
	return found;
}

static bool by_gateway(struct mesh_dev *mesh, const struct mesh_addr *gateway,
		       struct nhrp_route *route)
{
	struct peer *peer;
	bool found = false;

	if (!gateway->len)
		return false;
	rcu_read_lock();
	peer = fwd_peer(&mesh->fwd, gateway);
	if (peer) {
		found = by_path(route, peer, peer_endpoint(peer, 0));
		add_ways(route, peer, NULL);
	}
	rcu_read_unlock();
	return found;
}

/* Whatever else leads nowhere is asked of a server that we are known to. */
static bool by_server(struct nhrp *nhrp, unsigned int family,
		      struct nhrp_route *route)
{
	struct nhrp_nhs_info nhs;
	const struct peer *peer;
	unsigned int i;

	for (i = 0; nhrp_fsm_nhs_at(&nhrp->fsm, i, &nhs); i++) {
		const struct nhrp_reg_info *reg = &nhs.reg[family];

		if (reg->state != NHRP_NHS_UP ||
		    (reg->settling && route->type == NHRP_ROUTE_MESH))
			continue;
		/* Registered still, but nobody answers there. */
		peer = fwd_peer(&nhrp->mesh->fwd, &nhs.reg[family].proto);
		if (peer && !peer->live)
			continue;
		route->type = NHRP_ROUTE_MESH;
		route->proto = reg->proto;
		route->nbma = nhs.cfg.nbma;
		if (!reg->settling)
			break;
	}
	return route->type == NHRP_ROUTE_MESH;
}

void nhrp_op_route(void *ctx, const struct mesh_addr *dst,
		   struct nhrp_route *route)
{
	struct nhrp *nhrp = ctx;
	struct mesh_dev *mesh = nhrp->mesh;
	struct kernel_route kr = {};

	memset(route, 0, sizeof(*route));
	if (nhrp_op_is_own(nhrp, dst)) {
		route->type = NHRP_ROUTE_LOCAL;
		route->plen = mesh_addr_bits(dst);
		return;
	}
	if (dst->len == 4)
		kernel_route_ip4(mesh, dst, &kr);
	else
		kernel_route_ip6(mesh, dst, &kr);
	route->plen = kr.plen;
	if (kr.domain) {
		route->type = NHRP_ROUTE_DOMAIN;
		route->device = kr.domain;
		return;
	}
	/* A default route elsewhere does not hide a peer that is known. */
	if (kr.found && !kr.mesh && kr.plen) {
		route->type = NHRP_ROUTE_LOCAL;
		route->deprecated = kr.deprecated;
		return;
	}
	if (by_table(mesh, dst, route) || by_gateway(mesh, &kr.gateway, route))
		return;
	if (!kr.mesh)
		route->type = kr.found ? NHRP_ROUTE_LOCAL : NHRP_ROUTE_NONE;
	else if (!by_server(nhrp, dst->len == 16, route) && !kr.gateway.len)
		route->type = NHRP_ROUTE_VACANT;
}

// SPDX-License-Identifier: GPL-2.0
#include "announce.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "mem.h"

#define FOREVER UINT32_MAX

struct announce {
	struct nl_sock *sock;
	int ifindex;
};

static int complain(int ret, const char *what, const struct mesh_prefix *p)
{
	char text[MESH_PREFIX_STRLEN] = ANNOUNCE_DEV;

	if (p)
		mesh_prefix_format(p, text);
	log_error("cannot %s %s: %s", what, text, nl_geterror(ret));
	return -1;
}

static int device_up(struct announce *a)
{
	struct rtnl_link *change = rtnl_link_alloc();
	int ret;

	if (!change)
		return -NLE_NOMEM;
	rtnl_link_set_ifindex(change, a->ifindex);
	rtnl_link_set_flags(change, IFF_UP);
	rtnl_link_set_carrier(change, 0);
	ret = rtnl_link_change(a->sock, change, change, 0);
	rtnl_link_put(change);
	return ret;
}

static int device_add(struct announce *a)
{
	struct rtnl_link *link = rtnl_link_alloc();
	int ret;

	if (!link)
		return complain(-NLE_NOMEM, "add device", NULL);
	rtnl_link_set_name(link, ANNOUNCE_DEV);
	ret = rtnl_link_set_type(link, "dummy");
	if (!ret)
		ret = rtnl_link_add(a->sock, link, NLM_F_CREATE | NLM_F_EXCL);
	rtnl_link_put(link);
	if (ret)
		return complain(ret, "add dummy device", NULL);
	a->ifindex = if_nametoindex(ANNOUNCE_DEV);
	ret = device_up(a);
	return ret ? complain(ret, "bring up device", NULL) : 0;
}

/* The device is made with the first address: many a meshd only feeds. */
static int device_ready(struct announce *a)
{
	return a->ifindex ? 0 : device_add(a);
}

static struct nl_addr *prefix_addr(const struct mesh_prefix *p)
{
	struct nl_addr *addr;

	addr = nl_addr_build(p->addr.len == 4 ? AF_INET : AF_INET6,
			     p->addr.bytes, p->addr.len);
	if (addr)
		nl_addr_set_prefixlen(addr, p->len);
	return addr;
}

static struct rtnl_addr *address_of(const struct announce *a,
				    const struct mesh_prefix *p)
{
	struct rtnl_addr *ra = rtnl_addr_alloc();
	struct nl_addr *addr = prefix_addr(p);

	if (!ra || !addr || rtnl_addr_set_local(ra, addr)) {
		rtnl_addr_put(ra);
		ra = NULL;
	} else {
		rtnl_addr_set_ifindex(ra, a->ifindex);
	}
	nl_addr_put(addr);
	return ra;
}

int announce_address(struct announce *a, const struct mesh_prefix *p,
		     bool deprecated)
{
	int ret = -NLE_NOMEM;
	struct rtnl_addr *ra;

	if (device_ready(a))
		return -1;
	ra = address_of(a, p);
	if (ra) {
		/* No route but ours, and no wait for duplicates: it is one. */
		rtnl_addr_set_flags(ra, IFA_F_NOPREFIXROUTE | IFA_F_NODAD);
		rtnl_addr_set_valid_lifetime(ra, FOREVER);
		rtnl_addr_set_preferred_lifetime(ra, deprecated ? 0 : FOREVER);
		ret = rtnl_addr_add(a->sock, ra, NLM_F_REPLACE);
		rtnl_addr_put(ra);
	}
	return ret ? complain(ret, deprecated ? "deprecate address" :
				   "add address", p) : 0;
}

int announce_address_end(struct announce *a, const struct mesh_prefix *p)
{
	struct rtnl_addr *ra = address_of(a, p);
	int ret = -NLE_NOMEM;

	if (ra)
		ret = rtnl_addr_delete(a->sock, ra, 0);
	rtnl_addr_put(ra);
	return ret && ret != -NLE_NOADDR ? complain(ret, "delete address", p) : 0;
}

static int route_fill(struct announce *a, struct rtnl_route *route,
		      struct nl_addr *dst)
{
	struct rtnl_nexthop *nh = rtnl_route_nh_alloc();

	if (!nh)
		return -NLE_NOMEM;
	rtnl_route_nh_set_ifindex(nh, a->ifindex);
	rtnl_route_add_nexthop(route, nh);
	rtnl_route_set_table(route, RT_TABLE_MAIN);
	rtnl_route_set_protocol(route, ANNOUNCE_PROTO);
	rtnl_route_set_scope(route, nl_addr_get_family(dst) == AF_INET ?
			     RT_SCOPE_LINK : RT_SCOPE_UNIVERSE);
	return rtnl_route_set_dst(route, dst);
}

int announce_route(struct announce *a, const struct mesh_prefix *p, bool add)
{
	struct rtnl_route *route = rtnl_route_alloc();
	struct nl_addr *dst = prefix_addr(p);
	int ret = -NLE_NOMEM;

	if (route && dst)
		ret = route_fill(a, route, dst);
	if (!ret && add)
		ret = rtnl_route_add(a->sock, route, NLM_F_REPLACE);
	else if (!ret)
		ret = rtnl_route_delete(a->sock, route, 0);
	nl_addr_put(dst);
	if (route)
		rtnl_route_put(route);
	if (ret == -NLE_OBJ_NOTFOUND && !add)
		ret = 0;
	return ret ? complain(ret, add ? "add route" : "delete route", p) : 0;
}

static void route_leftover(struct nl_object *obj, void *arg)
{
	struct rtnl_route *route = (struct rtnl_route *)obj;
	struct announce *a = arg;

	if (rtnl_route_get_protocol(route) != ANNOUNCE_PROTO)
		return;
	log_info("a route of an earlier meshd is withdrawn");
	rtnl_route_delete(a->sock, route, 0);
}

static int leftovers_delete(struct announce *a)
{
	struct nl_cache *routes;
	int ret = rtnl_route_alloc_cache(a->sock, AF_UNSPEC, 0, &routes);

	if (ret)
		return complain(ret, "read the routes of", NULL);
	nl_cache_foreach(routes, route_leftover, a);
	nl_cache_free(routes);
	return 0;
}

static int device_delete(struct announce *a)
{
	struct rtnl_link *link;
	const char *kind;
	int ret = rtnl_link_get_kernel(a->sock, 0, ANNOUNCE_DEV, &link);

	/* libnl has no one code for a device that is not there. */
	if (ret)
		return 0;
	kind = rtnl_link_get_type(link);
	if (kind && !strcmp(kind, "dummy")) {
		ret = rtnl_link_delete(a->sock, link);
		if (ret)
			complain(ret, "delete device", NULL);
	} else {
		log_error("device " ANNOUNCE_DEV " is there and no dummy device: rename it, its name is meshd's");
		ret = -1;
	}
	rtnl_link_put(link);
	return ret;
}

struct announce *announce_new(void)
{
	struct announce *a = xcalloc(1, sizeof(*a));
	int ret = -NLE_NOMEM;

	a->sock = nl_socket_alloc();
	if (a->sock)
		ret = nl_connect(a->sock, NETLINK_ROUTE);
	if (ret)
		complain(ret, "use rtnetlink for", NULL);
	else if (!leftovers_delete(a) && !device_delete(a))
		return a;
	nl_socket_free(a->sock);
	free(a);
	return NULL;
}

void announce_free(struct announce *a)
{
	if (!a)
		return;
	if (a->ifindex)
		device_delete(a);
	nl_socket_free(a->sock);
	free(a);
}

// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)MESH_PEER_STATIC == MESH_ORIGIN_STATIC, "origin");
_Static_assert((int)MESH_PEER_NHS == MESH_ORIGIN_NHS, "origin");
_Static_assert((int)MESH_PEER_REGISTERED == MESH_ORIGIN_REGISTERED, "origin");
_Static_assert((int)MESH_PEER_RESOLVED == MESH_ORIGIN_RESOLVED, "origin");
_Static_assert((int)MESH_ENDPOINT_UP == MESH_ENDPOINT_STATE_UP, "state");
_Static_assert((int)MESH_ENDPOINT_DOWN == MESH_ENDPOINT_STATE_DOWN, "state");

/* Ours has one more in front, for what the device has. */
_Static_assert((int)MESH_ENDPOINT_GRE == MESH_ENCAP_TYPE_GRE + 1, "encapsulation");
_Static_assert((int)MESH_ENDPOINT_UDP == MESH_ENCAP_TYPE_UDP + 1, "encapsulation");

/* Ours has one more in front, for an endpoint that is not watched. */
#define SESSION(state) (MESH_BFD_STATE_##state + 1)
_Static_assert((int)MESH_SESSION_ADMIN_DOWN == SESSION(ADMIN_DOWN), "session");
_Static_assert((int)MESH_SESSION_DOWN == SESSION(DOWN), "session");
_Static_assert((int)MESH_SESSION_INIT == SESSION(INIT), "session");
_Static_assert((int)MESH_SESSION_UP == SESSION(UP), "session");

struct sink {
	mesh_peer_fn fn;
	void *arg;
};

static struct mesh_endpoint parse_endpoint(const struct nlattr *nla)
{
	struct nlattr *tb[MESH_A_ENDPOINT_MAX + 1];
	const struct nlattr *state;

	mesh_nested(nla, tb, MESH_A_ENDPOINT_MAX);
	state = tb[MESH_A_ENDPOINT_BFD_STATE];
	return (struct mesh_endpoint){
		.nbma = mesh_get_addr(tb[MESH_A_ENDPOINT_NBMA]),
		.weight = mesh_u16(tb[MESH_A_ENDPOINT_WEIGHT]),
		.tier = mesh_u8(tb[MESH_A_ENDPOINT_TIER]),
		.status = mesh_u8(tb[MESH_A_ENDPOINT_STATE]),
		.bfd = mesh_u8(tb[MESH_A_ENDPOINT_BFD]),
		.session = state ? mesh_u8(state) + 1 : MESH_SESSION_NONE,
		.diag = mesh_u8(tb[MESH_A_ENDPOINT_BFD_DIAG]),
		.proven = tb[MESH_A_ENDPOINT_BFD_PROVEN],
		.detection = mesh_u32(tb[MESH_A_ENDPOINT_BFD_DETECTION]),
		.encap = mesh_u8(tb[MESH_A_ENDPOINT_ENCAP]) + 1,
		.port = mesh_u16(tb[MESH_A_ENDPOINT_PORT]),
	};
}

int mesh_peer_deliver(const struct nlmsghdr *nlh, mesh_peer_fn fn, void *arg)
{
	size_t n = mesh_count(nlh, MESH_A_PEER_ENDPOINT);
	struct mesh_endpoint *endpoints = calloc(n + 1, sizeof(*endpoints));
	struct nlattr *tb[MESH_A_PEER_MAX + 1];
	struct mesh_peer peer;
	const struct nlattr *nla;
	size_t i = 0;
	int ret;
	int rem;

	if (!endpoints)
		return -ENOMEM;
	nlmsg_for_each_attr(nla, (struct nlmsghdr *)nlh, GENL_HDRLEN, rem)
		if (nla_type(nla) == MESH_A_PEER_ENDPOINT)
			endpoints[i++] = parse_endpoint(nla);
	mesh_attrs(nlh, tb, MESH_A_PEER_MAX);
	peer = (struct mesh_peer){
		.ifindex = mesh_u32(tb[MESH_A_PEER_IFINDEX]),
		.protocol = mesh_get_addr(tb[MESH_A_PEER_PROTOCOL]),
		.endpoints = endpoints,
		.n_endpoints = n,
		.origin = mesh_u32(tb[MESH_A_PEER_ORIGIN]),
		.has_expiry = tb[MESH_A_PEER_EXPIRES],
		.expires = mesh_u32(tb[MESH_A_PEER_EXPIRES]),
		.unique = tb[MESH_A_PEER_UNIQUE],
		.counters = mesh_get_counters(tb[MESH_A_PEER_COUNTERS]),
	};
	ret = fn(&peer, arg);
	free(endpoints);
	return ret;
}

static int deliver(const struct nlmsghdr *nlh, void *arg)
{
	const struct sink *sink = arg;

	return mesh_peer_deliver(nlh, sink->fn, sink->arg);
}

static int change(struct mesh_ctx *ctx, uint8_t cmd, unsigned int ifindex,
		  const struct mesh_addr *protocol,
		  const struct mesh_endpoint *endpoints, size_t n)
{
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, cmd, 0, ifindex,
		      MESH_ADDR_ROOM + n * (MESH_ADDR_ROOM + 6 * (NLA_HDRLEN + 4)));
	mesh_put_addr(&m, MESH_A_PEER_PROTOCOL, protocol);
	for (size_t i = 0; i < n; i++) {
		struct nlattr *nest = mesh_nest(&m, MESH_A_PEER_ENDPOINT);

		/* The kernel names the endpoint of an address that is none. */
		mesh_put(&m, MESH_A_ENDPOINT_NBMA, endpoints[i].nbma.bytes,
			 endpoints[i].nbma.len <= 16 ? endpoints[i].nbma.len : 16);
		mesh_put_u16(&m, MESH_A_ENDPOINT_WEIGHT, endpoints[i].weight);
		mesh_put_u8(&m, MESH_A_ENDPOINT_TIER, endpoints[i].tier);
		mesh_put_u8(&m, MESH_A_ENDPOINT_BFD, endpoints[i].bfd);
		if (endpoints[i].encap != MESH_ENDPOINT_DEVICE)
			mesh_put_u8(&m, MESH_A_ENDPOINT_ENCAP, endpoints[i].encap - 1);
		if (endpoints[i].port)
			mesh_put_u16(&m, MESH_A_ENDPOINT_PORT, endpoints[i].port);
		mesh_nest_end(&m, nest);
	}
	return mesh_call(&m, NULL, NULL);
}

int mesh_peer_add(struct mesh_ctx *ctx, unsigned int ifindex,
		  const struct mesh_addr *protocol,
		  const struct mesh_endpoint *endpoints, size_t n)
{
	return change(ctx, MESH_CMD_PEER_NEW, ifindex, protocol, endpoints, n);
}

int mesh_peer_set(struct mesh_ctx *ctx, unsigned int ifindex,
		  const struct mesh_addr *protocol,
		  const struct mesh_endpoint *endpoints, size_t n)
{
	return change(ctx, MESH_CMD_PEER_SET, ifindex, protocol, endpoints, n);
}

int mesh_peer_del(struct mesh_ctx *ctx, unsigned int ifindex, const struct mesh_addr *protocol)
{
	return change(ctx, MESH_CMD_PEER_DEL, ifindex, protocol, NULL, 0);
}

static int note_flushed(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[MESH_A_PEER_MAX + 1];
	struct mesh_peer_flushed *flushed = arg;

	mesh_attrs(nlh, tb, MESH_A_PEER_MAX);
	if (flushed)
		*flushed = (struct mesh_peer_flushed){
			.deleted = mesh_u32(tb[MESH_A_PEER_DELETED]),
			.kept = mesh_u32(tb[MESH_A_PEER_KEPT]),
		};
	return 0;
}

int mesh_peer_flush(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t origin,
		    struct mesh_peer_flushed *flushed)
{
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_PEER_DEL, 0, ifindex, 2 * (NLA_HDRLEN + 4));
	mesh_put(&m, MESH_A_PEER_FLUSH, NULL, 0);
	if (origin)
		mesh_put_u32(&m, MESH_A_PEER_ORIGIN, origin);
	return mesh_call(&m, note_flushed, flushed);
}

int mesh_peer_get(struct mesh_ctx *ctx, unsigned int ifindex,
		  const struct mesh_addr *protocol, mesh_peer_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_PEER_GET, 0, ifindex, MESH_ADDR_ROOM);
	mesh_put_addr(&m, MESH_A_PEER_PROTOCOL, protocol);
	return mesh_call(&m, deliver, &sink);
}

int mesh_peer_dump(struct mesh_ctx *ctx, const struct mesh_peer_filter *filter,
		   mesh_peer_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_peer_filter f;
	struct mesh_msg m;
	int err = mesh_opts_copy(ctx, &f, sizeof(f), filter);

	if (err)
		return err;
	mesh_msg_init(&m, ctx, MESH_CMD_PEER_GET, 0, f.ifindex, NLA_HDRLEN + 4);
	if (f.origin)
		mesh_put_u32(&m, MESH_A_PEER_ORIGIN, f.origin);
	return mesh_dump(&m, deliver, &sink);
}

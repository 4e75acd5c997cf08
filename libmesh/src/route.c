// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#define U32_ROOM (NLA_HDRLEN + 4)
#define ROUTE_ROOM (2 * MESH_ADDR_ROOM + 5 * U32_ROOM)

struct sink {
	mesh_route_fn fn;
	void *arg;
};

int mesh_route_deliver(const struct nlmsghdr *nlh, mesh_route_fn fn, void *arg)
{
	struct nlattr *tb[MESH_A_ROUTE_MAX + 1];
	struct mesh_route route;

	mesh_attrs(nlh, tb, MESH_A_ROUTE_MAX);
	route = (struct mesh_route){
		.ifindex = mesh_u32(tb[MESH_A_ROUTE_IFINDEX]),
		.prefix.addr = mesh_get_addr(tb[MESH_A_ROUTE_PREFIX]),
		.prefix.len = mesh_u8(tb[MESH_A_ROUTE_PREFIX_LEN]),
		.target.group = mesh_u32(tb[MESH_A_ROUTE_GROUP]),
		.target.peer = mesh_get_addr(tb[MESH_A_ROUTE_PEER]),
		.owner = mesh_u8(tb[MESH_A_ROUTE_OWNER]),
		.generation = mesh_u32(tb[MESH_A_ROUTE_GENERATION]),
		.counters = mesh_get_counters(tb[MESH_A_ROUTE_COUNTERS]),
	};
	return fn(&route, arg);
}

static int deliver(const struct nlmsghdr *nlh, void *arg)
{
	const struct sink *sink = arg;

	return mesh_route_deliver(nlh, sink->fn, sink->arg);
}

static void put_prefix(struct mesh_msg *m, const struct mesh_prefix *prefix)
{
	mesh_put_addr(m, MESH_A_ROUTE_PREFIX, &prefix->addr);
	mesh_put_u8(m, MESH_A_ROUTE_PREFIX_LEN, prefix->len);
}

static void put_owner(struct mesh_msg *m, uint8_t owner)
{
	if (owner)
		mesh_put_u8(m, MESH_A_ROUTE_OWNER, owner);
}

/* Both or neither are for the kernel to refuse: it has the words for it. */
void mesh_put_target(struct mesh_msg *m, int group, int peer,
		     const struct mesh_target *target)
{
	if (target->group)
		mesh_put_u32(m, group, target->group);
	if (target->peer.len)
		mesh_put_addr(m, peer, &target->peer);
}

int mesh_route_flags(enum mesh_route_mode mode)
{
	switch (mode) {
	case MESH_ROUTE_REPLACE:
		return NLM_F_CREATE | NLM_F_REPLACE;
	case MESH_ROUTE_ADD:
		return NLM_F_CREATE | NLM_F_EXCL;
	case MESH_ROUTE_CHANGE:
		return NLM_F_REPLACE;
	}
	return -1;
}

int mesh_route_set(struct mesh_ctx *ctx, unsigned int ifindex,
		   const struct mesh_prefix *prefix, const struct mesh_target *target,
		   const struct mesh_route_opts *opts)
{
	struct mesh_route_opts o;
	struct mesh_msg m;
	int err = mesh_opts_copy(ctx, &o, sizeof(o), opts);
	int flags = mesh_route_flags(o.mode);

	if (err)
		return err;
	if (flags < 0)
		return mesh_fail(ctx, -EINVAL, "no such mode of a route: %d", o.mode);
	mesh_msg_init(&m, ctx, MESH_CMD_ROUTE_NEW, flags, ifindex, ROUTE_ROOM);
	put_prefix(&m, prefix);
	mesh_put_target(&m, MESH_A_ROUTE_GROUP, MESH_A_ROUTE_PEER, target);
	put_owner(&m, o.owner);
	mesh_put_u32(&m, MESH_A_ROUTE_GENERATION, o.generation);
	return mesh_call(&m, NULL, NULL);
}

int mesh_route_del(struct mesh_ctx *ctx, unsigned int ifindex,
		   const struct mesh_prefix *prefix, uint8_t owner)
{
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_ROUTE_DEL, 0, ifindex, ROUTE_ROOM);
	put_prefix(&m, prefix);
	put_owner(&m, owner);
	return mesh_call(&m, NULL, NULL);
}

static int note_deleted(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[MESH_A_ROUTE_MAX + 1];
	uint32_t *deleted = arg;

	mesh_attrs(nlh, tb, MESH_A_ROUTE_MAX);
	if (deleted)
		*deleted = mesh_u32(tb[MESH_A_ROUTE_DELETED]);
	return 0;
}

int mesh_route_flush(struct mesh_ctx *ctx, unsigned int ifindex, uint8_t owner,
		     uint32_t *deleted)
{
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_ROUTE_DEL, 0, ifindex, ROUTE_ROOM);
	mesh_put(&m, MESH_A_ROUTE_FLUSH, NULL, 0);
	put_owner(&m, owner);
	return mesh_call(&m, note_deleted, deleted);
}

int mesh_route_sweep(struct mesh_ctx *ctx, unsigned int ifindex, uint8_t owner,
		     uint32_t generation, uint32_t *deleted)
{
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_ROUTE_DEL, 0, ifindex, ROUTE_ROOM);
	mesh_put(&m, MESH_A_ROUTE_SWEEP, NULL, 0);
	put_owner(&m, owner);
	mesh_put_u32(&m, MESH_A_ROUTE_GENERATION, generation);
	return mesh_call(&m, note_deleted, deleted);
}

int mesh_route_get(struct mesh_ctx *ctx, unsigned int ifindex,
		   const struct mesh_prefix *prefix, mesh_route_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_ROUTE_GET, 0, ifindex, ROUTE_ROOM);
	put_prefix(&m, prefix);
	return mesh_call(&m, deliver, &sink);
}

int mesh_route_dump(struct mesh_ctx *ctx, const struct mesh_route_filter *filter,
		    mesh_route_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_route_filter f;
	struct mesh_msg m;
	int err = mesh_opts_copy(ctx, &f, sizeof(f), filter);

	if (err)
		return err;
	mesh_msg_init(&m, ctx, MESH_CMD_ROUTE_GET, 0, f.ifindex, U32_ROOM);
	put_owner(&m, f.owner);
	return mesh_dump(&m, deliver, &sink);
}

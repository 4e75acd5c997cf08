// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <stdlib.h>

#define SHORTCUT_ROOM (MESH_ADDR_ROOM + 2 * (NLA_HDRLEN + 4))

struct sink {
	mesh_shortcut_fn fn;
	void *arg;
};

int mesh_shortcut_deliver(const struct nlmsghdr *nlh, mesh_shortcut_fn fn, void *arg)
{
	struct nlattr *tb[MESH_A_SHORTCUT_MAX + 1];
	struct mesh_shortcut shortcut;
	struct mesh_member *members;
	size_t n;
	int ret;

	members = mesh_get_members(nlh, MESH_A_SHORTCUT_MEMBER, &n);
	if (!members)
		return -ENOMEM;
	mesh_attrs(nlh, tb, MESH_A_SHORTCUT_MAX);
	shortcut = (struct mesh_shortcut){
		.ifindex = mesh_u32(tb[MESH_A_SHORTCUT_IFINDEX]),
		.prefix.addr = mesh_get_addr(tb[MESH_A_SHORTCUT_PREFIX]),
		.prefix.len = mesh_u8(tb[MESH_A_SHORTCUT_PREFIX_LEN]),
		.peer = mesh_get_addr(tb[MESH_A_SHORTCUT_PEER]),
		.nbma = mesh_get_addr(tb[MESH_A_SHORTCUT_NBMA]),
		.expires = mesh_u32(tb[MESH_A_SHORTCUT_EXPIRES]),
		.counters = mesh_get_counters(tb[MESH_A_SHORTCUT_COUNTERS]),
		.members = members,
		.n_members = n,
	};
	ret = fn(&shortcut, arg);
	free(members);
	return ret;
}

static int deliver(const struct nlmsghdr *nlh, void *arg)
{
	const struct sink *sink = arg;

	return mesh_shortcut_deliver(nlh, sink->fn, sink->arg);
}

static void init(struct mesh_msg *m, struct mesh_ctx *ctx, uint8_t cmd,
		 unsigned int ifindex, const struct mesh_prefix *prefix)
{
	mesh_msg_init(m, ctx, cmd, 0, ifindex, SHORTCUT_ROOM);
	if (!prefix)
		return;
	mesh_put_addr(m, MESH_A_SHORTCUT_PREFIX, &prefix->addr);
	mesh_put_u8(m, MESH_A_SHORTCUT_PREFIX_LEN, prefix->len);
}

int mesh_shortcut_del(struct mesh_ctx *ctx, unsigned int ifindex,
		      const struct mesh_prefix *prefix)
{
	struct mesh_msg m;

	init(&m, ctx, MESH_CMD_SHORTCUT_DEL, ifindex, prefix);
	return mesh_call(&m, NULL, NULL);
}

int mesh_shortcut_flush(struct mesh_ctx *ctx, unsigned int ifindex)
{
	struct mesh_msg m;

	init(&m, ctx, MESH_CMD_SHORTCUT_DEL, ifindex, NULL);
	mesh_put(&m, MESH_A_SHORTCUT_FLUSH, NULL, 0);
	return mesh_call(&m, NULL, NULL);
}

int mesh_shortcut_get(struct mesh_ctx *ctx, unsigned int ifindex,
		      const struct mesh_prefix *prefix, mesh_shortcut_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	init(&m, ctx, MESH_CMD_SHORTCUT_GET, ifindex, prefix);
	return mesh_call(&m, deliver, &sink);
}

int mesh_shortcut_dump(struct mesh_ctx *ctx, unsigned int ifindex,
		       mesh_shortcut_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	init(&m, ctx, MESH_CMD_SHORTCUT_GET, ifindex, NULL);
	return mesh_dump(&m, deliver, &sink);
}

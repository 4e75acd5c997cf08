// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <linux/genetlink.h>
#include <stdlib.h>

struct sink {
	mesh_group_fn fn;
	void *arg;
};

static struct mesh_member get_member(const struct nlattr *nla)
{
	struct nlattr *tb[MESH_A_MEMBER_MAX + 1];

	mesh_nested(nla, tb, MESH_A_MEMBER_MAX);
	return (struct mesh_member){
		.protocol = mesh_get_addr(tb[MESH_A_MEMBER_PROTOCOL]),
		.weight = mesh_u16(tb[MESH_A_MEMBER_WEIGHT]),
		.tier = mesh_u8(tb[MESH_A_MEMBER_TIER]),
		.buckets = mesh_u32(tb[MESH_A_MEMBER_BUCKETS]),
	};
}

struct mesh_member *mesh_get_members(const struct nlmsghdr *nlh, int type, size_t *n)
{
	struct mesh_member *members;
	const struct nlattr *nla;
	size_t i = 0;
	int rem;

	*n = mesh_count(nlh, type);
	members = calloc(*n + 1, sizeof(*members));
	if (!members)
		return NULL;
	nlmsg_for_each_attr(nla, (struct nlmsghdr *)nlh, GENL_HDRLEN, rem)
		if (nla_type(nla) == type)
			members[i++] = get_member(nla);
	return members;
}

static int deliver(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[MESH_A_GROUP_MAX + 1];
	const struct sink *sink = arg;
	struct mesh_member *members;
	struct mesh_group group;
	size_t n;
	int ret;

	members = mesh_get_members(nlh, MESH_A_GROUP_MEMBER, &n);
	if (!members)
		return -ENOMEM;
	mesh_attrs(nlh, tb, MESH_A_GROUP_MAX);
	group = (struct mesh_group){
		.ifindex = mesh_u32(tb[MESH_A_GROUP_IFINDEX]),
		.id = mesh_u32(tb[MESH_A_GROUP_ID]),
		.members = members,
		.n_members = n,
		.buckets = mesh_u32(tb[MESH_A_GROUP_BUCKETS]),
		.refs = mesh_u32(tb[MESH_A_GROUP_REFS]),
		.idle_time = mesh_u32(tb[MESH_A_GROUP_IDLE_TIME]),
		.waiting = mesh_u32(tb[MESH_A_GROUP_WAITING]),
	};
	ret = sink->fn(&group, sink->arg);
	free(members);
	return ret;
}

static int change(struct mesh_ctx *ctx, uint8_t cmd, unsigned int ifindex, uint32_t id,
		  const struct mesh_member *members, size_t n,
		  const struct mesh_group_opts *opts)
{
	struct mesh_group_opts o = { .sz = sizeof(o) };
	int err = opts ? mesh_opts_copy(ctx, &o, sizeof(o), opts) : 0;
	struct mesh_msg m;

	if (err)
		return err;
	mesh_msg_init(&m, ctx, cmd, 0, ifindex,
		      3 * (NLA_HDRLEN + 4) + n * (MESH_ADDR_ROOM + 3 * (NLA_HDRLEN + 4)));
	mesh_put_u32(&m, MESH_A_GROUP_ID, id);
	if (o.set & MESH_GROUP_BUCKETS)
		mesh_put_u32(&m, MESH_A_GROUP_BUCKETS, o.buckets);
	if (o.set & MESH_GROUP_IDLE_TIME)
		mesh_put_u32(&m, MESH_A_GROUP_IDLE_TIME, o.idle_time);
	for (size_t i = 0; i < n; i++) {
		struct nlattr *nest = mesh_nest(&m, MESH_A_GROUP_MEMBER);

		/* The kernel names the member of an address that is none. */
		mesh_put(&m, MESH_A_MEMBER_PROTOCOL, members[i].protocol.bytes,
			 members[i].protocol.len <= 16 ? members[i].protocol.len : 16);
		mesh_put_u16(&m, MESH_A_MEMBER_WEIGHT, members[i].weight);
		mesh_put_u8(&m, MESH_A_MEMBER_TIER, members[i].tier);
		mesh_nest_end(&m, nest);
	}
	return mesh_call(&m, NULL, NULL);
}

int mesh_group_add(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
		   const struct mesh_member *members, size_t n)
{
	return change(ctx, MESH_CMD_GROUP_NEW, ifindex, id, members, n, NULL);
}

int mesh_group_add_opts(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
			const struct mesh_member *members, size_t n,
			const struct mesh_group_opts *opts)
{
	return change(ctx, MESH_CMD_GROUP_NEW, ifindex, id, members, n, opts);
}

int mesh_group_set(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
		   const struct mesh_member *members, size_t n)
{
	return change(ctx, MESH_CMD_GROUP_SET, ifindex, id, members, n, NULL);
}

int mesh_group_set_opts(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
			const struct mesh_member *members, size_t n,
			const struct mesh_group_opts *opts)
{
	return change(ctx, MESH_CMD_GROUP_SET, ifindex, id, members, n, opts);
}

int mesh_group_del(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id)
{
	return change(ctx, MESH_CMD_GROUP_DEL, ifindex, id, NULL, 0, NULL);
}

int mesh_group_get(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
		   mesh_group_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_GROUP_GET, 0, ifindex, NLA_HDRLEN + 4);
	mesh_put_u32(&m, MESH_A_GROUP_ID, id);
	return mesh_call(&m, deliver, &sink);
}

int mesh_group_dump(struct mesh_ctx *ctx, unsigned int ifindex, mesh_group_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_GROUP_GET, 0, ifindex, 0);
	return mesh_dump(&m, deliver, &sink);
}

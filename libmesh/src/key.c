// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <stddef.h>

_Static_assert(MESH_KEY_SECRET_SHORTEST == MESH_KEY_SECRET_MIN, "secret");
_Static_assert(MESH_KEY_SECRET_LONGEST == MESH_KEY_SECRET_MAX, "secret");

struct sink {
	mesh_key_fn fn;
	void *arg;
};

static int deliver(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[MESH_A_KEY_MAX + 1];
	const struct sink *sink = arg;
	struct mesh_key key;

	mesh_attrs(nlh, tb, MESH_A_KEY_MAX);
	key = (struct mesh_key){
		.ifindex = mesh_u32(tb[MESH_A_KEY_IFINDEX]),
		.id = mesh_u16(tb[MESH_A_KEY_ID]),
		.accept_only = mesh_u8(tb[MESH_A_KEY_ACCEPT_ONLY]),
		.signs = tb[MESH_A_KEY_SIGNS],
		.accepted_packets = mesh_u64(tb[MESH_A_KEY_ACCEPTED]),
		.signed_packets = mesh_u64(tb[MESH_A_KEY_SIGNED]),
	};
	return sink->fn(&key, sink->arg);
}

static void init(struct mesh_msg *m, struct mesh_ctx *ctx, uint8_t cmd,
		 unsigned int ifindex, uint16_t id)
{
	mesh_msg_init(m, ctx, cmd, 0, ifindex, 2 * MESH_KEY_SECRET_MAX);
	mesh_put_u16(m, MESH_A_KEY_ID, id);
}

int mesh_key_add(struct mesh_ctx *ctx, unsigned int ifindex, uint16_t id,
		 const void *secret, size_t len, bool accept_only)
{
	struct mesh_msg m;

	if (len < MESH_KEY_SECRET_MIN || len > MESH_KEY_SECRET_MAX)
		return mesh_fail_attr(ctx, -EINVAL, "secret", "a secret has %d to %d octets",
				      MESH_KEY_SECRET_MIN, MESH_KEY_SECRET_MAX);
	init(&m, ctx, MESH_CMD_KEY_NEW, ifindex, id);
	mesh_put(&m, MESH_A_KEY_SECRET, secret, len);
	mesh_put_u8(&m, MESH_A_KEY_ACCEPT_ONLY, accept_only);
	return mesh_call(&m, NULL, NULL);
}

int mesh_key_set(struct mesh_ctx *ctx, unsigned int ifindex, uint16_t id, bool accept_only)
{
	struct mesh_msg m;

	init(&m, ctx, MESH_CMD_KEY_SET, ifindex, id);
	mesh_put_u8(&m, MESH_A_KEY_ACCEPT_ONLY, accept_only);
	return mesh_call(&m, NULL, NULL);
}

int mesh_key_del(struct mesh_ctx *ctx, unsigned int ifindex, uint16_t id)
{
	struct mesh_msg m;

	init(&m, ctx, MESH_CMD_KEY_DEL, ifindex, id);
	return mesh_call(&m, NULL, NULL);
}

int mesh_key_get(struct mesh_ctx *ctx, unsigned int ifindex, uint16_t id, mesh_key_fn fn,
		 void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	init(&m, ctx, MESH_CMD_KEY_GET, ifindex, id);
	return mesh_call(&m, deliver, &sink);
}

int mesh_key_dump(struct mesh_ctx *ctx, unsigned int ifindex, mesh_key_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_KEY_GET, 0, ifindex, 0);
	return mesh_dump(&m, deliver, &sink);
}

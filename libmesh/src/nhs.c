// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <linux/genetlink.h>
#include <stdlib.h>

_Static_assert((int)MESH_REGISTRATION_IDLE == MESH_NHS_STATE_IDLE, "state");
_Static_assert((int)MESH_REGISTRATION_PROBING == MESH_NHS_STATE_PROBING, "state");
_Static_assert((int)MESH_REGISTRATION_UP == MESH_NHS_STATE_UP, "state");
_Static_assert((int)MESH_REGISTRATION_DOWN == MESH_NHS_STATE_DOWN, "state");
_Static_assert((int)MESH_REGISTRATION_STANDBY == MESH_NHS_STATE_STANDBY, "state");

struct sink {
	mesh_nhs_fn fn;
	void *arg;
};

static struct mesh_registration parse_registration(const struct nlattr *nla)
{
	struct nlattr *tb[MESH_A_REGISTRATION_MAX + 1];

	mesh_nested(nla, tb, MESH_A_REGISTRATION_MAX);
	return (struct mesh_registration){
		.family = mesh_u16(tb[MESH_A_REGISTRATION_FAMILY]),
		.state = mesh_u8(tb[MESH_A_REGISTRATION_STATE]),
		.code = mesh_u8(tb[MESH_A_REGISTRATION_CODE]),
		.protocol = mesh_get_addr(tb[MESH_A_REGISTRATION_PROTOCOL]),
		.expires = mesh_u32(tb[MESH_A_REGISTRATION_EXPIRES]),
	};
}

int mesh_nhs_deliver(const struct nlmsghdr *nlh, mesh_nhs_fn fn, void *arg)
{
	size_t n = mesh_count(nlh, MESH_A_NHS_REGISTRATION);
	struct mesh_registration *registrations = calloc(n + 1, sizeof(*registrations));
	struct nlattr *tb[MESH_A_NHS_MAX + 1];
	struct mesh_nhs nhs;
	const struct nlattr *nla;
	size_t i = 0;
	int ret;
	int rem;

	if (!registrations)
		return -ENOMEM;
	nlmsg_for_each_attr(nla, (struct nlmsghdr *)nlh, GENL_HDRLEN, rem)
		if (nla_type(nla) == MESH_A_NHS_REGISTRATION)
			registrations[i++] = parse_registration(nla);
	mesh_attrs(nlh, tb, MESH_A_NHS_MAX);
	nhs = (struct mesh_nhs){
		.ifindex = mesh_u32(tb[MESH_A_NHS_IFINDEX]),
		.nbma = mesh_get_addr(tb[MESH_A_NHS_NBMA]),
		.protocol = mesh_get_addr(tb[MESH_A_NHS_PROTOCOL]),
		.registrations = registrations,
		.n_registrations = n,
		.priority = mesh_u8(tb[MESH_A_NHS_PRIORITY]),
		.owner = mesh_u8(tb[MESH_A_NHS_OWNER]),
	};
	ret = fn(&nhs, arg);
	free(registrations);
	return ret;
}

static int deliver(const struct nlmsghdr *nlh, void *arg)
{
	const struct sink *sink = arg;

	return mesh_nhs_deliver(nlh, sink->fn, sink->arg);
}

static void init(struct mesh_msg *m, struct mesh_ctx *ctx, uint8_t cmd,
		 unsigned int ifindex, const struct mesh_addr *nbma)
{
	mesh_msg_init(m, ctx, cmd, 0, ifindex, 2 * MESH_ADDR_ROOM + 16);
	mesh_put_addr(m, MESH_A_NHS_NBMA, nbma);
}

int mesh_nhs_add(struct mesh_ctx *ctx, unsigned int ifindex,
		 const struct mesh_addr *nbma, const struct mesh_addr *protocol)
{
	MESH_OPTS(mesh_nhs_opts, opts);

	if (protocol)
		opts.protocol = *protocol;
	return mesh_nhs_add_opts(ctx, ifindex, nbma, &opts);
}

int mesh_nhs_add_opts(struct mesh_ctx *ctx, unsigned int ifindex,
		      const struct mesh_addr *nbma, const struct mesh_nhs_opts *opts)
{
	struct mesh_nhs_opts o;
	struct mesh_msg m;
	int err = mesh_opts_copy(ctx, &o, sizeof(o), opts);

	if (err)
		return err;
	init(&m, ctx, MESH_CMD_NHS_NEW, ifindex, nbma);
	if (o.protocol.len)
		mesh_put_addr(&m, MESH_A_NHS_PROTOCOL, &o.protocol);
	if (o.priority)
		mesh_put_u8(&m, MESH_A_NHS_PRIORITY, o.priority);
	if (o.owner)
		mesh_put_u8(&m, MESH_A_NHS_OWNER, o.owner);
	return mesh_call(&m, NULL, NULL);
}

int mesh_nhs_del(struct mesh_ctx *ctx, unsigned int ifindex, const struct mesh_addr *nbma)
{
	struct mesh_msg m;

	init(&m, ctx, MESH_CMD_NHS_DEL, ifindex, nbma);
	return mesh_call(&m, NULL, NULL);
}

int mesh_nhs_get(struct mesh_ctx *ctx, unsigned int ifindex,
		 const struct mesh_addr *nbma, mesh_nhs_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	init(&m, ctx, MESH_CMD_NHS_GET, ifindex, nbma);
	return mesh_call(&m, deliver, &sink);
}

int mesh_nhs_dump(struct mesh_ctx *ctx, unsigned int ifindex, mesh_nhs_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_NHS_GET, 0, ifindex, 0);
	return mesh_dump(&m, deliver, &sink);
}

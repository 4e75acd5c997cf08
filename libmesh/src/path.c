// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

_Static_assert((int)MESH_PATH_NONE == MESH_KIND_NONE, "kind");
_Static_assert((int)MESH_PATH_SHORTCUT == MESH_KIND_SHORTCUT, "kind");
_Static_assert((int)MESH_PATH_ROUTE == MESH_KIND_ROUTE, "kind");
_Static_assert((int)MESH_PATH_HOST == MESH_KIND_HOST, "kind");
_Static_assert((int)MESH_PATH_GATEWAY == MESH_KIND_GATEWAY, "kind");
_Static_assert((int)MESH_PATH_NHS == MESH_KIND_NHS, "kind");

struct sink {
	mesh_path_fn fn;
	void *arg;
};

static int deliver(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[MESH_A_ROUTE_MAX + 1];
	struct nlattr *way[MESH_A_PATH_MAX + 1];
	const struct sink *sink = arg;
	struct mesh_path path;

	mesh_attrs(nlh, tb, MESH_A_ROUTE_MAX);
	mesh_nested(tb[MESH_A_ROUTE_PATH], way, MESH_A_PATH_MAX);
	path = (struct mesh_path){
		.ifindex = mesh_u32(tb[MESH_A_ROUTE_IFINDEX]),
		.kind = mesh_u8(way[MESH_A_PATH_KIND]),
		.has_prefix = tb[MESH_A_ROUTE_PREFIX],
		.prefix.addr = mesh_get_addr(tb[MESH_A_ROUTE_PREFIX]),
		.prefix.len = mesh_u8(tb[MESH_A_ROUTE_PREFIX_LEN]),
		.group = mesh_u32(tb[MESH_A_ROUTE_GROUP]),
		.has_bucket = way[MESH_A_PATH_BUCKET],
		.bucket = mesh_u32(way[MESH_A_PATH_BUCKET]),
		.hash = mesh_u32(way[MESH_A_PATH_HASH]),
		.owner = mesh_u8(tb[MESH_A_ROUTE_OWNER]),
		.generation = mesh_u32(tb[MESH_A_ROUTE_GENERATION]),
		.peer = mesh_get_addr(way[MESH_A_PATH_PEER]),
		.nbma = mesh_get_addr(way[MESH_A_PATH_NBMA]),
		.source = mesh_get_addr(way[MESH_A_PATH_SOURCE]),
		.oif = mesh_u32(way[MESH_A_PATH_OIF]),
		.mtu = mesh_u32(way[MESH_A_PATH_MTU]),
	};
	return sink->fn(&path, sink->arg);
}

static int check_addrs(struct mesh_ctx *ctx, const struct mesh_flow *f)
{
	if (!mesh_addr_valid(&f->dst))
		return mesh_fail_attr(ctx, -EINVAL, "flow.dst",
				      "an address of 4 or 16 octets is needed");
	if (f->src.len && f->src.len != f->dst.len)
		return mesh_fail_attr(ctx, -EINVAL, "flow.src",
				      "an address of the destination's family is needed");
	if (f->inner_dst.len && !mesh_addr_valid(&f->inner_dst))
		return mesh_fail_attr(ctx, -EINVAL, "flow.inner-dst",
				      "an address of 4 or 16 octets is needed");
	if (f->inner_src.len && !mesh_addr_valid(&f->inner_src))
		return mesh_fail_attr(ctx, -EINVAL, "flow.inner-src",
				      "an address of 4 or 16 octets is needed");
	return 0;
}

static void put_addr(struct mesh_msg *m, int type, const struct mesh_addr *addr)
{
	if (addr->len)
		mesh_put(m, type, addr->bytes, addr->len);
}

static void put_port(struct mesh_msg *m, int type, uint16_t port)
{
	if (port)
		mesh_put_u16(m, type, port);
}

static void put_flow(struct mesh_msg *m, const struct mesh_flow *f)
{
	put_addr(m, MESH_A_FLOW_DST, &f->dst);
	put_addr(m, MESH_A_FLOW_SRC, &f->src);
	if (f->ip_proto)
		mesh_put_u8(m, MESH_A_FLOW_IP_PROTO, f->ip_proto);
	put_port(m, MESH_A_FLOW_SPORT, f->sport);
	put_port(m, MESH_A_FLOW_DPORT, f->dport);
	if (f->flowlabel)
		mesh_put_u32(m, MESH_A_FLOW_FLOWLABEL, f->flowlabel);
}

static void put_inner(struct mesh_msg *m, const struct mesh_flow *f)
{
	put_addr(m, MESH_A_FLOW_INNER_DST, &f->inner_dst);
	put_addr(m, MESH_A_FLOW_INNER_SRC, &f->inner_src);
	if (f->inner_ip_proto)
		mesh_put_u8(m, MESH_A_FLOW_INNER_IP_PROTO, f->inner_ip_proto);
	put_port(m, MESH_A_FLOW_INNER_SPORT, f->inner_sport);
	put_port(m, MESH_A_FLOW_INNER_DPORT, f->inner_dport);
	if (f->inner_flowlabel)
		mesh_put_u32(m, MESH_A_FLOW_INNER_FLOWLABEL, f->inner_flowlabel);
}

int mesh_route_lookup(struct mesh_ctx *ctx, unsigned int ifindex,
		      const struct mesh_flow *flow, mesh_path_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_flow f;
	struct nlattr *nest;
	struct mesh_msg m;
	int err = mesh_opts_copy(ctx, &f, sizeof(f), flow);

	if (!err)
		err = check_addrs(ctx, &f);
	if (err)
		return err;
	mesh_msg_init(&m, ctx, MESH_CMD_ROUTE_GET, 0, ifindex, 8 * MESH_ADDR_ROOM);
	nest = mesh_nest(&m, MESH_A_ROUTE_FLOW);
	put_flow(&m, &f);
	put_inner(&m, &f);
	mesh_nest_end(&m, nest);
	return mesh_call(&m, deliver, &sink);
}

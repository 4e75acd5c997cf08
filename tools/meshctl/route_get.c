// SPDX-License-Identifier: GPL-2.0
#include "route.h"

#include <stddef.h>

#include "args.h"
#include "names.h"

struct get_args {
	struct mesh_flow flow;
	unsigned int ifindex;
	const char *text;
};

static int get_dst(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct get_args *a = (void *)((char *)to - arg->offset);

	a->text = value;
	return parse_addr(c, arg, value, to);
}

#define GET(word, member, parse, name, ...) \
	ARG(word, struct get_args, member, parse, name, ##__VA_ARGS__)

static const struct arg get_args[] = {
	GET(NULL, flow.dst, get_dst, "ADDRESS", .needed = true),
	GET("dev", ifindex, parse_link, "NAME", .needed = true),
	GET("src", flow.src, parse_addr, "ADDRESS"),
	GET("proto", flow.ip_proto, parse_ip_proto, "tcp|udp|NUMBER"),
	GET("sport", flow.sport, parse_u16, "PORT"),
	GET("dport", flow.dport, parse_u16, "PORT"),
	GET("flowlabel", flow.flowlabel, parse_u32, "NUMBER"),
	GET("inner-dst", flow.inner_dst, parse_addr, "ADDRESS"),
	GET("inner-src", flow.inner_src, parse_addr, "ADDRESS"),
	GET("inner-proto", flow.inner_ip_proto, parse_ip_proto, "tcp|udp|NUMBER"),
	GET("inner-sport", flow.inner_sport, parse_u16, "PORT"),
	GET("inner-dport", flow.inner_dport, parse_u16, "PORT"),
	GET("inner-flowlabel", flow.inner_flowlabel, parse_u32, "NUMBER"),
};

static const char *const kinds[] = {
	[MESH_PATH_NONE] = "none",
	[MESH_PATH_SHORTCUT] = "shortcut",
	[MESH_PATH_ROUTE] = "route",
	[MESH_PATH_HOST] = "host",
	[MESH_PATH_GATEWAY] = "gateway",
	[MESH_PATH_NHS] = "nhs",
};

static const char *const reasons[] = {
	[MESH_PATH_NONE] = "nothing matches: unreachable",
	[MESH_PATH_SHORTCUT] = "a shortcut is the best match",
	[MESH_PATH_ROUTE] = "a route is the best match",
	[MESH_PATH_HOST] = "the destination is a peer",
	[MESH_PATH_GATEWAY] = "the gateway of the kernel's route is a peer",
	[MESH_PATH_NHS] = "no better is known yet: by a next-hop server",
};

struct answer {
	struct cmd *c;
	const struct get_args *args;
};

static void put_prefix(struct cmd *c, const struct mesh_path *path)
{
	const char *before = "\n    prefix ";

	if (path->kind == MESH_PATH_SHORTCUT)
		before = "\n    shortcut ";
	else if (path->kind == MESH_PATH_ROUTE)
		before = "\n    route ";
	if (path->has_prefix)
		print_prefix(c, "prefix", before, &path->prefix);
}

static void put_choice(struct cmd *c, const struct mesh_path *path)
{
	struct out *o = c->out;

	put_prefix(c, path);
	if (path->owner)
		print_owner(c, path->owner);
	if (path->group)
		out_uint(o, "group", "\n    group ", path->group);
	if (path->has_bucket)
		out_uint(o, "bucket", " bucket ", path->bucket);
	out_hex(o, "hash", path->has_bucket ? " hash " : "\n    hash ", path->hash);
	print_addr(c, "peer", path->group ? "\n    member " : "\n    peer ", &path->peer);
}

static void put_endpoint(struct cmd *c, const struct mesh_path *path)
{
	struct out *o = c->out;

	if (path->nbma.len)
		print_addr(c, "nbma", "\n    endpoint ", &path->nbma);
	else if (path->peer.len)
		out_text(o, "\n    no endpoint is up");
	print_addr(c, "source", " from ", &path->source);
	if (path->oif)
		out_string(o, "oif", " by ", link_name(c, path->oif));
	if (path->mtu)
		out_uint(o, "mtu", " mtu ", path->mtu);
}

static int print_path(const struct mesh_path *path, void *arg)
{
	struct answer *a = arg;
	struct cmd *c = a->c;
	bool known = path->kind < ARRAY_SIZE(kinds);

	out_object(c->out, NULL);
	print_addr(c, "dst", "", &a->args->flow.dst);
	print_addr(c, "src", " src ", &a->args->flow.src);
	print_dev(c, a->args->ifindex);
	out_string(c->out, "kind", NULL, known ? kinds[path->kind] : "unknown");
	out_string(c->out, "reason", ": ", known ? reasons[path->kind] : "unknown");
	put_choice(c, path);
	put_endpoint(c, path);
	out_object_end(c->out);
	return 0;
}

int route_get(struct cmd *c, char **argv)
{
	struct get_args a = { .flow.sz = sizeof(a.flow) };
	struct answer answer = { c, &a };
	int status = args_parse(c, get_args, ARRAY_SIZE(get_args), argv, &a);
	int err;

	if (status)
		return status;
	out_table(c->out);
	err = mesh_route_lookup(c->mesh, a.ifindex, &a.flow, print_path, &answer);
	return shown(c, err, a.text);
}

// SPDX-License-Identifier: GPL-2.0
#include "route.h"

#include <stddef.h>
#include <string.h>

#include "args.h"
#include "batch.h"
#include "names.h"

static int route_prefix(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct route_args *a = (void *)((char *)to - arg->offset);

	a->text = value;
	return parse_prefix(c, arg, value, to);
}

static int route_group(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct route_args *a = (void *)((char *)to - arg->offset);
	uint64_t id;
	int status = parse_number(c, arg, value, 1, UINT32_MAX, &id);

	a->target.group = id;
	return status;
}

#define ROUTE(word, member, parse, name, ...) \
	ARG(word, struct route_args, member, parse, name, ##__VA_ARGS__)

static const struct arg change_args[] = {
	ROUTE(NULL, prefix, route_prefix, "PREFIX", .needed = true),
	ROUTE("dev", ifindex, parse_link, "NAME", .needed = true),
	ROUTE("peer", target.peer, parse_addr, "PROTOCOL-ADDRESS"),
	ROUTE("group", target, route_group, "ID"),
	ROUTE("owner", opts.owner, parse_owner, "PROTOCOL"),
	ROUTE("generation", opts.generation, parse_u32, "NUMBER"),
};

static const struct arg del_args[] = {
	ROUTE(NULL, prefix, route_prefix, "PREFIX", .needed = true),
	ROUTE("dev", ifindex, parse_link, "NAME", .needed = true),
	ROUTE("owner", opts.owner, parse_owner, "PROTOCOL"),
};

static const struct arg flush_args[] = {
	ROUTE("dev", ifindex, parse_link, "NAME", .needed = true),
	ROUTE("owner", opts.owner, parse_owner, "PROTOCOL"),
};

static const struct arg sweep_args[] = {
	ROUTE("dev", ifindex, parse_link, "NAME", .needed = true),
	ROUTE("owner", opts.owner, parse_owner, "PROTOCOL"),
	ROUTE("generation", opts.generation, parse_u32, "NUMBER", .needed = true),
};

static const struct arg show_args[] = {
	ROUTE(NULL, prefix, route_prefix, "PREFIX"),
	ROUTE("dev", ifindex, parse_link, "NAME"),
	ROUTE("owner", opts.owner, parse_owner, "PROTOCOL"),
};

static int change(struct cmd *c, char **argv, enum mesh_route_mode mode)
{
	struct route_args a = { .opts.sz = sizeof(a.opts), .opts.mode = mode };
	int status = args_parse(c, change_args, ARRAY_SIZE(change_args), argv, &a);

	if (status)
		return status;
	if (!a.target.group == !a.target.peer.len)
		return usage_error(c, "%s: either peer PROTOCOL-ADDRESS or group ID is needed",
				   a.text);
	if (c->batch)
		return batch_route(c, &a, false);
	return mesh_route_set(c->mesh, a.ifindex, &a.prefix, &a.target, &a.opts) ?
	       refused(c, a.text) : EXIT_OK;
}

static int route_add(struct cmd *c, char **argv)
{
	return change(c, argv, MESH_ROUTE_ADD);
}

static int route_replace(struct cmd *c, char **argv)
{
	return change(c, argv, MESH_ROUTE_REPLACE);
}

static int route_del(struct cmd *c, char **argv)
{
	struct route_args a = { .opts.sz = sizeof(a.opts) };
	int status = args_parse(c, del_args, ARRAY_SIZE(del_args), argv, &a);

	if (status)
		return status;
	if (c->batch)
		return batch_route(c, &a, true);
	return mesh_route_del(c->mesh, a.ifindex, &a.prefix, a.opts.owner) ?
	       refused(c, a.text) : EXIT_OK;
}

static int route_flush(struct cmd *c, char **argv)
{
	struct route_args a = { .opts.sz = sizeof(a.opts) };
	int status = args_parse(c, flush_args, ARRAY_SIZE(flush_args), argv, &a);

	if (status)
		return status;
	return mesh_route_flush(c->mesh, a.ifindex, a.opts.owner, NULL) ?
	       refused(c, NULL) : EXIT_OK;
}

static int route_sweep(struct cmd *c, char **argv)
{
	struct route_args a = { .opts.sz = sizeof(a.opts) };
	int status = args_parse(c, sweep_args, ARRAY_SIZE(sweep_args), argv, &a);

	if (status)
		return status;
	return mesh_route_sweep(c->mesh, a.ifindex, a.opts.owner, a.opts.generation, NULL) ?
	       refused(c, NULL) : EXIT_OK;
}

void put_route(struct cmd *c, const struct mesh_route *route)
{
	struct out *o = c->out;

	print_prefix(c, "prefix", "", &route->prefix);
	print_dev(c, route->ifindex);
	print_addr(c, "peer", " peer ", &route->target.peer);
	if (route->target.group)
		out_uint(o, "group", " group ", route->target.group);
	print_owner(c, route->owner);
	out_uint(o, "generation", " generation ", route->generation);
	print_counters(c, &route->counters, false);
}

int print_route(const struct mesh_route *route, void *cmd)
{
	struct cmd *c = cmd;

	out_object(c->out, NULL);
	put_route(c, route);
	out_object_end(c->out);
	return 0;
}

struct search {
	struct cmd *c;
	const struct route_args *args;
};

static int print_match(const struct mesh_route *route, void *arg)
{
	struct search *s = arg;

	if (s->args->text && mesh_prefix_cmp(&s->args->prefix, &route->prefix))
		return 0;
	if (s->args->opts.owner && s->args->opts.owner != route->owner)
		return 0;
	return print_route(route, s->c);
}

static int route_show(struct cmd *c, char **argv)
{
	struct route_args a = { 0 };
	struct search s = { c, &a };
	struct mesh_route_filter filter = { .sz = sizeof(filter) };
	int status = args_parse(c, show_args, ARRAY_SIZE(show_args), argv, &a);
	int err;

	if (status)
		return status;
	filter.ifindex = a.ifindex;
	filter.owner = a.opts.owner;
	out_table(c->out);
	if (a.text && a.ifindex)
		err = mesh_route_get(c->mesh, a.ifindex, &a.prefix, print_match, &s);
	else
		err = mesh_route_dump(c->mesh, &filter, print_match, &s);
	return shown(c, err, a.text);
}

static const struct command commands[] = {
	{ "add", route_add,
	  "route add PREFIX dev NAME TARGET [owner PROTOCOL] [generation NUMBER]" },
	{ "replace", route_replace,
	  "route replace PREFIX dev NAME TARGET [owner PROTOCOL] [generation NUMBER]\n"
	  "       TARGET := peer PROTOCOL-ADDRESS | group ID" },
	{ "del", route_del, "route del PREFIX dev NAME [owner PROTOCOL]" },
	{ "flush", route_flush, "route flush dev NAME [owner PROTOCOL]" },
	{ "sweep", route_sweep,
	  "route sweep dev NAME generation NUMBER [owner PROTOCOL]" },
	{ "show", route_show, "route show [PREFIX] [dev NAME] [owner PROTOCOL]" },
	{ "get", route_get,
	  "route get ADDRESS dev NAME [src ADDRESS]\n"
	  "                         [proto tcp|udp|NUMBER] [sport PORT] [dport PORT]\n"
	  "                         [flowlabel NUMBER] [inner-dst ADDRESS [inner-src ADDRESS]\n"
	  "                         [inner-proto tcp|udp|NUMBER] [inner-sport PORT]\n"
	  "                         [inner-dport PORT] [inner-flowlabel NUMBER]]" },
};

const struct object object_route = {
	"route", "prefixes that lead to peers and groups", commands, ARRAY_SIZE(commands), "show",
};

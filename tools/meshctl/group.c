// SPDX-License-Identifier: GPL-2.0
#include "meshctl.h"

#include <stddef.h>
#include <string.h>

#include "args.h"
#include "names.h"

#define MEMBERS_MAX 256

struct group_args {
	uint32_t id;
	unsigned int ifindex;
	struct {
		struct mesh_member members[MEMBERS_MAX];
		size_t n;
	} list;
	struct mesh_group_opts opts;
	const char *text;
};

static int group_id(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct group_args *a = (void *)((char *)to - arg->offset);
	uint64_t id;
	int status = parse_number(c, arg, value, 1, UINT32_MAX, &id);

	a->text = value;
	a->id = id;
	return status;
}

static int group_member(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct group_args *a = (void *)((char *)to - arg->offset);

	if (a->list.n == MEMBERS_MAX)
		return usage_error(c, "member: a group has up to %d members", MEMBERS_MAX);
	a->list.members[a->list.n].weight = 1;
	return parse_addr(c, arg, value, &a->list.members[a->list.n++].protocol);
}

/* weight and tier are those of the member before them. */
static int group_share(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct group_args *a = (void *)((char *)to - arg->offset);
	struct mesh_member *member = &a->list.members[a->list.n - 1];

	if (!a->list.n)
		return usage_error(c, "%s belongs behind a member ADDRESS", arg->word);
	if (!strcmp(arg->word, "weight"))
		return parse_u16(c, arg, value, &member->weight);
	return parse_u8(c, arg, value, &member->tier);
}

static int group_opt(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	static const struct {
		const char *word;
		uint64_t bit;
	} given[] = {
		{ "buckets", MESH_GROUP_BUCKETS },
		{ "idle-time", MESH_GROUP_IDLE_TIME },
	};
	struct group_args *a = (void *)((char *)to - arg->offset);

	for (size_t i = 0; i < ARRAY_SIZE(given); i++)
		if (!strcmp(arg->word, given[i].word))
			a->opts.set |= given[i].bit;
	return parse_u32(c, arg, value, to);
}

#define GROUP(word, member, parse, name, ...) \
	ARG(word, struct group_args, member, parse, name, ##__VA_ARGS__)

static const struct arg change_args[] = {
	GROUP(NULL, id, group_id, "ID", .needed = true),
	GROUP("dev", ifindex, parse_link, "NAME", .needed = true),
	GROUP("member", list, group_member, "PROTOCOL-ADDRESS", .needed = true, .many = true),
	GROUP("weight", list, group_share, "1-65535", .many = true),
	GROUP("tier", list, group_share, "0-255", .many = true),
	GROUP("buckets", opts.buckets, group_opt, "NUMBER"),
	GROUP("idle-time", opts.idle_time, group_opt, "MILLISECONDS"),
};

static const struct arg del_args[] = {
	GROUP(NULL, id, group_id, "ID", .needed = true),
	GROUP("dev", ifindex, parse_link, "NAME", .needed = true),
};

static const struct arg show_args[] = {
	GROUP(NULL, id, group_id, "ID"),
	GROUP("dev", ifindex, parse_link, "NAME"),
};

static int change(struct cmd *c, char **argv,
		  int (*op)(struct mesh_ctx *, unsigned int, uint32_t,
			    const struct mesh_member *, size_t,
			    const struct mesh_group_opts *))
{
	struct group_args a = { .opts.sz = sizeof(a.opts) };
	int status = args_parse(c, change_args, ARRAY_SIZE(change_args), argv, &a);

	if (status)
		return status;
	return op(c->mesh, a.ifindex, a.id, a.list.members, a.list.n, &a.opts) ?
	       refused(c, a.text) : EXIT_OK;
}

static int group_add(struct cmd *c, char **argv)
{
	return change(c, argv, mesh_group_add_opts);
}

static int group_set(struct cmd *c, char **argv)
{
	return change(c, argv, mesh_group_set_opts);
}

static int group_del(struct cmd *c, char **argv)
{
	struct group_args a = { 0 };
	int status = args_parse(c, del_args, ARRAY_SIZE(del_args), argv, &a);

	if (status)
		return status;
	return mesh_group_del(c->mesh, a.ifindex, a.id) ? refused(c, a.text) : EXIT_OK;
}

void print_members(struct cmd *c, const struct mesh_member *members, size_t n)
{
	struct out *o = c->out;

	out_list(o, "members");
	for (size_t i = 0; i < n; i++) {
		const struct mesh_member *m = &members[i];

		out_object(o, NULL);
		print_addr(c, "protocol", "\n    member ", &m->protocol);
		out_uint(o, "weight", " weight ", m->weight);
		out_uint(o, "tier", " tier ", m->tier);
		out_uint(o, "buckets", " buckets ", m->buckets);
		out_object_end(o);
	}
	out_list_end(o);
}

struct search {
	struct cmd *c;
	uint32_t id;
};

static int print_group(const struct mesh_group *group, void *arg)
{
	struct search *s = arg;
	struct cmd *c = s->c;
	struct out *o = c->out;

	if (s->id && s->id != group->id)
		return 0;
	out_object(o, NULL);
	out_uint(o, "id", "", group->id);
	print_dev(c, group->ifindex);
	out_uint(o, "buckets", " buckets ", group->buckets);
	out_uint(o, "routes", " routes ", group->refs);
	if (group->idle_time) {
		out_uint(o, "idle-time", " idle-time ", group->idle_time);
		out_uint(o, "waiting", " waiting ", group->waiting);
	}
	print_members(c, group->members, group->n_members);
	out_object_end(o);
	return 0;
}

static int group_show(struct cmd *c, char **argv)
{
	struct group_args a = { 0 };
	struct search s = { .c = c };
	int status = args_parse(c, show_args, ARRAY_SIZE(show_args), argv, &a);
	int err;

	if (status)
		return status;
	s.id = a.id;
	out_table(c->out);
	if (a.id && a.ifindex)
		err = mesh_group_get(c->mesh, a.ifindex, a.id, print_group, &s);
	else
		err = mesh_group_dump(c->mesh, a.ifindex, print_group, &s);
	return shown(c, err, a.text);
}

static const struct command commands[] = {
	{ "add", group_add,
	  "group add ID dev NAME [buckets NUMBER] [idle-time MILLISECONDS] MEMBER…" },
	{ "set", group_set,
	  "group set ID dev NAME [buckets NUMBER] [idle-time MILLISECONDS] MEMBER…\n"
	  "       MEMBER := member PROTOCOL-ADDRESS [weight 1-65535] [tier 0-255]" },
	{ "del", group_del, "group del ID dev NAME" },
	{ "show", group_show, "group show [ID] [dev NAME]" },
};

const struct object object_group = {
	"group", "weighted groups of peers", commands, ARRAY_SIZE(commands), "show",
};

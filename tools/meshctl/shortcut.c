// SPDX-License-Identifier: GPL-2.0
#include "meshctl.h"

#include <stddef.h>

#include "args.h"
#include "names.h"

struct shortcut_args {
	struct mesh_prefix prefix;
	unsigned int ifindex;
	const char *text;
};

static int shortcut_prefix(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct shortcut_args *a = (void *)((char *)to - arg->offset);

	a->text = value;
	return parse_prefix(c, arg, value, to);
}

#define SHORTCUT(word, member, parse, name, ...) \
	ARG(word, struct shortcut_args, member, parse, name, ##__VA_ARGS__)

static const struct arg del_args[] = {
	SHORTCUT(NULL, prefix, shortcut_prefix, "PREFIX", .needed = true),
	SHORTCUT("dev", ifindex, parse_link, "NAME", .needed = true),
};

static const struct arg flush_args[] = {
	SHORTCUT("dev", ifindex, parse_link, "NAME", .needed = true),
};

static const struct arg show_args[] = {
	SHORTCUT(NULL, prefix, shortcut_prefix, "PREFIX"),
	SHORTCUT("dev", ifindex, parse_link, "NAME"),
};

static int shortcut_del(struct cmd *c, char **argv)
{
	struct shortcut_args a = { 0 };
	int status = args_parse(c, del_args, ARRAY_SIZE(del_args), argv, &a);

	if (status)
		return status;
	return mesh_shortcut_del(c->mesh, a.ifindex, &a.prefix) ? refused(c, a.text) : EXIT_OK;
}

static int shortcut_flush(struct cmd *c, char **argv)
{
	struct shortcut_args a = { 0 };
	int status = args_parse(c, flush_args, ARRAY_SIZE(flush_args), argv, &a);

	if (status)
		return status;
	return mesh_shortcut_flush(c->mesh, a.ifindex) ? refused(c, NULL) : EXIT_OK;
}

void put_shortcut(struct cmd *c, const struct mesh_shortcut *shortcut)
{
	print_prefix(c, "prefix", "", &shortcut->prefix);
	print_dev(c, shortcut->ifindex);
	print_addr(c, "peer", " peer ", &shortcut->peer);
	print_addr(c, "nbma", " nbma ", &shortcut->nbma);
	out_msec(c->out, "expires", " expires ", shortcut->expires);
	print_counters(c, &shortcut->counters, false);
	if (shortcut->n_members)
		print_members(c, shortcut->members, shortcut->n_members);
}

int print_shortcut(const struct mesh_shortcut *shortcut, void *cmd)
{
	struct cmd *c = cmd;

	out_object(c->out, NULL);
	put_shortcut(c, shortcut);
	out_object_end(c->out);
	return 0;
}

struct search {
	struct cmd *c;
	const struct shortcut_args *args;
};

static int print_match(const struct mesh_shortcut *shortcut, void *arg)
{
	struct search *s = arg;

	if (s->args->text && mesh_prefix_cmp(&s->args->prefix, &shortcut->prefix))
		return 0;
	return print_shortcut(shortcut, s->c);
}

static int shortcut_show(struct cmd *c, char **argv)
{
	struct shortcut_args a = { 0 };
	struct search s = { c, &a };
	int status = args_parse(c, show_args, ARRAY_SIZE(show_args), argv, &a);
	int err;

	if (status)
		return status;
	out_table(c->out);
	if (a.text && a.ifindex)
		err = mesh_shortcut_get(c->mesh, a.ifindex, &a.prefix, print_shortcut, c);
	else
		err = mesh_shortcut_dump(c->mesh, a.ifindex, print_match, &s);
	return shown(c, err, a.text);
}

static const struct command commands[] = {
	{ "show", shortcut_show, "shortcut show [PREFIX] [dev NAME]" },
	{ "del", shortcut_del, "shortcut del PREFIX dev NAME" },
	{ "flush", shortcut_flush, "shortcut flush dev NAME" },
};

const struct object object_shortcut = {
	"shortcut", "prefixes learned by resolution", commands, ARRAY_SIZE(commands), "show",
};

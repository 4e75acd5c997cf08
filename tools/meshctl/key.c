// SPDX-License-Identifier: GPL-2.0
#include "meshctl.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "names.h"

struct key_args {
	uint16_t id;
	unsigned int ifindex;
	const char *file;
	bool accept_only;
	const char *text;
};

/* A secret from a file; an end of line that an editor left is none of it. */
struct secret {
	char octets[MESH_KEY_SECRET_LONGEST + 2];
	size_t len;
};

static int key_id(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct key_args *a = (void *)((char *)to - arg->offset);
	uint64_t id;
	int status = parse_number(c, arg, value, 1, UINT16_MAX, &id);

	a->text = value;
	a->id = id;
	return status;
}

#define KEY(word, member, parse, name, ...) \
	ARG(word, struct key_args, member, parse, name, ##__VA_ARGS__)

static const struct arg add_args[] = {
	KEY(NULL, id, key_id, "ID", .needed = true),
	KEY("dev", ifindex, parse_link, "NAME", .needed = true),
	KEY("file", file, parse_text, "PATH|-", .needed = true),
	KEY("accept-only", accept_only, parse_switch, "on|off"),
};

static const struct arg set_args[] = {
	KEY(NULL, id, key_id, "ID", .needed = true),
	KEY("dev", ifindex, parse_link, "NAME", .needed = true),
	KEY("accept-only", accept_only, parse_switch, "on|off", .needed = true),
};

static const struct arg del_args[] = {
	KEY(NULL, id, key_id, "ID", .needed = true),
	KEY("dev", ifindex, parse_link, "NAME", .needed = true),
};

static const struct arg show_args[] = {
	KEY(NULL, id, key_id, "ID"),
	KEY("dev", ifindex, parse_link, "NAME"),
};

static int read_secret(struct cmd *c, const char *path, struct secret *s)
{
	bool in = !strcmp(path, "-");
	FILE *f = in ? stdin : fopen(path, "re");
	int err = errno;

	if (!f)
		return usage_error(c, "file: %s: %s", path, strerror(err));
	/* No copy of it is to stay behind in a buffer. */
	setvbuf(f, NULL, _IONBF, 0);
	s->len = fread(s->octets, 1, sizeof(s->octets), f);
	err = ferror(f) ? errno : 0;
	if (!in)
		fclose(f);
	if (err)
		return usage_error(c, "file: %s: %s", path, strerror(err));
	if (s->len && s->octets[s->len - 1] == '\n')
		s->len--;
	if (s->len < MESH_KEY_SECRET_SHORTEST || s->len > MESH_KEY_SECRET_LONGEST)
		return usage_error(c, "file: a secret has %d to %d octets",
				   MESH_KEY_SECRET_SHORTEST, MESH_KEY_SECRET_LONGEST);
	return EXIT_OK;
}

static int key_add(struct cmd *c, char **argv)
{
	struct key_args a = { 0 };
	struct secret s;
	int status = args_parse(c, add_args, ARRAY_SIZE(add_args), argv, &a);

	if (status)
		return status;
	if (c->batch && !strcmp(a.file, "-"))
		return usage_error(c, "file: in a batch a secret has a file of its own");
	status = read_secret(c, a.file, &s);
	if (!status && mesh_key_add(c->mesh, a.ifindex, a.id, s.octets, s.len, a.accept_only))
		status = refused(c, a.text);
	explicit_bzero(&s, sizeof(s));
	return status;
}

static int key_set(struct cmd *c, char **argv)
{
	struct key_args a = { 0 };
	int status = args_parse(c, set_args, ARRAY_SIZE(set_args), argv, &a);

	if (status)
		return status;
	return mesh_key_set(c->mesh, a.ifindex, a.id, a.accept_only) ? refused(c, a.text) :
								       EXIT_OK;
}

static int key_del(struct cmd *c, char **argv)
{
	struct key_args a = { 0 };
	int status = args_parse(c, del_args, ARRAY_SIZE(del_args), argv, &a);

	if (status)
		return status;
	return mesh_key_del(c->mesh, a.ifindex, a.id) ? refused(c, a.text) : EXIT_OK;
}

static int print_key(const struct mesh_key *key, void *cmd)
{
	struct cmd *c = cmd;
	struct out *o = c->out;

	out_object(o, NULL);
	out_uint(o, "id", "", key->id);
	print_dev(c, key->ifindex);
	out_switch(o, "accept-only", " accept-only ", key->accept_only);
	out_flag(o, "signs", " signs", key->signs);
	out_uint(o, "signed", " signed ", key->signed_packets);
	out_uint(o, "accepted", " accepted ", key->accepted_packets);
	out_object_end(o);
	return 0;
}

struct search {
	struct cmd *c;
	uint16_t id;
};

static int print_match(const struct mesh_key *key, void *arg)
{
	struct search *s = arg;

	return s->id && s->id != key->id ? 0 : print_key(key, s->c);
}

static int key_show(struct cmd *c, char **argv)
{
	struct key_args a = { 0 };
	struct search s = { .c = c };
	int status = args_parse(c, show_args, ARRAY_SIZE(show_args), argv, &a);
	int err;

	if (status)
		return status;
	s.id = a.id;
	out_table(c->out);
	if (a.id && a.ifindex)
		err = mesh_key_get(c->mesh, a.ifindex, a.id, print_key, c);
	else
		err = mesh_key_dump(c->mesh, a.ifindex, print_match, &s);
	return shown(c, err, a.text);
}

static const struct command commands[] = {
	{ "add", key_add, "key add ID dev NAME file PATH|- [accept-only on|off]" },
	{ "set", key_set, "key set ID dev NAME accept-only on|off" },
	{ "del", key_del, "key del ID dev NAME" },
	{ "show", key_show, "key show [ID] [dev NAME]" },
};

const struct object object_key = {
	"key", "keys that NHRP packets are signed with", commands, ARRAY_SIZE(commands), "show",
};

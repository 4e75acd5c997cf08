// SPDX-License-Identifier: GPL-2.0
#include "meshctl.h"

#include <stddef.h>
#include <sys/socket.h>

#include "args.h"
#include "names.h"

struct nhs_args {
	struct mesh_addr nbma;
	struct mesh_nhs_opts opts;
	unsigned int ifindex;
	const char *text;
};

static int nhs_nbma(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct nhs_args *a = (void *)((char *)to - arg->offset);

	a->text = value;
	return parse_addr(c, arg, value, to);
}

#define NHS(word, member, parse, name, ...) \
	ARG(word, struct nhs_args, member, parse, name, ##__VA_ARGS__)

static const struct arg add_args[] = {
	NHS(NULL, nbma, nhs_nbma, "NBMA-ADDRESS", .needed = true),
	NHS("dev", ifindex, parse_link, "NAME", .needed = true),
	NHS("protocol", opts.protocol, parse_addr, "ADDRESS"),
	NHS("priority", opts.priority, parse_u8, "NUMBER"),
};

static const struct arg del_args[] = {
	NHS(NULL, nbma, nhs_nbma, "NBMA-ADDRESS", .needed = true),
	NHS("dev", ifindex, parse_link, "NAME", .needed = true),
};

static const struct arg show_args[] = {
	NHS(NULL, nbma, nhs_nbma, "NBMA-ADDRESS"),
	NHS("dev", ifindex, parse_link, "NAME"),
};

static int nhs_add(struct cmd *c, char **argv)
{
	struct nhs_args a = { .opts.sz = sizeof(a.opts) };
	int status = args_parse(c, add_args, ARRAY_SIZE(add_args), argv, &a);

	if (status)
		return status;
	return mesh_nhs_add_opts(c->mesh, a.ifindex, &a.nbma, &a.opts) ? refused(c, a.text) :
									 EXIT_OK;
}

static int nhs_del(struct cmd *c, char **argv)
{
	struct nhs_args a = { 0 };
	int status = args_parse(c, del_args, ARRAY_SIZE(del_args), argv, &a);

	if (status)
		return status;
	return mesh_nhs_del(c->mesh, a.ifindex, &a.nbma) ? refused(c, a.text) : EXIT_OK;
}

static void put_registration(struct cmd *c, const struct mesh_registration *r)
{
	static const char *const states[] = { "idle", "probing", "up", "down", "standby" };
	struct out *o = c->out;

	out_object(o, NULL);
	out_string(o, "family", "\n    ", r->family == AF_INET6 ? "inet6" : "inet");
	out_string(o, "state", " ", r->state < ARRAY_SIZE(states) ? states[r->state] : "?");
	print_addr(c, "protocol", " protocol ", &r->protocol);
	if (r->code)
		out_uint(o, "code", " refused with code ", r->code);
	if (r->expires)
		out_msec(o, "expires", " expires ", r->expires);
	out_object_end(o);
}

void put_nhs(struct cmd *c, const struct mesh_nhs *nhs)
{
	print_addr(c, "nbma", "", &nhs->nbma);
	print_dev(c, nhs->ifindex);
	print_addr(c, "protocol", " protocol ", &nhs->protocol);
	out_uint(c->out, "priority", " priority ", nhs->priority);
	print_owner(c, nhs->owner);
	out_list(c->out, "registrations");
	for (size_t i = 0; i < nhs->n_registrations; i++)
		put_registration(c, &nhs->registrations[i]);
	out_list_end(c->out);
}

int print_nhs(const struct mesh_nhs *nhs, void *cmd)
{
	struct cmd *c = cmd;

	out_object(c->out, NULL);
	put_nhs(c, nhs);
	out_object_end(c->out);
	return 0;
}

struct search {
	struct cmd *c;
	const struct mesh_addr *nbma;
};

static int print_match(const struct mesh_nhs *nhs, void *arg)
{
	struct search *s = arg;

	if (s->nbma->len && mesh_addr_cmp(s->nbma, &nhs->nbma))
		return 0;
	return print_nhs(nhs, s->c);
}

static int nhs_show(struct cmd *c, char **argv)
{
	struct nhs_args a = { 0 };
	struct search s = { c, &a.nbma };
	int status = args_parse(c, show_args, ARRAY_SIZE(show_args), argv, &a);
	int err;

	if (status)
		return status;
	out_table(c->out);
	if (a.nbma.len && a.ifindex)
		err = mesh_nhs_get(c->mesh, a.ifindex, &a.nbma, print_nhs, c);
	else
		err = mesh_nhs_dump(c->mesh, a.ifindex, print_match, &s);
	return shown(c, err, a.text);
}

static const struct command commands[] = {
	{ "add", nhs_add, "nhs add NBMA-ADDRESS dev NAME [protocol ADDRESS] [priority NUMBER]" },
	{ "del", nhs_del, "nhs del NBMA-ADDRESS dev NAME" },
	{ "show", nhs_show, "nhs show [NBMA-ADDRESS] [dev NAME]" },
};

const struct object object_nhs = {
	"nhs", "next-hop servers to register with", commands, ARRAY_SIZE(commands), "show",
};

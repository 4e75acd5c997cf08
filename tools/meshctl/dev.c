// SPDX-License-Identifier: GPL-2.0
#include "meshctl.h"

#include <stddef.h>
#include <string.h>

#include "args.h"
#include "names.h"

#define HOMES_MAX 4

struct dev_args {
	struct mesh_dev_opts opts;	/* first: opts_at() finds it by the offset */
	struct mesh_home homes[HOMES_MAX];
	const char *name;
	unsigned int ifindex;
};

static struct mesh_dev_opts *opts_at(const struct arg *arg, void *to)
{
	return (void *)((char *)to - arg->offset);
}

/* The parsers of args.h, with the bit of the member that they fill in. */
static int put(struct cmd *c, const struct arg *arg, const char *value, void *to,
	       uint64_t bit, int (*parse)(struct cmd *, const struct arg *, const char *, void *))
{
	opts_at(arg, to)->set |= bit;
	return parse(c, arg, value, to);
}

static int dev_local(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	uint64_t bit = strcmp(arg->word, "local") ? MESH_DEV_LOCAL6 : MESH_DEV_LOCAL;

	if (!strcmp(value, "any")) {
		opts_at(arg, to)->set |= bit;
		return EXIT_OK;
	}
	return put(c, arg, value, to, bit, parse_addr);
}

static int dev_link(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	if (!strcmp(value, "any")) {
		opts_at(arg, to)->set |= MESH_DEV_LINK;
		return EXIT_OK;
	}
	return put(c, arg, value, to, MESH_DEV_LINK, parse_link);
}

static int dev_key(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	if (!strcmp(value, "none")) {
		opts_at(arg, to)->set |= MESH_DEV_NO_KEY;
		return EXIT_OK;
	}
	return put(c, arg, value, to, MESH_DEV_KEY, parse_u32);
}

static int dev_ttl(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	return put(c, arg, strcmp(value, "inherit") ? value : "0", to, MESH_DEV_TTL, parse_u8);
}

static int dev_tos(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	return put(c, arg, strcmp(value, "inherit") ? value : "1", to, MESH_DEV_TOS, parse_u8);
}

static int dev_udp_source(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	return put(c, arg, strcmp(value, "flow") ? value : "0", to, MESH_DEV_UDP_SOURCE,
		   parse_u16);
}

static int dev_pmtudisc(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	if (opts_at(arg, to)->set & MESH_DEV_PMTUDISC)
		return usage_error(c, "pmtudisc and nopmtudisc exclude each other");
	opts_at(arg, to)->set |= MESH_DEV_PMTUDISC;
	*(bool *)to = !strcmp(value, "pmtudisc");
	return EXIT_OK;
}

static int dev_nhrp(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	static const struct {
		const char *word;
		uint32_t bit;
	} flags[] = {
		{ "server", MESH_NHRP_SERVER }, { "redirect", MESH_NHRP_REDIRECT },
		{ "shortcut", MESH_NHRP_SHORTCUT }, { "unique", MESH_NHRP_UNIQUE },
	};
	struct mesh_dev_opts *o = opts_at(arg, to);
	bool on = false;
	int status = parse_switch(c, arg, value, &on);

	o->set |= MESH_DEV_NHRP;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (!strcmp(flags[i].word, arg->word)) {
			o->nhrp_mask |= flags[i].bit;
			o->nhrp_flags |= on ? flags[i].bit : 0;
		}
	return status;
}

static int dev_home(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct mesh_dev_opts *o = opts_at(arg, to);
	struct dev_args *a = (void *)o;

	o->set |= MESH_DEV_HOMES;
	o->homes = a->homes;
	if (!strcmp(value, "none"))
		return EXIT_OK;
	if (o->n_homes == HOMES_MAX)
		return usage_error(c, "home: a device has up to %d", HOMES_MAX);
	return parse_addr(c, arg, value, &a->homes[o->n_homes++].nbma);
}

static int dev_tier(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct mesh_dev_opts *o = opts_at(arg, to);
	struct dev_args *a = (void *)o;

	if (!o->n_homes)
		return usage_error(c, "tier belongs behind a home ADDRESS");
	return parse_u8(c, arg, value, &a->homes[o->n_homes - 1].tier);
}

/* The words whose value stands for itself. */
static int dev_plain(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	static const struct {
		const char *word;
		uint64_t bit;
		int (*parse)(struct cmd *c, const struct arg *arg, const char *value, void *to);
	} words[] = {
		{ "ignore-df", MESH_DEV_IGNORE_DF, parse_switch },
		{ "fwmark", MESH_DEV_FWMARK, parse_u32 },
		{ "hash", MESH_DEV_HASH_FIELDS, parse_hash },
		{ "symmetric", MESH_DEV_HASH_SYMMETRIC, parse_switch },
		{ "hash-seed", MESH_DEV_HASH_SEED, parse_u32 },
		{ "encap", MESH_DEV_ENCAP, parse_encap },
		{ "udp-port", MESH_DEV_UDP_PORT, parse_u16 },
		{ "udp-csum", MESH_DEV_UDP_CSUM, parse_switch },
		{ "bypass", MESH_DEV_BYPASS, parse_switch },
		{ "source-policy", MESH_DEV_SOURCE_POLICY, parse_source },
		{ "holdtime", MESH_DEV_HOLDTIME, parse_u16 },
		{ "redirect-interval", MESH_DEV_REDIRECT_INTERVAL, parse_u32 },
		{ "auth", MESH_DEV_AUTH, parse_text },
		{ "max-peers", MESH_DEV_MAX_PEERS, parse_u32 },
		{ "max-groups", MESH_DEV_MAX_GROUPS, parse_u32 },
		{ "max-routes", MESH_DEV_MAX_ROUTES, parse_u32 },
		{ "max-shortcuts", MESH_DEV_MAX_SHORTCUTS, parse_u32 },
		{ "network-id", MESH_DEV_NETWORK_ID, parse_u32 },
		{ "max-redirects", MESH_DEV_MAX_REDIRECTS, parse_u32 },
		{ "bfd", MESH_DEV_BFD, parse_switch },
		{ "bfd-interval", MESH_DEV_BFD_INTERVAL, parse_u32 },
		{ "bfd-multiplier", MESH_DEV_BFD_MULTIPLIER, parse_u8 },
		{ "max-bfd", MESH_DEV_MAX_BFD, parse_u32 },
		{ "register-rate", MESH_DEV_REGISTER_RATE, parse_u32 },
		{ "max-learned", MESH_DEV_MAX_LEARNED, parse_u32 },
		{ "max-queries", MESH_DEV_MAX_QUERIES, parse_u32 },
		{ "max-answers", MESH_DEV_MAX_ANSWERS, parse_u32 },
		{ "max-memory", MESH_DEV_MAX_MEMORY, parse_u32 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].word, arg->word))
			return put(c, arg, value, to, words[i].bit, words[i].parse);
	return EXIT_USAGE;
}

static int dev_multicast(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	if (!strcmp(value, "off")) {
		opts_at(arg, to)->set |= MESH_DEV_MULTICAST;
		return EXIT_OK;
	}
	return put(c, arg, value, to, MESH_DEV_MULTICAST, parse_origin);
}

#define OPT(word, member, parse, name, ...) \
	ARG(word, struct dev_args, opts.member, parse, name, ##__VA_ARGS__)

static const struct arg option_args[] = {
	OPT("local", local, dev_local, "ADDRESS|any"),
	OPT("local6", local6, dev_local, "ADDRESS|any"),
	OPT("link", link, dev_link, "DEVICE|any"),
	OPT("key", key, dev_key, "NUMBER|none"),
	OPT("ttl", ttl, dev_ttl, "NUMBER|inherit"),
	OPT("tos", tos, dev_tos, "NUMBER|inherit"),
	OPT("pmtudisc", pmtudisc, dev_pmtudisc, NULL, .alone = true),
	OPT("nopmtudisc", pmtudisc, dev_pmtudisc, NULL, .alone = true),
	OPT("ignore-df", ignore_df, dev_plain, "on|off"),
	OPT("fwmark", fwmark, dev_plain, "NUMBER"),
	OPT("hash", hash_fields, dev_plain, "l3|l4|inner|FIELD,…"),
	OPT("symmetric", hash_symmetric, dev_plain, "on|off"),
	OPT("hash-seed", hash_seed, dev_plain, "NUMBER"),
	OPT("encap", encap, dev_plain, "gre|udp"),
	OPT("udp-port", udp_port, dev_plain, "PORT"),
	OPT("udp-source", udp_source, dev_udp_source, "PORT|flow"),
	OPT("udp-csum", udp_csum, dev_plain, "on|off"),
	OPT("bypass", bypass, dev_plain, "on|off"),
	OPT("source-policy", source_policy, dev_plain, "accept|registered|strict"),
	OPT("server", nhrp_flags, dev_nhrp, "on|off"),
	OPT("redirect", nhrp_flags, dev_nhrp, "on|off"),
	OPT("shortcut", nhrp_flags, dev_nhrp, "on|off"),
	OPT("unique", nhrp_flags, dev_nhrp, "on|off"),
	OPT("holdtime", holdtime, dev_plain, "SECONDS"),
	OPT("redirect-interval", redirect_interval, dev_plain, "MILLISECONDS"),
	OPT("auth", auth, dev_plain, "STRING"),
	OPT("max-peers", max_peers, dev_plain, "NUMBER"),
	OPT("max-groups", max_groups, dev_plain, "NUMBER"),
	OPT("max-routes", max_routes, dev_plain, "NUMBER"),
	OPT("max-shortcuts", max_shortcuts, dev_plain, "NUMBER"),
	OPT("network-id", network_id, dev_plain, "NUMBER"),
	OPT("max-redirects", max_redirects, dev_plain, "NUMBER"),
	OPT("bfd", bfd, dev_plain, "on|off"),
	OPT("bfd-interval", bfd_interval, dev_plain, "MILLISECONDS"),
	OPT("bfd-multiplier", bfd_multiplier, dev_plain, "NUMBER"),
	OPT("max-bfd", max_bfd, dev_plain, "NUMBER"),
	OPT("register-rate", register_rate, dev_plain, "NUMBER"),
	OPT("max-learned", max_learned, dev_plain, "NUMBER"),
	OPT("max-queries", max_queries, dev_plain, "NUMBER"),
	OPT("max-answers", max_answers, dev_plain, "NUMBER"),
	OPT("max-memory", max_memory, dev_plain, "KIB"),
	OPT("home", homes, dev_home, "ADDRESS|none", .many = true),
	OPT("tier", homes, dev_tier, "0-255", .many = true),
	OPT("multicast", multicast, dev_multicast, "off|static|nhs|registered", .many = true),
};

_Static_assert(ARRAY_SIZE(option_args) <= ARGS_MAX, "options");

/* NAME or dev NAME, to the rest of the command line; NULL says it is missing. */
static const char *take_name(struct cmd *c, char ***argv)
{
	if (**argv && !strcmp(**argv, "dev") && (*argv)[1])
		(*argv)++;
	if (!**argv) {
		usage_error(c, "the NAME of a device is needed");
		return NULL;
	}
	return *(*argv)++;
}

static int take_dev(struct cmd *c, char ***argv, struct dev_args *a)
{
	static const struct arg name = { .word = "dev" };

	a->name = take_name(c, argv);
	return a->name ? parse_link(c, &name, a->name, &a->ifindex) : EXIT_USAGE;
}

static int parse_opts(struct cmd *c, char **argv, struct dev_args *a)
{
	a->opts.sz = sizeof(a->opts);
	return args_parse(c, option_args, ARRAY_SIZE(option_args), argv, a);
}

static int dev_add(struct cmd *c, char **argv)
{
	struct dev_args a = { 0 };
	int status;

	a.name = take_name(c, &argv);
	status = a.name ? parse_opts(c, argv, &a) : EXIT_USAGE;
	if (status)
		return status;
	if (mesh_dev_add(c->mesh, a.name, a.opts.set ? &a.opts : NULL, NULL))
		return refused(c, a.name);
	return EXIT_OK;
}

static int dev_set(struct cmd *c, char **argv)
{
	struct dev_args a = { 0 };
	int status = take_dev(c, &argv, &a);

	if (!status)
		status = parse_opts(c, argv, &a);
	if (status)
		return status;
	if (!a.opts.set)
		return usage_error(c, "what to set is needed; see meshctl dev help");
	return mesh_dev_set(c->mesh, a.ifindex, &a.opts) ? refused(c, a.name) : EXIT_OK;
}

static int dev_del(struct cmd *c, char **argv)
{
	struct dev_args a = { 0 };
	int status = take_dev(c, &argv, &a);

	if (status)
		return status;
	if (*argv)
		return usage_error(c, "\"%s\" is not known here", *argv);
	return mesh_dev_del(c->mesh, a.ifindex) ? refused(c, a.name) : EXIT_OK;
}

static void put_use(struct out *o, const char *name, const char *max_name,
		    const char *before, uint32_t used, uint32_t max)
{
	out_uint(o, name, before, used);
	out_uint(o, max_name, "/", max);
}

static void put_encap(struct cmd *c, const struct mesh_dev *dev)
{
	struct out *o = c->out;

	print_addr(c, "local", " local ", &dev->local);
	print_addr(c, "local6", " local6 ", &dev->local6);
	if (dev->link)
		out_string(o, "link", " link ", link_name(c, dev->link));
	if (dev->has_key)
		out_uint(o, "key", " key ", dev->key);
	if (dev->ttl || out_is_json(o))
		out_uint(o, "ttl", " ttl ", dev->ttl);
	else
		out_text(o, " ttl inherit");
	if (dev->tos == 1 && !out_is_json(o))
		out_text(o, " tos inherit");
	else
		out_hex(o, "tos", " tos ", dev->tos);
	out_flag(o, "pmtudisc", dev->pmtudisc ? " pmtudisc" : NULL, dev->pmtudisc);
	out_text(o, dev->pmtudisc ? "" : " nopmtudisc");
	out_switch(o, "ignore-df", " ignore-df ", dev->ignore_df);
	out_hex(o, "fwmark", " fwmark ", dev->fwmark);
	print_hash(c, "hash", "\n    hash ", dev->hash_fields);
	out_switch(o, "symmetric", " symmetric ", dev->hash_symmetric);
	out_hex(o, "hash-seed", " hash-seed ", dev->hash_seed);
	out_string(o, "encap", "\n    encap ", dev->encap == MESH_WRAPPING_UDP ? "udp" : "gre");
	out_uint(o, "udp-port", " udp-port ", dev->udp_port);
	if (dev->udp_source || out_is_json(o))
		out_uint(o, "udp-source", " udp-source ", dev->udp_source);
	else
		out_text(o, " udp-source flow");
	out_switch(o, "udp-csum", " udp-csum ", dev->udp_csum);
	out_switch(o, "bypass", " bypass ", dev->bypass);
	out_string(o, "source-policy", " source-policy ", source_name(dev->source_policy));
}

static void put_homes(struct cmd *c, const struct mesh_dev *dev)
{
	struct out *o = c->out;

	out_list(o, "homes");
	for (size_t i = 0; i < dev->n_homes; i++) {
		out_object(o, NULL);
		print_addr(c, "nbma", "\n    home ", &dev->homes[i].nbma);
		out_uint(o, "tier", " tier ", dev->homes[i].tier);
		out_object_end(o);
	}
	out_list_end(o);
}

static int print_device(const struct mesh_dev *dev, void *cmd)
{
	struct cmd *c = cmd;
	struct out *o = c->out;

	out_object(o, NULL);
	out_string(o, "dev", "", dev->ifname);
	out_uint(o, "ifindex", NULL, dev->ifindex);
	out_text(o, ":");
	put_encap(c, dev);
	out_switch(o, "server", "\n    server ", dev->nhrp_flags & MESH_NHRP_SERVER);
	out_switch(o, "redirect", " redirect ", dev->nhrp_flags & MESH_NHRP_REDIRECT);
	out_switch(o, "shortcut", " shortcut ", dev->nhrp_flags & MESH_NHRP_SHORTCUT);
	out_switch(o, "unique", " unique ", dev->nhrp_flags & MESH_NHRP_UNIQUE);
	out_uint(o, "holdtime", " holdtime ", dev->holdtime);
	out_uint(o, "redirect-interval", " redirect-interval ", dev->redirect_interval);
	out_uint(o, "network-id", " network-id ", dev->network_id);
	out_switch(o, "auth", " auth ", dev->auth_set);
	put_use(o, "peers", "max-peers", "\n    peers ", dev->peers, dev->max_peers);
	put_use(o, "groups", "max-groups", " groups ", dev->groups, dev->max_groups);
	put_use(o, "routes", "max-routes", " routes ", dev->routes, dev->max_routes);
	put_use(o, "shortcuts", "max-shortcuts", " shortcuts ", dev->shortcuts,
		dev->max_shortcuts);
	put_use(o, "memory", "max-memory", " memory ", dev->memory, dev->max_memory);
	put_use(o, "queries", "max-queries", "\n    queries ", dev->queries,
		dev->max_queries);
	put_use(o, "answers", "max-answers", " answers ", dev->answers, dev->max_answers);
	out_uint(o, "max-redirects", " max-redirects ", dev->max_redirects);
	out_uint(o, "register-rate", " register-rate ", dev->register_rate);
	put_use(o, "learned", "max-learned", " learned ", dev->learned, dev->max_learned);
	out_switch(o, "bfd", "\n    bfd ", dev->bfd);
	out_uint(o, "bfd-interval", " bfd-interval ", dev->bfd_interval);
	out_uint(o, "bfd-multiplier", " bfd-multiplier ", dev->bfd_multiplier);
	put_use(o, "bfd-sessions", "max-bfd", " sessions ", dev->bfd_sessions, dev->max_bfd);
	put_homes(c, dev);
	print_origins(c, "multicast", " multicast ", dev->multicast);
	out_object_end(o);
	return 0;
}

static int dev_show(struct cmd *c, char **argv)
{
	struct dev_args a = { 0 };
	int status;
	int err;

	if (*argv) {
		status = take_dev(c, &argv, &a);
		if (status)
			return status;
		if (*argv)
			return usage_error(c, "\"%s\" is not known here", *argv);
	}
	out_table(c->out);
	if (a.ifindex)
		err = mesh_dev_get(c->mesh, a.ifindex, print_device, c);
	else
		err = mesh_dev_dump(c->mesh, print_device, c);
	return shown(c, err, a.name);
}

static const struct command commands[] = {
	{ "add", dev_add,
	  "dev add NAME [OPTION…]" },
	{ "set", dev_set,
	  "dev set [dev] NAME OPTION…\n"
	  "       OPTION := local ADDRESS|any | local6 ADDRESS|any | link DEVICE|any |\n"
	  "                 key NUMBER|none |\n"
	  "                 ttl NUMBER|inherit | tos NUMBER|inherit | pmtudisc | nopmtudisc |\n"
	  "                 ignore-df on|off | fwmark NUMBER |\n"
	  "                 hash l3|l4|inner|FIELD[,FIELD]… | symmetric on|off |\n"
	  "                 hash-seed NUMBER |\n"
	  "                 encap gre|udp | udp-port PORT | udp-source PORT|flow |\n"
	  "                 udp-csum on|off | bypass on|off |\n"
	  "                 source-policy accept|registered|strict |\n"
	  "                 server on|off | redirect on|off | shortcut on|off | unique on|off |\n"
	  "                 holdtime SECONDS | redirect-interval MILLISECONDS | auth STRING |\n"
	  "                 max-peers NUMBER | max-groups NUMBER | max-routes NUMBER |\n"
	  "                 max-shortcuts NUMBER | max-queries NUMBER | max-answers NUMBER |\n"
	  "                 max-redirects NUMBER | max-memory KIB | network-id NUMBER |\n"
	  "                 bfd on|off | bfd-interval MILLISECONDS | bfd-multiplier NUMBER |\n"
	  "                 max-bfd NUMBER | register-rate NUMBER | max-learned NUMBER |\n"
	  "                 home ADDRESS [tier NUMBER]… | home none |\n"
	  "                 multicast off|static|nhs|registered\n"
	  "       FIELD := src | dst | proto | flowlabel | sport | dport | inner-src | inner-dst |\n"
	  "                inner-proto | inner-flowlabel | inner-sport | inner-dport" },
	{ "del", dev_del,
	  "dev del [dev] NAME" },
	{ "show", dev_show,
	  "dev show [[dev] NAME]" },
};

const struct object object_dev = {
	"dev", "mesh devices", commands, ARRAY_SIZE(commands), "show",
};

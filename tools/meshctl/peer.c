// SPDX-License-Identifier: GPL-2.0
#include "meshctl.h"

#include <stddef.h>
#include <string.h>

#include "args.h"
#include "names.h"

#define ENDPOINTS_MAX 64

struct peer_args {
	struct mesh_addr protocol;
	unsigned int ifindex;
	uint32_t origin;
	struct {
		struct mesh_endpoint endpoints[ENDPOINTS_MAX];
		size_t n;
	} list;
	const char *text;	/* the address as given, for messages */
};

static int peer_protocol(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct peer_args *a = (void *)((char *)to - arg->offset);

	a->text = value;
	return parse_addr(c, arg, value, to);
}

static int peer_nbma(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct peer_args *a = (void *)((char *)to - arg->offset);

	if (a->list.n == ENDPOINTS_MAX)
		return usage_error(c, "nbma: a peer has up to %d endpoints", ENDPOINTS_MAX);
	a->list.endpoints[a->list.n].weight = 1;
	return parse_addr(c, arg, value, &a->list.endpoints[a->list.n++].nbma);
}

static int peer_encap(struct cmd *c, const struct arg *arg, const char *value,
		      struct mesh_endpoint *endpoint)
{
	uint8_t encap = MESH_WRAPPING_GRE;
	int status = parse_encap(c, arg, value, &encap);

	endpoint->encap = encap == MESH_WRAPPING_UDP ? MESH_ENDPOINT_UDP : MESH_ENDPOINT_GRE;
	return status;
}

/* weight, tier, bfd, encap and port are those of the nbma before them. */
static int peer_share(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct peer_args *a = (void *)((char *)to - arg->offset);
	struct mesh_endpoint *endpoint = &a->list.endpoints[a->list.n - 1];

	if (!a->list.n)
		return usage_error(c, "%s belongs behind an nbma ADDRESS", arg->word);
	if (!strcmp(arg->word, "weight"))
		return parse_u16(c, arg, value, &endpoint->weight);
	if (!strcmp(arg->word, "bfd"))
		return parse_switch(c, arg, value, &endpoint->bfd);
	if (!strcmp(arg->word, "port"))
		return parse_u16(c, arg, value, &endpoint->port);
	if (!strcmp(arg->word, "encap"))
		return peer_encap(c, arg, value, endpoint);
	return parse_u8(c, arg, value, &endpoint->tier);
}

#define PEER(word, member, parse, name, ...) \
	ARG(word, struct peer_args, member, parse, name, ##__VA_ARGS__)

static const struct arg change_args[] = {
	PEER(NULL, protocol, peer_protocol, "PROTOCOL-ADDRESS", .needed = true),
	PEER("dev", ifindex, parse_link, "NAME", .needed = true),
	PEER("nbma", list, peer_nbma, "ADDRESS", .needed = true, .many = true),
	PEER("weight", list, peer_share, "1-65535", .many = true),
	PEER("tier", list, peer_share, "0-255", .many = true),
	PEER("bfd", list, peer_share, "on|off", .many = true),
	PEER("encap", list, peer_share, "gre|udp", .many = true),
	PEER("port", list, peer_share, "1-65535", .many = true),
};

static const struct arg del_args[] = {
	PEER(NULL, protocol, peer_protocol, "PROTOCOL-ADDRESS", .needed = true),
	PEER("dev", ifindex, parse_link, "NAME", .needed = true),
};

static const struct arg show_args[] = {
	PEER(NULL, protocol, peer_protocol, "PROTOCOL-ADDRESS"),
	PEER("dev", ifindex, parse_link, "NAME"),
	PEER("origin", origin, parse_origin, "static|nhs|registered|resolved", .many = true),
};

static const struct arg flush_args[] = {
	PEER("dev", ifindex, parse_link, "NAME", .needed = true),
	PEER("origin", origin, parse_origin, "static|nhs|registered|resolved", .many = true),
};

static int change(struct cmd *c, char **argv,
		  int (*op)(struct mesh_ctx *, unsigned int, const struct mesh_addr *,
			    const struct mesh_endpoint *, size_t))
{
	struct peer_args a = { 0 };
	int status = args_parse(c, change_args, ARRAY_SIZE(change_args), argv, &a);

	if (status)
		return status;
	return op(c->mesh, a.ifindex, &a.protocol, a.list.endpoints, a.list.n) ?
	       refused(c, a.text) : EXIT_OK;
}

static int peer_add(struct cmd *c, char **argv)
{
	return change(c, argv, mesh_peer_add);
}

static int peer_set(struct cmd *c, char **argv)
{
	return change(c, argv, mesh_peer_set);
}

static int peer_del(struct cmd *c, char **argv)
{
	struct peer_args a = { 0 };
	int status = args_parse(c, del_args, ARRAY_SIZE(del_args), argv, &a);

	if (status)
		return status;
	return mesh_peer_del(c->mesh, a.ifindex, &a.protocol) ? refused(c, a.text) : EXIT_OK;
}

static const char *diag_name(uint8_t diag)
{
	static const char *const names[] = {
		"none", "time-expired", "echo-failed", "neighbour-down", "forwarding-reset",
		"path-down", "concatenated-down", "admin-down", "reverse-concatenated-down",
	};

	return diag < ARRAY_SIZE(names) ? names[diag] : "reserved";
}

static void put_session(struct out *o, const struct mesh_endpoint *e)
{
	static const char *const states[] = { "none", "admin-down", "down", "init", "up" };

	out_flag(o, "bfd", e->session ? NULL : " bfd without session", e->bfd);
	if (!e->session || e->session >= ARRAY_SIZE(states))
		return;
	out_object(o, "session");
	out_string(o, "state", " bfd ", states[e->session]);
	out_string(o, "diag", e->diag ? " " : NULL, diag_name(e->diag));
	out_flag(o, "proven", NULL, e->proven);
	out_text(o, e->proven ? "" : " never up");
	out_msec(o, "detection", " detection ", e->detection);
	out_object_end(o);
}

static void put_wrap(struct out *o, const struct mesh_endpoint *e)
{
	bool udp = e->encap == MESH_ENDPOINT_UDP;

	out_string(o, "encap", udp ? " encap " : NULL, udp ? "udp" : "gre");
	if (udp)
		out_uint(o, "port", " port ", e->port);
}

void put_peer(struct cmd *c, const struct mesh_peer *peer)
{
	struct out *o = c->out;

	print_addr(c, "protocol", "", &peer->protocol);
	print_dev(c, peer->ifindex);
	print_origins(c, "origin", " origin ", peer->origin);
	if (peer->has_expiry)
		out_msec(o, "expires", " expires ", peer->expires);
	out_flag(o, "unique", " unique", peer->unique);
	out_list(o, "endpoints");
	for (size_t i = 0; i < peer->n_endpoints; i++) {
		const struct mesh_endpoint *e = &peer->endpoints[i];

		out_object(o, NULL);
		print_addr(c, "nbma", "\n    nbma ", &e->nbma);
		out_uint(o, "weight", " weight ", e->weight);
		out_uint(o, "tier", " tier ", e->tier);
		out_string(o, "state", " ", e->status == MESH_ENDPOINT_UP ? "up" : "down");
		put_wrap(o, e);
		put_session(o, e);
		out_object_end(o);
	}
	out_list_end(o);
	print_counters(c, &peer->counters, true);
}

int print_peer(const struct mesh_peer *peer, void *cmd)
{
	struct cmd *c = cmd;

	out_object(c->out, NULL);
	put_peer(c, peer);
	out_object_end(c->out);
	return 0;
}

struct search {
	struct cmd *c;
	const struct peer_args *args;
	size_t found;
};

static int print_match(const struct mesh_peer *peer, void *arg)
{
	struct search *s = arg;

	if (s->args->protocol.len && mesh_addr_cmp(&s->args->protocol, &peer->protocol))
		return 0;
	if (s->args->origin && !(peer->origin & s->args->origin))
		return 0;
	s->found++;
	return print_peer(peer, s->c);
}

static int peer_show(struct cmd *c, char **argv)
{
	struct peer_args a = { 0 };
	struct search s = { c, &a, 0 };
	struct mesh_peer_filter filter = { .sz = sizeof(filter) };
	int status = args_parse(c, show_args, ARRAY_SIZE(show_args), argv, &a);
	int err;

	if (status)
		return status;
	filter.ifindex = a.ifindex;
	filter.origin = a.origin;
	out_table(c->out);
	if (a.protocol.len && a.ifindex)
		err = mesh_peer_get(c->mesh, a.ifindex, &a.protocol, print_match, &s);
	else
		err = mesh_peer_dump(c->mesh, &filter, print_match, &s);
	return shown(c, err, a.text);
}

/* Of those that stay there may be many: their number is told. */
static int peer_flush(struct cmd *c, char **argv)
{
	struct peer_args a = { 0 };
	struct mesh_peer_flushed flushed = { 0 };
	int status = args_parse(c, flush_args, ARRAY_SIZE(flush_args), argv, &a);

	if (status)
		return status;
	if (!a.origin)
		a.origin = MESH_PEER_STATIC;
	if (mesh_peer_flush(c->mesh, a.ifindex, a.origin, &flushed))
		return refused(c, NULL);
	if (flushed.kept)
		return refused_because(c, "%u stay, as routes or groups lead there or they are next-hop servers; deleted: %u",
				       flushed.kept, flushed.deleted);
	return EXIT_OK;
}

static const struct command commands[] = {
	{ "add", peer_add,
	  "peer add PROTOCOL-ADDRESS dev NAME ENDPOINT…" },
	{ "set", peer_set,
	  "peer set PROTOCOL-ADDRESS dev NAME ENDPOINT…\n"
	  "       ENDPOINT := nbma ADDRESS [weight 1-65535] [tier 0-255] [bfd on|off]\n"
	  "                      [encap gre|udp] [port 1-65535]" },
	{ "del", peer_del,
	  "peer del PROTOCOL-ADDRESS dev NAME" },
	{ "show", peer_show,
	  "peer show [PROTOCOL-ADDRESS] [dev NAME] [origin ORIGIN]…" },
	{ "flush", peer_flush,
	  "peer flush dev NAME [origin ORIGIN]…\n"
	  "       ORIGIN := static | nhs | registered | resolved" },
};

const struct object object_peer = {
	"peer", "other nodes of the overlay", commands, ARRAY_SIZE(commands), "show",
};

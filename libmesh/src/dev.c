// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"
#include "link.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#define KIND "mesh"
#define NHRP_ALL (MESH_NHRP_SERVER | MESH_NHRP_REDIRECT | MESH_NHRP_SHORTCUT | MESH_NHRP_UNIQUE)

_Static_assert((int)MESH_NHRP_SERVER == MESH_NHRP_FLAGS_SERVER, "flag");
_Static_assert((int)MESH_NHRP_REDIRECT == MESH_NHRP_FLAGS_REDIRECT, "flag");
_Static_assert((int)MESH_NHRP_SHORTCUT == MESH_NHRP_FLAGS_SHORTCUT, "flag");
_Static_assert((int)MESH_NHRP_UNIQUE == MESH_NHRP_FLAGS_UNIQUE, "flag");
_Static_assert((int)MESH_HASH_FLOWLABEL == MESH_HASH_FIELDS_FLOWLABEL, "field");
_Static_assert((int)MESH_HASH_DPORT == MESH_HASH_FIELDS_DPORT, "field");
_Static_assert((int)MESH_HASH_INNER_SRC == MESH_HASH_FIELDS_INNER_SRC, "field");
_Static_assert((int)MESH_HASH_INNER_DPORT == MESH_HASH_FIELDS_INNER_DPORT, "field");

_Static_assert((int)MESH_WRAPPING_GRE == MESH_ENCAP_TYPE_GRE, "encapsulation");
_Static_assert((int)MESH_WRAPPING_UDP == MESH_ENCAP_TYPE_UDP, "encapsulation");

_Static_assert((int)MESH_SOURCE_ACCEPT == MESH_SOURCE_POLICY_ACCEPT, "policy");
_Static_assert((int)MESH_SOURCE_REGISTERED == MESH_SOURCE_POLICY_REGISTERED, "policy");
_Static_assert((int)MESH_SOURCE_STRICT == MESH_SOURCE_POLICY_STRICT, "policy");

struct sink {
	mesh_dev_fn fn;
	void *arg;
};

static struct mesh_home parse_home(const struct nlattr *nla)
{
	struct nlattr *tb[MESH_A_ENDPOINT_MAX + 1];

	mesh_nested(nla, tb, MESH_A_ENDPOINT_MAX);
	return (struct mesh_home){
		.nbma = mesh_get_addr(tb[MESH_A_ENDPOINT_NBMA]),
		.tier = mesh_u8(tb[MESH_A_ENDPOINT_TIER]),
	};
}

static int deliver_homes(const struct nlmsghdr *nlh, struct mesh_dev *dev,
			 const struct sink *sink)
{
	size_t n = mesh_count(nlh, MESH_A_DEV_HOME);
	struct mesh_home *homes = calloc(n + 1, sizeof(*homes));
	const struct nlattr *nla;
	int ret;
	int rem;

	if (!homes)
		return -ENOMEM;
	dev->homes = homes;
	nlmsg_for_each_attr(nla, (struct nlmsghdr *)nlh, GENL_HDRLEN, rem)
		if (nla_type(nla) == MESH_A_DEV_HOME)
			homes[dev->n_homes++] = parse_home(nla);
	ret = sink->fn(dev, sink->arg);
	free(homes);
	return ret;
}

/* "No address" is an address of zeroes on the wire, none at all here. */
static struct mesh_addr local_of(struct nlattr *attr)
{
	static const uint8_t none[sizeof(((struct mesh_addr *)0)->bytes)];
	struct mesh_addr local = mesh_get_addr(attr);

	if (!memcmp(local.bytes, none, sizeof(none)))
		local.len = 0;
	return local;
}

static int deliver(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[MESH_A_DEV_MAX + 1];
	const struct sink *sink = arg;
	struct mesh_dev dev;

	mesh_attrs(nlh, tb, MESH_A_DEV_MAX);
	dev = (struct mesh_dev){
		.ifindex = mesh_u32(tb[MESH_A_DEV_IFINDEX]),
		.ifname = tb[MESH_A_DEV_IFNAME] ? nla_get_string(tb[MESH_A_DEV_IFNAME]) : "",
		.local = local_of(tb[MESH_A_DEV_LOCAL]),
		.link = mesh_u32(tb[MESH_A_DEV_LINK]),
		.has_key = tb[MESH_A_DEV_KEY],
		.key = mesh_u32(tb[MESH_A_DEV_KEY]),
		.ttl = mesh_u8(tb[MESH_A_DEV_TTL]),
		.tos = mesh_u8(tb[MESH_A_DEV_TOS]),
		.pmtudisc = mesh_u8(tb[MESH_A_DEV_PMTUDISC]) == MESH_PMTUDISC_WANT,
		.ignore_df = mesh_u8(tb[MESH_A_DEV_IGNORE_DF]),
		.fwmark = mesh_u32(tb[MESH_A_DEV_FWMARK]),
		.hash_seed = mesh_u32(tb[MESH_A_DEV_HASH_SEED]),
		.nhrp_flags = mesh_u32(tb[MESH_A_DEV_NHRP_FLAGS]),
		.holdtime = mesh_u16(tb[MESH_A_DEV_HOLDTIME]),
		.redirect_interval = mesh_u32(tb[MESH_A_DEV_REDIRECT_INTERVAL]),
		.auth_set = mesh_u8(tb[MESH_A_DEV_AUTH_SET]),
		.max_peers = mesh_u32(tb[MESH_A_DEV_MAX_PEERS]),
		.max_groups = mesh_u32(tb[MESH_A_DEV_MAX_GROUPS]),
		.max_routes = mesh_u32(tb[MESH_A_DEV_MAX_ROUTES]),
		.max_shortcuts = mesh_u32(tb[MESH_A_DEV_MAX_SHORTCUTS]),
		.register_rate = mesh_u32(tb[MESH_A_DEV_REGISTER_RATE]),
		.peers = mesh_u32(tb[MESH_A_DEV_PEERS]),
		.groups = mesh_u32(tb[MESH_A_DEV_GROUPS]),
		.routes = mesh_u32(tb[MESH_A_DEV_ROUTES]),
		.shortcuts = mesh_u32(tb[MESH_A_DEV_SHORTCUTS]),
		.local6 = local_of(tb[MESH_A_DEV_LOCAL6]),
		.network_id = mesh_u32(tb[MESH_A_DEV_NETWORK_ID]),
		.max_redirects = mesh_u32(tb[MESH_A_DEV_MAX_REDIRECTS]),
		.bfd = mesh_u8(tb[MESH_A_DEV_BFD]),
		.bfd_interval = mesh_u32(tb[MESH_A_DEV_BFD_INTERVAL]),
		.bfd_multiplier = mesh_u8(tb[MESH_A_DEV_BFD_MULTIPLIER]),
		.max_bfd = mesh_u32(tb[MESH_A_DEV_MAX_BFD]),
		.bfd_sessions = mesh_u32(tb[MESH_A_DEV_BFD_SESSIONS]),
		.multicast = mesh_u32(tb[MESH_A_DEV_MULTICAST]),
		.max_learned = mesh_u32(tb[MESH_A_DEV_MAX_LEARNED]),
		.learned = mesh_u32(tb[MESH_A_DEV_LEARNED]),
		.max_queries = mesh_u32(tb[MESH_A_DEV_MAX_QUERIES]),
		.max_answers = mesh_u32(tb[MESH_A_DEV_MAX_ANSWERS]),
		.queries = mesh_u32(tb[MESH_A_DEV_QUERIES]),
		.answers = mesh_u32(tb[MESH_A_DEV_ANSWERS]),
		.max_memory = mesh_u32(tb[MESH_A_DEV_MAX_MEMORY]),
		.memory = mesh_u32(tb[MESH_A_DEV_MEMORY]),
		.hash_fields = mesh_u32(tb[MESH_A_DEV_HASH_FIELDS]),
		.hash_symmetric = mesh_u8(tb[MESH_A_DEV_HASH_SYMMETRIC]),
		.encap = mesh_u8(tb[MESH_A_DEV_ENCAP]),
		.udp_port = mesh_u16(tb[MESH_A_DEV_UDP_PORT]),
		.udp_source = mesh_u16(tb[MESH_A_DEV_UDP_SOURCE]),
		.udp_csum = mesh_u8(tb[MESH_A_DEV_UDP_CSUM]),
		.bypass = mesh_u8(tb[MESH_A_DEV_BYPASS]),
		.source_policy = mesh_u8(tb[MESH_A_DEV_SOURCE_POLICY]),
	};
	return deliver_homes(nlh, &dev, sink);
}

int mesh_dev_get(struct mesh_ctx *ctx, unsigned int ifindex, mesh_dev_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_DEV_GET, 0, ifindex, 0);
	return mesh_call(&m, deliver, &sink);
}

int mesh_dev_dump(struct mesh_ctx *ctx, mesh_dev_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_DEV_GET, 0, 0, 0);
	return mesh_dump(&m, deliver, &sink);
}

static void put_numbers(struct mesh_msg *m, const struct mesh_dev_opts *o)
{
	const struct {
		uint64_t bit;
		int type;
		uint32_t value;
	} words[] = {
		{ MESH_DEV_LINK, MESH_A_DEV_LINK, o->link },
		{ MESH_DEV_KEY, MESH_A_DEV_KEY, o->key },
		{ MESH_DEV_FWMARK, MESH_A_DEV_FWMARK, o->fwmark },
		{ MESH_DEV_HASH_SEED, MESH_A_DEV_HASH_SEED, o->hash_seed },
		{ MESH_DEV_NHRP, MESH_A_DEV_NHRP_FLAGS, o->nhrp_flags },
		{ MESH_DEV_REDIRECT_INTERVAL, MESH_A_DEV_REDIRECT_INTERVAL, o->redirect_interval },
		{ MESH_DEV_MAX_PEERS, MESH_A_DEV_MAX_PEERS, o->max_peers },
		{ MESH_DEV_MAX_GROUPS, MESH_A_DEV_MAX_GROUPS, o->max_groups },
		{ MESH_DEV_MAX_ROUTES, MESH_A_DEV_MAX_ROUTES, o->max_routes },
		{ MESH_DEV_MAX_SHORTCUTS, MESH_A_DEV_MAX_SHORTCUTS, o->max_shortcuts },
		{ MESH_DEV_NETWORK_ID, MESH_A_DEV_NETWORK_ID, o->network_id },
		{ MESH_DEV_MAX_REDIRECTS, MESH_A_DEV_MAX_REDIRECTS, o->max_redirects },
		{ MESH_DEV_BFD_INTERVAL, MESH_A_DEV_BFD_INTERVAL, o->bfd_interval },
		{ MESH_DEV_MAX_BFD, MESH_A_DEV_MAX_BFD, o->max_bfd },
		{ MESH_DEV_REGISTER_RATE, MESH_A_DEV_REGISTER_RATE, o->register_rate },
		{ MESH_DEV_MULTICAST, MESH_A_DEV_MULTICAST, o->multicast },
		{ MESH_DEV_MAX_LEARNED, MESH_A_DEV_MAX_LEARNED, o->max_learned },
		{ MESH_DEV_MAX_QUERIES, MESH_A_DEV_MAX_QUERIES, o->max_queries },
		{ MESH_DEV_MAX_ANSWERS, MESH_A_DEV_MAX_ANSWERS, o->max_answers },
		{ MESH_DEV_MAX_MEMORY, MESH_A_DEV_MAX_MEMORY, o->max_memory },
		{ MESH_DEV_HASH_FIELDS, MESH_A_DEV_HASH_FIELDS, o->hash_fields },
	};
	const struct {
		uint64_t bit;
		int type;
		uint8_t value;
	} octets[] = {
		{ MESH_DEV_TTL, MESH_A_DEV_TTL, o->ttl },
		{ MESH_DEV_TOS, MESH_A_DEV_TOS, o->tos },
		{ MESH_DEV_PMTUDISC, MESH_A_DEV_PMTUDISC,
		  o->pmtudisc ? MESH_PMTUDISC_WANT : MESH_PMTUDISC_DONT },
		{ MESH_DEV_IGNORE_DF, MESH_A_DEV_IGNORE_DF, o->ignore_df },
		{ MESH_DEV_BFD, MESH_A_DEV_BFD, o->bfd },
		{ MESH_DEV_BFD_MULTIPLIER, MESH_A_DEV_BFD_MULTIPLIER, o->bfd_multiplier },
		{ MESH_DEV_HASH_SYMMETRIC, MESH_A_DEV_HASH_SYMMETRIC, o->hash_symmetric },
		{ MESH_DEV_ENCAP, MESH_A_DEV_ENCAP, o->encap },
		{ MESH_DEV_UDP_CSUM, MESH_A_DEV_UDP_CSUM, o->udp_csum },
		{ MESH_DEV_BYPASS, MESH_A_DEV_BYPASS, o->bypass },
		{ MESH_DEV_SOURCE_POLICY, MESH_A_DEV_SOURCE_POLICY, o->source_policy },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (o->set & words[i].bit)
			mesh_put_u32(m, words[i].type, words[i].value);
	for (size_t i = 0; i < ARRAY_SIZE(octets); i++)
		if (o->set & octets[i].bit)
			mesh_put_u8(m, octets[i].type, octets[i].value);
}

static void put_homes(struct mesh_msg *m, const struct mesh_dev_opts *o)
{
	for (size_t i = 0; i < o->n_homes; i++) {
		struct nlattr *nest = mesh_nest(m, MESH_A_DEV_HOME);

		mesh_put_addr(m, MESH_A_ENDPOINT_NBMA, &o->homes[i].nbma);
		mesh_put_u8(m, MESH_A_ENDPOINT_TIER, o->homes[i].tier);
		mesh_nest_end(m, nest);
	}
	if (!o->n_homes)
		mesh_put(m, MESH_A_DEV_NO_HOME, NULL, 0);
}

static void put_opts(struct mesh_msg *m, const struct mesh_dev_opts *o)
{
	static const struct mesh_addr none = { .len = 4 }, none6 = { .len = 16 };

	put_numbers(m, o);
	if (o->set & MESH_DEV_LOCAL)
		mesh_put_addr(m, MESH_A_DEV_LOCAL, o->local.len ? &o->local : &none);
	if (o->set & MESH_DEV_LOCAL6)
		mesh_put_addr(m, MESH_A_DEV_LOCAL6, o->local6.len ? &o->local6 : &none6);
	if (o->set & MESH_DEV_NO_KEY)
		mesh_put(m, MESH_A_DEV_NO_KEY, NULL, 0);
	if (o->set & MESH_DEV_HOMES)
		put_homes(m, o);
	if (o->set & MESH_DEV_HOLDTIME)
		mesh_put_u16(m, MESH_A_DEV_HOLDTIME, o->holdtime);
	if (o->set & MESH_DEV_UDP_PORT)
		mesh_put_u16(m, MESH_A_DEV_UDP_PORT, o->udp_port);
	if (o->set & MESH_DEV_UDP_SOURCE)
		mesh_put_u16(m, MESH_A_DEV_UDP_SOURCE, o->udp_source);
	if (o->set & MESH_DEV_AUTH)
		mesh_put_string(m, MESH_A_DEV_AUTH, o->auth ? o->auth : "");
}

static int note_flags(const struct mesh_dev *dev, void *arg)
{
	*(uint32_t *)arg = dev->nhrp_flags;
	return 0;
}

/* The kernel replaces all flags: fill in those that the caller left open. */
static int merge_flags(struct mesh_ctx *ctx, unsigned int ifindex, struct mesh_dev_opts *o)
{
	uint32_t now;
	int err;

	if (!(o->set & MESH_DEV_NHRP) || (o->nhrp_mask & NHRP_ALL) == NHRP_ALL)
		return 0;
	err = mesh_dev_get(ctx, ifindex, note_flags, &now);
	if (!err)
		o->nhrp_flags = (now & ~o->nhrp_mask) | (o->nhrp_flags & o->nhrp_mask);
	return err;
}

int mesh_dev_set(struct mesh_ctx *ctx, unsigned int ifindex, const struct mesh_dev_opts *opts)
{
	struct mesh_dev_opts o;
	struct mesh_msg m;
	int err = mesh_opts_copy(ctx, &o, sizeof(o), opts);

	if (!err)
		err = merge_flags(ctx, ifindex, &o);
	if (err)
		return err;
	mesh_msg_init(&m, ctx, MESH_CMD_DEV_SET, 0, ifindex,
		      432 + o.n_homes * (MESH_ADDR_ROOM + 2 * (NLA_HDRLEN + 4)) +
		      (o.auth ? strlen(o.auth) : 0));
	put_opts(&m, &o);
	return mesh_call(&m, NULL, NULL);
}

static int link_delete(struct mesh_ctx *ctx, unsigned int ifindex)
{
	struct nl_msg *msg = mesh_link_msg(ctx, RTM_DELLINK, 0, ifindex, NULL);

	return msg ? mesh_link_call(ctx, msg, NULL) : -ENOMEM;
}

static int link_create(struct mesh_ctx *ctx, const char *name)
{
	struct nl_msg *msg = mesh_link_msg(ctx, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, name);
	struct nlattr *info;
	int err;

	if (!msg)
		return -ENOMEM;
	info = nla_nest_start(msg, IFLA_LINKINFO);
	if (!info || nla_put_string(msg, IFLA_INFO_KIND, KIND)) {
		nlmsg_free(msg);
		return mesh_fail(ctx, -ENOMEM, "%s", strerror(ENOMEM));
	}
	nla_nest_end(msg, info);
	err = mesh_link_call(ctx, msg, NULL);
	if (err == -EOPNOTSUPP)
		mesh_fail(ctx, err, "no device kind " KIND ": is the module loaded?");
	else if (err == -EEXIST)
		mesh_fail(ctx, err, "a device named %s is there already", name);
	return err;
}

int mesh_dev_add(struct mesh_ctx *ctx, const char *name,
		 const struct mesh_dev_opts *opts, unsigned int *ifindex)
{
	unsigned int index;
	struct mesh_ctx why;
	int err;

	if (!*name || strlen(name) >= MESH_IFNAME_STRLEN)
		return mesh_fail_attr(ctx, -EINVAL, "ifname", "1 to %d characters are needed",
				      MESH_IFNAME_STRLEN - 1);
	err = link_create(ctx, name);
	if (!err)
		err = mesh_link_index(ctx, name, &index);
	if (err)
		return err;
	if (opts)
		err = mesh_dev_set(ctx, index, opts);
	if (err) {
		why = *ctx;
		link_delete(ctx, index);
		memcpy(ctx->error, why.error, sizeof(ctx->error));
		memcpy(ctx->attr, why.attr, sizeof(ctx->attr));
		return err;
	}
	if (ifindex)
		*ifindex = index;
	return 0;
}

static int ignore(const struct mesh_dev *dev, void *arg)
{
	(void)dev;
	(void)arg;
	return 0;
}

int mesh_dev_del(struct mesh_ctx *ctx, unsigned int ifindex)
{
	/* RTM_DELLINK would take a device of any kind. */
	int err = mesh_dev_get(ctx, ifindex, ignore, NULL);

	return err ? err : link_delete(ctx, ifindex);
}

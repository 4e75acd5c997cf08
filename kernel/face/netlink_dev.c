// SPDX-License-Identifier: GPL-2.0
/*
 * dev-get, dev-set: the configuration of a device.
 */
#include "engine/config.h"
#include "netlink_priv.h"

static int put_underlay(struct sk_buff *skb, const struct config *cfg)
{
	if (cfg->local.len &&
	    mesh_nl_put_addr(skb, MESH_A_DEV_LOCAL, &cfg->local))
		return -EMSGSIZE;
	if (cfg->local6.len &&
	    mesh_nl_put_addr(skb, MESH_A_DEV_LOCAL6, &cfg->local6))
		return -EMSGSIZE;
	if (cfg->given & BIT_ULL(CONFIG_KEY) &&
	    nla_put_u32(skb, MESH_A_DEV_KEY, cfg->key))
		return -EMSGSIZE;
	if (nla_put_u32(skb, MESH_A_DEV_LINK, cfg->link) ||
	    nla_put_u8(skb, MESH_A_DEV_TTL, cfg->ttl) ||
	    nla_put_u8(skb, MESH_A_DEV_TOS, cfg->tos) ||
	    nla_put_u8(skb, MESH_A_DEV_PMTUDISC, cfg->pmtudisc) ||
	    nla_put_u8(skb, MESH_A_DEV_IGNORE_DF, cfg->ignore_df) ||
	    nla_put_u32(skb, MESH_A_DEV_FWMARK, cfg->fwmark) ||
	    nla_put_u32(skb, MESH_A_DEV_HASH_SEED, cfg->hash_seed) ||
	    nla_put_u32(skb, MESH_A_DEV_HASH_FIELDS, cfg->hash_fields) ||
	    nla_put_u8(skb, MESH_A_DEV_HASH_SYMMETRIC, cfg->hash_symmetric) ||
	    nla_put_u8(skb, MESH_A_DEV_BYPASS, cfg->bypass))
		return -EMSGSIZE;
	return 0;
}

static int put_packets(struct sk_buff *skb, const struct config *cfg)
{
	if (nla_put_u8(skb, MESH_A_DEV_ENCAP, cfg->encap) ||
	    nla_put_u16(skb, MESH_A_DEV_UDP_PORT, cfg->udp_port) ||
	    nla_put_u16(skb, MESH_A_DEV_UDP_SOURCE, cfg->udp_source) ||
	    nla_put_u8(skb, MESH_A_DEV_UDP_CSUM, cfg->udp_csum) ||
	    nla_put_u8(skb, MESH_A_DEV_SOURCE_POLICY, cfg->source_policy))
		return -EMSGSIZE;
	return 0;
}

/* Of the password no more than whether there is one. */
static int put_nhrp(struct sk_buff *skb, const struct config *cfg)
{
	if (nla_put_u32(skb, MESH_A_DEV_NHRP_FLAGS, cfg->nhrp_flags) ||
	    nla_put_u16(skb, MESH_A_DEV_HOLDTIME, cfg->holdtime) ||
	    nla_put_u32(skb, MESH_A_DEV_REDIRECT_INTERVAL,
			cfg->redirect_interval) ||
	    nla_put_u32(skb, MESH_A_DEV_NETWORK_ID, cfg->network_id) ||
	    nla_put_u32(skb, MESH_A_DEV_MAX_REDIRECTS, cfg->max_redirects) ||
	    nla_put_u32(skb, MESH_A_DEV_MULTICAST, cfg->multicast) ||
	    nla_put_u8(skb, MESH_A_DEV_AUTH_SET, !!cfg->auth_len))
		return -EMSGSIZE;
	return 0;
}

static int put_bfd(struct sk_buff *skb, const struct config *cfg, u32 sessions)
{
	if (nla_put_u8(skb, MESH_A_DEV_BFD, cfg->bfd) ||
	    nla_put_u32(skb, MESH_A_DEV_BFD_INTERVAL, cfg->bfd_interval) ||
	    nla_put_u8(skb, MESH_A_DEV_BFD_MULTIPLIER, cfg->bfd_multiplier) ||
	    nla_put_u32(skb, MESH_A_DEV_MAX_BFD, cfg->max_bfd) ||
	    nla_put_u32(skb, MESH_A_DEV_BFD_SESSIONS, sessions))
		return -EMSGSIZE;
	return 0;
}

static int put_homes(struct sk_buff *skb, const struct config *cfg)
{
	unsigned int i;

	for (i = 0; i < cfg->n_homes; i++) {
		struct nlattr *nest = nla_nest_start(skb, MESH_A_DEV_HOME);

		if (!nest ||
		    mesh_nl_put_addr(skb, MESH_A_ENDPOINT_NBMA,
				     &cfg->home[i].nbma) ||
		    nla_put_u8(skb, MESH_A_ENDPOINT_TIER, cfg->home[i].tier))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_tables(struct sk_buff *skb, const struct config *cfg,
		      const struct fwd *fwd)
{
	if (nla_put_u32(skb, MESH_A_DEV_MAX_PEERS, cfg->max_peers) ||
	    nla_put_u32(skb, MESH_A_DEV_MAX_GROUPS, cfg->max_groups) ||
	    nla_put_u32(skb, MESH_A_DEV_MAX_ROUTES, cfg->max_routes) ||
	    nla_put_u32(skb, MESH_A_DEV_MAX_SHORTCUTS, cfg->max_shortcuts) ||
	    nla_put_u32(skb, MESH_A_DEV_REGISTER_RATE, cfg->register_rate) ||
	    nla_put_u32(skb, MESH_A_DEV_PEERS, fwd_count(fwd, FWD_PEER)) ||
	    nla_put_u32(skb, MESH_A_DEV_GROUPS, fwd_count(fwd, FWD_GROUP)) ||
	    nla_put_u32(skb, MESH_A_DEV_ROUTES, fwd_count(fwd, FWD_ROUTE)) ||
	    nla_put_u32(skb, MESH_A_DEV_SHORTCUTS,
			fwd_count(fwd, FWD_SHORTCUT)) ||
	    nla_put_u32(skb, MESH_A_DEV_MAX_MEMORY, cfg->max_memory) ||
	    nla_put_u32(skb, MESH_A_DEV_MEMORY,
			DIV_ROUND_UP(fwd->memory.used, 1024)))
		return -EMSGSIZE;
	return 0;
}

static int put_learned(struct sk_buff *skb, const struct config *cfg,
		       const struct mesh_dev *mesh)
{
	if (nla_put_u32(skb, MESH_A_DEV_MAX_LEARNED, cfg->max_learned) ||
	    nla_put_u32(skb, MESH_A_DEV_LEARNED,
			atomic_read(&mesh->budget->used)) ||
	    nla_put_u32(skb, MESH_A_DEV_MAX_QUERIES, cfg->max_queries) ||
	    nla_put_u32(skb, MESH_A_DEV_MAX_ANSWERS, cfg->max_answers) ||
	    nla_put_u32(skb, MESH_A_DEV_QUERIES, nhrp_queries(mesh)) ||
	    nla_put_u32(skb, MESH_A_DEV_ANSWERS, nhrp_answers(mesh)))
		return -EMSGSIZE;
	return 0;
}

static int fill(struct sk_buff *skb, struct mesh_dev *mesh, const void *obj)
{
	struct config cfg;
	int err = 0;

	config_get(mesh, &cfg);
	if (nla_put_u32(skb, MESH_A_DEV_IFINDEX, mesh->dev->ifindex) ||
	    nla_put_string(skb, MESH_A_DEV_IFNAME, mesh->dev->name) ||
	    put_underlay(skb, &cfg) || put_packets(skb, &cfg) ||
	    put_nhrp(skb, &cfg) ||
	    put_homes(skb, &cfg) ||
	    put_tables(skb, &cfg, &mesh->fwd) ||
	    put_learned(skb, &cfg, mesh) ||
	    put_bfd(skb, &cfg, bfd_count(mesh)))
		err = -EMSGSIZE;
	memzero_explicit(&cfg, sizeof(cfg));
	return err;
}

int mesh_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return mesh_nl_answer_dev(info, fill);
}

int mesh_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct mesh_nl_walk walk = {
		.kind = FWD_KINDS,
		.fill = fill,
	};

	return mesh_nl_dump(skb, cb, &walk);
}

static const u8 attr_of[CONFIG_FIELDS] = {
	[CONFIG_LOCAL] = MESH_A_DEV_LOCAL,
	[CONFIG_LOCAL6] = MESH_A_DEV_LOCAL6,
	[CONFIG_LINK] = MESH_A_DEV_LINK,
	[CONFIG_KEY] = MESH_A_DEV_KEY,
	[CONFIG_NO_KEY] = MESH_A_DEV_NO_KEY,
	[CONFIG_TTL] = MESH_A_DEV_TTL,
	[CONFIG_TOS] = MESH_A_DEV_TOS,
	[CONFIG_PMTUDISC] = MESH_A_DEV_PMTUDISC,
	[CONFIG_IGNORE_DF] = MESH_A_DEV_IGNORE_DF,
	[CONFIG_FWMARK] = MESH_A_DEV_FWMARK,
	[CONFIG_HASH_SEED] = MESH_A_DEV_HASH_SEED,
	[CONFIG_NHRP_FLAGS] = MESH_A_DEV_NHRP_FLAGS,
	[CONFIG_HOLDTIME] = MESH_A_DEV_HOLDTIME,
	[CONFIG_REDIRECT_INTERVAL] = MESH_A_DEV_REDIRECT_INTERVAL,
	[CONFIG_AUTH] = MESH_A_DEV_AUTH,
	[CONFIG_MAX_PEERS] = MESH_A_DEV_MAX_PEERS,
	[CONFIG_MAX_GROUPS] = MESH_A_DEV_MAX_GROUPS,
	[CONFIG_MAX_ROUTES] = MESH_A_DEV_MAX_ROUTES,
	[CONFIG_MAX_SHORTCUTS] = MESH_A_DEV_MAX_SHORTCUTS,
	[CONFIG_NETWORK_ID] = MESH_A_DEV_NETWORK_ID,
	[CONFIG_MAX_REDIRECTS] = MESH_A_DEV_MAX_REDIRECTS,
	[CONFIG_BFD] = MESH_A_DEV_BFD,
	[CONFIG_BFD_INTERVAL] = MESH_A_DEV_BFD_INTERVAL,
	[CONFIG_BFD_MULTIPLIER] = MESH_A_DEV_BFD_MULTIPLIER,
	[CONFIG_MAX_BFD] = MESH_A_DEV_MAX_BFD,
	[CONFIG_REGISTER_RATE] = MESH_A_DEV_REGISTER_RATE,
	[CONFIG_HOMES] = MESH_A_DEV_HOME,
	[CONFIG_NO_HOMES] = MESH_A_DEV_NO_HOME,
	[CONFIG_MULTICAST] = MESH_A_DEV_MULTICAST,
	[CONFIG_MAX_LEARNED] = MESH_A_DEV_MAX_LEARNED,
	[CONFIG_MAX_QUERIES] = MESH_A_DEV_MAX_QUERIES,
	[CONFIG_MAX_ANSWERS] = MESH_A_DEV_MAX_ANSWERS,
	[CONFIG_MAX_MEMORY] = MESH_A_DEV_MAX_MEMORY,
	[CONFIG_HASH_FIELDS] = MESH_A_DEV_HASH_FIELDS,
	[CONFIG_HASH_SYMMETRIC] = MESH_A_DEV_HASH_SYMMETRIC,
	[CONFIG_ENCAP] = MESH_A_DEV_ENCAP,
	[CONFIG_UDP_PORT] = MESH_A_DEV_UDP_PORT,
	[CONFIG_UDP_SOURCE] = MESH_A_DEV_UDP_SOURCE,
	[CONFIG_UDP_CSUM] = MESH_A_DEV_UDP_CSUM,
	[CONFIG_BYPASS] = MESH_A_DEV_BYPASS,
	[CONFIG_SOURCE_POLICY] = MESH_A_DEV_SOURCE_POLICY,
};

static void parse_numbers(struct nlattr **tb, struct config *cfg)
{
#define GET(to, attr, get)						\
	do {								\
		if (tb[MESH_A_DEV_##attr])				\
			cfg->to = get(tb[MESH_A_DEV_##attr]);		\
	} while (0)

	GET(link, LINK, nla_get_u32);
	GET(key, KEY, nla_get_u32);
	GET(no_key, NO_KEY, nla_get_flag);
	GET(ttl, TTL, nla_get_u8);
	GET(tos, TOS, nla_get_u8);
	GET(pmtudisc, PMTUDISC, nla_get_u8);
	GET(ignore_df, IGNORE_DF, nla_get_u8);
	GET(fwmark, FWMARK, nla_get_u32);
	GET(hash_seed, HASH_SEED, nla_get_u32);
	GET(nhrp_flags, NHRP_FLAGS, nla_get_u32);
	GET(holdtime, HOLDTIME, nla_get_u16);
	GET(redirect_interval, REDIRECT_INTERVAL, nla_get_u32);
	GET(max_peers, MAX_PEERS, nla_get_u32);
	GET(max_groups, MAX_GROUPS, nla_get_u32);
	GET(max_routes, MAX_ROUTES, nla_get_u32);
	GET(max_shortcuts, MAX_SHORTCUTS, nla_get_u32);
	GET(network_id, NETWORK_ID, nla_get_u32);
	GET(max_redirects, MAX_REDIRECTS, nla_get_u32);
	GET(bfd, BFD, nla_get_u8);
	GET(bfd_interval, BFD_INTERVAL, nla_get_u32);
	GET(bfd_multiplier, BFD_MULTIPLIER, nla_get_u8);
	GET(max_bfd, MAX_BFD, nla_get_u32);
	GET(register_rate, REGISTER_RATE, nla_get_u32);
	GET(multicast, MULTICAST, nla_get_u32);
	GET(max_learned, MAX_LEARNED, nla_get_u32);
	GET(max_queries, MAX_QUERIES, nla_get_u32);
	GET(max_answers, MAX_ANSWERS, nla_get_u32);
	GET(max_memory, MAX_MEMORY, nla_get_u32);
	GET(hash_fields, HASH_FIELDS, nla_get_u32);
	GET(hash_symmetric, HASH_SYMMETRIC, nla_get_u8);
	GET(encap, ENCAP, nla_get_u8);
	GET(udp_port, UDP_PORT, nla_get_u16);
	GET(udp_source, UDP_SOURCE, nla_get_u16);
	GET(udp_csum, UDP_CSUM, nla_get_u8);
	GET(bypass, BYPASS, nla_get_u8);
	GET(source_policy, SOURCE_POLICY, nla_get_u8);
#undef GET
}

static int parse_home(struct genl_info *info, struct nlattr *nest,
		      unsigned int n, void *arg)
{
	struct nlattr *tb[MESH_A_ENDPOINT_STATE + 1];
	struct config *cfg = arg;
	int err;

	if (n >= ARRAY_SIZE(cfg->home))
		return mesh_nl_refuse_entry(info->extack, -EINVAL, nest,
					    "a device has at most 4 homes", n);
	err = nla_parse_nested(tb, MESH_A_ENDPOINT_STATE, nest,
			       mesh_endpoint_nl_policy, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, MESH_A_ENDPOINT_NBMA))
		return -EINVAL;
	if (tb[MESH_A_ENDPOINT_TIER])
		cfg->home[n].tier = nla_get_u8(tb[MESH_A_ENDPOINT_TIER]);
	cfg->n_homes = n + 1;
	return mesh_nl_nbma(info->extack, tb[MESH_A_ENDPOINT_NBMA],
			    &cfg->home[n].nbma);
}

static int parse_local(struct genl_info *info, int type,
		       struct mesh_addr *local)
{
	const struct nlattr *a = info->attrs[type];

	return a ? mesh_nl_addr(info->extack, a, local) : 0;
}

static int parse(struct genl_info *info, struct config *cfg)
{
	struct nlattr **tb = info->attrs;
	int i, err;

	memset(cfg, 0, sizeof(*cfg));
	for (i = 0; i < CONFIG_FIELDS; i++)
		if (attr_of[i] && tb[attr_of[i]])
			cfg->given |= BIT_ULL(i);
	if (!cfg->given)
		return mesh_nl_refuse(info->extack, -EINVAL, NULL,
				      "nothing to set is given");
	parse_numbers(tb, cfg);
	err = parse_local(info, MESH_A_DEV_LOCAL, &cfg->local);
	if (!err)
		err = parse_local(info, MESH_A_DEV_LOCAL6, &cfg->local6);
	if (!err)
		err = mesh_nl_each(info, MESH_A_DEV_HOME, parse_home, cfg);
	if (err)
		return err;
	if (tb[MESH_A_DEV_AUTH]) {
		const char *auth = nla_data(tb[MESH_A_DEV_AUTH]);

		BUILD_BUG_ON(MESH_AUTH_MAX > NHRP_SECRET_MAX);
		cfg->auth_len = strnlen(auth, nla_len(tb[MESH_A_DEV_AUTH]));
		memcpy(cfg->auth, auth, cfg->auth_len);
	}
	return 0;
}

/*
 * Which packets of the underlay the device takes and makes, and what all devices
 * of that may hold.  Whoever was given the device into a namespace of his own has
 * no say in that.
 */
static int permit(struct sk_buff *skb, struct genl_info *info,
		  const struct mesh_dev *mesh, const struct config *cfg)
{
	static const u64 guarded = BIT_ULL(CONFIG_LOCAL) |
				   BIT_ULL(CONFIG_LOCAL6) |
				   BIT_ULL(CONFIG_LINK) | BIT_ULL(CONFIG_KEY) |
				   BIT_ULL(CONFIG_NO_KEY) |
				   BIT_ULL(CONFIG_FWMARK) |
				   BIT_ULL(CONFIG_ENCAP) |
				   BIT_ULL(CONFIG_UDP_PORT) |
				   BIT_ULL(CONFIG_UDP_SOURCE) |
				   BIT_ULL(CONFIG_MAX_LEARNED);
	u64 asked = cfg->given & guarded;

	if (!asked ||
	    netlink_ns_capable(skb, mesh->net->user_ns, CAP_NET_ADMIN))
		return 0;
	return mesh_nl_refuse(info->extack, -EPERM,
			      info->attrs[attr_of[__ffs64(asked)]],
			      "this needs CAP_NET_ADMIN in the underlay's namespace");
}

int mesh_nl_dev_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct config_error ce = { 0 };
	struct mesh_dev *mesh;
	struct config cfg;
	int err;

	err = parse(info, &cfg);
	if (err)
		goto out;
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh)) {
		err = PTR_ERR(mesh);
		goto out;
	}
	err = permit(skb, info, mesh, &cfg);
	if (!err) {
		err = config_set(mesh, &cfg, &ce);
		if (err)
			mesh_nl_refuse(info->extack, err,
				       info->attrs[attr_of[ce.field]], ce.text);
	}
	mesh_nl_close(mesh);
out:
	memzero_explicit(&cfg, sizeof(cfg));
	return err;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * group-get, -new, -set, -del: weighted groups of peers.
 */
#include <linux/slab.h>

#include "netlink_priv.h"

#define IDLE_MAX (24 * 3600 * MSEC_PER_SEC)

static int put_member(struct sk_buff *skb, int type,
		      const struct group_member *m)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    mesh_nl_put_addr(skb, MESH_A_MEMBER_PROTOCOL, &m->peer->addr) ||
	    nla_put_u16(skb, MESH_A_MEMBER_WEIGHT, m->weight) ||
	    nla_put_u8(skb, MESH_A_MEMBER_TIER, m->tier) ||
	    nla_put_u32(skb, MESH_A_MEMBER_BUCKETS,
			group_member_buckets(m)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int mesh_nl_put_members(struct sk_buff *skb, int type, const struct group *g)
{
	unsigned int i;

	for (i = 0; i < g->n; i++)
		if (put_member(skb, type, &g->member[i]))
			return -EMSGSIZE;
	return 0;
}

static int fill(struct sk_buff *skb, struct mesh_dev *mesh, const void *obj)
{
	const struct group *g = obj;

	if (nla_put_u32(skb, MESH_A_GROUP_IFINDEX, mesh->dev->ifindex) ||
	    nla_put_u32(skb, MESH_A_GROUP_ID, g->id) ||
	    mesh_nl_put_members(skb, MESH_A_GROUP_MEMBER, g) ||
	    nla_put_u32(skb, MESH_A_GROUP_BUCKETS, g->size) ||
	    nla_put_u32(skb, MESH_A_GROUP_REFS, g->routes) ||
	    nla_put_u32(skb, MESH_A_GROUP_IDLE_TIME,
			jiffies_to_msecs(g->idle.span)) ||
	    nla_put_u32(skb, MESH_A_GROUP_WAITING, g->waiting))
		return -EMSGSIZE;
	return 0;
}

static const struct mesh_nl_source from[FWD_FIELDS] = {
	[FWD_F_ID] = { MESH_A_GROUP_ID },
	[FWD_F_BUCKETS] = { MESH_A_GROUP_BUCKETS },
	[FWD_F_MEMBERS] = { MESH_A_GROUP_MEMBER, MESH_NL_ENTRY },
	[FWD_F_MEMBER_PEER] = { MESH_A_GROUP_MEMBER, MESH_A_MEMBER_PROTOCOL },
	[FWD_F_MEMBER_WEIGHT] = { MESH_A_GROUP_MEMBER, MESH_A_MEMBER_WEIGHT },
	[FWD_F_MEMBER_TIER] = { MESH_A_GROUP_MEMBER, MESH_A_MEMBER_TIER },
};

int mesh_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct mesh_dev *mesh;
	struct group *g;

	if (GENL_REQ_ATTR_CHECK(info, MESH_A_GROUP_ID))
		return -EINVAL;
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	g = fwd_group(&mesh->fwd, nla_get_u32(info->attrs[MESH_A_GROUP_ID]));
	return mesh_nl_answer_found(info, mesh, fill, g, MESH_A_GROUP_ID,
				    "there is no such group");
}

int mesh_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct mesh_nl_walk walk = {
		.kind = FWD_GROUP,
		.fill = fill,
	};

	return mesh_nl_dump(skb, cb, &walk);
}

static int parse_member(struct genl_info *info, struct nlattr *nest,
			unsigned int n, void *arg)
{
	struct nlattr *tb[MESH_A_MEMBER_BUCKETS + 1];
	struct member_cfg *m = arg;
	int err;

	m += n;
	err = nla_parse_nested(tb, MESH_A_MEMBER_BUCKETS, nest,
			       mesh_member_nl_policy, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, MESH_A_MEMBER_PROTOCOL))
		return -EINVAL;
	if (tb[MESH_A_MEMBER_BUCKETS])
		return mesh_nl_refuse_entry(info->extack, -EINVAL,
					    tb[MESH_A_MEMBER_BUCKETS],
					    "buckets follow from the weights and are only shown",
					    n);
	m->weight = 1;
	if (tb[MESH_A_MEMBER_WEIGHT])
		m->weight = nla_get_u16(tb[MESH_A_MEMBER_WEIGHT]);
	if (tb[MESH_A_MEMBER_TIER])
		m->tier = nla_get_u8(tb[MESH_A_MEMBER_TIER]);
	return mesh_nl_addr(info->extack, tb[MESH_A_MEMBER_PROTOCOL], &m->peer);
}

/* In ticks, as flows are watched: not less than was asked for. */
static int parse_idle(struct genl_info *info, u32 *idle)
{
	const struct nlattr *a = info->attrs[MESH_A_GROUP_IDLE_TIME];

	*idle = GROUP_IDLE_KEEP;
	if (!a)
		return 0;
	if (nla_get_u32(a) > IDLE_MAX)
		return mesh_nl_refuse(info->extack, -EINVAL, a,
				      "an idle time of more than a day, 86400000 ms");
	*idle = msecs_to_jiffies(nla_get_u32(a));
	return 0;
}

/* cfg->member is the caller's to free where this succeeds. */
static int parse(struct genl_info *info, struct fwd_group_cfg *cfg)
{
	int err;

	memset(cfg, 0, sizeof(*cfg));
	if (GENL_REQ_ATTR_CHECK(info, MESH_A_GROUP_ID) ||
	    GENL_REQ_ATTR_CHECK(info, MESH_A_GROUP_MEMBER))
		return -EINVAL;
	cfg->id = nla_get_u32(info->attrs[MESH_A_GROUP_ID]);
	err = parse_idle(info, &cfg->idle);
	if (err)
		return err;
	if (info->attrs[MESH_A_GROUP_BUCKETS])
		cfg->buckets = nla_get_u32(info->attrs[MESH_A_GROUP_BUCKETS]);
	cfg->member = mesh_nl_list(info, MESH_A_GROUP_MEMBER,
				   sizeof(*cfg->member), parse_member, &cfg->n);
	return PTR_ERR_OR_ZERO(cfg->member);
}

static int change(struct mesh_dev *mesh, const void *cfg, u32 flags,
		  struct fwd_error *fe)
{
	return fwd_group_set(&mesh->fwd, cfg, flags, fe);
}

static int set(struct genl_info *info, u32 flags)
{
	struct fwd_group_cfg cfg;
	int err = parse(info, &cfg);

	if (err)
		return err;
	err = mesh_nl_change(info, change, &cfg, flags, from);
	kvfree(cfg.member);
	return err;
}

int mesh_nl_group_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return set(info, mesh_nl_make_flags(info));
}

int mesh_nl_group_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return set(info, FWD_REPLACE);
}

static int del(struct mesh_dev *mesh, const void *cfg, u32 flags,
	       struct fwd_error *fe)
{
	const u32 *id = cfg;

	return fwd_group_del(&mesh->fwd, *id, fe);
}

int mesh_nl_group_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	u32 id;

	if (GENL_REQ_ATTR_CHECK(info, MESH_A_GROUP_ID))
		return -EINVAL;
	id = nla_get_u32(info->attrs[MESH_A_GROUP_ID]);
	return mesh_nl_change(info, del, &id, 0, from);
}

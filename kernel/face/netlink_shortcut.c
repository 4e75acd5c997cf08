// SPDX-License-Identifier: GPL-2.0
/*
 * shortcut-get, -del: what resolution has learned.
 */
#include "netlink_priv.h"
#include "engine/nhrp.h"

int mesh_nl_shortcut_fill(struct sk_buff *skb, struct mesh_dev *mesh,
			  const void *obj)
{
	const struct shortcut *s = obj;
	const struct endpoint_set *set = peer_set(s->peer, &mesh->fwd.lock);

	if (nla_put_u32(skb, MESH_A_SHORTCUT_IFINDEX, mesh->dev->ifindex) ||
	    mesh_nl_put_prefix(skb, MESH_A_SHORTCUT_PREFIX,
			       MESH_A_SHORTCUT_PREFIX_LEN, &s->prefix) ||
	    mesh_nl_put_addr(skb, MESH_A_SHORTCUT_PEER, &s->peer->addr))
		return -EMSGSIZE;
	if (set && set->n &&
	    mesh_nl_put_addr(skb, MESH_A_SHORTCUT_NBMA, &set->slot[0].ep->nbma))
		return -EMSGSIZE;
	if (s->group &&
	    mesh_nl_put_members(skb, MESH_A_SHORTCUT_MEMBER, s->group))
		return -EMSGSIZE;
	if (mesh_nl_put_expires(skb, MESH_A_SHORTCUT_EXPIRES, s->expires))
		return -EMSGSIZE;
	return mesh_nl_put_counters(skb, MESH_A_SHORTCUT_COUNTERS, NULL,
				    s->stats);
}

static int parse_key(struct genl_info *info, struct mesh_prefix *prefix)
{
	return mesh_nl_prefix(info->extack, NULL, info->attrs,
			      MESH_A_SHORTCUT_PREFIX,
			      MESH_A_SHORTCUT_PREFIX_LEN, prefix);
}

static const struct mesh_nl_source from[FWD_FIELDS] = {
	[FWD_F_PREFIX] = { MESH_A_SHORTCUT_PREFIX },
};

int mesh_nl_shortcut_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct mesh_prefix prefix;
	struct mesh_dev *mesh;
	struct shortcut *s;
	int err;

	err = parse_key(info, &prefix);
	if (err)
		return err;
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	s = fwd_shortcut(&mesh->fwd, &prefix);
	return mesh_nl_answer_found(info, mesh, mesh_nl_shortcut_fill, s,
				    MESH_A_SHORTCUT_PREFIX,
				    "there is no such shortcut");
}

int mesh_nl_shortcut_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	static const struct mesh_nl_walk walk = {
		.kind = FWD_SHORTCUT,
		.fill = mesh_nl_shortcut_fill,
	};

	return mesh_nl_dump(skb, cb, &walk);
}

static int fill_deleted(struct sk_buff *skb, struct mesh_dev *mesh,
			const void *obj)
{
	const u32 *deleted = obj;

	if (nla_put_u32(skb, MESH_A_SHORTCUT_IFINDEX, mesh->dev->ifindex) ||
	    nla_put_u32(skb, MESH_A_SHORTCUT_DELETED, *deleted))
		return -EMSGSIZE;
	return 0;
}

/* As many as there were: those that come meanwhile stay. */
static int flush(struct genl_info *info, struct mesh_dev *mesh, u32 *deleted)
{
	u32 left = fwd_count(&mesh->fwd, FWD_SHORTCUT), n;
	int err = 0;

	for (*deleted = 0; left && !err; left -= n) {
		n = nhrp_shortcut_flush(mesh, min_t(u32, left,
						    MESH_NL_FLUSH_BATCH));
		*deleted += n;
		if (!n || n == left)
			break;
		err = mesh_nl_yield(info, mesh);
	}
	return err;
}

static int del_all(struct genl_info *info)
{
	struct nlattr *prefix = info->attrs[MESH_A_SHORTCUT_PREFIX];
	struct mesh_dev *mesh;
	u32 deleted;
	int err;

	if (!prefix)
		prefix = info->attrs[MESH_A_SHORTCUT_PREFIX_LEN];
	if (prefix)
		return mesh_nl_refuse(info->extack, -EINVAL, prefix,
				      "flush deletes all, it takes no prefix");
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	err = flush(info, mesh, &deleted);
	return err ? err : mesh_nl_answer(info, mesh, fill_deleted, &deleted);
}

static int del(struct mesh_dev *mesh, const void *cfg, u32 flags,
	       struct fwd_error *fe)
{
	*fe = (struct fwd_error) {
		.field = FWD_F_PREFIX,
		.text = "there is no such shortcut",
	};
	return nhrp_shortcut_del(mesh, cfg);
}

int mesh_nl_shortcut_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct mesh_prefix prefix;
	int err;

	if (nla_get_flag(info->attrs[MESH_A_SHORTCUT_FLUSH]))
		return del_all(info);
	err = parse_key(info, &prefix);
	return err ? err : mesh_nl_change(info, del, &prefix, 0, from);
}

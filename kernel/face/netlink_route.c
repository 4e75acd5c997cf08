// SPDX-License-Identifier: GPL-2.0
/*
 * route-new, -del: one route, a batch, or all of an owner.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "netlink_priv.h"

/**
 * struct request - what a request says of routes
 * @flags: FWD_CREATE, FWD_REPLACE
 * @owner: of all of them
 * @gen: of all of them
 * @del: they are to go: nothing is said of targets
 * @batch: they come as entries
 * @n: how many
 * @cfg: the routes
 */
struct request {
	u32 flags;
	u8 owner;
	u32 gen;
	bool del;
	bool batch;
	unsigned int n;
	struct fwd_route_cfg *cfg;
};

/* Entries of a batch name by other numbers what the message does. */
struct names {
	u8 prefix;
	u8 prefix_len;
	u8 group;
	u8 peer;
};

static const struct names of_message = {
	.prefix = MESH_A_ROUTE_PREFIX,
	.prefix_len = MESH_A_ROUTE_PREFIX_LEN,
	.group = MESH_A_ROUTE_GROUP,
	.peer = MESH_A_ROUTE_PEER,
};

static const struct names of_entry = {
	.prefix = MESH_A_ENTRY_PREFIX,
	.prefix_len = MESH_A_ENTRY_PREFIX_LEN,
	.group = MESH_A_ENTRY_GROUP,
	.peer = MESH_A_ENTRY_PEER,
};

static int parse_target(struct netlink_ext_ack *extack,
			const struct nlattr *nest, struct nlattr **tb,
			const struct names *names, struct fwd_route_cfg *cfg)
{
	struct nlattr *group = tb[names->group], *peer = tb[names->peer];

	if (group && peer)
		return mesh_nl_refuse(extack, -EINVAL, peer,
				      "a route leads to a group or to a peer, not to both");
	if (group) {
		cfg->group = nla_get_u32(group);
		return 0;
	}
	if (peer)
		return mesh_nl_addr(extack, peer, &cfg->peer);
	NL_SET_ERR_ATTR_MISS(extack, nest, names->peer);
	return mesh_nl_refuse(extack, -EINVAL, NULL,
			      "the route leads nowhere, name a group or a peer");
}

static int parse_one(struct netlink_ext_ack *extack, const struct nlattr *nest,
		     struct nlattr **tb, const struct names *names,
		     const struct request *req, struct fwd_route_cfg *cfg)
{
	int err = mesh_nl_prefix(extack, nest, tb, names->prefix,
				 names->prefix_len, &cfg->prefix);

	if (err)
		return err;
	cfg->owner = req->owner;
	cfg->gen = req->gen;
	return req->del ? 0 : parse_target(extack, nest, tb, names, cfg);
}

static int parse_entry(struct genl_info *info, struct nlattr *nest,
		       unsigned int n, void *arg)
{
	struct nlattr *tb[MESH_A_ENTRY_PEER + 1];
	const struct request *req = arg;
	struct nlattr *target;
	int err;

	cond_resched();
	/* The policy of the message holds that of its entries, so they were looked at. */
	err = nla_parse_nested(tb, MESH_A_ENTRY_PEER, nest, NULL, info->extack);
	if (err)
		return err;
	target = tb[MESH_A_ENTRY_GROUP] ? tb[MESH_A_ENTRY_GROUP] :
					  tb[MESH_A_ENTRY_PEER];
	if (req->del && target)
		return mesh_nl_refuse_entry(info->extack, -EINVAL, target,
					    "a route is deleted by its prefix alone",
					    n);
	return parse_one(info->extack, nest, tb, &of_entry, req, &req->cfg[n]);
}

/* What may not stand beside entries or a flush. */
static int refuse_single(struct genl_info *info, const char *text)
{
	static const u8 single[] = { MESH_A_ROUTE_PREFIX,
				     MESH_A_ROUTE_PREFIX_LEN,
				     MESH_A_ROUTE_GROUP, MESH_A_ROUTE_PEER };
	int i;

	for (i = 0; i < ARRAY_SIZE(single); i++)
		if (info->attrs[single[i]])
			return mesh_nl_refuse(info->extack, -EINVAL,
					      info->attrs[single[i]], text);
	return 0;
}

/* req->cfg is the caller's to free where this succeeds. */
static int parse(struct genl_info *info, struct request *req)
{
	struct nlattr **tb = info->attrs;
	int err;

	req->batch = tb[MESH_A_ROUTE_ENTRY];
	req->n = req->batch ? mesh_nl_count(info, MESH_A_ROUTE_ENTRY) : 1;
	if (req->batch) {
		err = refuse_single(info,
				    "entries stand in place of prefix and target");
		if (err)
			return err;
	}
	req->cfg = kvcalloc(req->n, sizeof(*req->cfg), GFP_KERNEL);
	if (!req->cfg)
		return -ENOMEM;
	if (req->batch)
		err = mesh_nl_each(info, MESH_A_ROUTE_ENTRY, parse_entry, req);
	else
		err = parse_one(info->extack, NULL, tb, &of_message, req,
				req->cfg);
	if (err)
		kvfree(req->cfg);
	return err;
}

static void parse_owner(struct genl_info *info, struct request *req)
{
	struct nlattr **tb = info->attrs;

	req->owner = RTPROT_STATIC;
	if (tb[MESH_A_ROUTE_OWNER])
		req->owner = nla_get_u8(tb[MESH_A_ROUTE_OWNER]);
	if (tb[MESH_A_ROUTE_GENERATION])
		req->gen = nla_get_u32(tb[MESH_A_ROUTE_GENERATION]);
}

static const struct mesh_nl_source from_message[FWD_FIELDS] = {
	[FWD_F_PREFIX] = { MESH_A_ROUTE_PREFIX },
	[FWD_F_OWNER] = { MESH_A_ROUTE_PREFIX },
	[FWD_F_TARGET_GROUP] = { MESH_A_ROUTE_GROUP },
	[FWD_F_TARGET_PEER] = { MESH_A_ROUTE_PEER },
};

static const struct mesh_nl_source from_entry[FWD_FIELDS] = {
	[FWD_F_PREFIX] = { MESH_A_ROUTE_ENTRY, MESH_A_ENTRY_PREFIX },
	[FWD_F_OWNER] = { MESH_A_ROUTE_ENTRY, MESH_A_ENTRY_PREFIX },
	[FWD_F_TARGET_GROUP] = { MESH_A_ROUTE_ENTRY, MESH_A_ENTRY_GROUP },
	[FWD_F_TARGET_PEER] = { MESH_A_ROUTE_ENTRY, MESH_A_ENTRY_PEER },
};

static int change(struct genl_info *info, struct request *req,
		  mesh_nl_change_fn *fn)
{
	int err;

	parse_owner(info, req);
	err = parse(info, req);
	if (err)
		return err;
	err = mesh_nl_change(info, fn, req, req->flags,
			     req->batch ? from_entry : from_message);
	kvfree(req->cfg);
	return err;
}

static int add(struct mesh_dev *mesh, const void *cfg, u32 flags,
	       struct fwd_error *fe)
{
	const struct request *req = cfg;

	return fwd_route_add(&mesh->fwd, req->cfg, req->n, flags, fe);
}

int mesh_nl_route_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request req = { .flags = mesh_nl_route_flags(info) };

	return change(info, &req, add);
}

static int fill_deleted(struct sk_buff *skb, struct mesh_dev *mesh,
			const void *obj)
{
	const u32 *deleted = obj;

	if (nla_put_u32(skb, MESH_A_ROUTE_IFINDEX, mesh->dev->ifindex) ||
	    nla_put_u32(skb, MESH_A_ROUTE_DELETED, *deleted))
		return -EMSGSIZE;
	return 0;
}

static int check_flush(struct genl_info *info, bool sweep)
{
	struct nlattr **tb = info->attrs;

	if (sweep && tb[MESH_A_ROUTE_FLUSH])
		return mesh_nl_refuse(info->extack, -EINVAL,
				      tb[MESH_A_ROUTE_SWEEP],
				      "flush and sweep exclude each other");
	if (sweep && GENL_REQ_ATTR_CHECK(info, MESH_A_ROUTE_GENERATION))
		return -EINVAL;
	if (!sweep && tb[MESH_A_ROUTE_GENERATION])
		return mesh_nl_refuse(info->extack, -EINVAL,
				      tb[MESH_A_ROUTE_GENERATION],
				      "flush heeds no generation, sweep does");
	if (tb[MESH_A_ROUTE_ENTRY])
		return mesh_nl_refuse(info->extack, -EINVAL,
				      tb[MESH_A_ROUTE_ENTRY],
				      "flush and sweep take no entries");
	return refuse_single(info, "flush and sweep take no prefix");
}

static int flush(struct genl_info *info, bool sweep)
{
	struct request req = { 0 };
	struct mesh_dev *mesh;
	struct fwd_sweep ends;
	int err;

	parse_owner(info, &req);
	err = check_flush(info, sweep);
	if (err)
		return err;
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	ends = (struct fwd_sweep) {
		.owner = req.owner,
		.all = !sweep,
		.keep = req.gen,
	};
	while (fwd_route_sweep(&mesh->fwd, &ends, MESH_NL_FLUSH_BATCH)) {
		err = mesh_nl_yield(info, mesh);
		if (err)
			return err;
	}
	return mesh_nl_answer(info, mesh, fill_deleted, &ends.deleted);
}

/* All or none; a prefix that comes twice is deleted once. */
static int del(struct mesh_dev *mesh, const void *cfg, u32 flags,
	       struct fwd_error *fe)
{
	const struct request *req = cfg;
	struct fwd *fwd = &mesh->fwd;
	const struct route *r;
	unsigned int i;

	*fe = (struct fwd_error) { .field = FWD_F_PREFIX };
	for (i = 0; i < req->n; i++) {
		fe->index = i;
		r = fwd_route(fwd, &req->cfg[i].prefix);
		if (!r) {
			fe->text = "there is no such route";
			return -ENOENT;
		}
		if (r->e.owner != req->owner) {
			fe->text = "the route belongs to another owner";
			return -EPERM;
		}
		cond_resched();
	}
	for (i = 0; i < req->n; i++) {
		fwd_route_del(fwd, &req->cfg[i].prefix, req->owner, NULL);
		cond_resched();
	}
	return 0;
}

static int del_named(struct genl_info *info)
{
	struct nlattr *gen = info->attrs[MESH_A_ROUTE_GENERATION];
	struct request req = { .del = true };

	if (gen)
		return mesh_nl_refuse(info->extack, -EINVAL, gen,
				      "the generation counts for sweep only");
	return change(info, &req, del);
}

int mesh_nl_route_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	bool sweep = nla_get_flag(info->attrs[MESH_A_ROUTE_SWEEP]);

	if (sweep || nla_get_flag(info->attrs[MESH_A_ROUTE_FLUSH]))
		return flush(info, sweep);
	return del_named(info);
}

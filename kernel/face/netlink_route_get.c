// SPDX-License-Identifier: GPL-2.0
/*
 * route-get: one route, all of them, or where a flow goes.
 */
#include <net/ipv6.h>

#include "netlink_priv.h"
#include "engine/tx.h"

int mesh_nl_route_fill(struct sk_buff *skb, struct mesh_dev *mesh,
		       const void *obj)
{
	const struct route *r = obj;
	int err;

	if (nla_put_u32(skb, MESH_A_ROUTE_IFINDEX, mesh->dev->ifindex) ||
	    mesh_nl_put_prefix(skb, MESH_A_ROUTE_PREFIX,
			       MESH_A_ROUTE_PREFIX_LEN, &r->prefix))
		return -EMSGSIZE;
	if (r->group)
		err = nla_put_u32(skb, MESH_A_ROUTE_GROUP, r->group->id);
	else
		err = mesh_nl_put_addr(skb, MESH_A_ROUTE_PEER, &r->peer->addr);
	if (err || nla_put_u8(skb, MESH_A_ROUTE_OWNER, r->e.owner) ||
	    nla_put_u32(skb, MESH_A_ROUTE_GENERATION, r->e.gen))
		return -EMSGSIZE;
	return mesh_nl_put_counters(skb, MESH_A_ROUTE_COUNTERS, NULL, r->stats);
}

static int put_path(struct sk_buff *skb, const struct tx_path *path)
{
	struct nlattr *nest = nla_nest_start(skb, MESH_A_ROUTE_PATH);

	if (!nest || nla_put_u8(skb, MESH_A_PATH_KIND, path->kind) ||
	    nla_put_u32(skb, MESH_A_PATH_HASH, path->hash))
		return -EMSGSIZE;
	if (path->group && nla_put_u32(skb, MESH_A_PATH_BUCKET, path->bucket))
		return -EMSGSIZE;
	if (path->peer.len &&
	    mesh_nl_put_addr(skb, MESH_A_PATH_PEER, &path->peer))
		return -EMSGSIZE;
	if (path->nbma.len &&
	    mesh_nl_put_addr(skb, MESH_A_PATH_NBMA, &path->nbma))
		return -EMSGSIZE;
	if (path->source.len &&
	    mesh_nl_put_addr(skb, MESH_A_PATH_SOURCE, &path->source))
		return -EMSGSIZE;
	if (path->oif && nla_put_u32(skb, MESH_A_PATH_OIF, path->oif))
		return -EMSGSIZE;
	if (path->mtu && nla_put_u32(skb, MESH_A_PATH_MTU, path->mtu))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* The entry that decided, where one did, and then the path. */
static int fill_path(struct sk_buff *skb, struct mesh_dev *mesh,
		     const void *obj)
{
	const struct tx_path *path = obj;

	if (nla_put_u32(skb, MESH_A_ROUTE_IFINDEX, mesh->dev->ifindex))
		return -EMSGSIZE;
	if (path->prefix.addr.len &&
	    mesh_nl_put_prefix(skb, MESH_A_ROUTE_PREFIX,
			       MESH_A_ROUTE_PREFIX_LEN, &path->prefix))
		return -EMSGSIZE;
	if (path->group && nla_put_u32(skb, MESH_A_ROUTE_GROUP, path->group))
		return -EMSGSIZE;
	if (path->owner && nla_put_u8(skb, MESH_A_ROUTE_OWNER, path->owner))
		return -EMSGSIZE;
	return put_path(skb, path);
}

/* The attributes of a packet inside stand so many behind those of the flow. */
#define INNER (MESH_A_FLOW_INNER_DST - MESH_A_FLOW_DST)

static_assert(MESH_A_FLOW_INNER_FLOWLABEL - MESH_A_FLOW_FLOWLABEL == INNER);

static int parse_addrs(struct genl_info *info, struct nlattr **tb,
		       struct mesh_addr *src, struct mesh_addr *dst)
{
	struct nlattr *source = tb[MESH_A_FLOW_SRC];
	int err = mesh_nl_addr(info->extack, tb[MESH_A_FLOW_DST], dst);

	if (err)
		return err;
	if (!source) {
		memset(src, 0, sizeof(*src));
		src->len = dst->len;
		return 0;
	}
	err = mesh_nl_addr(info->extack, source, src);
	if (err)
		return err;
	if (src->len != dst->len)
		return mesh_nl_refuse(info->extack, -EINVAL, source,
				      "source and destination are of two families");
	return 0;
}

/* @tb: at the flow's attributes, or at those of the packet inside */
static int parse_layer(struct genl_info *info, struct nlattr **tb,
		       struct flow_layer *layer)
{
	struct nlattr *label = tb[MESH_A_FLOW_FLOWLABEL], *port;
	u32 flowlabel = label ? nla_get_u32(label) : 0;
	struct mesh_addr src, dst;
	u16 sport = 0, dport = 0;
	u8 proto = 0;
	int err;

	err = parse_addrs(info, tb, &src, &dst);
	if (err)
		return err;
	port = tb[MESH_A_FLOW_SPORT] ? tb[MESH_A_FLOW_SPORT] :
				       tb[MESH_A_FLOW_DPORT];
	if (port && !tb[MESH_A_FLOW_IP_PROTO])
		return mesh_nl_refuse(info->extack, -EINVAL, port,
				      "ports need the protocol, give ip-proto");
	if (label && dst.len != 16)
		return mesh_nl_refuse(info->extack, -EINVAL, label,
				      "flow labels are of IPv6");
	if (flowlabel & ~ntohl(IPV6_FLOWLABEL_MASK))
		return mesh_nl_refuse(info->extack, -ERANGE, label,
				      "a flow label has 20 bits");
	if (tb[MESH_A_FLOW_IP_PROTO])
		proto = nla_get_u8(tb[MESH_A_FLOW_IP_PROTO]);
	if (tb[MESH_A_FLOW_SPORT])
		sport = nla_get_u16(tb[MESH_A_FLOW_SPORT]);
	if (tb[MESH_A_FLOW_DPORT])
		dport = nla_get_u16(tb[MESH_A_FLOW_DPORT]);
	flow_layer_set(layer, &src, &dst, proto, sport, dport, flowlabel);
	return 0;
}

static bool has_inner(struct nlattr **tb)
{
	int i;

	for (i = MESH_A_FLOW_INNER_DST; i <= MESH_A_FLOW_INNER_FLOWLABEL; i++)
		if (tb[i])
			return true;
	return false;
}

static int parse_flow(struct genl_info *info, struct flow *flow)
{
	struct nlattr *nest = info->attrs[MESH_A_ROUTE_FLOW];
	struct nlattr *tb[MESH_A_FLOW_INNER_FLOWLABEL + 1];
	int err;

	err = nla_parse_nested(tb, MESH_A_FLOW_INNER_FLOWLABEL, nest,
			       mesh_flow_nl_policy, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, MESH_A_FLOW_DST))
		return -EINVAL;
	err = parse_layer(info, tb, &flow->own);
	if (err)
		return err;
	flow->inner = flow->own;
	if (!has_inner(tb))
		return 0;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, MESH_A_FLOW_INNER_DST))
		return -EINVAL;
	return parse_layer(info, tb + INNER, &flow->inner);
}

static int explain(struct genl_info *info)
{
	struct nlattr *prefix = info->attrs[MESH_A_ROUTE_PREFIX];
	struct mesh_dev *mesh;
	struct tx_path path;
	struct flow flow;
	int err;

	if (!prefix)
		prefix = info->attrs[MESH_A_ROUTE_PREFIX_LEN];
	if (prefix)
		return mesh_nl_refuse(info->extack, -EINVAL, prefix,
				      "prefix and flow exclude each other");
	err = parse_flow(info, &flow);
	if (err)
		return err;
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	memset(&path, 0, sizeof(path));
	tx_explain(mesh, &flow, &path);
	return mesh_nl_answer(info, mesh, fill_path, &path);
}

int mesh_nl_route_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct mesh_prefix prefix;
	struct mesh_dev *mesh;
	struct route *r;
	int err;

	if (tb[MESH_A_ROUTE_OWNER])
		return mesh_nl_refuse(info->extack, -EINVAL,
				      tb[MESH_A_ROUTE_OWNER],
				      "owner narrows dumps only");
	if (tb[MESH_A_ROUTE_FLOW])
		return explain(info);
	err = mesh_nl_prefix(info->extack, NULL, tb, MESH_A_ROUTE_PREFIX,
			     MESH_A_ROUTE_PREFIX_LEN, &prefix);
	if (err)
		return err;
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	r = fwd_route(&mesh->fwd, &prefix);
	return mesh_nl_answer_found(info, mesh, mesh_nl_route_fill, r,
				    MESH_A_ROUTE_PREFIX,
				    "there is no such route");
}

static bool shown(const void *obj, u32 filter)
{
	const struct route *r = obj;

	return !filter || r->e.owner == filter;
}

int mesh_nl_route_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct mesh_nl_walk walk = {
		.kind = FWD_ROUTE,
		.filter = MESH_A_ROUTE_OWNER,
		.fill = mesh_nl_route_fill,
		.shown = shown,
	};

	return mesh_nl_dump(skb, cb, &walk);
}

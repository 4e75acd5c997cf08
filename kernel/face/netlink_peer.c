// SPDX-License-Identifier: GPL-2.0
/*
 * peer-get, -new, -set, -del: static peers, and the sight of all others.
 */
#include <linux/slab.h>

#include "netlink_priv.h"
#include "engine/bfd.h"
#include "engine/nhrp.h"
#include "engine/outer.h"

static_assert(BIT(PEER_STATIC) == MESH_ORIGIN_STATIC &&
	      BIT(PEER_NHS) == MESH_ORIGIN_NHS &&
	      BIT(PEER_REGISTERED) == MESH_ORIGIN_REGISTERED &&
	      BIT(PEER_RESOLVED) == MESH_ORIGIN_RESOLVED);

static_assert((int)BFD_ADMIN_DOWN == MESH_BFD_STATE_ADMIN_DOWN &&
	      (int)BFD_DOWN == MESH_BFD_STATE_DOWN &&
	      (int)BFD_INIT == MESH_BFD_STATE_INIT &&
	      (int)BFD_UP == MESH_BFD_STATE_UP &&
	      (int)BFD_DIAG_REVERSE_CONCATENATED_DOWN ==
	      MESH_BFD_DIAG_REVERSE_CONCATENATED_DOWN);

static int put_session(struct sk_buff *skb, struct mesh_dev *mesh,
		       const struct endpoint *ep)
{
	struct bfd_info info;

	if (!bfd_info(mesh, ep, &info))
		return 0;
	if (nla_put_u8(skb, MESH_A_ENDPOINT_BFD_STATE, info.state) ||
	    nla_put_u8(skb, MESH_A_ENDPOINT_BFD_DIAG, info.diag) ||
	    nla_put_u32(skb, MESH_A_ENDPOINT_BFD_DETECTION,
			min_t(u64, div_u64(info.detection, USEC_PER_MSEC),
			      U32_MAX)))
		return -EMSGSIZE;
	return info.proven ? nla_put_flag(skb, MESH_A_ENDPOINT_BFD_PROVEN) : 0;
}

/* What packets there are wrapped in, whoever has said so. */
static int put_wrap(struct sk_buff *skb, const struct mesh_dev *mesh,
		    const struct mesh_addr *nbma)
{
	u16 port = outer_port(mesh_encap_locked(mesh), nbma);

	if (nla_put_u8(skb, MESH_A_ENDPOINT_ENCAP,
		       port ? MESH_ENCAP_TYPE_UDP : MESH_ENCAP_TYPE_GRE) ||
	    (port && nla_put_u16(skb, MESH_A_ENDPOINT_PORT, port)))
		return -EMSGSIZE;
	return 0;
}

static int put_endpoint(struct sk_buff *skb, struct mesh_dev *mesh,
			const struct endpoint_slot *slot)
{
	struct nlattr *nest = nla_nest_start(skb, MESH_A_PEER_ENDPOINT);

	if (!nest ||
	    mesh_nl_put_addr(skb, MESH_A_ENDPOINT_NBMA, &slot->ep->nbma) ||
	    nla_put_u16(skb, MESH_A_ENDPOINT_WEIGHT, slot->weight) ||
	    nla_put_u8(skb, MESH_A_ENDPOINT_TIER, slot->tier) ||
	    nla_put_u8(skb, MESH_A_ENDPOINT_STATE,
		       slot->ep->up ? MESH_ENDPOINT_STATE_UP :
				      MESH_ENDPOINT_STATE_DOWN) ||
	    (slot->bfd && nla_put_u8(skb, MESH_A_ENDPOINT_BFD, true)) ||
	    put_wrap(skb, mesh, &slot->ep->nbma) ||
	    put_session(skb, mesh, slot->ep))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Until the last origin forgets the peer; false where one never does. */
static bool known_until(const struct peer *peer, u64 *expires)
{
	int i;

	*expires = 0;
	for (i = 0; i < PEER_ORIGINS; i++) {
		if (!(peer->origins & BIT(i)))
			continue;
		if (!peer_expires(peer, i))
			return false;
		*expires = max(*expires, peer_expires(peer, i));
	}
	return *expires;
}

int mesh_nl_peer_fill(struct sk_buff *skb, struct mesh_dev *mesh,
		      const void *obj)
{
	const struct peer *peer = obj;
	const struct endpoint_set *set = peer_set(peer, &mesh->fwd.lock);
	unsigned int i;
	u64 expires;

	if (nla_put_u32(skb, MESH_A_PEER_IFINDEX, mesh->dev->ifindex) ||
	    mesh_nl_put_addr(skb, MESH_A_PEER_PROTOCOL, &peer->addr) ||
	    nla_put_u32(skb, MESH_A_PEER_ORIGIN, peer->origins))
		return -EMSGSIZE;
	for (i = 0; set && i < set->n; i++)
		if (put_endpoint(skb, mesh, &set->slot[i]))
			return -EMSGSIZE;
	if (known_until(peer, &expires) &&
	    mesh_nl_put_expires(skb, MESH_A_PEER_EXPIRES, expires))
		return -EMSGSIZE;
	if (peer->unique && nla_put_flag(skb, MESH_A_PEER_UNIQUE))
		return -EMSGSIZE;
	return mesh_nl_put_counters(skb, MESH_A_PEER_COUNTERS,
				    &peer->stats->rx, &peer->stats->tx);
}

static int parse_key(struct genl_info *info, struct mesh_addr *addr)
{
	if (GENL_REQ_ATTR_CHECK(info, MESH_A_PEER_PROTOCOL))
		return -EINVAL;
	return mesh_nl_addr(info->extack, info->attrs[MESH_A_PEER_PROTOCOL],
			    addr);
}

static const struct mesh_nl_source from[FWD_FIELDS] = {
	[FWD_F_ADDR] = { MESH_A_PEER_PROTOCOL },
	[FWD_F_ENDPOINTS] = { MESH_A_PEER_ENDPOINT },
	[FWD_F_NBMA] = { MESH_A_PEER_ENDPOINT, MESH_A_ENDPOINT_NBMA },
	[FWD_F_ENDPOINT_WEIGHT] = { MESH_A_PEER_ENDPOINT,
				    MESH_A_ENDPOINT_WEIGHT },
};

int mesh_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct mesh_dev *mesh;
	struct mesh_addr addr;
	struct peer *peer;
	int err;

	if (tb[MESH_A_PEER_ORIGIN])
		return mesh_nl_refuse(info->extack, -EINVAL,
				      tb[MESH_A_PEER_ORIGIN],
				      "origin narrows dumps only");
	err = parse_key(info, &addr);
	if (err)
		return err;
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	peer = fwd_peer(&mesh->fwd, &addr);
	return mesh_nl_answer_found(info, mesh, mesh_nl_peer_fill, peer,
				    MESH_A_PEER_PROTOCOL,
				    "there is no such peer");
}

static bool shown(const void *obj, u32 filter)
{
	const struct peer *peer = obj;

	return !filter || peer->origins & filter;
}

int mesh_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct mesh_nl_walk walk = {
		.kind = FWD_PEER,
		.filter = MESH_A_PEER_ORIGIN,
		.fill = mesh_nl_peer_fill,
		.shown = shown,
	};

	return mesh_nl_dump(skb, cb, &walk);
}

static int refuse_shown(struct genl_info *info, struct nlattr **tb,
			unsigned int n)
{
	static const u8 shown[] = {
		MESH_A_ENDPOINT_STATE,
		MESH_A_ENDPOINT_BFD_STATE,
		MESH_A_ENDPOINT_BFD_DIAG,
		MESH_A_ENDPOINT_BFD_DETECTION,
		MESH_A_ENDPOINT_BFD_PROVEN,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shown); i++)
		if (tb[shown[i]])
			return mesh_nl_refuse_entry(info->extack, -EINVAL,
						    tb[shown[i]],
						    "the state of an endpoint is not set, only shown",
						    n);
	return 0;
}

static int parse_wrap(struct genl_info *info, struct nlattr **tb,
		      unsigned int n, struct mesh_addr *nbma)
{
	const struct nlattr *encap = tb[MESH_A_ENDPOINT_ENCAP];
	const struct nlattr *port = tb[MESH_A_ENDPOINT_PORT];

	if (encap)
		nbma->wrap = nla_get_u8(encap) == MESH_ENCAP_TYPE_UDP ?
			     MESH_WRAP_UDP : MESH_WRAP_GRE;
	if (port && nbma->wrap == MESH_WRAP_GRE)
		return mesh_nl_refuse_entry(info->extack, -EINVAL, port,
					    "a port is one of UDP, plain GRE has none",
					    n);
	if (port)
		nbma->port = nla_get_u16(port);
	return 0;
}

static int parse_endpoint(struct genl_info *info, struct nlattr *nest,
			  unsigned int n, void *arg)
{
	struct nlattr *tb[MESH_A_ENDPOINT_MAX + 1];
	struct endpoint_cfg *ep = arg;
	int err;

	ep += n;
	err = nla_parse_nested(tb, MESH_A_ENDPOINT_MAX, nest,
			       mesh_endpoint_nl_policy, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, MESH_A_ENDPOINT_NBMA))
		return -EINVAL;
	err = refuse_shown(info, tb, n);
	if (err)
		return err;
	ep->weight = 1;
	if (tb[MESH_A_ENDPOINT_WEIGHT])
		ep->weight = nla_get_u16(tb[MESH_A_ENDPOINT_WEIGHT]);
	if (tb[MESH_A_ENDPOINT_TIER])
		ep->tier = nla_get_u8(tb[MESH_A_ENDPOINT_TIER]);
	if (tb[MESH_A_ENDPOINT_BFD])
		ep->bfd = nla_get_u8(tb[MESH_A_ENDPOINT_BFD]);
	err = mesh_nl_nbma(info->extack, tb[MESH_A_ENDPOINT_NBMA], &ep->nbma);
	return err ? err : parse_wrap(info, tb, n, &ep->nbma);
}

/* cfg->ep is the caller's to free where this succeeds. */
static int parse(struct genl_info *info, struct fwd_peer_cfg *cfg)
{
	int err;

	memset(cfg, 0, sizeof(*cfg));
	cfg->origin = PEER_STATIC;
	err = parse_key(info, &cfg->addr);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, MESH_A_PEER_ENDPOINT))
		return -EINVAL;
	cfg->ep = mesh_nl_list(info, MESH_A_PEER_ENDPOINT, sizeof(*cfg->ep),
			       parse_endpoint, &cfg->n);
	return PTR_ERR_OR_ZERO(cfg->ep);
}

static int change(struct mesh_dev *mesh, const void *cfg, u32 flags,
		  struct fwd_error *fe)
{
	return fwd_peer_set(&mesh->fwd, cfg, flags, fe);
}

static int set(struct genl_info *info, u32 flags)
{
	struct fwd_peer_cfg cfg;
	int err = parse(info, &cfg);

	if (err)
		return err;
	err = mesh_nl_change(info, change, &cfg, flags, from);
	kvfree(cfg.ep);
	return err;
}

int mesh_nl_peer_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return set(info, mesh_nl_make_flags(info));
}

int mesh_nl_peer_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return set(info, FWD_REPLACE);
}

/* What an administrator may take away: all but what an NHS stands for. */
static int del(struct mesh_dev *mesh, const void *cfg, u32 flags,
	       struct fwd_error *fe)
{
	const u8 learned = BIT(PEER_REGISTERED) | BIT(PEER_RESOLVED);
	const struct mesh_addr *addr = cfg;
	struct peer *peer = fwd_peer(&mesh->fwd, addr);
	int err = 0;
	u8 origins;

	*fe = (struct fwd_error) {
		.field = FWD_F_ADDR,
		.text = "there is no such peer",
	};
	origins = peer ? peer->origins : 0;
	if (!origins)
		return -ENOENT;
	if (peer->routes || !hlist_empty(&peer->groups)) {
		fe->text = "a route or a group leads to the peer, change it first";
		return -EBUSY;
	}
	if (origins == BIT(PEER_NHS)) {
		fe->text = "the peer is a next-hop server, delete that";
		return -EBUSY;
	}
	if (origins & BIT(PEER_STATIC))
		err = fwd_peer_del(&mesh->fwd, addr, PEER_STATIC, fe);
	if (!err && origins & learned)
		err = nhrp_peer_del(mesh, addr);
	return err;
}

/* What a flush has done. */
struct flushed {
	u32 deleted;
	u32 kept;
};

static int fill_flushed(struct sk_buff *skb, struct mesh_dev *mesh,
			const void *obj)
{
	const struct flushed *flushed = obj;

	if (nla_put_u32(skb, MESH_A_PEER_IFINDEX, mesh->dev->ifindex) ||
	    nla_put_u32(skb, MESH_A_PEER_DELETED, flushed->deleted) ||
	    nla_put_u32(skb, MESH_A_PEER_KEPT, flushed->kept))
		return -EMSGSIZE;
	return 0;
}

static int flush_one(struct mesh_dev *mesh, const struct peer *peer, u32 filter,
		     struct flushed *flushed, struct fwd_error *fe)
{
	struct mesh_addr addr = peer->addr;
	int err;

	/* One that is named only, and not known, was deleted before. */
	if (!peer->origins || !shown(peer, filter))
		return 0;
	err = del(mesh, &addr, 0, fe);
	flushed->deleted += !err;
	flushed->kept += err == -EBUSY;
	return err == -EBUSY ? 0 : err;
}

/*
 * In the order of the addresses, so that it comes to an end however many are
 * made meanwhile.  Where it fails it has let go of the device.
 */
static int flush(struct genl_info *info, struct mesh_dev *mesh, u32 filter,
		 struct flushed *flushed)
{
	const struct mesh_addr *after = NULL;
	struct fwd_error fe;
	struct mesh_addr at;
	unsigned int n = 0;
	struct peer *peer;
	int err;

	while ((peer = fwd_peer_next(&mesh->fwd, after))) {
		at = peer->addr;
		after = &at;
		err = flush_one(mesh, peer, filter, flushed, &fe);
		if (err) {
			mesh_nl_close(mesh);
			return mesh_nl_refuse(info->extack, err, NULL, fe.text);
		}
		cond_resched();
		if (++n % MESH_NL_FLUSH_BATCH)
			continue;
		err = mesh_nl_yield(info, mesh);
		if (err)
			return err;
	}
	return 0;
}

static int del_all(struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct flushed flushed = { 0 };
	struct mesh_dev *mesh;
	u32 filter = 0;
	int err;

	if (tb[MESH_A_PEER_PROTOCOL])
		return mesh_nl_refuse(info->extack, -EINVAL,
				      tb[MESH_A_PEER_PROTOCOL],
				      "flush deletes many, it takes no address");
	if (tb[MESH_A_PEER_ORIGIN])
		filter = nla_get_u32(tb[MESH_A_PEER_ORIGIN]);
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	err = flush(info, mesh, filter, &flushed);
	if (err)
		return err;
	if (flushed.kept)
		mesh_nl_refuse(info->extack, 0, NULL,
			       "what a route or a group leads to stays, and next-hop servers");
	return mesh_nl_answer(info, mesh, fill_flushed, &flushed);
}

int mesh_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *origin = info->attrs[MESH_A_PEER_ORIGIN];
	struct mesh_addr addr;
	int err;

	if (nla_get_flag(info->attrs[MESH_A_PEER_FLUSH]))
		return del_all(info);
	if (origin)
		return mesh_nl_refuse(info->extack, -EINVAL, origin,
				      "origin narrows a flush only");
	err = parse_key(info, &addr);
	return err ? err : mesh_nl_change(info, del, &addr, 0, from);
}

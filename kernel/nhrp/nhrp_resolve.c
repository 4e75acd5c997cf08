// SPDX-License-Identifier: GPL-2.0
/* Resolution, both sides: who asks, and who answers. */
#include "nhrp_core.h"

static struct nhrp_query *query_find(struct nhrp_fsm *fsm,
				     const struct mesh_addr *dst,
				     struct rb_node **parent,
				     struct rb_node ***link)
{
	*link = &fsm->queries.rb_node;
	*parent = NULL;
	while (**link) {
		struct nhrp_query *q = rb_entry(**link, struct nhrp_query, node);
		int d = nhrp_addr_cmp(dst, &q->dst);

		if (!d)
			return q;
		*parent = **link;
		*link = d < 0 ? &(*parent)->rb_left : &(*parent)->rb_right;
	}
	return NULL;
}

static void query_free(struct nhrp_fsm *fsm, struct nhrp_query *q)
{
	nhrp_timer_stop(fsm, &q->timer);
	rb_erase(&q->node, &fsm->queries);
	fsm->n_queries--;
	kfree(q);
}

static int query_send(struct nhrp_fsm *fsm, struct nhrp_query *q)
{
	struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REQUEST,
		.flags = NHRP_FLAG_ROUTER | NHRP_FLAG_SRC_STABLE,
		.id = q->id,
		.src_proto = q->own,
		.dst_proto = q->dst,
	};
	struct nhrp_cie cie = { .hold = fsm->cfg.holding_time };
	struct nhrp_route route = { .type = NHRP_ROUTE_NONE };
	struct nhrp_builder b;

	fsm->ops->route(fsm->ctx, &q->dst, &route);
	if (route.type != NHRP_ROUTE_MESH)
		return -ENETUNREACH;
	nhrp_timer_set(fsm, &q->timer, fsm->now + (NHRP_MSEC << q->tries));
	q->tries++;
	nhrp_begin(fsm, &b, &h, &route.nbma);
	nhrp_build_cie(&b, &cie);
	nhrp_request_exts(&b);
	nhrp_finish(fsm, &b, &route.nbma);
	return 0;
}

/* Not to be asked again for a while, which grows with every refusal. */
static void query_refuse(struct nhrp_fsm *fsm, struct nhrp_query *q)
{
	unsigned int s = q->refusal ? q->refusal * 2 : NHRP_REFUSAL_MIN;

	q->state = NHRP_QUERY_REFUSED;
	q->refusal = min_t(unsigned int, s, NHRP_REFUSAL_MAX);
	nhrp_timer_set(fsm, &q->timer, fsm->now + q->refusal * NHRP_MSEC);
}

void nhrp_query_timeout(struct nhrp_fsm *fsm, struct nhrp_query *q)
{
	switch (q->state) {
	case NHRP_QUERY_WAITING:
		if (q->tries >= NHRP_QUERY_TRIES)
			query_refuse(fsm, q);
		else if (query_send(fsm, q))
			query_free(fsm, q);
		break;
	case NHRP_QUERY_REFUSED:
		q->state = NHRP_QUERY_LINGERING;
		nhrp_timer_set(fsm, &q->timer,
			       fsm->now + q->refusal * 2 * NHRP_MSEC);
		break;
	case NHRP_QUERY_LINGERING:
		query_free(fsm, q);
		break;
	}
}

static struct nhrp_query *query_new(struct nhrp_fsm *fsm,
				    const struct mesh_addr *dst,
				    struct rb_node *parent,
				    struct rb_node **link, int *err)
{
	struct nhrp_query *q;

	if (fsm->n_queries >= fsm->cfg.max_queries) {
		fsm->stats.table_full++;
		*err = -ENOSPC;
		return NULL;
	}
	q = kzalloc(sizeof(*q), GFP_KERNEL);
	if (!q) {
		fsm->stats.nomem++;
		*err = -ENOMEM;
		return NULL;
	}
	nhrp_timer_init(&q->timer, NHRP_TIMER_QUERY);
	q->state = NHRP_QUERY_LINGERING;
	q->dst = *dst;
	rb_link_node(&q->node, parent, link);
	rb_insert_color(&q->node, &fsm->queries);
	fsm->n_queries++;
	return q;
}

int nhrp_query_start(struct nhrp_fsm *fsm, const struct mesh_addr *dst,
		     bool again)
{
	struct rb_node *parent, **link;
	struct nhrp_query *q;
	int err = 0;

	if (!again && nhrp_shortcut_covers(fsm, dst))
		return 0;
	q = query_find(fsm, dst, &parent, &link);
	if (q && q->state != NHRP_QUERY_LINGERING)
		return 0;
	if (!q)
		q = query_new(fsm, dst, parent, link, &err);
	if (!q)
		return err;
	if (fsm->ops->proto_addr(fsm->ctx, dst->len, &q->own)) {
		q->state = NHRP_QUERY_WAITING;
		q->id = ++fsm->req_id;
		q->tries = 0;
		err = query_send(fsm, q);
	} else {
		err = -EADDRNOTAVAIL;
	}
	if (err)
		query_free(fsm, q);
	return err;
}

int nhrp_fsm_resolve(struct nhrp_fsm *fsm, u64 now, const struct mesh_addr *dst)
{
	fsm->now = now;
	return fsm->up ? nhrp_query_start(fsm, dst, false) : -ENETDOWN;
}

void nhrp_resolve_exit(struct nhrp_fsm *fsm)
{
	struct rb_node *n;

	while ((n = rb_first(&fsm->queries)))
		query_free(fsm, rb_entry(n, struct nhrp_query, node));
}

static bool multicast(const struct mesh_addr *a)
{
	return a->len == 4 ? a->b[0] >= 0xe0 : a->b[0] == 0xff;
}

void nhrp_traffic_indication(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	struct mesh_addr src, dst;

	if (!fsm->cfg.shortcut)
		return;
	if (!nhrp_quoted(rx->p.buf + rx->p.tail, rx->p.tail_len, &src, &dst) ||
	    multicast(&dst)) {
		fsm->stats.malformed++;
		return;
	}
	nhrp_query_start(fsm, &dst, false);
}

/* The peer that the first, best entry names, with all its endpoints. */
static bool read_answer(const struct nhrp_rx *rx, struct nhrp_cie *best,
			struct nhrp_peer *peer)
{
	const struct mesh_addr *dst = &rx->p.h.dst_proto;
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;
	bool more;

	more = nhrp_cie_first(&rx->p, &it, best);
	if (!more || best->code || !best->hold)
		return false;
	memset(peer, 0, sizeof(*peer));
	peer->proto = best->proto.len ? best->proto : *dst;
	peer->origin = NHRP_ORIGIN_RESOLVED;
	peer->hold = best->hold;
	peer->mtu = best->mtu;
	for (cie = *best; more; more = nhrp_cie_next(&it, &cie))
		if (!cie.code && mesh_addr_equal(cie.proto.len ? &cie.proto : dst,
						 &peer->proto))
			nhrp_peer_add(peer, &cie.nbma, cie.preference);
	return peer->n;
}

/* Never wider than the route it is to be quicker than. */
static int install(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		   const struct nhrp_cie *cie, struct nhrp_peer *peer)
{
	const struct mesh_addr *dst = &rx->p.h.dst_proto;
	struct nhrp_route route = { .type = NHRP_ROUTE_NONE };
	struct nhrp_shortcut_info info = {
		.prefix = { .addr = *dst },
		.proto = peer->proto,
		.nbma = peer->ep[0].nbma,
		.hold = peer->hold,
	};
	int err;

	fsm->ops->route(fsm->ctx, dst, &route);
	if (route.type != NHRP_ROUTE_MESH ||
	    fsm->ops->is_own(fsm->ctx, &peer->proto))
		return -ENETUNREACH;
	info.prefix.len = max(nhrp_cie_bits(&rx->p, cie), route.plen);
	mesh_prefix_mask(&info.prefix);
	err = nhrp_binding_learn(fsm, peer);
	if (!err)
		err = nhrp_shortcut_learn(fsm, dst, &info);
	if (!err)
		nhrp_shortcut_outdated(fsm, dst, &info.prefix);
	return err;
}

void nhrp_resolution_reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	const struct nhrp_head *h = &rx->p.h;
	struct rb_node *parent, **link;
	struct nhrp_query *q;
	struct nhrp_cie best;
	struct nhrp_peer peer;

	q = query_find(fsm, &h->dst_proto, &parent, &link);
	if (!q || q->state != NHRP_QUERY_WAITING || q->id != h->id ||
	    !mesh_addr_equal(&q->own, &h->src_proto)) {
		fsm->stats.stale++;
		return;
	}
	if (!read_answer(rx, &best, &peer)) {
		nhrp_shortcut_outdated(fsm, &h->dst_proto, NULL);
		query_refuse(fsm, q);
	} else if (install(fsm, rx, &best, &peer)) {
		query_refuse(fsm, q);
	} else {
		query_free(fsm, q);
	}
}

static void answer(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		   const struct mesh_addr *to, const struct nhrp_cie *cie)
{
	struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REPLY,
		.flags = rx->p.h.flags | NHRP_FLAG_AUTHORITATIVE,
		.dst_proto = rx->p.h.dst_proto,
	};
	struct nhrp_builder b;

	if (cie->code)
		fsm->stats.refused++;
	else
		h.flags |= NHRP_FLAG_DST_STABLE;
	nhrp_reply_begin(fsm, &b, rx, &h);
	nhrp_build_cie(&b, cie);
	nhrp_reply_exts(fsm, &b, rx);
	nhrp_finish(fsm, &b, to);
}

static void learn_asker(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	const struct nhrp_head *h = &rx->p.h;
	struct nhrp_peer peer = {
		.proto = h->src_proto,
		.origin = NHRP_ORIGIN_RESOLVED,
	};
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;

	if (!(h->flags & NHRP_FLAG_SRC_STABLE) ||
	    !nhrp_cie_first(&rx->p, &it, &cie) || !cie.hold)
		return;
	peer.hold = cie.hold;
	peer.mtu = cie.mtu;
	nhrp_peer_add(&peer, &h->src_nbma, 0);
	if (peer.n)
		nhrp_binding_learn(fsm, &peer);
}

/* @route: to the address asked for; it lies behind us, or nowhere. */
void nhrp_resolution_request(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
			     const struct nhrp_route *route)
{
	const struct nhrp_head *h = &rx->p.h;
	const struct mesh_addr *to = h->src_nbma.len ? &h->src_nbma : rx->from;
	struct mesh_prefix prefix = { .addr = h->dst_proto };
	struct nhrp_cie cie;

	if (route->type != NHRP_ROUTE_LOCAL ||
	    !nhrp_own_cie(fsm, h->dst_proto.len, to, &cie)) {
		/* Who is in no family of ours is told as we were asked. */
		if (!fsm->ops->nbma_addr(fsm->ctx, to, &cie.nbma))
			to = rx->from;
		memset(&cie, 0, sizeof(cie));
		cie.code = NHRP_CIE_NO_BINDING;
		answer(fsm, rx, to, &cie);
		return;
	}
	prefix.len = mesh_addr_bits(&prefix.addr);
	if (route->plen && !(h->flags & NHRP_FLAG_UNIQUE))
		prefix.len = route->plen;
	mesh_prefix_mask(&prefix);
	cie.prefix = h->flags & NHRP_FLAG_UNIQUE ? NHRP_PREFIX_HOST : prefix.len;
	if (!nhrp_answer_remember(fsm, &h->src_proto, to, &h->dst_proto,
				  &prefix, route->plen))
		cie.hold = min_t(u16, cie.hold, NHRP_HOLD_UNTRACKED);
	learn_asker(fsm, rx);
	answer(fsm, rx, to, &cie);
}

// SPDX-License-Identifier: GPL-2.0
/* Resolution, the side of who asks: questions, and what becomes of answers. */
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
	nhrp_uncharge(fsm, q);
}

static int query_send(struct nhrp_fsm *fsm, struct nhrp_query *q)
{
	struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REQUEST,
		.flags = NHRP_FLAG_ROUTER | NHRP_FLAG_SRC_STABLE | NHRP_FLAG_NAT,
		.id = q->id,
		.src_nbma = q->home,
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
	q->via = route.nbma;
	nhrp_begin(fsm, &b, &h, &route.nbma);
	nhrp_build_cie(&b, &cie);
	nhrp_request_exts(&b);
	nhrp_build_ext(&b, NHRP_EXT_NAT);
	nhrp_finish(fsm, &b, &route.nbma);
	return 0;
}

static int query_ask(struct nhrp_fsm *fsm, struct nhrp_query *q)
{
	q->id = ++fsm->req_id;
	q->tries = 0;
	return query_send(fsm, q);
}

/*
 * Who answers names underlay addresses of the family that the question names one
 * of, and may have none of it: then it is asked once more, in the other family.
 */
static bool query_turn(struct nhrp_fsm *fsm, struct nhrp_query *q, u8 code)
{
	u8 len = q->via.len == 4 ? 16 : 4;
	const struct nhrp_endpoint *home = nhrp_home(&fsm->cfg, len, 0);

	if (q->home.len || (code != NHRP_CIE_NO_BINDING &&
			    code != NHRP_CIE_NO_BINDING_FRR))
		return false;
	if (home)
		q->home = home->nbma;
	else if (!fsm->ops->nbma_own(fsm->ctx, len, &q->home))
		q->home.len = 0;
	if (!q->home.len || query_ask(fsm, q))
		return false;
	fsm->stats.other_family++;
	return true;
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

	*err = -ENOSPC;
	if (fsm->n_queries >= fsm->cfg.max_queries) {
		fsm->stats.table_full++;
		return NULL;
	}
	if (!nhrp_charge(fsm))
		return NULL;
	q = kzalloc(sizeof(*q), GFP_KERNEL);
	if (!q) {
		nhrp_uncharge(fsm, q);
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
		q->home.len = 0;
		err = query_ask(fsm, q);
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

void nhrp_queries_exit(struct nhrp_fsm *fsm)
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

/* What a reply says: peers, the best first, each with its endpoints. */
struct reply {
	u8 code;
	u8 bits;
	u8 n;
	struct nhrp_peer peer[NHRP_HOPS_MAX];
	struct nhrp_hop hop[NHRP_HOPS_MAX];
};

static void read_entry(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		       const struct nhrp_cie *cie, struct reply *reply)
{
	const struct mesh_addr *proto = cie->proto.len ? &cie->proto :
							 &rx->p.h.dst_proto;
	struct nhrp_peer *peer;
	unsigned int i;

	if (cie->code || !cie->hold || fsm->ops->is_own(fsm->ctx, proto))
		return;
	for (i = 0; i < reply->n; i++)
		if (mesh_addr_equal(&reply->peer[i].proto, proto))
			break;
	if (i == NHRP_HOPS_MAX)
		return;
	peer = &reply->peer[i];
	if (i < reply->n) {
		peer->hold = min(peer->hold, cie->hold);
	} else {
		peer->proto = *proto;
		peer->origin = NHRP_ORIGIN_RESOLVED;
		peer->hold = cie->hold;
		peer->mtu = cie->mtu;
		reply->hop[i].proto = *proto;
		reply->hop[i].preference = cie->preference;
	}
	nhrp_peer_add(peer, &cie->nbma, cie->preference);
	if (i == reply->n && peer->n)
		reply->n++;
}

/* False for a negative one. */
static bool read_reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		       struct reply *reply)
{
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;
	unsigned int i;
	bool more;

	memset(reply, 0, sizeof(*reply));
	more = nhrp_cie_first(&rx->p, &it, &cie);
	if (more) {
		reply->code = cie.code;
		reply->bits = nhrp_cie_bits(&rx->p, &cie);
	}
	for (; more; more = nhrp_cie_next(&it, &cie))
		read_entry(fsm, rx, &cie, reply);
	for (i = 0; i < reply->n; i++)
		nhrp_nat_answer(rx, &reply->peer[i]);
	return reply->n && !reply->code;
}

/*
 * Never wider than the route it is to be quicker than, and never for longer than
 * any of those that it leads to has said.
 */
static int install(struct nhrp_fsm *fsm, const struct mesh_addr *dst,
		   struct reply *reply)
{
	struct nhrp_route route = { .type = NHRP_ROUTE_NONE };
	struct nhrp_shortcut_info info = {
		.prefix = { .addr = *dst },
		.proto = reply->peer[0].proto,
		.nbma = reply->peer[0].ep[0].nbma,
		.hold = reply->peer[0].hold,
	};
	unsigned int i;
	int err = 0;

	fsm->ops->route(fsm->ctx, dst, &route);
	if (route.type != NHRP_ROUTE_MESH)
		return -ENETUNREACH;
	info.prefix.len = max(reply->bits, route.plen);
	mesh_prefix_mask(&info.prefix);
	for (i = 0; i < reply->n && !err; i++) {
		info.hold = min(info.hold, reply->peer[i].hold);
		err = nhrp_binding_learn(fsm, &reply->peer[i]);
	}
	if (!err)
		err = nhrp_shortcut_learn(fsm, dst, &info, reply->hop, reply->n);
	if (!err)
		nhrp_shortcut_outdated(fsm, dst, &info.prefix);
	return err;
}

/* The question that waits for an answer of this head. */
static struct nhrp_query *query_asked(struct nhrp_fsm *fsm,
				      const struct nhrp_head *h)
{
	struct rb_node *parent, **link;
	struct nhrp_query *q;

	q = query_find(fsm, &h->dst_proto, &parent, &link);
	if (!q || q->state != NHRP_QUERY_WAITING || q->id != h->id ||
	    !mesh_addr_equal(&q->own, &h->src_proto))
		return NULL;
	return q;
}

/*
 * What went by one server may be reported by another, which knows us at first
 * hand.  A shortcut that was to be renewed stands until its time, unless it was
 * said that nothing leads there: that is an answer.
 */
bool nhrp_query_failed(struct nhrp_fsm *fsm, const struct nhrp_head *request,
		       u16 code, const struct mesh_addr *from)
{
	struct nhrp_query *q = query_asked(fsm, request);

	if (!q || !(mesh_addr_equal(&q->via, from) || nhrp_nhs_is(fsm, from)))
		return false;
	if (code == NHRP_ERROR_UNREACHABLE)
		nhrp_shortcut_outdated(fsm, &request->dst_proto, NULL);
	query_refuse(fsm, q);
	return true;
}

void nhrp_resolution_reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	const struct nhrp_head *h = &rx->p.h;
	struct nhrp_query *q = query_asked(fsm, h);
	struct reply reply;

	if (!q) {
		fsm->stats.stale++;
		return;
	}
	if (!read_reply(fsm, rx, &reply)) {
		fsm->stats.negative++;
		if (query_turn(fsm, q, reply.code))
			return;
		/* Who had no room for the answer has not said that it is wrong. */
		if (reply.code != NHRP_CIE_NO_RESOURCES)
			nhrp_shortcut_outdated(fsm, &h->dst_proto, NULL);
		query_refuse(fsm, q);
	} else if (install(fsm, &h->dst_proto, &reply)) {
		query_refuse(fsm, q);
	} else {
		query_free(fsm, q);
	}
}

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
		.flags = NHRP_FLAG_ROUTER | NHRP_FLAG_SRC_STABLE | NHRP_FLAG_NAT,
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
	nhrp_build_ext(&b, NHRP_EXT_NAT);
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
	if (i == reply->n) {
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

/* Never wider than the route it is to be quicker than. */
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
	for (i = 0; i < reply->n && !err; i++)
		err = nhrp_binding_learn(fsm, &reply->peer[i]);
	if (!err)
		err = nhrp_shortcut_learn(fsm, dst, &info, reply->hop, reply->n);
	if (!err)
		nhrp_shortcut_outdated(fsm, dst, &info.prefix);
	return err;
}

void nhrp_resolution_reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	const struct nhrp_head *h = &rx->p.h;
	struct rb_node *parent, **link;
	struct nhrp_query *q;
	struct reply reply;

	q = query_find(fsm, &h->dst_proto, &parent, &link);
	if (!q || q->state != NHRP_QUERY_WAITING || q->id != h->id ||
	    !mesh_addr_equal(&q->own, &h->src_proto)) {
		fsm->stats.stale++;
		return;
	}
	if (!read_reply(fsm, rx, &reply)) {
		fsm->stats.negative++;
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

/*
 * Entries of the answer to a question, from *@at on.  Who asks is not told of
 * itself, as it has a way there of its own, nor of what its packet's family
 * cannot name.
 */
static bool next_entry(struct nhrp_fsm *fsm, const struct nhrp_ask *ask,
		       const struct nhrp_route *route, unsigned int *at,
		       struct nhrp_cie *cie)
{
	if (route->type == NHRP_ROUTE_LOCAL)
		return !(*at)++ && nhrp_own_cie(fsm, ask->dst.len, &ask->nbma,
						cie);
	while (*at < route->n) {
		const struct nhrp_way *way = &route->way[(*at)++];

		if (mesh_addr_equal(&way->proto, &ask->asker) ||
		    way->nbma.len != ask->nbma.len)
			continue;
		*cie = (struct nhrp_cie) {
			.preference = way->preference,
			.hold = fsm->cfg.holding_time,
			.nbma = way->nbma,
			.proto = way->proto,
		};
		return true;
	}
	return false;
}

static void answer_prefix(const struct nhrp_ask *ask,
			  const struct nhrp_route *route,
			  struct mesh_prefix *prefix)
{
	mesh_prefix_host(prefix, &ask->dst);
	if (route->plen && !ask->unique)
		prefix->len = route->plen;
	mesh_prefix_mask(prefix);
}

/* FNV-1a: it tells an answer from what it was, nobody else looks at it. */
static u32 mix(u32 sum, const void *data, size_t len)
{
	const u8 *b = data;

	while (len--)
		sum = (sum ^ *b++) * 0x01000193;
	return sum;
}

u32 nhrp_answer_sum(struct nhrp_fsm *fsm, const struct nhrp_ask *ask,
		    const struct nhrp_route *route)
{
	struct mesh_prefix prefix;
	unsigned int at = 0;
	struct nhrp_cie cie;
	u32 sum;

	answer_prefix(ask, route, &prefix);
	sum = mix(0x811c9dc5, &prefix.len, sizeof(prefix.len));
	while (next_entry(fsm, ask, route, &at, &cie)) {
		sum = mix(sum, cie.proto.b, cie.proto.len);
		sum = mix(sum, cie.nbma.b, cie.nbma.len);
		sum = mix(sum, &cie.preference, sizeof(cie.preference));
	}
	return sum;
}

/*
 * A server answers for a peer that it knows at first hand; and, as only it
 * knows them all, about what lies behind several or behind several endpoints,
 * unless an answer of authority is wanted.
 */
bool nhrp_speaks_for(const struct nhrp_fsm *fsm, const struct mesh_addr *dst,
		     u16 flags, const struct nhrp_route *route)
{
	if (route->type != NHRP_ROUTE_MESH)
		return route->type == NHRP_ROUTE_LOCAL;
	if (!fsm->cfg.server || !route->vouched || !route->n)
		return false;
	return mesh_addr_equal(dst, &route->proto) ||
	       (route->n > 1 && !(flags & NHRP_FLAG_AUTHORITATIVE));
}

/* Why there is no answer; 0: there is one. */
static u8 refusal(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		  const struct nhrp_ask *ask, const struct nhrp_route *route)
{
	unsigned int at = 0, n = 0;
	struct nhrp_cie cie;

	if (!nhrp_speaks_for(fsm, &ask->dst, rx->p.h.flags, route))
		return NHRP_CIE_NO_BINDING;
	if (!ask->others && !fsm->cfg.shortcut)
		return NHRP_CIE_PROHIBITED;
	while (next_entry(fsm, ask, route, &at, &cie))
		n++;
	if (!n)
		return NHRP_CIE_NO_BINDING;
	return n > 1 && ask->unique ? NHRP_CIE_NOT_UNIQUE : 0;
}

static void refuse(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		   const struct nhrp_ask *ask, u8 code)
{
	struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REPLY,
		.flags = rx->p.h.flags | NHRP_FLAG_AUTHORITATIVE,
		.dst_proto = ask->dst,
	};
	struct nhrp_cie cie = { .code = code };
	struct nhrp_builder b;
	struct mesh_addr from;

	fsm->stats.refused++;
	nhrp_reply_begin(fsm, &b, rx, &h);
	nhrp_build_cie(&b, &cie);
	nhrp_reply_exts(fsm, &b, rx);
	/* Who is in no family of ours is told as we were asked. */
	nhrp_finish(fsm, &b, fsm->ops->nbma_addr(fsm->ctx, &ask->nbma, &from) ?
			     &ask->nbma : rx->from);
}

/* @hold: at most, s */
static void answer(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		   const struct nhrp_ask *ask, const struct nhrp_route *route,
		   const struct mesh_prefix *prefix, u16 hold)
{
	struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REPLY,
		.flags = rx->p.h.flags | NHRP_FLAG_DST_STABLE,
		.dst_proto = ask->dst,
	};
	unsigned int at = 0;
	struct nhrp_builder b;
	struct nhrp_cie cie;

	if (!ask->others || mesh_addr_equal(&ask->dst, &route->proto))
		h.flags |= NHRP_FLAG_AUTHORITATIVE;
	nhrp_reply_begin(fsm, &b, rx, &h);
	while (next_entry(fsm, ask, route, &at, &cie)) {
		cie.prefix = ask->unique ? NHRP_PREFIX_HOST : prefix->len;
		cie.hold = min(cie.hold, hold);
		nhrp_build_cie(&b, &cie);
	}
	nhrp_reply_exts(fsm, &b, rx);
	nhrp_finish(fsm, &b, &ask->nbma);
}

static void learn_asker(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
			const struct mesh_addr *nbma)
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
	nhrp_peer_add(&peer, nbma, 0);
	if (peer.n)
		nhrp_binding_learn(fsm, &peer);
}

void nhrp_resolution_request(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
			     const struct nhrp_route *route)
{
	const struct nhrp_head *h = &rx->p.h;
	struct nhrp_ask ask = {
		.asker = h->src_proto,
		.dst = h->dst_proto,
		.unique = h->flags & NHRP_FLAG_UNIQUE,
		.others = route->type != NHRP_ROUTE_LOCAL,
	};
	u16 hold = fsm->cfg.holding_time;
	struct mesh_prefix prefix;
	struct mesh_addr asker;
	u8 code;

	/* Its translator may let in nobody to whom it has not sent itself. */
	ask.nbma = nhrp_nat_asker(rx, &asker) ? *rx->from : asker;
	code = refusal(fsm, rx, &ask, route);
	answer_prefix(&ask, route, &prefix);
	if (!code && !nhrp_answer_remember(fsm, &ask, &prefix,
					   nhrp_answer_sum(fsm, &ask, route))) {
		/* Of others nothing is said that cannot be taken back. */
		if (ask.others)
			code = NHRP_CIE_NO_RESOURCES;
		hold = min_t(u16, hold, NHRP_HOLD_UNTRACKED);
	}
	if (code) {
		refuse(fsm, rx, &ask, code);
		return;
	}
	if (!ask.others)
		learn_asker(fsm, rx, &asker);
	answer(fsm, rx, &ask, route, &prefix, hold);
}

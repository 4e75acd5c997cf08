// SPDX-License-Identifier: GPL-2.0
#include "nhrp_core.h"

/* So many timers a run, so that others get at the caller's lock in between. */
#define RUN_BATCH	256

static void timer_link(struct nhrp_fsm *fsm, struct nhrp_timer *t)
{
	struct rb_node **link = &fsm->timers.rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (t->at < rb_entry(parent, struct nhrp_timer, node)->at) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(&t->node, parent, link);
	rb_insert_color_cached(&t->node, &fsm->timers, leftmost);
}

void nhrp_timer_stop(struct nhrp_fsm *fsm, struct nhrp_timer *t)
{
	if (RB_EMPTY_NODE(&t->node))
		return;
	rb_erase_cached(&t->node, &fsm->timers);
	RB_CLEAR_NODE(&t->node);
}

void nhrp_timer_set(struct nhrp_fsm *fsm, struct nhrp_timer *t, u64 at)
{
	nhrp_timer_stop(fsm, t);
	t->at = at;
	timer_link(fsm, t);
}

static void timer_fire(struct nhrp_fsm *fsm, struct nhrp_timer *t)
{
	switch ((enum nhrp_timer_kind)t->kind) {
	case NHRP_TIMER_REG:
		nhrp_reg_timeout(fsm, container_of(t, struct nhrp_reg, timer));
		break;
	case NHRP_TIMER_BINDING:
		nhrp_binding_timeout(fsm, container_of(t, struct nhrp_binding,
						       timer));
		break;
	case NHRP_TIMER_SHORTCUT:
		nhrp_shortcut_timeout(fsm, container_of(t, struct nhrp_shortcut,
							timer));
		break;
	case NHRP_TIMER_QUERY:
		nhrp_query_timeout(fsm, container_of(t, struct nhrp_query,
						     timer));
		break;
	case NHRP_TIMER_ANSWER:
		nhrp_answer_timeout(fsm, container_of(t, struct nhrp_answer,
						      timer));
		break;
	}
}

u64 nhrp_fsm_run(struct nhrp_fsm *fsm, u64 now)
{
	unsigned int left = RUN_BATCH;
	struct rb_node *first;

	fsm->now = now;
	while ((first = rb_first_cached(&fsm->timers))) {
		struct nhrp_timer *t = rb_entry(first, struct nhrp_timer, node);

		if (t->at > now)
			return t->at;
		if (!left--)
			return now;
		nhrp_timer_stop(fsm, t);
		timer_fire(fsm, t);
	}
	return NHRP_NEVER;
}

bool nhrp_charge(struct nhrp_fsm *fsm)
{
	if (fsm->ops->charge(fsm->ctx))
		return true;
	fsm->stats.net_full++;
	return false;
}

void nhrp_uncharge(struct nhrp_fsm *fsm, const void *object)
{
	fsm->ops->uncharge(fsm->ctx);
	kfree(object);
}

void nhrp_config_default(struct nhrp_config *cfg)
{
	memset(cfg, 0, sizeof(*cfg));
	cfg->holding_time = NHRP_HOLDING_TIME_DEFAULT;
	cfg->max_peers = NHRP_MAX_PEERS_DEFAULT;
	cfg->register_rate = NHRP_REGISTER_RATE_DEFAULT;
	cfg->max_shortcuts = NHRP_MAX_SHORTCUTS_DEFAULT;
	cfg->max_queries = NHRP_MAX_QUERIES_DEFAULT;
	cfg->max_answers = NHRP_MAX_ANSWERS_DEFAULT;
	cfg->shortcut = true;
}

int nhrp_config_check(const struct nhrp_config *cfg, const char **why)
{
	if (cfg->holding_time < NHRP_HOLDING_TIME_MIN)
		*why = "the holding time is at least 3 s";
	else if (cfg->secret_len > NHRP_SECRET_MAX)
		*why = "the password has at most 8 octets";
	else if (cfg->unique && cfg->n_homes > 1)
		*why = "a unique registration is for one home only";
	else
		return 0;
	return -EINVAL;
}

void nhrp_fsm_init(struct nhrp_fsm *fsm, const struct nhrp_ops *ops, void *ctx,
		   const struct nhrp_config *cfg, u32 id_seed)
{
	memset(fsm, 0, sizeof(*fsm));
	fsm->ops = ops;
	fsm->ctx = ctx;
	fsm->cfg = *cfg;
	fsm->id_seed = id_seed;
	fsm->reg_id = id_seed;
	fsm->req_id = id_seed;
	fsm->timers = RB_ROOT_CACHED;
	INIT_LIST_HEAD(&fsm->nhs);
	fsm->bindings = RB_ROOT;
	fsm->shortcuts = RB_ROOT;
	fsm->queries = RB_ROOT;
	fsm->answers = RB_ROOT;
	nhrp_auth_init(&fsm->auth);
}

void nhrp_fsm_exit(struct nhrp_fsm *fsm)
{
	nhrp_queries_exit(fsm);
	nhrp_answers_exit(fsm);
	nhrp_cache_exit(fsm);
	nhrp_client_exit(fsm);
	nhrp_auth_exit(fsm);
	nhrp_grey_exit(fsm);
	memset(fsm->cfg.secret, 0, sizeof(fsm->cfg.secret));
}

void nhrp_fsm_up(struct nhrp_fsm *fsm, u64 now)
{
	fsm->now = now;
	fsm->up = true;
	if (!fsm->born)
		fsm->born = now;
	nhrp_client_refresh(fsm, false);
}

void nhrp_fsm_down(struct nhrp_fsm *fsm, u64 now)
{
	fsm->now = now;
	nhrp_client_down(fsm);
	nhrp_answers_down(fsm);
	nhrp_queries_exit(fsm);
	nhrp_cache_down(fsm);
	nhrp_grey_exit(fsm);
	fsm->up = false;
}

static bool same_homes(const struct nhrp_config *a, const struct nhrp_config *b)
{
	return a->n_homes == b->n_homes &&
	       !memcmp(a->home, b->home, a->n_homes * sizeof(a->home[0]));
}

static bool same_registration(const struct nhrp_config *a,
			      const struct nhrp_config *b)
{
	return a->holding_time == b->holding_time && a->unique == b->unique &&
	       same_homes(a, b) &&
	       a->secret_len == b->secret_len &&
	       !memcmp(a->secret, b->secret, a->secret_len);
}

void nhrp_fsm_configure(struct nhrp_fsm *fsm, u64 now,
			const struct nhrp_config *cfg)
{
	struct nhrp_config old = fsm->cfg;

	fsm->now = now;
	fsm->cfg = *cfg;
	if (old.server && !cfg->server)
		nhrp_bindings_drop_origin(fsm, NHRP_ORIGIN_REGISTERED);
	if (!same_registration(&old, cfg))
		nhrp_client_refresh(fsm, true);
	/* After the servers: those who are told to forget go by them. */
	if (!same_homes(&old, cfg)) {
		nhrp_answers_doubt(fsm, false);
		nhrp_cache_purge_own(fsm);
	}
}

/* After the servers know: what others purge goes by them from then on. */
static void purge_place(struct nhrp_fsm *fsm)
{
	fsm->moved = true;
	nhrp_answers_doubt(fsm, true);
	nhrp_cache_purge_own(fsm);
}

void nhrp_fsm_addr_changed(struct nhrp_fsm *fsm, u64 now)
{
	fsm->now = now;
	if (nhrp_client_refresh(fsm, false))
		purge_place(fsm);
}

void nhrp_fsm_underlay_changed(struct nhrp_fsm *fsm, u64 now)
{
	fsm->now = now;
	nhrp_client_refresh(fsm, true);
	purge_place(fsm);
}

void nhrp_fsm_route_changed(struct nhrp_fsm *fsm, u64 now,
			    const struct mesh_prefix *changed)
{
	fsm->now = now;
	if (nhrp_client_route_changed(fsm, changed))
		purge_place(fsm);
	nhrp_answers_route_changed(fsm, changed);
}

void nhrp_fsm_routes_changed(struct nhrp_fsm *fsm, u64 now)
{
	fsm->now = now;
	if (nhrp_client_route_changed(fsm, NULL))
		purge_place(fsm);
	nhrp_answers_doubt(fsm, false);
}

static void count_rx(struct nhrp_stats *stats, u8 type)
{
	switch (type) {
	case NHRP_RESOLUTION_REQUEST:
	case NHRP_RESOLUTION_REPLY:
		stats->resolve_rx++;
		break;
	case NHRP_REGISTRATION_REQUEST:
	case NHRP_REGISTRATION_REPLY:
		stats->register_rx++;
		break;
	case NHRP_PURGE_REQUEST:
	case NHRP_PURGE_REPLY:
		stats->purge_rx++;
		break;
	case NHRP_ERROR_INDICATION:
		stats->error_rx++;
		break;
	case NHRP_TRAFFIC_INDICATION:
		stats->redirect_rx++;
		break;
	}
}

/* Whether every extension that its sender holds compulsory is known here. */
static bool understood(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	struct nhrp_ext ext;
	bool more;

	for (more = nhrp_ext_first(&rx->p, &ext); more; more = nhrp_ext_next(&ext)) {
		if (!ext.compulsory)
			continue;
		switch (ext.type) {
		case NHRP_EXT_RESPONDER:
		case NHRP_EXT_FORWARD_RECORD:
		case NHRP_EXT_REVERSE_RECORD:
		case NHRP_EXT_AUTH:
		case NHRP_EXT_NAT:
			continue;
		}
		fsm->stats.ext_unknown++;
		nhrp_send_error(fsm, rx, NHRP_ERROR_EXT_UNKNOWN,
				ext.data - rx->p.buf);
		return false;
	}
	return true;
}

static void deliver(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		    const struct nhrp_route *route)
{
	if (!understood(fsm, rx))
		return;
	switch ((enum nhrp_type)rx->p.h.type) {
	case NHRP_RESOLUTION_REQUEST:
		nhrp_resolution_request(fsm, rx, route);
		break;
	case NHRP_RESOLUTION_REPLY:
		nhrp_resolution_reply(fsm, rx);
		break;
	case NHRP_REGISTRATION_REQUEST:
		nhrp_registration_request(fsm, rx);
		break;
	case NHRP_REGISTRATION_REPLY:
		nhrp_registration_reply(fsm, rx);
		break;
	case NHRP_PURGE_REQUEST:
		nhrp_purge_request(fsm, rx);
		break;
	case NHRP_TRAFFIC_INDICATION:
		nhrp_traffic_indication(fsm, rx);
		break;
	case NHRP_PURGE_REPLY:
		nhrp_purge_reply(fsm, rx);
		break;
	case NHRP_ERROR_INDICATION:
		nhrp_error_indication(fsm, rx);
		break;
	}
}

/* Who it is for: replies find the way back to their source. */
static const struct mesh_addr *target(const struct nhrp_head *h)
{
	return nhrp_type_is_reply(h->type) ? &h->src_proto : &h->dst_proto;
}

static void dispatch(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	const struct nhrp_head *h = &rx->p.h;
	const struct mesh_addr *to = target(h);
	struct nhrp_route route = { .type = NHRP_ROUTE_NONE };

	/* A client that does not know its server's address names itself. */
	if ((h->type == NHRP_REGISTRATION_REQUEST ||
	     h->type == NHRP_PURGE_REQUEST) &&
	    mesh_addr_equal(&h->src_proto, &h->dst_proto)) {
		deliver(fsm, rx, &route);
		return;
	}
	if (to->len)
		fsm->ops->route(fsm->ctx, to, &route);
	if (h->type == NHRP_RESOLUTION_REQUEST &&
	    (nhrp_speaks_for(fsm, to, h->flags, &route) ||
	     nhrp_nat_hides(fsm, &h->src_proto, &route))) {
		deliver(fsm, rx, &route);
	} else if (route.type == NHRP_ROUTE_MESH ||
		   route.type == NHRP_ROUTE_DOMAIN) {
		nhrp_forward(fsm, rx, &route);
	} else if (route.type == NHRP_ROUTE_LOCAL ||
		   (route.type == NHRP_ROUTE_VACANT &&
		    h->type == NHRP_RESOLUTION_REQUEST)) {
		deliver(fsm, rx, &route);
	} else if (h->type != NHRP_ERROR_INDICATION) {
		fsm->stats.no_route++;
		nhrp_send_error(fsm, rx, NHRP_ERROR_UNREACHABLE, 0);
	}
}

static void receive(struct nhrp_fsm *fsm, u64 now, struct nhrp_rx *rx,
		    const void *buf, size_t len)
{
	const struct nhrp_head *h = &rx->p.h;

	fsm->now = now;
	if (!fsm->up)
		return;
	fsm->stats.rx++;
	if (nhrp_parse(&rx->p, buf, len)) {
		fsm->stats.malformed++;
		return;
	}
	count_rx(&fsm->stats, h->type);
	if (!nhrp_auth_rx(fsm, rx))
		return;
	if (!nhrp_type_is_reply(h->type) && h->src_proto.len &&
	    fsm->ops->is_own(fsm->ctx, &h->src_proto)) {
		fsm->stats.loop_source++;
		return;
	}
	dispatch(fsm, rx);
}

void nhrp_fsm_rx(struct nhrp_fsm *fsm, u64 now, const void *buf, size_t len,
		 const struct mesh_addr *from)
{
	struct nhrp_rx rx = { .from = from, .trust = nhrp_auth_demand(fsm) };

	receive(fsm, now, &rx, buf, len);
}

void nhrp_fsm_take(struct nhrp_fsm *fsm, u64 now, const void *buf, size_t len,
		   const struct mesh_addr *from, enum nhrp_trust trust)
{
	struct nhrp_rx rx = { .from = from, .handed = true, .trust = trust };

	receive(fsm, now, &rx, buf, len);
}

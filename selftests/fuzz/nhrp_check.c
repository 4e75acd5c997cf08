// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "nhrp/nhrp_core.h"
#include "nhrp_check.h"

/* Entitlements */

static void grant(struct check *check, const struct mesh_addr *proto,
		  enum nhrp_origin origin, u64 until)
{
	struct check_grant *g;
	unsigned int i;

	for (i = 0; i < check->n; i++) {
		g = &check->grant[i];
		if (g->origin == origin && mesh_addr_equal(&g->proto, proto)) {
			g->until = max(g->until, until);
			return;
		}
	}
	if (check->n == CHECK_GRANTS) {
		check->overflow = true;
		return;
	}
	check->grant[check->n++] = (struct check_grant) {
		.proto = *proto,
		.origin = origin,
		.until = until,
	};
}

void check_packet(struct check *check, const struct sim_node *node,
		  const u8 *buf, size_t len)
{
	u64 until, now = node->sim->now;
	struct nhrp_cie_iter it;
	struct nhrp_packet p;
	struct nhrp_cie cie;
	u16 hold = 0;
	bool more;

	if (!node->fsm.up)
		return;
	check->rx++;
	if (nhrp_parse(&p, buf, len) || !nhrp_cie_first(&p, &it, &cie))
		return;
	for (more = true; more; more = nhrp_cie_next(&it, &cie))
		hold = max(hold, cie.hold);
	until = now + hold * NHRP_MSEC;
	switch (p.h.type) {
	case NHRP_REGISTRATION_REQUEST:
		grant(check, &p.h.src_proto, NHRP_ORIGIN_REGISTERED, until);
		break;
	case NHRP_RESOLUTION_REQUEST:
		grant(check, &p.h.src_proto, NHRP_ORIGIN_RESOLVED, until);
		break;
	case NHRP_RESOLUTION_REPLY:
		for (more = nhrp_cie_first(&p, &it, &cie); more;
		     more = nhrp_cie_next(&it, &cie))
			grant(check, cie.proto.len ? &cie.proto : &p.h.dst_proto,
			      NHRP_ORIGIN_RESOLVED, now + cie.hold * NHRP_MSEC);
		break;
	}
}

static bool granted(const struct check *check, const struct mesh_addr *proto,
		    enum nhrp_origin origin, u64 expires)
{
	unsigned int i;

	for (i = 0; i < check->n; i++)
		if (check->grant[i].origin == origin &&
		    mesh_addr_equal(&check->grant[i].proto, proto))
			return expires <= check->grant[i].until;
	return check->overflow;
}

/* Tables: what is in them, each with its timer, and nothing else with one */

static bool armed(const struct nhrp_timer *t)
{
	return !RB_EMPTY_NODE(&t->node);
}

static unsigned int check_regs(const struct sim_node *node)
{
	const struct nhrp_fsm *fsm = &node->fsm;
	unsigned int timers = 0, servers = 0, f;
	const struct nhrp_nhs *nhs;

	list_for_each_entry(nhs, &fsm->nhs, link) {
		servers++;
		for (f = 0; f < NHRP_FAMILIES; f++) {
			const struct nhrp_reg *reg = &nhs->reg[f];

			must(reg->nhs == nhs);
			must(!armed(&reg->timer) || reg->own.len);
			must(armed(&reg->timer) || !reg->own.len ||
			     reg->state == NHRP_NHS_STANDBY);
			must(!reg->own.len || nhrp_family(&reg->own) == f);
			must((reg->state == NHRP_NHS_IDLE) == !reg->own.len);
			must(!reg->pending || reg->own.len);
			must(reg->state != NHRP_NHS_UP || reg->expires);
			timers += armed(&reg->timer);
		}
	}
	must(servers == fsm->n_nhs && servers <= NHRP_MAX_NHS);
	return timers;
}

/* As a clock jumps, a shortcut stands for so long until its renewal is answered. */
#define RENEWAL_MAX	(U16_MAX * NHRP_MSEC / 10)

static u64 renewal_end(const struct check *check)
{
	return check->jumped ? check->jumped + RENEWAL_MAX : 0;
}

/*
 * A shortcut that leads, or led, there keeps a binding beyond its own time, but not
 * beyond what was once said of it.
 */
static bool in_time(const struct check *check, const struct nhrp_binding *b,
		    u64 expires)
{
	u64 end = b->timer.at;

	if (end == expires)
		return true;
	return b->origin == NHRP_ORIGIN_RESOLVED &&
	       (end <= renewal_end(check) ||
		granted(check, &b->proto, b->origin, end));
}

static unsigned int check_vias(const struct check *check,
			       const struct nhrp_binding *b)
{
	const struct nhrp_leg *leg;
	unsigned int n = 0;

	list_for_each_entry(leg, &b->shortcuts, of_binding) {
		must(b->origin == NHRP_ORIGIN_RESOLVED);
		must(granted(check, &b->proto, b->origin,
			     leg->shortcut->info.expires));
		must(leg != leg->shortcut->leg ||
		     mesh_addr_equal(&leg->shortcut->info.proto, &b->proto));
		n++;
	}
	return n;
}

static unsigned int check_bindings(const struct check *check,
				   const struct sim_node *node)
{
	const struct nhrp_fsm *fsm = &node->fsm;
	const struct nhrp_binding *b, *last = NULL;
	unsigned int n = 0, vias = 0, legs = 0, told = 0, i;
	const struct nhrp_peer *peer;
	struct rb_node *at;

	for (at = rb_first(&fsm->shortcuts); at; at = rb_next(at))
		legs += rb_entry(at, struct nhrp_shortcut, node)->n;

	for (at = rb_first(&fsm->bindings); at; at = rb_next(at), last = b, n++) {
		int d = 0;

		b = rb_entry(at, struct nhrp_binding, node);
		if (last)
			d = nhrp_addr_cmp(&last->proto, &b->proto);
		must(!last || d < 0 || (!d && last->origin < b->origin));
		must(armed(&b->timer));
		must(b->proto.len);
		must(b->n && b->n <= NHRP_ENDPOINTS_MAX);
		peer = sim_peer(node, &b->proto, b->origin);
		must(peer && peer->hold);
		must(in_time(check, b, peer->expires));
		must(granted(check, &b->proto, b->origin, peer->expires));
		must(peer->unique == b->unique && peer->nat == b->nat && peer->n == b->n);
		for (i = 0; i < b->n; i++)
			must(mesh_addr_equal(&peer->ep[i].nbma, &b->ep[i].nbma));
		vias += check_vias(check, b);
	}
	for (i = 0; i < node->n_peers; i++)
		told += node->peer[i].origin != NHRP_ORIGIN_NHS;
	must(n == fsm->n_bindings && n == told && vias == legs);
	return n;
}

static unsigned int check_shortcuts(const struct check *check,
				    const struct sim_node *node)
{
	const struct nhrp_fsm *fsm = &node->fsm;
	const struct nhrp_shortcut *s, *last = NULL;
	u32 plens[2][129] = { 0 };
	struct rb_node *at;
	unsigned int n = 0;

	for (at = rb_first(&fsm->shortcuts); at; at = rb_next(at), last = s, n++) {
		s = rb_entry(at, struct nhrp_shortcut, node);
		must(!last || nhrp_prefix_cmp(&last->info.prefix, &s->info.prefix) < 0);
		must(armed(&s->timer));
		must(s->timer.at <= max(s->info.expires, renewal_end(check)));
		must(s->info.prefix.len <= mesh_addr_bits(&s->info.prefix.addr));
		must(mesh_prefix_match(&s->info.prefix, &s->dst));
		must(sim_peer(node, &s->info.proto, NHRP_ORIGIN_RESOLVED));
		plens[nhrp_family(&s->info.prefix.addr)][s->info.prefix.len]++;
	}
	must(n == fsm->n_shortcuts && n == node->n_shortcuts);
	must(!memcmp(plens, fsm->plens, sizeof(plens)));
	return n;
}

static unsigned int check_queries(const struct nhrp_fsm *fsm, u64 now)
{
	const struct nhrp_query *q, *last = NULL;
	struct rb_node *at;
	unsigned int n = 0;

	for (at = rb_first(&fsm->queries); at; at = rb_next(at), last = q, n++) {
		q = rb_entry(at, struct nhrp_query, node);
		must(!last || nhrp_addr_cmp(&last->dst, &q->dst) < 0);
		must(armed(&q->timer));
		must(q->timer.at <= now + 2 * NHRP_REFUSAL_MAX * NHRP_MSEC);
		must(q->tries <= NHRP_QUERY_TRIES && q->refusal <= NHRP_REFUSAL_MAX);
	}
	must(n == fsm->n_queries);
	return n;
}

/* Without a timer each; they age as others come. */
static void check_signers(const struct nhrp_auth *auth)
{
	const struct list_head *of;
	unsigned int n = 0, listed = 0;
	struct rb_node *at;

	for (at = rb_first(&auth->signers); at; at = rb_next(at))
		n++;
	for (of = auth->lru.next; of != &auth->lru; of = of->next)
		listed++;
	must(n == auth->n_signers && listed == n);
	must(auth->n <= NHRP_KEYS_MAX);
}

static unsigned int check_answers(const struct nhrp_fsm *fsm)
{
	const struct nhrp_answer *a, *last = NULL;
	unsigned int n = 0, others = 0;
	u32 plens[2][129] = { 0 };
	struct rb_node *at;

	for (at = rb_first(&fsm->answers); at; at = rb_next(at), last = a, n++) {
		int d = 0;

		a = rb_entry(at, struct nhrp_answer, node);
		if (last)
			d = nhrp_prefix_cmp(&last->prefix, &a->prefix);
		must(!last || d < 0 ||
		     (!d && nhrp_addr_cmp(&last->ask.asker, &a->ask.asker) < 0));
		must(armed(&a->timer));
		must(a->state != NHRP_ANSWER_HELD || a->timer.at == a->expires);
		plens[nhrp_family(&a->prefix.addr)][a->prefix.len]++;
		others += a->ask.others;
	}
	must(n == fsm->n_answers && others == fsm->n_of_others);
	must(!memcmp(plens, fsm->answer_plens, sizeof(plens)));
	return n;
}

static void check_charges(const struct sim_node *node)
{
	const struct nhrp_fsm *fsm = &node->fsm;

	must(node->charged == fsm->n_bindings + fsm->n_shortcuts +
			      fsm->n_queries + fsm->n_answers +
			      fsm->auth.n_signers);
}

static void check_timers(const struct nhrp_fsm *fsm, unsigned int owned)
{
	struct rb_node *at = rb_first_cached(&fsm->timers);
	unsigned int n = 0;
	u64 last = 0;

	for (; at; at = rb_next(at), n++) {
		const struct nhrp_timer *t = rb_entry(at, struct nhrp_timer, node);

		must(t->at >= last);
		last = t->at;
	}
	must(n == owned);
}

/* Limits and counters */

static void check_limit(u32 *had, u32 have, u32 limit)
{
	must(have <= max(*had, limit));
	*had = have;
}

static void check_stats(const struct check *check, const struct sim_node *node)
{
	const struct nhrp_stats *s = &node->fsm.stats;
	unsigned int sent = 0, type;
	u64 read;

	for (type = 0; type < ARRAY_SIZE(node->sent); type++)
		sent += node->sent[type];
	must(s->tx == sent);
	must(s->tx == s->register_tx + s->resolve_tx + s->purge_tx +
		      s->error_tx + s->redirect_tx + s->forwarded);
	must(s->rx == check->rx);
	read = s->register_rx + s->resolve_rx + s->purge_rx + s->error_rx +
	       s->redirect_rx;
	must(read <= s->rx && s->rx - read <= s->malformed);
	must(s->error_extension + s->error_loop + s->error_unreachable +
	     s->error_auth + s->error_hops + s->error_other +
	     s->error_stray <= s->error_rx);
}

void check_node(struct check *check, const struct sim_node *node)
{
	const struct nhrp_fsm *fsm = &node->fsm;
	unsigned int timers = check_regs(node);

	timers += check_bindings(check, node);
	timers += check_shortcuts(check, node);
	timers += check_queries(fsm, node->sim->now);
	timers += check_answers(fsm);
	check_timers(fsm, timers);
	check_signers(&fsm->auth);
	check_charges(node);
	check_limit(&check->bindings, fsm->n_bindings, fsm->cfg.max_peers);
	check_limit(&check->shortcuts, fsm->n_shortcuts, fsm->cfg.max_shortcuts);
	check_limit(&check->queries, fsm->n_queries, fsm->cfg.max_queries);
	check_limit(&check->answers, fsm->n_answers, fsm->cfg.max_answers);
	check_stats(check, node);
}

void check_down(const struct sim_node *node)
{
	const struct nhrp_fsm *fsm = &node->fsm;

	must(!fsm->up);
	must(!fsm->n_bindings && !fsm->n_shortcuts && !fsm->n_queries);
	must(!fsm->n_answers && !node->n_peers && !node->n_shortcuts);
	must(!rb_first_cached(&fsm->timers));
}

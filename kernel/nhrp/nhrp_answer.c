// SPDX-License-Identifier: GPL-2.0
/*
 * What was answered to whom.  An answer that does not hold any more is purged
 * where it is kept; until that is confirmed, or was in vain, it is remembered.
 */
#include "nhrp_core.h"

#define PURGE_TRIES	3

static int answer_cmp(const struct mesh_prefix *prefix,
		      const struct mesh_addr *asker,
		      const struct nhrp_answer *a)
{
	int d = nhrp_prefix_cmp(prefix, &a->prefix);

	return d ? d : nhrp_addr_cmp(asker, &a->ask.asker);
}

/* The first at or after a prefix and who asked. */
static struct nhrp_answer *answer_from(const struct nhrp_fsm *fsm,
				       const struct mesh_prefix *prefix,
				       const struct mesh_addr *asker)
{
	struct rb_node *n = fsm->answers.rb_node;
	struct nhrp_answer *best = NULL;

	while (n) {
		struct nhrp_answer *a = rb_entry(n, struct nhrp_answer, node);

		if (answer_cmp(prefix, asker, a) <= 0) {
			best = a;
			n = n->rb_left;
		} else {
			n = n->rb_right;
		}
	}
	return best;
}

static struct nhrp_answer *answer_after(struct nhrp_answer *a)
{
	struct rb_node *n = rb_next(&a->node);

	return n ? rb_entry(n, struct nhrp_answer, node) : NULL;
}

static struct nhrp_answer *answer_find(const struct nhrp_fsm *fsm,
				       const struct mesh_prefix *prefix,
				       const struct mesh_addr *asker)
{
	struct nhrp_answer *a = answer_from(fsm, prefix, asker);

	return a && !answer_cmp(prefix, asker, a) ? a : NULL;
}

static void answer_link(struct nhrp_fsm *fsm, struct nhrp_answer *new)
{
	struct rb_node **link = &fsm->answers.rb_node, *parent = NULL;
	const struct mesh_prefix *prefix = &new->prefix;

	while (*link) {
		parent = *link;
		if (answer_cmp(prefix, &new->ask.asker,
			       rb_entry(parent, struct nhrp_answer, node)) < 0)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&new->node, parent, link);
	rb_insert_color(&new->node, &fsm->answers);
	fsm->answer_plens[nhrp_family(&prefix->addr)][prefix->len]++;
	fsm->n_answers++;
}

static struct nhrp_answer *answer_new(struct nhrp_fsm *fsm,
				      const struct nhrp_ask *ask,
				      const struct mesh_prefix *prefix)
{
	struct nhrp_answer *a;

	if (fsm->n_answers >= fsm->cfg.max_answers) {
		fsm->stats.table_full++;
		return NULL;
	}
	if (!nhrp_charge(fsm))
		return NULL;
	a = kzalloc(sizeof(*a), GFP_KERNEL);
	if (!a) {
		nhrp_uncharge(fsm, a);
		fsm->stats.nomem++;
		return NULL;
	}
	nhrp_timer_init(&a->timer, NHRP_TIMER_ANSWER);
	a->ask.asker = ask->asker;
	a->prefix = *prefix;
	answer_link(fsm, a);
	return a;
}

bool nhrp_answer_remember(struct nhrp_fsm *fsm, const struct nhrp_ask *ask,
			  const struct mesh_prefix *prefix, u32 sum)
{
	struct nhrp_answer *a = answer_find(fsm, prefix, &ask->asker);

	if (!a)
		a = answer_new(fsm, ask, prefix);
	if (!a)
		return false;
	fsm->n_of_others += ask->others - a->ask.others;
	a->ask = *ask;
	a->sum = sum;
	a->state = NHRP_ANSWER_HELD;
	a->tries = 0;
	a->expires = fsm->now + fsm->cfg.holding_time * NHRP_MSEC;
	nhrp_timer_set(fsm, &a->timer, a->expires);
	return true;
}

static void answer_drop(struct nhrp_fsm *fsm, struct nhrp_answer *a)
{
	nhrp_timer_stop(fsm, &a->timer);
	fsm->answer_plens[nhrp_family(&a->prefix.addr)][a->prefix.len]--;
	rb_erase(&a->node, &fsm->answers);
	fsm->n_of_others -= a->ask.others;
	fsm->n_answers--;
	nhrp_uncharge(fsm, a);
}

static bool holds(struct nhrp_fsm *fsm, const struct nhrp_answer *a)
{
	struct nhrp_route route = { .type = NHRP_ROUTE_NONE };

	fsm->ops->route(fsm->ctx, &a->ask.dst, &route);
	return nhrp_speaks_for(fsm, &a->ask.dst, 0, &route) &&
	       nhrp_answer_sum(fsm, &a->ask, &route) == a->sum;
}

static void purge(struct nhrp_fsm *fsm, struct nhrp_answer *a)
{
	struct mesh_addr own;

	if (a->tries >= PURGE_TRIES ||
	    !fsm->ops->proto_addr(fsm->ctx, a->ask.asker.len, &own)) {
		fsm->stats.purge_failed++;
		answer_drop(fsm, a);
		return;
	}
	a->state = NHRP_ANSWER_PURGED;
	a->id = nhrp_ask_purge(fsm, &a->ask.nbma, &own, &a->ask.asker,
			       &a->prefix);
	nhrp_timer_set(fsm, &a->timer, fsm->now + (NHRP_MSEC << a->tries++));
}

void nhrp_answer_timeout(struct nhrp_fsm *fsm, struct nhrp_answer *a)
{
	switch (a->state) {
	case NHRP_ANSWER_HELD:
		answer_drop(fsm, a);
		break;
	case NHRP_ANSWER_DOUBTED:
		if (!holds(fsm, a)) {
			purge(fsm, a);
			break;
		}
		a->state = NHRP_ANSWER_HELD;
		nhrp_timer_set(fsm, &a->timer, a->expires);
		break;
	case NHRP_ANSWER_OVER:
	case NHRP_ANSWER_PURGED:
		purge(fsm, a);
		break;
	}
}

static struct nhrp_answer *answer_purged(const struct nhrp_fsm *fsm,
					 const struct mesh_prefix *prefix,
					 const struct mesh_addr *asker, u32 id)
{
	struct nhrp_answer *a = answer_find(fsm, prefix, asker);

	return a && a->state == NHRP_ANSWER_PURGED && a->id == id ? a : NULL;
}

bool nhrp_answer_failed(struct nhrp_fsm *fsm, const struct mesh_prefix *prefix,
			const struct mesh_addr *asker, u32 id,
			const struct mesh_addr *from)
{
	struct nhrp_answer *a = answer_purged(fsm, prefix, asker, id);

	if (!a || !(mesh_addr_equal(&a->ask.nbma, from) || nhrp_nhs_is(fsm, from)))
		return false;
	fsm->stats.purge_failed++;
	answer_drop(fsm, a);
	return true;
}

void nhrp_answer_purged(struct nhrp_fsm *fsm, const struct mesh_prefix *prefix,
			const struct mesh_addr *asker, u32 id)
{
	struct nhrp_answer *a = answer_purged(fsm, prefix, asker, id);

	if (a)
		answer_drop(fsm, a);
	else
		fsm->stats.stale++;
}

/* The worker looks at it, a batch at a time. */
static void doubt(struct nhrp_fsm *fsm, struct nhrp_answer *a, bool over)
{
	if (a->state > NHRP_ANSWER_DOUBTED ||
	    (a->state == NHRP_ANSWER_DOUBTED && !over))
		return;
	a->state = over ? NHRP_ANSWER_OVER : NHRP_ANSWER_DOUBTED;
	nhrp_timer_set(fsm, &a->timer, fsm->now);
}

void nhrp_answers_doubt(struct nhrp_fsm *fsm, bool over)
{
	struct rb_node *n;

	for (n = rb_first(&fsm->answers); n; n = rb_next(n))
		doubt(fsm, rb_entry(n, struct nhrp_answer, node), over);
}

void nhrp_fsm_peers_changed(struct nhrp_fsm *fsm, u64 now)
{
	struct rb_node *n;

	fsm->now = now;
	if (!fsm->n_of_others)
		return;
	for (n = rb_first(&fsm->answers); n; n = rb_next(n)) {
		struct nhrp_answer *a = rb_entry(n, struct nhrp_answer, node);

		if (a->ask.others)
			doubt(fsm, a, false);
	}
}

/* Answers of wider prefixes: it is another one's business in them now. */
static void doubt_around(struct nhrp_fsm *fsm, const struct mesh_prefix *changed)
{
	const u32 *plens = fsm->answer_plens[nhrp_family(&changed->addr)];
	struct nhrp_route route = { .type = NHRP_ROUTE_NONE };
	bool over;
	u8 len;

	fsm->ops->route(fsm->ctx, &changed->addr, &route);
	over = route.plen == changed->len;
	for (len = 0; len < changed->len; len++) {
		struct mesh_prefix p = { .addr = changed->addr, .len = len };
		struct mesh_addr first = {};
		struct nhrp_answer *a;

		if (!plens[len])
			continue;
		mesh_prefix_mask(&p);
		for (a = answer_from(fsm, &p, &first);
		     a && mesh_prefix_equal(&a->prefix, &p); a = answer_after(a))
			doubt(fsm, a, over);
	}
}

void nhrp_answers_route_changed(struct nhrp_fsm *fsm,
				const struct mesh_prefix *changed)
{
	struct mesh_addr first = {};
	struct nhrp_answer *a;

	if (!fsm->n_answers)
		return;
	doubt_around(fsm, changed);
	for (a = answer_from(fsm, changed, &first);
	     a && mesh_prefix_match(changed, &a->prefix.addr);
	     a = answer_after(a))
		doubt(fsm, a, false);
}

void nhrp_answers_down(struct nhrp_fsm *fsm)
{
	struct mesh_addr own;
	struct rb_node *n;

	while ((n = rb_first(&fsm->answers))) {
		struct nhrp_answer *a = rb_entry(n, struct nhrp_answer, node);

		if (fsm->ops->proto_addr(fsm->ctx, a->ask.asker.len, &own))
			nhrp_send_purge(fsm, &a->ask.nbma, &own, &a->ask.asker,
					&a->prefix);
		answer_drop(fsm, a);
	}
}

void nhrp_answers_exit(struct nhrp_fsm *fsm)
{
	struct rb_node *n;

	while ((n = rb_first(&fsm->answers)))
		answer_drop(fsm, rb_entry(n, struct nhrp_answer, node));
}

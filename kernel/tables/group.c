// SPDX-License-Identifier: GPL-2.0
/*
 * Group tables: which member each bucket leads to.
 *
 * For each bucket every member draws a time, and the earliest of the live ones has
 * the bucket (rendezvous hashing).  So the table follows from who lives alone, on
 * every node and in whatever order that came about; who goes leaves others' buckets
 * where they are, who comes takes what it wins, and a weight that changes moves
 * buckets to or from that member only.
 *
 * A group may have its buckets wait with that until no flow has used them for a
 * while, where who has them lives.
 */
#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "group.h"

/* So many buckets are looked at before others may have the processor. */
#define TURN 1024
/* Who has so many times an even share of the buckets is heavy. */
#define HEAVY 8
#define NOBODY U16_MAX

static unsigned int table_bits(const struct group_table *t)
{
	return fls64(t->mask);
}

/* Whether @a with its draw is before @b with that one; somebody is. */
static bool beats(const struct group_member *a, u32 of_a,
		  const struct group_member *b, u32 of_b)
{
	int order = group_draw_order(of_a, a->weight, of_b, b->weight);

	return order ? order > 0 : a < b;
}

/* Whose a bucket is, where somebody lives. */
static u8 bucket_best(const struct group_tier *tier, u32 at)
{
	unsigned int bits = table_bits(tier->table), i;
	const struct group_member *best = NULL;
	u32 of_best = 0;

	for (i = 0; i < tier->n; i++) {
		const struct group_member *m = &tier->member[i];
		u32 of_m;

		if (!m->peer->live)
			continue;
		of_m = group_draw(m->key, at, bits);
		if (best && !beats(m, of_m, best, of_best))
			continue;
		best = m;
		of_best = of_m;
	}
	return best - tier->member;
}

static void bucket_give(struct group_tier *tier, u32 at, u8 to)
{
	u8 *bucket = &tier->table->bucket[at];

	tier->member[*bucket].taken--;
	tier->member[to].taken++;
	WRITE_ONCE(*bucket, to);
}

static void bucket_want(struct group_tier *tier, u32 at, u8 to)
{
	if (tier->want == tier->table->bucket) {
		bucket_give(tier, at, to);
		return;
	}
	tier->want[at] = to;
	tier->waits = true;
}

/* @m, who lives, gets a bucket by what he has drawn for it, or does not. */
static void bucket_offer(const struct group_member *m, u32 at, u32 of_m)
{
	struct group_tier *tier = m->of;
	const struct group_member *had = &tier->member[tier->want[at]];

	if (!had->peer->live ||
	    beats(m, of_m, had,
		  group_draw(had->key, at, table_bits(tier->table))))
		bucket_want(tier, at, m - tier->member);
}

static void breathe(u32 at)
{
	if (at % TURN == TURN - 1)
		cond_resched();
}

/* @m takes what he draws early for, where nobody who had it before is better. */
static void member_claims(struct group_member *m)
{
	unsigned int bits = table_bits(m->of->table);
	struct group_draws draws;
	u32 part = BIT(bits);

	group_draws_init(&draws, m->key, bits);
	while (part--) {
		u32 at, of_m = group_draw_from(&draws, part, &at);

		if (of_m < m->early)
			return;
		bucket_offer(m, at, of_m);
		breathe(part);
	}
}

/*
 * Each bucket to whom it is to go, whoever was to have it so far; a reader may see
 * it with somebody else who lives meanwhile.
 *
 * To ask all for each would take long where they are many.  So first come all draws
 * up to a time, and who has a bucket by one of these keeps it.  By that time one
 * bucket in as many as there are members is still to be had, for which all are asked.
 */
static void tier_deal(struct group_tier *tier)
{
	unsigned int bits = table_bits(tier->table), i;
	u64 time = group_draw_time(U32_MAX / tier->live);
	u32 all = 0, at;

	for (i = 0; i < tier->n; i++)
		if (tier->member[i].peer->live)
			all += tier->member[i].weight;
	for (i = 0; i < tier->n; i++) {
		struct group_member *m = &tier->member[i];

		if (!m->peer->live)
			continue;
		m->early = group_draw_least(time, m->weight, all);
		member_claims(m);
	}
	for (at = 0; at <= tier->table->mask; at++) {
		const struct group_member *has = &tier->member[tier->want[at]];

		if (!has->peer->live || group_draw(has->key, at, bits) < has->early)
			bucket_want(tier, at, bucket_best(tier, at));
		breathe(at);
	}
}

/**
 * struct heritage - what a tier's new table takes over from the old one
 * @was: the tier before; NULL where nothing is taken over
 * @to: by place among its members: the place among those of now who live, or NOBODY
 * @now: the time
 * @long_ago: and when a bucket that nobody uses was used last
 */
struct heritage {
	const struct group_tier *was;
	u16 to[GROUP_MEMBERS_MAX];
	u32 now;
	u32 long_ago;
};

static u16 member_place(const struct group_tier *tier, const struct peer *peer)
{
	unsigned int i;

	for (i = 0; i < tier->n; i++)
		if (tier->member[i].peer == peer && peer->live)
			return i;
	return NOBODY;
}

static void heritage_find(struct heritage *h, const struct group_tier *tier,
			  const struct group_shape *old,
			  const struct group_idle *idle, u32 now)
{
	unsigned int i;

	h->was = NULL;
	h->now = now;
	h->long_ago = now - idle->span - idle->grain;
	for (i = 0; idle->span && i < old->n_tiers; i++)
		if (old->tier[i].tier == tier->tier && old->tier[i].live)
			h->was = &old->tier[i];
	for (i = 0; h->was && i < h->was->n; i++)
		h->to[i] = member_place(tier, h->was->member[i].peer);
}

/*
 * Who has a bucket at first: who had it before, or else @best.  Its flows have been
 * used when they were, whoever carries them now.
 */
static u8 heritage_take(const struct heritage *h, struct group_table *t, u32 at,
			u8 best)
{
	const struct group_table *old;
	u16 heir;

	t->used[at] = h->long_ago;
	if (!h->was)
		return best;
	old = h->was->table;
	t->used[at] = old->used ? READ_ONCE(old->used[at & old->mask]) : h->now;
	heir = h->to[old->bucket[at & old->mask]];
	return heir == NOBODY ? best : heir;
}

/* Before readers see the table. */
static void tier_fill(struct group_tier *tier, const struct heritage *h)
{
	struct group_table *t = tier->table;
	unsigned int i;
	u32 at;

	for (i = 0; i < tier->n; i++)
		tier->live += tier->member[i].peer->live;
	if (!tier->live)
		return;
	tier->member[0].taken = t->mask + 1;
	if (tier->n > 1)
		tier_deal(tier);
	for (at = 0; t->used && at <= t->mask; at++) {
		bucket_give(tier, at, heritage_take(h, t, at, tier->want[at]));
		breathe(at);
	}
	tier->waits = t->used;
}

static u32 tier_wanted(const struct group_tier *tier, u8 who)
{
	u32 at, n = 0;

	for (at = 0; at <= tier->table->mask; at++)
		n += tier->want[at] == who;
	return n;
}

/* Of a heavy one among many there are too many buckets to ask all for each. */
static void member_died(struct group_member *m)
{
	struct group_tier *tier = m->of;
	u32 mask = tier->table->mask, at;
	u8 who = m - tier->member;

	if (!--tier->live) {
		m->taken = 0;
		return;
	}
	if (tier_wanted(tier, who) / HEAVY > mask / tier->live) {
		tier_deal(tier);
		return;
	}
	for (at = 0; at <= mask; at++) {
		if (tier->want[at] == who)
			bucket_want(tier, at, bucket_best(tier, at));
		breathe(at);
	}
}

static void member_returned(struct group_member *m)
{
	struct group_tier *tier = m->of;
	struct group_table *t = tier->table;
	u8 who = m - tier->member;
	u32 at;

	if (!tier->live++) {
		memset(t->bucket, who, t->mask + 1);
		memset(tier->want, who, t->mask + 1);
		m->taken = t->mask + 1;
		return;
	}
	for (at = 0; at <= t->mask; at++) {
		bucket_offer(m, at, group_draw(m->key, at, table_bits(t)));
		breathe(at);
	}
}

/* How long a bucket has still to wait before it leaves who has it. */
static u32 bucket_wait(const struct group *g, const struct group_tier *tier,
		       u32 at, u32 now)
{
	const struct group_table *t = tier->table;
	u32 idle = now - READ_ONCE(t->used[at]);
	u32 span = g->idle.span + g->idle.grain;

	if (tier != g->active || !t->peer[t->bucket[at]]->live || idle >= span)
		return 0;
	return span - idle;
}

/* How long until the first bucket may be idle of those that have to wait. */
static u32 tier_settle(struct group *g, struct group_tier *tier, u32 now)
{
	u32 at, first = U32_MAX;

	if (!tier->waits)
		return first;
	for (at = 0; tier->live && at <= tier->table->mask; at++) {
		u32 wait;

		breathe(at);
		if (tier->want[at] == tier->table->bucket[at])
			continue;
		wait = bucket_wait(g, tier, at, now);
		if (!wait) {
			bucket_give(tier, at, tier->want[at]);
			continue;
		}
		first = min(first, wait);
		g->waiting++;
	}
	tier->waits = first != U32_MAX;
	return first;
}

void group_settle(struct group *g, u32 now, struct mutex *lock)
{
	u32 first = U32_MAX;
	unsigned int i;

	lockdep_assert_held(lock);
	g->waiting = 0;
	for (i = 0; g->idle.span && i < g->n_tiers; i++)
		first = min(first, tier_settle(g, &g->tier[i], now));
	g->due = now + max(first, g->idle.grain);
}

/* Another tier takes over in one step, with a table that is complete. */
static void tier_choose(struct group *g)
{
	unsigned int i = 0;

	while (i < g->n_tiers && !g->tier[i].live)
		i++;
	g->active = i < g->n_tiers ? &g->tier[i] : NULL;
	rcu_assign_pointer(g->table, g->active ? g->active->table : NULL);
}

void group_refill(struct group_member *m, u32 now, struct mutex *lock)
{
	lockdep_assert_held(lock);
	if (m->peer->live)
		member_returned(m);
	else
		member_died(m);
	tier_choose(m->group);
	group_settle(m->group, now, lock);
}

u32 group_member_buckets(const struct group_member *m)
{
	if (m->of != m->group->active)
		return 0;
	return m->of->table->mask ? m->taken : m->group->size;
}

void group_swap(struct group *g, struct group_shape *shape, u32 now,
		struct mutex *lock)
{
	struct group_shape old = {
		.member = g->member,
		.tier = g->tier,
		.idle = g->idle,
		.size = g->size,
		.n = g->n,
		.n_tiers = g->n_tiers,
	};
	struct heritage heritage;
	unsigned int i;

	lockdep_assert_held(lock);
	for (i = 0; i < g->n; i++)
		hlist_del(&g->member[i].of_peer);

	g->member = shape->member;
	g->tier = shape->tier;
	g->idle = shape->idle;
	g->size = shape->size;
	g->n = shape->n;
	g->n_tiers = shape->n_tiers;
	for (i = 0; i < g->n; i++) {
		struct group_member *m = &g->member[i];

		m->group = g;
		hlist_add_head(&m->of_peer, &m->peer->groups);
	}
	for (i = 0; i < g->n_tiers; i++) {
		heritage_find(&heritage, &g->tier[i], &old, &g->idle, now);
		tier_fill(&g->tier[i], &heritage);
	}
	tier_choose(g);
	group_settle(g, now, lock);
	*shape = old;
}

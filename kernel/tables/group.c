// SPDX-License-Identifier: GPL-2.0
/*
 * Group tables: which member each bucket leads to.
 *
 * For each bucket every member draws a time, the shorter on average the more it
 * weighs, and the earliest of the live ones has the bucket (rendezvous hashing).
 * A draw depends on nothing but the member's address and the bucket.  So the table
 * follows from who lives alone, on every node and in whatever order that came
 * about; who goes leaves others' buckets where they are, who comes takes what it
 * wins, and a weight that changes moves buckets to or from that member only.
 *
 * A group may have its buckets wait with that until no flow has used them for a
 * while, where who has them lives.
 *
 * Shares would be as uneven as dice are, but that over all buckets each member
 * draws from each part of the range once, in an order of its own.
 */
#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "group.h"

/* So many buckets are looked at before others may have the processor. */
#define TURN 1024
#define NOBODY U16_MAX

/*
 * What a member draws for a bucket, the more the better.  The upper @bits, one of
 * 2^@bits parts of the range, are a permutation of the buckets.
 */
static u32 draw(const struct group_member *m, u32 at, unsigned int bits)
{
	u32 part = at, fine = at * 0x9e3779b1 + m->key[0];
	unsigned int i;

	for (i = 0; i < GROUP_KEYS; i++) {
		part = (part + (m->key[i] >> 16)) * (m->key[i] | 1);
		part &= BIT(bits) - 1;
		part ^= part >> (bits + 1) / 2;
	}
	fine ^= fine >> 15;
	fine *= 0x85ebca77;
	fine ^= fine >> 13;
	fine *= 0xc2b2ae3d;
	fine ^= fine >> 16;
	return part << (32 - bits) | fine >> bits;
}

#define ONE		(1ULL << 33)
#define ROOT_OF_HALF	0x16a09e667ULL	/* in units of 1 / ONE */
#define LN2		0x2c5c85fdfULL	/* in units of 2^-34, as what follows */
#define ODD(n)		((1ULL << 34) / (n))

/*
 * -ln((x + 1/2) / 2^32) in units of 2^-34, by the series of 2 artanh(z) with z =
 * (1 - m) / (1 + m) for a mantissa m next to 1.  It never rises with x, and is
 * exact to 2^-28 of itself, or to one unit.  All nodes have to agree, so there is
 * no floating point, nor anything that a kernel's version might change.
 */
static u64 minus_ln(u32 x)
{
	u64 m = 2 * (u64)x + 1, z, square, rest;
	unsigned int halvings = 33 - fls64(m);

	m <<= halvings;
	if (m < ROOT_OF_HALF) {
		m <<= 1;
		halvings++;
	}
	z = div_u64((m > ONE ? m - ONE : ONE - m) << 31, (ONE + m) >> 3);
	square = z * z >> 34;
	rest = ODD(7) + (square * ODD(9) >> 34);
	rest = ODD(5) + (square * rest >> 34);
	rest = ODD(3) + (square * rest >> 34);
	rest = square * rest >> 34;
	z = 2 * (z + (z * rest >> 34));
	return halvings * LN2 + (m > ONE ? -z : z);
}

/*
 * Whether @a with its draw is before @b with that one.  An order of all draws, so
 * that it does not matter who is compared with whom first.
 */
static bool beats(const struct group_member *a, u32 of_a,
		  const struct group_member *b, u32 of_b)
{
	if (a->weight != b->weight) {
		u64 time_a = minus_ln(of_a) * b->weight;
		u64 time_b = minus_ln(of_b) * a->weight;

		if (time_a != time_b)
			return time_a < time_b;
	}
	return of_a != of_b ? of_a > of_b : a < b;
}

static unsigned int table_bits(const struct group_table *t)
{
	return fls64(t->mask);
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
		of_m = draw(m, at, bits);
		if (best && !beats(m, of_m, best, of_best))
			continue;
		best = m;
		of_best = of_m;
	}
	return best - tier->member;
}

/* Whether a bucket is to go to @m, who lives, from who was to have it. */
static bool bucket_won(const struct group_member *m, u32 at)
{
	const struct group_tier *tier = m->of;
	const struct group_member *had = &tier->member[tier->want[at]];
	unsigned int bits = table_bits(tier->table);

	return beats(m, draw(m, at, bits), had, draw(had, at, bits));
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
	if (tier->want == tier->table->bucket)
		bucket_give(tier, at, to);
	else
		tier->want[at] = to;
}

static void breathe(u32 at)
{
	if (at % TURN == TURN - 1)
		cond_resched();
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

/* Who has a bucket at first, with its stamp: @best, or who had it before. */
static u8 heritage_take(const struct heritage *h, struct group_table *t, u32 at,
			u8 best)
{
	const struct group_table *old;
	u16 heir;

	if (!t->used)
		return best;
	t->used[at] = h->long_ago;
	if (!h->was)
		return best;
	old = h->was->table;
	heir = h->to[old->bucket[at & old->mask]];
	if (heir == NOBODY)
		return best;
	t->used[at] = old->used ? READ_ONCE(old->used[at & old->mask]) : h->now;
	return heir;
}

/* Before readers see the table. */
static void tier_fill(struct group_tier *tier, const struct heritage *h)
{
	struct group_table *t = tier->table;
	unsigned int i;
	u32 at;

	for (i = 0; i < tier->n; i++)
		tier->live += tier->member[i].peer->live;
	for (at = 0; tier->live && at <= t->mask; at++) {
		u8 best = tier->n > 1 ? bucket_best(tier, at) : 0;

		tier->want[at] = best;
		t->bucket[at] = heritage_take(h, t, at, best);
		tier->member[t->bucket[at]].taken++;
		breathe(at);
	}
}

static void member_died(struct group_member *m)
{
	struct group_tier *tier = m->of;
	u8 who = m - tier->member;
	u32 at;

	if (!--tier->live) {
		m->taken = 0;
		return;
	}
	for (at = 0; at <= tier->table->mask; at++) {
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
		if (bucket_won(m, at))
			bucket_want(tier, at, who);
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

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
 * Shares would be as uneven as dice are, but that over all buckets each member
 * draws from each part of the range once, in an order of its own.
 */
#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "group.h"

/* So many buckets are looked at before others may have the processor. */
#define TURN 1024

int group_shape_init(struct group_shape *shape, unsigned int n)
{
	*shape = (struct group_shape) { .n = n };
	shape->member = kvcalloc(n, sizeof(*shape->member), GFP_KERNEL_ACCOUNT);
	return shape->member ? 0 : -ENOMEM;
}

static void table_free_rcu(struct rcu_head *rcu)
{
	struct group_table *t = container_of(rcu, struct group_table, rcu);

	kvfree(t->bucket);
	kfree(t);
}

void group_shape_free(struct group_shape *shape)
{
	unsigned int i;

	for (i = 0; i < shape->n_tiers; i++)
		if (shape->tier[i].table)
			call_rcu(&shape->tier[i].table->rcu, table_free_rcu);
	kvfree(shape->tier);
	kvfree(shape->member);
}

static int member_order(const void *pa, const void *pb)
{
	const struct group_member *a = pa, *b = pb;

	if (a->tier != b->tier)
		return a->tier < b->tier ? -1 : 1;
	return memcmp(&a->peer->addr, &b->peer->addr, sizeof(a->peer->addr));
}

static u64 mix(u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* By octets: nodes of either order of octets have one table. */
static void member_keys(struct group_member *m)
{
	const struct mesh_addr *a = &m->peer->addr;
	u64 x = a->len;
	unsigned int i;

	for (i = 0; i < a->len; i++)
		x = mix(x << 8 ^ x >> 56 ^ a->b[i]);
	for (i = 0; i < GROUP_KEYS; i++) {
		x = mix(x + 0x9e3779b97f4a7c15ULL);
		m->key[i] = x >> 32;
	}
}

/* Who is alone in his tier has one bucket: there is nothing to share. */
static struct group_table *table_new(const struct group_tier *tier, u32 buckets)
{
	struct group_table *t;
	unsigned int i;

	if (tier->n == 1)
		buckets = 1;
	t = kzalloc(struct_size(t, peer, tier->n), GFP_KERNEL_ACCOUNT);
	if (!t)
		return NULL;
	t->bucket = kvzalloc(buckets, GFP_KERNEL_ACCOUNT);
	if (!t->bucket) {
		kfree(t);
		return NULL;
	}
	t->mask = buckets - 1;
	for (i = 0; i < tier->n; i++)
		t->peer[i] = tier->member[i].peer;
	return t;
}

static unsigned int tiers_count(const struct group_shape *shape)
{
	unsigned int i, n = 1;

	for (i = 1; i < shape->n; i++)
		n += shape->member[i].tier != shape->member[i - 1].tier;
	return n;
}

static void tiers_divide(struct group_shape *shape)
{
	struct group_tier *tier = NULL;
	unsigned int i;

	for (i = 0; i < shape->n; i++) {
		struct group_member *m = &shape->member[i];

		if (!tier || tier->tier != m->tier) {
			tier = &shape->tier[shape->n_tiers++];
			tier->tier = m->tier;
			tier->member = m;
		}
		tier->n++;
		m->of = tier;
		member_keys(m);
	}
}

int group_shape_tables(struct group_shape *shape, u32 buckets)
{
	unsigned int i;

	sort(shape->member, shape->n, sizeof(shape->member[0]), member_order,
	     NULL);
	shape->size = buckets;
	shape->tier = kvcalloc(tiers_count(shape), sizeof(*shape->tier),
			       GFP_KERNEL_ACCOUNT);
	if (!shape->tier)
		return -ENOMEM;
	tiers_divide(shape);
	for (i = 0; i < shape->n_tiers; i++) {
		struct group_tier *tier = &shape->tier[i];

		tier->table = table_new(tier, buckets);
		if (!tier->table)
			return -ENOMEM;
	}
	return 0;
}

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

/* Whether a bucket goes to @m, who lives, from who had it. */
static bool bucket_won(const struct group_member *m, u32 at)
{
	const struct group_tier *tier = m->of;
	const struct group_member *had =
		&tier->member[tier->table->bucket[at]];
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

static void breathe(u32 at)
{
	if (at % TURN == TURN - 1)
		cond_resched();
}

/* Before readers see the table. */
static void tier_fill(struct group_tier *tier)
{
	struct group_table *t = tier->table;
	unsigned int i;
	u32 at;

	for (i = 0; i < tier->n; i++)
		tier->live += tier->member[i].peer->live;
	for (at = 0; tier->live && at <= t->mask; at++) {
		t->bucket[at] = tier->n > 1 ? bucket_best(tier, at) : 0;
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
	for (at = 0; m->taken; at++) {
		if (tier->table->bucket[at] == who)
			bucket_give(tier, at, bucket_best(tier, at));
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
		m->taken = t->mask + 1;
		return;
	}
	for (at = 0; at <= t->mask; at++) {
		if (bucket_won(m, at))
			bucket_give(tier, at, who);
		breathe(at);
	}
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

void group_refill(struct group_member *m, struct mutex *lock)
{
	lockdep_assert_held(lock);
	if (m->peer->live)
		member_returned(m);
	else
		member_died(m);
	tier_choose(m->group);
}

u32 group_member_buckets(const struct group_member *m)
{
	if (m->of != m->group->active)
		return 0;
	return m->of->n > 1 ? m->taken : m->group->size;
}

void group_swap(struct group *g, struct group_shape *shape, struct mutex *lock)
{
	struct group_shape old = {
		.member = g->member,
		.tier = g->tier,
		.size = g->size,
		.n = g->n,
		.n_tiers = g->n_tiers,
	};
	unsigned int i;

	lockdep_assert_held(lock);
	for (i = 0; i < g->n; i++)
		hlist_del(&g->member[i].of_peer);

	g->member = shape->member;
	g->tier = shape->tier;
	g->size = shape->size;
	g->n = shape->n;
	g->n_tiers = shape->n_tiers;
	for (i = 0; i < g->n; i++) {
		struct group_member *m = &g->member[i];

		m->group = g;
		hlist_add_head(&m->of_peer, &m->peer->groups);
	}
	for (i = 0; i < g->n_tiers; i++)
		tier_fill(&g->tier[i]);
	tier_choose(g);
	*shape = old;
}

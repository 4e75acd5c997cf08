// SPDX-License-Identifier: GPL-2.0
/*
 * Group tables: which member each bucket leads to.
 *
 * Members take turns, each as often as its weight says, and claim the next
 * free bucket of an order of their own that follows from address and seed
 * alone.  All members of the tier claim, dead ones too; only then the live
 * ones share what the dead ones have, so that a death moves nobody else's
 * flows and a return brings back exactly what was lost.
 */
#include <linux/jhash.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "group.h"

/* Few groups are larger than this: they keep their size as members come. */
#define FEW_MEMBERS 8
#define NOBODY U16_MAX

int group_shape_init(struct group_shape *shape, unsigned int n, u32 buckets)
{
	shape->n = n;
	shape->size = max_t(u32, buckets,
			    roundup_pow_of_two(n * (buckets / FEW_MEMBERS)));
	if (n == 1)
		shape->size = 1;
	shape->member = kvcalloc(n, sizeof(*shape->member), GFP_KERNEL_ACCOUNT);
	shape->scratch = kvcalloc(shape->size, sizeof(u16), GFP_KERNEL_ACCOUNT);
	shape->table = kvzalloc(struct_size(shape->table, bucket, shape->size),
				GFP_KERNEL_ACCOUNT);
	if (!shape->member || !shape->scratch || !shape->table) {
		kvfree(shape->table);
		kvfree(shape->scratch);
		kvfree(shape->member);
		return -ENOMEM;
	}
	shape->table->mask = shape->size - 1;
	return 0;
}

void group_shape_free(struct group_shape *shape)
{
	if (shape->table)
		kvfree_rcu(shape->table, rcu);
	kvfree(shape->scratch);
	kvfree(shape->member);
}

static int member_order(const void *pa, const void *pb)
{
	const struct group_member *a = pa, *b = pb;

	return memcmp(&a->peer->addr, &b->peer->addr, sizeof(a->peer->addr));
}

/* Where each member begins and how far it steps; an odd step visits all. */
static void members_order(struct group *g)
{
	unsigned int i;

	sort(g->member, g->n, sizeof(g->member[0]), member_order, NULL);
	for (i = 0; i < g->n; i++) {
		struct group_member *m = &g->member[i];
		const struct mesh_addr *a = &m->peer->addr;

		m->group = g;
		m->start = jhash(a->b, a->len, g->seed);
		m->step = jhash(a->b, a->len, ~g->seed) | 1;
	}
}

/* The lowest tier with a live member; false where nobody lives. */
static bool tier_choose(struct group *g)
{
	unsigned int i;

	g->live = 0;
	for (i = 0; i < g->n; i++) {
		const struct group_member *m = &g->member[i];

		if (!m->peer->live)
			continue;
		if (!g->live || m->tier < g->tier) {
			g->tier = m->tier;
			g->live = 0;
		}
		g->live += m->tier == g->tier;
	}
	return g->live;
}

/*
 * Whose share lags most behind its weight: the smallest (2 * taken + 1) /
 * weight, which is Sainte-Laguë's way to round shares to whole buckets.
 */
static struct group_member *member_neediest(struct group *g, bool live_only)
{
	struct group_member *best = NULL;
	unsigned int i;

	for (i = 0; i < g->n; i++) {
		struct group_member *m = &g->member[i];

		if (m->tier != g->tier || (live_only && !m->peer->live))
			continue;
		if (!best || (u64)(2 * m->taken + 1) * best->weight <
			     (u64)(2 * best->taken + 1) * m->weight)
			best = m;
	}
	return best;
}

static void buckets_claim(struct group *g, u32 left, bool live_only)
{
	while (left--) {
		struct group_member *m = member_neediest(g, live_only);
		u32 at;

		do {
			at = (m->start + m->turn++ * m->step) & (g->size - 1);
		} while (g->scratch[at] != NOBODY);
		g->scratch[at] = m - g->member;
		m->taken++;
		cond_resched();
	}
}

/* Takes the buckets of dead members away; how many there were. */
static u32 buckets_inherit(struct group *g)
{
	u32 at, left = 0;
	unsigned int i;

	for (at = 0; at < g->size; at++) {
		if (g->member[g->scratch[at]].peer->live)
			continue;
		g->scratch[at] = NOBODY;
		left++;
	}
	for (i = 0; i < g->n; i++) {
		g->member[i].turn = 0;
		if (!g->member[i].peer->live)
			g->member[i].taken = 0;
	}
	return left;
}

static void buckets_share(struct group *g)
{
	unsigned int i;
	u32 at;

	for (i = 0; i < g->n; i++) {
		g->member[i].taken = 0;
		g->member[i].turn = 0;
	}
	for (at = 0; at < g->size; at++)
		g->scratch[at] = NOBODY;
	if (!tier_choose(g))
		return;
	buckets_claim(g, g->size, false);
	buckets_claim(g, buckets_inherit(g), true);
}

static void table_write(const struct group *g, struct group_table *t)
{
	u32 at;

	for (at = 0; at < g->size; at++) {
		u16 who = g->scratch[at];
		struct peer *peer = who == NOBODY ? NULL : g->member[who].peer;

		if (t->bucket[at] != peer)
			WRITE_ONCE(t->bucket[at], peer);
	}
}

void group_refill(struct group *g, struct mutex *lock)
{
	buckets_share(g);
	table_write(g, rcu_dereference_protected(g->table,
						 lockdep_is_held(lock)));
}

void group_swap(struct group *g, struct group_shape *shape, struct mutex *lock)
{
	struct group_shape old = {
		.member = g->member,
		.scratch = g->scratch,
		.table = rcu_dereference_protected(g->table,
						   lockdep_is_held(lock)),
		.size = g->size,
		.n = g->n,
	};
	unsigned int i;

	lockdep_assert_held(lock);
	for (i = 0; i < g->n; i++)
		hlist_del(&g->member[i].of_peer);

	g->member = shape->member;
	g->scratch = shape->scratch;
	g->size = shape->size;
	g->n = shape->n;
	members_order(g);
	for (i = 0; i < g->n; i++)
		hlist_add_head(&g->member[i].of_peer,
			       &g->member[i].peer->groups);
	buckets_share(g);
	table_write(g, shape->table);
	rcu_assign_pointer(g->table, shape->table);
	*shape = old;
}

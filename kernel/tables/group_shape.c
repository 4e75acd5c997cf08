// SPDX-License-Identifier: GPL-2.0
/*
 * What groups are made of: members by tier and address, and the memory of their
 * tables.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "group.h"

/* A stamp is written so often, at most, in the time that a bucket has to be idle. */
#define GRAINS 16

int group_shape_init(struct group_shape *shape, unsigned int n)
{
	*shape = (struct group_shape) { .n = n };
	shape->member = kvcalloc(n, sizeof(*shape->member), GFP_KERNEL_ACCOUNT);
	return shape->member ? 0 : -ENOMEM;
}

static void table_free_rcu(struct rcu_head *rcu)
{
	struct group_table *t = container_of(rcu, struct group_table, rcu);

	kvfree(t->used);
	kvfree(t->bucket);
	kfree(t);
}

static void tier_free(struct group_tier *tier)
{
	if (!tier->table)
		return;
	if (tier->want != tier->table->bucket)
		kvfree(tier->want);
	call_rcu(&tier->table->rcu, table_free_rcu);
}

void group_shape_free(struct group_shape *shape)
{
	unsigned int i;

	for (i = 0; i < shape->n_tiers; i++)
		tier_free(&shape->tier[i]);
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

static struct group_table *table_new(const struct group_tier *tier, u32 buckets)
{
	struct group_table *t;
	unsigned int i;

	t = kzalloc(struct_size(t, peer, tier->n), GFP_KERNEL_ACCOUNT);
	if (!t)
		return NULL;
	t->bucket = kvzalloc(buckets, GFP_KERNEL_ACCOUNT);
	if (!t->bucket) {
		kfree(t);
		return NULL;
	}
	t->mask = buckets - 1;
	t->n = tier->n;
	for (i = 0; i < tier->n; i++)
		t->peer[i] = tier->member[i].peer;
	return t;
}

/*
 * Who is alone in his tier has one bucket: there is nothing to share.  Where buckets
 * may have to wait each has its stamp, for when he is not alone any more.
 */
static int tier_tables(struct group_tier *tier, u32 buckets,
		       const struct group_idle *idle)
{
	if (tier->n == 1 && !idle->span)
		buckets = 1;
	tier->table = table_new(tier, buckets);
	if (!tier->table)
		return -ENOMEM;
	tier->want = tier->table->bucket;
	if (!idle->span)
		return 0;
	tier->want = kvzalloc(buckets, GFP_KERNEL_ACCOUNT);
	tier->table->used = kvcalloc(buckets, sizeof(u32), GFP_KERNEL_ACCOUNT);
	tier->table->grain = idle->grain;
	return tier->want && tier->table->used ? 0 : -ENOMEM;
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
		group_draw_keys(m->key, &m->peer->addr);
	}
}

int group_shape_tables(struct group_shape *shape, u32 buckets, u32 idle_span)
{
	unsigned int i;

	sort(shape->member, shape->n, sizeof(shape->member[0]), member_order,
	     NULL);
	shape->size = buckets;
	shape->idle.span = idle_span;
	shape->idle.grain = max(idle_span / GRAINS, 1U);
	shape->tier = kvcalloc(tiers_count(shape), sizeof(*shape->tier),
			       GFP_KERNEL_ACCOUNT);
	if (!shape->tier)
		return -ENOMEM;
	tiers_divide(shape);
	for (i = 0; i < shape->n_tiers; i++)
		if (tier_tables(&shape->tier[i], buckets, &shape->idle))
			return -ENOMEM;
	for (i = 0; i < shape->n_tiers; i++)
		shape->tier[i].table->next =
			shape->tier[(i + 1) % shape->n_tiers].table;
	return 0;
}

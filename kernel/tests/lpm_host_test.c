// SPDX-License-Identifier: GPL-2.0
/*
 * In user space only, where memory is refused on demand and a writer may work while a
 * reader is held: what was allocated fails one after the other, and what a reader may
 * still be in stays as he knows it.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>

#include "tables/lpm_priv.h"
#include "tests.h"

/* Enough for the largest root, and for more chunks than can be named at first. */
#define MANY 80000
#define STAYS 200
#define PASSES 500

struct item {
	struct lpm_entry e;
	struct mesh_prefix prefix;
	bool in;
};

struct hosted {
	struct mutex lock;
	struct lpm_memory memory;
	struct lpm t;
	struct lpm_entry all;
	bool all_in;
	size_t objects;
	struct item item[MANY];
};

static void item_set(struct hosted *h, u32 i, u32 high)
{
	struct mesh_prefix *p = &h->item[i].prefix;
	const u8 bits = h->t.bits;
	__be32 be = cpu_to_be32(high);
	u8 raw[16] = { 0 };

	memcpy(raw, &be, sizeof(be));
	memcpy(raw + bits / 8 - sizeof(be), &be, sizeof(be));
	mesh_addr_set(&p->addr, raw, bits / 8);
	p->len = bits - i % 3;
	mesh_prefix_mask(p);
	h->item[i].e.source = LPM_ROUTE;
}

/* All over the addresses, each far from the others. */
static u32 spread(u32 i)
{
	return i * 0x9e3779b1;
}

static struct hosted *hosted(struct kunit *test, u8 bits)
{
	struct hosted *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, h);
	mutex_init(&h->lock);
	h->memory.max = SIZE_MAX;
	lpm_init(&h->t, bits, &h->memory, &h->lock);
	for (i = 0; i < MANY; i++)
		item_set(h, i, spread(i));
	mutex_lock(&h->lock);
	h->objects = host_allocated();
	return h;
}

static void hosted_end(struct kunit *test, struct hosted *h)
{
	u32 i;

	for (i = 0; i < MANY; i++)
		if (h->item[i].in)
			lpm_remove(&h->t, &h->item[i].prefix, LPM_ROUTE);
	lpm_destroy(&h->t);
	mutex_unlock(&h->lock);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, h->memory.used, (size_t)0);
	KUNIT_EXPECT_EQ(test, host_allocated(), h->objects);
}

static int put_in(struct hosted *h, u32 i)
{
	struct item *it = &h->item[i];
	struct lpm_entry *old;
	int err;

	err = lpm_insert(&h->t, &it->prefix, &it->e, &old);
	it->in = !err;
	return err;
}

static void take_out(struct kunit *test, struct hosted *h, u32 i)
{
	KUNIT_EXPECT_PTR_EQ(test, lpm_remove(&h->t, &h->item[i].prefix, LPM_ROUTE),
			    &h->item[i].e);
	h->item[i].in = false;
}

static void check(struct kunit *test, struct hosted *h, u32 from, u32 to)
{
	u32 i;

	rcu_read_lock();
	for (i = from; i < to; i++) {
		struct item *it = &h->item[i];

		KUNIT_EXPECT_PTR_EQ(test, lpm_get(&h->t, &it->prefix, LPM_ROUTE),
				    it->in ? &it->e : NULL);
		KUNIT_EXPECT_PTR_EQ(test, lpm_lookup(&h->t, it->prefix.addr.b),
				    it->in ? &it->e : h->all_in ? &h->all : NULL);
	}
	rcu_read_unlock();
}

/* Of each insertion the first allocation fails, then the second one, until none does. */
static void lpm_each_allocation_fails(struct kunit *test)
{
	struct hosted *h = hosted(test, 32);
	u32 i, nth, failed = 0;
	int err;

	for (i = 0; i < MANY; i++) {
		for (nth = 1, err = -ENOMEM; err; nth++) {
			host_fail_alloc(nth);
			err = put_in(h, i);
			host_fail_alloc(0);
			if (!err)
				break;
			failed++;
			KUNIT_EXPECT_EQ(test, err, -ENOMEM);
			KUNIT_EXPECT_EQ(test, h->memory.used, lpm_bytes(&h->t));
			KUNIT_EXPECT_EQ(test, !h->t.root, !i);
			check(test, h, i > 100 ? i - 100 : 0, i + 1);
		}
		if (!(i % 1024))
			rcu_barrier();
	}
	/* The table's first ones, and one a chunk. */
	KUNIT_EXPECT_GT(test, failed, 30U);
	check(test, h, 0, MANY);
	for (i = 0; i < MANY; i++) {
		host_fail_alloc(1 + i % 4);
		take_out(test, h, i);
		host_fail_alloc(0);
		if (!(i % 1024))
			check(test, h, i, min(i + 100, MANY));
	}
	hosted_end(test, h);
}

/* A reader who has begun: he has the root of that time, and is not hindered by others. */
struct held {
	struct hosted *h;
	const struct lpm_root *root;
};

static struct held hold(struct hosted *h)
{
	rcu_read_lock();
	return (struct held) { h, rcu_dereference(h->t.root) };
}

static void held_check(struct kunit *test, const struct held *r)
{
	u32 i;

	for (i = 0; i < STAYS; i++) {
		struct item *it = &r->h->item[i];

		KUNIT_EXPECT_PTR_EQ(test, lpm_lookup_root(&r->h->t, r->root, it->prefix.addr.b),
				    &it->e);
	}
}

/*
 * All that there is for grace periods: cells that are used again, the first chunk as it
 * grows, roots that are replaced, and a table that is made anew.
 */
static void held_reader(struct kunit *test, u8 bits)
{
	struct hosted *h = hosted(test, bits);
	u32 i, round, most;
	struct held r;

	for (i = 0; i < STAYS; i++)
		KUNIT_EXPECT_EQ(test, put_in(h, i), 0);
	for (round = 0; round < 4; round++) {
		/* So many that the root changes its size once, or twice. */
		most = STAYS + (1 + 3 * (round & 1)) * PASSES;
		r = hold(h);
		for (i = STAYS; i < most; i++)
			KUNIT_EXPECT_EQ(test, put_in(h, i), 0);
		held_check(test, &r);
		rcu_read_unlock();
		rcu_barrier();
		r = hold(h);
		for (i = STAYS; i < STAYS + PASSES; i++) {
			take_out(test, h, i);
			KUNIT_EXPECT_EQ(test, put_in(h, i), 0);
		}
		held_check(test, &r);
		for (i = STAYS; i < most; i++)
			take_out(test, h, i);
		held_check(test, &r);
		rcu_read_unlock();
		rcu_barrier();
		check(test, h, 0, STAYS);
	}
	hosted_end(test, h);
}

static void lpm_held_reader_ip4(struct kunit *test)
{
	held_reader(test, 32);
}

static void lpm_held_reader_ip6(struct kunit *test)
{
	held_reader(test, 128);
}

/* What is made anew is large, too; who was there before is in the old one to the end. */
static void packs_much(struct kunit *test, u8 bits)
{
	struct hosted *h = hosted(test, bits);
	const struct lpm_chunks *old;
	struct held r;
	u32 i;

	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_EQ(test, put_in(h, i), 0);
	for (i = MANY / 2; i < MANY; i++)
		take_out(test, h, i);
	rcu_barrier();
	r = hold(h);
	old = h->t.pool.chunks;
	KUNIT_EXPECT_TRUE(test, lpm_whole_pack(&h->t));
	KUNIT_EXPECT_TRUE(test, old != h->t.pool.chunks);
	held_check(test, &r);
	rcu_read_unlock();
	check(test, h, 0, MANY);
	hosted_end(test, h);
}

static void lpm_packs_much_ip4(struct kunit *test)
{
	packs_much(test, 32);
}

static void lpm_packs_much_ip6(struct kunit *test)
{
	packs_much(test, 128);
}

/* The prefix of no bits: what slots lead to in which nothing is left. */
static void all_toggle(struct kunit *test, struct hosted *h)
{
	const struct mesh_prefix p = { .addr.len = h->t.bits / 8 };
	struct lpm_entry *old;

	h->all.source = LPM_ROUTE;
	if (h->all_in)
		KUNIT_EXPECT_PTR_EQ(test, lpm_remove(&h->t, &p, LPM_ROUTE), &h->all);
	else
		KUNIT_EXPECT_EQ(test, lpm_insert(&h->t, &p, &h->all, &old), 0);
	h->all_in = !h->all_in;
	check(test, h, 0, MANY);
}

/* Of some slots all go, of some all but one; so many stay that nothing is made anew. */
static bool slot_keeps(u32 i, u32 which)
{
	u32 sort = i / 4 % 4;

	return sort > 1 || (sort && i % 4 == which);
}

/* Those from a place in their slots on. */
static void put_in_from(struct kunit *test, struct hosted *h, u32 place)
{
	u32 i;

	/* Not as they were, so that what was freed is others' now. */
	for (i = MANY; i--;)
		if (!h->item[i].in && i % 4 >= place)
			KUNIT_EXPECT_EQ(test, put_in(h, i), 0);
	check(test, h, 0, MANY);
}

/* With the largest root, what comes and goes is at its own level, and cells are used again. */
static void large_root(struct kunit *test, u8 bits)
{
	/* Four in a slot: alone, parting from each other at once, and further down. */
	static const u32 beside[] = { 0, 0x1000, 0x40, 0x44 };
	struct hosted *h = hosted(test, bits);
	u32 i, round;

	for (i = 0; i < MANY; i++)
		item_set(h, i, spread(i / 4) ^ beside[i % 4]);
	put_in_from(test, h, 0);
	for (round = 0; round < 4; round++) {
		for (i = 0; i < MANY; i++)
			if (!slot_keeps(i, round))
				take_out(test, h, i);
		all_toggle(test, h);
		KUNIT_EXPECT_EQ(test, lpm_root_levels(&h->t), LPM_ROOT_LEVELS);
		rcu_barrier();
		put_in_from(test, h, 3);
		for (i = 3; i < MANY; i += 4 * 4)
			take_out(test, h, i);
		check(test, h, 0, MANY);
		put_in_from(test, h, 3);
		put_in_from(test, h, 2);
		all_toggle(test, h);
		put_in_from(test, h, 0);
	}
	hosted_end(test, h);
}

static void lpm_large_root_ip4(struct kunit *test)
{
	large_root(test, 32);
}

static void lpm_large_root_ip6(struct kunit *test)
{
	large_root(test, 128);
}

static struct kunit_case lpm_host_cases[] = {
	KUNIT_CASE(lpm_each_allocation_fails),
	KUNIT_CASE(lpm_held_reader_ip4),
	KUNIT_CASE(lpm_held_reader_ip6),
	KUNIT_CASE(lpm_packs_much_ip4),
	KUNIT_CASE(lpm_packs_much_ip6),
	KUNIT_CASE(lpm_large_root_ip4),
	KUNIT_CASE(lpm_large_root_ip6),
	{}
};

struct kunit_suite lpm_host_test_suite = {
	.name = "lpm_host",
	.test_cases = lpm_host_cases,
};

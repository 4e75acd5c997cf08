// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of a prefix table: what is counted, its bound, and what is given back.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "tables/lpm_priv.h"
#include "tests.h"

#define MANY 20000
#define FEW 100

struct item {
	struct lpm_entry e;
	struct mesh_prefix prefix;
	bool in;
};

struct room {
	struct mutex lock;
	struct lpm_memory memory;
	struct lpm t;
	struct item item[MANY];
};

/* Each prefix once, of many lengths, all over the addresses. */
static void item_set(struct item *it, u32 i)
{
	__be32 be = cpu_to_be32(i * 0x9e3779b1);

	mesh_addr_set(&it->prefix.addr, (const u8 *)&be, sizeof(be));
	it->prefix.len = 12 + i % 21;
	mesh_prefix_mask(&it->prefix);
	it->e.source = LPM_ROUTE;
}

static struct room *room(struct kunit *test)
{
	struct room *r = kvzalloc(sizeof(*r), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	mutex_init(&r->lock);
	r->memory.max = SIZE_MAX;
	lpm_init(&r->t, 32, &r->memory, &r->lock);
	for (i = 0; i < MANY; i++)
		item_set(&r->item[i], i);
	mutex_lock(&r->lock);
	return r;
}

static int put_in(struct kunit *test, struct room *r, u32 i)
{
	struct item *it = &r->item[i];
	struct lpm_entry *old;
	int err;

	/* Two that are the same when they are cut to their length. */
	if (it->in || lpm_get(&r->t, &it->prefix, LPM_ROUTE))
		return 0;
	err = lpm_insert(&r->t, &it->prefix, &it->e, &old);
	it->in = !err;
	KUNIT_EXPECT_EQ(test, r->memory.used, lpm_bytes(&r->t));
	if (!err)
		KUNIT_EXPECT_LE(test, r->memory.used, r->memory.max);
	cond_resched();
	return err;
}

static void take_out(struct kunit *test, struct room *r, u32 i)
{
	struct item *it = &r->item[i];

	if (!it->in)
		return;
	KUNIT_EXPECT_PTR_EQ(test, lpm_remove(&r->t, &it->prefix, LPM_ROUTE), &it->e);
	it->in = false;
	KUNIT_EXPECT_EQ(test, r->memory.used, lpm_bytes(&r->t));
	cond_resched();
}

/* Each finds what it is to find, whatever was refused or moved. */
static void check(struct kunit *test, struct room *r, u32 n)
{
	u32 i;

	rcu_read_lock();
	for (i = 0; i < n; i++) {
		struct item *it = &r->item[i];
		struct lpm_entry *e = lpm_get(&r->t, &it->prefix, LPM_ROUTE);

		if (it->in)
			KUNIT_EXPECT_PTR_EQ(test, e, &it->e);
		else
			KUNIT_EXPECT_TRUE(test, e != &it->e);
		if (!e)
			continue;
		e = lpm_lookup(&r->t, it->prefix.addr.b);
		KUNIT_EXPECT_TRUE(test, e && e->len >= it->prefix.len);
	}
	rcu_read_unlock();
}

static void room_end(struct kunit *test, struct room *r)
{
	u32 i;

	for (i = 0; i < MANY; i++)
		take_out(test, r, i);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(r->t.root));
	KUNIT_EXPECT_EQ(test, r->memory.used, (size_t)0);
	lpm_destroy(&r->t);
	mutex_unlock(&r->lock);
	rcu_barrier();
	kvfree(r);
}

/* Each time that there has to be more, it is refused once at each step of that. */
static void lpm_bound_at_each_step(struct kunit *test)
{
	struct room *r = room(test);
	u32 i, refused = 0;

	for (i = 0; i < FEW; i++) {
		size_t was = r->memory.used;

		for (r->memory.max = was; put_in(test, r, i) == -ENOSPC; r->memory.max += 64) {
			check(test, r, i + 1);
			KUNIT_EXPECT_EQ(test, rcu_access_pointer(r->t.root) != NULL, i > 0);
			refused++;
		}
		KUNIT_EXPECT_TRUE(test, r->item[i].in);
	}
	KUNIT_EXPECT_GT(test, refused, 3U);
	r->memory.max = SIZE_MAX;
	room_end(test, r);
}

/* As many as there is room for; then, where others made room, as many again. */
static void lpm_bound_with_holes(struct kunit *test)
{
	struct room *r = room(test);
	u32 i, n, more = 0;

	r->memory.max = 300000;
	for (n = 0; n < MANY; n++)
		if (put_in(test, r, n))
			break;
	KUNIT_EXPECT_GT(test, n, 1000U);
	KUNIT_ASSERT_TRUE(test, n < MANY / 2);
	KUNIT_EXPECT_EQ(test, put_in(test, r, n), -ENOSPC);
	for (i = 0; i < n; i += 2)
		take_out(test, r, i);
	for (i = n; i < MANY && !put_in(test, r, i); i++)
		more++;
	KUNIT_EXPECT_GT(test, more, n / 4);
	check(test, r, MANY);
	/* A bound below what is there lets nothing in and takes nothing away. */
	r->memory.max = 1000;
	KUNIT_EXPECT_EQ(test, put_in(test, r, i), -ENOSPC);
	check(test, r, MANY);
	r->memory.max = SIZE_MAX;
	room_end(test, r);
}

/* What is left of a large table takes what a small one takes, a tenth or less. */
static void lpm_gives_back(struct kunit *test)
{
	struct room *r = room(test);
	size_t most;
	u32 i;

	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_EQ(test, put_in(test, r, i), 0);
	most = r->memory.used;
	/* Whatever the bound has become. */
	r->memory.max = 1000;
	for (i = 0; i < MANY; i++)
		if (i % (MANY / FEW))
			take_out(test, r, i);
	KUNIT_EXPECT_LT(test, r->memory.used, most / 10);
	check(test, r, MANY);
	room_end(test, r);
}

/* Reserved room is there after the memory was made anew, and with no more to be had. */
static void lpm_reserved_is_kept(struct kunit *test)
{
	struct room *r = room(test);
	u32 i;

	for (i = FEW; i < MANY; i++)
		put_in(test, r, i);
	for (i = 0; i < FEW; i++)
		KUNIT_EXPECT_EQ(test, lpm_reserve(&r->t), 0);
	for (i = FEW; i < MANY; i++)
		take_out(test, r, i);
	r->memory.max = 0;
	for (i = 0; i < FEW; i++) {
		struct lpm_entry *old;

		KUNIT_EXPECT_EQ(test, lpm_insert(&r->t, &r->item[i].prefix, &r->item[i].e,
						 &old), 0);
		r->item[i].in = true;
	}
	check(test, r, MANY);
	room_end(test, r);
}

static struct kunit_case lpm_room_cases[] = {
	KUNIT_CASE(lpm_bound_at_each_step),
	KUNIT_CASE(lpm_bound_with_holes),
	KUNIT_CASE(lpm_gives_back),
	KUNIT_CASE(lpm_reserved_is_kept),
	{}
};

struct kunit_suite lpm_room_test_suite = {
	.name = "lpm_room",
	.test_cases = lpm_room_cases,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * Readers of a prefix table that changes: each of their look-ups finds what is right
 * before the change that goes on, or after it.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "tables/lpm_priv.h"
#include "tests.h"

#define FLAPPING 24
#define GENERATIONS 8
#define FILL 2200
#define READERS 2
#define LOOKS 10000
#define STAYS FLAPPING
/* Reads of a slow reader's section; insertions whose room takes more than 16 chunks. */
#define HELD 2000
#define RESERVED (17 * LPM_CHUNK / LPM_INSERT_MAX)
#define ROUNDS 50

struct item {
	struct lpm_entry e;
	u32 which;
};

/**
 * struct race - a table that changes
 * @lock: the writer's
 * @memory: without a bound
 * @t: the table
 * @prefix: those that come and go
 * @item: each of them in turn, as one that went has to rest for a grace period
 * @turn: which one is next
 * @stay: at no bits
 * @fill: far away, so that the root changes its size
 * @begun: the state that a change leads to: how many there were, and what is in
 * @done: the same when it is made
 */
struct race {
	struct mutex lock;
	struct lpm_memory memory;
	struct lpm t;
	struct mesh_prefix prefix[FLAPPING];
	struct item item[FLAPPING][GENERATIONS];
	u32 turn[FLAPPING];
	struct item stay;
	struct item *fill;
	u64 begun;
	u64 done;
};

struct reader {
	struct race *race;
	struct task_struct *task;
	struct rnd_state rnd;
	u64 looks;
	u64 wrong;
};

static void race_prefix(struct race *r, u32 i)
{
	static const u8 octet[] = { 0x80, 0x00, 0xff, 0xa5 };
	u8 raw[16], bits = r->t.bits;
	u32 k;

	for (k = 0; k < sizeof(raw); k++)
		raw[k] = k ? octet[(i >> (k % 3)) & 1] : 10;
	mesh_addr_set(&r->prefix[i].addr, raw, bits / 8);
	r->prefix[i].len = bits - i * (bits - 6) / FLAPPING;
	mesh_prefix_mask(&r->prefix[i]);
}

/* Few octets, so that most are covered by several. */
static void race_key(struct reader *rd, struct mesh_addr *a)
{
	const struct mesh_prefix *p = &rd->race->prefix[prandom_u32_state(&rd->rnd) % FLAPPING];
	u32 at = 1 + prandom_u32_state(&rd->rnd) % (p->addr.len - 1);

	*a = p->addr;
	if (prandom_u32_state(&rd->rnd) & 1)
		a->b[at] ^= prandom_u32_state(&rd->rnd);
}

static enum lpm_source race_source(u32 i)
{
	return i % 3 ? LPM_ROUTE : LPM_SHORTCUT;
}

static u32 race_right(const struct race *r, u32 in, const struct mesh_addr *a, u8 sources)
{
	u32 best = STAYS, i;

	for (i = 0; i < FLAPPING; i++)
		if (in & BIT(i) && sources & BIT(race_source(i)) && mesh_prefix_match(&r->prefix[i], a) &&
		    (best == STAYS || r->prefix[i].len > r->prefix[best].len))
			best = i;
	return best;
}

static void race_look(struct reader *rd)
{
	struct race *r = rd->race;
	u64 before, after;
	struct lpm_entry *e;
	struct mesh_addr a;
	u32 saw = ~0;
	u8 sources;

	race_key(rd, &a);
	sources = prandom_u32_state(&rd->rnd) & 1 ? LPM_ALL : LPM_NO_SHORTCUT;
	rcu_read_lock();
	before = READ_ONCE(r->done);
	/* First what is done, */
	smp_rmb();
	e = lpm_lookup_sources(&r->t, a.b, sources);
	if (e)
		saw = container_of(e, struct item, e)->which;
	/* last what has begun. */
	smp_rmb();
	after = READ_ONCE(r->begun);
	rcu_read_unlock();
	/* Of more than one change between, some state in the middle may be right. */
	if ((after >> 32) - (before >> 32) > 1)
		return;
	WRITE_ONCE(rd->looks, rd->looks + 1);
	rd->wrong += saw != race_right(r, before, &a, sources) &&
		     saw != race_right(r, after, &a, sources);
}

static int reader_run(void *arg)
{
	struct reader *rd = arg;

	while (!kthread_should_stop()) {
		race_look(rd);
		cond_resched();
	}
	return 0;
}

static void race_toggle(struct kunit *test, struct race *r, u32 i)
{
	u64 next = (r->done + BIT_ULL(32)) ^ BIT(i);
	struct lpm_entry *old;

	WRITE_ONCE(r->begun, next);
	/* Told before it is seen, */
	smp_wmb();
	if (next & BIT(i)) {
		struct item *it = &r->item[i][r->turn[i]++ % GENERATIONS];

		KUNIT_EXPECT_EQ(test, lpm_insert(&r->t, &r->prefix[i], &it->e, &old), 0);
	} else {
		KUNIT_EXPECT_NOT_NULL(test, lpm_remove(&r->t, &r->prefix[i], race_source(i)));
	}
	/* and done when all of it is. */
	smp_wmb();
	WRITE_ONCE(r->done, next);
}

static void race_fill(struct kunit *test, struct race *r, bool in)
{
	struct mesh_prefix p = { .len = 24 };
	struct lpm_entry *old;
	u32 i;

	for (i = 0; i < FILL; i++) {
		u8 raw[16] = { 0x20, i >> 8, i };

		mesh_addr_set(&p.addr, raw, r->t.bits / 8);
		r->fill[i].e.source = LPM_ROUTE;
		if (in)
			KUNIT_EXPECT_EQ(test, lpm_insert(&r->t, &p, &r->fill[i].e, &old), 0);
		else
			KUNIT_EXPECT_NOT_NULL(test, lpm_remove(&r->t, &p, LPM_ROUTE));
		cond_resched();
	}
}

static void race_change(struct kunit *test, struct race *r)
{
	struct rnd_state rnd;
	u32 round, i;

	prandom_seed_state(&rnd, r->done);
	for (round = 0; round < 60; round++) {
		if (round % 10 == 5)
			race_fill(test, r, round % 20 == 5);
		for (i = 0; i < GENERATIONS * FLAPPING; i++) {
			race_toggle(test, r, (i + prandom_u32_state(&rnd) % 2) % FLAPPING);
			cond_resched();
		}
		synchronize_rcu();
	}
	for (i = 0; i < FLAPPING; i++)
		if (r->done & BIT(i))
			race_toggle(test, r, i);
}

/* However busy the machine is: everybody has had his share of it. */
static bool race_looked(const struct reader *rd)
{
	u32 i;

	for (i = 0; i < READERS; i++)
		if (!IS_ERR(rd[i].task) && READ_ONCE(rd[i].looks) < LOOKS)
			return false;
	return true;
}

static void race_run(struct kunit *test, u8 bits)
{
	struct race *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	struct reader *rd = kunit_kzalloc(test, READERS * sizeof(*rd), GFP_KERNEL);
	const struct mesh_prefix all = { .addr.len = bits / 8 };
	struct lpm_entry *old;
	u32 i, k;

	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_ASSERT_NOT_NULL(test, rd);
	r->fill = kvcalloc(FILL, sizeof(*r->fill), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r->fill);
	mutex_init(&r->lock);
	r->memory.max = SIZE_MAX;
	lpm_init(&r->t, bits, &r->memory, &r->lock);
	for (i = 0; i < FLAPPING; i++) {
		race_prefix(r, i);
		for (k = 0; k < GENERATIONS; k++) {
			r->item[i][k].e.source = race_source(i);
			r->item[i][k].which = i;
		}
	}
	r->stay.which = STAYS;
	r->stay.e.source = LPM_ROUTE;
	mutex_lock(&r->lock);
	KUNIT_EXPECT_EQ(test, lpm_insert(&r->t, &all, &r->stay.e, &old), 0);
	for (i = 0; i < READERS; i++) {
		rd[i].race = r;
		prandom_seed_state(&rd[i].rnd, i);
		rd[i].task = kthread_run(reader_run, &rd[i], "lpm_reader");
	}
	do {
		race_change(test, r);
	} while (!race_looked(rd));
	for (i = 0; i < READERS; i++) {
		KUNIT_EXPECT_FALSE(test, IS_ERR(rd[i].task));
		if (!IS_ERR(rd[i].task))
			kthread_stop(rd[i].task);
		KUNIT_EXPECT_EQ(test, rd[i].wrong, 0ULL);
	}
	KUNIT_EXPECT_PTR_EQ(test, lpm_remove(&r->t, &all, LPM_ROUTE), &r->stay.e);
	lpm_destroy(&r->t);
	mutex_unlock(&r->lock);
	rcu_barrier();
	kvfree(r->fill);
}

static void lpm_readers_ip4(struct kunit *test)
{
	race_run(test, 32);
}

static void lpm_readers_ip6(struct kunit *test)
{
	race_run(test, 128);
}

/**
 * struct hold - a table whose chunks come to have other names
 * @lock: the writer's
 * @memory: without a bound
 * @t: the table
 * @e: at no bits, or nowhere
 */
struct hold {
	struct mutex lock;
	struct lpm_memory memory;
	struct lpm t;
	struct lpm_entry e;
};

/**
 * struct holder - a reader who takes his time
 * @hold: the table
 * @task: his
 * @looks: sections in which there was something
 * @wrong: those in which it was nothing that had ever been there
 */
struct holder {
	struct hold *hold;
	struct task_struct *task;
	u64 looks;
	u64 wrong;
};

/* Between two reads of one look-up, any time may pass. */
static void hold_look(struct holder *h)
{
	const u64 right = (unsigned long)&h->hold->e;
	const struct lpm_root *root;
	bool wrong = false;
	u64 *const *chunk;
	u32 i;

	rcu_read_lock();
	root = rcu_dereference(h->hold->t.root);
	if (root) {
		chunk = READ_ONCE(root->chunk);
		for (i = 0; i < HELD; i++) {
			u64 cell = READ_ONCE(READ_ONCE(chunk[0])[LPM_TOP]);

			wrong |= cell && cell != right;
		}
		WRITE_ONCE(h->looks, h->looks + 1);
	}
	rcu_read_unlock();
	h->wrong += wrong;
}

static int holder_run(void *arg)
{
	while (!kthread_should_stop()) {
		hold_look(arg);
		cond_resched();
	}
	return 0;
}

/* From nothing to more chunks than there were places to name them, and back. */
static void hold_grow(struct kunit *test, struct hold *h)
{
	const struct mesh_prefix all = { .addr.len = 4 };
	struct lpm_entry *old;
	u32 i;

	KUNIT_EXPECT_EQ(test, lpm_insert(&h->t, &all, &h->e, &old), 0);
	for (i = 0; i < RESERVED; i++) {
		KUNIT_EXPECT_EQ(test, lpm_reserve(&h->t), 0);
		cond_resched();
	}
	while (i--)
		lpm_unreserve(&h->t);
	KUNIT_EXPECT_PTR_EQ(test, lpm_remove(&h->t, &all, LPM_ROUTE), &h->e);
	/* Nobody has it any more, so it may come again. */
	synchronize_rcu();
}

static void lpm_readers_of_chunks(struct kunit *test)
{
	struct hold *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	struct holder reader = { .hold = h };
	u32 round = 0;

	KUNIT_ASSERT_NOT_NULL(test, h);
	mutex_init(&h->lock);
	h->memory.max = SIZE_MAX;
	h->e.source = LPM_ROUTE;
	lpm_init(&h->t, 32, &h->memory, &h->lock);
	reader.task = kthread_run(holder_run, &reader, "lpm_holder");
	KUNIT_ASSERT_FALSE(test, IS_ERR(reader.task));
	mutex_lock(&h->lock);
	do {
		hold_grow(test, h);
		cond_resched();
	} while (++round < ROUNDS || READ_ONCE(reader.looks) < ROUNDS);
	lpm_destroy(&h->t);
	mutex_unlock(&h->lock);
	kthread_stop(reader.task);
	KUNIT_EXPECT_EQ(test, reader.wrong, 0ULL);
	rcu_barrier();
}

static struct kunit_case lpm_reader_cases[] = {
	KUNIT_CASE(lpm_readers_ip4),
	KUNIT_CASE(lpm_readers_ip6),
	KUNIT_CASE(lpm_readers_of_chunks),
	{}
};

struct kunit_suite lpm_reader_test_suite = {
	.name = "lpm_reader",
	.test_cases = lpm_reader_cases,
};

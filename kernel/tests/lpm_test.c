// SPDX-License-Identifier: GPL-2.0
/*
 * The prefix table against a list that is searched from end to end.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "tables/lpm.h"
#include "tests.h"

#define ITEMS 400
#define ROUNDS 6000

struct item {
	struct lpm_entry e;
	struct mesh_prefix prefix;
	bool in;
};

struct lpm_fixture {
	struct mutex lock;
	struct lpm t;
	struct rnd_state rnd;
	struct mesh_prefix keep;
	struct item item[ITEMS];
};

static struct lpm_fixture *fixture(struct kunit *test, u8 bits)
{
	struct lpm_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	mutex_init(&f->lock);
	lpm_init(&f->t, bits, &f->lock);
	prandom_seed_state(&f->rnd, 20);
	return f;
}

/* Few distinct octets, so that prefixes nest, meet and repeat. */
static void random_addr(struct lpm_fixture *f, struct mesh_addr *a)
{
	static const u8 octet[] = { 0, 1, 0x80, 0x81, 0xc0, 0xff };
	u8 raw[16];
	int i;

	for (i = 0; i < 16; i++)
		raw[i] = octet[prandom_u32_state(&f->rnd) % ARRAY_SIZE(octet)];
	mesh_addr_set(a, raw, f->t.bits / 8);
}

static void random_prefix(struct lpm_fixture *f, struct mesh_prefix *p)
{
	random_addr(f, &p->addr);
	p->len = prandom_u32_state(&f->rnd) % (f->t.bits + 1);
	/* More short ones than chance would give the long family. */
	if (prandom_u32_state(&f->rnd) & 1)
		p->len = min_t(u8, p->len, 24);
	mesh_prefix_mask(p);
}

static struct item *oracle_get(struct lpm_fixture *f,
			       const struct mesh_prefix *p, u8 source)
{
	int i;

	for (i = 0; i < ITEMS; i++)
		if (f->item[i].in && f->item[i].e.source == source &&
		    mesh_prefix_equal(&f->item[i].prefix, p))
			return &f->item[i];
	return NULL;
}

static struct item *oracle_lookup(struct lpm_fixture *f,
				  const struct mesh_addr *a, u8 sources)
{
	struct item *best = NULL;
	int i;

	for (i = 0; i < ITEMS; i++) {
		struct item *it = &f->item[i];

		if (!it->in || it->e.hidden || !(sources & BIT(it->e.source)) ||
		    !mesh_prefix_match(&it->prefix, a))
			continue;
		if (!best || it->prefix.len > best->prefix.len ||
		    (it->prefix.len == best->prefix.len &&
		     it->e.source > best->e.source))
			best = it;
	}
	return best;
}

static int prefix_order(const struct mesh_prefix *a,
			const struct mesh_prefix *b)
{
	int diff = memcmp(a->addr.b, b->addr.b, a->addr.len);

	return diff ? diff : a->len - b->len;
}

static struct item *oracle_next(struct lpm_fixture *f,
				const struct mesh_prefix *after, u8 source)
{
	struct item *best = NULL;
	int i;

	for (i = 0; i < ITEMS; i++) {
		struct item *it = &f->item[i];

		if (!it->in || it->e.source != source)
			continue;
		if (after && prefix_order(&it->prefix, after) <= 0)
			continue;
		if (!best || prefix_order(&it->prefix, &best->prefix) < 0)
			best = it;
	}
	return best;
}

static void item_put_in(struct kunit *test, struct lpm_fixture *f,
			struct item *it)
{
	struct lpm_entry *old;
	struct item *was;

	do {
		random_prefix(f, &it->prefix);
	} while (mesh_prefix_equal(&it->prefix, &f->keep));
	it->e.source = prandom_u32_state(&f->rnd) % LPM_SOURCES;
	it->e.hidden = !(prandom_u32_state(&f->rnd) % 4);
	was = oracle_get(f, &it->prefix, it->e.source);
	KUNIT_ASSERT_EQ(test, lpm_insert(&f->t, &it->prefix, &it->e, &old), 0);
	KUNIT_EXPECT_PTR_EQ(test, old, was ? &was->e : NULL);
	KUNIT_EXPECT_EQ(test, it->e.len, it->prefix.len);
	if (was)
		was->in = false;
	it->in = true;
}

static void item_take_out(struct kunit *test, struct lpm_fixture *f,
			  struct item *it)
{
	KUNIT_EXPECT_PTR_EQ(test,
			    lpm_remove(&f->t, &it->prefix, it->e.source),
			    &it->e);
	it->in = false;
	KUNIT_EXPECT_NULL(test, lpm_remove(&f->t, &it->prefix, it->e.source));
}

static void compare(struct kunit *test, struct lpm_fixture *f)
{
	u8 sources = prandom_u32_state(&f->rnd) & LPM_ALL;
	u8 source = prandom_u32_state(&f->rnd) % LPM_SOURCES;
	struct mesh_prefix p;
	struct mesh_addr a;
	struct item *want;

	random_addr(f, &a);
	rcu_read_lock();
	want = oracle_lookup(f, &a, LPM_ALL);
	KUNIT_EXPECT_PTR_EQ(test, lpm_lookup(&f->t, a.b),
			    want ? &want->e : NULL);
	want = oracle_lookup(f, &a, sources);
	KUNIT_EXPECT_PTR_EQ(test, lpm_lookup_sources(&f->t, a.b, sources),
			    want ? &want->e : NULL);
	random_prefix(f, &p);
	want = oracle_get(f, &p, source);
	KUNIT_EXPECT_PTR_EQ(test, lpm_get(&f->t, &p, source),
			    want ? &want->e : NULL);
	want = oracle_next(f, &p, source);
	KUNIT_EXPECT_PTR_EQ(test, lpm_next(&f->t, &p, source),
			    want ? &want->e : NULL);
	rcu_read_unlock();
}

static void clear(struct kunit *test, struct lpm_fixture *f)
{
	int i;

	for (i = 0; i < ITEMS; i++)
		if (f->item[i].in)
			item_take_out(test, f, &f->item[i]);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(f->t.root));
	lpm_destroy(&f->t);
}

static void check_oracle(struct kunit *test, u8 bits)
{
	struct lpm_fixture *f = fixture(test, bits);
	int i;

	mutex_lock(&f->lock);
	for (i = 0; i < ROUNDS; i++) {
		struct item *it = &f->item[prandom_u32_state(&f->rnd) % ITEMS];

		if (it->in)
			item_take_out(test, f, it);
		else
			item_put_in(test, f, it);
		it = &f->item[prandom_u32_state(&f->rnd) % ITEMS];
		it->e.hidden = !it->e.hidden;
		compare(test, f);
		cond_resched();
	}
	clear(test, f);
	mutex_unlock(&f->lock);
}

static void lpm_oracle_ip4(struct kunit *test)
{
	check_oracle(test, 32);
}

static void lpm_oracle_ip6(struct kunit *test)
{
	check_oracle(test, 128);
}

static void lpm_counts(struct kunit *test)
{
	struct lpm_fixture *f = fixture(test, 32);
	u32 want[LPM_SOURCES] = { 0 };
	int i;

	mutex_lock(&f->lock);
	for (i = 0; i < ITEMS; i++)
		item_put_in(test, f, &f->item[i]);
	for (i = 0; i < ITEMS; i++)
		if (f->item[i].in)
			want[f->item[i].e.source]++;
	for (i = 0; i < LPM_SOURCES; i++)
		KUNIT_EXPECT_EQ(test, f->t.count[i], want[i]);
	clear(test, f);
	mutex_unlock(&f->lock);
}

/* The walk goes on behind a prefix that was taken out meanwhile. */
static void lpm_walk_resumes(struct kunit *test)
{
	struct lpm_fixture *f = fixture(test, 128);
	struct lpm_entry *e;
	u32 left, seen = 0;
	int i;

	mutex_lock(&f->lock);
	for (i = 0; i < ITEMS; i++)
		item_put_in(test, f, &f->item[i]);
	left = f->t.count[LPM_ROUTE];
	e = lpm_next(&f->t, NULL, LPM_ROUTE);
	while (e) {
		struct item *it = container_of(e, struct item, e);

		KUNIT_EXPECT_EQ(test, e->source, LPM_ROUTE);
		if (seen++ % 2)
			item_take_out(test, f, it);
		e = lpm_next(&f->t, &it->prefix, LPM_ROUTE);
	}
	KUNIT_EXPECT_EQ(test, seen, left);
	clear(test, f);
	mutex_unlock(&f->lock);
}

static void lpm_reserve_leaves_nothing(struct kunit *test)
{
	struct lpm_fixture *f = fixture(test, 32);
	int i;

	mutex_lock(&f->lock);
	for (i = 0; i < ITEMS; i++) {
		random_prefix(f, &f->item[i].prefix);
		KUNIT_ASSERT_EQ(test, lpm_reserve(&f->t, &f->item[i].prefix), 0);
	}
	KUNIT_EXPECT_NULL(test, lpm_next(&f->t, NULL, LPM_ROUTE));
	for (i = 0; i < ITEMS; i++)
		lpm_unreserve(&f->t, &f->item[i].prefix);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(f->t.root));
	mutex_unlock(&f->lock);
}

/* Item 0 stays at 1.128.0.0/9 while all else around it changes. */
struct reader {
	struct lpm_fixture *f;
	u64 looks;
	u64 misses;
	u64 wrong;
};

static int reader_run(void *arg)
{
	struct reader *r = arg;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 7);
	while (!kthread_should_stop()) {
		u8 raw[4] = { 1, 0x80, 0, 0 };
		struct lpm_entry *e;
		struct mesh_addr a;

		raw[1] |= prandom_u32_state(&rnd) & 1;
		raw[2] = prandom_u32_state(&rnd) & 1 ? 0xff : 0x80;
		mesh_addr_set(&a, raw, sizeof(raw));
		rcu_read_lock();
		e = lpm_lookup(&r->f->t, raw);
		if (!e || e->len < 9)
			r->misses++;
		else if (!mesh_prefix_match(&container_of(e, struct item, e)->prefix,
					    &a))
			r->wrong++;
		rcu_read_unlock();
		r->looks++;
		cond_resched();
	}
	return 0;
}

/* A reader still looks at what was taken out: it may change after a grace. */
static void churn(struct kunit *test, struct lpm_fixture *f)
{
	int i, j;

	for (j = 0; j < 60; j++) {
		for (i = 1; i < ITEMS; i++) {
			if (!f->item[i].in)
				item_put_in(test, f, &f->item[i]);
			cond_resched();
		}
		for (i = 1; i < ITEMS; i++) {
			if (f->item[i].in)
				item_take_out(test, f, &f->item[i]);
			cond_resched();
		}
		synchronize_rcu();
	}
}

static void lpm_reader_never_misses(struct kunit *test)
{
	struct lpm_fixture *f = fixture(test, 32);
	struct reader r = { .f = f };
	struct task_struct *task;
	struct lpm_entry *old;

	mutex_lock(&f->lock);
	f->item[0].e.source = LPM_SHORTCUT;
	mesh_addr_set(&f->item[0].prefix.addr, "\x01\x80\x00\x00", 4);
	f->item[0].prefix.len = 9;
	f->item[0].in = true;
	f->keep = f->item[0].prefix;
	KUNIT_ASSERT_EQ(test, lpm_insert(&f->t, &f->item[0].prefix,
					 &f->item[0].e, &old), 0);
	task = kthread_run(reader_run, &r, "lpm_reader");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	churn(test, f);
	kthread_stop(task);
	KUNIT_EXPECT_GT(test, r.looks, 1000ULL);
	KUNIT_EXPECT_EQ(test, r.misses, 0ULL);
	KUNIT_EXPECT_EQ(test, r.wrong, 0ULL);
	clear(test, f);
	mutex_unlock(&f->lock);
}

static struct kunit_case lpm_cases[] = {
	KUNIT_CASE(lpm_oracle_ip4),
	KUNIT_CASE(lpm_oracle_ip6),
	KUNIT_CASE(lpm_counts),
	KUNIT_CASE(lpm_walk_resumes),
	KUNIT_CASE(lpm_reserve_leaves_nothing),
	KUNIT_CASE(lpm_reader_never_misses),
	{}
};

struct kunit_suite lpm_test_suite = {
	.name = "lpm",
	.test_cases = lpm_cases,
};

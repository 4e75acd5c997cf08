// SPDX-License-Identifier: GPL-2.0
/*
 * The prefix table against a list that is searched from end to end.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
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
	struct lpm_memory memory;
	struct lpm t;
	struct rnd_state rnd;
	struct item item[ITEMS];
};

static struct lpm_fixture *fixture(struct kunit *test, u8 bits)
{
	struct lpm_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	mutex_init(&f->lock);
	f->memory.max = SIZE_MAX;
	lpm_init(&f->t, bits, &f->memory, &f->lock);
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

	random_prefix(f, &it->prefix);
	it->e.source = prandom_u32_state(&f->rnd) % LPM_SOURCES;
	it->e.hidden = it->e.source == LPM_HOST &&
		       !(prandom_u32_state(&f->rnd) % 4);
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
	KUNIT_EXPECT_EQ(test, f->memory.used, (size_t)0);
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
		if (it->e.source == LPM_HOST)
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
	for (i = 0; i < ITEMS; i++)
		KUNIT_ASSERT_EQ(test, lpm_reserve(&f->t), 0);
	KUNIT_EXPECT_NULL(test, lpm_next(&f->t, NULL, LPM_ROUTE));
	for (i = 0; i < ITEMS; i++)
		lpm_unreserve(&f->t);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(f->t.root));
	KUNIT_EXPECT_EQ(test, f->memory.used, (size_t)0);
	mutex_unlock(&f->lock);
}

static struct kunit_case lpm_cases[] = {
	KUNIT_CASE(lpm_oracle_ip4),
	KUNIT_CASE(lpm_oracle_ip6),
	KUNIT_CASE(lpm_counts),
	KUNIT_CASE(lpm_walk_resumes),
	KUNIT_CASE(lpm_reserve_leaves_nothing),
	{}
};

struct kunit_suite lpm_test_suite = {
	.name = "lpm",
	.test_cases = lpm_cases,
};

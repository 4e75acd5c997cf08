// SPDX-License-Identifier: GPL-2.0
/*
 * Prefix tables that are hard on the shape of the trie: all of them in, then out again
 * in another order; each look-up against the longest prefix that is in.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "tables/lpm_priv.h"
#include "tests.h"

struct item {
	struct lpm_entry e;
	struct mesh_prefix prefix;
	bool in;
};

/* A table's prefixes, by number. */
struct shape {
	const char *name;
	u8 bits;
	u32 n;
	void (*prefix)(u32 i, struct mesh_prefix *p);
};

static void prefix_set(struct mesh_prefix *p, u32 high, u32 low, u8 bits, u8 len)
{
	u8 raw[16] = { 0 };
	__be32 be = cpu_to_be32(high);

	memcpy(raw, &be, sizeof(be));
	if (bits == 128) {
		be = cpu_to_be32(low);
		memcpy(raw + 12, &be, sizeof(be));
	}
	mesh_addr_set(&p->addr, raw, bits / 8);
	p->len = len;
	mesh_prefix_mask(p);
}

/* Each in the one before, to the whole address, along three addresses. */
static void nested4(u32 i, struct mesh_prefix *p)
{
	static const u32 along[] = { 0, 0xffffffff, 0xa5a5a5a5 };

	prefix_set(p, along[i % 3], 0, 32, i / 3);
}

static void nested6(u32 i, struct mesh_prefix *p)
{
	static const u32 along[] = { 0, 0xffffffff, 0xa5a5a5a5 };

	prefix_set(p, along[i % 3], along[i % 3], 128, i / 3);
}

/* All addresses of 10.1.0.0/20, and what covers them. */
static void hosts4(u32 i, struct mesh_prefix *p)
{
	prefix_set(p, 0x0a010000 + i, 0, 32, i % 17 ? 32 : 20 + i % 12);
}

/* Addresses that part from each other at every bit there is. */
static void comb6(u32 i, struct mesh_prefix *p)
{
	if (i < 32)
		prefix_set(p, 1U << i, 0, 128, 128);
	else
		prefix_set(p, 0, 1U << (i % 32), 128, i < 64 ? 128 : 128 - i % 32);
}

static const struct shape shapes[] = {
	{ "nested IPv4", 32, 3 * 33, nested4 },
	{ "nested IPv6", 128, 3 * 129, nested6 },
	{ "all addresses", 32, 4096, hosts4 },
	{ "comb", 128, 96, comb6 },
};

static void shape_name(const struct shape *shape, char *desc)
{
	strscpy(desc, shape->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(shapes, shapes, shape_name);

struct shape_fixture {
	struct mutex lock;
	struct lpm_memory memory;
	struct lpm t;
	struct item *item;
	u32 n;
};

static struct shape_fixture *shape_fixture(struct kunit *test, u8 bits, u32 n)
{
	struct shape_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->n = n;
	f->item = kvcalloc(n, sizeof(*f->item), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->item);
	mutex_init(&f->lock);
	f->memory.max = SIZE_MAX;
	lpm_init(&f->t, bits, &f->memory, &f->lock);
	mutex_lock(&f->lock);
	return f;
}

/* When all have been taken out. */
static void shape_end(struct kunit *test, struct shape_fixture *f)
{
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(f->t.root));
	KUNIT_EXPECT_EQ(test, f->memory.used, (size_t)0);
	lpm_destroy(&f->t);
	mutex_unlock(&f->lock);
	rcu_barrier();
	kvfree(f->item);
}

static struct item *shape_find(struct shape_fixture *f, const struct mesh_prefix *p)
{
	u32 i;

	for (i = 0; i < f->n; i++)
		if (f->item[i].in && mesh_prefix_equal(&f->item[i].prefix, p))
			return &f->item[i];
	return NULL;
}

/* Where an address leads, by the exact finds of all prefixes that cover it. */
static void shape_check(struct kunit *test, struct shape_fixture *f,
			const struct mesh_addr *a)
{
	struct lpm_entry *want = NULL;
	struct mesh_prefix p;
	int len;

	rcu_read_lock();
	for (len = f->t.bits; len >= 0 && !want; len--) {
		p.addr = *a;
		p.len = len;
		mesh_prefix_mask(&p);
		want = lpm_get(&f->t, &p, LPM_ROUTE);
	}
	KUNIT_EXPECT_PTR_EQ(test, lpm_lookup(&f->t, a->b), want);
	rcu_read_unlock();
}

static void shape_toggle(struct kunit *test, struct shape_fixture *f, u32 i, bool in)
{
	struct item *it = &f->item[i], *was;
	struct lpm_entry *old;

	if (it->in == in)
		return;
	if (in) {
		was = shape_find(f, &it->prefix);
		KUNIT_ASSERT_EQ(test, lpm_insert(&f->t, &it->prefix, &it->e, &old), 0);
		KUNIT_EXPECT_PTR_EQ(test, old, was ? &was->e : NULL);
		if (was)
			was->in = false;
	} else {
		KUNIT_EXPECT_PTR_EQ(test, lpm_remove(&f->t, &it->prefix, LPM_ROUTE), &it->e);
	}
	it->in = in;
	KUNIT_EXPECT_PTR_EQ(test, lpm_get(&f->t, &it->prefix, LPM_ROUTE),
			    in ? &it->e : NULL);
	KUNIT_EXPECT_EQ(test, f->memory.used, lpm_bytes(&f->t));
	shape_check(test, f, &it->prefix.addr);
	shape_check(test, f, &f->item[(i * 7 + 1) % f->n].prefix.addr);
}

static void lpm_shapes(struct kunit *test)
{
	const struct shape *shape = test->param_value;
	struct shape_fixture *f = shape_fixture(test, shape->bits, shape->n);
	u32 i;

	for (i = 0; i < f->n; i++) {
		f->item[i].e.source = LPM_ROUTE;
		shape->prefix(i, &f->item[i].prefix);
	}
	/* From the front, every other one back, from the back, and all out. */
	for (i = 0; i < f->n; i++)
		shape_toggle(test, f, i, true);
	for (i = 0; i < f->n; i += 2)
		shape_toggle(test, f, i, false);
	rcu_barrier();
	for (i = f->n; i--;)
		shape_toggle(test, f, i, true);
	for (i = 0; i < f->n; i++)
		shape_toggle(test, f, (i * 5) % f->n, false);
	for (i = 0; i < f->n; i++)
		shape_toggle(test, f, i, false);
	shape_end(test, f);
}

/* A node whose array the root does not reach is found by its number. */
static void lpm_node_out_of_reach(struct kunit *test)
{
	struct shape_fixture *f = shape_fixture(test, 32, 1);
	static const struct mesh_addr beside = { .b = { 1 }, .len = 4 };
	struct item *item = f->item;
	struct lpm_entry *old;
	u64 word, far;

	/* Such that the lowest runs of the node are marks of other words. */
	item->e.source = LPM_ROUTE;
	prefix_set(&item->prefix, 0x00800000, 0, 32, 9);
	KUNIT_ASSERT_EQ(test, lpm_insert(&f->t, &item->prefix, &item->e, &old), 0);
	item->in = true;
	word = *lpm_cell(&f->t, LPM_TOP);
	word = *lpm_cell(&f->t, word_base(word) + word_rank(word, 0));
	KUNIT_EXPECT_EQ(test, (u32)word, 7U);
	far = word_far(word);
	KUNIT_EXPECT_EQ(test, far & WORD_MARKS, (u64)WORD_FAR);
	KUNIT_EXPECT_EQ(test, word_base(far_word(far)), word_base(word));
	KUNIT_EXPECT_EQ(test, (u32)far_word(far), (u32)word);
	WRITE_ONCE(lpm_root_of(&f->t)->slot[0], far);
	shape_check(test, f, &item->prefix.addr);
	shape_check(test, f, &beside);
	KUNIT_EXPECT_PTR_EQ(test, lpm_get(&f->t, &item->prefix, LPM_ROUTE), &item->e);
	lpm_remove(&f->t, &item->prefix, LPM_ROUTE);
	shape_end(test, f);
}

/* Of the node that an item's prefix is of. */
static u64 item_node(const struct shape_fixture *f, const struct item *item)
{
	const struct lpm_key key = key_of(item->prefix.addr.b, f->t.bits);
	struct lpm_place place;
	struct lpm_way way;

	lpm_place_find(&f->t, &key, item->prefix.len, &place, &way);
	return *lpm_cell(&f->t, way.step[way.n - 1].at);
}

#define BESIDE 8

/* What comes and goes alone changes a cell, and an array when half of it would do. */
static void lpm_flaps_in_place(struct kunit *test)
{
	struct shape_fixture *f = shape_fixture(test, 32, BESIDE);
	u64 word;
	u32 i;

	for (i = 0; i < BESIDE; i++) {
		f->item[i].e.source = LPM_ROUTE;
		prefix_set(&f->item[i].prefix, 0x0a010000 + (i << 9), 0, 32, 24);
		shape_toggle(test, f, i, true);
	}
	word = item_node(f, &f->item[0]);
	for (i = 1; i < BESIDE; i++) {
		shape_toggle(test, f, i, false);
		KUNIT_EXPECT_EQ(test, item_node(f, &f->item[0]), word);
		shape_toggle(test, f, i, true);
		KUNIT_EXPECT_EQ(test, item_node(f, &f->item[0]), word);
	}
	for (i = 3; i < BESIDE; i++)
		shape_toggle(test, f, i, false);
	KUNIT_EXPECT_LT(test, lpm_word_cells(item_node(f, &f->item[0])),
			lpm_word_cells(word) / 2);
	for (i = 0; i < BESIDE; i++)
		shape_toggle(test, f, i, false);
	shape_end(test, f);
}

/* What a reader looks for further when all is taken out that he has found. */
static void lpm_empties_under_a_reader(struct kunit *test)
{
	struct shape_fixture *f = shape_fixture(test, 32, 1);
	static const u8 addr[4] = { 10, 1, 2, 3 };

	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, lpm_lookup_slow(&f->t, addr, LPM_NO_SHORTCUT));
	rcu_read_unlock();
	shape_end(test, f);
}

#define MANY 70000

/* The root has every size there is, and gets smaller again. */
static void lpm_root_sizes(struct kunit *test)
{
	struct shape_fixture *f = shape_fixture(test, 32, MANY);
	struct lpm_entry *old;
	u8 largest;
	u32 i;

	for (i = 0; i < MANY; i++) {
		f->item[i].e.source = LPM_ROUTE;
		prefix_set(&f->item[i].prefix, i * 0x9e3779b1, 0, 32, 16 + i % 17);
		if (lpm_get(&f->t, &f->item[i].prefix, LPM_ROUTE))
			continue;
		KUNIT_ASSERT_EQ(test, lpm_insert(&f->t, &f->item[i].prefix,
						 &f->item[i].e, &old), 0);
		f->item[i].in = true;
		if (!(i % 16))
			shape_check(test, f, &f->item[i / 2].prefix.addr);
		cond_resched();
	}
	largest = rcu_dereference_protected(f->t.root, true)->bits;
	KUNIT_EXPECT_EQ(test, largest, 19);
	for (i = 0; i < MANY; i++) {
		if (f->item[i].in)
			KUNIT_EXPECT_PTR_EQ(test, lpm_remove(&f->t, &f->item[i].prefix,
							     LPM_ROUTE), &f->item[i].e);
		if (i == MANY - 20)
			KUNIT_EXPECT_LT(test, rcu_dereference_protected(f->t.root, true)->bits,
					largest);
		if (!(i % 16))
			shape_check(test, f, &f->item[MANY - 1 - i / 2].prefix.addr);
		cond_resched();
	}
	shape_end(test, f);
}

/* So many that the root of a whole table would have 16384 slots: a part is 256 of them. */
#define PART 2100
#define PART_SLOTS 256U

static void part_put(struct kunit *test, struct shape_fixture *f, u32 i)
{
	struct lpm_entry *old;

	KUNIT_EXPECT_EQ(test, lpm_insert(&f->t, &f->item[i].prefix, &f->item[i].e, &old), 0);
	f->item[i].in = true;
}

static void part_take(struct kunit *test, struct shape_fixture *f, u32 i)
{
	KUNIT_EXPECT_PTR_EQ(test, lpm_remove(&f->t, &f->item[i].prefix, LPM_ROUTE),
			    &f->item[i].e);
	f->item[i].in = false;
}

static void part_check(struct kunit *test, struct shape_fixture *f)
{
	static const struct mesh_addr beside[] = {
		{ .b = { 32, 169 }, .len = 4 }, { .b = { 10, 200 }, .len = 4 },
		{ .b = { 255, 255, 255, 255 }, .len = 4 }, { .b = { 0 }, .len = 4 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(beside); i++)
		shape_check(test, f, &beside[i]);
	for (i = 0; i < f->n; i += i < PART ? 150 : 1)
		shape_check(test, f, &f->item[i].prefix.addr);
}

/*
 * Of a table with one block of addresses the root has that block; what comes elsewhere is
 * found before there is a root that has it, too, and the rest is what covers all.
 */
static void lpm_root_of_a_part(struct kunit *test)
{
	struct shape_fixture *f = shape_fixture(test, 32, PART + 2);
	const struct lpm_root *root;
	u32 i;

	for (i = 0; i < f->n; i++) {
		f->item[i].e.source = LPM_ROUTE;
		prefix_set(&f->item[i].prefix, 0x0a000000 + i * 0x1f00, 0, 32, 24);
	}
	prefix_set(&f->item[PART].prefix, 0, 0, 32, 0);
	prefix_set(&f->item[PART + 1].prefix, 0x20a80000, 0, 32, 16);
	for (i = 0; i < PART; i++)
		part_put(test, f, i);
	root = lpm_root_of(&f->t);
	KUNIT_EXPECT_EQ(test, root->n, PART_SLOTS);
	part_check(test, f);
	part_put(test, f, PART);
	KUNIT_EXPECT_PTR_EQ(test, lpm_root_of(&f->t), root);
	part_check(test, f);
	KUNIT_EXPECT_EQ(test, lpm_reserve(&f->t), 0);
	f->memory.max = f->memory.used;
	part_put(test, f, PART + 1);
	KUNIT_EXPECT_PTR_EQ(test, lpm_root_of(&f->t), root);
	KUNIT_EXPECT_EQ(test, root->rest, (u64)WORD_FAR);
	part_check(test, f);
	f->memory.max = SIZE_MAX;
	for (i = 0; i < PART && root == lpm_root_of(&f->t); i++) {
		part_take(test, f, i);
		part_put(test, f, i);
	}
	root = lpm_root_of(&f->t);
	KUNIT_EXPECT_GT(test, root->n, PART_SLOTS);
	KUNIT_EXPECT_NE(test, root->rest, (u64)WORD_FAR);
	part_check(test, f);
	part_take(test, f, PART);
	part_check(test, f);
	for (i = 0; i < f->n; i++)
		if (f->item[i].in)
			part_take(test, f, i);
	shape_end(test, f);
}

/* So many of 25 bits each in a slot of the root, which has a field then. */
#define FIELD_HAS 128
#define FIELD_COVERS 4

static struct shape_fixture *field_fixture(struct kunit *test)
{
	static const u8 cover[FIELD_COVERS] = { 0, 10, 20, 23 };
	struct shape_fixture *f = shape_fixture(test, 128, MANY + FIELD_COVERS);
	u32 i;

	for (i = 0; i < f->n; i++) {
		f->item[i].e.source = LPM_ROUTE;
		if (i < MANY)
			prefix_set(&f->item[i].prefix, 0x20000000 + (i << 7), 0, 128,
				   i % 2 ? 25 : 32);
		else
			prefix_set(&f->item[i].prefix, 0x20000000, 0, 128, cover[i - MANY]);
	}
	for (i = 0; i < MANY; i++) {
		part_put(test, f, i);
		cond_resched();
	}
	return f;
}

static void field_check(struct kunit *test, struct shape_fixture *f)
{
	static const struct mesh_addr beside[] = {
		{ .b = { 0x20, 0, 0, 1 }, .len = 16 }, { .b = { 0x20, 0, 1, 1 }, .len = 16 },
		{ .b = { 0x20, 0, 0x3f, 0xff, 1 }, .len = 16 }, { .b = { 0x21 }, .len = 16 },
	};
	u32 i;

	KUNIT_EXPECT_EQ(test, f->memory.used, lpm_bytes(&f->t));
	for (i = 0; i < ARRAY_SIZE(beside); i++)
		shape_check(test, f, &beside[i]);
	for (i = 0; i < MANY; i += i < 2 * FIELD_HAS ? 1 : 501)
		shape_check(test, f, &f->item[i].prefix.addr);
}

/*
 * A slot's field says what the slot's addresses lead to, whatever covers them; it goes with
 * the last prefix there, and where there is no memory for one all is found without.
 */
static void lpm_fields(struct kunit *test)
{
	struct shape_fixture *f = field_fixture(test);
	const struct lpm_root *root = lpm_root_of(&f->t);
	u32 i, fields = root->fields;

	KUNIT_EXPECT_EQ(test, fields, (u32)((MANY + FIELD_HAS - 1) / FIELD_HAS));
	field_check(test, f);
	for (i = MANY; i < f->n; i++) {
		part_put(test, f, i);
		field_check(test, f);
	}
	for (i = MANY; i < f->n; i++) {
		part_take(test, f, i);
		field_check(test, f);
	}
	for (i = 0; i < FIELD_HAS; i++)
		part_take(test, f, i);
	KUNIT_EXPECT_PTR_EQ(test, lpm_root_of(&f->t), root);
	KUNIT_EXPECT_EQ(test, root->fields, fields - 1);
	field_check(test, f);
	KUNIT_EXPECT_EQ(test, lpm_reserve(&f->t), 0);
	f->memory.max = f->memory.used;
	part_put(test, f, 0);
	KUNIT_EXPECT_EQ(test, root->fields, fields - 1);
	field_check(test, f);
	f->memory.max = SIZE_MAX;
	part_put(test, f, FIELD_HAS / 2);
	KUNIT_EXPECT_EQ(test, root->fields, fields);
	field_check(test, f);
	for (i = 0; i < f->n; i++) {
		if (f->item[i].in)
			part_take(test, f, i);
		cond_resched();
	}
	shape_end(test, f);
}

static struct kunit_case lpm_shape_cases[] = {
	KUNIT_CASE_PARAM(lpm_shapes, shapes_gen_params),
	KUNIT_CASE(lpm_flaps_in_place),
	KUNIT_CASE(lpm_node_out_of_reach),
	KUNIT_CASE(lpm_empties_under_a_reader),
	KUNIT_CASE(lpm_root_sizes),
	KUNIT_CASE(lpm_root_of_a_part),
	KUNIT_CASE(lpm_fields),
	{}
};

struct kunit_suite lpm_shape_test_suite = {
	.name = "lpm_shape",
	.test_cases = lpm_shape_cases,
};

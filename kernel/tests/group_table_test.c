// SPDX-License-Identifier: GPL-2.0
/*
 * What a group's table says: the same to everybody, and as even as it can.
 */
#include <linux/math64.h>

#include "group_flows.h"
#include "tests.h"

/*
 * Nodes of any kind and age agree: who changes how tables are made finds out here
 * that he parts them.
 */
TABLES_TEST(group_table_is_known)
{
	static const u8 known[] = {
		2, 1, 2, 2, 1, 1, 2, 1, 2, 2, 1, 1, 2, 2, 1, 2, 2, 2, 2, 1,
		0, 2, 2, 2, 2, 2, 2, 1, 1, 2, 2, 1, 0, 1, 1, 2, 1, 2, 2, 2,
	};
	static const u16 w[] = { 7, 30, 50 };
	struct tables *t = test->priv;
	const struct group_table *table;
	u32 i;

	peers(test, 3);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 3), 0);
	KUNIT_ASSERT_EQ(test, find(t, 1)->n_tiers, 1);
	table = find(t, 1)->tier[0].table;
	for (i = 0; i < ARRAY_SIZE(known); i++)
		KUNIT_EXPECT_EQ_MSG(test, table->bucket[i * 61], known[i],
				    "bucket %u", i * 61);
}

/* Neither the order of the members nor what is a device's own counts. */
TABLES_TEST(group_order_is_irrelevant)
{
	struct member_cfg a[] = {
		{ ip4(PEER(1)), 5, 0 }, { ip4(PEER(2)), 2, 0 },
		{ ip4(PEER(3)), 7, 0 },
	};
	struct member_cfg b[] = { a[2], a[0], a[1] };
	struct fwd_group_cfg cfg = { .id = 1, .member = a, .n = 3 };
	struct tables *t = test->priv;
	u16 *first = flows(test), *second = flows(test);

	peers(test, 3);
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	cfg.id = 2;
	cfg.member = b;
	t->fwd.seed++;
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	snapshot(test, find(t, 1), first);
	snapshot(test, find(t, 2), second);
	KUNIT_EXPECT_EQ(test, memcmp(first, second, FLOWS * sizeof(*first)), 0);
}

static u16 alike(u32 i)
{
	return 7;
}

static u16 different(u32 i)
{
	return i * 40503 % 65535 + 1;
}

static u16 one_heavy(u32 i)
{
	return i ? 1 : 65535;
}

static const struct origin {
	const char *name;
	u16 (*weight)(u32 i);
	u32 n;
	u32 buckets;
} origins[] = {
	{ "two", different, 2, 16384 },
	{ "three", alike, 3, 128 },
	{ "nine", different, 9, 65536 },
	{ "nine, one of them heavy", one_heavy, 9, 1024 },
	{ "thirty, one of them heavy", one_heavy, 30, 16384 },
	{ "all that may be", alike, GROUP_MEMBERS_MAX, 16384 },
	{ "all, different", different, GROUP_MEMBERS_MAX, 4096 },
};

static void origin_describe(const struct origin *o, char *desc)
{
	strscpy(desc, o->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(origins, origins, origin_describe);

static void origin_set(struct kunit *test)
{
	const struct origin *o = test->param_value;
	struct tables *t = test->priv;
	struct member_cfg *m = kunit_kcalloc(test, o->n, sizeof(*m), GFP_KERNEL);
	struct fwd_group_cfg cfg = {
		.id = 1, .member = m, .n = o->n, .buckets = o->buckets,
	};
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	for (i = 0; i < o->n; i++)
		m[i] = (struct member_cfg) { ip4(PEER(i + 1)), o->weight(i), 0 };
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	kunit_kfree(test, m);
}

/* The table is as it was, and its members know what they have. */
static void expect_table(struct kunit *test, const u8 *was)
{
	const struct origin *o = test->param_value;
	const struct group_tier *tier = &find(test->priv, 1)->tier[0];
	u32 *taken = kunit_kcalloc(test, o->n, sizeof(*taken), GFP_KERNEL);
	u32 at, i;

	KUNIT_ASSERT_NOT_NULL(test, taken);
	KUNIT_ASSERT_EQ(test, tier->table->mask + 1, o->buckets);
	KUNIT_EXPECT_EQ(test, memcmp(tier->table->bucket, was, o->buckets), 0);
	for (at = 0; at < o->buckets; at++)
		taken[was[at]]++;
	for (i = 0; i < o->n; i++)
		KUNIT_EXPECT_EQ_MSG(test, tier->member[i].taken, taken[i],
				    "member %u", i);
	kunit_kfree(test, taken);
}

static void table_copy(struct kunit *test, u8 *to)
{
	const struct origin *o = test->param_value;

	memcpy(to, find(test->priv, 1)->tier[0].table->bucket, o->buckets);
}

/*
 * A table that is made for who lives is the one that is left when others have died,
 * which is made bucket by bucket; and the one that there is when they are back.
 */
TABLES_TEST(group_table_however_it_came_about)
{
	const struct origin *o = test->param_value;
	u8 *all = kunit_kcalloc(test, 2, o->buckets, GFP_KERNEL);
	struct tables *t = test->priv;
	u8 *left = all + o->buckets;
	u32 dead[] = { 1, 2, 5, 9, 77, 250 }, i;

	KUNIT_ASSERT_NOT_NULL(test, all);
	peers(test, o->n);
	origin_set(test);
	table_copy(test, all);
	expect_table(test, all);
	for (i = 0; i < ARRAY_SIZE(dead) && dead[i] < o->n; i++) {
		KUNIT_ASSERT_EQ(test, revive(t, dead[i], false), 0);
		table_copy(test, left);
		expect_table(test, left);
		origin_set(test);
		expect_table(test, left);
	}
	while (i--)
		KUNIT_ASSERT_EQ(test, revive(t, dead[i], true), 0);
	expect_table(test, all);
}

/* All weights in one proportion are the same weights. */
TABLES_TEST(group_weights_in_proportion)
{
	static const u16 one[] = { 1, 2, 5 }, many[] = { 13107, 26214, 65535 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);

	peers(test, 3);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, one, 3), 0);
	snapshot(test, find(t, 1), before);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, many, 3), 0);
	snapshot(test, find(t, 1), after);
	KUNIT_EXPECT_EQ(test, moved(before, after), 0);
}

/* One more is told, even where it is a tenth of a percent. */
TABLES_TEST(group_weights_are_told_apart)
{
	static const u16 weights[] = {
		1, 2, 3, 10, 11, 100, 101, 1000, 1010, 10000, 10100, 65000,
		65535,
	};
	struct tables *t = test->priv;
	u32 before = 0, i;

	peers(test, 3);
	for (i = 0; i < ARRAY_SIZE(weights); i++) {
		u16 w[] = { 1000, weights[i], 1000 };
		u32 expected = GROUP_BUCKETS * weights[i] / (2000 + weights[i]);
		u32 taken;

		KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 3), 0);
		taken = find(t, 1)->member[1].taken;
		KUNIT_EXPECT_GT(test, taken, before);
		KUNIT_EXPECT_LE_MSG(test, abs((int)(taken - expected)),
				    8 + (int)expected / 20,
				    "weight %u: %u buckets, wanted %u",
				    weights[i], taken, expected);
		before = taken;
	}
}

/*
 * Pearson's chi-square of the shares of as many groups of @n as there are peers for.
 * It would be @members * (@n - 1) / @n where each bucket is a throw of dice.
 */
static u32 shares_chi(struct kunit *test, u32 n, u32 *members)
{
	struct tables *t = test->priv;
	u16 *w = flows(test);
	u64 squares = 0;
	u32 first, i;

	for (i = 0; i < n; i++)
		w[i] = 7;
	for (first = 1; first + n - 1 <= GROUP_MEMBERS_MAX; first += n) {
		KUNIT_ASSERT_EQ(test, tables_group(t, 1, first, w, n), 0);
		for (i = 0; i < n; i++) {
			int off = find(t, 1)->member[i].taken * n - GROUP_BUCKETS;

			squares += (s64)off * off;
		}
		*members += n;
	}
	return div_u64(squares, n * GROUP_BUCKETS);
}

/* As uneven as is said where the number of buckets is chosen, and no more. */
TABLES_TEST(group_table_balance)
{
	static const u32 sizes[] = { 2, 3, 4, 8, 16, 64, 256 };
	u32 k;

	peers(test, GROUP_MEMBERS_MAX);
	for (k = 0; k < ARRAY_SIZE(sizes); k++) {
		u32 n = sizes[k], members = 0;
		u32 chi = shares_chi(test, n, &members);

		kunit_info(test, "groups of %u: chi-square %u of %u dice's", n,
			   chi, members * (n - 1) / n);
		/* A half, and five standard deviations of 256 members' more. */
		KUNIT_EXPECT_LE_MSG(test, chi * 100, members * (n - 1) / n * 72,
				    "groups of %u", n);
	}
}

static bool is_same(const struct peer *member, const struct peer *arg)
{
	return member == arg;
}

/* Those that stand by, too, whichever tier carries the flows. */
TABLES_TEST(group_any_of_all_tiers)
{
	struct member_cfg m[] = {
		{ ip4(PEER(1)), 1, 0 }, { ip4(PEER(2)), 1, 0 },
		{ ip4(PEER(3)), 1, 1 }, { ip4(PEER(4)), 1, 2 },
	};
	struct fwd_group_cfg cfg = { .id = 1, .member = m, .n = 4 };
	struct tables *t = test->priv;
	u32 i, dead, members;

	peers(test, 5);
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	for (dead = 0; dead < 4; dead++) {
		if (dead)
			KUNIT_ASSERT_EQ(test, revive(t, dead, false), 0);
		members = 0;
		rcu_read_lock();
		for (i = 1; i <= 5; i++) {
			struct mesh_addr addr = ip4(PEER(i));

			if (group_any(find(t, 1), is_same,
				      fwd_peer(&t->fwd, &addr)))
				members |= BIT(i);
		}
		rcu_read_unlock();
		KUNIT_EXPECT_EQ_MSG(test, members, 0x1e, "%u dead", dead);
	}
}

static struct kunit_case group_table_cases[] = {
	KUNIT_CASE(group_table_is_known),
	KUNIT_CASE(group_order_is_irrelevant),
	KUNIT_CASE_PARAM(group_table_however_it_came_about, origins_gen_params),
	KUNIT_CASE(group_weights_in_proportion),
	KUNIT_CASE(group_weights_are_told_apart),
	KUNIT_CASE(group_table_balance),
	KUNIT_CASE(group_any_of_all_tiers),
	{}
};

struct kunit_suite group_table_test_suite = {
	.name = "group_table",
	.init = tables_init,
	.exit = tables_exit,
	.test_cases = group_table_cases,
};

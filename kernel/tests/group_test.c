// SPDX-License-Identifier: GPL-2.0
#include "tables.h"
#include "tests.h"

#define FLOWS 16384

/* A hash as a good hash function would give it to flow @i. */
static u32 flow(u32 i)
{
	i *= 0x9e3779b1;
	i ^= i >> 15;
	i *= 0x85ebca77;
	return i ^ i >> 13;
}

static struct group *find(struct tables *t, u32 id)
{
	return fwd_group(&t->fwd, id);
}

/* Where each flow goes, in peers' numbers; 0 for nowhere. */
static void snapshot(struct kunit *test, struct group *g, u16 *to)
{
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, g);
	rcu_read_lock();
	for (i = 0; i < FLOWS; i++) {
		struct peer *peer = group_pick(g, flow(i));

		to[i] = peer ? peer->addr.b[2] << 8 | peer->addr.b[3] : 0;
	}
	rcu_read_unlock();
}

static u16 *flows(struct kunit *test)
{
	u16 *to = kunit_kcalloc(test, FLOWS, sizeof(*to), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, to);
	return to;
}

static u32 count(const u16 *to, u16 who)
{
	u32 i, n = 0;

	for (i = 0; i < FLOWS; i++)
		n += to[i] == who;
	return n;
}

static void peers(struct kunit *test, u32 n)
{
	u32 i;

	for (i = 1; i <= n; i++)
		tables_peer_one(test, i);
}

static int revive(struct tables *t, u32 i, bool up)
{
	struct mesh_addr peer = ip4(PEER(i)), a = ip4(NBMA(i));

	return fwd_endpoint_set(&t->fwd, &peer, &a, up, &t->err);
}

static void expect_share(struct kunit *test, const u16 *to, u16 who,
			 u32 percent)
{
	int off = (int)(count(to, who) * 100) - (int)(FLOWS * percent);

	KUNIT_EXPECT_LE_MSG(test, abs(off), FLOWS * 2,
			    "peer %u: %u of %u flows, wanted %u %%", who,
			    count(to, who), FLOWS, percent);
}

TABLES_TEST(group_weights)
{
	static const u16 one[] = { 3, 1 }, four[] = { 10, 20, 30, 40 };
	static const u16 big[] = { 65535, 65535 };
	struct tables *t = test->priv;
	u16 *to = flows(test);
	u32 i;

	peers(test, 4);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, one, 2), 0);
	snapshot(test, find(t, 1), to);
	expect_share(test, to, 1, 75);
	expect_share(test, to, 2, 25);
	KUNIT_ASSERT_EQ(test, tables_group(t, 2, 1, four, 4), 0);
	snapshot(test, find(t, 2), to);
	for (i = 0; i < 4; i++)
		expect_share(test, to, i + 1, four[i]);
	KUNIT_ASSERT_EQ(test, tables_group(t, 3, 1, big, 2), 0);
	snapshot(test, find(t, 3), to);
	expect_share(test, to, 1, 50);
	KUNIT_EXPECT_EQ(test, find(t, 3)->member[0].taken,
			find(t, 3)->size / 2);
}

TABLES_TEST(group_one_member)
{
	static const u16 w[] = { 9 };
	struct tables *t = test->priv;
	u16 *to = flows(test);

	peers(test, 1);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 1), 0);
	snapshot(test, find(t, 1), to);
	KUNIT_EXPECT_EQ(test, count(to, 1), FLOWS);
	KUNIT_EXPECT_EQ(test, revive(t, 1, false), 0);
	snapshot(test, find(t, 1), to);
	KUNIT_EXPECT_EQ(test, count(to, 0), FLOWS);
}

/* To the first @n peers, alike. */
static struct group *shortcut_group(struct kunit *test, unsigned int n)
{
	struct member_cfg m[] = {
		{ ip4(PEER(1)), 1, 0 }, { ip4(PEER(2)), 1, 0 },
		{ ip4(PEER(3)), 1, 0 }, { ip4(PEER(4)), 1, 0 },
	};
	struct fwd_shortcut_cfg cfg = {
		.prefix = net4(0xac100000, 12), .member = m, .n = n,
	};
	struct tables *t = test->priv;
	struct shortcut *s;

	KUNIT_ASSERT_EQ(test, fwd_shortcut_set(&t->fwd, &cfg, NULL), 0);
	s = fwd_shortcut(&t->fwd, &cfg.prefix);
	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_NOT_NULL(test, s->group);
	KUNIT_EXPECT_EQ(test, s->group->size, GROUP_BUCKETS_UNNAMED);
	return s->group;
}

/* The small table of a shortcut's own group does what a large one does. */
TABLES_TEST(group_of_shortcut)
{
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);
	u32 i, n, moved = 0;
	struct group *g;

	peers(test, 4);
	for (n = 2; n <= 4; n++) {
		g = shortcut_group(test, n);
		snapshot(test, g, after);
		for (i = 1; i <= n; i++)
			expect_share(test, after, i, 100 / n);
		for (i = 0; n == 4 && i < FLOWS; i++)
			moved += after[i] != 4 && after[i] != before[i];
		memcpy(before, after, FLOWS * sizeof(*before));
	}
	/* Who stays keeps what does not go to the newcomer, but for a little. */
	KUNIT_EXPECT_LT(test, moved * 100, FLOWS * 15);
	KUNIT_EXPECT_EQ(test, revive(t, 2, false), 0);
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, count(after, 2), 0);
	for (moved = 0, i = 0; i < FLOWS; i++)
		moved += before[i] != 2 && after[i] != before[i];
	KUNIT_EXPECT_EQ(test, moved, 0);
	KUNIT_EXPECT_EQ(test, revive(t, 2, true), 0);
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, memcmp(before, after, FLOWS * sizeof(*after)), 0);
}

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
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	snapshot(test, find(t, 1), first);
	snapshot(test, find(t, 2), second);
	KUNIT_EXPECT_EQ(test, memcmp(first, second, FLOWS * sizeof(*first)), 0);
}

/* A death moves the flows of the dead alone; its return undoes just that. */
TABLES_TEST(group_death_and_return)
{
	static const u16 w[] = { 1, 2, 3, 1, 2 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);
	u32 i, moved = 0;

	peers(test, 5);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 5), 0);
	snapshot(test, find(t, 1), before);
	KUNIT_EXPECT_EQ(test, revive(t, 3, false), 0);
	snapshot(test, find(t, 1), after);
	for (i = 0; i < FLOWS; i++)
		if (before[i] != 3)
			moved += before[i] != after[i];
	KUNIT_EXPECT_EQ(test, moved, 0);
	KUNIT_EXPECT_EQ(test, count(after, 3), 0);
	KUNIT_EXPECT_EQ(test, count(after, 0), 0);
	expect_share(test, after, 2, 33);
	expect_share(test, after, 1, 17);
	KUNIT_EXPECT_EQ(test, revive(t, 3, true), 0);
	snapshot(test, find(t, 1), after);
	KUNIT_EXPECT_EQ(test, memcmp(before, after, FLOWS * sizeof(*after)), 0);
}

/* A fifth member of equal weight takes a fifth, and little else moves. */
TABLES_TEST(group_growth)
{
	static const u16 w[] = { 1, 1, 1, 1, 1 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);
	u32 i, moved = 0;

	peers(test, 5);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 4), 0);
	snapshot(test, find(t, 1), before);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 5), 0);
	snapshot(test, find(t, 1), after);
	for (i = 0; i < FLOWS; i++)
		moved += before[i] != after[i];
	expect_share(test, after, 5, 20);
	KUNIT_EXPECT_LT(test, moved, FLOWS * 35 / 100);
	kunit_info(test, "4 to 5 members: %u %% of the flows moved",
		   moved * 100 / FLOWS);
}

TABLES_TEST(group_tiers)
{
	struct member_cfg m[] = {
		{ ip4(PEER(1)), 1, 5 }, { ip4(PEER(2)), 1, 1 },
		{ ip4(PEER(3)), 1, 1 },
	};
	struct fwd_group_cfg cfg = { .id = 1, .member = m, .n = 3 };
	struct tables *t = test->priv;
	u16 *to = flows(test);

	peers(test, 3);
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	snapshot(test, find(t, 1), to);
	KUNIT_EXPECT_EQ(test, count(to, 1), 0);
	expect_share(test, to, 2, 50);
	KUNIT_EXPECT_EQ(test, revive(t, 2, false), 0);
	KUNIT_EXPECT_EQ(test, revive(t, 3, false), 0);
	snapshot(test, find(t, 1), to);
	KUNIT_EXPECT_EQ(test, count(to, 1), FLOWS);
	KUNIT_EXPECT_EQ(test, find(t, 1)->tier, 5);
	KUNIT_EXPECT_EQ(test, revive(t, 3, true), 0);
	snapshot(test, find(t, 1), to);
	KUNIT_EXPECT_EQ(test, count(to, 3), FLOWS);
}

/* The flows of one member still use both of its endpoints, evenly. */
TABLES_TEST(group_and_endpoint_do_not_polarise)
{
	struct endpoint_cfg ep[] = { nbma(NBMA(9), 1, 0), nbma(NBMA(10), 1, 0) };
	static const u16 w[] = { 1, 1, 1, 1 };
	struct tables *t = test->priv;
	u32 i, total = 0, at_first = 0;
	struct group *g;

	peers(test, 4);
	KUNIT_ASSERT_EQ(test, tables_peer(t, 2, PEER_STATIC, ep, 2), 0);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 4), 0);
	g = find(t, 1);
	rcu_read_lock();
	for (i = 0; i < FLOWS; i++) {
		struct peer *peer = group_pick(g, flow(i));

		if (peer->addr.b[3] != 2)
			continue;
		total++;
		at_first += mesh_addr_equal(&peer_endpoint(peer, flow(i))->nbma,
					    &ep[0].nbma);
	}
	rcu_read_unlock();
	KUNIT_EXPECT_GT(test, total, FLOWS / 5);
	KUNIT_EXPECT_LT(test, abs((int)at_first * 2 - (int)total),
			(int)total / 20);
}

/* A learned peer that goes stays a dead member, and comes back as itself. */
TABLES_TEST(group_keeps_the_dead)
{
	struct endpoint_cfg ep = nbma(NBMA(2), 1, 0);
	static const u16 w[] = { 1, 1 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);
	struct mesh_addr addr = ip4(PEER(2));
	struct fwd_hit hit;

	peers(test, 1);
	KUNIT_ASSERT_EQ(test, tables_peer(t, 2, PEER_REGISTERED, &ep, 1), 0);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 2), 0);
	snapshot(test, find(t, 1), before);
	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 2, PEER_REGISTERED), 0);
	KUNIT_ASSERT_NOT_NULL(test, fwd_peer(&t->fwd, &addr));
	KUNIT_EXPECT_EQ(test, fwd_peer(&t->fwd, &addr)->origins, 0);
	rcu_read_lock();
	KUNIT_EXPECT_FALSE(test, fwd_lookup(&t->fwd, addr.b, 4, &hit));
	rcu_read_unlock();
	snapshot(test, find(t, 1), after);
	KUNIT_EXPECT_EQ(test, count(after, 1), FLOWS);

	KUNIT_ASSERT_EQ(test, tables_peer(t, 2, PEER_REGISTERED, &ep, 1), 0);
	snapshot(test, find(t, 1), after);
	KUNIT_EXPECT_EQ(test, memcmp(before, after, FLOWS * sizeof(*after)), 0);

	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 2, PEER_REGISTERED), 0);
	KUNIT_EXPECT_EQ(test, fwd_group_del(&t->fwd, 1, &t->err), 0);
	KUNIT_EXPECT_NULL(test, fwd_peer(&t->fwd, &addr));
}

static struct kunit_case group_cases[] = {
	KUNIT_CASE(group_weights),
	KUNIT_CASE(group_one_member),
	KUNIT_CASE(group_of_shortcut),
	KUNIT_CASE(group_order_is_irrelevant),
	KUNIT_CASE(group_death_and_return),
	KUNIT_CASE(group_growth),
	KUNIT_CASE(group_tiers),
	KUNIT_CASE(group_and_endpoint_do_not_polarise),
	KUNIT_CASE(group_keeps_the_dead),
	{}
};

struct kunit_suite group_test_suite = {
	.name = "group",
	.init = tables_init,
	.exit = tables_exit,
	.test_cases = group_cases,
};

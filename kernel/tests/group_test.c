// SPDX-License-Identifier: GPL-2.0
#include "group_flows.h"
#include "tests.h"

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
	struct group *g;
	u32 i, n;

	peers(test, 4);
	for (n = 2; n <= 4; n++) {
		g = shortcut_group(test, n);
		snapshot(test, g, after);
		for (i = 1; i <= n; i++)
			expect_share(test, after, i, 100 / n);
		if (n > 2)
			KUNIT_EXPECT_EQ(test, others_moved(before, after, n), 0);
		memcpy(before, after, FLOWS * sizeof(*before));
	}
	KUNIT_EXPECT_EQ(test, revive(t, 2, false), 0);
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, count(after, 2), 0);
	KUNIT_EXPECT_EQ(test, others_moved(before, after, 2), 0);
	KUNIT_EXPECT_EQ(test, revive(t, 2, true), 0);
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, memcmp(before, after, FLOWS * sizeof(*after)), 0);
}

/* A death moves the flows of the dead alone; its return undoes just that. */
TABLES_TEST(group_death_and_return)
{
	static const u16 w[] = { 1, 2, 3, 1, 2 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);

	peers(test, 5);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 5), 0);
	snapshot(test, find(t, 1), before);
	KUNIT_EXPECT_EQ(test, revive(t, 3, false), 0);
	snapshot(test, find(t, 1), after);
	KUNIT_EXPECT_EQ(test, others_moved(before, after, 3), 0);
	KUNIT_EXPECT_EQ(test, count(after, 3), 0);
	KUNIT_EXPECT_EQ(test, count(after, 0), 0);
	expect_share(test, after, 2, 33);
	expect_share(test, after, 1, 17);
	KUNIT_EXPECT_EQ(test, revive(t, 3, true), 0);
	snapshot(test, find(t, 1), after);
	KUNIT_EXPECT_EQ(test, memcmp(before, after, FLOWS * sizeof(*after)), 0);
}

/* Whoever is taken out: his flows alone move, and are his again when he is back. */
TABLES_TEST(group_removal_and_return)
{
	static const u16 w[] = { 1, 2, 3, 1, 2, 65535, 9, 8, 7 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);
	struct member_cfg m[ARRAY_SIZE(w)];
	struct fwd_group_cfg cfg = { .id = 1, .member = m };
	unsigned int n = ARRAY_SIZE(w), i;

	peers(test, n);
	/* Down to one, and so by every number of members. */
	for (; n > 1; n--) {
		KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, n), 0);
		snapshot(test, find(t, 1), before);
		for (i = 0; i < n; i++)
			m[i] = (struct member_cfg) { ip4(PEER(i + 1)), w[i], 0 };
		m[n / 2] = m[n - 1];
		cfg.n = n - 1;
		KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL),
				0);
		snapshot(test, find(t, 1), after);
		KUNIT_EXPECT_EQ(test, others_moved(before, after, n / 2 + 1), 0);
		KUNIT_EXPECT_EQ(test, count(after, n / 2 + 1), 0);
		KUNIT_EXPECT_EQ(test, moved(before, after),
				count(before, n / 2 + 1));

		KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, n), 0);
		snapshot(test, find(t, 1), after);
		KUNIT_EXPECT_EQ(test, moved(before, after), 0);
	}
}

/* A fifth member of equal weight takes a fifth, and nothing else moves. */
TABLES_TEST(group_growth)
{
	static const u16 w[] = { 1, 1, 1, 1, 1 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);

	peers(test, 5);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 4), 0);
	snapshot(test, find(t, 1), before);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 5), 0);
	snapshot(test, find(t, 1), after);
	expect_share(test, after, 5, 20);
	KUNIT_EXPECT_EQ(test, others_moved(before, after, 5), 0);
	KUNIT_EXPECT_EQ(test, moved(before, after), count(after, 5));
}

/* A weight that grows by a hundredth takes no more than that of the flows. */
TABLES_TEST(group_weight_by_a_percent)
{
	static const u16 was[] = { 100, 300, 200, 400 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);
	u32 i;

	peers(test, 4);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, was, 4), 0);
	snapshot(test, find(t, 1), before);
	for (i = 0; i < 4; i++) {
		u16 w[4];

		memcpy(w, was, sizeof(w));
		w[i] += w[i] / 100;
		KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 4), 0);
		snapshot(test, find(t, 1), after);
		KUNIT_EXPECT_EQ(test, others_moved(before, after, i + 1), 0);
		KUNIT_EXPECT_EQ(test, moved(before, after),
				count(after, i + 1) - count(before, i + 1));
		KUNIT_EXPECT_GT(test, moved(before, after), 0);
		KUNIT_EXPECT_LE(test, moved(before, after), FLOWS / 100);
	}
}

TABLES_TEST(group_tiers)
{
	struct member_cfg m[] = {
		{ ip4(PEER(1)), 1, 2 }, { ip4(PEER(2)), 1, 0 },
		{ ip4(PEER(3)), 1, 0 }, { ip4(PEER(4)), 1, 1 },
	};
	struct fwd_group_cfg cfg = { .id = 1, .member = m, .n = 4 };
	struct tables *t = test->priv;
	u16 *to = flows(test);

	peers(test, 4);
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	snapshot(test, find(t, 1), to);
	KUNIT_EXPECT_EQ(test, count(to, 1) + count(to, 4), 0);
	expect_share(test, to, 2, 50);
	KUNIT_EXPECT_EQ(test, revive(t, 2, false), 0);
	snapshot(test, find(t, 1), to);
	KUNIT_EXPECT_EQ(test, count(to, 3), FLOWS);
	KUNIT_EXPECT_EQ(test, revive(t, 4, false), 0);
	KUNIT_EXPECT_EQ(test, revive(t, 3, false), 0);
	snapshot(test, find(t, 1), to);
	KUNIT_EXPECT_EQ(test, count(to, 1), FLOWS);
	KUNIT_EXPECT_EQ(test, find(t, 1)->active->tier, 2);
	KUNIT_EXPECT_EQ(test, revive(t, 4, true), 0);
	snapshot(test, find(t, 1), to);
	KUNIT_EXPECT_EQ(test, count(to, 4), FLOWS);
	KUNIT_EXPECT_EQ(test, revive(t, 3, true), 0);
	snapshot(test, find(t, 1), to);
	KUNIT_EXPECT_EQ(test, count(to, 3), FLOWS);
}

/*
 * One pointer is swapped, to a table that is complete; the one that readers may
 * still look at stays as it is, and no route is touched.
 */
TABLES_TEST(group_tier_takes_over_at_once)
{
	struct member_cfg m[] = {
		{ ip4(PEER(1)), 1, 0 }, { ip4(PEER(2)), 3, 1 },
		{ ip4(PEER(3)), 1, 1 },
	};
	struct fwd_group_cfg cfg = { .id = 1, .member = m, .n = 3 };
	struct tables *t = test->priv;
	const struct group_table *was, *next;
	u16 *standing_by = flows(test), *to = flows(test);
	struct group *g;
	u32 i, seq;

	peers(test, 3);
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	KUNIT_ASSERT_EQ(test, tables_route(t, net4(0xac100000, 12), 1, 0, 4, 0),
			0);
	g = find(t, 1);
	seq = t->fwd.seq[FWD_ROUTE];
	was = rcu_access_pointer(g->table);
	next = g->tier[1].table;
	for (i = 0; i < FLOWS; i++)
		standing_by[i] = next->bucket[flow(i) & next->mask] + 2;
	KUNIT_EXPECT_EQ(test, revive(t, 1, false), 0);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(g->table), next);
	KUNIT_EXPECT_PTR_EQ(test, was->peer[was->bucket[0]],
			    g->member[0].peer);
	KUNIT_EXPECT_EQ(test, t->fwd.seq[FWD_ROUTE], seq);
	snapshot(test, g, to);
	KUNIT_EXPECT_EQ(test, moved(standing_by, to), 0);
	expect_share(test, to, 2, 75);
	KUNIT_EXPECT_EQ(test, revive(t, 1, true), 0);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(g->table), was);
}

/* What changes in a tier that stands by is heeded when it takes over. */
TABLES_TEST(group_tier_keeps_up)
{
	struct member_cfg m[] = {
		{ ip4(PEER(1)), 1, 0 }, { ip4(PEER(2)), 1, 1 },
		{ ip4(PEER(3)), 1, 1 }, { ip4(PEER(4)), 1, 1 },
	};
	struct fwd_group_cfg cfg = { .id = 1, .member = m, .n = 4 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);

	peers(test, 4);
	KUNIT_EXPECT_EQ(test, revive(t, 1, false), 0);
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	snapshot(test, find(t, 1), before);
	KUNIT_EXPECT_EQ(test, revive(t, 1, true), 0);
	KUNIT_EXPECT_EQ(test, revive(t, 3, false), 0);
	KUNIT_EXPECT_EQ(test, group_member_buckets(&find(t, 1)->member[1]), 0);
	KUNIT_EXPECT_EQ(test, revive(t, 1, false), 0);
	snapshot(test, find(t, 1), after);
	KUNIT_EXPECT_EQ(test, count(after, 3), 0);
	KUNIT_EXPECT_EQ(test, others_moved(before, after, 3), 0);
	KUNIT_EXPECT_EQ(test, revive(t, 1, true), 0);
	KUNIT_EXPECT_EQ(test, revive(t, 3, true), 0);
	KUNIT_EXPECT_EQ(test, revive(t, 1, false), 0);
	snapshot(test, find(t, 1), after);
	KUNIT_EXPECT_EQ(test, moved(before, after), 0);
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
	KUNIT_CASE(group_weight_by_a_percent),
	KUNIT_CASE(group_one_member),
	KUNIT_CASE(group_of_shortcut),
	KUNIT_CASE(group_death_and_return),
	KUNIT_CASE(group_removal_and_return),
	KUNIT_CASE(group_growth),
	KUNIT_CASE(group_tiers),
	KUNIT_CASE(group_tier_takes_over_at_once),
	KUNIT_CASE(group_tier_keeps_up),
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

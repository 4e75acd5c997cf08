// SPDX-License-Identifier: GPL-2.0
/*
 * Buckets that wait until their flows are silent.
 */
#include "group_flows.h"
#include "tests.h"

#define IDLE 160
#define GRAIN (IDLE / 16)
#define MANY 40

/* Peers 1 to @n alike; buckets wait. */
static struct group *idle_group(struct kunit *test, u32 id, unsigned int n)
{
	struct member_cfg m[8];
	struct fwd_group_cfg cfg = {
		.id = id, .member = m, .n = n, .idle = IDLE,
	};
	struct tables *t = test->priv;
	unsigned int i;

	for (i = 0; i < n; i++)
		m[i] = (struct member_cfg) { ip4(PEER(i + 1)), 1, 0 };
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	return find(t, id);
}

/* Each flow of @first and on sends a packet. */
static void send(const struct group *g, u32 first, u32 time)
{
	u32 i;

	tables_clock(time);
	rcu_read_lock();
	for (i = first; i < FLOWS; i++)
		group_used(g, flow(i), time);
	rcu_read_unlock();
}

static u32 settle(struct tables *t, u32 time)
{
	tables_clock(time);
	return fwd_groups_settle(&t->fwd);
}

/* Who comes gets what is not in use, and the rest when it is silent. */
TABLES_TEST(group_idle_addition)
{
	static const u16 w[] = { 1, 1, 1, 1, 1 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test), *end = flows(test);
	struct group *g;
	u32 i, start = U32_MAX - IDLE;

	tables_clock(start);
	peers(test, 5);
	KUNIT_ASSERT_EQ(test, tables_group(t, 2, 1, w, 5), 0);
	snapshot(test, find(t, 2), end);
	g = idle_group(test, 1, 4);
	KUNIT_EXPECT_EQ(test, g->waiting, 0);
	snapshot(test, g, before);
	send(g, 0, start);
	idle_group(test, 1, 5);
	KUNIT_EXPECT_GT(test, g->waiting, GROUP_BUCKETS / 10);
	snapshot(test, g, after);
	for (i = 0; i < FLOWS; i++)
		KUNIT_ASSERT_EQ(test, after[i], before[i]);

	/* Half of the flows go on; of the others' buckets some are shared. */
	send(g, FLOWS / 2, start + IDLE);
	KUNIT_EXPECT_GT(test, settle(t, start + IDLE), 0);
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, moved(before, after), 0);
	KUNIT_EXPECT_GT(test, settle(t, start + IDLE + GRAIN), 0);
	snapshot(test, g, after);
	for (i = FLOWS / 2; i < FLOWS; i++)
		KUNIT_ASSERT_EQ(test, after[i], before[i]);
	KUNIT_EXPECT_GT(test, count(after, 5), 0);
	KUNIT_EXPECT_EQ(test, others_moved(before, after, 5), 0);

	KUNIT_EXPECT_EQ(test, settle(t, start + 2 * (IDLE + GRAIN)), 0);
	KUNIT_EXPECT_EQ(test, g->waiting, 0);
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, moved(end, after), 0);
}

/* Peer 4 dies or lives. */
static void go_die(struct kunit *test, bool back)
{
	KUNIT_EXPECT_EQ(test, revive(test->priv, 4, back), 0);
}

static void go_out(struct kunit *test, bool back)
{
	idle_group(test, 1, back ? 4 : 3);
}

/* To a tier that nobody uses. */
static void go_stand_by(struct kunit *test, bool back)
{
	struct member_cfg m[] = {
		{ ip4(PEER(1)), 1, 0 }, { ip4(PEER(2)), 1, 0 },
		{ ip4(PEER(3)), 1, 0 }, { ip4(PEER(4)), 1, !back },
	};
	struct fwd_group_cfg cfg = { .id = 1, .member = m, .n = 4, .idle = IDLE };
	struct tables *t = test->priv;

	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
}

static const struct going {
	const char *name;
	void (*go)(struct kunit *test, bool back);
} goings[] = {
	{ "dies", go_die },
	{ "is taken out", go_out },
	{ "stands by", go_stand_by },
};

static void going_describe(const struct going *g, char *desc)
{
	strscpy(desc, g->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(goings, goings, going_describe);

/*
 * Who goes does not wait, used or not, and who is back does, but for what is silent;
 * then all is as it was.
 */
TABLES_TEST(group_idle_gone_and_back)
{
	const struct going *who = test->param_value;
	u16 *before = flows(test), *after = flows(test);
	struct tables *t = test->priv;
	struct group *g;

	tables_clock(1000);
	peers(test, 4);
	g = idle_group(test, 1, 4);
	snapshot(test, g, before);
	send(g, 0, 1000);
	who->go(test, false);
	KUNIT_EXPECT_EQ(test, g->waiting, 0);
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, count(after, 4), 0);
	KUNIT_EXPECT_EQ(test, others_moved(before, after, 4), 0);

	who->go(test, true);
	KUNIT_EXPECT_GT(test, g->waiting, 0);
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, count(after, 4), 0);
	/* Who waits for it goes: what it would have had, it does not get. */
	who->go(test, false);
	KUNIT_EXPECT_EQ(test, g->waiting, 0);
	who->go(test, true);
	KUNIT_EXPECT_EQ(test, settle(t, 1000 + IDLE + GRAIN), 0);
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, moved(before, after), 0);

	who->go(test, false);
	who->go(test, true);
	KUNIT_EXPECT_EQ(test, g->waiting, 0);
	KUNIT_EXPECT_EQ(test, fwd_groups_settle(&t->fwd), 0);
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, moved(before, after), 0);
}

/* Not each packet writes; and what was written is never too early. */
TABLES_TEST(group_idle_stamps)
{
	const u32 last = 1000 + 2 * GRAIN - 1;
	const struct group_table *table;
	struct tables *t = test->priv;
	u16 *to = flows(test);
	struct group *g;
	u32 i;

	tables_clock(1000);
	peers(test, 3);
	g = idle_group(test, 1, 2);
	table = g->active->table;
	send(g, 0, 1000);
	for (i = 1; i < GRAIN; i++)
		send(g, 0, 1000 + i);
	for (i = 0; i < FLOWS; i++)
		KUNIT_ASSERT_EQ(test, table->used[flow(i) & table->mask], 1000);
	send(g, 0, 1000 + GRAIN);
	for (i = 0; i < FLOWS; i++)
		KUNIT_ASSERT_EQ(test, table->used[flow(i) & table->mask],
				1000 + GRAIN);
	/* A packet just before the next stamp is due counts in full. */
	send(g, 0, last);
	idle_group(test, 1, 3);
	KUNIT_EXPECT_GT(test, settle(t, last + IDLE - 1), 0);
	snapshot(test, g, to);
	KUNIT_EXPECT_EQ(test, count(to, 3), 0);
	KUNIT_EXPECT_EQ(test, settle(t, last + IDLE + GRAIN), 0);
	snapshot(test, g, to);
	KUNIT_EXPECT_GT(test, count(to, 3), 0);
}

/* A tier that stands by has no flows to spare; and all of a tier goes at once. */
TABLES_TEST(group_idle_tiers)
{
	struct member_cfg m[] = {
		{ ip4(PEER(1)), 1, 0 }, { ip4(PEER(2)), 1, 1 },
		{ ip4(PEER(3)), 1, 1 },
	};
	struct fwd_group_cfg cfg = { .id = 1, .member = m, .n = 3, .idle = IDLE };
	struct tables *t = test->priv;
	u16 *to = flows(test);
	struct group *g;

	tables_clock(1000);
	peers(test, 3);
	KUNIT_ASSERT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	g = find(t, 1);
	KUNIT_EXPECT_EQ(test, revive(t, 3, false), 0);
	KUNIT_EXPECT_EQ(test, revive(t, 1, false), 0);
	send(g, 0, 1000);
	KUNIT_EXPECT_EQ(test, revive(t, 3, true), 0);
	KUNIT_EXPECT_GT(test, g->waiting, 0);
	snapshot(test, g, to);
	KUNIT_EXPECT_EQ(test, count(to, 2), FLOWS);
	KUNIT_EXPECT_EQ(test, revive(t, 1, true), 0);
	KUNIT_EXPECT_EQ(test, g->waiting, 0);
	snapshot(test, g, to);
	KUNIT_EXPECT_EQ(test, count(to, 1), FLOWS);
	KUNIT_EXPECT_EQ(test, revive(t, 1, false), 0);
	snapshot(test, g, to);
	expect_share(test, to, 3, 50);
}

/* A protection that is switched on heeds what came before it, and off ends it. */
TABLES_TEST(group_idle_on_and_off)
{
	static const u16 w[] = { 1, 1, 1 };
	struct tables *t = test->priv;
	u16 *before = flows(test), *after = flows(test);
	struct group *g;

	tables_clock(1000);
	peers(test, 3);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 2), 0);
	snapshot(test, find(t, 1), before);
	g = idle_group(test, 1, 3);
	snapshot(test, g, after);
	KUNIT_EXPECT_GT(test, g->waiting, 0);
	KUNIT_EXPECT_EQ(test, moved(before, after), 0);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, w, 3), 0);
	KUNIT_EXPECT_EQ(test, g->waiting, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->fwd.unsettled));
	snapshot(test, g, after);
	KUNIT_EXPECT_EQ(test, moved(before, after), count(after, 3));
}

/* How many of the groups have no bucket that waits. */
static u32 settled(struct tables *t)
{
	u32 id, n = 0;

	for (id = 1; id <= MANY; id++)
		n += !find(t, id)->waiting;
	return n;
}

/* Of many groups some are looked at in one hold of the lock, and all in the end. */
TABLES_TEST(group_idle_in_turns)
{
	struct tables *t = test->priv;
	u32 id, turns = 0, at_once = 0;

	tables_clock(1000);
	peers(test, 4);
	for (id = 1; id <= MANY; id++) {
		send(idle_group(test, id, 3), 0, 1000);
		idle_group(test, id, 4);
		KUNIT_EXPECT_GT(test, find(t, id)->waiting, 0);
	}
	while (settle(t, 1000 + IDLE + GRAIN)) {
		if (!turns++)
			at_once = settled(t);
		KUNIT_ASSERT_TRUE(test, turns <= MANY);
	}
	KUNIT_ASSERT_GT(test, turns, 0);
	KUNIT_EXPECT_GT(test, at_once, 0);
	KUNIT_EXPECT_LE(test, at_once, MANY / 2);
	KUNIT_EXPECT_EQ(test, settled(t), MANY);
	KUNIT_EXPECT_TRUE(test, list_empty(&t->fwd.unsettled));
}

static struct kunit_case group_idle_cases[] = {
	KUNIT_CASE(group_idle_addition),
	KUNIT_CASE_PARAM(group_idle_gone_and_back, goings_gen_params),
	KUNIT_CASE(group_idle_stamps),
	KUNIT_CASE(group_idle_tiers),
	KUNIT_CASE(group_idle_on_and_off),
	KUNIT_CASE(group_idle_in_turns),
	{}
};

struct kunit_suite group_idle_test_suite = {
	.name = "group_idle",
	.init = tables_init,
	.exit = tables_exit,
	.test_cases = group_idle_cases,
};

// SPDX-License-Identifier: GPL-2.0
#include <linux/bottom_half.h>

#include "tables.h"
#include "tests.h"

static const u16 equal[] = { 1, 1, 1 };

/* Three peers, and group 1 of all of them. */
static struct tables *three(struct kunit *test)
{
	struct tables *t = test->priv;
	u32 i;

	for (i = 1; i <= 3; i++)
		tables_peer_one(test, i);
	KUNIT_ASSERT_EQ(test, tables_group(t, 1, 1, equal, 3), 0);
	memset(t->events, 0, sizeof(t->events));
	return t;
}

static int shortcut(struct tables *t, struct mesh_prefix p, u32 peer)
{
	const struct member_cfg member = { .peer = ip4(PEER(peer)), .weight = 1 };
	struct fwd_shortcut_cfg cfg = {
		.prefix = p,
		.member = &member,
		.n = 1,
		.expires = 1000,
		.hold = 60,
	};

	return fwd_shortcut_set(&t->fwd, &cfg, &t->err);
}

/* Source (or -1) of what an address matches among some sources. */
static int source_of(struct tables *t, u32 host, u8 sources, u8 *len)
{
	struct mesh_addr a = ip4(host);
	struct fwd_hit hit;
	int source = -1;

	rcu_read_lock();
	if (fwd_lookup_sources(&t->fwd, a.b, a.len, sources, &hit)) {
		source = hit.entry->source;
		*len = hit.entry->len;
	}
	rcu_read_unlock();
	return source;
}

#define EXPECT_MATCH(host, sources, source, length) do {		\
	u8 len_ = 0;							\
									\
	KUNIT_EXPECT_EQ(test, source_of(t, host, sources, &len_),	\
			(int)(source));					\
	KUNIT_EXPECT_EQ(test, len_, (length));				\
} while (0)

TABLES_TEST(fwd_precedence)
{
	struct tables *t = three(test);
	struct mesh_prefix host = net4(PEER(1), 32);

	EXPECT_MATCH(PEER(1), LPM_ALL, LPM_HOST, 32);
	KUNIT_ASSERT_EQ(test, tables_route(t, host, 1, 0, 4, 0), 0);
	EXPECT_MATCH(PEER(1), LPM_ALL, LPM_ROUTE, 32);
	KUNIT_ASSERT_EQ(test, shortcut(t, host, 2), 0);
	EXPECT_MATCH(PEER(1), LPM_ALL, LPM_SHORTCUT, 32);
	EXPECT_MATCH(PEER(1), LPM_NO_SHORTCUT, LPM_ROUTE, 32);
	KUNIT_EXPECT_EQ(test, fwd_shortcut_del(&t->fwd, &host, NULL), 0);
	KUNIT_EXPECT_EQ(test, fwd_route_del(&t->fwd, &host, FWD_OWNER_ANY,
					    NULL), 0);
	EXPECT_MATCH(PEER(1), LPM_ALL, LPM_HOST, 32);
}

TABLES_TEST(fwd_longest_prefix)
{
	struct tables *t = three(test);

	KUNIT_ASSERT_EQ(test, tables_route(t, net4(0, 0), 1, 0, 4, 0), 0);
	KUNIT_ASSERT_EQ(test, shortcut(t, net4(0xac100000, 12), 2), 0);
	KUNIT_ASSERT_EQ(test, tables_route(t, net4(0xac100100, 24), 0, 3, 4, 0),
			0);
	EXPECT_MATCH(0x08080808, LPM_ALL, LPM_ROUTE, 0);
	EXPECT_MATCH(0xac1f0001, LPM_ALL, LPM_SHORTCUT, 12);
	EXPECT_MATCH(0xac100101, LPM_ALL, LPM_ROUTE, 24);
	EXPECT_MATCH(0xac1f0001, LPM_NO_SHORTCUT, LPM_ROUTE, 0);
	EXPECT_MATCH(0xac1f0001, BIT(LPM_HOST), -1, 0);
}

TABLES_TEST(fwd_pick_path)
{
	struct tables *t = three(test);
	struct mesh_addr a = ip4(0xac100101), p3 = ip4(PEER(3));
	struct mesh_addr n3 = ip4(NBMA(3));
	struct fwd_path path;
	struct fwd_hit hit;

	KUNIT_ASSERT_EQ(test, tables_route(t, net4(0xac100100, 24), 0, 3, 4, 0),
			0);
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, fwd_lookup(&t->fwd, a.b, 4, &hit));
	KUNIT_EXPECT_TRUE(test, fwd_pick(&hit, 77, &path));
	KUNIT_EXPECT_PTR_EQ(test, path.peer, fwd_peer(&t->fwd, &p3));
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&path.ep->nbma, &n3));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, fwd_endpoint_set(&t->fwd, &p3, &n3, false, NULL),
			0);
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, fwd_lookup(&t->fwd, a.b, 4, &hit));
	KUNIT_EXPECT_FALSE(test, fwd_pick(&hit, 77, &path));
	KUNIT_EXPECT_PTR_EQ(test, path.peer, fwd_peer(&t->fwd, &p3));
	rcu_read_unlock();
}

/* Each route is wrong in one thing; it comes third in a batch of good ones. */
struct bad_route {
	const char *what;
	struct fwd_route_cfg cfg;
	int want;
	enum fwd_field field;
};

#define V4(...) { .len = 4, .b = { __VA_ARGS__ } }

static const struct bad_route bad_routes[] = {
	{ "host bits", { .prefix = { V4(172, 16, 1, 1), 24 }, .group = 1,
	  .owner = 4 }, -EINVAL, FWD_F_PREFIX },
	{ "length 33", { .prefix = { V4(172, 16, 1, 0), 33 }, .group = 1,
	  .owner = 4 }, -EINVAL, FWD_F_PREFIX },
	{ "no family", { .prefix = { { .len = 5 }, 0 }, .group = 1,
	  .owner = 4 }, -EINVAL, FWD_F_PREFIX },
	{ "owner 0", { .prefix = { V4(172, 16, 1, 0), 24 }, .group = 1 },
	  -EINVAL, FWD_F_OWNER },
	{ "group and peer", { .prefix = { V4(172, 16, 1, 0), 24 }, .group = 1,
	  .peer = V4(10, 0, 0, 1), .owner = 4 }, -EINVAL, FWD_F_TARGET_PEER },
	{ "neither", { .prefix = { V4(172, 16, 1, 0), 24 }, .owner = 4 },
	  -EINVAL, FWD_F_PREFIX },
	{ "no such group", { .prefix = { V4(172, 16, 1, 0), 24 }, .group = 9,
	  .owner = 4 }, -ENOENT, FWD_F_TARGET_GROUP },
	{ "no such peer", { .prefix = { V4(172, 16, 1, 0), 24 },
	  .peer = V4(10, 0, 0, 9), .owner = 4 }, -ENOENT, FWD_F_TARGET_PEER },
	{ "exists", { .prefix = { V4(192, 168, 0, 0), 16 }, .group = 1,
	  .owner = 4 }, -EEXIST, FWD_F_PREFIX },
};

static void bad_route_name(const struct bad_route *bad, char *desc)
{
	strscpy(desc, bad->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bad_route, bad_routes, bad_route_name);

TABLES_TEST(fwd_batch_all_or_nothing)
{
	const struct bad_route *bad = test->param_value;
	struct tables *t = three(test);
	struct mesh_addr p2 = ip4(PEER(2));
	struct fwd_route_cfg cfg[4] = {
		{ .prefix = net4(0xac110000, 16), .group = 1, .owner = 4 },
		{ .prefix = net4(0xac120000, 16), .peer = p2, .owner = 4 },
		bad->cfg,
		{ .prefix = net4(0xac130000, 16), .group = 1, .owner = 4 },
	};

	KUNIT_ASSERT_EQ(test, tables_route(t, net4(0xc0a80000, 16), 1, 0, 4, 0),
			0);
	KUNIT_EXPECT_EQ(test, fwd_route_add(&t->fwd, cfg, 4, FWD_CREATE,
					    &t->err), bad->want);
	KUNIT_EXPECT_EQ(test, t->err.field, bad->field);
	KUNIT_EXPECT_EQ(test, t->err.index, 2);
	KUNIT_EXPECT_NOT_NULL(test, t->err.text);
	KUNIT_EXPECT_EQ(test, fwd_count(&t->fwd, FWD_ROUTE), 1);
	KUNIT_EXPECT_EQ(test, t->events[FWD_ROUTE][FWD_ADDED], 1);
	KUNIT_EXPECT_EQ(test, fwd_group(&t->fwd, 1)->routes, 1);
	KUNIT_EXPECT_EQ(test, fwd_peer(&t->fwd, &p2)->routes, 0);
	EXPECT_MATCH(0xac110001, LPM_ALL, -1, 0);

	cfg[2] = cfg[3];
	KUNIT_EXPECT_EQ(test, fwd_route_add(&t->fwd, cfg, 3, FWD_CREATE,
					    &t->err), 0);
	KUNIT_EXPECT_EQ(test, fwd_count(&t->fwd, FWD_ROUTE), 4);
}

/* Delete and add in one batch: the later word holds, nothing is leaked. */
TABLES_TEST(fwd_batch_twice_the_same)
{
	struct tables *t = three(test);
	struct mesh_prefix p = net4(0xac110000, 16);
	struct mesh_addr p2 = ip4(PEER(2)), p3 = ip4(PEER(3));
	struct fwd_route_cfg cfg[] = {
		{ .prefix = p, .group = 1, .owner = 4 },
		{ .prefix = p, .peer = p2, .owner = 4 },
		{ .prefix = p, .peer = p3, .owner = 4, .gen = 5 },
		{ .prefix = p, .peer = p3, .owner = 4, .gen = 6 },
	};

	KUNIT_EXPECT_EQ(test, fwd_route_add(&t->fwd, cfg, 4, UPSERT, NULL), 0);
	KUNIT_EXPECT_EQ(test, fwd_count(&t->fwd, FWD_ROUTE), 1);
	KUNIT_ASSERT_NOT_NULL(test, fwd_route(&t->fwd, &p));
	KUNIT_EXPECT_PTR_EQ(test, fwd_route(&t->fwd, &p)->peer,
			    fwd_peer(&t->fwd, &p3));
	KUNIT_EXPECT_EQ(test, fwd_route(&t->fwd, &p)->e.gen, 6);
	KUNIT_EXPECT_EQ(test, fwd_group(&t->fwd, 1)->routes, 0);
	KUNIT_EXPECT_EQ(test, fwd_peer(&t->fwd, &p2)->routes, 0);
	KUNIT_EXPECT_EQ(test, fwd_peer(&t->fwd, &p3)->routes, 1);
}

/* A peer that is gone but for a route to it: the batch that moves that names it, too. */
TABLES_TEST(fwd_batch_last_name)
{
	struct endpoint_cfg ep = nbma(NBMA(8), 1, 0);
	struct mesh_prefix p = net4(0xac110000, 16), q = net4(0xac120000, 16);
	struct mesh_addr p1 = ip4(PEER(1)), p8 = ip4(PEER(8));
	struct tables *t = three(test);
	struct fwd_route_cfg cfg[] = {
		{ .prefix = p, .peer = p1, .owner = 4 },
		{ .prefix = q, .peer = p8, .owner = 4 },
		{ .prefix = p, .group = 9, .owner = 4 },
	};

	KUNIT_ASSERT_EQ(test, tables_peer(t, 8, PEER_RESOLVED, &ep, 1), 0);
	KUNIT_ASSERT_EQ(test, tables_route(t, p, 0, 8, 4, 0), 0);
	KUNIT_ASSERT_EQ(test, tables_peer_del(t, 8, PEER_RESOLVED), 0);
	KUNIT_EXPECT_EQ(test, fwd_route_add(&t->fwd, cfg, 3, UPSERT, NULL), -ENOENT);
	KUNIT_ASSERT_NOT_NULL(test, fwd_peer(&t->fwd, &p8));
	KUNIT_EXPECT_EQ(test, fwd_peer(&t->fwd, &p8)->routes, 1);
	KUNIT_EXPECT_EQ(test, fwd_route_add(&t->fwd, cfg, 2, UPSERT, NULL), 0);
	KUNIT_ASSERT_NOT_NULL(test, fwd_peer(&t->fwd, &p8));
	KUNIT_EXPECT_PTR_EQ(test, fwd_route(&t->fwd, &q)->peer,
			    fwd_peer(&t->fwd, &p8));
	KUNIT_EXPECT_EQ(test, fwd_peer(&t->fwd, &p8)->routes, 1);
}

TABLES_TEST(fwd_counters_pass_on)
{
	struct tables *t = three(test);
	struct mesh_prefix p = net4(0xac110000, 16);

	KUNIT_ASSERT_EQ(test, tables_route(t, p, 1, 0, 4, 0), 0);
	local_bh_disable();
	stats_add(fwd_route(&t->fwd, &p)->stats, 5, 500);
	local_bh_enable();
	KUNIT_ASSERT_EQ(test, tables_route(t, p, 0, 2, 4, 0), 0);
	KUNIT_ASSERT_EQ(test, tables_route(t, p, 0, 3, 4, 0), 0);
	rcu_barrier();
	/* Had the counters been freed, these would now be somebody else's. */
	KUNIT_ASSERT_EQ(test, tables_route(t, net4(0xac120000, 16), 1, 0, 4, 0),
			0);
	KUNIT_ASSERT_EQ(test, shortcut(t, net4(0xac130000, 16), 1), 0);
	KUNIT_EXPECT_EQ(test, stats_read(fwd_route(&t->fwd, &p)->stats).packets,
			5ULL);
}

static u32 swept(struct tables *t, struct fwd_sweep sweep, u32 at_once)
{
	while (fwd_route_sweep(&t->fwd, &sweep, at_once))
		;
	return sweep.deleted;
}

TABLES_TEST(fwd_sweep)
{
	struct tables *t = three(test);
	struct mesh_prefix kept = net4(0xac110000, 16);
	struct route *r;

	KUNIT_ASSERT_EQ(test, tables_route(t, kept, 1, 0, 7, 1), 0);
	KUNIT_ASSERT_EQ(test, tables_route(t, net4(0xac120000, 16), 1, 0, 7, 1),
			0);
	KUNIT_ASSERT_EQ(test, tables_route(t, net4(0xac130000, 16), 1, 0, 8, 1),
			0);
	r = fwd_route(&t->fwd, &kept);
	KUNIT_ASSERT_EQ(test, tables_route(t, kept, 1, 0, 7, 2), 0);
	KUNIT_EXPECT_PTR_EQ(test, fwd_route(&t->fwd, &kept), r);
	KUNIT_EXPECT_EQ(test, t->events[FWD_ROUTE][FWD_CHANGED], 0);
	KUNIT_EXPECT_EQ(test, swept(t, (struct fwd_sweep) { .owner = 7, .keep = 2 }, 1),
			1);
	EXPECT_MATCH(0xac110001, LPM_ALL, LPM_ROUTE, 16);
	EXPECT_MATCH(0xac120001, LPM_ALL, -1, 0);
	EXPECT_MATCH(0xac130001, LPM_ALL, LPM_ROUTE, 16);
	KUNIT_EXPECT_EQ(test, swept(t, (struct fwd_sweep) { .owner = 9, .all = true }, 1),
			0);
	KUNIT_EXPECT_EQ(test, tables_route(t, kept, 1, 0, 8, 2), -EPERM);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_OWNER);
	KUNIT_EXPECT_EQ(test, fwd_route_del(&t->fwd, &kept, 8, &t->err),
			-EPERM);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_OWNER);
	KUNIT_EXPECT_EQ(test, swept(t, (struct fwd_sweep) { .all = true }, 1), 2);
	KUNIT_EXPECT_EQ(test, t->events[FWD_ROUTE][FWD_REMOVED], 3);
}

/* What others do while it lets go of the lock. */
TABLES_TEST(fwd_sweep_parted)
{
	struct fwd_sweep sweep = { .owner = 7, .all = true };
	struct tables *t = three(test);
	struct mesh_prefix at, early = net4(0xac110000, 16), next = net4(0xac140000, 16);
	u32 i;

	for (i = 1; i <= 4; i++)
		KUNIT_ASSERT_EQ(test, tables_route(t, net4(0xac110000 + (i << 16), 16),
						   1, 0, 7, 1), 0);
	KUNIT_EXPECT_TRUE(test, fwd_route_sweep(&t->fwd, &sweep, 2));
	KUNIT_EXPECT_EQ(test, sweep.deleted, 2);
	/* The one that it stands at is back, one before it is new, the next one is gone. */
	at = sweep.at;
	KUNIT_ASSERT_EQ(test, tables_route(t, at, 1, 0, 7, 1), 0);
	KUNIT_ASSERT_EQ(test, tables_route(t, early, 1, 0, 7, 1), 0);
	KUNIT_ASSERT_EQ(test, fwd_route_del(&t->fwd, &next, 7, NULL), 0);
	KUNIT_EXPECT_FALSE(test, fwd_route_sweep(&t->fwd, &sweep, 2));
	KUNIT_EXPECT_EQ(test, sweep.deleted, 3);
	KUNIT_EXPECT_NOT_NULL(test, fwd_route(&t->fwd, &at));
	KUNIT_EXPECT_NOT_NULL(test, fwd_route(&t->fwd, &early));
	KUNIT_EXPECT_EQ(test, fwd_count(&t->fwd, FWD_ROUTE), 2);
}

TABLES_TEST(fwd_limits)
{
	struct tables *t = three(test);

	t->fwd.limits = (struct fwd_limits) { 3, 1, 1, 1 };
	KUNIT_EXPECT_EQ(test, tables_peer(t, 4, PEER_REGISTERED, NULL, 0),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, tables_peer(t, 3, PEER_REGISTERED, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, tables_group(t, 2, 1, equal, 2), -ENOSPC);
	KUNIT_EXPECT_EQ(test, tables_group(t, 1, 1, equal, 2), 0);
	KUNIT_EXPECT_EQ(test, tables_route(t, net4(0, 1), 1, 0, 4, 0), 0);
	KUNIT_EXPECT_EQ(test, tables_route(t, net4(0, 2), 1, 0, 4, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, tables_route(t, net4(0, 1), 0, 1, 4, 0), 0);
	KUNIT_EXPECT_EQ(test, shortcut(t, net4(0, 1), 1), 0);
	KUNIT_EXPECT_EQ(test, shortcut(t, net4(0, 2), 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, shortcut(t, net4(0, 1), 2), 0);
	t->fwd.limits.shortcuts = 2;
	KUNIT_EXPECT_EQ(test, shortcut(t, net4(0, 2), 1), 0);
}

/* Each kind says which part of it found no room, and what is there may change. */
TABLES_TEST(fwd_memory)
{
	struct tables *t = three(test);
	int err = 0;
	u32 i;

	KUNIT_ASSERT_EQ(test, tables_route(t, net4(1 << 16, 16), 1, 0, 4, 0), 0);
	t->fwd.memory.max = t->fwd.memory.used;
	for (i = 2; !err && i < 200; i++)
		err = tables_route(t, net4(i << 16, 16), 1, 0, 4, 0);
	KUNIT_EXPECT_EQ(test, err, -ENOSPC);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_PREFIX);
	KUNIT_EXPECT_EQ(test, fwd_count(&t->fwd, FWD_ROUTE), i - 2);
	KUNIT_EXPECT_EQ(test, shortcut(t, net4(0x0a000000, 9), 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_PREFIX);
	KUNIT_EXPECT_EQ(test, tables_peer(t, 4, PEER_REGISTERED, NULL, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_ADDR);
	KUNIT_EXPECT_EQ(test, tables_route(t, net4(1 << 16, 16), 0, 1, 4, 0), 0);
	for (i = 2, err = 0; !err && i < 200; i++)
		err = tables_group(t, i, 1, equal, 2);
	KUNIT_EXPECT_EQ(test, err, -ENOSPC);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_ID);
	t->fwd.memory.max = FWD_LIMIT_MEMORY;
	KUNIT_EXPECT_EQ(test, shortcut(t, net4(0x0a000000, 9), 1), 0);
}

TABLES_TEST(fwd_in_use)
{
	struct tables *t = three(test);
	struct mesh_prefix p = net4(0xac110000, 16);

	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 1, PEER_STATIC), -EBUSY);
	KUNIT_ASSERT_EQ(test, tables_route(t, p, 1, 0, 4, 0), 0);
	KUNIT_EXPECT_EQ(test, fwd_group_del(&t->fwd, 1, &t->err), -EBUSY);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_ID);
	KUNIT_ASSERT_EQ(test, tables_route(t, p, 0, 1, 4, 0), 0);
	KUNIT_EXPECT_EQ(test, fwd_group_del(&t->fwd, 1, &t->err), 0);
	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 1, PEER_STATIC), -EBUSY);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_ADDR);
	KUNIT_EXPECT_EQ(test, fwd_route_del(&t->fwd, &p, 4, &t->err), 0);
	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 1, PEER_STATIC), 0);
	KUNIT_EXPECT_EQ(test, fwd_group_del(&t->fwd, 1, &t->err), -ENOENT);
	KUNIT_EXPECT_EQ(test, fwd_route_del(&t->fwd, &p, 4, &t->err), -ENOENT);
}

TABLES_TEST(fwd_bad_groups)
{
	struct member_cfg m[] = {
		{ ip4(PEER(1)), 1, 0 }, { ip4(PEER(2)), 1, 0 },
	};
	struct fwd_group_cfg cfg = { .id = 5, .member = m, .n = 2 };
	struct tables *t = three(test);

	m[1].weight = 0;
	KUNIT_EXPECT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, &t->err),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_MEMBER_WEIGHT);
	m[1] = (struct member_cfg) { ip4(PEER(9)), 1, 0 };
	KUNIT_EXPECT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, &t->err),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_MEMBER_PEER);
	KUNIT_EXPECT_EQ(test, t->err.index, 1);
	m[1] = m[0];
	KUNIT_EXPECT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, &t->err),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, t->err.index, 1);
	m[1] = (struct member_cfg) { ip4(PEER(2)), 1, 2 };
	KUNIT_EXPECT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, &t->err),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_MEMBER_TIER);
	KUNIT_EXPECT_EQ(test, t->err.index, 1);
	m[0].tier = 1;
	KUNIT_EXPECT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, &t->err),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, t->err.index, 0);
	cfg.n = GROUP_MEMBERS_MAX + 1;
	KUNIT_EXPECT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, &t->err),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_MEMBERS);
	KUNIT_EXPECT_EQ(test, t->err.index, GROUP_MEMBERS_MAX);
	m[0].tier = 0;
	cfg.n = 0;
	KUNIT_EXPECT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, &t->err),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_MEMBERS);
	cfg.n = 1;
	KUNIT_EXPECT_EQ(test, fwd_group_set(&t->fwd, &cfg, FWD_REPLACE, NULL),
			-ENOENT);
	cfg.id = 1;
	KUNIT_EXPECT_EQ(test, fwd_group_set(&t->fwd, &cfg, FWD_CREATE, NULL),
			-EEXIST);
	cfg.id = 0;
	KUNIT_EXPECT_EQ(test, fwd_group_set(&t->fwd, &cfg, UPSERT, &t->err),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_ID);
	KUNIT_EXPECT_EQ(test, fwd_count(&t->fwd, FWD_GROUP), 1);
	KUNIT_EXPECT_EQ(test, fwd_group(&t->fwd, 1)->n, 3);
}

TABLES_TEST(fwd_bad_peers)
{
	static const struct mesh_addr bad[] = {
		{ .len = 0 }, { .len = 7, .b = { 1 } }, V4(0, 0, 0, 0),
		V4(224, 0, 0, 1), V4(255, 255, 255, 255), { .len = 16 },
		{ .len = 16, .b = { 0xff, 2 } },
	};
	struct endpoint_cfg ep[] = { nbma(NBMA(1), 1, 0), nbma(NBMA(2), 1, 0) };
	struct tables *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct fwd_peer_cfg cfg = { .addr = bad[i] };

		KUNIT_EXPECT_EQ(test, fwd_peer_set(&t->fwd, &cfg, UPSERT,
						   &t->err), -EINVAL);
		KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_ADDR);
		KUNIT_EXPECT_NULL(test, fwd_peer(&t->fwd, &bad[i]));
		ep[1].nbma = bad[i];
		KUNIT_EXPECT_EQ(test, tables_peer(t, 1, PEER_STATIC, ep, 2),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_NBMA);
		KUNIT_EXPECT_EQ(test, t->err.index, 1);
	}
	ep[1] = ep[0];
	KUNIT_EXPECT_EQ(test, tables_peer(t, 1, PEER_STATIC, ep, 2), -EINVAL);
	ep[0].weight = 0;
	KUNIT_EXPECT_EQ(test, tables_peer(t, 1, PEER_STATIC, ep, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_ENDPOINT_WEIGHT);
	KUNIT_EXPECT_EQ(test, fwd_count(&t->fwd, FWD_PEER), 0);
}

TABLES_TEST(fwd_shortcuts_follow_their_peer)
{
	struct endpoint_cfg ep = nbma(NBMA(8), 1, 0);
	struct tables *t = three(test);
	struct mesh_prefix a = net4(0xac110000, 16), b = net4(0xac120000, 16);

	KUNIT_ASSERT_EQ(test, tables_peer(t, 8, PEER_RESOLVED, &ep, 1), 0);
	KUNIT_EXPECT_EQ(test, shortcut(t, a, 9), -ENOENT);
	KUNIT_ASSERT_EQ(test, tables_route(t, a, 1, 0, 4, 0), 0);
	KUNIT_ASSERT_EQ(test, shortcut(t, a, 8), 0);
	KUNIT_ASSERT_EQ(test, shortcut(t, b, 1), 0);
	KUNIT_ASSERT_EQ(test, shortcut(t, b, 8), 0);
	KUNIT_EXPECT_EQ(test, t->events[FWD_SHORTCUT][FWD_CHANGED], 1);
	KUNIT_EXPECT_EQ(test, fwd_count(&t->fwd, FWD_SHORTCUT), 2);
	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 8, PEER_RESOLVED), 0);
	KUNIT_EXPECT_EQ(test, fwd_count(&t->fwd, FWD_SHORTCUT), 0);
	KUNIT_EXPECT_EQ(test, t->events[FWD_SHORTCUT][FWD_REMOVED], 2);
	EXPECT_MATCH(0xac110001, LPM_ALL, LPM_ROUTE, 16);
}

TABLES_TEST(fwd_shortcut_use)
{
	struct tables *t = three(test);
	struct mesh_prefix p = net4(0xac110000, 16);
	struct shortcut *s;

	KUNIT_ASSERT_EQ(test, shortcut(t, p, 1), 0);
	s = fwd_shortcut(&t->fwd, &p);
	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_EXPECT_FALSE(test, fwd_shortcut_used(&t->fwd, s));
	local_bh_disable();
	stats_add(s->stats, 1, 100);
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, fwd_shortcut_used(&t->fwd, s));
	KUNIT_EXPECT_FALSE(test, fwd_shortcut_used(&t->fwd, s));
	KUNIT_EXPECT_EQ(test, shortcut(t, p, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, fwd_shortcut(&t->fwd, &p), s);
	KUNIT_EXPECT_EQ(test, t->events[FWD_SHORTCUT][FWD_ADDED], 1);
	KUNIT_EXPECT_EQ(test, t->events[FWD_SHORTCUT][FWD_CHANGED], 0);
}

/* IPv4 before IPv6, each in order, past a key that is gone. */
TABLES_TEST(fwd_walks)
{
	struct tables *t = three(test);
	struct fwd_peer_cfg six = { .addr = ip6(1), .origin = PEER_STATIC };
	struct mesh_prefix p = { .addr = ip6(0), .len = 64 };
	struct mesh_addr gone = ip4(PEER(2)), last = ip4(PEER(3)), at;
	struct peer *peer;
	u32 id = 1, seq;

	KUNIT_ASSERT_EQ(test, fwd_group_del(&t->fwd, 1, NULL), 0);
	KUNIT_ASSERT_EQ(test, fwd_peer_set(&t->fwd, &six, FWD_CREATE, NULL), 0);
	peer = fwd_peer_next(&t->fwd, NULL);
	KUNIT_ASSERT_NOT_NULL(test, peer);
	KUNIT_EXPECT_EQ(test, peer->addr.b[3], 1);
	seq = t->fwd.seq[FWD_PEER];
	KUNIT_ASSERT_EQ(test, tables_peer_del(t, 2, PEER_STATIC), 0);
	KUNIT_EXPECT_NE(test, t->fwd.seq[FWD_PEER], seq);
	peer = fwd_peer_next(&t->fwd, &gone);
	KUNIT_ASSERT_NOT_NULL(test, peer);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&peer->addr, &last));
	at = peer->addr;
	peer = fwd_peer_next(&t->fwd, &at);
	KUNIT_ASSERT_NOT_NULL(test, peer);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&peer->addr, &six.addr));
	at = peer->addr;
	KUNIT_EXPECT_NULL(test, fwd_peer_next(&t->fwd, &at));

	KUNIT_ASSERT_EQ(test, tables_route(t, net4(0, 0), 0, 1, 4, 0), 0);
	KUNIT_ASSERT_EQ(test, tables_route(t, p, 0, 1, 4, 0), 0);
	KUNIT_ASSERT_NOT_NULL(test, fwd_route_next(&t->fwd, NULL));
	p = fwd_route_next(&t->fwd, NULL)->prefix;
	KUNIT_EXPECT_EQ(test, p.addr.len, 4);
	KUNIT_ASSERT_NOT_NULL(test, fwd_route_next(&t->fwd, &p));
	KUNIT_EXPECT_EQ(test, fwd_route_next(&t->fwd, &p)->prefix.len, 64);

	KUNIT_ASSERT_EQ(test, tables_group(t, 0x80000000, 1, equal, 1), 0);
	KUNIT_ASSERT_EQ(test, tables_group(t, 7, 1, equal, 1), 0);
	KUNIT_EXPECT_EQ(test, fwd_group_next(&t->fwd, NULL)->id, 7);
	KUNIT_EXPECT_EQ(test, fwd_group_next(&t->fwd, &id)->id, 7);
	id = 7;
	KUNIT_EXPECT_EQ(test, fwd_group_next(&t->fwd, &id)->id, 0x80000000);
}

static struct kunit_case fwd_cases[] = {
	KUNIT_CASE(fwd_precedence),
	KUNIT_CASE(fwd_longest_prefix),
	KUNIT_CASE(fwd_pick_path),
	KUNIT_CASE_PARAM(fwd_batch_all_or_nothing, bad_route_gen_params),
	KUNIT_CASE(fwd_batch_twice_the_same),
	KUNIT_CASE(fwd_batch_last_name),
	KUNIT_CASE(fwd_counters_pass_on),
	KUNIT_CASE(fwd_sweep),
	KUNIT_CASE(fwd_sweep_parted),
	KUNIT_CASE(fwd_limits),
	KUNIT_CASE(fwd_memory),
	KUNIT_CASE(fwd_in_use),
	KUNIT_CASE(fwd_bad_groups),
	KUNIT_CASE(fwd_bad_peers),
	KUNIT_CASE(fwd_shortcuts_follow_their_peer),
	KUNIT_CASE(fwd_shortcut_use),
	KUNIT_CASE(fwd_walks),
	{}
};

struct kunit_suite fwd_test_suite = {
	.name = "fwd",
	.init = tables_init,
	.exit = tables_exit,
	.test_cases = fwd_cases,
};

// SPDX-License-Identifier: GPL-2.0
#include <linux/bottom_half.h>

#include "tables.h"
#include "tests.h"

#define FLOWS 4096

static struct peer *find(struct tables *t, u32 i)
{
	struct mesh_addr addr = ip4(PEER(i));

	return fwd_peer(&t->fwd, &addr);
}

/* How many of FLOWS hashes come to an endpoint. */
static u32 flows_to(struct peer *peer, u32 host)
{
	struct mesh_addr want = ip4(host);
	u32 i, n = 0;

	rcu_read_lock();
	for (i = 0; i < FLOWS; i++) {
		struct endpoint *ep = peer_endpoint(peer, i * 0x9e3779b1);

		n += ep && mesh_addr_equal(&ep->nbma, &want);
	}
	rcu_read_unlock();
	return n;
}

static struct endpoint *by_nbma(struct tables *t, u32 host)
{
	struct mesh_addr a = ip4(host);

	return endpoint_first(&t->fwd.endpoints, &a);
}

TABLES_TEST(peer_weights)
{
	struct endpoint_cfg ep[] = {
		nbma(NBMA(1), 1, 0), nbma(NBMA(2), 3, 0), nbma(NBMA(3), 9, 1),
	};
	struct tables *t = test->priv;
	struct peer *peer;

	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_STATIC, ep, 3), 0);
	peer = find(t, 1);
	KUNIT_EXPECT_LT(test, abs((int)flows_to(peer, NBMA(2)) - FLOWS * 3 / 4),
			FLOWS / 50);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(3)), 0);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(1)) +
			flows_to(peer, NBMA(2)), FLOWS);
}

static int state(struct tables *t, u32 host, bool up)
{
	struct mesh_addr peer = ip4(PEER(1)), a = ip4(host);

	return fwd_endpoint_set(&t->fwd, &peer, &a, up, &t->err);
}

TABLES_TEST(peer_tiers)
{
	struct endpoint_cfg ep[] = {
		nbma(NBMA(1), 1, 7), nbma(NBMA(2), 1, 2), nbma(NBMA(3), 1, 2),
	};
	struct tables *t = test->priv;
	struct peer *peer;

	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_STATIC, ep, 3), 0);
	peer = find(t, 1);
	KUNIT_EXPECT_EQ(test, state(t, NBMA(2), false), 0);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(3)), FLOWS);
	KUNIT_EXPECT_EQ(test, state(t, NBMA(3), false), 0);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(1)), FLOWS);
	KUNIT_EXPECT_EQ(test, state(t, NBMA(1), false), 0);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(1)), 0);
	KUNIT_EXPECT_FALSE(test, peer->live);
	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, peer_endpoint(peer, 1));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, state(t, NBMA(2), true), 0);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(2)), FLOWS);
	KUNIT_EXPECT_TRUE(test, peer->live);
	KUNIT_EXPECT_EQ(test, state(t, NBMA(9), true), -ENOENT);
	KUNIT_EXPECT_EQ(test, t->err.field, FWD_F_NBMA);
}

/* The origin that comes first wins; the next one takes over when it goes. */
TABLES_TEST(peer_origins)
{
	struct endpoint_cfg fixed = nbma(NBMA(1), 1, 9);
	struct endpoint_cfg reg = nbma(NBMA(2), 1, 0);
	struct endpoint_cfg res[] = { nbma(NBMA(3), 1, 0), nbma(NBMA(2), 1, 0) };
	struct tables *t = test->priv;
	struct peer *peer;

	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_RESOLVED, res, 2), 0);
	peer = find(t, 1);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(3)) + flows_to(peer, NBMA(2)),
			FLOWS);
	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_REGISTERED, &reg, 1), 0);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(2)), FLOWS);
	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_STATIC, &fixed, 1), 0);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(1)), FLOWS);
	KUNIT_EXPECT_EQ(test, t->endpoints, 3);

	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 1, PEER_REGISTERED), 0);
	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 1, PEER_REGISTERED), -ENOENT);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(1)), FLOWS);
	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 1, PEER_STATIC), 0);
	KUNIT_EXPECT_EQ(test, flows_to(peer, NBMA(1)), 0);
	KUNIT_EXPECT_PTR_EQ(test, find(t, 1), peer);
	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 1, PEER_RESOLVED), 0);
	KUNIT_EXPECT_NULL(test, find(t, 1));
	KUNIT_EXPECT_EQ(test, fwd_count(&t->fwd, FWD_PEER), 0);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, t->endpoints, 0);
}

/* The datapath's cache behind an endpoint outlives changes around it. */
TABLES_TEST(peer_endpoint_is_kept)
{
	struct endpoint_cfg ep[] = { nbma(NBMA(1), 1, 0), nbma(NBMA(2), 1, 0) };
	struct tables *t = test->priv;
	struct endpoint *kept;

	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_STATIC, ep, 2), 0);
	kept = by_nbma(t, NBMA(2));
	KUNIT_ASSERT_NOT_NULL(test, kept);
	ep[1].weight = 500;
	ep[1].tier = 3;
	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_STATIC, ep + 1, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, by_nbma(t, NBMA(2)), kept);
	KUNIT_EXPECT_NULL(test, by_nbma(t, NBMA(1)));
	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_RESOLVED, ep + 1, 1), 0);
	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 1, PEER_STATIC), 0);
	KUNIT_EXPECT_PTR_EQ(test, by_nbma(t, NBMA(2)), kept);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, t->endpoints, 1);
}

static u16 port_used(const struct peer *peer)
{
	u16 port;

	rcu_read_lock();
	port = peer_endpoint(peer, 0)->nbma.port;
	rcu_read_unlock();
	return port;
}

/*
 * Packets wrapped in another way go by another object, which is up where the old
 * one was; of two origins the first one's counts.
 */
TABLES_TEST(peer_endpoint_wrap)
{
	struct endpoint_cfg ep = nbma(NBMA(1), 1, 0);
	struct tables *t = test->priv;
	struct mesh_addr addr = ip4(PEER(1)), plain = ip4(NBMA(1));
	struct endpoint *old;
	struct peer *peer;

	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_REGISTERED, &ep, 1), 0);
	peer = find(t, 1);
	old = by_nbma(t, NBMA(1));
	KUNIT_ASSERT_EQ(test, fwd_endpoint_set(&t->fwd, &addr, &plain, false,
					       NULL), 0);
	ep.nbma.wrap = MESH_WRAP_UDP;
	ep.nbma.port = 4754;
	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_REGISTERED, &ep, 1), 0);
	KUNIT_EXPECT_TRUE(test, by_nbma(t, NBMA(1)) != old);
	KUNIT_EXPECT_EQ(test, by_nbma(t, NBMA(1))->nbma.port, 4754);
	KUNIT_EXPECT_FALSE(test, peer->live);
	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_STATIC, &(struct endpoint_cfg) {
				.nbma = plain, .weight = 1 }, 1), 0);
	KUNIT_ASSERT_EQ(test, fwd_endpoint_set(&t->fwd, &addr, &plain, true,
					       NULL), 0);
	KUNIT_ASSERT_TRUE(test, peer->live);
	KUNIT_EXPECT_EQ(test, port_used(peer), 0);
	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 1, PEER_STATIC), 0);
	KUNIT_EXPECT_EQ(test, port_used(peer), 4754);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, t->endpoints, 1);
}

/* Repeating what is known is no event and moves nothing but the lease. */
TABLES_TEST(peer_renewal)
{
	struct endpoint_cfg ep = nbma(NBMA(1), 1, 0);
	struct fwd_peer_cfg cfg = {
		.addr = ip4(PEER(1)),
		.origin = PEER_REGISTERED,
		.ep = &ep,
		.n = 1,
		.lease = { .expires = 100 },
	};
	struct tables *t = test->priv;
	struct endpoint_set *set;

	KUNIT_ASSERT_EQ(test, fwd_peer_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	set = peer_set(find(t, 1), &t->fwd.lock);
	cfg.lease.expires = 200;
	KUNIT_ASSERT_EQ(test, fwd_peer_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	KUNIT_EXPECT_EQ(test, peer_expires(find(t, 1), PEER_REGISTERED), 200ULL);
	KUNIT_EXPECT_PTR_EQ(test, peer_set(find(t, 1), &t->fwd.lock), set);
	KUNIT_EXPECT_EQ(test, t->events[FWD_PEER][FWD_ADDED], 1);
	KUNIT_EXPECT_EQ(test, t->events[FWD_PEER][FWD_CHANGED], 0);
	ep.nbma = ip4(NBMA(2));
	KUNIT_ASSERT_EQ(test, fwd_peer_set(&t->fwd, &cfg, UPSERT, NULL), 0);
	KUNIT_EXPECT_EQ(test, t->events[FWD_PEER][FWD_CHANGED], 1);
	KUNIT_EXPECT_EQ(test, fwd_peer_set(&t->fwd, &cfg, FWD_CREATE, &t->err),
			-EEXIST);
	cfg.origin = PEER_NHS;
	KUNIT_EXPECT_EQ(test, fwd_peer_set(&t->fwd, &cfg, FWD_REPLACE, &t->err),
			-ENOENT);
}

/* The index by underlay address grows, and several peers share an address. */
TABLES_TEST(peer_by_nbma)
{
	struct endpoint_cfg shared = nbma(NBMA(0), 1, 0);
	struct tables *t = test->priv;
	struct endpoint *ep;
	u32 i, n = 0;

	for (i = 1; i <= 300; i++)
		tables_peer_one(test, i);
	for (i = 1; i <= 300; i++) {
		ep = by_nbma(t, NBMA(i));
		KUNIT_ASSERT_NOT_NULL(test, ep);
		KUNIT_EXPECT_PTR_EQ(test, ep->peer, find(t, i));
	}
	for (i = 1; i <= 40; i++)
		KUNIT_ASSERT_EQ(test, tables_peer(t, i, PEER_STATIC, &shared, 1),
				0);
	for (ep = by_nbma(t, NBMA(0)); ep;
	     ep = endpoint_next(&t->fwd.endpoints, ep))
		n++;
	KUNIT_EXPECT_EQ(test, n, 40);
	KUNIT_EXPECT_NULL(test, by_nbma(t, NBMA(1)));
}

/* What cannot be done whole is not begun. */
TABLES_TEST(peer_failure_leaves_nothing)
{
	struct endpoint_cfg ep[] = {
		nbma(NBMA(1), 1, 0), nbma(NBMA(2), 1, 0), nbma(NBMA(3), 1, 0),
	};
	struct tables *t = test->priv;

	t->refuse = 2;
	KUNIT_EXPECT_EQ(test, tables_peer(t, 1, PEER_STATIC, ep, 3),
			-EHOSTUNREACH);
	KUNIT_EXPECT_NULL(test, find(t, 1));
	KUNIT_EXPECT_EQ(test, t->endpoints, 0);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(t->fwd.table[0].root));

	t->refuse = 1;
	KUNIT_ASSERT_EQ(test, tables_peer(t, 1, PEER_STATIC, ep, 1), 0);
	KUNIT_EXPECT_EQ(test, tables_peer(t, 1, PEER_STATIC, ep, 2),
			-EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, flows_to(find(t, 1), NBMA(1)), FLOWS);
	KUNIT_EXPECT_EQ(test, t->endpoints, 1);
}

/* Who holds a peer may look at it after it was forgotten. */
TABLES_TEST(peer_reference)
{
	struct tables *t = test->priv;
	struct peer *peer = tables_peer_one(test, 1);

	peer_get(peer);
	KUNIT_EXPECT_EQ(test, tables_peer_del(t, 1, PEER_STATIC), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&peer->refs), 1);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, stats_read(&peer->stats->tx).packets, 0ULL);
	peer_put(peer);
}

TABLES_TEST(peer_counts)
{
	struct peer *peer = tables_peer_one(test, 1);

	local_bh_disable();
	stats_add(&peer->stats->tx, 2, 300);
	stats_add(&peer->stats->tx, 1, 40);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, stats_read(&peer->stats->tx).packets, 3ULL);
	KUNIT_EXPECT_EQ(test, stats_read(&peer->stats->tx).bytes, 340ULL);
	KUNIT_EXPECT_EQ(test, stats_read(&peer->stats->rx).bytes, 0ULL);
}

static struct kunit_case peer_cases[] = {
	KUNIT_CASE(peer_weights),
	KUNIT_CASE(peer_tiers),
	KUNIT_CASE(peer_origins),
	KUNIT_CASE(peer_endpoint_is_kept),
	KUNIT_CASE(peer_endpoint_wrap),
	KUNIT_CASE(peer_renewal),
	KUNIT_CASE(peer_by_nbma),
	KUNIT_CASE(peer_failure_leaves_nothing),
	KUNIT_CASE(peer_reference),
	KUNIT_CASE(peer_counts),
	{}
};

struct kunit_suite peer_test_suite = {
	.name = "peer",
	.init = tables_init,
	.exit = tables_exit,
	.test_cases = peer_cases,
};

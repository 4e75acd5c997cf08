/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites of groups share: many flows, and where they go.
 */
#ifndef _MESH_TESTS_GROUP_FLOWS_H
#define _MESH_TESTS_GROUP_FLOWS_H

#include "tables.h"

#define FLOWS 16384

/* A hash as a good hash function would give it to flow @i. */
static inline u32 flow(u32 i)
{
	i *= 0x9e3779b1;
	i ^= i >> 15;
	i *= 0x85ebca77;
	return i ^ i >> 13;
}

static inline struct group *find(struct tables *t, u32 id)
{
	return fwd_group(&t->fwd, id);
}

/* Where each flow goes, in peers' numbers; 0 for nowhere. */
static inline void snapshot(struct kunit *test, struct group *g, u16 *to)
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

static inline u16 *flows(struct kunit *test)
{
	u16 *to = kunit_kcalloc(test, FLOWS, sizeof(*to), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, to);
	return to;
}

static inline u32 count(const u16 *to, u16 who)
{
	u32 i, n = 0;

	for (i = 0; i < FLOWS; i++)
		n += to[i] == who;
	return n;
}

static inline void peers(struct kunit *test, u32 n)
{
	u32 i;

	for (i = 1; i <= n; i++)
		tables_peer_one(test, i);
}

static inline int revive(struct tables *t, u32 i, bool up)
{
	struct mesh_addr peer = ip4(PEER(i)), a = ip4(NBMA(i));

	return fwd_endpoint_set(&t->fwd, &peer, &a, up, &t->err);
}

/* Flows that neither came from nor went to @who, and yet moved. */
static inline u32 others_moved(const u16 *before, const u16 *after, u16 who)
{
	u32 i, n = 0;

	for (i = 0; i < FLOWS; i++)
		n += before[i] != after[i] && before[i] != who &&
		     after[i] != who;
	return n;
}

static inline u32 moved(const u16 *before, const u16 *after)
{
	u32 i, n = 0;

	for (i = 0; i < FLOWS; i++)
		n += before[i] != after[i];
	return n;
}

static inline void expect_share(struct kunit *test, const u16 *to, u16 who,
				u32 percent)
{
	int off = (int)(count(to, who) * 100) - (int)(FLOWS * percent);

	KUNIT_EXPECT_LE_MSG(test, abs(off), FLOWS * 2,
			    "peer %u: %u of %u flows, wanted %u %%", who,
			    count(to, who), FLOWS, percent);
}

#endif

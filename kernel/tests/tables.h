/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites of peers, groups and the device's tables share: one struct
 * fwd a test, which counts its events and the endpoints that live.
 */
#ifndef _MESH_TESTS_TABLES_H
#define _MESH_TESTS_TABLES_H

#include <kunit/test.h>

#include "tables/fwd.h"

#define UPSERT (FWD_CREATE | FWD_REPLACE)

/**
 * struct tables - a test's device
 * @fwd: its tables
 * @held: the writer lock, by TABLES_TEST()
 * @err: of the last call
 * @endpoints: constructed and not destructed yet
 * @refuse: how many endpoints may still be made, negative for no limit
 * @events: told so far
 */
struct tables {
	struct fwd fwd;
	bool held;
	struct fwd_error err;
	int endpoints;
	int refuse;
	u32 events[FWD_KINDS][FWD_REMOVED + 1];
};

/* An assertion that does not hold ends the thread, which must not have the lock. */
static inline void __noreturn tables_abort(struct kunit *test)
{
	struct tables *tables = test->priv;

	if (tables && tables->held) {
		tables->held = false;
		fwd_unlock(&tables->fwd);
	}
	__kunit_abort(test);
}

#define __kunit_abort(test) tables_abort(test)

/* A case that holds the writer lock for the whole of its body. */
#define TABLES_TEST(name)						\
static void name##_locked(struct kunit *test);				\
static void name(struct kunit *test)					\
{									\
	struct tables *tables = test->priv;				\
									\
	fwd_lock(&tables->fwd);						\
	tables->held = true;						\
	name##_locked(test);						\
	tables->held = false;						\
	fwd_unlock(&tables->fwd);					\
}									\
static void name##_locked(struct kunit *test)

int tables_init(struct kunit *test);
void tables_exit(struct kunit *test);

static inline struct mesh_addr ip4(u32 host)
{
	struct mesh_addr a;

	mesh_addr_from_ip4(&a, cpu_to_be32(host));
	return a;
}

static inline struct mesh_addr ip6(u32 low)
{
	struct mesh_addr a = { .len = 16, .b = { 0xfd } };
	__be32 be = cpu_to_be32(low);

	memcpy(a.b + 12, &be, sizeof(be));
	return a;
}

static inline struct mesh_prefix net4(u32 host, u8 len)
{
	return (struct mesh_prefix) { .addr = ip4(host), .len = len };
}

static inline struct endpoint_cfg nbma(u32 host, u16 weight, u8 tier)
{
	return (struct endpoint_cfg) {
		.nbma = ip4(host),
		.weight = weight,
		.tier = tier,
	};
}

/* 10.0.0.@i: the peer, 192.0.2.@i: its endpoint. */
#define PEER(i) (0x0a000000 + (i))
#define NBMA(i) (0xc0000200 + (i))

/* What the tables take for the time from now on. */
void tables_clock(u32 to);
/* Sets what an origin says about peer @i; the return value of the call. */
int tables_peer(struct tables *t, u32 i, enum peer_origin origin,
		const struct endpoint_cfg *ep, unsigned int n);
/* A static peer with one endpoint; asserts. */
struct peer *tables_peer_one(struct kunit *test, u32 i);
int tables_peer_del(struct tables *t, u32 i, enum peer_origin origin);
/* Group @id of peers @first to @first + @n - 1 with these weights, tier 0. */
int tables_group(struct tables *t, u32 id, u32 first, const u16 *weight,
		 unsigned int n);
/* A route to group @group, or to peer @peer where that is 0. */
int tables_route(struct tables *t, struct mesh_prefix p, u32 group, u32 peer,
		 u8 owner, u32 gen);

#endif

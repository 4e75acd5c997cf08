/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups: weighted, tiered peers that share the flows of a route.
 *
 * Written through fwd.h under the writer lock; members are read under that
 * lock, the bucket table by RCU readers.
 */
#ifndef _MESH_GROUP_H
#define _MESH_GROUP_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#include "lpm.h"
#include "peer.h"

#define GROUP_MEMBERS_MAX 256

/*
 * Buckets of a small group, a power of two.  Weights are told apart to a fraction
 * of that; the group of a shortcut has none, and up to NHRP_HOPS_MAX members.
 */
#define GROUP_BUCKETS	512
#define GROUP_BUCKETS_UNNAMED	128

/**
 * struct member_cfg - a member as it is asked for
 * @peer: protocol address
 * @weight: 1 to 65535; a share below one bucket of the table may round to none
 * @tier: the lowest one with a live member carries the traffic
 */
struct member_cfg {
	struct mesh_addr peer;
	u16 weight;
	u8 tier;
};

/**
 * struct group_member - a member of a group
 * @group: whose member it is
 * @peer: the peer, with a reference
 * @of_peer: in peer->groups
 * @weight: 1 to 65535
 * @tier: as configured
 * @taken: buckets that lead to it; the share of the flows that it has is
 *	@taken / group->size
 * @start: first bucket of the order in which it claims them
 * @step: from one bucket of that order to the next; odd
 * @turn: how far it came in that order
 */
struct group_member {
	struct group *group;
	struct peer *peer;
	struct hlist_node of_peer;
	u16 weight;
	u8 tier;
	u32 taken;
	u32 start;
	u32 step;
	u32 turn;
};

/* One bucket is one pointer: swapped while readers look, never torn. */
struct group_table {
	struct rcu_head rcu;
	u32 mask;
	struct peer *bucket[];
};

/**
 * struct group - weighted members, and the table that flows are picked from
 * @known: its place in the index of groups
 * @id: 1 and up; 0: a shortcut's own, of which nobody is told
 * @owner: who fed it
 * @tier: the tier in use; only where @live is not 0
 * @live: members that share the flows now
 * @n: members
 * @member: sorted by address
 * @size: buckets, a power of two
 * @scratch: which member each bucket belongs to
 * @seed: of the order in which members claim buckets
 * @table: what readers see
 * @routes: how many routes lead to it
 */
struct group {
	struct lpm_entry known;
	u32 id;
	u8 owner;
	u8 tier;
	u16 live;
	u16 n;
	struct group_member *member;
	u32 size;
	u16 *scratch;
	u32 seed;
	struct group_table __rcu *table;
	u32 routes;
	struct rcu_head rcu;
};

/*
 * For the writer
 */

/* What a group's members need: made first, then swapped with the group's. */
struct group_shape {
	struct group_member *member;
	u16 *scratch;
	struct group_table *table;
	u32 size;
	u16 n;
};

/*
 * 0 or -ENOMEM; the caller fills peer, weight and tier of each member.  @buckets: at
 * least so many, and more where there are many members.
 */
int group_shape_init(struct group_shape *shape, unsigned int n, u32 buckets);
/* Its table is freed by RCU. */
void group_shape_free(struct group_shape *shape);
/*
 * Gives the group new members, and the caller the old ones: they have left
 * their peers' lists, and no new flow finds them.  References to peers are the
 * caller's business.
 */
void group_swap(struct group *g, struct group_shape *shape,
		struct mutex *lock);
/* After a member's peer came to life or died; moves its buckets only. */
void group_refill(struct group *g, struct mutex *lock);

/*
 * For readers
 */

/* The bucket that a flow falls into.  RCU. */
static inline u32 group_bucket(const struct group *g, u32 hash)
{
	return hash & rcu_dereference(g->table)->mask;
}

/* The member for a flow, or NULL where none is live.  RCU; no reference. */
static inline struct peer *group_pick(const struct group *g, u32 hash)
{
	const struct group_table *t = rcu_dereference(g->table);

	return READ_ONCE(t->bucket[hash & t->mask]);
}

#endif

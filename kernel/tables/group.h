/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups: weighted, tiered peers that share the flows of a route.
 *
 * Written through fwd.h under the writer lock; members are read under that
 * lock, the bucket table by RCU readers.
 */
#ifndef _MESH_GROUP_H
#define _MESH_GROUP_H

#include <linux/build_bug.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/rcupdate.h>

#include "group_draw.h"
#include "lpm.h"
#include "peer.h"

#define GROUP_MEMBERS_MAX 256

/*
 * Buckets, a power of two: the same however many members there are, as otherwise
 * their number alone would move flows.  A share is kept to about the square root
 * of members / (2 * buckets) of itself.  The group of a shortcut has its own
 * number, and up to NHRP_HOPS_MAX members.
 */
#ifndef GROUP_BUCKETS			/* a fuzzer sets less than we do */
#define GROUP_BUCKETS	16384
#endif
#define GROUP_BUCKETS_UNNAMED	(GROUP_BUCKETS / 16)
#define GROUP_BUCKETS_MIN	128
#define GROUP_BUCKETS_MAX	65536

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
 * @of: its tier
 * @peer: the peer, with a reference
 * @of_peer: in peer->groups
 * @weight: 1 to 65535
 * @tier: as configured
 * @taken: buckets of its tier's table that lead to it, see
 *	group_member_buckets()
 * @key: of its draws; from its address alone
 * @early: while buckets are dealt out: his draws from this one on have been looked at
 */
struct group_member {
	struct group *group;
	struct group_tier *of;
	struct peer *peer;
	struct hlist_node of_peer;
	u16 weight;
	u8 tier;
	u32 taken;
	u32 key[GROUP_DRAW_KEYS];
	u32 early;
};

/**
 * struct group_idle - when a bucket may leave a member that lives
 * @span: so long its flows have to be silent, on the clock of struct fwd_ops; 0:
 *	it need not wait
 * @grain: so far a bucket's stamp may lag behind its last packet, so that not each
 *	one writes it; at least 1
 */
struct group_idle {
	u32 span;
	u32 grain;
};

/**
 * struct group_table - what flows are picked from, of one tier
 * @rcu: frees it
 * @mask: buckets less one
 * @grain: see struct group_idle
 * @used: a stamp a bucket, by whoever sends; or NULL
 * @bucket: places in @peer; each is one octet, swapped while readers look.  An
 *	object of its own: together they would take twice a power of two
 * @next: that of the group's next tier, and after the last one the first's
 * @n: how many of @peer
 * @peer: the members of the tier, by address
 */
struct group_table {
	struct rcu_head rcu;
	u32 mask;
	u32 grain;
	u32 *used;
	u8 *bucket;
	struct group_table *next;
	u32 n;
	struct peer *peer[];
};
static_assert(GROUP_MEMBERS_MAX <= U8_MAX + 1, "a bucket");

/**
 * struct group_tier - members that share the flows, or stand by
 * @member: the first of them
 * @n: how many
 * @live: of these
 * @tier: as configured
 * @table: kept up to date whether it is in use or not, so that it can be at once;
 *	where nobody lives it means nothing
 * @want: whose each bucket is to be.  Where none has to wait these are the table's
 *	own
 * @waits: otherwise: whether there may be buckets that are not yet
 */
struct group_tier {
	struct group_member *member;
	u16 n;
	u16 live;
	u8 tier;
	bool waits;
	struct group_table *table;
	u8 *want;
};

/**
 * struct group - weighted members, and the table that flows are picked from
 * @known: its place in the index of groups
 * @id: 1 and up; 0: a shortcut's own, of which nobody is told
 * @owner: who fed it
 * @n: members
 * @n_tiers: of @tier
 * @member: by tier and address
 * @tier: ascending
 * @active: the tier in use, or NULL where nobody lives
 * @size: buckets, a power of two
 * @table: of @active, what readers see
 * @idle: when a bucket may leave a member that lives
 * @waiting: buckets that are still to do so
 * @due: on the clock of struct fwd_ops: when to look at them, where there are any
 * @of_fwd: in fwd->unsettled, where there are any
 * @routes: how many routes lead to it
 */
struct group {
	struct lpm_entry known;
	u32 id;
	u8 owner;
	u16 n;
	u16 n_tiers;
	struct group_member *member;
	struct group_tier *tier;
	const struct group_tier *active;
	u32 size;
	struct group_table __rcu *table;
	struct group_idle idle;
	u32 waiting;
	u32 due;
	struct list_head of_fwd;
	u32 routes;
	struct rcu_head rcu;
};

/*
 * For the writer
 */

/* What a group's members need: made first, then swapped with the group's. */
struct group_shape {
	struct group_member *member;
	struct group_tier *tier;
	struct group_idle idle;
	u32 size;
	u16 n;
	u16 n_tiers;
};

/* 0 or -ENOMEM; the caller fills peer, weight and tier of each member, then */
int group_shape_init(struct group_shape *shape, unsigned int n);
/* finds the tiers, with tables of so many buckets; 0 or -ENOMEM. */
int group_shape_tables(struct group_shape *shape, u32 buckets, u32 idle_span);
/* Its tables are freed by RCU. */
void group_shape_free(struct group_shape *shape);
/*
 * Gives the group new members, and the caller the old ones: they have left
 * their peers' lists, and no new flow finds them.  References to peers are the
 * caller's business.
 */
void group_swap(struct group *g, struct group_shape *shape, u32 now,
		struct mutex *lock);
/* After the member's peer came to life or died; moves its buckets only. */
void group_refill(struct group_member *m, u32 now, struct mutex *lock);
/* Moves what waits and has become idle; then, as after the two above, see @waiting. */
void group_settle(struct group *g, u32 now, struct mutex *lock);
/* How many of group->size lead to the member now. */
u32 group_member_buckets(const struct group_member *m);

/*
 * For readers
 */

/* The bucket that a flow falls into.  RCU. */
static inline u32 group_bucket(const struct group *g, u32 hash)
{
	const struct group_table *t = rcu_dereference(g->table);

	return t ? hash & t->mask : 0;
}

/* The member for a flow, or NULL where none is live.  RCU; no reference. */
static inline struct peer *group_pick(const struct group *g, u32 hash)
{
	const struct group_table *t = rcu_dereference(g->table);

	return t ? t->peer[READ_ONCE(t->bucket[hash & t->mask])] : NULL;
}

/* Whether a member is, of any tier, of a group where somebody lives.  RCU. */
static inline bool group_any(const struct group *g,
			     bool (*is)(const struct peer *member,
					const struct peer *arg),
			     const struct peer *arg)
{
	const struct group_table *active = rcu_dereference(g->table);
	const struct group_table *t = active;
	u32 i;

	if (!active)
		return false;
	do {
		for (i = 0; i < t->n; i++)
			if (is(t->peer[i], arg))
				return true;
		t = t->next;
	} while (t != active);
	return false;
}

/*
 * The flow that was picked for has sent something.  RCU.  Writes once a grain and
 * bucket, whoever sends: what all processors read otherwise stays in their caches.
 */
static inline void group_used(const struct group *g, u32 hash, u32 now)
{
	const struct group_table *t = rcu_dereference(g->table);
	u32 *used;

	if (!t || !t->used)
		return;
	used = &t->used[hash & t->mask];
	if (now - READ_ONCE(*used) >= t->grain)
		WRITE_ONCE(*used, now);
}

#endif

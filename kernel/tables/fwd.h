/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that one device can forward to: peers, groups, routes and shortcuts, in
 * one longest-prefix table a family.
 *
 * One mutex, the writer lock (fwd_lock()), serves every change, so that a peer,
 * its host route, the groups that name it and the shortcuts to it change as
 * one to other writers.  Look-ups run under rcu_read_lock() alone and return
 * no reference.  A change that fails leaves everything as it was.
 */
#ifndef _MESH_FWD_H
#define _MESH_FWD_H

#include <linux/mutex.h>

#include "endpoint.h"
#include "group.h"
#include "lpm.h"
#include "peer.h"
#include "stats.h"

struct fwd;

enum fwd_kind {
	FWD_PEER,	/* struct peer */
	FWD_GROUP,	/* struct group */
	FWD_ROUTE,	/* struct route */
	FWD_SHORTCUT,	/* struct shortcut */
	FWD_KINDS,
};

enum fwd_verb {
	FWD_ADDED,
	FWD_CHANGED,
	FWD_REMOVED,
};

/**
 * struct fwd_ops - what the owner of the tables supplies
 * @endpoint: the datapath's part of each endpoint
 * @clock: by which groups tell for how long flows have been silent; it may begin
 *	anywhere, and wraps
 * @event: told of every change, under the writer lock, after it was made (for
 *	FWD_REMOVED: while the object can still be read); may be NULL
 */
struct fwd_ops {
	struct endpoint_ops endpoint;
	u32 (*clock)(void);
	void (*event)(struct fwd *fwd, enum fwd_verb verb, enum fwd_kind kind,
		      const void *obj);
};

/* What a rejection was about, so that a caller can point at it. */
enum fwd_field {
	FWD_F_NONE,
	FWD_F_ADDR,		/* a peer's protocol address */
	FWD_F_ENDPOINTS,	/* their number */
	FWD_F_NBMA,		/* endpoint [index] */
	FWD_F_ENDPOINT_WEIGHT,	/* endpoint [index] */
	FWD_F_ID,		/* a group's */
	FWD_F_BUCKETS,		/* their number */
	FWD_F_MEMBERS,		/* their number; [index] is one too many */
	FWD_F_MEMBER_PEER,	/* member [index] */
	FWD_F_MEMBER_WEIGHT,	/* member [index] */
	FWD_F_MEMBER_TIER,	/* member [index] */
	FWD_F_PREFIX,		/* route [index] */
	FWD_F_OWNER,		/* route [index] */
	FWD_F_TARGET_GROUP,	/* route [index] */
	FWD_F_TARGET_PEER,	/* route [index], or of a shortcut */
	FWD_FIELDS
};

/* Filled by every call that fails; text is a constant, never NULL then. */
struct fwd_error {
	const char *text;
	int index;
	enum fwd_field field;
};

struct fwd_limits {
	u32 peers;
	u32 groups;
	u32 routes;
	u32 shortcuts;
};

#define FWD_LIMIT_PEERS		131072
#define FWD_LIMIT_GROUPS	65536
#define FWD_LIMIT_ROUTES	4194304
#define FWD_LIMIT_SHORTCUTS	262144
#define FWD_LIMIT_MEMORY	(256UL << 20)

/**
 * struct route - prefix to group or peer
 * @e: owner and generation
 * @prefix: without host bits
 * @group: where it leads, or NULL
 * @peer: where it leads if not to a group, with a reference
 * @stats: packets that took it; handed on to the route that replaces it
 * @stats_passed: and that happened
 * @batch: while it is not in the table yet
 * @rcu: when it has left the table
 */
struct route {
	struct lpm_entry e;
	struct mesh_prefix prefix;
	struct group *group;
	struct peer *peer;
	struct stats __percpu *stats;
	bool stats_passed;
	union {
		struct list_head batch;
		struct rcu_head rcu;
	};
};

/**
 * struct shortcut - prefix to peer or several, learned by resolution
 * @prefix: without host bits
 * @group: of its own, where it leads to several; or NULL
 * @peer: where it leads, or the first of them; with a reference
 * @of_peer: in peer->shortcuts
 * @expires: on the caller's clock, in ms; the caller's to watch
 * @hold: holding time in s, as it was told
 * @stats: packets that took it
 * @seen: packets when fwd_shortcut_used() last looked
 */
struct shortcut {
	struct lpm_entry e;
	struct mesh_prefix prefix;
	struct group *group;
	struct peer *peer;
	struct hlist_node of_peer;
	u64 expires;
	u32 hold;
	struct stats __percpu *stats;
	u64 seen;
	struct rcu_head rcu;
};

/**
 * struct fwd - the tables of one device
 * @lock: the writer lock
 * @table: what can be forwarded to, IPv4 and IPv6; and every peer by its address,
 *	whether it can or not
 * @groups: index by id
 * @memory: of @table and @groups
 * @endpoints: index by NBMA address
 * @ops: the owner's
 * @ctx: the owner's, for @ops
 * @seed: secret, so that nobody outside can choose where he is in an index
 * @limits: may be changed under the lock at any time; what is there stays
 * @seq: by kind, counts changes: a walk in steps that sees it move was
 *	interrupted
 * @mute: no events
 * @unsettled: groups with buckets that wait
 */
struct fwd {
	struct mutex lock;
	struct lpm table[2];
	struct lpm groups;
	struct lpm_memory memory;
	struct endpoint_index endpoints;
	const struct fwd_ops *ops;
	void *ctx;
	u32 seed;
	struct fwd_limits limits;
	u32 seq[FWD_KINDS];
	bool mute;
	struct list_head unsettled;
};

/* 0 or -ENOMEM; @ops lives as long as the module. */
int fwd_init(struct fwd *fwd, const struct fwd_ops *ops, void *ctx, u32 seed);
/*
 * No reader and no writer is left.  No events.  Objects are freed by RCU: the
 * module's exit runs rcu_barrier().
 */
void fwd_destroy(struct fwd *fwd);

static inline void fwd_lock(struct fwd *fwd)
{
	mutex_lock(&fwd->lock);
}

static inline void fwd_unlock(struct fwd *fwd)
{
	mutex_unlock(&fwd->lock);
}

/* How many there are of a kind; peers without an origin included. */
u32 fwd_count(const struct fwd *fwd, enum fwd_kind kind);

/*
 * Look-ups: RCU
 */

/**
 * struct fwd_hit - what an address matched
 * @entry: source, owner, generation and matched length
 * @stats: of the route or shortcut, to be counted by who sends; or NULL
 * @group: where it leads, or NULL
 * @peer: where it leads if not to a group
 */
struct fwd_hit {
	const struct lpm_entry *entry;
	struct stats __percpu *stats;
	const struct group *group;
	struct peer *peer;
};

/* Where a flow goes. */
struct fwd_path {
	struct peer *peer;
	struct endpoint *ep;
};

static inline struct lpm *fwd_table(struct fwd *fwd, u8 len)
{
	return &fwd->table[len == 16];
}

static inline const struct route *fwd_entry_route(const struct lpm_entry *e)
{
	return container_of(e, const struct route, e);
}

static inline const struct shortcut *
fwd_entry_shortcut(const struct lpm_entry *e)
{
	return container_of(e, const struct shortcut, e);
}

/*
 * The best entry of the given sources (LPM_ALL, LPM_NO_SHORTCUT) for an address
 * of @len (4 or 16) octets; false where nothing matches.
 */
static inline bool fwd_lookup_sources(struct fwd *fwd, const void *dst, u8 len,
				      u8 sources, struct fwd_hit *hit)
{
	struct lpm_entry *e = lpm_lookup_sources(fwd_table(fwd, len), dst,
						 sources);

	if (!e)
		return false;
	hit->entry = e;
	hit->group = NULL;
	if (e->source == LPM_ROUTE) {
		const struct route *r = fwd_entry_route(e);

		hit->stats = r->stats;
		hit->group = r->group;
		hit->peer = r->peer;
	} else if (e->source == LPM_SHORTCUT) {
		const struct shortcut *s = fwd_entry_shortcut(e);

		hit->stats = s->stats;
		hit->group = s->group;
		hit->peer = s->peer;
	} else {
		hit->stats = NULL;
		hit->peer = container_of(e, struct peer, host);
	}
	return true;
}

static inline bool fwd_lookup(struct fwd *fwd, const void *dst, u8 len,
			      struct fwd_hit *hit)
{
	return fwd_lookup_sources(fwd, dst, len, LPM_ALL, hit);
}

/* Whether a flow's hash says where it goes; where not, any does.  RCU. */
static inline bool fwd_is_spread(const struct fwd_hit *hit)
{
	return hit->group || peer_is_spread(hit->peer);
}

/*
 * The peer and endpoint for a flow; false where no peer is live.  path->peer
 * is set (or NULL) in either case.
 */
static inline bool fwd_pick(const struct fwd_hit *hit, u32 hash,
			    struct fwd_path *path)
{
	path->peer = hit->group ? group_pick(hit->group, hash) : hit->peer;
	path->ep = path->peer ? peer_endpoint(path->peer, hash) : NULL;
	return path->ep;
}

/*
 * The peer of an address, with an origin or without; by whole address, as for
 * a gateway.  NULL if there is none.  RCU or writer; no reference.
 */
struct peer *fwd_peer(struct fwd *fwd, const struct mesh_addr *addr);
struct group *fwd_group(struct fwd *fwd, u32 id);
struct route *fwd_route(struct fwd *fwd, const struct mesh_prefix *p);
struct shortcut *fwd_shortcut(struct fwd *fwd, const struct mesh_prefix *p);

/*
 * Walks, in order, IPv4 before IPv6: the first one after a key, or from the
 * start for NULL.  The key need not exist (any more).  RCU or writer; no
 * reference.
 */
struct peer *fwd_peer_next(struct fwd *fwd, const struct mesh_addr *after);
struct group *fwd_group_next(struct fwd *fwd, const u32 *after);
struct route *fwd_route_next(struct fwd *fwd, const struct mesh_prefix *after);
struct shortcut *fwd_shortcut_next(struct fwd *fwd,
				   const struct mesh_prefix *after);

/*
 * Several at once, of any kind: the entries of the first @max after a key, and how
 * many there were.  RCU or writer; no references.
 */
u32 fwd_walk(struct fwd *fwd, enum fwd_kind kind, const struct mesh_prefix *after,
	     struct lpm_entry **found, u32 max);
/* What has such an entry; and the key that an object of a kind has in that order. */
const void *fwd_object(enum fwd_kind kind, const struct lpm_entry *e);
void fwd_key(enum fwd_kind kind, const void *obj, struct mesh_prefix *key);

/*
 * Changes: all with the writer lock held; 0 or -errno, and then @err is filled
 * (it may be NULL).
 */

/* What is not there may be made, what is there may be changed. */
#define FWD_CREATE	BIT(0)
#define FWD_REPLACE	BIT(1)

/**
 * struct fwd_peer_cfg - what one origin says about a peer
 * @addr: protocol address
 * @origin: who says it
 * @ep: its endpoints, each address once; they replace what this origin said
 *	before
 * @n: how many, 0 to PEER_ENDPOINTS_MAX
 * @lease: kept with the peer, for the caller
 */
struct fwd_peer_cfg {
	struct mesh_addr addr;
	enum peer_origin origin;
	const struct endpoint_cfg *ep;
	unsigned int n;
	struct peer_lease lease;
};

/*
 * -EEXIST without FWD_REPLACE where this origin knows the peer, -ENOENT without
 * FWD_CREATE where it does not, -ENOSPC, -EINVAL, -ENOMEM.
 */
int fwd_peer_set(struct fwd *fwd, const struct fwd_peer_cfg *cfg, u32 flags,
		 struct fwd_error *err);

/*
 * Forgets what one origin said.  With the last origin go the host route and the
 * shortcuts, and the peer itself, unless a group or a route names it: then
 * PEER_STATIC gets -EBUSY, and for the origins that are learned the peer stays
 * behind without endpoints.  -ENOENT where the origin does not know it.
 */
int fwd_peer_del(struct fwd *fwd, const struct mesh_addr *addr,
		 enum peer_origin origin, struct fwd_error *err);

/* Marks one endpoint of a peer usable or not. */
int fwd_endpoint_set(struct fwd *fwd, const struct mesh_addr *addr,
		     const struct mesh_addr *nbma, bool up,
		     struct fwd_error *err);

#define GROUP_IDLE_KEEP	U32_MAX

/**
 * struct fwd_group_cfg - a group as it is asked for
 * @id: 1 and up
 * @owner: who feeds it
 * @member: its members
 * @n: how many
 * @buckets: a power of two; 0: as many as there were, or GROUP_BUCKETS
 * @idle: so long a bucket's flows have to be silent before it leaves a member that
 *	lives, by fwd_ops; 0: not at all; GROUP_IDLE_KEEP: as it was, or not
 */
struct fwd_group_cfg {
	u32 id;
	u8 owner;
	const struct member_cfg *member;
	unsigned int n;
	u32 buckets;
	u32 idle;
};

/*
 * -EEXIST, -ENOENT (as above, or a member that is no peer), -ENOSPC, -EINVAL,
 * -ENOMEM.
 */
int fwd_group_set(struct fwd *fwd, const struct fwd_group_cfg *cfg, u32 flags,
		  struct fwd_error *err);
/* -EBUSY while a route leads to it. */
int fwd_group_del(struct fwd *fwd, u32 id, struct fwd_error *err);

/*
 * Moves buckets that have waited for long enough: how long until that is to be
 * called again, or 0 where none waits any more.  Whoever is told that a group has
 * changed calls it where that has buckets that wait.
 */
u32 fwd_groups_settle(struct fwd *fwd);

#define FWD_OWNER_ANY 0

/**
 * struct fwd_route_cfg - a route as it is asked for
 * @prefix: without host bits
 * @group: id of the group it leads to; or 0, and then
 * @peer: address of the peer it leads to
 * @gen: generation
 * @owner: who feeds it, 1 to 255
 */
struct fwd_route_cfg {
	struct mesh_prefix prefix;
	u32 group;
	struct mesh_addr peer;
	u32 gen;
	u8 owner;
};

/*
 * All of the batch or none of it; err->index is the offender.  Where a prefix
 * comes twice the later one holds.  A route of another owner is not replaced:
 * -EPERM.
 */
int fwd_route_add(struct fwd *fwd, const struct fwd_route_cfg *cfg,
		  unsigned int n, u32 flags, struct fwd_error *err);
/* -ENOENT where there is none, -EPERM where it is another owner's. */
int fwd_route_del(struct fwd *fwd, const struct mesh_prefix *p, u8 owner,
		  struct fwd_error *err);

/**
 * struct fwd_sweep - routes that are to go
 * @owner: whose; FWD_OWNER_ANY for everybody's
 * @all: of every generation
 * @keep: or else of all generations but this one
 * @deleted: how many have gone, 0 to begin with
 * @begun: false to begin with; it has come to @at
 * @at: the prefix looked at last
 */
struct fwd_sweep {
	u8 owner;
	bool all;
	u32 keep;
	u32 deleted;
	bool begun;
	struct mesh_prefix at;
};

/*
 * Looks at up to @max further routes, in the order of their prefixes; whether there
 * are more.  The caller may let go of the writer lock in between.
 */
bool fwd_route_sweep(struct fwd *fwd, struct fwd_sweep *sweep, u32 max);

/**
 * struct fwd_shortcut_cfg - a shortcut as it is asked for
 * @prefix: without host bits
 * @member: the peers that it leads to
 * @n: how many, at least 1
 * @expires: kept with it, for the caller
 * @hold: likewise
 */
struct fwd_shortcut_cfg {
	struct mesh_prefix prefix;
	const struct member_cfg *member;
	unsigned int n;
	u64 expires;
	u32 hold;
};

/*
 * Makes or renews a shortcut.  The peers must have an origin.  A renewal to the
 * same peers changes only the times, and is no event.  It goes with the first
 * of its peers.
 */
int fwd_shortcut_set(struct fwd *fwd, const struct fwd_shortcut_cfg *cfg,
		     struct fwd_error *err);
int fwd_shortcut_del(struct fwd *fwd, const struct mesh_prefix *p,
		     struct fwd_error *err);
u32 fwd_shortcut_flush(struct fwd *fwd);
/* Did it carry packets since this was last asked?  With the writer lock. */
bool fwd_shortcut_used(struct fwd *fwd, struct shortcut *s);

#endif

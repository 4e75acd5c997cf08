/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Peers: the other nodes of the overlay, by protocol address.
 *
 * Written through fwd.h under the writer lock; fields are read under that
 * lock, @set and the counters by RCU readers too.
 */
#ifndef _MESH_PEER_H
#define _MESH_PEER_H

#include <linux/build_bug.h>
#include <linux/list.h>
#include <linux/refcount.h>

#include "endpoint.h"
#include "lpm.h"
#include "stats.h"

/* How a peer came to be known; where several know it, the first one wins. */
enum peer_origin {
	PEER_STATIC,
	PEER_NHS,
	PEER_REGISTERED,
	PEER_RESOLVED,
	PEER_ORIGINS,
};

#define PEER_ENDPOINTS_MAX 64

/**
 * struct endpoint_cfg - an endpoint as it is asked for
 * @nbma: underlay address
 * @weight: 1 to 65535
 * @tier: the lowest one with an endpoint that is up is used
 * @bfd: its liveness is to be watched, where that does not go without saying
 */
struct endpoint_cfg {
	struct mesh_addr nbma;
	u16 weight;
	u8 tier;
	bool bfd;
};

/**
 * struct endpoint_slot - an endpoint's place in its peer's set
 * @ep: the endpoint
 * @until: sum of the weights up to and with this slot, where it may be picked
 * @weight: 1 to 65535
 * @tier: as configured
 * @bfd: as configured
 * @origin: an enum peer_origin: who named it
 */
struct endpoint_slot {
	struct endpoint *ep;
	u32 until;
	u16 weight;
	u8 tier;
	bool bfd : 1;
	u8 origin : 7;
};

/**
 * struct endpoint_set - the endpoints of a peer; never changes once published.
 *	With one of them it takes no more than 32 octets
 * @n: slots
 * @live: how many of the first slots may be picked: those that are up and of
 *	the first origin, and there the lowest tier, that has one
 * @total: sum of their weights
 * @slot: the live ones, then the rest by origin, tier and address
 */
struct endpoint_set {
	u16 n;
	u16 live;
	u32 total;
	struct endpoint_slot slot[];
};

/**
 * struct peer_lease - what an origin says beside the endpoints; PEER_STATIC says
 *	nothing
 * @expires: on the caller's clock, in ms; 0 for never.  The caller's to watch
 * @unique: PEER_REGISTERED: the binding was asked to be unique
 * @priority: PEER_NHS: of a next-hop server
 */
struct peer_lease {
	u64 expires;
	bool unique;
	u8 priority;
};

/* What peers remember of @expires: tenths of a second last for 13 years. */
#define PEER_TENTH 100

struct peer_stats {
	struct stats tx;
	struct stats rx;
};

/**
 * struct peer - another node of the overlay
 * @host: its place in the forwarding table, by which it is found, too; hidden as
 *	a route while @origins is empty
 * @addr: protocol address
 * @origins: mask of BIT(enum peer_origin); empty where only groups or routes
 *	still name the peer
 * @live: some endpoint may be picked
 * @unique: the registration was asked to be unique
 * @priority: of a next-hop server; read by RCU readers, too
 * @set: endpoints, NULL for none
 * @stats: what was sent to it and received from it
 * @expires: by origin, see peer_expires()
 * @routes: how many routes lead to it
 * @groups: struct group_member of the groups that name it
 * @shortcuts: struct shortcut that lead to it
 * @rcu: when nothing does any more
 *
 * There are many: it takes no more than 96 octets.
 */
struct peer {
	struct lpm_entry host;
	struct mesh_addr addr;
	u8 origins;
	bool live;
	bool unique;
	u8 priority;
	struct endpoint_set __rcu *set;
	struct peer_stats __percpu *stats;
	u32 expires[PEER_ORIGINS - PEER_NHS];
	u32 routes;
	union {
		struct {
			struct hlist_head groups;
			struct hlist_head shortcuts;
		};
		struct rcu_head rcu;
	};
	refcount_t refs;
};

#ifdef CONFIG_64BIT
static_assert(sizeof(struct peer) <= 96, "a peer");
#endif

/* When the origin's word ends, in ms and a tenth of a second late at most; 0: never. */
static inline u64 peer_expires(const struct peer *peer, enum peer_origin origin)
{
	return origin == PEER_STATIC ? 0 :
	       (u64)peer->expires[origin - PEER_NHS] * PEER_TENTH;
}

/* For holding a peer beyond the lock or the RCU section it was found in. */
void peer_get(struct peer *peer);
bool peer_tryget(struct peer *peer);
void peer_put(struct peer *peer);

/*
 * For the writer
 */

/* With one reference; NULL for no memory. */
struct peer *peer_new(const struct mesh_addr *addr);

/*
 * The set that the peer has once @origin names these endpoints; -ENOMEM or the
 * error of the endpoint's constructor.  PEER_ORIGINS changes nobody's.  Goes to
 * peer_set_publish() or peer_set_drop().
 */
struct endpoint_set *peer_set_new(const struct peer *peer,
				  enum peer_origin origin,
				  const struct endpoint_cfg *cfg,
				  unsigned int n,
				  const struct endpoint_ops *ops, void *ctx,
				  struct mutex *lock);
void peer_set_drop(struct endpoint_set *set, const struct endpoint_ops *ops);
/* Whether these are the endpoints that @origin names already. */
bool peer_set_same(const struct peer *peer, enum peer_origin origin,
		   const struct endpoint_cfg *cfg, unsigned int n,
		   struct mutex *lock);
/* Finds out which slots may be picked, before the set is published. */
void peer_set_arrange(struct endpoint_set *set);
/* Swaps in a set (or NULL) and lets go of the endpoints that it lacks. */
void peer_set_publish(struct peer *peer, struct endpoint_set *set,
		      struct endpoint_index *idx);

static inline struct endpoint_set *peer_set(const struct peer *peer,
					    struct mutex *lock)
{
	return rcu_dereference_protected(peer->set, lockdep_is_held(lock));
}

/*
 * For readers
 */

static inline u32 endpoint_mix(u32 hash)
{
	/*
	 * A group picks by the low bits.  Mixed once more, the hashes that led
	 * to one peer spread over all of its endpoints.
	 */
	hash ^= hash >> 15;
	hash *= 0x2c1b3c6d;
	hash ^= hash >> 12;
	hash *= 0x297a2d39;
	return hash ^ hash >> 15;
}

/* Whether flows go by several endpoints.  RCU. */
static inline bool peer_is_spread(const struct peer *peer)
{
	const struct endpoint_set *set = rcu_dereference(peer->set);

	return set && set->live > 1;
}

/* The endpoint for a flow, or NULL where none is up.  RCU; no reference. */
static inline struct endpoint *peer_endpoint(const struct peer *peer, u32 hash)
{
	const struct endpoint_set *set = rcu_dereference(peer->set);
	unsigned int i = 0;

	if (!set || !set->live)
		return NULL;
	if (set->live > 1) {
		u32 at = (u64)endpoint_mix(hash) * set->total >> 32;

		while (set->slot[i].until <= at)
			i++;
	}
	return set->slot[i].ep;
}

#endif

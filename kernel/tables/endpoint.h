/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Endpoints: the underlay (NBMA) addresses of peers, and an index by address.
 */
#ifndef _MESH_ENDPOINT_H
#define _MESH_ENDPOINT_H

#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "wire/addr.h"

struct endpoint;
struct peer;

/**
 * struct endpoint_ops - what the datapath keeps with each endpoint
 * @priv_size: octets behind the endpoint, see endpoint_priv()
 * @init: fills the (zeroed) private area; 0 or -errno; may sleep, runs under
 *	the writer lock, before any reader can see the endpoint
 * @free: undoes @init and frees the endpoint, a grace period after it left the
 *	table, as RCU's callback: so that it need not remember whose it is.  Must
 *	not sleep, and may run after fwd_destroy() until rcu_barrier()
 *
 * Lives as long as the module.
 */
struct endpoint_ops {
	size_t priv_size;
	int (*init)(struct endpoint *ep, void *ctx);
	void (*free)(struct rcu_head *rcu);
};

/**
 * struct endpoint - an NBMA address of one peer
 * @nbma: the address, and how packets there are wrapped
 * @up: whether it may be used; readers need READ_ONCE
 * @users: slots of the peer's newest set that name it; the writer's
 * @peer: whose it is; outlives the endpoint
 *
 * The object, and so its private area, stays the same for as long as the peer
 * has that address and packets there are wrapped in that way, whatever becomes of
 * weight, tier or origin.
 */
struct endpoint {
	struct mesh_addr nbma;
	bool up;
	u16 users;
	struct peer *peer;
	struct hlist_node link[2];
	struct rcu_head rcu;
	u8 priv[] __aligned(sizeof(u64));
};

static inline void *endpoint_priv(struct endpoint *ep)
{
	return ep->priv;
}

struct endpoint_buckets;

/* Index by NBMA address; several endpoints (of several peers) may share one. */
struct endpoint_index {
	struct endpoint_buckets __rcu *buckets;
	const struct endpoint_ops *ops;
	struct mutex *lock;
	unsigned long grace;
	u32 seed;
	u32 count;
};

int endpoint_index_init(struct endpoint_index *idx,
			const struct endpoint_ops *ops, u32 seed,
			struct mutex *lock);
void endpoint_index_destroy(struct endpoint_index *idx);

/* The first and the further endpoints of an address; RCU or writer. */
struct endpoint *endpoint_first(const struct endpoint_index *idx,
				const struct mesh_addr *nbma);
struct endpoint *endpoint_next(const struct endpoint_index *idx,
			       struct endpoint *ep);

/* Calls fn for every endpoint; with the writer lock. */
void endpoint_each(struct endpoint_index *idx,
		   void (*fn)(struct endpoint *ep, void *arg), void *arg);

/* A new endpoint, up, not in the index yet; ERR_PTR on failure. */
struct endpoint *endpoint_new(const struct endpoint_ops *ops, void *ctx,
			      struct peer *peer, const struct mesh_addr *nbma);
void endpoint_add(struct endpoint_index *idx, struct endpoint *ep);
/* Leaves the index and is freed after a grace period. */
void endpoint_del(struct endpoint_index *idx, struct endpoint *ep);
/* For one that never was in the index. */
void endpoint_free(const struct endpoint_ops *ops, struct endpoint *ep);

#endif

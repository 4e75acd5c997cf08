// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoint objects and their index by NBMA address.
 *
 * The index grows while readers look: each endpoint has two links, the new
 * buckets are chained by the one that the old ones do not use.  So between two
 * growths there has to be a grace period.
 */
#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "endpoint.h"

#define INDEX_BITS_MIN 4
#define INDEX_BITS_MAX 20

struct endpoint_buckets {
	struct rcu_head rcu;
	u8 bits;
	u8 link;
	struct hlist_head head[];
};

static inline bool writing(const struct endpoint_index *idx)
{
	return lockdep_is_held(idx->lock);
}

static struct endpoint_buckets *buckets_new(u8 bits, u8 link)
{
	struct endpoint_buckets *b;

	b = kvzalloc(struct_size(b, head, 1UL << bits), GFP_KERNEL_ACCOUNT);
	if (b) {
		b->bits = bits;
		b->link = link;
	}
	return b;
}

static struct endpoint_buckets *buckets_write(struct endpoint_index *idx)
{
	return rcu_dereference_protected(idx->buckets, writing(idx));
}

static struct hlist_head *bucket_of(const struct endpoint_index *idx,
				    struct endpoint_buckets *b,
				    const struct mesh_addr *nbma)
{
	u32 hash = jhash(nbma->b, nbma->len, idx->seed);

	return &b->head[hash >> (32 - b->bits)];
}

int endpoint_index_init(struct endpoint_index *idx,
			const struct endpoint_ops *ops, u32 seed,
			struct mutex *lock)
{
	struct endpoint_buckets *b = buckets_new(INDEX_BITS_MIN, 0);

	if (!b)
		return -ENOMEM;
	RCU_INIT_POINTER(idx->buckets, b);
	idx->ops = ops;
	idx->lock = lock;
	idx->seed = seed;
	idx->count = 0;
	idx->grace = get_state_synchronize_rcu();
	return 0;
}

void endpoint_index_destroy(struct endpoint_index *idx)
{
	lockdep_assert_held(idx->lock);
	WARN_ON_ONCE(idx->count);
	kvfree(buckets_write(idx));
	RCU_INIT_POINTER(idx->buckets, NULL);
}

/* The endpoint that a link of either table is in. */
static struct endpoint *link_owner(struct hlist_node *node, u8 link)
{
	return node ? container_of(node - link, struct endpoint, link[0]) :
		      NULL;
}

static struct endpoint *link_match(const struct endpoint_index *idx,
				   struct hlist_node *node, u8 link,
				   const struct mesh_addr *nbma)
{
	struct endpoint *ep;

	for (; node; node = rcu_dereference_check(hlist_next_rcu(node),
						  writing(idx))) {
		ep = link_owner(node, link);
		if (mesh_addr_equal(&ep->nbma, nbma))
			return ep;
	}
	return NULL;
}

struct endpoint *endpoint_first(const struct endpoint_index *idx,
				const struct mesh_addr *nbma)
{
	struct endpoint_buckets *b = rcu_dereference_check(idx->buckets,
							   writing(idx));
	struct hlist_head *head = bucket_of(idx, b, nbma);

	return link_match(idx, rcu_dereference_check(hlist_first_rcu(head),
						     writing(idx)),
			  b->link, nbma);
}

struct endpoint *endpoint_next(const struct endpoint_index *idx,
			       struct endpoint *ep)
{
	struct endpoint_buckets *b = rcu_dereference_check(idx->buckets,
							   writing(idx));
	struct hlist_node *node = &ep->link[b->link];

	return link_match(idx, rcu_dereference_check(hlist_next_rcu(node),
						     writing(idx)),
			  b->link, &ep->nbma);
}

void endpoint_each(struct endpoint_index *idx,
		   void (*fn)(struct endpoint *ep, void *arg), void *arg)
{
	struct endpoint_buckets *b = buckets_write(idx);
	struct hlist_node *node, *next;
	unsigned long i;

	lockdep_assert_held(idx->lock);
	for (i = 0; i < 1UL << b->bits; i++)
		hlist_for_each_safe(node, next, &b->head[i])
			fn(link_owner(node, b->link), arg);
}

struct endpoint *endpoint_new(const struct endpoint_ops *ops, void *ctx,
			      struct peer *peer, const struct mesh_addr *nbma)
{
	struct endpoint *ep;
	int err;

	ep = kzalloc(struct_size(ep, priv, ops->priv_size), GFP_KERNEL_ACCOUNT);
	if (!ep)
		return ERR_PTR(-ENOMEM);
	ep->nbma = *nbma;
	ep->up = true;
	ep->peer = peer;
	err = ops->init(ep, ctx);
	if (err) {
		kfree(ep);
		return ERR_PTR(err);
	}
	return ep;
}

void endpoint_free(const struct endpoint_ops *ops, struct endpoint *ep)
{
	ops->free(&ep->rcu);
}

/* Doubles the buckets; without memory the chains just stay longer. */
static void index_grow(struct endpoint_index *idx)
{
	struct endpoint_buckets *old = buckets_write(idx), *b;
	struct hlist_node *node;
	unsigned long i;

	b = buckets_new(old->bits + 1, !old->link);
	if (!b)
		return;
	cond_synchronize_rcu(idx->grace);
	for (i = 0; i < 1UL << old->bits; i++) {
		hlist_for_each(node, &old->head[i]) {
			struct endpoint *ep = link_owner(node, old->link);

			hlist_add_head(&ep->link[b->link],
				       bucket_of(idx, b, &ep->nbma));
		}
	}
	rcu_assign_pointer(idx->buckets, b);
	kvfree_rcu(old, rcu);
	idx->grace = get_state_synchronize_rcu();
}

void endpoint_add(struct endpoint_index *idx, struct endpoint *ep)
{
	struct endpoint_buckets *b = buckets_write(idx);

	lockdep_assert_held(idx->lock);
	if (idx->count++ >= 1UL << b->bits && b->bits < INDEX_BITS_MAX) {
		index_grow(idx);
		b = buckets_write(idx);
	}
	hlist_add_head_rcu(&ep->link[b->link], bucket_of(idx, b, &ep->nbma));
}

void endpoint_del(struct endpoint_index *idx, struct endpoint *ep)
{
	lockdep_assert_held(idx->lock);
	hlist_del_rcu(&ep->link[buckets_write(idx)->link]);
	idx->count--;
	call_rcu(&ep->rcu, idx->ops->free);
}

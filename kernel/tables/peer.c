// SPDX-License-Identifier: GPL-2.0
/*
 * Peer objects and their endpoint sets.
 */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "peer.h"

static struct peer_stats __percpu *peer_stats_alloc(void)
{
	struct peer_stats __percpu *stats = alloc_percpu_gfp(struct peer_stats,
							     GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu) {
		u64_stats_init(&per_cpu_ptr(stats, cpu)->tx.syncp);
		u64_stats_init(&per_cpu_ptr(stats, cpu)->rx.syncp);
	}
	return stats;
}

struct peer *peer_new(const struct mesh_addr *addr)
{
	struct peer *peer = kzalloc(sizeof(*peer), GFP_KERNEL_ACCOUNT);

	if (!peer)
		return NULL;
	peer->stats = peer_stats_alloc();
	if (!peer->stats) {
		kfree(peer);
		return NULL;
	}
	peer->addr = *addr;
	peer->host.source = LPM_HOST;
	refcount_set(&peer->refs, 1);
	return peer;
}

void peer_get(struct peer *peer)
{
	refcount_inc(&peer->refs);
}

bool peer_tryget(struct peer *peer)
{
	return refcount_inc_not_zero(&peer->refs);
}

static void peer_free_rcu(struct rcu_head *rcu)
{
	struct peer *peer = container_of(rcu, struct peer, rcu);

	free_percpu(peer->stats);
	kfree(peer);
}

void peer_put(struct peer *peer)
{
	if (refcount_dec_and_test(&peer->refs))
		call_rcu(&peer->rcu, peer_free_rcu);
}

/* One by the address alone is better than none: whether it is up is the same. */
static struct endpoint *set_find(const struct endpoint_set *set,
				 const struct mesh_addr *nbma)
{
	struct endpoint *found = NULL;
	unsigned int i;

	for (i = 0; set && i < set->n; i++) {
		struct endpoint *ep = set->slot[i].ep;

		if (!mesh_addr_equal(&ep->nbma, nbma))
			continue;
		found = ep;
		if (mesh_addr_same_wrap(&ep->nbma, nbma))
			break;
	}
	return found;
}

/*
 * A new one where packets are wrapped in another way: readers have that and the
 * route that goes with it from one object.
 */
static struct endpoint *endpoint_for(const struct peer *peer,
				     const struct endpoint_set *old,
				     const struct mesh_addr *nbma,
				     const struct endpoint_ops *ops, void *ctx)
{
	struct endpoint *like = set_find(old, nbma), *ep;

	if (like && mesh_addr_same_wrap(&like->nbma, nbma))
		return like;
	ep = endpoint_new(ops, ctx, (struct peer *)peer, nbma);
	if (!IS_ERR(ep) && like)
		ep->up = like->up;
	return ep;
}

static unsigned int set_others(const struct endpoint_set *set,
			       enum peer_origin origin)
{
	unsigned int i, n = 0;

	for (i = 0; set && i < set->n; i++)
		n += set->slot[i].origin != origin;
	return n;
}

struct endpoint_set *peer_set_new(const struct peer *peer,
				  enum peer_origin origin,
				  const struct endpoint_cfg *cfg,
				  unsigned int n,
				  const struct endpoint_ops *ops, void *ctx,
				  struct mutex *lock)
{
	const struct endpoint_set *old = peer_set(peer, lock);
	struct endpoint_set *set;
	unsigned int i;

	set = kzalloc(struct_size(set, slot, set_others(old, origin) + n),
		      GFP_KERNEL_ACCOUNT);
	if (!set)
		return ERR_PTR(-ENOMEM);
	for (i = 0; old && i < old->n; i++)
		if (old->slot[i].origin != origin)
			set->slot[set->n++] = old->slot[i];
	for (i = 0; i < n; i++) {
		struct endpoint *ep = endpoint_for(peer, old, &cfg[i].nbma,
						   ops, ctx);

		if (IS_ERR(ep)) {
			peer_set_drop(set, ops);
			return ERR_CAST(ep);
		}
		set->slot[set->n++] = (struct endpoint_slot) {
			.ep = ep,
			.weight = cfg[i].weight,
			.tier = cfg[i].tier,
			.bfd = cfg[i].bfd,
			.origin = origin,
		};
	}
	return set;
}

/* Endpoints that no published set names were made for this one. */
void peer_set_drop(struct endpoint_set *set, const struct endpoint_ops *ops)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (!set->slot[i].ep->users)
			endpoint_free(ops, set->slot[i].ep);
	kfree(set);
}

bool peer_set_same(const struct peer *peer, enum peer_origin origin,
		   const struct endpoint_cfg *cfg, unsigned int n,
		   struct mutex *lock)
{
	const struct endpoint_set *set = peer_set(peer, lock);
	unsigned int i, j, found = 0;

	if (!set || set->n - set_others(set, origin) != n)
		return !set && !n;
	for (i = 0; i < set->n; i++) {
		const struct endpoint_slot *s = &set->slot[i];

		for (j = 0; s->origin == origin && j < n; j++)
			found += s->weight == cfg[j].weight &&
				 s->tier == cfg[j].tier &&
				 s->bfd == cfg[j].bfd &&
				 mesh_addr_same_wrap(&s->ep->nbma,
						     &cfg[j].nbma) &&
				 mesh_addr_equal(&s->ep->nbma, &cfg[j].nbma);
	}
	return found == n;
}

static int rank(const struct endpoint_slot *s)
{
	return s->origin << 8 | s->tier;
}

static int addr_order(const struct mesh_addr *a, const struct mesh_addr *b)
{
	return a->len != b->len ? a->len - b->len :
				  memcmp(a->b, b->b, sizeof(a->b));
}

/* Before the sums stand there, @until marks the slots to be picked from. */
static int slot_order(const void *pa, const void *pb)
{
	const struct endpoint_slot *a = pa, *b = pb;

	if (a->until != b->until)
		return a->until ? -1 : 1;
	if (rank(a) != rank(b))
		return rank(a) - rank(b);
	return addr_order(&a->ep->nbma, &b->ep->nbma);
}

void peer_set_arrange(struct endpoint_set *set)
{
	int best = INT_MAX;
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (set->slot[i].ep->up)
			best = min(best, rank(&set->slot[i]));
	for (i = 0; i < set->n; i++)
		set->slot[i].until = set->slot[i].ep->up &&
				    rank(&set->slot[i]) == best;
	sort(set->slot, set->n, sizeof(set->slot[0]), slot_order, NULL);

	set->live = 0;
	set->total = 0;
	for (i = 0; i < set->n && set->slot[i].until; i++) {
		set->total += set->slot[i].weight;
		set->slot[i].until = set->total;
		set->live++;
	}
}

void peer_set_publish(struct peer *peer, struct endpoint_set *set,
		      struct endpoint_index *idx)
{
	struct endpoint_set *old = peer_set(peer, idx->lock);
	unsigned int i;

	for (i = 0; set && i < set->n; i++)
		if (!set->slot[i].ep->users++)
			endpoint_add(idx, set->slot[i].ep);
	rcu_assign_pointer(peer->set, set);
	for (i = 0; old && i < old->n; i++)
		if (!--old->slot[i].ep->users)
			endpoint_del(idx, old->slot[i].ep);
	if (old)
		kfree_rcu_mightsleep(old);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/rculist.h>

#include "source.h"

static struct hlist_head *bucket(struct mesh_dev *mesh,
				 const struct mesh_addr *nbma)
{
	u32 hash = jhash(nbma->b, nbma->len, mesh->fwd.seed);

	return &mesh->lent[hash >> (32 - MESH_LENT_BITS)];
}

int source_init(struct source *s, const struct mesh_addr *peer,
		const struct mesh_addr *nbma, const struct mesh_addr *addr)
{
	INIT_HLIST_NODE(&s->node);
	s->peer = peer;
	s->nbma = nbma;
	s->addr = addr;
	return dst_cache_init(&s->cache, GFP_KERNEL);
}

void source_exit(struct source *s)
{
	dst_cache_destroy(&s->cache);
}

void source_lend(struct mesh_dev *mesh, struct source *s)
{
	lockdep_assert_held(&mesh->fwd.lock);
	if (source_is_lent(s))
		return;
	/* A reader who is still at it from the last time stays in this bucket. */
	hlist_add_head_rcu(&s->node, bucket(mesh, s->nbma));
	WRITE_ONCE(mesh->n_lent, mesh->n_lent + 1);
}

void source_take_back(struct mesh_dev *mesh, struct source *s)
{
	lockdep_assert_held(&mesh->fwd.lock);
	if (!source_is_lent(s))
		return;
	WRITE_ONCE(mesh->n_lent, mesh->n_lent - 1);
	hlist_del_init_rcu(&s->node);
}

struct source *source_find(struct mesh_dev *mesh, const struct mesh_encap *e,
			   const struct mesh_addr *nbma,
			   const struct mesh_addr *peer)
{
	struct source *s;

	/* Where the device was told its address, it has no other. */
	if (e->side[mesh_family(nbma)].local.len)
		return NULL;
	hlist_for_each_entry_rcu(s, bucket(mesh, nbma), node)
		if (mesh_addr_equal(s->nbma, nbma) &&
		    (!peer || mesh_addr_equal(s->peer, peer)))
			return s;
	return NULL;
}

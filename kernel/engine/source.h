/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Own underlay addresses that are lent to endpoints: as long as one is, packets to
 * the endpoint leave from there and not from where their route has them.
 *
 * They are found by the endpoint's addresses and not by a pointer in it: few
 * endpoints have one, there are many, and what is found so is never out of date.
 */
#ifndef _MESH_SOURCE_H
#define _MESH_SOURCE_H

#include <net/dst_cache.h>

#include "mesh.h"

/**
 * struct source - one of our addresses, for one endpoint
 * @node: in mesh->lent while it is lent; the writer's, read under RCU
 * @peer: overlay address of the endpoint's peer; the owner's, as the next two
 * @nbma: the endpoint
 * @addr: the address
 * @cache: outer route of data from there, a processor each
 */
struct source {
	struct hlist_node node;
	const struct mesh_addr *peer;
	const struct mesh_addr *nbma;
	const struct mesh_addr *addr;
	struct dst_cache cache;
};

/* Not lent; 0 or -ENOMEM. */
int source_init(struct source *s, const struct mesh_addr *peer,
		const struct mesh_addr *nbma, const struct mesh_addr *addr);
/* It has been taken back, a grace period ago. */
void source_exit(struct source *s);

/* Writer; either changes nothing where it has been done already. */
void source_lend(struct mesh_dev *mesh, struct source *s);
void source_take_back(struct mesh_dev *mesh, struct source *s);

/* The writer's. */
static inline bool source_is_lent(const struct source *s)
{
	return !hlist_unhashed(&s->node);
}

struct source *source_find(struct mesh_dev *mesh, const struct mesh_encap *e,
			   const struct mesh_addr *nbma,
			   const struct mesh_addr *peer);

/*
 * The one that is lent to a peer's endpoint, or with NULL for @peer to anybody's
 * at that address; or NULL.  RCU.
 */
static inline struct source *source_of(struct mesh_dev *mesh,
				       const struct mesh_encap *e,
				       const struct mesh_addr *nbma,
				       const struct mesh_addr *peer)
{
	return likely(!READ_ONCE(mesh->n_lent)) ?
		       NULL : source_find(mesh, e, nbma, peer);
}

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_BATCH_H
#define LIBMESH_BATCH_H

/* Batches: changes of many routes. */

#include <mesh/route.h>

MESH_BEGIN_DECLS

/** struct mesh_route_batch - changes of many routes of one device and owner */
struct mesh_route_batch;

/**
 * mesh_route_batch_new - begin a batch
 * @batch: set to the new batch, which mesh_route_batch_free() frees
 * @ctx: the context; outlives the batch
 * @ifindex: of the mesh device
 * @opts: of all its routes; may be NULL, as in mesh_route_set()
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
MESH_API int mesh_route_batch_new(struct mesh_route_batch **batch,
				  struct mesh_ctx *ctx, unsigned int ifindex,
				  const struct mesh_route_opts *opts);

/**
 * mesh_route_batch_free - end a batch; what was not committed is forgotten
 * @batch: may be NULL
 */
MESH_API void mesh_route_batch_free(struct mesh_route_batch *batch);

/**
 * mesh_route_batch_set - gather a route to be made or replaced
 * @batch: the batch
 * @prefix: of the route; copied
 * @target: of the route; copied
 *
 * Nothing is sent. A batch may hold any number of routes and both kinds of
 * changes; they are applied in this order.
 *
 * Return: 0; -EINVAL for an address that is none, -ENOMEM.
 */
MESH_API int mesh_route_batch_set(struct mesh_route_batch *batch,
				  const struct mesh_prefix *prefix,
				  const struct mesh_target *target);

/**
 * mesh_route_batch_del - gather a route to be deleted
 * @batch: the batch
 * @prefix: of the route; copied
 *
 * Return: as mesh_route_batch_set().
 */
MESH_API int mesh_route_batch_del(struct mesh_route_batch *batch,
				  const struct mesh_prefix *prefix);

/**
 * mesh_route_batch_pending - how many changes are gathered and not applied
 * @batch: the batch
 *
 * Return: the number.
 */
MESH_API size_t mesh_route_batch_pending(const struct mesh_route_batch *batch);

/**
 * mesh_route_batch_commit - apply what was gathered
 * @batch: the batch
 * @failed: set to the index among the pending changes of the one at fault, or
 *	to SIZE_MAX when the kernel named none; may be NULL
 *
 * Changes of one kind go together in messages of up to batch_size octets; the
 * kernel applies each message whole or not at all. The first refused message
 * ends the commit: what was applied before is no longer pending, the rest is,
 * and may be committed again, for example after mesh_route_batch_drop().
 *
 * Return: 0, with nothing pending, or the error of the refused message.
 */
MESH_API int mesh_route_batch_commit(struct mesh_route_batch *batch, size_t *failed);

/**
 * mesh_route_batch_drop - take one pending change out of a batch
 * @batch: the batch
 * @index: as mesh_route_batch_commit() gave it
 *
 * Return: 0, or -EINVAL when nothing is pending there.
 */
MESH_API int mesh_route_batch_drop(struct mesh_route_batch *batch, size_t index);

MESH_END_DECLS

#endif

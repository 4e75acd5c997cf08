/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_SHORTCUT_H
#define LIBMESH_SHORTCUT_H

/* Shortcuts. */

#include <mesh/addr.h>
#include <mesh/group.h>
#include <mesh/stats.h>

MESH_BEGIN_DECLS

/**
 * struct mesh_shortcut - a shortcut as it is
 * @ifindex: of the mesh device
 * @prefix: the key
 * @peer: protocol address of the next hop, the first one where it has several
 * @nbma: underlay address of that next hop
 * @expires: remaining holding time, ms
 * @counters: its traffic; nothing is received by a shortcut
 * @members: the next hops, where there are several, as those of a group
 * @n_members: how many; 0 where @peer is the only one
 */
struct mesh_shortcut {
	unsigned int ifindex;
	struct mesh_prefix prefix;
	struct mesh_addr peer;
	struct mesh_addr nbma;
	uint32_t expires;
	struct mesh_counters counters;
	const struct mesh_member *members;
	size_t n_members;
};

typedef int (*mesh_shortcut_fn)(const struct mesh_shortcut *shortcut, void *arg);

/**
 * mesh_shortcut_del - delete one shortcut; its traffic goes by the routes
 * @ctx: the context
 * @ifindex: of the mesh device
 * @prefix: of the shortcut
 *
 * Return: 0 or -ENOENT.
 */
MESH_API int mesh_shortcut_del(struct mesh_ctx *ctx, unsigned int ifindex,
			       const struct mesh_prefix *prefix);

/**
 * mesh_shortcut_flush - delete all shortcuts of a device
 * @ctx: the context
 * @ifindex: of the mesh device
 *
 * Return: 0 or an error.
 */
MESH_API int mesh_shortcut_flush(struct mesh_ctx *ctx, unsigned int ifindex);

/**
 * mesh_shortcut_get - see one shortcut, by exactly this prefix
 * @ctx: the context
 * @ifindex: of the mesh device
 * @prefix: of the shortcut
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -ENOENT.
 */
MESH_API int mesh_shortcut_get(struct mesh_ctx *ctx, unsigned int ifindex,
			       const struct mesh_prefix *prefix,
			       mesh_shortcut_fn fn, void *arg);

/**
 * mesh_shortcut_dump - see many shortcuts
 * @ctx: the context
 * @ifindex: of this device only; 0 for all
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_shortcut_dump(struct mesh_ctx *ctx, unsigned int ifindex,
				mesh_shortcut_fn fn, void *arg);

MESH_END_DECLS

#endif

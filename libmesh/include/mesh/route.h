/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_ROUTE_H
#define LIBMESH_ROUTE_H

/* Routes. */

#include <mesh/addr.h>
#include <mesh/stats.h>

MESH_BEGIN_DECLS

/**
 * struct mesh_target - where a route leads
 * @group: id of a group; 0 for none
 * @peer: protocol address of a peer; length 0 for none
 *
 * Exactly one of the two is given.
 */
struct mesh_target {
	uint32_t group;
	struct mesh_addr peer;
};

/* What becomes of routes that are there already, and of those that are not. */
enum mesh_route_mode {
	MESH_ROUTE_REPLACE,	/* made, or replaced without a gap */
	MESH_ROUTE_ADD,		/* -EEXIST when there */
	MESH_ROUTE_CHANGE,	/* -ENOENT when not there */
};

/**
 * struct mesh_route_opts - properties of routes to be set
 * @sz: sizeof(struct mesh_route_opts)
 * @owner: who feeds them, an rtnetlink protocol number; 0 means 4 (static)
 * @generation: of the owner's choosing, see mesh_route_sweep()
 * @mode: enum mesh_route_mode
 * @batch_size: octets of a message of a batch at most (0: 32768, which is a
 *	thousand IPv4 routes)
 */
struct mesh_route_opts {
	size_t sz;
	uint8_t owner;
	uint32_t generation;
	enum mesh_route_mode mode;
	size_t batch_size;
};

/**
 * struct mesh_route - a route as it is
 * @ifindex: of the mesh device
 * @prefix: the key
 * @target: where it leads
 * @owner: who fed it, an rtnetlink protocol number
 * @generation: of the owner
 * @counters: its traffic; nothing is received by a route
 */
struct mesh_route {
	unsigned int ifindex;
	struct mesh_prefix prefix;
	struct mesh_target target;
	uint8_t owner;
	uint32_t generation;
	struct mesh_counters counters;
};

/**
 * struct mesh_route_filter - which routes a dump gives
 * @sz: sizeof(struct mesh_route_filter)
 * @ifindex: of this device only; 0 for all
 * @owner: of this owner only; 0 for all
 */
struct mesh_route_filter {
	size_t sz;
	unsigned int ifindex;
	uint8_t owner;
};

typedef int (*mesh_route_fn)(const struct mesh_route *route, void *arg);

/**
 * mesh_route_set - make or replace one route
 * @ctx: the context
 * @ifindex: of the mesh device
 * @prefix: of the route, host bits zero
 * @target: a group or a peer that exists
 * @opts: may be NULL: owner static, generation 0, made or replaced
 *
 * Return: 0; -EEXIST and -ENOENT by the mode, -ENOENT also for a target that
 * is not there, -EPERM for the route of another owner, -ENOSPC at the bound,
 * -EINVAL.
 */
MESH_API int mesh_route_set(struct mesh_ctx *ctx, unsigned int ifindex,
			    const struct mesh_prefix *prefix,
			    const struct mesh_target *target,
			    const struct mesh_route_opts *opts);

/**
 * mesh_route_del - delete one route
 * @ctx: the context
 * @ifindex: of the mesh device
 * @prefix: of the route
 * @owner: whose route it is; 0 means 4 (static)
 *
 * Return: 0; -ENOENT, -EPERM for the route of another owner.
 */
MESH_API int mesh_route_del(struct mesh_ctx *ctx, unsigned int ifindex,
			    const struct mesh_prefix *prefix, uint8_t owner);

/**
 * mesh_route_flush - delete all routes of an owner
 * @ctx: the context
 * @ifindex: of the mesh device
 * @owner: whose; 0 means 4 (static)
 * @deleted: set to their number; may be NULL
 *
 * Return: 0 or an error.
 */
MESH_API int mesh_route_flush(struct mesh_ctx *ctx, unsigned int ifindex,
			      uint8_t owner, uint32_t *deleted);

/**
 * mesh_route_sweep - delete the routes of an owner that are of another generation
 * @ctx: the context
 * @ifindex: of the mesh device
 * @owner: whose; 0 means 4 (static)
 * @generation: of the routes that stay
 * @deleted: set to the number of those that went; may be NULL
 *
 * Return: 0 or an error.
 */
MESH_API int mesh_route_sweep(struct mesh_ctx *ctx, unsigned int ifindex,
			      uint8_t owner, uint32_t generation,
			      uint32_t *deleted);

/**
 * mesh_route_get - see one route, by exactly this prefix
 * @ctx: the context
 * @ifindex: of the mesh device
 * @prefix: of the route
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -ENOENT.
 */
MESH_API int mesh_route_get(struct mesh_ctx *ctx, unsigned int ifindex,
			    const struct mesh_prefix *prefix, mesh_route_fn fn,
			    void *arg);

/**
 * mesh_route_dump - see many routes
 * @ctx: the context
 * @filter: which; NULL for all
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_route_dump(struct mesh_ctx *ctx,
			     const struct mesh_route_filter *filter,
			     mesh_route_fn fn, void *arg);

MESH_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_GROUP_H
#define LIBMESH_GROUP_H

/* Weighted groups of peers. */

#include <mesh/addr.h>

MESH_BEGIN_DECLS

/**
 * struct mesh_member - one member of a group
 * @protocol: protocol address of a peer
 * @weight: share of the flows within the tier, 1 to 65535
 * @tier: the lowest tier with a live member carries the flows; they count from 0
 *	without a gap
 * @buckets: buckets that lead to it now; ignored on input
 * @reserved: zero
 */
struct mesh_member {
	struct mesh_addr protocol;
	uint16_t weight;
	uint8_t tier;
	uint32_t buckets;
	uint32_t reserved[4];
};

/**
 * struct mesh_group - a group as it is
 * @ifindex: of the mesh device
 * @id: the key, from 1
 * @members: its members
 * @n_members: how many
 * @buckets: size of the bucket table
 * @refs: routes that use it
 * @idle_time: so long the flows of a bucket have to be silent before it leaves a
 *	member that lives, ms; 0: not at all
 * @waiting: buckets that wait for that
 */
struct mesh_group {
	unsigned int ifindex;
	uint32_t id;
	const struct mesh_member *members;
	size_t n_members;
	uint32_t buckets;
	uint32_t refs;
	uint32_t idle_time;
	uint32_t waiting;
};

/* Which members of struct mesh_group_opts are given; bits of set. */
enum mesh_group_set_bits {
	MESH_GROUP_BUCKETS	= 1 << 0,
	MESH_GROUP_IDLE_TIME	= 1 << 1,
};

/**
 * struct mesh_group_opts - more to say about a group
 * @sz: sizeof(struct mesh_group_opts)
 * @set: bits of enum mesh_group_set_bits; members without their bit stay as they
 *	are, or have their default in a new group
 * @buckets: size of the bucket table, a power of two, 128 to 65536 (default
 *	16384); another size moves flows
 * @idle_time: so long the flows of a bucket have to be silent before it leaves a
 *	member that lives for another one, ms, up to 86400000; 0 (default): it
 *	need not wait
 */
struct mesh_group_opts {
	size_t sz;
	uint64_t set;
	uint32_t buckets;
	uint32_t idle_time;
};

typedef int (*mesh_group_fn)(const struct mesh_group *group, void *arg);

/**
 * mesh_group_add - make a group
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: from 1
 * @members: its members, which are peers already
 * @n: how many, 1 to 256
 *
 * Return: 0; -EEXIST, -ENOENT for a member that is no peer, -ENOSPC at the
 * bound, -EINVAL.
 */
MESH_API int mesh_group_add(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
			    const struct mesh_member *members, size_t n);

/**
 * mesh_group_set - replace the members of a group in one step
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: of the group
 * @members: its members from now on; flows move to those that are new or weigh
 *	more, and from those that are gone or weigh less, and no others do
 * @n: how many, 1 to 256
 *
 * Return: 0; -ENOENT for an unknown group or a member that is no peer
 * (mesh_error_attr() tells which), -EINVAL.
 */
MESH_API int mesh_group_set(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
			    const struct mesh_member *members, size_t n);

/**
 * mesh_group_add_opts - make a group, with more to say
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: from 1
 * @members: as of mesh_group_add()
 * @n: how many, 1 to 256
 * @opts: more; NULL for defaults
 *
 * Return: as mesh_group_add().
 */
MESH_API int mesh_group_add_opts(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
				 const struct mesh_member *members, size_t n,
				 const struct mesh_group_opts *opts);

/**
 * mesh_group_set_opts - replace the members of a group, and what else is given
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: of the group
 * @members: as of mesh_group_set()
 * @n: how many, 1 to 256
 * @opts: more; NULL leaves it
 *
 * Return: as mesh_group_set().
 */
MESH_API int mesh_group_set_opts(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
				 const struct mesh_member *members, size_t n,
				 const struct mesh_group_opts *opts);

/**
 * mesh_group_del - delete a group
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: of the group
 *
 * Return: 0; -ENOENT, -EBUSY while a route uses it.
 */
MESH_API int mesh_group_del(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id);

/**
 * mesh_group_get - see one group
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: of the group
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -ENOENT.
 */
MESH_API int mesh_group_get(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
			    mesh_group_fn fn, void *arg);

/**
 * mesh_group_dump - see many groups
 * @ctx: the context
 * @ifindex: of this device only; 0 for all
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_group_dump(struct mesh_ctx *ctx, unsigned int ifindex,
			     mesh_group_fn fn, void *arg);

MESH_END_DECLS

#endif

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
 */
struct mesh_group {
	unsigned int ifindex;
	uint32_t id;
	const struct mesh_member *members;
	size_t n_members;
	uint32_t buckets;
	uint32_t refs;
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

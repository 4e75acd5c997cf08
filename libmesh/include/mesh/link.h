/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_LINK_H
#define LIBMESH_LINK_H

/* Network devices of any kind: names and indexes. */

#include <mesh/common.h>

MESH_BEGIN_DECLS

/* Room for the name of an interface with its final NUL, as IFNAMSIZ. */
#define MESH_IFNAME_STRLEN 16

/**
 * mesh_link_index - index of any network device of the context's namespace
 * @ctx: the context
 * @name: of the device
 * @ifindex: set on success
 *
 * Return: 0, -ENODEV, or -EINVAL for a name that is none.
 */
MESH_API int mesh_link_index(struct mesh_ctx *ctx, const char *name,
			     unsigned int *ifindex);

/**
 * mesh_link_name - name of any network device of the context's namespace
 * @ctx: the context
 * @ifindex: of the device
 * @name: MESH_IFNAME_STRLEN octets
 *
 * Return: 0 or -ENODEV.
 */
MESH_API int mesh_link_name(struct mesh_ctx *ctx, unsigned int ifindex, char *name);

MESH_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_KEY_H
#define LIBMESH_KEY_H

/* Keys: NHRP packets with an authentication code, and none without. */

#include <mesh/common.h>

MESH_BEGIN_DECLS

#define MESH_KEY_SECRET_SHORTEST	16	/* octets */
#define MESH_KEY_SECRET_LONGEST		64

/**
 * struct mesh_key - a key as it is; its secret is never told
 * @ifindex: of the mesh device
 * @id: the key; both sides give one secret the same id
 * @accept_only: not to sign with while there is another key
 * @signs: what is sent now is signed with it
 * @accepted_packets: received, signed with it and believed
 * @signed_packets: sent, signed with it
 */
struct mesh_key {
	unsigned int ifindex;
	uint16_t id;
	bool accept_only;
	bool signs;
	uint64_t accepted_packets;
	uint64_t signed_packets;
};

typedef int (*mesh_key_fn)(const struct mesh_key *key, void *arg);

/**
 * mesh_key_add - sign with a key, and demand a signature
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: 1 to 65535
 * @secret: its octets; the caller's, to wipe when done with
 * @len: MESH_KEY_SECRET_SHORTEST to MESH_KEY_SECRET_LONGEST
 * @accept_only: do not sign with it while there is another key
 *
 * A device has two keys at most: both are accepted, and the newer one that is
 * not for accepting only signs.
 *
 * Return: 0; -EEXIST, -ENOSPC, -EINVAL.
 */
MESH_API int mesh_key_add(struct mesh_ctx *ctx, unsigned int ifindex, uint16_t id,
			  const void *secret, size_t len, bool accept_only);

/**
 * mesh_key_set - begin or cease to sign with a key
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: the key
 * @accept_only: as with mesh_key_add()
 *
 * Return: 0 or -ENOENT.
 */
MESH_API int mesh_key_set(struct mesh_ctx *ctx, unsigned int ifindex, uint16_t id,
			  bool accept_only);

/**
 * mesh_key_del - forget a key
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: the key
 *
 * Return: 0 or -ENOENT.
 */
MESH_API int mesh_key_del(struct mesh_ctx *ctx, unsigned int ifindex, uint16_t id);

/**
 * mesh_key_get - see one key
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: the key
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -ENOENT.
 */
MESH_API int mesh_key_get(struct mesh_ctx *ctx, unsigned int ifindex, uint16_t id,
			  mesh_key_fn fn, void *arg);

/**
 * mesh_key_dump - see many keys
 * @ctx: the context
 * @ifindex: of this device only; 0 for all
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_key_dump(struct mesh_ctx *ctx, unsigned int ifindex, mesh_key_fn fn,
			   void *arg);

MESH_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_CTX_H
#define LIBMESH_CTX_H

/* Contexts: opening, closing, what went wrong. */

#include <mesh/common.h>

MESH_BEGIN_DECLS

/**
 * struct mesh_open_opts - where a context is opened
 * @sz: sizeof(struct mesh_open_opts)
 * @netns: name of a network namespace as "ip netns" knows it, or a path with
 *	a slash; NULL for none
 * @netns_fd: with @use_netns_fd, a descriptor of a network namespace; it is
 *	duplicated and stays the caller's
 * @use_netns_fd: @netns_fd is given; excludes @netns
 * @dump_retries: how often an interrupted dump is begun anew (0: 4 times)
 */
struct mesh_open_opts {
	size_t sz;
	const char *netns;
	int netns_fd;
	bool use_netns_fd;
	unsigned int dump_retries;
};

/**
 * mesh_open - open a context
 * @ctx: set to the new context, which mesh_close() frees
 * @opts: may be NULL: the namespace of the calling thread
 *
 * Entering another namespace needs CAP_SYS_ADMIN; the calling thread is back
 * in its own when this returns. The module need not be loaded yet.
 *
 * Return: 0; -ENOENT for an unknown @netns, -EINVAL for contradicting or
 * unknown options.
 */
MESH_API int mesh_open(struct mesh_ctx **ctx, const struct mesh_open_opts *opts);

/**
 * mesh_close - close a context and all that hangs on it
 * @ctx: may be NULL; its batches must have been freed
 */
MESH_API void mesh_close(struct mesh_ctx *ctx);

/**
 * mesh_strerror - what the last failure of a context was, for people
 * @ctx: the context
 *
 * "TEXT (attribute entry[899].prefix)": the kernel's own words and the
 * attribute at fault, where it told them, else what errno means.
 *
 * Return: text that lives until the next call with @ctx; never NULL.
 */
MESH_API const char *mesh_strerror(const struct mesh_ctx *ctx);

/**
 * mesh_error_attr - attribute at fault in the last failure of a context
 * @ctx: the context
 *
 * Return: its path in the words of the schema, as "prefix-len" or
 * "endpoint[1].weight"; NULL when the kernel named none.
 */
MESH_API const char *mesh_error_attr(const struct mesh_ctx *ctx);

MESH_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_COMMON_H
#define LIBMESH_COMMON_H

/* What every header of the library needs. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define MESH_BEGIN_DECLS extern "C" {
#define MESH_END_DECLS }
#else
#define MESH_BEGIN_DECLS
#define MESH_END_DECLS
#endif

#define MESH_API __attribute__((visibility("default")))

/**
 * MESH_OPTS - declare an option structure with its size set
 * @type: structure tag, as in MESH_OPTS(mesh_dev_opts, opts, .set = ...);
 * @name: of the variable
 * @...: designated initialisers of the other members
 */
#define MESH_OPTS(type, name, ...) \
	struct type name = { .sz = sizeof(struct type), ##__VA_ARGS__ }

/** struct mesh_ctx - a connection to the mesh devices of one namespace */
struct mesh_ctx;

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef MESH_BATCH_H
#define MESH_BATCH_H

#include "internal.h"

struct mesh_change {
	struct mesh_prefix prefix;
	struct mesh_target target;
	bool del;
};

struct mesh_route_batch {
	struct mesh_ctx *ctx;
	unsigned int ifindex;
	struct mesh_route_opts opts;
	struct mesh_change *changes;	/* those from done to n are pending */
	size_t done;
	size_t n;
	size_t room;
};

/*
 * Fills @m with the pending changes up to the first of the other kind or the
 * size of a message; the number that went in.
 */
size_t mesh_batch_fill(const struct mesh_route_batch *batch, struct mesh_msg *m);

#endif

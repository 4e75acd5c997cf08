/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef MESH_BATCH_H
#define MESH_BATCH_H

#include "internal.h"

/*
 * A change, with the attribute that it is in a message: there may be a million, and
 * memory that is touched for the first time costs more than all the rest.
 */
struct mesh_change {
	uint16_t len;	/* of the entry */
	bool del;
	bool dropped;
	char entry[];
};

struct mesh_route_batch {
	struct mesh_ctx *ctx;
	unsigned int ifindex;
	struct mesh_route_opts opts;
	struct mesh_block *first;	/* changes, one after the other */
	struct mesh_block *last;
	size_t at;			/* in the first block: the first that is pending */
	size_t pending;
};

/*
 * Fills @m with the pending changes up to the first of the other kind or the
 * size of a message; the number that went in.
 */
size_t mesh_batch_fill(const struct mesh_route_batch *batch, struct mesh_msg *m);
/* So many, in order, are pending no more. */
void mesh_batch_done(struct mesh_route_batch *batch, size_t n);

#endif

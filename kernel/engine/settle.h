/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Buckets of groups that wait until their flows have been silent for long enough:
 * a worker that moves them then.
 */
#ifndef _MESH_SETTLE_H
#define _MESH_SETTLE_H

#include "mesh.h"

void settle_init(struct mesh_dev *mesh);
/* Nobody changes groups any more; waits for the worker. */
void settle_exit(struct mesh_dev *mesh);

/* A group was added, changed or removed; with the writer lock. */
void settle_group_changed(struct mesh_dev *mesh, const struct group *g);

/* The time by which flows are silent, in jiffies. */
static inline u32 settle_clock(void)
{
	return jiffies;
}

#endif

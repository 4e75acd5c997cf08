/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_PERCPU_H
#define _MESH_HOST_PERCPU_H

#include <linux/slab.h>

/* One processor: its share is the whole. */
#define alloc_percpu_gfp(type, gfp)	kzalloc(sizeof(type), gfp)
#define free_percpu(p)			kfree(p)
#define per_cpu_ptr(p, cpu)		((void)(cpu), (p))
#define this_cpu_ptr(p)			(p)

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_BENCH_SLAB_H
#define _MESH_BENCH_SLAB_H

#include <stddef.h>

/* Of all objects that live, each as large as the kernel would make it. */
size_t slab_bytes(void);

#endif

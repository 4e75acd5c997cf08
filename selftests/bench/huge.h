/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_BENCH_HUGE_H
#define _MESH_BENCH_HUGE_H

#include <stddef.h>

#define HUGE_PAGE (2UL << 20)

/*
 * Zeroed memory in huge pages, as far as the machine has them; from a multiple of
 * their size on.  It takes none of it before it is written to.  NULL where there is
 * none.
 */
void *huge_get(size_t bytes);

#endif

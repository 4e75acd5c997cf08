/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_SORT_H
#define _MESH_HOST_SORT_H

#include <stdlib.h>

static inline void sort(void *base, size_t n, size_t size,
			int (*cmp)(const void *a, const void *b),
			void (*swap)(void *a, void *b, int size))
{
	qsort(base, n, size, cmp);
}

#endif

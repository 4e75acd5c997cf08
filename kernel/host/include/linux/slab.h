/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_SLAB_H
#define _MESH_HOST_SLAB_H

#include <stdlib.h>
#include <string.h>
#include <linux/gfp.h>
#include <linux/kernel.h>

#include "../../host.h"

#define struct_size(p, member, n) (sizeof(*(p)) + sizeof((p)->member[0]) * (n))

static inline void *kzalloc(size_t size, gfp_t gfp)
{
	return host_alloc(size);
}

/* Whoever counts on zeros does not find them. */
static inline void *kmalloc(size_t size, gfp_t gfp)
{
	void *p = host_alloc(size);

	if (p)
		memset(p, 0xa5, size);
	return p;
}

static inline void *kvzalloc(size_t size, gfp_t gfp)
{
	return host_alloc(size);
}

static inline void *kvmalloc(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp);
}

static inline void *kvcalloc(size_t n, size_t size, gfp_t gfp)
{
	return host_alloc(n * size);
}

static inline void kfree(const void *p)
{
	host_free((void *)p);
}

static inline void kvfree(const void *p)
{
	host_free((void *)p);
}

#endif

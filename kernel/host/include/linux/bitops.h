/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_BITOPS_H
#define _MESH_HOST_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>

static inline unsigned int hweight32(u32 x)
{
	return __builtin_popcount(x);
}

/* Of a word that is not 0. */
static inline unsigned long __ffs(unsigned long x)
{
	return __builtin_ctzl(x);
}

static inline unsigned long __ffs64(u64 x)
{
	return __builtin_ctzll(x);
}

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_JHASH_H
#define _MESH_HOST_JHASH_H

#include <linux/types.h>

/* Not the kernel's function, but one that spreads as well. */
static inline u32 jhash(const void *key, u32 len, u32 seed)
{
	const u8 *b = key;
	u64 h = seed ^ 0x9e3779b97f4a7c15ULL;

	while (len--) {
		h = (h ^ *b++) * 0xff51afd7ed558ccdULL;
		h ^= h >> 29;
	}
	return h ^ h >> 32;
}

#endif

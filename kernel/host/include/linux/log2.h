/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_LOG2_H
#define _MESH_HOST_LOG2_H

#include <linux/bitops.h>

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n <= 1 ? 1 : 1UL << fls64(n - 1);
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_LIMITS_H
#define _MESH_HOST_LIMITS_H

#include_next <linux/limits.h>
#include <stdint.h>

#define U8_MAX		UINT8_MAX
#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX
#define U64_MAX		UINT64_MAX
#ifndef INT_MAX
#define INT_MAX		__INT_MAX__
#endif

#endif

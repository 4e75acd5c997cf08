/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_ERR_H
#define _MESH_HOST_ERR_H

#include <stdint.h>
#include <linux/errno.h>
#include <linux/types.h>

#define ERR_VALUES 4095

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return (uintptr_t)ptr >= (uintptr_t)-ERR_VALUES;
}

static inline void *ERR_CAST(const void *ptr)
{
	return (void *)ptr;
}

#endif

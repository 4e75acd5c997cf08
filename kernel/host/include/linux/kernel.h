/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_KERNEL_H
#define _MESH_HOST_KERNEL_H

#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/types.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define might_sleep()	((void)0)

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#endif

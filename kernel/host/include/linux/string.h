/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_STRING_H
#define _MESH_HOST_STRING_H

#include <stdio.h>
#include <string.h>
#include <linux/errno.h>
#include <linux/types.h>

/* The length, or -E2BIG where it did not fit. */
static inline ssize_t strscpy(char *to, const char *from, size_t room)
{
	int len = snprintf(to, room, "%s", from);

	return (size_t)len < room ? len : -E2BIG;
}

#endif

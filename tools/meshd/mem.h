/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Without memory meshd ends: the module holds what it holds, and a new meshd
 * goes on from there.
 */
#ifndef MESHD_MEM_H
#define MESHD_MEM_H

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s);

#endif

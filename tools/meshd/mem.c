// SPDX-License-Identifier: GPL-2.0
#include "mem.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"

static void *checked(void *p)
{
	if (!p) {
		log_error("out of memory");
		exit(1);
	}
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size));
}

void *xrealloc(void *p, size_t n, size_t size)
{
	return checked(reallocarray(p, n ? n : 1, size));
}

char *xstrdup(const char *s)
{
	return checked(strdup(s));
}

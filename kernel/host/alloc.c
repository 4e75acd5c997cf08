// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that may be refused, and is counted.  Each object is malloc's own, so
 * that the sanitizers see where it ends and when it is gone.
 */
#include <stdlib.h>

#include "host.h"

static unsigned int fail_in;
static size_t live;

void *host_alloc(size_t size)
{
	void *p;

	if (fail_in && !--fail_in)
		return NULL;
	p = calloc(1, size);
	if (p)
		__atomic_fetch_add(&live, 1, __ATOMIC_RELAXED);
	return p;
}

void host_free(void *p)
{
	if (p)
		__atomic_fetch_sub(&live, 1, __ATOMIC_RELAXED);
	free(p);
}

void host_fail_alloc(unsigned int nth)
{
	fail_in = nth;
}

size_t host_allocated(void)
{
	return __atomic_load_n(&live, __ATOMIC_RELAXED);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel reaches its memory by a map of huge pages.  What stands for it here has to
 * be reached likewise, or it is the pages of a process that are measured.
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "huge.h"

void *huge_get(size_t bytes)
{
	char *p = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	p += -(size_t)p % HUGE_PAGE;
	/* Without them it is the same but slow. */
	madvise(p, bytes, MADV_HUGEPAGE);
	return p;
}

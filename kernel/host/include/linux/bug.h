/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_BUG_H
#define _MESH_HOST_BUG_H

#include <stdio.h>
#include <stdlib.h>

/* What the kernel would go on after ends the process here: it is a finding. */
#define WARN_ON(bad) ({							\
	bool __bad = (bad);						\
	if (__bad) {							\
		fprintf(stderr, "%s:%d: WARN_ON(%s)\n", __FILE__,	\
			__LINE__, #bad);				\
		abort();						\
	}								\
	__bad; })
#define WARN_ON_ONCE(bad) WARN_ON(bad)

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_U64_STATS_SYNC_H
#define _MESH_HOST_U64_STATS_SYNC_H

#include <linux/types.h>

/* 64 bits are read and written as one here. */
struct u64_stats_sync {
};

typedef struct {
	u64 v;
} u64_stats_t;

#define u64_stats_init(s)			((void)(s))
#define u64_stats_update_begin(s)		((void)(s))
#define u64_stats_update_end(s)			((void)(s))
#define u64_stats_fetch_begin(s)		((void)(s), 0)
#define u64_stats_fetch_retry(s, start)		((void)(s), (start))

static inline u64 u64_stats_read(const u64_stats_t *p)
{
	return READ_ONCE(p->v);
}

static inline void u64_stats_add(u64_stats_t *p, u64 n)
{
	WRITE_ONCE(p->v, p->v + n);
}

#endif

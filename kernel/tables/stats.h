/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet and byte counters, one pair a processor.
 */
#ifndef _MESH_STATS_H
#define _MESH_STATS_H

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

/* One processor's share; written by that processor alone. */
struct stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	struct u64_stats_sync syncp;
};

struct stats_sum {
	u64 packets;
	u64 bytes;
};

/* NULL when there is no memory; the caller owns it, until free_percpu(). */
static inline struct stats __percpu *stats_alloc(void)
{
	struct stats __percpu *stats = alloc_percpu_gfp(struct stats,
							GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->syncp);
	return stats;
}

/* With bottom halves off. */
static inline void stats_add(struct stats __percpu *stats, u32 packets,
			     u32 bytes)
{
	struct stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_add(&s->packets, packets);
	u64_stats_add(&s->bytes, bytes);
	u64_stats_update_end(&s->syncp);
}

static inline struct stats_sum stats_read(const struct stats __percpu *stats)
{
	struct stats_sum sum = { 0 };
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct stats *s = per_cpu_ptr(stats, cpu);
		u64 packets, bytes;
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			packets = u64_stats_read(&s->packets);
			bytes = u64_stats_read(&s->bytes);
		} while (u64_stats_fetch_retry(&s->syncp, start));
		sum.packets += packets;
		sum.bytes += bytes;
	}
	return sum;
}

#endif

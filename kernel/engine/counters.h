/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a device counts beside its packets: every way in which one is dropped,
 * by name.  The names are those of the schema's stats attributes.
 */
#ifndef _MESH_COUNTERS_H
#define _MESH_COUNTERS_H

#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

/* X(name, what the kernel's own drop reasons call it) */
#define MESH_COUNTERS(X)					\
	X(DROP_RX_MALFORMED, PKT_TOO_SMALL)			\
	X(DROP_RX_CHECKSUM, IP_CSUM)				\
	X(DROP_RX_PROTOCOL, UNHANDLED_PROTO)			\
	X(DROP_RX_POLICY, XFRM_POLICY)				\
	X(DROP_RX_DOWN, DEV_READY)				\
	X(DROP_RX_INNER, IP_INHDR)				\
	X(DROP_RX_NOMEM, NOMEM)					\
	X(DROP_TX_PROTOCOL, UNHANDLED_PROTO)			\
	X(DROP_TX_MALFORMED, PKT_TOO_SMALL)			\
	X(DROP_TX_NO_PEER, IP_OUTNOROUTES)			\
	X(DROP_TX_NO_ENDPOINT, IP_OUTNOROUTES)			\
	X(DROP_TX_MULTICAST, NOT_SPECIFIED)			\
	X(DROP_TX_NO_ROUTE, IP_OUTNOROUTES)			\
	X(DROP_TX_LOOP, NOT_SPECIFIED)				\
	X(DROP_TX_TOO_BIG, PKT_TOO_BIG)				\
	X(DROP_TX_TTL, NOT_SPECIFIED)				\
	X(DROP_TX_NOMEM, NOMEM)					\
	X(NHRP_QUEUE_FULL, FULL_RING)				\
	X(NHRP_REDIRECT_LIMITED, NOT_SPECIFIED)			\
	X(BFD_RX, NOT_SPECIFIED)				\
	X(BFD_TX, NOT_SPECIFIED)				\
	X(BFD_UP, NOT_SPECIFIED)				\
	X(BFD_DOWN, NOT_SPECIFIED)				\
	X(BFD_MALFORMED, NOT_SPECIFIED)				\
	X(BFD_FAR, NOT_SPECIFIED)				\
	X(BFD_STRAY, NOT_SPECIFIED)				\
	X(BFD_TABLE_FULL, NOT_SPECIFIED)			\
	X(MULTICAST_TX, NOT_SPECIFIED)				\
	X(MULTICAST_COPIES, NOT_SPECIFIED)			\
	X(DROP_TX_MULTICAST_FULL, FULL_RING)			\
	X(BYPASS, NOT_SPECIFIED)

enum mesh_counter {
#define MESH_COUNTER_ENUM(name, reason) MESH_C_##name,
	MESH_COUNTERS(MESH_COUNTER_ENUM)
#undef MESH_COUNTER_ENUM
	MESH_C_MAX,
};

/* One processor's share; written by that processor alone. */
struct mesh_counters {
	u64_stats_t c[MESH_C_MAX];
	struct u64_stats_sync syncp;
};

/* With bottom halves off. */
static inline void mesh_count(struct mesh_counters __percpu *counters,
			      enum mesh_counter which)
{
	struct mesh_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->c[which]);
	u64_stats_update_end(&c->syncp);
}

static inline u64 mesh_counter_read(struct mesh_counters __percpu *counters,
				    enum mesh_counter which)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct mesh_counters *c = per_cpu_ptr(counters, cpu);
		unsigned int start;
		u64 v;

		do {
			start = u64_stats_fetch_begin(&c->syncp);
			v = u64_stats_read(&c->c[which]);
		} while (u64_stats_fetch_retry(&c->syncp, start));
		sum += v;
	}
	return sum;
}

#endif

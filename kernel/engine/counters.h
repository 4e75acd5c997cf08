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

/*
 * X(name, what the kernel's own drop reasons call it, its name in the schema).  A
 * module cannot have reasons of its own: the kernel knows beforehand who may.
 */
#define MESH_COUNTERS(X)						\
	X(DROP_RX_MALFORMED, PKT_TOO_SMALL, "drop-rx-malformed")	\
	X(DROP_RX_CHECKSUM, IP_CSUM, "drop-rx-checksum")		\
	X(DROP_RX_PROTOCOL, UNHANDLED_PROTO, "drop-rx-protocol")	\
	X(DROP_RX_POLICY, XFRM_POLICY, "drop-rx-policy")		\
	X(DROP_RX_DOWN, DEV_READY, "drop-rx-down")			\
	X(DROP_RX_INNER, IP_INHDR, "drop-rx-inner")			\
	X(DROP_RX_NOMEM, NOMEM, "drop-rx-nomem")			\
	X(DROP_TX_PROTOCOL, UNHANDLED_PROTO, "drop-tx-protocol")	\
	X(DROP_TX_MALFORMED, PKT_TOO_SMALL, "drop-tx-malformed")	\
	X(DROP_TX_NO_PEER, NO_TX_TARGET, "drop-tx-no-peer")		\
	X(DROP_TX_NO_ENDPOINT, NO_TX_TARGET, "drop-tx-no-endpoint")	\
	X(DROP_TX_MULTICAST, NO_TX_TARGET, "drop-tx-multicast")		\
	X(DROP_TX_NO_ROUTE, IP_OUTNOROUTES, "drop-tx-no-route")		\
	X(DROP_TX_LOOP, NOT_SPECIFIED, "drop-tx-loop")			\
	X(DROP_TX_TOO_BIG, PKT_TOO_BIG, "drop-tx-too-big")		\
	X(DROP_TX_TTL, NOT_SPECIFIED, "drop-tx-ttl")			\
	X(DROP_TX_NOMEM, NOMEM, "drop-tx-nomem")			\
	X(NHRP_QUEUE_FULL, FULL_RING, "nhrp-queue-full")		\
	X(NHRP_REDIRECT_LIMITED, NOT_SPECIFIED, "nhrp-redirect-limited")\
	X(BFD_RX, NOT_SPECIFIED, "bfd-rx")				\
	X(BFD_TX, NOT_SPECIFIED, "bfd-tx")				\
	X(BFD_UP, NOT_SPECIFIED, "bfd-up")				\
	X(BFD_DOWN, NOT_SPECIFIED, "bfd-down")				\
	X(BFD_MALFORMED, NOT_SPECIFIED, "bfd-malformed")		\
	X(BFD_FAR, NOT_SPECIFIED, "bfd-far")				\
	X(BFD_STRAY, NOT_SPECIFIED, "bfd-stray")			\
	X(BFD_TABLE_FULL, NOT_SPECIFIED, "bfd-table-full")		\
	X(MULTICAST_TX, NOT_SPECIFIED, "multicast-tx")			\
	X(MULTICAST_COPIES, NOT_SPECIFIED, "multicast-copies")		\
	X(DROP_TX_MULTICAST_FULL, FULL_RING, "drop-tx-multicast-full")	\
	X(BYPASS, NOT_SPECIFIED, "bypass")				\
	X(DROP_RX_STRANGER, IP_RPFILTER, "drop-rx-stranger")		\
	X(DROP_RX_SOURCE, IP_RPFILTER, "drop-rx-source")

enum mesh_counter {
#define MESH_COUNTER_ENUM(name, ...) MESH_C_##name,
	MESH_COUNTERS(MESH_COUNTER_ENUM)
#undef MESH_COUNTER_ENUM
	MESH_C_MAX,
};

/* The number of each in the schema's stats attributes. */
extern const u8 mesh_counter_attr[MESH_C_MAX];

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

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_STATS_H
#define LIBMESH_STATS_H

/* Counters. */

#include <mesh/common.h>

MESH_BEGIN_DECLS

/**
 * struct mesh_counters - what went over an object since it was made
 * @rx_packets: packets received
 * @rx_bytes: octets received
 * @tx_packets: packets sent
 * @tx_bytes: octets sent
 */
struct mesh_counters {
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t tx_packets;
	uint64_t tx_bytes;
};

/**
 * struct mesh_counter - one counter of a device
 * @name: as in the schema, "drop-tx-no-peer"; lives as long as the program
 * @value: since the device was made
 */
struct mesh_counter {
	const char *name;
	uint64_t value;
};

/**
 * struct mesh_stats - the counters of a device
 * @ifindex: of the device
 * @ifname: of the device
 * @counters: in the order of the schema
 * @n_counters: how many
 */
struct mesh_stats {
	unsigned int ifindex;
	const char *ifname;
	const struct mesh_counter *counters;
	size_t n_counters;
};

typedef int (*mesh_stats_fn)(const struct mesh_stats *stats, void *arg);

/**
 * mesh_stats_get - read the counters of one device
 * @ctx: the context
 * @ifindex: of the device
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned, or an error.
 */
MESH_API int mesh_stats_get(struct mesh_ctx *ctx, unsigned int ifindex,
			    mesh_stats_fn fn, void *arg);

/**
 * mesh_stats_dump - read the counters of all devices of the namespace
 * @ctx: the context
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_stats_dump(struct mesh_ctx *ctx, mesh_stats_fn fn, void *arg);

MESH_END_DECLS

#endif

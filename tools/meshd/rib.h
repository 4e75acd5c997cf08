/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What zebra has told, and what of it the mesh devices are to hold.
 *
 * Messages only change this table; rib_flush() brings the module up to it.  So
 * a deletion and an addition that come together are one replacement, and what
 * a feed says again changes nothing but the generation.
 *
 * Next hops on one device with one set of gateways share one group, whatever
 * ids zebra has for them; a next-hop id whose members change keeps its group,
 * so that no route is touched.
 */
#ifndef MESHD_RIB_H
#define MESHD_RIB_H

#include <mesh/mesh.h>

#include "fpm_parse.h"

/* Groups with ids from here up to RIB_GROUP_LAST are meshd's. */
#define RIB_GROUP_FIRST	0x40000000u
#define RIB_GROUP_LAST	0x7fffffffu

struct rib;

/**
 * struct rib_change - one route of a device to be made, replaced or deleted
 * @prefix: of the route
 * @target: where it is to lead; with neither group nor peer it is deleted
 * @again: it was refused before: not worth another line
 * @error: filled in: 0 or -errno
 */
struct rib_change {
	struct mesh_prefix prefix;
	struct mesh_target target;
	bool again;
	int error;
};

/* The module's side: each returns 0 or -errno. */
struct rib_sink {
	int (*group_add)(void *ctx, uint32_t ifindex, uint32_t id,
			 const struct mesh_member *member, size_t n);
	int (*group_set)(void *ctx, uint32_t ifindex, uint32_t id,
			 const struct mesh_member *member, size_t n);
	int (*group_del)(void *ctx, uint32_t ifindex, uint32_t id);
	/* Fills each change's error. */
	void (*routes)(void *ctx, uint32_t ifindex, uint32_t generation,
		       struct rib_change *change, size_t n);
	/* Deletes routes of other generations. */
	int (*sweep)(void *ctx, uint32_t ifindex, uint32_t generation);
};

/**
 * struct rib_opts - of a table
 * @sink: the module's side
 * @ctx: for @sink
 * @tables: kernel routing tables whose routes count
 * @n_tables: how many
 * @max_routes: bound of what is remembered
 */
struct rib_opts {
	const struct rib_sink *sink;
	void *ctx;
	const uint32_t *tables;
	size_t n_tables;
	size_t max_routes;
};

/* @opts is copied, what it points to is not. */
struct rib *rib_new(const struct rib_opts *opts);
/* The module keeps what it holds. */
void rib_free(struct rib *rib);

/*
 * What the module has: devices, peers, and what an earlier life of this daemon
 * left in it.
 */
void rib_dev_add(struct rib *rib, uint32_t ifindex);
void rib_dev_del(struct rib *rib, uint32_t ifindex);
void rib_peer_set(struct rib *rib, uint32_t ifindex,
		  const struct mesh_addr *addr, bool known);
/* Around telling all peers of a device anew: who is not named is gone. */
void rib_peers_begin(struct rib *rib, uint32_t ifindex);
void rib_peers_end(struct rib *rib, uint32_t ifindex);
void rib_group_found(struct rib *rib, const struct mesh_group *group);
void rib_generation_found(struct rib *rib, uint32_t generation);

/* A feed begins from nothing: a new generation, and all ids are unknown. */
void rib_begin(struct rib *rib);
void rib_message(struct rib *rib, const struct fpm_msg *msg);
/* A feed is whole: what it has not said again goes. */
void rib_sweep(struct rib *rib);

/* Whether there is anything to flush. */
bool rib_dirty(const struct rib *rib);
/* Writes a bounded part; call again while rib_dirty(). */
void rib_flush(struct rib *rib);
/* What the module refused is tried again with the next flush. */
void rib_retry(struct rib *rib);

/**
 * struct rib_stats - where the table stands
 * @generation: of the feed
 * @routes: remembered
 * @installed: of these, held by a mesh device
 * @pending: a next hop is on a mesh device, but no peer yet
 * @refused: by the module
 * @ignored: no next hop on a mesh device
 * @groups: in the module
 * @nexthops: ids that zebra has told
 * @stale: not said again by this feed
 * @messages: read
 * @foreign: messages about nothing that is forwarded by, or other tables
 */
struct rib_stats {
	uint32_t generation;
	uint64_t routes;
	uint64_t installed;
	uint64_t pending;
	uint64_t refused;
	uint64_t ignored;
	uint64_t groups;
	uint64_t nexthops;
	uint64_t stale;
	uint64_t messages;
	uint64_t foreign;
};

void rib_stats(const struct rib *rib, struct rib_stats *stats);

#endif

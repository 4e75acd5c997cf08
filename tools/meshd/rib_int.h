/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What rib.c (routes), nexthop.c (next hops as zebra has them) and group.c
 * (next hops as a mesh device has them) share:
 *
 *   route -> hops -> use (one a mesh device) -> group -> member -> via
 */
#ifndef MESHD_RIB_INT_H
#define MESHD_RIB_INT_H

#include "list.h"
#include "rib.h"

struct rib_dev {
	struct list all;
	uint32_t ifindex;
};

/**
 * struct via - a gateway on a mesh device
 * @node: in rib->vias
 * @dev: the device
 * @addr: the gateway: a peer's protocol address
 * @users: members that name it
 * @known: it is a peer
 * @seen: told since rib_peers_begin()
 * @complained: that it is no peer was logged
 */
struct via {
	struct hash_node node;
	struct rib_dev *dev;
	struct mesh_addr addr;
	struct list users;
	bool known;
	bool seen;
	bool complained;
};

struct member {
	struct list of_via;
	struct group *group;
	struct via *via;
	uint16_t weight;
};

/**
 * struct group - gateways on one device that share the flows of routes
 * @node: in rib->groups, by content
 * @queue: in rib->dirty_groups, failed_groups, idle_groups or leftovers
 * @dev: the device
 * @id: in the module; 0 for a single gateway, which needs no group
 * @held: the module has it
 * @live: routes may lead to it
 * @users: of struct use
 * @n: members
 * @member: sorted by address
 */
struct group {
	struct hash_node node;
	struct list queue;
	struct rib_dev *dev;
	uint32_t id;
	bool held;
	bool live;
	struct list users;
	unsigned int n;
	struct member *member;
};

struct use {
	struct list of_group;
	struct group *group;
	struct hops *hops;
};

/**
 * struct hops - the next hops of routes, as zebra has them
 * @node: in rib->ids or, with id 0, in rib->inline_hops
 * @dirty: in rib->dirty_hops
 * @routes: that use them
 * @id: zebra's, 0 where they were spelt out
 * @told: zebra has announced the id and not taken it back
 * @detached: of an earlier feed; no id any more
 * @by_id: the members are ids
 * @n: how many
 * @hop: for @by_id: ifindex and gateway are what the ids stood for
 * @n_uses: how many mesh devices they are on
 * @use: the groups there
 */
struct hops {
	struct hash_node node;
	struct list dirty;
	struct list routes;
	uint32_t id;
	bool told;
	bool detached;
	bool by_id;
	unsigned int n;
	struct fpm_hop *hop;
	unsigned int n_uses;
	struct use *use;
};

/* A device holds a route. */
struct inst {
	struct inst *next;
	struct rib_dev *dev;
};

/**
 * struct route - a route that zebra has told
 * @node: in rib->routes
 * @of_hops: in hops->routes
 * @queue: in rib->dirty_routes or rib->failed_routes
 * @hops: where it leads; NULL when it is to be deleted
 * @inst: the devices that hold it
 * @prefix: of the route
 * @table: of the kernel
 * @generation: of the feed that said it last
 * @refused: the module did not take the last change
 * @again: nor the one before
 */
struct route {
	struct hash_node node;
	struct list of_hops;
	struct list queue;
	struct hops *hops;
	struct inst *inst;
	struct mesh_prefix prefix;
	uint32_t table;
	uint32_t generation;
	bool refused;
	bool again;
};

struct rib {
	struct rib_opts opts;
	uint32_t generation;
	uint32_t next_id;
	bool full;
	bool ids_changed;
	uint64_t messages;
	uint64_t foreign;
	struct list devs;
	struct hash vias;
	struct hash groups;
	struct hash ids;
	struct hash inline_hops;
	struct hash routes;
	struct list dirty_hops;
	struct list dirty_groups;
	struct list dirty_routes;
	struct list failed_groups;
	struct list failed_routes;
	struct list idle_groups;
	struct list leftovers;
};

/* A gateway and its share, while a group is looked for. */
struct want {
	struct mesh_addr addr;
	uint16_t weight;
};

static inline void requeue(struct list *l, struct list *queue)
{
	list_del(l);
	list_add(l, queue);
}

/* rib.c */
struct rib_dev *rib_dev_find(const struct rib *rib, uint32_t ifindex);
void routes_dirty(struct rib *rib, struct hops *hops);

/* group.c: @want is sorted by address, each address once. */
struct group *group_get(struct rib *rib, struct rib_dev *dev,
			const struct want *want, unsigned int n);
bool group_is(const struct group *g, const struct want *want, unsigned int n);
/* Gives a group other members, if nothing but @use uses it: whether it did. */
bool group_change(struct rib *rib, struct use *use, const struct want *want,
		  unsigned int n);
/* After its last use has left. */
void group_unused(struct rib *rib, struct group *g);
void group_free(struct rib *rib, struct group *g);
void groups_sync(struct rib *rib);
void groups_reap(struct rib *rib, struct list *queue);
void groups_dev_del(struct rib *rib, struct rib_dev *dev);
void group_complain(const struct group *g);
struct mesh_target group_target(const struct group *g);
static inline bool target_none(const struct mesh_target *t)
{
	return !t->group && !t->peer.len;
}

/* nexthop.c */
struct hops *hops_of_route(struct rib *rib, const struct fpm_msg *msg);
void hops_told(struct rib *rib, const struct fpm_msg *msg);
void hops_untold(struct rib *rib, uint32_t id);
void hops_detach_all(struct rib *rib);
/* After a route has left: groups are for hops that have one. */
void hops_unused(struct rib *rib, struct hops *hops);
void hops_free(struct rib *rib, struct hops *hops);
void hops_resolve_dirty(struct rib *rib);
/* All hops again, because a device came or went. */
void hops_dirty_dev(struct rib *rib, uint32_t ifindex);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The simulated mesh of the KUnit suites, driven step by step and checked after
 * each.
 */
#ifndef _MESH_FUZZ_NHRP_WORLD_H
#define _MESH_FUZZ_NHRP_WORLD_H

#include "fuzz.h"
#include "nhrp_check.h"

/**
 * struct world - the mesh, and what is known of it from before
 * @sim: the mesh
 * @check: by node
 * @touched: a bit for each node that something has happened to since the last
 *	check; the others cannot have changed
 */
struct world {
	struct sim sim;
	struct check check[SIM_NODES];
	unsigned int touched;
};

/* The only one; a server and sites that are down. */
struct world *world_begin(void);
/* Takes all nodes down; nothing may be left of them. */
void world_end(struct world *w);

/* The node's state is lost, and nobody is told. */
void world_reboot(struct world *w, unsigned int node);

/* Whoever does something to a node gets at it by this. */
static inline struct sim_node *world_node(struct world *w, unsigned int node)
{
	w->touched |= 1u << node;
	return &w->sim.node[node];
}

/* Between two events: what has to hold of every node that was touched. */
void world_check(struct world *w);

/*
 * Hands octets to a node, whoever sent them.  They stand in memory of exactly
 * their length, so that a read past their end is seen.
 */
void world_hand(struct world *w, unsigned int node, const struct mesh_addr *from,
		const u8 *buf, size_t len);
/* Takes a packet off the wire; they move up. */
void world_lose(struct world *w, unsigned int at);
/* Once more behind all others, if there is room. */
void world_repeat(struct world *w, unsigned int at);
/* Brings it to whom it is for; @from: as translated underway, or NULL. */
void world_arrive(struct world *w, unsigned int at, const struct mesh_addr *from);
/* All that is on the wire, and what comes of that, within reason. */
void world_settle(struct world *w);

static inline struct sim_packet *world_packet(struct world *w, unsigned int at)
{
	return &w->sim.wire[(w->sim.head + at) % SIM_WIRE];
}

/* Fires what is due on the way. */
void world_advance(struct world *w, u64 ms);
/* The clock jumps, and what is due fires then. */
void world_jump(struct world *w, u64 ms);

/* A node sees an IP packet that it should have told the source better of. */
void world_indicate(struct world *w, unsigned int node,
		    const struct mesh_addr *src, const struct mesh_addr *dst,
		    size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What has to hold of every node of a simulated mesh, whatever has happened.
 */
#ifndef _MESH_FUZZ_NHRP_CHECK_H
#define _MESH_FUZZ_NHRP_CHECK_H

#include "tests/nhrp_sim.h"

#define CHECK_GRANTS 32

/**
 * struct check_grant - a packet that came and entitles a node to a binding
 * @proto: whom the binding may be with
 * @origin: which kind it may be
 * @until: how long it may stand at most (ms)
 */
struct check_grant {
	struct mesh_addr proto;
	enum nhrp_origin origin;
	u64 until;
};

/**
 * struct check - what the checks know of a node from before
 * @grant: what it is entitled to
 * @n: entries in use
 * @overflow: there were more of them, so that bindings are not checked
 * @jumped: when the clock jumped last, 0: it never did
 * @rx: packets handed to it while it was up
 * @bindings: how many there were: a limit that is lowered takes nothing away
 * @shortcuts: likewise
 * @queries: likewise
 * @answers: likewise
 */
struct check {
	struct check_grant grant[CHECK_GRANTS];
	unsigned int n;
	bool overflow;
	u64 jumped;
	u64 rx;
	u32 bindings;
	u32 shortcuts;
	u32 queries;
	u32 answers;
};

/* A packet is about to be handed to the node. */
void check_packet(struct check *check, const struct sim_node *node,
		  const u8 *buf, size_t len);
/* Between two events. */
void check_node(struct check *check, const struct sim_node *node);
/* The node is down: it holds nothing of others. */
void check_down(const struct sim_node *node);

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as packets to a node in the middle of its work.
 *
 * Octet 0: which role the node has, and what the packets meet there.
 * Then, packet by packet: how it comes (one octet), its length (two), its octets.
 */
#include "fuzz.h"
#include "nhrp_fix.h"
#include "nhrp_world.h"

enum role {
	ROLE_HUB,		/* the server, with two sites registered */
	ROLE_SITE,		/* registered, and asking for an address */
	ROLE_SHORTCUT,		/* that has got its answer */
	ROLE_JOINING,		/* that has no answer from its server yet */
	ROLES,
};

static const struct mesh_addr *origin(struct input *in, struct mesh_addr *from)
{
	unsigned int n = take_below(in, 8);

	*from = n < 7 ? sim_nbma(n) : fuzz_ip6(n);
	return from;
}

static void configure(struct world *w, u8 how)
{
	unsigned int i;

	for (i = 0; i < SIM_NODES; i++) {
		struct sim_node *node = world_node(w, i);
		struct nhrp_config cfg = node->fsm.cfg;

		node->ip6 = how & 8;
		cfg.unique = how & 16;
		if (how & 32)
			cfg.max_peers = cfg.max_queries = cfg.max_answers =
				cfg.max_shortcuts = 4;
		cfg.secret_len = how & 64 ? 2 : 0;
		memcpy(cfg.secret, "pw", 2);
		nhrp_fsm_configure(&node->fsm, w->sim.now, &cfg);
	}
}

/* Brings the mesh to where the node is in that role; which one it is. */
static unsigned int prepare(struct world *w, enum role role)
{
	struct nhrp_nhs_cfg hub = { .nbma = sim_nbma(0) };
	struct mesh_addr dst = sim_ip4(0x0a020005);
	unsigned int i;

	nhrp_fsm_up(&world_node(w, 0)->fsm, w->sim.now);
	for (i = 1; i < 3; i++) {
		struct nhrp_fsm *fsm = &world_node(w, i)->fsm;

		nhrp_fsm_nhs_add(fsm, w->sim.now, &hub);
		nhrp_fsm_up(fsm, w->sim.now);
		if (role != ROLE_JOINING)
			world_settle(w);
	}
	if (role == ROLE_SITE || role == ROLE_SHORTCUT)
		nhrp_fsm_resolve(&world_node(w, 1)->fsm, w->sim.now, &dst);
	if (role == ROLE_SHORTCUT)
		world_settle(w);
	w->sim.n = 0;
	return role != ROLE_HUB;
}

static void packet(struct world *w, struct input *in, unsigned int node)
{
	u8 how = take8(in);
	struct mesh_addr from;
	size_t len;
	u8 *raw;

	origin(in, &from);
	len = min_t(size_t, take16(in), in->left);
	raw = take_copy(in, len);
	if (!(how & 1))
		nhrp_fix(raw, len);
	if (how & 2)
		node = how >> 6;
	if (how & 4)
		host_fail_alloc(1 + (how >> 3) % 4);
	world_hand(w, node, &from, raw, len);
	host_fail_alloc(0);
	free(raw);
	world_check(w);
	if (how & 32)
		world_settle(w);
	if (how & 16)
		world_advance(w, 5000);
	world_check(w);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct world *w = world_begin();
	u8 how = take8(&in);
	unsigned int node;

	configure(w, how);
	node = prepare(w, how % ROLES);
	while (in.left)
		packet(w, &in, node);
	world_end(w);
	return 0;
}

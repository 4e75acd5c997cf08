/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites of the NHRP state machine begin with: a world of its own for
 * every case.
 */
#ifndef _MESH_NHRP_SUITE_H
#define _MESH_NHRP_SUITE_H

#include <kunit/test.h>

#include "nhrp_sim.h"
#include "tests.h"

#define HUB	(&sim->node[0])
#define SITE(n)	(&sim->node[n])
#define LAN(n)	(0x0a000000u + ((n) << 16))
#define S	1000u

static inline int nhrp_suite_init(struct kunit *test)
{
	struct sim *sim = kunit_kzalloc(test, sizeof(*sim), GFP_KERNEL);

	if (!sim)
		return -ENOMEM;
	sim_init(sim);
	test->priv = sim;
	return 0;
}

static inline void nhrp_suite_exit(struct kunit *test)
{
	struct sim *sim = test->priv;

	if (!sim)
		return;
	KUNIT_EXPECT_EQ(test, sim->overrun, 0u);
	sim_exit(sim);
}

static inline const struct nhrp_peer *peer(const struct sim_node *node,
					   unsigned int index,
					   enum nhrp_origin origin)
{
	struct mesh_addr proto = sim_proto(index);

	return sim_peer(node, &proto, origin);
}

/* The hub and that many sites, registered. */
static inline void mesh_of(struct sim *sim, unsigned int sites)
{
	unsigned int i;

	sim_up(sim, 0);
	for (i = 1; i <= sites; i++)
		sim_join(sim, i);
}

/* Site @index is 192.168.0.@index to itself, and as ever to others. */
static inline void translate(struct sim *sim, unsigned int index)
{
	SITE(index)->nbma = sim_ip4(0xc0a80000u + index);
	SITE(index)->seen = sim_nbma(index);
}

static inline void set_hold(struct sim *sim, u16 hold)
{
	unsigned int i;

	for (i = 0; i < SIM_NODES; i++)
		sim->node[i].fsm.cfg.holding_time = hold;
}

#endif

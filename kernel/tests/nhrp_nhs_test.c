// SPDX-License-Identifier: GPL-2.0
/* Several next-hop servers: which of them a client registers with, and when. */
#include "nhrp_suite.h"

/* Two servers, hub 0 and node 3; and site 1. */
#define OTHER	(&sim->node[3])

static struct nhrp_reg_info with(const struct sim *sim, unsigned int server)
{
	struct mesh_addr nbma = sim_nbma(server);
	struct nhrp_nhs_info info = {};
	unsigned int pos;

	for (pos = 0; nhrp_fsm_nhs_at(&SITE(1)->fsm, pos, &info); pos++)
		if (mesh_addr_equal(&info.cfg.nbma, &nbma))
			break;
	return info.reg[0];
}

static void two_hubs(struct sim *sim, u8 priority)
{
	OTHER->fsm.cfg.server = true;
	set_hold(sim, 600);
	sim_up(sim, 0);
	sim_up(sim, 3);
	sim_serve(sim, 1, 3, priority);
	sim_serve(sim, 1, 0, 10);
	sim_up(sim, 1);
	sim_run(sim, 0);
}

static void equal_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	two_hubs(sim, 10);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_peers, 2u);
}

static void order_test(struct kunit *test)
{
	struct mesh_addr nbma = sim_nbma(0);
	struct sim *sim = test->priv;
	struct nhrp_nhs_info info;

	two_hubs(sim, 11);
	KUNIT_ASSERT_TRUE(test, nhrp_fsm_nhs_at(&SITE(1)->fsm, 0, &info));
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&info.cfg.nbma, &nbma));
	KUNIT_EXPECT_EQ(test, info.cfg.priority, 10);
}

static void standby_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	two_hubs(sim, 11);
	sim_run(sim, 1000 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_STANDBY);
	KUNIT_EXPECT_EQ(test, OTHER->n_peers, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_peers, 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->peer[0].priority, 10);
}

/* One second without an answer takes up the next one, seven give the first up. */
static void fallback_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	two_hubs(sim, 11);
	HUB->deaf = true;
	sim_run(sim, 200 * S + 900);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_STANDBY);
	sim_run(sim, 200);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
	KUNIT_EXPECT_NOT_NULL(test, peer(OTHER, 1, NHRP_ORIGIN_REGISTERED));
	sim_run(sim, 6 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_DOWN);
	KUNIT_EXPECT_NULL(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS));
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(1), 3, NHRP_ORIGIN_NHS));
	sim_run(sim, 1000 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
}

/* The other one is kept for who has not found back yet, and then let go. */
static void return_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	two_hubs(sim, 11);
	HUB->deaf = true;
	sim_run(sim, 220 * S);
	HUB->deaf = false;
	sim_run(sim, 16 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_UP);
	KUNIT_EXPECT_TRUE(test, with(sim, 0).settling);
	KUNIT_EXPECT_EQ(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS)->priority, 255);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, OTHER->n_peers, 1u);
	sim_run(sim, 40 * S);
	KUNIT_EXPECT_FALSE(test, with(sim, 0).settling);
	KUNIT_EXPECT_EQ(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS)->priority, 10);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
	/* From when it had settled, not from when it was back. */
	sim_run(sim, 40 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
	sim_run(sim, 24 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_STANDBY);
	KUNIT_EXPECT_EQ(test, OTHER->n_peers, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_peers, 1u);
	KUNIT_EXPECT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
}

/* Needed again before it was let go: as if nothing had been. */
static void relapse_test(struct kunit *test)
{
	struct mesh_addr proto = sim_proto(0);
	struct sim *sim = test->priv;

	two_hubs(sim, 11);
	HUB->deaf = true;
	sim_run(sim, 220 * S);
	HUB->deaf = false;
	sim_run(sim, 16 * S);
	HUB->deaf = true;
	nhrp_fsm_nhs_alive(&SITE(1)->fsm, sim->now, &proto, false);
	sim_run(sim, 400 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_DOWN);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, OTHER->n_peers, 1u);
}

static void refused_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	HUB->fsm.cfg.server = false;
	two_hubs(sim, 11);
	KUNIT_EXPECT_EQ(test, with(sim, 0).code, NHRP_CIE_PROHIBITED);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
	HUB->fsm.cfg.server = true;
	sim_run(sim, 140 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_STANDBY);
}

/* Whoever watches the hub knows long before a renewal is due. */
static void lost_test(struct kunit *test)
{
	struct mesh_addr proto = sim_proto(0);
	struct sim *sim = test->priv;

	two_hubs(sim, 11);
	HUB->deaf = true;
	nhrp_fsm_nhs_alive(&SITE(1)->fsm, sim->now, &proto, false);
	sim_run(sim, 0);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_DOWN);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
	/* It answers, but is not reached all the same. */
	HUB->deaf = false;
	sim_run(sim, 100 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
	nhrp_fsm_nhs_alive(&SITE(1)->fsm, sim->now, &proto, true);
	sim_run(sim, 70 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_STANDBY);
}

/* Given up, it is asked again by and by; or at once when it is found again. */
static void found_test(struct kunit *test)
{
	struct mesh_addr proto = sim_proto(0);
	struct sim *sim = test->priv;

	two_hubs(sim, 10);
	HUB->deaf = true;
	nhrp_fsm_nhs_alive(&SITE(1)->fsm, sim->now, &proto, false);
	sim_run(sim, 400 * S);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_DOWN);
	KUNIT_ASSERT_NOT_NULL(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS));
	HUB->deaf = false;
	nhrp_fsm_nhs_alive(&SITE(1)->fsm, sim->now, &proto, true);
	sim_run(sim, 0);
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_UP);
	/* Others need as long as a BFD session to find it, too. */
	KUNIT_EXPECT_TRUE(test, with(sim, 0).settling);
	KUNIT_EXPECT_EQ(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS)->priority, 255);
	sim_run(sim, 3 * S);
	KUNIT_EXPECT_FALSE(test, with(sim, 0).settling);
	KUNIT_EXPECT_EQ(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS)->priority, 10);
}

static void best_removed_test(struct kunit *test)
{
	struct mesh_addr hub = sim_nbma(0);
	struct sim *sim = test->priv;

	two_hubs(sim, 11);
	KUNIT_EXPECT_EQ(test, nhrp_fsm_nhs_del(&SITE(1)->fsm, sim->now, &hub), 0);
	sim_run(sim, 0);
	KUNIT_EXPECT_EQ(test, with(sim, 3).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 0u);
}

/* Who is asked when that server goes may have said yes: it is told to forget. */
static void pending_removed_test(struct kunit *test)
{
	struct mesh_addr hub = sim_nbma(0), own = sim_proto(1);
	struct sim *sim = test->priv;
	struct nhrp_packet p;

	sim_up(sim, 0);
	SITE(1)->deaf = true;
	sim_join(sim, 1);
	KUNIT_ASSERT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_EQ(test, with(sim, 0).state, NHRP_NHS_PROBING);
	KUNIT_EXPECT_EQ(test, nhrp_fsm_nhs_del(&SITE(1)->fsm, sim->now, &hub), 0);
	sim_deliver(sim);
	/* The server's protocol address was never learned. */
	KUNIT_ASSERT_EQ(test, nhrp_parse(&p, SITE(1)->last[NHRP_PURGE_REQUEST],
					 SITE(1)->last_len[NHRP_PURGE_REQUEST]),
			NHRP_PARSE_OK);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p.h.dst_proto, &own));
	KUNIT_EXPECT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_PURGE_REQUEST], 1u);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_ERROR_INDICATION], 0u);
}

/* Where it is configured the purge bears it; who is not asked gets none. */
static void pending_known_test(struct kunit *test)
{
	struct nhrp_nhs_cfg cfg = {
		.nbma = sim_nbma(0),
		.proto = sim_proto(0),
	};
	struct sim *sim = test->priv;
	struct nhrp_packet p;

	sim_up(sim, 0);
	sim_serve(sim, 1, 3, 10);
	KUNIT_ASSERT_EQ(test, nhrp_fsm_nhs_add(&SITE(1)->fsm, sim->now, &cfg), 0);
	SITE(1)->deaf = true;
	sim_up(sim, 1);
	sim_deliver(sim);
	nhrp_fsm_down(&SITE(1)->fsm, sim->now);
	sim_deliver(sim);
	KUNIT_ASSERT_EQ(test, nhrp_parse(&p, SITE(1)->last[NHRP_PURGE_REQUEST],
					 SITE(1)->last_len[NHRP_PURGE_REQUEST]),
			NHRP_PARSE_OK);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p.h.dst_proto, &cfg.proto));
	KUNIT_EXPECT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_PURGE_REQUEST], 1u);
}

static u32 id_of(const struct sim_node *node)
{
	struct nhrp_packet p;

	if (nhrp_parse(&p, node->last[NHRP_REGISTRATION_REQUEST],
		       node->last_len[NHRP_REGISTRATION_REQUEST]))
		return 0;
	return p.h.id;
}

/*
 * A device made anew begins at the seconds of the wall clock: whatever the one
 * before it did with its life, it must not have gone beyond them.
 */
static void id_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u32 seed = SITE(1)->fsm.id_seed, last = 0, id;
	unsigned int i;

	set_hold(sim, 3);
	sim_up(sim, 0);
	sim_join(sim, 1);
	for (i = 0; i < 100; i++) {
		sim_run(sim, 500);
		id = id_of(SITE(1));
		KUNIT_EXPECT_GE(test, id, last);
		last = id;
	}
	/* Restarts faster than the clock, and then quiet: it catches up. */
	for (i = 0; i < 20; i++) {
		nhrp_fsm_underlay_changed(&SITE(1)->fsm, sim->now);
		KUNIT_EXPECT_GT(test, id_of(SITE(1)), last);
		last = id_of(SITE(1));
		sim_deliver(sim);
	}
	sim_run(sim, 30 * S);
	KUNIT_EXPECT_GE(test, id_of(SITE(1)), last);
	KUNIT_EXPECT_LE(test, id_of(SITE(1)), seed + 80);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
}

static struct kunit_case nhrp_nhs_cases[] = {
	KUNIT_CASE(equal_test),
	KUNIT_CASE(order_test),
	KUNIT_CASE(standby_test),
	KUNIT_CASE(fallback_test),
	KUNIT_CASE(return_test),
	KUNIT_CASE(relapse_test),
	KUNIT_CASE(refused_test),
	KUNIT_CASE(lost_test),
	KUNIT_CASE(found_test),
	KUNIT_CASE(best_removed_test),
	KUNIT_CASE(pending_removed_test),
	KUNIT_CASE(pending_known_test),
	KUNIT_CASE(id_test),
	{}
};

struct kunit_suite nhrp_nhs_test_suite = {
	.name = "nhrp_nhs",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_nhs_cases,
};

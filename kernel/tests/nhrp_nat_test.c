// SPDX-License-Identifier: GPL-2.0
#include "nhrp_suite.h"

static void expect_path(struct kunit *test, unsigned int from, unsigned int to)
{
	struct sim *sim = test->priv;
	const struct nhrp_shortcut_info *sc;
	struct mesh_addr seen = sim_nbma(to), asker = sim_nbma(from);
	const struct nhrp_peer *p;

	sim_redirect(sim, from, LAN(to) + 9);
	sc = sim_shortcut(SITE(from), LAN(to), 24);
	KUNIT_ASSERT_NOT_NULL(test, sc);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&sc->nbma, &seen));
	/* And there it has learned where who asked is seen. */
	p = peer(SITE(to), from, NHRP_ORIGIN_RESOLVED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[0].nbma, &asker));
}

static void answerer_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	translate(sim, 2);
	mesh_of(sim, 2);
	expect_path(test, 1, 2);
	/* Straight, though nothing in the answer says where it came from. */
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.forwarded, 1ull);
}

static void asker_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	translate(sim, 1);
	mesh_of(sim, 2);
	expect_path(test, 1, 2);
	/* Its translator lets in only those it knows: the answer, by the hub. */
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.forwarded, 2ull);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.nat_both, 0ull);
}

static void both_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	translate(sim, 1);
	translate(sim, 2);
	mesh_of(sim, 2);
	expect_path(test, 1, 2);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.nat_both, 1ull);
	expect_path(test, 2, 1);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.nat_both, 2ull);
}

/*
 * A site behind a translator asks for another one itself, of which the hub answers:
 * to where it sees the site, as what that says of itself leads nowhere.
 */
static void server_test(struct kunit *test, struct mesh_addr far)
{
	struct sim *sim = test->priv;
	struct mesh_addr seen = sim_nbma(2);
	const struct nhrp_peer *p;
	unsigned int i;

	for (i = 0; i < SIM_NODES; i++)
		sim->node[i].ip6 = true;
	translate(sim, 1);
	translate(sim, 2);
	mesh_of(sim, 2);
	nhrp_fsm_resolve(&SITE(1)->fsm, sim->now, &far);
	sim_deliver(sim);
	p = sim_peer(SITE(1), &far, NHRP_ORIGIN_RESOLVED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[0].nbma, &seen));
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.nat_both, 1ull);
}

static void server_ip4_test(struct kunit *test)
{
	server_test(test, sim_proto(2));
}

static void server_ip6_test(struct kunit *test)
{
	server_test(test, sim_proto6(2));
}

/* The same where the far site answers: the hub is none that may. */
static void both_ip6_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr far = sim_proto6(2), near = sim_proto6(1);
	struct mesh_addr seen = sim_nbma(2), asker = sim_nbma(1);
	const struct nhrp_peer *p;

	HUB->ip6 = true;
	SITE(1)->ip6 = true;
	SITE(2)->ip6 = true;
	translate(sim, 1);
	translate(sim, 2);
	mesh_of(sim, 2);
	HUB->fsm.cfg.server = false;
	nhrp_fsm_resolve(&SITE(1)->fsm, sim->now, &far);
	sim_deliver(sim);
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_RESOLUTION_REPLY], 1u);
	p = sim_peer(SITE(1), &far, NHRP_ORIGIN_RESOLVED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[0].nbma, &seen));
	p = sim_peer(SITE(2), &near, NHRP_ORIGIN_RESOLVED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[0].nbma, &asker));
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.nat_both, 1ull);
}

/* Who has no translator is where it says, however the answer came. */
static void nobody_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct nhrp_packet p;
	struct nhrp_ext ext;

	mesh_of(sim, 2);
	expect_path(test, 1, 2);
	KUNIT_ASSERT_EQ(test, nhrp_parse(&p, SITE(2)->last[NHRP_RESOLUTION_REPLY],
					 SITE(2)->last_len[NHRP_RESOLUTION_REPLY]),
			NHRP_PARSE_OK);
	KUNIT_ASSERT_TRUE(test, nhrp_ext_find(&p, NHRP_EXT_NAT, &ext));
	KUNIT_EXPECT_EQ(test, ext.len, 0);
	KUNIT_ASSERT_EQ(test, nhrp_parse(&p, HUB->last[NHRP_RESOLUTION_REQUEST],
					 HUB->last_len[NHRP_RESOLUTION_REQUEST]),
			NHRP_PARSE_OK);
	KUNIT_ASSERT_TRUE(test, nhrp_ext_find(&p, NHRP_EXT_NAT, &ext));
	KUNIT_EXPECT_EQ(test, ext.len, 0);
}

/* Behind one translator of ports, with GRE in UDP. */
static void translate_port(struct sim *sim, unsigned int index)
{
	struct mesh_addr *seen = &SITE(index)->seen;

	translate(sim, index);
	*seen = sim_nbma(1);
	seen->wrap = MESH_WRAP_UDP;
	seen->port = 1000 + index;
}

/* Each is kept with its port, and with the mark that ours has to be the same. */
static void port_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	const struct nhrp_peer *p;
	unsigned int i;

	translate_port(sim, 1);
	translate_port(sim, 2);
	mesh_of(sim, 2);
	for (i = 1; i <= 2; i++) {
		p = peer(HUB, i, NHRP_ORIGIN_REGISTERED);
		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_EQ(test, p->ep[0].nbma.wrap, MESH_WRAP_NAT);
		KUNIT_EXPECT_EQ(test, p->ep[0].nbma.port, 1000 + i);
	}
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.nat, 2ull);
}

/* Nobody else can reach them: who asks about them or for them stays with the hub. */
static void port_answer_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	translate_port(sim, 1);
	translate_port(sim, 2);
	mesh_of(sim, 3);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.nat_port, 1ull);
	sim_redirect(sim, 3, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.nat_port, 2ull);
	sim_redirect(sim, 2, LAN(3) + 9);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.nat_port, 3ull);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.forwarded, 0ull);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.looped, 0ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(2)->n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(3)->n_shortcuts, 0u);
}

/* By the hub, two of them are no loop, though both are at one address. */
static void port_purge_test(struct kunit *test)
{
	struct mesh_prefix lan = { .addr = sim_ip4(LAN(2)), .len = 24 };
	struct sim *sim = test->priv;

	/* Whose translator is its own at first: it was answered by the hub. */
	translate(sim, 1);
	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_ASSERT_EQ(test, SITE(1)->n_shortcuts, 1u);
	translate_port(sim, 1);
	translate_port(sim, 2);
	sim_run(sim, SITE(1)->fsm.cfg.holding_time * S / 3);
	KUNIT_ASSERT_EQ(test, HUB->fsm.stats.nat, 3ull);
	SITE(2)->lan = SIM_LAN_NONE;
	nhrp_fsm_route_changed(&SITE(2)->fsm, sim->now, &lan);
	sim_run(sim, 0);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 0u);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.looped, 0ull);
}

static struct kunit_case nhrp_nat_cases[] = {
	KUNIT_CASE(answerer_test),
	KUNIT_CASE(asker_test),
	KUNIT_CASE(both_test),
	KUNIT_CASE(both_ip6_test),
	KUNIT_CASE(server_ip4_test),
	KUNIT_CASE(server_ip6_test),
	KUNIT_CASE(nobody_test),
	KUNIT_CASE(port_test),
	KUNIT_CASE(port_answer_test),
	KUNIT_CASE(port_purge_test),
	{}
};

struct kunit_suite nhrp_nat_test_suite = {
	.name = "nhrp_nat",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_nat_cases,
};

// SPDX-License-Identifier: GPL-2.0
/* Answers: who gives them, about whom, with how many entries, and refusals. */
#include "nhrp_suite.h"

static u8 reply_code(const struct sim_node *node, u16 *flags)
{
	struct nhrp_cie_iter it;
	struct nhrp_packet p;
	struct nhrp_cie cie;

	if (nhrp_parse(&p, node->last[NHRP_RESOLUTION_REPLY],
		       node->last_len[NHRP_RESOLUTION_REPLY]) ||
	    !nhrp_cie_first(&p, &it, &cie))
		return 255;
	*flags = p.h.flags;
	return cie.code;
}

/* A second endpoint of a site, as its hub knows it. */
static void second_endpoint(struct sim_node *hub, unsigned int site,
			    u8 preference)
{
	struct nhrp_peer *p;

	p = (struct nhrp_peer *)peer(hub, site, NHRP_ORIGIN_REGISTERED);
	p->ep[p->n].nbma = sim_ip4(0xc6336400 + site);
	p->ep[p->n++].preference = preference;
}

static void resolve(struct sim *sim, unsigned int site, u32 dst)
{
	struct mesh_addr to = sim_ip4(dst);

	nhrp_fsm_resolve(&SITE(site)->fsm, sim->now, &to);
	sim_deliver(sim);
}

/* A server answers for who has registered with it, with authority. */
static void peer_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u16 flags = 0;

	mesh_of(sim, 2);
	resolve(sim, 1, 0x0a000002);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), 0x0a000002, 32));
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.resolve_rx, 0ull);
	KUNIT_EXPECT_EQ(test, reply_code(HUB, &flags), 0);
	KUNIT_EXPECT_TRUE(test, flags & NHRP_FLAG_AUTHORITATIVE);
	KUNIT_EXPECT_EQ(test, HUB->fsm.n_of_others, 1u);
}

/* Who cannot remember what it says has the peer itself say it. */
static void no_room_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	mesh_of(sim, 2);
	HUB->fsm.cfg.max_answers = 0;
	resolve(sim, 1, 0x0a000002);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), 0x0a000002, 32));
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.resolve_rx, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_RESOLUTION_REPLY], 0u);
}

static void endpoints_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	const struct nhrp_peer *p;
	u16 flags = 0;

	mesh_of(sim, 2);
	second_endpoint(HUB, 2, 0);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
	p = peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, p->n, 2);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_hops, 1u);
	KUNIT_EXPECT_EQ(test, reply_code(HUB, &flags), 0);
	KUNIT_EXPECT_FALSE(test, flags & NHRP_FLAG_AUTHORITATIVE);
}

static void home(struct nhrp_config *cfg, struct mesh_addr nbma, u8 preference)
{
	cfg->home[cfg->n_homes++] = (struct nhrp_endpoint){ nbma, preference };
}

/* What a site says of itself: all its homes, the best first. */
static void homes_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct nhrp_config cfg = SITE(2)->fsm.cfg, one = cfg;
	struct mesh_addr best = sim_nbma(2), next = sim_nbma(7);
	const struct nhrp_peer *p;

	home(&cfg, next, 100);
	home(&cfg, sim_nbma6(2), 250);
	home(&cfg, best, 200);
	home(&one, best, 200);
	mesh_of(sim, 2);
	/* The hub does not know them: it would answer by itself. */
	HUB->deaf = true;
	nhrp_fsm_configure(&SITE(2)->fsm, sim->now, &cfg);
	sim_deliver(sim);
	HUB->deaf = false;
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_ASSERT_EQ(test, SITE(2)->sent[NHRP_RESOLUTION_REPLY], 1u);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
	p = peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, p->n, 2);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[0].nbma, &best));
	KUNIT_EXPECT_EQ(test, p->ep[0].preference, 200);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[1].nbma, &next));
	KUNIT_EXPECT_EQ(test, p->ep[1].preference, 100);
	/* A question of its own names one, and does not take the others away. */
	sim_redirect(sim, 2, LAN(1) + 9);
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_RESOLUTION_REQUEST], 1u);
	KUNIT_EXPECT_EQ(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED)->n, 2);
	/* One of them is given up: what was said of it is taken back. */
	nhrp_fsm_configure(&SITE(2)->fsm, sim->now, &one);
	sim_run(sim, 1 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	KUNIT_EXPECT_NULL(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED));
	sim_redirect(sim, 1, LAN(2) + 9);
	p = peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, p->n, 1);
}

/* A full bound is no reason to refuse who is known one more home, nor one less. */
static void homes_full_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct nhrp_config one = SITE(1)->fsm.cfg, two = one;
	unsigned int n;

	home(&two, sim_nbma(1), 200);
	home(&two, sim_nbma(7), 100);
	HUB->budget = 1;
	mesh_of(sim, 1);
	for (n = 2; n; n--) {
		nhrp_fsm_configure(&SITE(1)->fsm, sim->now, n == 2 ? &two : &one);
		sim_run(sim, 1 * S);
		KUNIT_ASSERT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
		KUNIT_EXPECT_EQ(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED)->n, n);
		KUNIT_EXPECT_EQ(test, HUB->charged, 1u);
	}
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.net_full, 0ull);
}

/* A server that we have asked, too, keeps what we have registered. */
static void homes_server_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct nhrp_config cfg = SITE(2)->fsm.cfg;
	struct mesh_addr hub = sim_proto(0);
	const struct nhrp_peer *p;

	home(&cfg, sim_nbma(2), 200);
	home(&cfg, sim_nbma(7), 100);
	mesh_of(sim, 2);
	nhrp_fsm_resolve(&SITE(2)->fsm, sim->now, &hub);
	sim_deliver(sim);
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(2), 0, NHRP_ORIGIN_RESOLVED));
	nhrp_fsm_configure(&SITE(2)->fsm, sim->now, &cfg);
	sim_run(sim, 1 * S);
	p = peer(HUB, 2, NHRP_ORIGIN_REGISTERED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, p->n, 2);
}

/*
 * Site 1 has both families and reaches the hub by IPv4, site 2 has IPv6 alone: it
 * cannot say so in the family that it is asked in.
 */
static void two_families(struct sim *sim)
{
	struct nhrp_nhs_cfg hub = { .nbma = sim_nbma6(0) };

	HUB->other = sim_nbma6(0);
	SITE(2)->nbma = sim_nbma6(2);
	mesh_of(sim, 1);
	sim_up(sim, 2);
	nhrp_fsm_nhs_add(&SITE(2)->fsm, sim->now, &hub);
	sim_deliver(sim);
}

static void other_family_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr there = sim_nbma6(2), here = sim_nbma6(1);
	const struct nhrp_peer *p;

	SITE(1)->other = here;
	two_families(sim);
	sim_redirect(sim, 1, LAN(2) + 9);
	p = peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[0].nbma, &there));
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.other_family, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.no_family, 1ull);
	p = peer(SITE(2), 1, NHRP_ORIGIN_RESOLVED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[0].nbma, &here));
}

/* Nothing in common: refused, once, and counted. */
static void no_family_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	two_families(sim);
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.negative, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.no_family, 1ull);
}

/* Of who does not exist nobody knows in either family: two questions. */
static void nowhere_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	SITE(1)->other = sim_nbma6(1);
	two_families(sim);
	sim_redirect(sim, 1, LAN(0) + 3);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 2u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.negative, 2ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

static void peers_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr proto = sim_proto(3);

	HUB->twin = true;
	mesh_of(sim, 3);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
	KUNIT_ASSERT_EQ(test, SITE(1)->n_hops, 2u);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&SITE(1)->hop[1].proto, &proto));
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED));
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(1), 3, NHRP_ORIGIN_RESOLVED));
	/* It goes with either. */
	nhrp_fsm_peer_del(&SITE(1)->fsm, &proto);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_shortcuts, 0u);
}

/* What answers the last question of site 1, sites 2 and 3, for so long each. */
static void answer_holds(struct sim *sim, u16 hold2, u16 hold3)
{
	struct nhrp_cie cie = { .hold = hold2, .nbma = sim_nbma(2),
				.proto = sim_proto(2), .prefix = 24 };
	struct mesh_addr from = sim_nbma(0);
	struct nhrp_builder b;
	struct nhrp_packet p;
	u8 buf[128];

	if (nhrp_parse(&p, SITE(1)->last[NHRP_RESOLUTION_REQUEST],
		       SITE(1)->last_len[NHRP_RESOLUTION_REQUEST]))
		return;
	p.h.type = NHRP_RESOLUTION_REPLY;
	nhrp_build_begin(&b, buf, sizeof(buf), &p.h);
	nhrp_build_cie(&b, &cie);
	cie.nbma = sim_nbma(3);
	cie.proto = sim_proto(3);
	cie.hold = hold3;
	nhrp_build_cie(&b, &cie);
	sim_inject(sim, 1, &from, buf, nhrp_build_end(&b));
}

/* Who is led to by a shortcut is not kept for longer than it said. */
static void shortest_hold_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	const struct nhrp_shortcut_info *sc;

	mesh_of(sim, 1);
	HUB->deaf = true;
	resolve(sim, 1, LAN(2) + 9);
	answer_holds(sim, 600, 60);
	sc = sim_shortcut(SITE(1), LAN(2), 24);
	KUNIT_ASSERT_NOT_NULL(test, sc);
	KUNIT_EXPECT_EQ(test, sc->hold, 60);
	sim_run(sim, 61 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	KUNIT_EXPECT_NULL(test, peer(SITE(1), 3, NHRP_ORIGIN_RESOLVED));
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED));
}

/* From one peer to two and back: the shortcut is never gone. */
static void peers_change_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_hold(sim, 60);
	mesh_of(sim, 3);
	SITE(1)->used = true;
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_hops, 1u);
	HUB->twin = true;
	sim_run(sim, 300 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_hops, 2u);
	HUB->twin = false;
	sim_run(sim, 300 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_hops, 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->dels, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_shortcuts, 1u);
}

/* Who asks is not sent to itself. */
static void asker_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	HUB->twin = true;
	mesh_of(sim, 3);
	resolve(sim, 3, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(3)->n_hops, 1u);
	KUNIT_EXPECT_NULL(test, peer(SITE(3), 3, NHRP_ORIGIN_RESOLVED));
}

static void others_purged_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	mesh_of(sim, 3);
	second_endpoint(HUB, 2, 0);
	sim_redirect(sim, 1, LAN(2) + 9);
	resolve(sim, 1, 0x0a000003);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 2u);
	nhrp_fsm_peers_changed(&HUB->fsm, sim->now);
	sim_run(sim, 0);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 2u);
	((struct nhrp_peer *)peer(HUB, 2, NHRP_ORIGIN_REGISTERED))->n = 1;
	nhrp_fsm_peers_changed(&HUB->fsm, sim->now);
	sim_run(sim, 0);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	KUNIT_EXPECT_EQ(test, HUB->fsm.n_of_others, 1u);
}

static void ask_hub(struct sim *sim, u16 flags)
{
	struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REQUEST,
		.hops = 255,
		.flags = flags,
		.src_nbma = sim_nbma(1),
		.src_proto = sim_proto(1),
		.dst_proto = sim_ip4(LAN(2) + 9),
	};
	struct nhrp_cie cie = { .hold = 600 };
	struct mesh_addr from = sim_nbma(1);
	struct nhrp_builder b;
	u8 buf[128];

	nhrp_build_begin(&b, buf, sizeof(buf), &h);
	nhrp_build_cie(&b, &cie);
	sim_inject(sim, 0, &from, buf, nhrp_build_end(&b));
}

/* An answer of authority about a LAN is its site's to give. */
static void authority_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	HUB->twin = true;
	mesh_of(sim, 3);
	ask_hub(sim, NHRP_FLAG_AUTHORITATIVE);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_RESOLUTION_REPLY], 0u);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.forwarded, 1ull);
}

static void not_unique_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u16 flags = 0;

	HUB->twin = true;
	mesh_of(sim, 3);
	ask_hub(sim, NHRP_FLAG_UNIQUE);
	KUNIT_EXPECT_EQ(test, reply_code(HUB, &flags), NHRP_CIE_NOT_UNIQUE);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.refused, 1ull);
}

/* Who takes no shortcuts gives none. */
static void prohibited_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u16 flags = 0;

	SITE(2)->fsm.cfg.shortcut = false;
	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, reply_code(SITE(2), &flags), NHRP_CIE_PROHIBITED);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.negative, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

/* No room at the renewal says nothing against what is known. */
static void no_resources_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u16 flags = 0;

	set_hold(sim, 60);
	mesh_of(sim, 3);
	SITE(1)->used = true;
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	HUB->twin = true;
	HUB->fsm.cfg.max_answers = 0;
	sim_run(sim, 57 * S);
	KUNIT_EXPECT_EQ(test, reply_code(HUB, &flags), NHRP_CIE_NO_RESOURCES);
	KUNIT_EXPECT_GE(test, SITE(1)->fsm.stats.negative, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	sim_run(sim, 10 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

static struct kunit_case nhrp_answer_cases[] = {
	KUNIT_CASE(peer_test),
	KUNIT_CASE(no_room_test),
	KUNIT_CASE(endpoints_test),
	KUNIT_CASE(homes_test),
	KUNIT_CASE(homes_full_test),
	KUNIT_CASE(homes_server_test),
	KUNIT_CASE(other_family_test),
	KUNIT_CASE(no_family_test),
	KUNIT_CASE(nowhere_test),
	KUNIT_CASE(peers_test),
	KUNIT_CASE(shortest_hold_test),
	KUNIT_CASE(peers_change_test),
	KUNIT_CASE(asker_test),
	KUNIT_CASE(others_purged_test),
	KUNIT_CASE(authority_test),
	KUNIT_CASE(not_unique_test),
	KUNIT_CASE(prohibited_test),
	KUNIT_CASE(no_resources_test),
	{}
};

struct kunit_suite nhrp_answer_test_suite = {
	.name = "nhrp_answer",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_answer_cases,
};

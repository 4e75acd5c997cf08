// SPDX-License-Identifier: GPL-2.0
#include "nhrp_suite.h"

static void register_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr hub = sim_proto(0), nbma = sim_nbma(1);
	const struct nhrp_peer *p;
	struct nhrp_reg_info nhs;

	mesh_of(sim, 1);
	nhs = sim_nhs(SITE(1));
	KUNIT_EXPECT_EQ(test, nhs.state, NHRP_NHS_UP);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&nhs.proto, &hub));
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS));
	p = peer(HUB, 1, NHRP_ORIGIN_REGISTERED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, p->hold, NHRP_HOLDING_TIME_DEFAULT);
	KUNIT_EXPECT_EQ(test, p->n, 1);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[0].nbma, &nbma));
	KUNIT_EXPECT_FALSE(test, p->nat);
}

static void register_ip6_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	HUB->ip6 = true;
	SITE(1)->ip6 = true;
	mesh_of(sim, 1);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_REGISTRATION_REQUEST], 2u);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 2u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_peers, 2u);
	KUNIT_EXPECT_EQ(test, SITE(1)->peer[1].proto.len, 16);
}

static void renew_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	unsigned int i;

	set_hold(sim, 90);
	mesh_of(sim, 1);
	sim_run(sim, 29 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_REGISTRATION_REQUEST], 1u);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_REGISTRATION_REQUEST], 2u);
	for (i = 0; i < 10; i++) {
		sim_run(sim, 60 * S);
		KUNIT_EXPECT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	}
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_REGISTRATION_REQUEST], 22u);
	/* To probing and to up, and never away from it. */
	KUNIT_EXPECT_EQ(test, SITE(1)->changes, 2u);
}

static u32 request_id(const struct sim_node *node)
{
	struct nhrp_packet p;

	if (nhrp_parse(&p, node->last[NHRP_REGISTRATION_REQUEST],
		       node->last_len[NHRP_REGISTRATION_REQUEST]))
		return 0;
	return p.h.id;
}

static void retry_test(struct kunit *test)
{
	static const struct {
		u64 wait;
		unsigned int sent;
	} rows[] = {
		{ 0, 1 }, { 999, 1 }, { 2, 2 }, { 2 * S, 3 }, { 4 * S, 4 },
		{ 8 * S, 5 }, { 16 * S, 6 }, { 32 * S, 7 }, { 64 * S, 8 },
		{ 64 * S, 9 }, { 64 * S, 10 },
	};
	struct sim *sim = test->priv;
	u32 id;
	unsigned int i;

	sim_up(sim, 0);
	HUB->deaf = true;
	sim_join(sim, 1);
	id = request_id(SITE(1));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		sim_run(sim, rows[i].wait);
		KUNIT_EXPECT_EQ_MSG(test, SITE(1)->sent[NHRP_REGISTRATION_REQUEST],
				    rows[i].sent, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, sim_nhs(SITE(1)).state,
				    rows[i].sent < 4 ? NHRP_NHS_PROBING :
						       NHRP_NHS_DOWN, "row %u", i);
	}
	KUNIT_EXPECT_EQ(test, request_id(SITE(1)), id);
	HUB->deaf = false;
	sim_run(sim, 64 * S);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
	nhrp_fsm_down(&SITE(1)->fsm, sim->now);
	sim_up(sim, 1);
	KUNIT_EXPECT_GT(test, request_id(SITE(1)), id);
}

/* Down from the moment on, not only when enough requests stay unanswered. */
static void forgotten_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_hold(sim, NHRP_HOLDING_TIME_MIN);
	mesh_of(sim, 1);
	HUB->mute = true;
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
	sim_run(sim, 3 * S);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).expires, 0ULL);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_DOWN);
}

static void binding_expires_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_hold(sim, 90);
	mesh_of(sim, 1);
	SITE(1)->mute = true;
	sim_run(sim, 36 * S);
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS));
	sim_run(sim, 2 * S);
	/* Three renewals in vain: nothing more is sent by that server. */
	KUNIT_EXPECT_NULL(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS));
	sim_run(sim, 51 * S);
	KUNIT_EXPECT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_EQ(test, HUB->fsm.n_bindings, 0u);
}

static void unique_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr nbma = sim_nbma(1);

	SITE(1)->fsm.cfg.unique = true;
	mesh_of(sim, 1);
	SITE(2)->proto = sim_proto(1);
	sim_join(sim, 2);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(2)).state, NHRP_NHS_DOWN);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(2)).code, NHRP_CIE_ALREADY_REGISTERED);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&HUB->peer[0].ep[0].nbma, &nbma));
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.refused, 1ull);
}

static void not_unique_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr nbma = sim_nbma(2);

	mesh_of(sim, 1);
	SITE(2)->proto = sim_proto(1);
	sim_join(sim, 2);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(2)).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 1u);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&HUB->peer[0].ep[0].nbma, &nbma));
}

static void not_server_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	HUB->fsm.cfg.server = false;
	mesh_of(sim, 1);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).code, NHRP_CIE_PROHIBITED);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_peers, 0u);
}

static void peers_bound_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	HUB->fsm.cfg.max_peers = 1;
	mesh_of(sim, 2);
	sim_run(sim, 10 * S);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(2)).code, NHRP_CIE_NO_RESOURCES);
	KUNIT_EXPECT_GE(test, HUB->fsm.stats.table_full, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 1u);
}

/* What several state machines may hold together: no more than that is held here. */
static void shared_bound_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	HUB->budget = 1;
	mesh_of(sim, 2);
	sim_run(sim, 10 * S);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(2)).code, NHRP_CIE_NO_RESOURCES);
	KUNIT_EXPECT_GE(test, HUB->fsm.stats.net_full, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.table_full, 0ull);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 1u);
	/* Who goes makes room. */
	nhrp_fsm_down(&SITE(1)->fsm, sim->now);
	sim_run(sim, 64 * S);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(2)).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, HUB->charged, 1u);
}

/* A question, a peer and a shortcut: whichever of them there is no room for. */
static void shared_bound_resolve_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	unsigned int budget;

	for (budget = 1; budget <= 3; budget++) {
		const struct nhrp_fsm *fsm = &SITE(1)->fsm;

		sim_exit(sim);
		sim_init(sim);
		SITE(1)->budget = budget;
		mesh_of(sim, 2);
		sim_redirect(sim, 1, LAN(2) + 9);
		KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, budget == 3);
		KUNIT_EXPECT_EQ(test, fsm->stats.net_full, budget != 3);
		KUNIT_EXPECT_EQ(test, SITE(1)->charged,
				fsm->n_bindings + fsm->n_shortcuts +
				fsm->n_queries + fsm->n_answers);
		/* Who answers remembers whom, and who has asked. */
		KUNIT_EXPECT_EQ(test, SITE(2)->charged, 2u);
		nhrp_fsm_down(&SITE(1)->fsm, sim->now);
		KUNIT_EXPECT_EQ(test, SITE(1)->charged, 0u);
	}
}

/* An answer that cannot be taken back holds for a short time only. */
static void shared_bound_answer_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	SITE(2)->budget = 1;
	mesh_of(sim, 2);
	SITE(2)->charged = 1;
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->shortcut[0].hold, 60);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 0u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.net_full, 2ull);
	SITE(2)->charged = 0;
}

/* Two providers; the second one is for when the first is away. */
static void homes_test(struct kunit *test)
{
	struct mesh_addr first = sim_nbma(1), second = sim_nbma(7);
	struct sim *sim = test->priv;
	struct nhrp_config cfg = SITE(1)->fsm.cfg;
	const struct nhrp_peer *p;

	cfg.n_homes = 2;
	cfg.home[0] = (struct nhrp_endpoint){ first, 255 };
	cfg.home[1] = (struct nhrp_endpoint){ second, 254 };
	mesh_of(sim, 1);
	nhrp_fsm_configure(&SITE(1)->fsm, sim->now, &cfg);
	sim_deliver(sim);
	p = peer(HUB, 1, NHRP_ORIGIN_REGISTERED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, p->n, 2);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[0].nbma, &first));
	KUNIT_EXPECT_EQ(test, p->ep[0].preference, 255);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[1].nbma, &second));
	KUNIT_EXPECT_EQ(test, p->ep[1].preference, 254);
	/* Behind a translator only the one that was sent from is another one. */
	sim_inject(sim, 0, &(struct mesh_addr){ .len = 4, .b = { 198, 51, 100, 1 } },
		   SITE(1)->last[NHRP_REGISTRATION_REQUEST],
		   SITE(1)->last_len[NHRP_REGISTRATION_REQUEST]);
	p = peer(HUB, 1, NHRP_ORIGIN_REGISTERED);
	KUNIT_ASSERT_EQ(test, p->n, 2);
	KUNIT_EXPECT_EQ(test, p->ep[0].nbma.b[0], 198);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[1].nbma, &second));
}

/* A packet names addresses of one family: homes of the other stay out of it. */
static void mixed_homes_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct nhrp_config *cfg = &SITE(1)->fsm.cfg;
	struct mesh_addr home = sim_nbma(7);
	const struct nhrp_peer *p;

	cfg->n_homes = 2;
	cfg->home[0] = (struct nhrp_endpoint){ sim_nbma6(1), 255 };
	cfg->home[1] = (struct nhrp_endpoint){ home, 9 };
	mesh_of(sim, 1);
	p = peer(HUB, 1, NHRP_ORIGIN_REGISTERED);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, p->n, 1);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&p->ep[0].nbma, &home));
}

/* A binding to two places is not unique, whoever says so. */
static void unique_homes_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct nhrp_config cfg = SITE(1)->fsm.cfg;
	const char *why;

	cfg.unique = true;
	cfg.n_homes = 2;
	cfg.home[0].nbma = sim_nbma(1);
	cfg.home[1].nbma = sim_nbma(7);
	KUNIT_EXPECT_EQ(test, nhrp_config_check(&cfg, &why), -EINVAL);
	SITE(1)->fsm.cfg = cfg;
	mesh_of(sim, 1);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).code, NHRP_CIE_NOT_UNIQUE);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 0u);
}

/* What a site at that underlay address would send, for that one of its own. */
static int request_of(u8 *buf, u32 proto, const struct mesh_addr *nbma)
{
	struct nhrp_head h = {
		.type = NHRP_REGISTRATION_REQUEST,
		.hops = 255,
		.src_nbma = *nbma,
		.src_proto = sim_ip4(proto),
		.dst_proto = sim_ip4(proto),
	};
	struct nhrp_cie cie = { .hold = 600 };
	struct nhrp_builder b;

	nhrp_build_begin(&b, buf, NHRP_PACKET_MAX, &h);
	nhrp_build_cie(&b, &cie);
	return nhrp_build_end(&b);
}

/* Each from another place and for another address. */
static void flood(struct sim *sim, unsigned int from, unsigned int n)
{
	static u8 buf[NHRP_PACKET_MAX];
	unsigned int i;

	for (i = from; i < from + n; i++) {
		struct mesh_addr nbma = sim_ip4(0xc6000000 + i * 7919);

		sim_inject(sim, 0, &nbma, buf,
			   request_of(buf, 0x0a800000 + i, &nbma));
		sim->n = 0;	/* nobody is there to be answered */
	}
}

static void flood_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	unsigned int second;

	HUB->fsm.cfg.register_rate = 2;
	HUB->fsm.cfg.max_peers = 100;
	mesh_of(sim, 1);
	for (second = 0; second < 3; second++) {
		flood(sim, second * 2000, 2000);
		if (second == 1)
			sim_join(sim, 2);
		sim_run(sim, 1 * S);
	}
	/* Who was there is; who comes meanwhile has to ask twice. */
	KUNIT_EXPECT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_NOT_NULL(test, peer(HUB, 2, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_REGISTRATION_REQUEST], 2u);
	/* Two a second, and those that are mistaken for ones that came before. */
	KUNIT_EXPECT_LE(test, HUB->fsm.n_bindings, 12u);
	KUNIT_EXPECT_GE(test, HUB->fsm.stats.deferred, 5990ull);
}

/* Slow as they come, they get no more than half of the table. */
static void slow_flood_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	unsigned int i;

	HUB->fsm.cfg.max_peers = 8;
	mesh_of(sim, 1);
	for (i = 0; i < 10; i++) {
		flood(sim, i, 1);
		sim_run(sim, 20 * S);
	}
	KUNIT_EXPECT_EQ(test, HUB->fsm.n_bindings, 4u);
	sim_join(sim, 2);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(2)).state, NHRP_NHS_PROBING);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(2)).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.table_full, 0ull);
}

/* The hub sees site 1 by the address of site 3, which is a translator. */
static void translated_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr seen = sim_nbma(3);
	struct nhrp_packet p;
	struct nhrp_cie_iter it;
	struct nhrp_ext ext;
	struct nhrp_cie cie;

	mesh_of(sim, 1);
	sim_inject(sim, 0, &seen, SITE(1)->last[NHRP_REGISTRATION_REQUEST],
		   SITE(1)->last_len[NHRP_REGISTRATION_REQUEST]);
	KUNIT_ASSERT_EQ(test, HUB->n_peers, 1u);
	KUNIT_EXPECT_TRUE(test, HUB->peer[0].nat);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.nat, 1ull);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&HUB->peer[0].ep[0].nbma, &seen));
	KUNIT_ASSERT_EQ(test, nhrp_parse(&p, HUB->last[NHRP_REGISTRATION_REPLY],
					 HUB->last_len[NHRP_REGISTRATION_REPLY]),
			NHRP_PARSE_OK);
	KUNIT_ASSERT_TRUE(test, nhrp_ext_find(&p, NHRP_EXT_NAT, &ext));
	KUNIT_ASSERT_TRUE(test, nhrp_ext_cie_first(&ext, &it, &cie));
	KUNIT_ASSERT_TRUE(test, nhrp_cie_next(&it, &cie));
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&cie.nbma, &seen));
}

/* An answer to another request of ours, and one to nobody's. */
static void stale_registration_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr from = sim_nbma(0);
	u8 *buf = kunit_kzalloc(test, NHRP_PACKET_MAX, GFP_KERNEL);
	u16 len;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	mesh_of(sim, 1);
	len = HUB->last_len[NHRP_REGISTRATION_REPLY];
	memcpy(buf, HUB->last[NHRP_REGISTRATION_REPLY], len);
	HUB->deaf = true;
	nhrp_fsm_down(&SITE(1)->fsm, sim->now);
	sim_up(sim, 1);
	sim_inject(sim, 1, &from, buf, len);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.stale, 1ull);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_PROBING);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_peers, 0u);
}

static void address_changes_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr was = sim_proto(1), is = sim_ip4(0x0a000009);

	mesh_of(sim, 1);
	SITE(1)->proto = is;
	nhrp_fsm_addr_changed(&SITE(1)->fsm, sim->now);
	sim_deliver(sim);
	KUNIT_EXPECT_NOT_NULL(test, sim_peer(HUB, &is, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_NULL(test, sim_peer(HUB, &was, NHRP_ORIGIN_REGISTERED));
}

static void underlay_changes(struct kunit *test, bool unique)
{
	struct sim *sim = test->priv;
	struct mesh_addr is = sim_nbma(9);

	SITE(1)->fsm.cfg.unique = unique;
	mesh_of(sim, 1);
	/* Between the old address and the new one there is none. */
	SITE(1)->unreached = true;
	nhrp_fsm_addr_changed(&SITE(1)->fsm, sim->now);
	sim_run(sim, 900);
	SITE(1)->unreached = false;
	SITE(1)->nbma = is;
	nhrp_fsm_addr_changed(&SITE(1)->fsm, sim->now);
	sim_deliver(sim);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
	KUNIT_ASSERT_EQ(test, HUB->n_peers, 1u);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&HUB->peer[0].ep[0].nbma, &is));
	/* What did not change is no reason to ask. */
	HUB->sent[NHRP_REGISTRATION_REPLY] = 0;
	nhrp_fsm_addr_changed(&SITE(1)->fsm, sim->now);
	sim_deliver(sim);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_REGISTRATION_REPLY], 0u);
}

static void underlay_changes_test(struct kunit *test)
{
	underlay_changes(test, false);
}

static void unique_underlay_changes_test(struct kunit *test)
{
	underlay_changes(test, true);
}

/* Whoever has asked us holds the old address, until it hears of it. */
static void asker_hears_of_change_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	mesh_of(sim, 2);
	SITE(1)->used = true;
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_ASSERT_EQ(test, SITE(1)->n_shortcuts, 1u);
	SITE(2)->nbma = sim_nbma(9);
	nhrp_fsm_addr_changed(&SITE(2)->fsm, sim->now);
	sim_deliver(sim);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

/* An address comes before its route: what is said in between does not go out. */
static void asker_hears_later_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_ASSERT_NOT_NULL(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED));
	SITE(2)->unreached = true;
	nhrp_fsm_addr_changed(&SITE(2)->fsm, sim->now);
	sim_run(sim, 100);
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED));
	SITE(2)->unreached = false;
	SITE(2)->nbma = sim_nbma(9);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_NULL(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED));
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

/* So it is said again when the route is there, and not when another one is. */
static void route_comes_later_test(struct kunit *test)
{
	struct mesh_prefix other = { .addr = sim_proto(1), .len = 24 };
	struct mesh_prefix all = { .addr = sim_ip4(0) };
	struct sim *sim = test->priv;
	const unsigned int *sent = &SITE(1)->sent[NHRP_REGISTRATION_REQUEST];

	mesh_prefix_mask(&other);
	mesh_of(sim, 1);
	SITE(1)->unreached = true;
	nhrp_fsm_addr_changed(&SITE(1)->fsm, sim->now);
	sim_run(sim, 100);
	KUNIT_EXPECT_EQ(test, *sent, 2u);
	SITE(1)->unreached = false;
	SITE(1)->nbma = sim_nbma(9);
	nhrp_fsm_route_changed(&SITE(1)->fsm, sim->now, &other);
	KUNIT_EXPECT_EQ(test, *sent, 2u);
	nhrp_fsm_route_changed(&SITE(1)->fsm, sim->now, &all);
	KUNIT_EXPECT_EQ(test, *sent, 3u);
	sim_run(sim, 100);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
	nhrp_fsm_routes_changed(&SITE(1)->fsm, sim->now);
	KUNIT_EXPECT_EQ(test, *sent, 3u);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, *sent, 3u);
}

/* Both addresses were there before: only the route tells. */
static void other_route_test(struct kunit *test)
{
	/* Nothing that anybody has asked about, nor does the other lead to the hub. */
	struct mesh_prefix underlay = { .addr = sim_nbma(0), .len = 24 };
	struct mesh_prefix other = { .addr = sim_ip4(0xc6336400), .len = 24 };
	const struct nhrp_peer *at;
	struct sim *sim = test->priv;
	const unsigned int *sent = &SITE(2)->sent[NHRP_REGISTRATION_REQUEST];

	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_ASSERT_EQ(test, SITE(1)->n_shortcuts, 1u);
	nhrp_fsm_route_changed(&SITE(2)->fsm, sim->now, &underlay);
	SITE(2)->nbma = sim_nbma(9);
	nhrp_fsm_route_changed(&SITE(2)->fsm, sim->now, &other);
	SITE(2)->unreached = true;
	nhrp_fsm_route_changed(&SITE(2)->fsm, sim->now, &underlay);
	sim_deliver(sim);
	KUNIT_EXPECT_EQ(test, *sent, 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	SITE(2)->unreached = false;
	nhrp_fsm_route_changed(&SITE(2)->fsm, sim->now, &underlay);
	sim_run(sim, 0);
	KUNIT_EXPECT_EQ(test, *sent, 2u);
	at = peer(HUB, 2, NHRP_ORIGIN_REGISTERED);
	KUNIT_ASSERT_NOT_NULL(test, at);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&at->ep[0].nbma, &SITE(2)->nbma));
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

/* Of who is not known any more it is known still what he was answered. */
static void answers_end_by_change_test(struct kunit *test)
{
	struct mesh_addr asker = sim_proto(1);
	struct sim *sim = test->priv;

	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_ASSERT_EQ(test, nhrp_fsm_peer_del(&SITE(2)->fsm, &asker), 0);
	SITE(2)->nbma = sim_nbma(9);
	nhrp_fsm_addr_changed(&SITE(2)->fsm, sim->now);
	sim_run(sim, S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 0u);
}

static void nhs_removed_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr nbma = sim_nbma(0);
	struct nhrp_nhs_info info;

	mesh_of(sim, 1);
	KUNIT_EXPECT_EQ(test, sim_serve(sim, 1, 0, 0), -EEXIST);
	KUNIT_EXPECT_EQ(test, nhrp_fsm_nhs_del(&SITE(1)->fsm, sim->now, &nbma), 0);
	KUNIT_EXPECT_EQ(test, nhrp_fsm_nhs_del(&SITE(1)->fsm, sim->now, &nbma),
			-ENOENT);
	KUNIT_EXPECT_FALSE(test, nhrp_fsm_nhs_at(&SITE(1)->fsm, 0, &info));
	sim_deliver(sim);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_peers, 0u);
	KUNIT_EXPECT_EQ(test, nhrp_fsm_run(&SITE(1)->fsm, sim->now), NHRP_NEVER);
}

static struct kunit_case nhrp_register_cases[] = {
	KUNIT_CASE(register_test),
	KUNIT_CASE(register_ip6_test),
	KUNIT_CASE(renew_test),
	KUNIT_CASE(retry_test),
	KUNIT_CASE(forgotten_test),
	KUNIT_CASE(binding_expires_test),
	KUNIT_CASE(unique_test),
	KUNIT_CASE(not_unique_test),
	KUNIT_CASE(not_server_test),
	KUNIT_CASE(peers_bound_test),
	KUNIT_CASE(shared_bound_test),
	KUNIT_CASE(shared_bound_resolve_test),
	KUNIT_CASE(shared_bound_answer_test),
	KUNIT_CASE(homes_test),
	KUNIT_CASE(mixed_homes_test),
	KUNIT_CASE(unique_homes_test),
	KUNIT_CASE(flood_test),
	KUNIT_CASE(slow_flood_test),
	KUNIT_CASE(translated_test),
	KUNIT_CASE(stale_registration_test),
	KUNIT_CASE(address_changes_test),
	KUNIT_CASE(underlay_changes_test),
	KUNIT_CASE(unique_underlay_changes_test),
	KUNIT_CASE(asker_hears_of_change_test),
	KUNIT_CASE(asker_hears_later_test),
	KUNIT_CASE(route_comes_later_test),
	KUNIT_CASE(other_route_test),
	KUNIT_CASE(answers_end_by_change_test),
	KUNIT_CASE(nhs_removed_test),
	{}
};

struct kunit_suite nhrp_register_test_suite = {
	.name = "nhrp_register",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_register_cases,
};

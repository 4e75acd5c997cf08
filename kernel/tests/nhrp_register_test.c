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
	sim_run(sim, 89 * S);
	KUNIT_EXPECT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS));
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_EQ(test, HUB->fsm.n_bindings, 0u);
	sim_run(sim, 64 * S);
	KUNIT_EXPECT_NULL(test, peer(SITE(1), 0, NHRP_ORIGIN_NHS));
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
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(2)).code, NHRP_CIE_NO_RESOURCES);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.table_full, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 1u);
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

static void nhs_removed_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr nbma = sim_nbma(0);
	struct nhrp_nhs_info info;

	mesh_of(sim, 1);
	KUNIT_EXPECT_EQ(test, nhrp_fsm_nhs_add(&SITE(1)->fsm, sim->now, &nbma, NULL),
			-EEXIST);
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
	KUNIT_CASE(translated_test),
	KUNIT_CASE(stale_registration_test),
	KUNIT_CASE(address_changes_test),
	KUNIT_CASE(nhs_removed_test),
	{}
};

struct kunit_suite nhrp_register_test_suite = {
	.name = "nhrp_register",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_register_cases,
};

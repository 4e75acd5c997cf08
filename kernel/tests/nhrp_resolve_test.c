// SPDX-License-Identifier: GPL-2.0
#include "nhrp_suite.h"

static void resolve_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr via = sim_proto(2), nbma = sim_nbma(2);
	const struct nhrp_shortcut_info *sc;
	const struct nhrp_peer *p;

	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	sc = sim_shortcut(SITE(1), LAN(2), 24);
	KUNIT_ASSERT_NOT_NULL(test, sc);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&sc->proto, &via));
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&sc->nbma, &nbma));
	KUNIT_EXPECT_EQ(test, sc->hold, NHRP_HOLDING_TIME_DEFAULT);
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED));
	/* S was set, so the other side has learned who asked. */
	p = peer(SITE(2), 1, NHRP_ORIGIN_RESOLVED);
	KUNIT_EXPECT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.forwarded, 1ull);
	/* The answer came straight, and no more is asked about the prefix. */
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.rx, 3ull);
	sim_redirect(sim, 1, LAN(2) + 77);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_queries, 0u);
}

static void shortcut_off_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	SITE(1)->fsm.cfg.shortcut = false;
	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.redirect_rx, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 0u);
}

static void used_is_renewed_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_hold(sim, 60);
	mesh_of(sim, 2);
	SITE(1)->used = true;
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_run(sim, 53 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->sets, 1u);
	sim_run(sim, 600 * S);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
	KUNIT_EXPECT_GE(test, SITE(1)->sets, 10u);
	KUNIT_EXPECT_LE(test, SITE(1)->sets, 15u);
	KUNIT_EXPECT_EQ(test, SITE(1)->dels, 0u);
}

static void unused_expires_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_hold(sim, 60);
	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_run(sim, 59 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 1u);
	KUNIT_EXPECT_NULL(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED));
}

static void stand_still(struct sim *sim, struct sim_node *node, u64 ms)
{
	node->deaf = true;
	node->frozen = true;
	sim_run(sim, ms);
	node->deaf = false;
	node->frozen = false;
}

/* A machine that stood still keeps what is used until it could ask. */
static void stall_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_hold(sim, 6);
	mesh_of(sim, 2);
	SITE(1)->used = true;
	sim_redirect(sim, 1, LAN(2) + 9);
	stand_still(sim, SITE(1), 20 * S);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->dels, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
	SITE(1)->used = false;
	stand_still(sim, SITE(1), 20 * S);
	sim_run(sim, 0);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

static void renewal_unanswered_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_hold(sim, 60);
	mesh_of(sim, 2);
	SITE(1)->used = true;
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_run(sim, 50 * S);
	SITE(2)->deaf = true;
	sim_run(sim, 9 * S);
	KUNIT_EXPECT_GE(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 3u);
	KUNIT_EXPECT_EQ(test, SITE(1)->dels, 0u);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

/* A destination that is no more: the traffic goes by the hub again, at once. */
static void renewal_refused_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_hold(sim, 60);
	mesh_of(sim, 2);
	SITE(1)->used = true;
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_run(sim, 50 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	SITE(2)->lan = SIM_LAN_NONE;
	sim_run(sim, 5 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

/* The new answer is in place before the one that it outdates goes. */
static void renewal_narrower_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_hold(sim, 60);
	mesh_of(sim, 2);
	SITE(1)->used = true;
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_run(sim, 50 * S);
	SITE(2)->lan = 28;
	sim_run(sim, 5 * S);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 28));
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_shortcuts, 1u);
}

static void never_wider_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	SITE(2)->lan = 8;
	mesh_of(sim, 2);
	SITE(1)->default_len = 20;
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 20));
}

static void refusal_test(struct kunit *test)
{
	static const struct {
		u64 wait;
		unsigned int asked;
	} rows[] = {
		{ 0, 1 }, { 2900, 1 }, { 200, 2 }, { 5800, 2 }, { 300, 3 },
		{ 11800, 3 }, { 300, 4 },
	};
	struct sim *sim = test->priv;
	unsigned int i;

	mesh_of(sim, 2);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		sim_run(sim, rows[i].wait);
		sim_redirect(sim, 1, LAN(0) + 9);
		KUNIT_EXPECT_EQ_MSG(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST],
				    rows[i].asked, "row %u", i);
	}
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.refused, 4ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	sim_run(sim, 300 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_queries, 0u);
}

static void unanswered_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	mesh_of(sim, 2);
	SITE(2)->deaf = true;
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_run(sim, 100 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 5u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_queries, 0u);
}

static void queries_bound_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	unsigned int i;

	SITE(1)->fsm.cfg.max_queries = 2;
	mesh_of(sim, 1);
	HUB->deaf = true;
	for (i = 1; i < 10; i++)
		sim_redirect(sim, 1, LAN(2) + i);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_queries, 2u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.table_full, 7ull);
}

static void shortcuts_bound_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	SITE(1)->fsm.cfg.max_shortcuts = 1;
	mesh_of(sim, 3);
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_redirect(sim, 1, LAN(3) + 9);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.table_full, 1ull);
}

/* What cannot be purged one day is not given away for long. */
static void answers_bound_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	const struct nhrp_shortcut_info *sc;

	SITE(2)->fsm.cfg.max_answers = 0;
	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	sc = sim_shortcut(SITE(1), LAN(2), 24);
	KUNIT_ASSERT_NOT_NULL(test, sc);
	KUNIT_EXPECT_EQ(test, sc->hold, 60);
}

/* What is there stays, and is renewed; nothing else comes. */
static void lowered_bounds_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct nhrp_config cfg;

	mesh_of(sim, 3);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 1u);
	cfg = SITE(2)->fsm.cfg;
	cfg.max_answers = 0;
	nhrp_fsm_configure(&SITE(2)->fsm, sim->now, &cfg);
	SITE(2)->deaf = true;
	sim_redirect(sim, 3, LAN(2) + 8);
	sim_redirect(sim, 3, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(3)->fsm.n_queries, 2u);
	cfg = SITE(3)->fsm.cfg;
	cfg.max_queries = 1;
	nhrp_fsm_configure(&SITE(3)->fsm, sim->now, &cfg);
	sim_redirect(sim, 3, LAN(1) + 9);
	KUNIT_EXPECT_EQ(test, SITE(3)->fsm.n_queries, 2u);
	KUNIT_EXPECT_EQ(test, SITE(3)->fsm.stats.table_full, 1ull);
	SITE(2)->deaf = false;
	sim_run(sim, 3 * S);
	KUNIT_EXPECT_EQ(test, SITE(3)->fsm.n_queries, 0u);
	KUNIT_ASSERT_NOT_NULL(test, sim_shortcut(SITE(3), LAN(2), 24));
	KUNIT_EXPECT_EQ(test, sim_shortcut(SITE(3), LAN(2), 24)->hold, 60);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 1u);
	nhrp_fsm_shortcut_flush(&SITE(1)->fsm, 1);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_ASSERT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
	KUNIT_EXPECT_GT(test, sim_shortcut(SITE(1), LAN(2), 24)->hold, 60);
}

/* Who only asks does not take the room of those who register. */
static void askers_bound_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u8 *buf = kunit_kzalloc(test, NHRP_PACKET_MAX, GFP_KERNEL);
	struct mesh_addr from = sim_nbma(1);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	SITE(2)->fsm.cfg.server = true;
	SITE(2)->fsm.cfg.max_peers = 4;
	mesh_of(sim, 2);
	for (i = 0; i < 5; i++)
		sim_inject(sim, 2, &from, buf,
			   sim_request(buf, 0x0a000010 + i, 255));
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_RESOLUTION_REPLY], 5u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_bindings, 3u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.table_full, 2ull);
	sim_deliver(sim);
	sim_up(sim, 1);
	KUNIT_EXPECT_EQ(test, sim_serve(sim, 1, 2, 0), 0);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(2), 1, NHRP_ORIGIN_REGISTERED));
}

static void stale_reply_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr from = sim_nbma(2);

	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	nhrp_fsm_shortcut_flush(&SITE(1)->fsm, U32_MAX);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	sim_inject(sim, 1, &from, SITE(2)->last[NHRP_RESOLUTION_REPLY],
		   SITE(2)->last_len[NHRP_RESOLUTION_REPLY]);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.stale, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

static struct kunit_case nhrp_resolve_cases[] = {
	KUNIT_CASE(resolve_test),
	KUNIT_CASE(shortcut_off_test),
	KUNIT_CASE(used_is_renewed_test),
	KUNIT_CASE(unused_expires_test),
	KUNIT_CASE(stall_test),
	KUNIT_CASE(renewal_unanswered_test),
	KUNIT_CASE(renewal_refused_test),
	KUNIT_CASE(renewal_narrower_test),
	KUNIT_CASE(never_wider_test),
	KUNIT_CASE(refusal_test),
	KUNIT_CASE(unanswered_test),
	KUNIT_CASE(queries_bound_test),
	KUNIT_CASE(shortcuts_bound_test),
	KUNIT_CASE(answers_bound_test),
	KUNIT_CASE(lowered_bounds_test),
	KUNIT_CASE(askers_bound_test),
	KUNIT_CASE(stale_reply_test),
	{}
};

struct kunit_suite nhrp_resolve_test_suite = {
	.name = "nhrp_resolve",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_resolve_cases,
};

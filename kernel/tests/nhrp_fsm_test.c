// SPDX-License-Identifier: GPL-2.0
#include "nhrp_suite.h"

static void hop_count_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u8 *buf = kunit_kzalloc(test, NHRP_PACKET_MAX, GFP_KERNEL);
	struct mesh_addr from = sim_nbma(1);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	mesh_of(sim, 2);
	sim_inject(sim, 0, &from, buf, sim_request(buf, 0x0a000001, 0));
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.hop_exceeded, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_ERROR_INDICATION], 1u);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.forwarded, 0ull);
	sim_deliver(sim);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_rx, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_ERROR_INDICATION], 0u);
}

static void no_error_about_an_error_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u8 *buf = kunit_kzalloc(test, NHRP_PACKET_MAX, GFP_KERNEL);
	struct nhrp_head h = {
		.type = NHRP_ERROR_INDICATION,
		.error = NHRP_ERROR_UNREACHABLE,
		.src_nbma = sim_nbma(1),
		.src_proto = sim_proto(1),
		.dst_proto = sim_proto(2),
	};
	struct mesh_addr from = sim_nbma(1);
	struct nhrp_builder b;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	mesh_of(sim, 2);
	nhrp_build_begin(&b, buf, NHRP_PACKET_MAX, &h);
	nhrp_build_payload(&b, (const u8 *)"quote", 4);
	sim_inject(sim, 0, &from, buf, nhrp_build_end(&b));
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.hop_exceeded, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_ERROR_INDICATION], 0u);
}

/* A request for something behind site 2, with an extension of that type. */
static int build_extended(u8 *buf, u16 type, const struct mesh_addr *record)
{
	struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REQUEST,
		.hops = 255,
		.src_nbma = sim_nbma(1),
		.src_proto = sim_proto(1),
		.dst_proto = sim_ip4(LAN(2) + 9),
	};
	struct nhrp_cie cie = {};
	struct nhrp_builder b;

	nhrp_build_begin(&b, buf, NHRP_PACKET_MAX, &h);
	nhrp_build_ext(&b, type);
	if (record) {
		cie.nbma = sim_nbma(0);
		cie.proto = *record;
		nhrp_build_cie(&b, &cie);
	}
	return nhrp_build_end(&b);
}

static void record_loop_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u8 *buf = kunit_kzalloc(test, NHRP_PACKET_MAX, GFP_KERNEL);
	struct mesh_addr from = sim_nbma(1), hub = sim_proto(0);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	mesh_of(sim, 2);
	sim_inject(sim, 0, &from, buf,
		   build_extended(buf, NHRP_EXT_FORWARD_RECORD | NHRP_EXT_COMPULSORY,
				  &hub));
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.loop_record, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.forwarded, 0ull);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_ERROR_INDICATION], 1u);
}

/* A reply that comes by a second time is dropped, and nobody is blamed. */
static void record_loop_reply_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr from = sim_nbma(3);

	translate(sim, 1);
	mesh_of(sim, 3);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_ASSERT_EQ(test, HUB->sent[NHRP_RESOLUTION_REPLY], 1u);
	sim_inject(sim, 0, &from, HUB->last[NHRP_RESOLUTION_REPLY],
		   HUB->last_len[NHRP_RESOLUTION_REPLY]);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.loop_record, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_RESOLUTION_REPLY], 1u);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_ERROR_INDICATION], 0u);
}

static void unknown_extension_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u8 *buf = kunit_kzalloc(test, NHRP_PACKET_MAX, GFP_KERNEL);
	struct mesh_addr from = sim_nbma(1);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	mesh_of(sim, 2);
	sim_inject(sim, 2, &from, buf,
		   build_extended(buf, 0x3f00 | NHRP_EXT_COMPULSORY, NULL));
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.ext_unknown, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_ERROR_INDICATION], 1u);
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_RESOLUTION_REPLY], 0u);
	sim_inject(sim, 2, &from, buf, build_extended(buf, 0x3f00, NULL));
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_RESOLUTION_REPLY], 1u);
}

static void loop_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	mesh_of(sim, 2);
	/* Site 2 asks the hub for what the hub believes to lie behind site 2. */
	SITE(2)->index = 3;
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_RESOLUTION_REQUEST], 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.looped, 1ull);
	/* It says so, by the hub, and the question is over. */
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_loop, 1ull);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 1u);
	SITE(2)->index = 2;
}

static void own_source_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr from = sim_nbma(3);

	mesh_of(sim, 1);
	sim_inject(sim, 1, &from, SITE(1)->last[NHRP_REGISTRATION_REQUEST],
		   SITE(1)->last_len[NHRP_REGISTRATION_REQUEST]);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.loop_source, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_REGISTRATION_REPLY], 0u);
}

static void set_secret(struct sim_node *node, const char *secret)
{
	node->fsm.cfg.secret_len = strlen(secret);
	memcpy(node->fsm.cfg.secret, secret, strlen(secret));
}

static void auth_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_secret(HUB, "open up");
	mesh_of(sim, 1);
	set_secret(SITE(2), "open it");
	sim_join(sim, 2);
	set_secret(SITE(3), "open up");
	sim_join(sim, 3);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.bad_auth, 2ull);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 1u);
	/* Not a word to those who do not know it. */
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.tx, 1ull);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(3)).state, NHRP_NHS_UP);
}

static void auth_forward_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	unsigned int i;

	for (i = 0; i < SIM_NODES; i++)
		set_secret(&sim->node[i], "secret");
	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
}

static void no_memory_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	HUB->fail = true;
	mesh_of(sim, 1);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).code, NHRP_CIE_NO_RESOURCES);
	KUNIT_EXPECT_EQ(test, HUB->fsm.n_bindings, 0u);
	KUNIT_EXPECT_EQ(test, HUB->charged, 0u);
	HUB->fail = false;
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
	SITE(1)->fail = true;
	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_bindings, 0u);
}

static void malformed_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr from = sim_nbma(1);
	u8 *buf = SITE(1)->last[NHRP_REGISTRATION_REQUEST];

	mesh_of(sim, 1);
	buf[13] ^= 1;
	sim_inject(sim, 0, &from, buf,
		   SITE(1)->last_len[NHRP_REGISTRATION_REQUEST]);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.malformed, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_REGISTRATION_REPLY], 1u);
}

static void twice_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	sim->twice = true;
	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 2u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	KUNIT_EXPECT_GT(test, SITE(1)->fsm.stats.stale, 0ull);
}

static void lossy_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	unsigned int i;

	set_hold(sim, 300);
	sim->lose = 8;
	mesh_of(sim, 3);
	sim_run(sim, 100 * S);
	for (i = 1; i < SIM_NODES; i++)
		KUNIT_EXPECT_EQ(test, sim_nhs(SITE(i)).state, NHRP_NHS_UP);
	SITE(1)->used = true;
	for (i = 0; i < 5 && !SITE(1)->n_shortcuts; i++) {
		sim_redirect(sim, 1, LAN(2) + 9);
		sim_run(sim, 40 * S);
	}
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	sim_run(sim, 3000 * S);
	KUNIT_EXPECT_EQ(test, SITE(1)->dels, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 1u);
	for (i = 1; i < SIM_NODES; i++)
		KUNIT_EXPECT_NOT_NULL(test, peer(HUB, i, NHRP_ORIGIN_REGISTERED));
}

static struct kunit_case nhrp_fsm_cases[] = {
	KUNIT_CASE(hop_count_test),
	KUNIT_CASE(no_error_about_an_error_test),
	KUNIT_CASE(record_loop_test),
	KUNIT_CASE(record_loop_reply_test),
	KUNIT_CASE(unknown_extension_test),
	KUNIT_CASE(loop_test),
	KUNIT_CASE(own_source_test),
	KUNIT_CASE(auth_test),
	KUNIT_CASE(auth_forward_test),
	KUNIT_CASE(no_memory_test),
	KUNIT_CASE(malformed_test),
	KUNIT_CASE(twice_test),
	KUNIT_CASE(lossy_test),
	{}
};

struct kunit_suite nhrp_fsm_test_suite = {
	.name = "nhrp_fsm",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_fsm_cases,
};

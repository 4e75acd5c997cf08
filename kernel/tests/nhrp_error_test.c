// SPDX-License-Identifier: GPL-2.0
#include "nhrp_suite.h"

/* What a node complains of: a packet of site 1, @quote octets of it. */
static int complaint(u8 *buf, u16 code, const u8 *about, size_t quote)
{
	struct nhrp_head h = {
		.type = NHRP_ERROR_INDICATION,
		.hops = 255,
		.error = code,
		.src_nbma = sim_nbma(0),
		.src_proto = sim_proto(0),
		.dst_proto = sim_proto(1),
	};
	struct nhrp_builder b;

	nhrp_build_begin(&b, buf, NHRP_PACKET_MAX, &h);
	nhrp_build_payload(&b, about, quote);
	return nhrp_build_end(&b);
}

/* Site 1 is told of its last packet of that type, by whoever sits there. */
static void complain(struct kunit *test, u32 from, u16 code, u8 type,
		     size_t quote)
{
	struct sim *sim = test->priv;
	u8 *buf = kunit_kzalloc(test, NHRP_PACKET_MAX, GFP_KERNEL);
	struct mesh_addr nbma = sim_nbma(from);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	sim_inject(sim, 1, &nbma, buf,
		   complaint(buf, code, SITE(1)->last[type],
			     min_t(size_t, quote, SITE(1)->last_len[type])));
}

/* Site 1 asks, and nobody hears it. */
static void ask_in_vain(struct sim *sim)
{
	mesh_of(sim, 2);
	HUB->deaf = true;
	sim_redirect(sim, 1, LAN(2) + 9);
}

static void ends_query_test(struct kunit *test)
{
	static const struct {
		u16 code;
		size_t counter;
	} rows[] = {
#define ROW(code, name) { code, offsetof(struct nhrp_stats, name) }
		ROW(NHRP_ERROR_EXT_UNKNOWN, error_extension),
		ROW(NHRP_ERROR_LOOP_FRR, error_loop),
		ROW(NHRP_ERROR_LOOP, error_loop),
		ROW(NHRP_ERROR_UNREACHABLE, error_unreachable),
		ROW(NHRP_ERROR_AUTH, error_auth),
		ROW(NHRP_ERROR_HOP_COUNT, error_hops),
		ROW(NHRP_ERROR_TOO_BIG, error_other),
		ROW(0xffff, error_other),
#undef ROW
	};
	struct sim *sim = test->priv;
	unsigned int i, asked;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u64 *counter = (void *)&SITE(1)->fsm.stats + rows[i].counter;

		sim_exit(sim);
		sim_init(sim);
		ask_in_vain(sim);
		asked = SITE(1)->sent[NHRP_RESOLUTION_REQUEST];
		complain(test, 0, rows[i].code, NHRP_RESOLUTION_REQUEST,
			 NHRP_QUOTE_MAX);
		KUNIT_EXPECT_EQ(test, *counter, 1ull);
		KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_stray, 0ull);
		/* A refusal: not asked again at once, nor retried. */
		sim_run(sim, 2 * S);
		sim_redirect(sim, 1, LAN(2) + 9);
		KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST],
				asked);
		/* Of a question that is over there is nothing to say. */
		complain(test, 0, rows[i].code, NHRP_RESOLUTION_REQUEST,
			 NHRP_QUOTE_MAX);
		KUNIT_EXPECT_EQ(test, *counter, 1ull);
		KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_stray, 1ull);
		KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_ERROR_INDICATION], 0u);
	}
}

static void stray_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u8 *request = SITE(1)->last[NHRP_RESOLUTION_REQUEST];

	ask_in_vain(sim);
	/* From whom it was not sent to. */
	complain(test, 3, NHRP_ERROR_LOOP, NHRP_RESOLUTION_REQUEST,
		 NHRP_QUOTE_MAX);
	/* Too little of it, and none of it. */
	complain(test, 0, NHRP_ERROR_LOOP, NHRP_RESOLUTION_REQUEST, 26);
	complain(test, 0, NHRP_ERROR_LOOP, NHRP_RESOLUTION_REQUEST, 36);
	complain(test, 0, NHRP_ERROR_LOOP, NHRP_RESOLUTION_REQUEST, 0);
	/* Another id. */
	request[27] ^= 1;
	complain(test, 0, NHRP_ERROR_LOOP, NHRP_RESOLUTION_REQUEST,
		 NHRP_QUOTE_MAX);
	request[27] ^= 1;
	/* Another kind of packet: an error, and none that there is. */
	request[17] = NHRP_ERROR_INDICATION;
	complain(test, 0, NHRP_ERROR_LOOP, NHRP_RESOLUTION_REQUEST,
		 NHRP_QUOTE_MAX);
	request[17] = 99;
	complain(test, 0, NHRP_ERROR_LOOP, NHRP_RESOLUTION_REQUEST,
		 NHRP_QUOTE_MAX);
	/* The registration is not in doubt. */
	complain(test, 0, NHRP_ERROR_LOOP, NHRP_REGISTRATION_REQUEST,
		 NHRP_QUOTE_MAX);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_stray, 8ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_loop, 0ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_ERROR_INDICATION], 0u);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
	/* And the question goes on. */
	HUB->deaf = false;
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
}

static void registration_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	sim_up(sim, 0);
	HUB->deaf = true;
	sim_join(sim, 1);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_PROBING);
	complain(test, 3, NHRP_ERROR_UNREACHABLE, NHRP_REGISTRATION_REQUEST,
		 NHRP_QUOTE_MAX);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_stray, 1ull);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_PROBING);
	complain(test, 0, NHRP_ERROR_UNREACHABLE, NHRP_REGISTRATION_REQUEST,
		 NHRP_QUOTE_MAX);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_unreachable, 1ull);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_DOWN);
	/* It goes on trying. */
	HUB->deaf = false;
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, sim_nhs(SITE(1)).state, NHRP_NHS_UP);
}

/* The next server is taken at once, not after as many tries as silence needs. */
static void next_server_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	sim_up(sim, 0);
	sim_up(sim, 3);
	SITE(3)->fsm.cfg.server = true;
	HUB->deaf = true;
	KUNIT_ASSERT_EQ(test, sim_serve(sim, 1, 3, 2), 0);
	sim_join(sim, 1);
	KUNIT_EXPECT_NULL(test, peer(SITE(3), 1, NHRP_ORIGIN_REGISTERED));
	complain(test, 0, NHRP_ERROR_AUTH, NHRP_REGISTRATION_REQUEST,
		 NHRP_QUOTE_MAX);
	sim_deliver(sim);
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(3), 1, NHRP_ORIGIN_REGISTERED));
}

/* Where the way ends, the question does: said, counted, and not asked again. */
static void unreachable_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	SITE(1)->other = sim_nbma6(1);
	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(9) + 9);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.no_route, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_ERROR_INDICATION], 1u);
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_RESOLUTION_REPLY], 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_unreachable, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
}

/* From behind the hub it is passed on to who has asked. */
static void unreachable_beyond_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	SITE(2)->lan = SIM_LAN_NONE;
	mesh_of(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_ERROR_INDICATION], 1u);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.forwarded, 2ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_unreachable, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_stray, 0ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 1u);
}

/* Site 1 takes back what it has answered to site 2, which does not hear it. */
static void purge_in_vain(struct sim *sim)
{
	struct mesh_prefix lan = { .addr = sim_ip4(LAN(1)), .len = 28 };

	mesh_of(sim, 2);
	sim_redirect(sim, 2, LAN(1) + 9);
	SITE(2)->deaf = true;
	SITE(1)->lan = 28;
	nhrp_fsm_route_changed(&SITE(1)->fsm, sim->now, &lan);
	sim_run(sim, 0);
}

static void ends_purge_test(struct kunit *test)
{
	static const unsigned int by[] = { 2, 0 };
	struct sim *sim = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(by); i++) {
		struct nhrp_stats *stats = &SITE(1)->fsm.stats;

		sim_exit(sim);
		sim_init(sim);
		purge_in_vain(sim);
		KUNIT_ASSERT_EQ(test, SITE(1)->sent[NHRP_PURGE_REQUEST], 1u);
		complain(test, by[i], NHRP_ERROR_UNREACHABLE, NHRP_PURGE_REQUEST,
			 NHRP_QUOTE_MAX);
		KUNIT_EXPECT_EQ(test, stats->error_unreachable, 1ull);
		KUNIT_EXPECT_EQ(test, stats->purge_failed, 1ull);
		KUNIT_EXPECT_EQ(test, stats->error_stray, 0ull);
		KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_answers, 0u);
		sim_run(sim, 30 * S);
		KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_PURGE_REQUEST], 1u);
		complain(test, by[i], NHRP_ERROR_UNREACHABLE, NHRP_PURGE_REQUEST,
			 NHRP_QUOTE_MAX);
		KUNIT_EXPECT_EQ(test, stats->error_stray, 1ull);
		KUNIT_EXPECT_EQ(test, stats->purge_failed, 1ull);
	}
}

static void stray_purge_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u8 *request = SITE(1)->last[NHRP_PURGE_REQUEST];

	purge_in_vain(sim);
	/* From whom it was not sent to, and without what it is about. */
	complain(test, 3, NHRP_ERROR_LOOP, NHRP_PURGE_REQUEST, NHRP_QUOTE_MAX);
	complain(test, 2, NHRP_ERROR_LOOP, NHRP_PURGE_REQUEST, 40);
	/* Another id, and another prefix. */
	request[27] ^= 1;
	complain(test, 2, NHRP_ERROR_LOOP, NHRP_PURGE_REQUEST, NHRP_QUOTE_MAX);
	request[27] ^= 1;
	request[41]--;
	complain(test, 2, NHRP_ERROR_LOOP, NHRP_PURGE_REQUEST, NHRP_QUOTE_MAX);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_stray, 4ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.purge_failed, 0ull);
	/* It is repeated, and confirmed. */
	SITE(2)->deaf = false;
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(2)->n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.n_answers, 0u);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.purge_failed, 0ull);
}

/* One that nobody waits for is ours all the same. */
static void last_purge_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	mesh_of(sim, 2);
	sim_redirect(sim, 2, LAN(1) + 9);
	nhrp_fsm_underlay_changed(&SITE(1)->fsm, sim->now);
	KUNIT_ASSERT_EQ(test, SITE(1)->sent[NHRP_PURGE_REQUEST], 1u);
	complain(test, 2, NHRP_ERROR_AUTH, NHRP_PURGE_REQUEST, NHRP_QUOTE_MAX);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_auth, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.purge_failed, 1ull);
	nhrp_fsm_underlay_changed(&SITE(1)->fsm, sim->now);
	SITE(1)->last[NHRP_PURGE_REQUEST][35] ^= 1;
	complain(test, 2, NHRP_ERROR_AUTH, NHRP_PURGE_REQUEST, NHRP_QUOTE_MAX);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_stray, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.purge_failed, 1ull);
}

static struct kunit_case nhrp_error_cases[] = {
	KUNIT_CASE(ends_query_test),
	KUNIT_CASE(stray_test),
	KUNIT_CASE(registration_test),
	KUNIT_CASE(next_server_test),
	KUNIT_CASE(unreachable_test),
	KUNIT_CASE(unreachable_beyond_test),
	KUNIT_CASE(ends_purge_test),
	KUNIT_CASE(stray_purge_test),
	KUNIT_CASE(last_purge_test),
	{}
};

struct kunit_suite nhrp_error_test_suite = {
	.name = "nhrp_error",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_error_cases,
};

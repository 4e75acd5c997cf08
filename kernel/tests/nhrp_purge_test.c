// SPDX-License-Identifier: GPL-2.0
/* Purges: when what was answered or registered ends before its time. */
#include "nhrp_suite.h"

static void site_down_purges_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	mesh_of(sim, 3);
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_redirect(sim, 2, LAN(3) + 9);
	nhrp_fsm_down(&SITE(2)->fsm, sim->now);
	KUNIT_EXPECT_EQ(test, SITE(2)->n_peers, 0u);
	KUNIT_EXPECT_EQ(test, SITE(2)->n_shortcuts, 0u);
	sim_deliver(sim);
	KUNIT_EXPECT_NULL(test, peer(HUB, 2, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, 0u);
	KUNIT_EXPECT_NULL(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED));
	KUNIT_EXPECT_NULL(test, peer(SITE(3), 2, NHRP_ORIGIN_RESOLVED));
	KUNIT_EXPECT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_PURGE_REPLY], 0u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 0u);
}

/* A purge request of @by for one address, with the given flags. */
static int build_purge(u8 *buf, unsigned int by, u32 addr, u8 prefix, u16 flags)
{
	struct nhrp_head h = {
		.type = NHRP_PURGE_REQUEST,
		.hops = 255,
		.flags = flags,
		.id = 7,
		.src_nbma = sim_nbma(by),
		.src_proto = sim_proto(by),
		.dst_proto = sim_proto(0),
	};
	struct nhrp_cie cie = { .prefix = prefix, .proto = sim_ip4(addr) };
	struct nhrp_builder b;

	nhrp_build_begin(&b, buf, NHRP_PACKET_MAX, &h);
	nhrp_build_cie(&b, &cie);
	return nhrp_build_end(&b);
}

static void purge_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u8 *buf = kunit_kzalloc(test, NHRP_PACKET_MAX, GFP_KERNEL);
	struct mesh_addr from = sim_nbma(2);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	mesh_of(sim, 2);
	/* Another's registration is not to be purged; a reply is due still. */
	sim_inject(sim, 0, &from, buf, build_purge(buf, 2, 0x0a000001, 32, 0));
	KUNIT_EXPECT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_PURGE_REPLY], 1u);
	sim_inject(sim, 0, &from, buf,
		   build_purge(buf, 2, 0x0a000002, 32, NHRP_FLAG_NO_REPLY));
	KUNIT_EXPECT_NULL(test, peer(HUB, 2, NHRP_ORIGIN_REGISTERED));
	KUNIT_EXPECT_EQ(test, HUB->sent[NHRP_PURGE_REPLY], 1u);
}

static void route_changed(struct sim *sim, unsigned int index, u32 ip, u8 len)
{
	struct mesh_prefix prefix = { .addr = sim_ip4(ip), .len = len };

	nhrp_fsm_route_changed(&SITE(index)->fsm, sim->now, &prefix);
	sim_run(sim, 0);
}

/* Site 1 has a shortcut to the LAN of site 2. */
static void answered(struct sim *sim)
{
	mesh_of(sim, 3);
	sim_redirect(sim, 1, LAN(2) + 9);
	sim_redirect(sim, 1, LAN(3) + 9);
}

static void route_change_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	answered(sim);
	KUNIT_ASSERT_EQ(test, SITE(1)->n_shortcuts, 2u);
	SITE(2)->lan = 28;
	route_changed(sim, 2, LAN(2), 28);
	KUNIT_EXPECT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
	/* Only what has changed, and that is confirmed. */
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(3), 24));
	KUNIT_EXPECT_NOT_NULL(test, peer(SITE(1), 2, NHRP_ORIGIN_RESOLVED));
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_PURGE_REPLY], 1u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 0u);
	sim_run(sim, 60 * S);
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_PURGE_REQUEST], 1u);
}

static void route_gone_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	answered(sim);
	SITE(2)->lan = SIM_LAN_NONE;
	nhrp_fsm_routes_changed(&SITE(2)->fsm, sim->now);
	sim_run(sim, 0);
	KUNIT_EXPECT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
}

/* The address is there still, and is to be left. */
static void deprecated_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	SITE(2)->lan = 32;
	answered(sim);
	SITE(2)->deprecated = true;
	route_changed(sim, 2, LAN(2) + 9, 32);
	KUNIT_EXPECT_NULL(test, sim_shortcut(SITE(1), LAN(2) + 9, 32));
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 0u);
	/* Nor does who asks now learn it. */
	sim_redirect(sim, 3, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(3)->n_shortcuts, 0u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.refused, 1ull);
	SITE(2)->deprecated = false;
	sim_run(sim, 60 * S);
	sim_redirect(sim, 3, LAN(2) + 9);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(3), LAN(2) + 9, 32));
}

/* Part of what was answered is another one's now. */
static void route_inside_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	answered(sim);
	SITE(2)->split = LAN(2) + 128;
	route_changed(sim, 2, LAN(2) + 128, 25);
	KUNIT_EXPECT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
}

static void route_elsewhere_test(struct kunit *test)
{
	static const struct {
		u32 ip;
		u8 len;
	} rows[] = {
		{ 0, 0 }, { LAN(2), 24 }, { LAN(2), 26 }, { LAN(2) + 9, 32 },
		{ LAN(3), 24 }, { LAN(2) + 256, 24 }, { LAN(2), 23 },
	};
	struct sim *sim = test->priv;
	unsigned int i;

	set_hold(sim, 60);
	answered(sim);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		route_changed(sim, 2, rows[i].ip, rows[i].len);
		KUNIT_EXPECT_EQ_MSG(test, SITE(2)->sent[NHRP_PURGE_REQUEST], 0u,
				    "row %u", i);
	}
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 1u);
	/* Having been looked at does not prolong it. */
	sim_run(sim, 61 * S);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 0u);
}

static void unconfirmed_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	answered(sim);
	SITE(2)->lan = 28;
	SITE(1)->deaf = true;
	route_changed(sim, 2, LAN(2), 28);
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_PURGE_REQUEST], 2u);
	SITE(1)->deaf = false;
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_PURGE_REQUEST], 3u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 0u);
	KUNIT_EXPECT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.purge_failed, 0ull);
}

static void unheard_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	answered(sim);
	SITE(2)->lan = 28;
	SITE(1)->deaf = true;
	route_changed(sim, 2, LAN(2), 28);
	sim_run(sim, 30 * S);
	KUNIT_EXPECT_EQ(test, SITE(2)->sent[NHRP_PURGE_REQUEST], 3u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.n_answers, 0u);
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.stats.purge_failed, 1ull);
}

static void underlay_change_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	answered(sim);
	nhrp_fsm_underlay_changed(&SITE(2)->fsm, sim->now);
	sim_run(sim, 0);
	KUNIT_EXPECT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(3), 24));
}

static struct kunit_case nhrp_purge_cases[] = {
	KUNIT_CASE(site_down_purges_test),
	KUNIT_CASE(purge_test),
	KUNIT_CASE(route_change_test),
	KUNIT_CASE(route_gone_test),
	KUNIT_CASE(deprecated_test),
	KUNIT_CASE(route_inside_test),
	KUNIT_CASE(route_elsewhere_test),
	KUNIT_CASE(unconfirmed_test),
	KUNIT_CASE(unheard_test),
	KUNIT_CASE(underlay_change_test),
	{}
};

struct kunit_suite nhrp_purge_test_suite = {
	.name = "nhrp_purge",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_purge_cases,
};

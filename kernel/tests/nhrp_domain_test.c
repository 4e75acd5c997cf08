// SPDX-License-Identifier: GPL-2.0
/* Two devices of one host: what comes by one may be for who is behind the other. */
#include <linux/bits.h>

#include "nhrp_suite.h"

/*
 * Nodes 0 and 3 are devices of one host, with site 1 behind one and site 2 behind
 * the other.
 */
static void two_devices(struct sim *sim)
{
	SITE(3)->fsm.cfg.server = true;
	HUB->beyond = BIT(2);
	HUB->sibling = 3;
	SITE(3)->beyond = BIT(1);
	SITE(3)->sibling = 0;
	sim_up(sim, 0);
	sim_up(sim, 3);
	sim_serve(sim, 1, 0, 0);
	sim_serve(sim, 2, 3, 0);
	sim_up(sim, 1);
	sim_up(sim, 2);
	sim_deliver(sim);
}

static void set_secret(struct sim_node *node, const char *secret)
{
	node->fsm.cfg.secret_len = strlen(secret);
	memcpy(node->fsm.cfg.secret, secret, node->fsm.cfg.secret_len);
}

static void set_key(struct kunit *test, struct sim_node *node)
{
	struct nhrp_key key = { .id = 1, .len = NHRP_KEY_MIN };

	KUNIT_ASSERT_EQ(test, nhrp_fsm_key_add(&node->fsm, 0, &key), 0);
}

/* That site 1 asks, and whether it is answered. */
static void expect_answer(struct kunit *test, bool answered)
{
	struct sim *sim = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	KUNIT_ASSERT_NOT_NULL(test, peer(SITE(3), 2, NHRP_ORIGIN_REGISTERED));
	sim_redirect(sim, 1, LAN(2) + 9);
	KUNIT_EXPECT_EQ(test, SITE(1)->sent[NHRP_RESOLUTION_REQUEST], 1u);
	KUNIT_EXPECT_EQ(test, SITE(1)->n_shortcuts, answered);
}

static void shortcut_test(struct kunit *test)
{
	two_devices(test->priv);
	expect_answer(test, true);
}

static void secret_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	unsigned int i;

	for (i = 0; i < SIM_NODES; i++)
		set_secret(SITE(i), "sesame");
	two_devices(sim);
	expect_answer(test, true);
}

static void key_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	unsigned int i;

	for (i = 0; i < SIM_NODES; i++)
		set_key(test, SITE(i));
	two_devices(sim);
	expect_answer(test, true);
	KUNIT_EXPECT_EQ(test, SITE(3)->fsm.stats.auth_missing, 0ull);
}

/* Secrets are the devices' own, and go no further. */
static void other_secret_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct nhrp_packet p;
	struct nhrp_ext ext;
	const u8 *said;

	set_secret(HUB, "sesame");
	set_secret(SITE(1), "sesame");
	two_devices(sim);
	expect_answer(test, false);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.bad_auth, 1ull);
	KUNIT_ASSERT_EQ(test, SITE(3)->sent[NHRP_RESOLUTION_REQUEST], 1u);
	said = SITE(3)->last[NHRP_RESOLUTION_REQUEST];
	KUNIT_ASSERT_EQ(test, (int)nhrp_parse(&p, said,
					      SITE(3)->last_len[NHRP_RESOLUTION_REQUEST]),
			(int)NHRP_PARSE_OK);
	KUNIT_EXPECT_FALSE(test, nhrp_ext_find(&p, NHRP_EXT_AUTH, &ext));
}

/* Whoever is let in by one that asks for nothing is not let in by the other. */
static void less_secret_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_secret(SITE(2), "sesame");
	set_secret(SITE(3), "sesame");
	two_devices(sim);
	expect_answer(test, false);
	KUNIT_EXPECT_EQ(test, SITE(3)->fsm.stats.bad_auth, 1ull);
}

static void less_key_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	set_secret(HUB, "sesame");
	set_secret(SITE(1), "sesame");
	set_key(test, SITE(2));
	set_key(test, SITE(3));
	two_devices(sim);
	expect_answer(test, false);
	KUNIT_EXPECT_EQ(test, SITE(3)->fsm.stats.auth_missing, 1ull);
}

/* Each thinks that the other has it: the record tells. */
static void loop_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	two_devices(sim);
	SITE(3)->beyond |= BIT(2);
	expect_answer(test, false);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.loop_record, 1ull);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.error_loop, 1ull);
}

static struct kunit_case nhrp_domain_cases[] = {
	KUNIT_CASE(shortcut_test),
	KUNIT_CASE(secret_test),
	KUNIT_CASE(key_test),
	KUNIT_CASE(other_secret_test),
	KUNIT_CASE(less_secret_test),
	KUNIT_CASE(less_key_test),
	KUNIT_CASE(loop_test),
	{}
};

struct kunit_suite nhrp_domain_test_suite = {
	.name = "nhrp_domain",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_domain_cases,
};

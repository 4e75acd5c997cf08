// SPDX-License-Identifier: GPL-2.0
/* Authentication codes: who is believed, and what is never believed twice. */
#include "nhrp_suite.h"

#define WINDOW	((u64)NHRP_AUTH_WINDOW * S)

static struct nhrp_key key_of(u16 id)
{
	struct nhrp_key key = { .id = id, .len = NHRP_KEY_MIN + id };

	memset(key.secret, id, key.len);
	return key;
}

static int add_key(struct sim *sim, unsigned int node, u16 id, bool accept_only)
{
	struct nhrp_key key = key_of(id);

	key.accept_only = accept_only;
	return nhrp_fsm_key_add(&SITE(node)->fsm, sim->now, &key);
}

static struct nhrp_key_info shown(const struct sim_node *node, unsigned int pos)
{
	struct nhrp_key_info info = {};

	nhrp_fsm_key_at(&node->fsm, pos, &info);
	return info;
}

/* Site 1 has joined, with key 1 on both sides. */
static void join(struct kunit *test)
{
	struct sim *sim = test->priv;

	KUNIT_ASSERT_EQ(test, add_key(sim, 0, 1, false), 0);
	KUNIT_ASSERT_EQ(test, add_key(sim, 1, 1, false), 0);
	sim_up(sim, 0);
	sim_join(sim, 1);
	KUNIT_ASSERT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
}

/* Its registration comes once more, from somewhere. */
static void again(struct sim *sim)
{
	struct mesh_addr from = sim_nbma(3);

	sim_inject(sim, 0, &from, SITE(1)->last[NHRP_REGISTRATION_REQUEST],
		   SITE(1)->last_len[NHRP_REGISTRATION_REQUEST]);
	sim_deliver(sim);
}

/* A packet of any signer, rightly signed with key 1. */
static void inject_signed(struct sim *sim, u64 signer, u64 seq)
{
	struct nhrp_mac mac = { .key = 1, .signer = signer, .seq = seq };
	struct nhrp_head h = {
		.type = NHRP_PURGE_REQUEST,
		.hops = 1,
		.flags = NHRP_FLAG_NO_REPLY,
		.src_nbma = sim_nbma(1),
		.src_proto = sim_proto(1),
		.dst_proto = sim_proto(0),
	};
	struct nhrp_key key = key_of(1);
	u8 buf[256], code[NHRP_MAC_LEN];
	struct mesh_addr from = sim_nbma(1);
	struct nhrp_builder b;
	size_t at;
	int len;

	nhrp_build_begin(&b, buf, sizeof(buf), &h);
	nhrp_build_mac(&b, &mac);
	len = nhrp_build_end(&b);
	at = nhrp_mac_at(len);
	nhrp_mac_blank(buf, at);
	sim_mac(NULL, key.secret, key.len, buf, len, code);
	nhrp_mac_seal(buf, len, at, code);
	sim_inject(sim, 0, &from, buf, len);
}

static u64 wall(const struct sim *sim)
{
	return sim->now * 1000 + SIM_WALL;
}

static void keys_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct nhrp_fsm *fsm = &HUB->fsm;
	struct nhrp_key key = key_of(5);

	key.len = NHRP_KEY_MIN - 1;
	KUNIT_EXPECT_EQ(test, nhrp_fsm_key_add(fsm, 0, &key), -EINVAL);
	key.len = NHRP_KEY_MAX + 1;
	KUNIT_EXPECT_EQ(test, nhrp_fsm_key_add(fsm, 0, &key), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_key(sim, 0, 0, false), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_key(sim, 0, 1, false), 0);
	KUNIT_EXPECT_EQ(test, add_key(sim, 0, 1, false), -EEXIST);
	KUNIT_EXPECT_EQ(test, add_key(sim, 0, 2, false), 0);
	KUNIT_EXPECT_EQ(test, add_key(sim, 0, 3, false), -ENOSPC);
	KUNIT_EXPECT_FALSE(test, shown(HUB, 0).signs);
	KUNIT_EXPECT_TRUE(test, shown(HUB, 1).signs);
	KUNIT_EXPECT_EQ(test, nhrp_fsm_key_set(fsm, 0, 2, true), 0);
	KUNIT_EXPECT_TRUE(test, shown(HUB, 0).signs);
	KUNIT_EXPECT_EQ(test, nhrp_fsm_key_del(fsm, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, nhrp_fsm_key_del(fsm, 0, 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, nhrp_fsm_key_set(fsm, 0, 1, true), -ENOENT);
	KUNIT_EXPECT_EQ(test, shown(HUB, 0).id, 2);
	KUNIT_EXPECT_TRUE(test, shown(HUB, 0).signs);
	KUNIT_EXPECT_EQ(test, shown(HUB, 1).id, 0);
}

static void signed_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	join(test);
	KUNIT_EXPECT_EQ(test, (int)sim_nhs(SITE(1)).state, (int)NHRP_NHS_UP);
	KUNIT_EXPECT_EQ(test, shown(SITE(1), 0).signed_n, 1ull);
	KUNIT_EXPECT_EQ(test, shown(HUB, 0).accepted_n, 1ull);
	KUNIT_EXPECT_EQ(test, shown(HUB, 0).signed_n, 1ull);
	KUNIT_EXPECT_EQ(test, shown(SITE(1), 0).accepted_n, 1ull);
}

/* Every kind is counted by itself, and nothing is answered. */
static void faults_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct nhrp_key other = key_of(1);

	KUNIT_ASSERT_EQ(test, add_key(sim, 0, 1, false), 0);
	sim_up(sim, 0);
	sim_join(sim, 1);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_missing, 1ull);
	KUNIT_EXPECT_EQ(test, (int)HUB->fault, (int)NHRP_AUTH_MISSING);

	add_key(sim, 1, 2, false);
	sim_deliver(sim);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_unknown_key, 1ull);

	nhrp_fsm_key_del(&SITE(1)->fsm, sim->now, 2);
	other.secret[other.len - 1] ^= 1;
	nhrp_fsm_key_add(&SITE(1)->fsm, sim->now, &other);
	sim_deliver(sim);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_bad_mac, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.tx, 0ull);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 0u);
	KUNIT_EXPECT_EQ(test, HUB->fsm.auth.n_signers, 0u);
}

/* Whatever octet another hand changes, the packet is not believed. */
static void covered_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr from = sim_nbma(1);
	const u8 *good = SITE(1)->last[NHRP_REGISTRATION_REQUEST];
	u8 buf[NHRP_PACKET_MAX];
	u16 len, i;

	KUNIT_ASSERT_EQ(test, add_key(sim, 0, 1, false), 0);
	KUNIT_ASSERT_EQ(test, add_key(sim, 1, 1, false), 0);
	sim_up(sim, 0);
	SITE(1)->mute = true;
	sim_join(sim, 1);
	len = SITE(1)->last_len[NHRP_REGISTRATION_REQUEST];
	for (i = 0; i < len; i++) {
		memcpy(buf, good, len);
		buf[i] ^= 1;
		nhrp_build_checksum(buf, len);
		if (!memcmp(buf, good, len))
			continue;
		sim_inject(sim, 0, &from, buf, len);
		KUNIT_EXPECT_EQ_MSG(test, HUB->n_peers, 0u, "octet %u", i);
	}
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.tx, 0ull);
	sim_inject(sim, 0, &from, good, len);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 1u);
}

static void replay_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr site = sim_nbma(1);
	const struct nhrp_peer *there;

	join(test);
	there = peer(HUB, 1, NHRP_ORIGIN_REGISTERED);
	again(sim);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed, 1ull);
	sim_run(sim, WINDOW / 2);
	again(sim);
	sim_run(sim, WINDOW);
	again(sim);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed, 3ull);
	/* It came from elsewhere, and would have moved the site there. */
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(&there->ep[0].nbma, &site));
}

/* What we sent ourselves is no news to us. */
static void reflected_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	struct mesh_addr hub = sim_nbma(0);

	join(test);
	sim_inject(sim, 1, &hub, SITE(1)->last[NHRP_REGISTRATION_REQUEST],
		   SITE(1)->last_len[NHRP_REGISTRATION_REQUEST]);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.stats.auth_replayed, 1ull);
}

/* Neither side's memory has to outlive it. */
static void reboot_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	join(test);
	sim_run(sim, 1);
	sim_reboot(sim, 0);
	add_key(sim, 0, 1, false);
	sim_up(sim, 0);
	again(sim);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed, 1ull);
	KUNIT_EXPECT_EQ(test, HUB->n_peers, 0u);

	/* A site that comes back with its clock behind is somebody new. */
	sim_run(sim, WINDOW);
	SITE(1)->nonces += 100;
	sim_reboot(sim, 1);
	SITE(1)->skew = -(s64)(WINDOW - S) * 1000;
	add_key(sim, 1, 1, false);
	sim_join(sim, 1);
	KUNIT_EXPECT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
}

static void clock_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u64 self;

	SITE(1)->skew = 2 * (s64)WINDOW * 1000;
	KUNIT_ASSERT_EQ(test, add_key(sim, 0, 1, false), 0);
	KUNIT_ASSERT_EQ(test, add_key(sim, 1, 1, false), 0);
	self = SITE(1)->fsm.auth.self;
	sim_up(sim, 0);
	sim_join(sim, 1);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed, 1ull);
	/* Set right, it goes on under another name. */
	SITE(1)->skew = 0;
	sim_run(sim, 2 * S);
	KUNIT_EXPECT_NE(test, SITE(1)->fsm.auth.self, self);
	KUNIT_EXPECT_NOT_NULL(test, peer(HUB, 1, NHRP_ORIGIN_REGISTERED));
	/* A little back does not matter. */
	self = SITE(1)->fsm.auth.self;
	SITE(1)->skew = -5 * (s64)S * 1000;
	nhrp_fsm_underlay_changed(&SITE(1)->fsm, sim->now);
	sim_deliver(sim);
	KUNIT_EXPECT_EQ(test, SITE(1)->fsm.auth.self, self);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed, 1ull);
}

/* Packets may overtake each other a little, each is taken once. */
static void order_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	u64 now;
	u64 i;

	KUNIT_ASSERT_EQ(test, add_key(sim, 0, 1, false), 0);
	sim_up(sim, 0);
	sim_run(sim, S);
	now = wall(sim);
	for (i = 7; i; i--)
		inject_signed(sim, 9, now + i);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed, 0ull);
	for (i = 1; i <= 7; i++)
		inject_signed(sim, 9, now + i);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed, 7ull);
	for (i = 8; i <= 15; i++)
		inject_signed(sim, 9, now + i);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed, 7ull);
	inject_signed(sim, 9, now);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed, 8ull);
}

/* Twice as many speak as there is room for, and then say the same again. */
static void overfill(struct kunit *test, u32 bound)
{
	struct sim *sim = test->priv;
	unsigned int round, i;
	u64 now;

	KUNIT_ASSERT_EQ(test, add_key(sim, 0, 1, false), 0);
	sim_up(sim, 0);
	sim_run(sim, S);
	now = wall(sim);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < 2 * bound; i++)
			inject_signed(sim, 1000 + i, now + i);
		KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed,
				2ull * bound * round);
		KUNIT_EXPECT_EQ(test, HUB->fsm.auth.n_signers, bound);
	}
}

/* A bounded memory forgets, and still believes nothing twice. */
static void bound_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	const u32 bound = 256;

	HUB->fsm.cfg.max_peers = 1;
	overfill(test, bound);
	/* Who has been silent for long goes first, and lifts no floor. */
	sim_run(sim, 2 * WINDOW);
	HUB->fsm.auth.floor = 0;
	inject_signed(sim, 7, wall(sim));
	KUNIT_EXPECT_EQ(test, HUB->fsm.auth.n_signers, bound - 1);
	KUNIT_EXPECT_EQ(test, HUB->fsm.auth.floor, 0ull);
}

/* So does one that state machines share, who may have nothing to forget. */
static void shared_bound_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	const u32 bound = 4;

	HUB->budget = bound;
	overfill(test, bound);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.net_full, (u64)bound);
	KUNIT_EXPECT_EQ(test, HUB->charged, bound);
	/* Without a key there is nothing to remember. */
	KUNIT_EXPECT_EQ(test, nhrp_fsm_key_del(&HUB->fsm, sim->now, 1), 0);
	KUNIT_EXPECT_EQ(test, HUB->charged, 0u);
	KUNIT_ASSERT_EQ(test, add_key(sim, 0, 1, false), 0);
	HUB->charged = bound;
	sim_run(sim, S);
	inject_signed(sim, 7, wall(sim));
	KUNIT_EXPECT_EQ(test, HUB->fsm.auth.n_signers, 0u);
	KUNIT_EXPECT_EQ(test, HUB->fsm.stats.auth_replayed, 2ull * bound + 1);
	HUB->charged = 0;
}

/* From one key to the next, and no packet is refused on the way. */
static void rollover_test(struct kunit *test)
{
	struct sim *sim = test->priv;
	unsigned int i;

	join(test);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, add_key(sim, i, 2, true), 0);
		nhrp_fsm_underlay_changed(&SITE(1)->fsm, sim->now);
		sim_deliver(sim);
	}
	KUNIT_EXPECT_EQ(test, shown(HUB, 1).accepted_n, 0ull);
	for (i = 0; i < 2; i++) {
		nhrp_fsm_key_set(&SITE(i)->fsm, sim->now, 2, false);
		sim_deliver(sim);
		nhrp_fsm_underlay_changed(&SITE(1)->fsm, sim->now);
		sim_deliver(sim);
	}
	KUNIT_EXPECT_NE(test, shown(HUB, 1).accepted_n, 0ull);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, nhrp_fsm_key_del(&SITE(i)->fsm, sim->now, 1), 0);
		nhrp_fsm_underlay_changed(&SITE(1)->fsm, sim->now);
		sim_deliver(sim);
	}
	KUNIT_EXPECT_EQ(test, (int)HUB->fault, 0);
	KUNIT_EXPECT_EQ(test, (int)SITE(1)->fault, 0);
	KUNIT_EXPECT_EQ(test, (int)sim_nhs(SITE(1)).state, (int)NHRP_NHS_UP);
}

/* Each hop signs for itself: the sites never hear each other's signature. */
static void forwarded_test(struct kunit *test)
{
	struct sim *sim = test->priv;

	join(test);
	add_key(sim, 2, 1, false);
	sim_join(sim, 2);
	sim_redirect(sim, 1, LAN(2) + 5);
	KUNIT_EXPECT_NOT_NULL(test, sim_shortcut(SITE(1), LAN(2), 24));
	KUNIT_EXPECT_NE(test, HUB->fsm.stats.forwarded, 0ull);
	KUNIT_EXPECT_EQ(test, (int)HUB->fault, 0);
	KUNIT_EXPECT_EQ(test, (int)SITE(1)->fault, 0);
	KUNIT_EXPECT_EQ(test, (int)SITE(2)->fault, 0);
	/* Site 2 has heard the hub; the reply came to site 1 from itself. */
	KUNIT_EXPECT_EQ(test, SITE(2)->fsm.auth.n_signers, 1u);
}

static struct kunit_case nhrp_auth_cases[] = {
	KUNIT_CASE(keys_test),
	KUNIT_CASE(signed_test),
	KUNIT_CASE(faults_test),
	KUNIT_CASE(covered_test),
	KUNIT_CASE(replay_test),
	KUNIT_CASE(reflected_test),
	KUNIT_CASE(reboot_test),
	KUNIT_CASE(clock_test),
	KUNIT_CASE(order_test),
	KUNIT_CASE(bound_test),
	KUNIT_CASE(shared_bound_test),
	KUNIT_CASE(rollover_test),
	KUNIT_CASE(forwarded_test),
	{}
};

struct kunit_suite nhrp_auth_test_suite = {
	.name = "nhrp_auth",
	.init = nhrp_suite_init,
	.exit = nhrp_suite_exit,
	.test_cases = nhrp_auth_cases,
};

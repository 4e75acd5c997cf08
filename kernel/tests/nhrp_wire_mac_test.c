// SPDX-License-Identifier: GPL-2.0
/* Where the authentication code of a packet is, and which packets have one. */
#include "wire/nhrp_wire_mac.h"
#include "nhrp_sample.h"
#include "tests.h"

#define BODY	(sizeof(struct nhrp_wire_mac) - 3)

static const struct nhrp_mac mac = { .key = 7, .signer = 1ull << 40, .seq = 9 };
static const struct sample plain = { .type = NHRP_PURGE_REQUEST };

struct mac_case {
	const char *name;
	u32 oui;
	u8 kind;
	u8 len;
	bool twice;
	int want;
};

/* @len: octets behind the vendor's number. */
static const struct mac_case cases[] = {
	{ "sound", NHRP_MAC_OUI, NHRP_MAC_HMAC_SHA256, BODY, false, 0 },
	{ "another vendor's", NHRP_MAC_OUI + 1, NHRP_MAC_HMAC_SHA256, BODY, false, -ENOENT },
	{ "another kind", NHRP_MAC_OUI, 2, BODY, false, -EINVAL },
	{ "an octet short", NHRP_MAC_OUI, NHRP_MAC_HMAC_SHA256, BODY - 1, false, -EINVAL },
	{ "an octet long", NHRP_MAC_OUI, NHRP_MAC_HMAC_SHA256, BODY + 1, false, -EINVAL },
	{ "the vendor alone", NHRP_MAC_OUI, 0, 0, false, -EINVAL },
	{ "two", NHRP_MAC_OUI, NHRP_MAC_HMAC_SHA256, BODY, true, -EINVAL },
};

static void describe(const struct mac_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mac, cases, describe);

static void found(struct kunit *test)
{
	const struct mac_case *c = test->param_value;
	struct nhrp_head h = sample_head(&plain);
	u8 raw[256], body[BODY + 1] = { c->kind };
	struct nhrp_mac got = {};
	struct nhrp_builder b;
	struct nhrp_packet p;
	u16 at = 0;

	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_vendor(&b, c->oui, body, c->len);
	if (c->twice)
		nhrp_build_vendor(&b, c->oui, body, c->len);
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, nhrp_build_end(&b)));
	KUNIT_EXPECT_EQ(test, c->want, nhrp_mac_find(&p, &got, &at));
	if (!c->want)
		KUNIT_EXPECT_EQ(test, nhrp_mac_at(p.len), at);
}

static void no_extension(struct kunit *test)
{
	struct nhrp_packet p;
	struct nhrp_mac got;
	int len;
	u8 *raw;
	u16 at;

	raw = sample_new(test, &plain, &len);
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, len));
	KUNIT_EXPECT_EQ(test, -ENOENT, nhrp_mac_find(&p, &got, &at));
}

/* Whoever passes a packet on signs in place of who signed it before. */
static void signed_anew(struct kunit *test)
{
	static const struct nhrp_mac other = { .key = 1, .signer = 2, .seq = 3 };
	const struct nhrp_forward f = { .mac = &mac };
	struct nhrp_head h = sample_head(&plain);
	u8 raw[256], next[256], code[NHRP_MAC_LEN];
	struct nhrp_builder b;
	struct nhrp_packet p;
	struct nhrp_mac got;
	int len;
	u16 at;

	h.hops = 2;
	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_vendor(&b, 0x00000c, (const u8 *)"kept", 4);
	nhrp_build_mac(&b, &other);
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, nhrp_build_end(&b)));
	len = nhrp_build_forward(next, sizeof(next), &p, &f);
	KUNIT_ASSERT_EQ(test, (int)p.len, len);

	memset(code, 0x5a, sizeof(code));
	nhrp_mac_blank(next, nhrp_mac_at(len));
	nhrp_mac_seal(next, len, nhrp_mac_at(len), code);
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, next, len));
	KUNIT_ASSERT_EQ(test, 0, nhrp_mac_find(&p, &got, &at));
	KUNIT_EXPECT_EQ(test, mac.key, got.key);
	KUNIT_EXPECT_EQ(test, mac.signer, got.signer);
	KUNIT_EXPECT_EQ(test, mac.seq, got.seq);
	KUNIT_EXPECT_EQ(test, 0, memcmp(next + at, code, sizeof(code)));
}

static struct kunit_case nhrp_wire_mac_cases[] = {
	KUNIT_CASE_PARAM(found, mac_gen_params),
	KUNIT_CASE(no_extension),
	KUNIT_CASE(signed_anew),
	{}
};

struct kunit_suite nhrp_wire_mac_test_suite = {
	.name = "nhrp_wire_mac",
	.test_cases = nhrp_wire_mac_cases,
};

// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/string.h>

#include "wire/gre_wire.h"
#include "tests.h"

struct gre_case {
	const char *name;
	u8 raw[20];
	u8 len;
	enum gre_wire_error want;
	struct gre_wire g;
};

static const struct gre_case cases[] = {
	{ "plain", { 0, 0, 0x08, 0 }, 4, GRE_WIRE_OK,
	  { .proto = GRE_WIRE_IP, .len = 4 } },
	{ "plain, payload behind", { 0, 0, 0x86, 0xdd, 0x60 }, 5, GRE_WIRE_OK,
	  { .proto = GRE_WIRE_IPV6, .len = 4 } },
	{ "key", { 0x20, 0, 0x20, 0x01, 0, 0, 0, 42 }, 8, GRE_WIRE_OK,
	  { .proto = GRE_WIRE_NHRP, .len = 8, .has_key = true, .key = 42 } },
	{ "key 0 is a key", { 0x20, 0, 0x08, 0 }, 8, GRE_WIRE_OK,
	  { .proto = GRE_WIRE_IP, .len = 8, .has_key = true } },
	{ "checksum", { 0x80, 0, 0x08, 0, 0xf7, 0xff }, 8, GRE_WIRE_OK,
	  { .proto = GRE_WIRE_IP, .len = 8, .has_csum = true } },
	{ "sequence", { 0x10, 0, 0x08, 0, 1, 2, 3, 4 }, 8, GRE_WIRE_OK,
	  { .proto = GRE_WIRE_IP, .len = 8, .has_seq = true, .seq = 0x01020304 } },
	{ "all three", { 0xb0, 0, 0x08, 0, 9, 9, 0, 0, 0xff, 0, 0, 1, 0, 0, 0, 7 }, 16,
	  GRE_WIRE_OK,
	  { .proto = GRE_WIRE_IP, .len = 16, .has_csum = true, .has_key = true,
	    .has_seq = true, .key = 0xff000001, .seq = 7 } },
	{ "reserved bits ignored", { 0x03, 0xf8, 0x08, 0 }, 4, GRE_WIRE_OK,
	  { .proto = GRE_WIRE_IP, .len = 4 } },
	{ "nothing", { 0 }, 0, GRE_WIRE_E_SHORT, {} },
	{ "half", { 0, 0, 0x08 }, 3, GRE_WIRE_E_SHORT, {} },
	{ "key cut", { 0x20, 0, 0x08, 0, 1, 2, 3 }, 7, GRE_WIRE_E_SHORT, {} },
	{ "checksum cut", { 0x80, 0, 0x08, 0, 1, 2, 3 }, 7, GRE_WIRE_E_SHORT, {} },
	{ "sequence cut", { 0xb0, 0, 0x08, 0 }, 15, GRE_WIRE_E_SHORT, {} },
	{ "PPTP's version", { 0x20, 0x01, 0x88, 0x0b }, 8, GRE_WIRE_E_VERSION, {} },
	{ "version 4", { 0, 0x04, 0x08, 0 }, 4, GRE_WIRE_E_VERSION, {} },
	{ "routing", { 0x40, 0, 0x08, 0 }, 8, GRE_WIRE_E_ROUTING, {} },
	{ "strict source route", { 0x08, 0, 0x08, 0 }, 4, GRE_WIRE_E_ROUTING, {} },
	{ "recursion", { 0x04, 0, 0x08, 0 }, 4, GRE_WIRE_E_ROUTING, {} },
	{ "ethernet inside", { 0, 0, 0x65, 0x58 }, 4, GRE_WIRE_E_PROTO, {} },
	{ "protocol 0", { 0, 0, 0, 0 }, 4, GRE_WIRE_E_PROTO, {} },
};

static void describe(const struct gre_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(gre, cases, describe);

/* A copy of exactly its size, so that KASAN sees a read past the end. */
static u8 *exact(struct kunit *test, const u8 *raw, size_t len)
{
	u8 *copy = kunit_kmalloc(test, len ? len : 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, raw, len);
	return copy;
}

static void parses(struct kunit *test)
{
	const struct gre_case *c = test->param_value;
	struct gre_wire g;

	KUNIT_EXPECT_EQ(test, c->want, gre_wire_parse(&g, exact(test, c->raw, c->len), c->len));
	if (c->want)
		return;
	KUNIT_EXPECT_EQ(test, c->g.proto, g.proto);
	KUNIT_EXPECT_EQ(test, c->g.len, g.len);
	KUNIT_EXPECT_EQ(test, c->g.has_csum, g.has_csum);
	KUNIT_EXPECT_EQ(test, c->g.has_key, g.has_key);
	KUNIT_EXPECT_EQ(test, c->g.key, g.key);
	KUNIT_EXPECT_EQ(test, c->g.has_seq, g.has_seq);
	KUNIT_EXPECT_EQ(test, c->g.seq, g.seq);
}

static void truncation_is_short(struct kunit *test)
{
	const struct gre_case *c = test->param_value;
	struct gre_wire g;
	u8 len;

	if (c->want)
		return;
	for (len = 0; len < c->g.len; len++)
		KUNIT_EXPECT_EQ(test, GRE_WIRE_E_SHORT,
				gre_wire_parse(&g, exact(test, c->raw, len), len));
}

static void what_is_built_parses(struct kunit *test)
{
	static const u16 protos[] = { GRE_WIRE_IP, GRE_WIRE_IPV6, GRE_WIRE_NHRP };
	static const u32 keys[] = { 0, 42, 0xffffffff };
	u8 raw[GRE_WIRE_MAX];
	struct gre_wire g;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		KUNIT_EXPECT_EQ(test, gre_wire_len(false),
				gre_wire_build(raw, protos[i], false, 42));
		KUNIT_EXPECT_EQ(test, GRE_WIRE_OK, gre_wire_parse(&g, raw, gre_wire_len(false)));
		KUNIT_EXPECT_EQ(test, protos[i], g.proto);
		KUNIT_EXPECT_FALSE(test, g.has_key);
		for (k = 0; k < ARRAY_SIZE(keys); k++) {
			KUNIT_EXPECT_EQ(test, gre_wire_len(true),
					gre_wire_build(raw, protos[i], true, keys[k]));
			KUNIT_EXPECT_EQ(test, GRE_WIRE_OK,
					gre_wire_parse(&g, raw, gre_wire_len(true)));
			KUNIT_EXPECT_EQ(test, protos[i], g.proto);
			KUNIT_EXPECT_TRUE(test, g.has_key);
			KUNIT_EXPECT_EQ(test, keys[k], g.key);
		}
	}
}

static void built_octets(struct kunit *test)
{
	static const u8 want[] = { 0x20, 0, 0x20, 0x01, 0xde, 0xad, 0xbe, 0xef, 0x55 };
	u8 raw[sizeof(want)];

	memset(raw, 0x55, sizeof(raw));
	gre_wire_build(raw, GRE_WIRE_NHRP, true, 0xdeadbeef);
	KUNIT_EXPECT_EQ(test, 0, memcmp(want, raw, sizeof(want)));
}

static void errors_have_names(struct kunit *test)
{
	int e;

	for (e = GRE_WIRE_OK; e < GRE_WIRE_E_MAX; e++)
		KUNIT_EXPECT_NOT_NULL(test, gre_wire_error_name(e));
	KUNIT_EXPECT_STREQ(test, "unknown", gre_wire_error_name(GRE_WIRE_E_MAX));
}

static struct kunit_case gre_wire_cases[] = {
	KUNIT_CASE_PARAM(parses, gre_gen_params),
	KUNIT_CASE_PARAM(truncation_is_short, gre_gen_params),
	KUNIT_CASE(what_is_built_parses),
	KUNIT_CASE(built_octets),
	KUNIT_CASE(errors_have_names),
	{}
};

struct kunit_suite gre_wire_test_suite = {
	.name = "gre_wire",
	.test_cases = gre_wire_cases,
};

// SPDX-License-Identifier: GPL-2.0
/* Address values: what is one, and which kinds are told apart. */
#include "wire/addr.h"
#include "tests.h"

struct addr_case {
	const char *name;
	u8 len;
	u8 b[MESH_ADDR_MAX];
	bool any;
	bool linklocal;
	bool mapped;
};

static const struct addr_case cases[] = {
	{ "none", 0, {}, .any = true },
	{ "0.0.0.0", 4, {}, .any = true },
	{ "::", 16, {}, .any = true },
	{ "192.0.2.1", 4, { 192, 0, 2, 1 } },
	{ "254.128.0.0", 4, { 254, 128 } },
	{ "fe80::1", 16, { 0xfe, 0x80, [15] = 1 }, .linklocal = true },
	{ "febf::", 16, { 0xfe, 0xbf }, .linklocal = true },
	{ "fec0::", 16, { 0xfe, 0xc0 } },
	{ "fd80::", 16, { 0xfd, 0x80 } },
	{ "::ffff:192.0.2.1", 16, { [10] = 0xff, 0xff, 192, 0, 2, 1 }, .mapped = true },
	{ "::ffff:0:0", 16, { [10] = 0xff, 0xff }, .mapped = true },
	{ "::fffe:0:0", 16, { [10] = 0xff, 0xfe } },
	{ "1::ffff:0:0", 16, { 0, 1, [10] = 0xff, 0xff } },
};

static void describe(const struct addr_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(addr, cases, describe);

static void kinds(struct kunit *test)
{
	const struct addr_case *c = test->param_value;
	struct mesh_addr a;

	KUNIT_EXPECT_TRUE(test, mesh_addr_set(&a, c->b, c->len));
	KUNIT_EXPECT_EQ(test, mesh_addr_any(&a), c->any);
	KUNIT_EXPECT_EQ(test, mesh_addr_linklocal(&a), c->linklocal);
	KUNIT_EXPECT_EQ(test, mesh_addr_mapped(&a), c->mapped);
}

/* Nothing is read, and nothing is left of what was there. */
static void other_lengths(struct kunit *test)
{
	static const u8 lens[] = { 1, 3, 5, 8, 15, 17, 255 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		struct mesh_addr a = { .len = 4, .b = { 10 } };

		KUNIT_EXPECT_FALSE(test, mesh_addr_set(&a, NULL, lens[i]));
		KUNIT_EXPECT_EQ(test, a.len, 0);
		KUNIT_EXPECT_TRUE(test, mesh_addr_any(&a));
	}
}

static void ip4_there_and_back(struct kunit *test)
{
	static const u8 want[] = { 192, 0, 2, 1 };
	struct mesh_addr a;

	mesh_addr_from_ip4(&a, cpu_to_be32(0xc0000201));
	KUNIT_EXPECT_EQ(test, a.len, 4);
	KUNIT_EXPECT_EQ(test, memcmp(a.b, want, sizeof(want)), 0);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(mesh_addr_ip4(&a)), 0xc0000201u);
}

/* Behind each length the bits go, and whether there were any is told. */
static void masked(struct kunit *test)
{
	unsigned int len, i;

	for (len = 0; len <= 128; len++) {
		struct mesh_prefix p = { .len = len }, again;
		unsigned int bits = 0;

		p.addr.len = 16;
		memset(p.addr.b, 0xff, sizeof(p.addr.b));
		KUNIT_EXPECT_EQ(test, mesh_prefix_mask(&p), len == 128);
		for (i = 0; i < 128; i++)
			bits += p.addr.b[i / 8] >> (7 - i % 8) & 1;
		KUNIT_EXPECT_EQ(test, bits, len);
		again = p;
		KUNIT_EXPECT_TRUE(test, mesh_prefix_mask(&again));
		KUNIT_EXPECT_TRUE(test, mesh_prefix_equal(&again, &p));
		KUNIT_EXPECT_TRUE(test, mesh_prefix_match(&p, &p.addr));
	}
}

static struct kunit_case addr_cases[] = {
	KUNIT_CASE_PARAM(kinds, addr_gen_params),
	KUNIT_CASE(other_lengths),
	KUNIT_CASE(ip4_there_and_back),
	KUNIT_CASE(masked),
	{}
};

struct kunit_suite addr_test_suite = {
	.name = "addr",
	.test_cases = addr_cases,
};

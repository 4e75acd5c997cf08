// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/string.h>

#include "wire/bfd_wire.h"
#include "tests.h"

struct bfd_case {
	const char *name;
	u8 raw[32];
	u8 len;
	enum bfd_wire_error want;
	struct bfd_packet p;
};

#define TIMES 0, 0x0f, 0x42, 0x40, 0, 0, 0x27, 0x10, 0, 0, 0, 0
#define RAW(vd, sf, mult, len, mine, yours) \
	{ vd, sf, mult, len, 0, 0, 0, mine, 0, 0, 0, yours, TIMES }
#define PARSED(...) { .min_tx = 1000000, .min_rx = 10000, __VA_ARGS__ }

static const struct bfd_case cases[] = {
	{ "down", RAW(0x20, 0x40, 3, 24, 1, 0), 24, BFD_WIRE_OK,
	  PARSED(.state = BFD_DOWN, .multiplier = 3, .my_discr = 1) },
	{ "admin down, with a reason", RAW(0x27, 0x00, 3, 24, 1, 2), 24, BFD_WIRE_OK,
	  PARSED(.state = BFD_ADMIN_DOWN, .diag = BFD_DIAG_ADMIN_DOWN, .multiplier = 3,
	       .my_discr = 1, .your_discr = 2) },
	{ "init", RAW(0x20, 0x80, 1, 24, 1, 2), 24, BFD_WIRE_OK,
	  PARSED(.state = BFD_INIT, .multiplier = 1, .my_discr = 1, .your_discr = 2) },
	{ "up, poll", RAW(0x20, 0xe0, 255, 24, 1, 2), 24, BFD_WIRE_OK,
	  PARSED(.state = BFD_UP, .poll = true, .multiplier = 255, .my_discr = 1,
	       .your_discr = 2) },
	{ "up, final", RAW(0x20, 0xd0, 3, 24, 1, 2), 24, BFD_WIRE_OK,
	  PARSED(.state = BFD_UP, .final = true, .multiplier = 3, .my_discr = 1,
	       .your_discr = 2) },
	{ "up, demand, independent plane", RAW(0x20, 0xca, 3, 24, 1, 2), 24, BFD_WIRE_OK,
	  PARSED(.state = BFD_UP, .demand = true, .multiplier = 3, .my_discr = 1,
	       .your_discr = 2) },
	{ "a reserved reason is none of ours", RAW(0x3f, 0x40, 3, 24, 1, 0), 24, BFD_WIRE_OK,
	  PARSED(.state = BFD_DOWN, .diag = 31, .multiplier = 3, .my_discr = 1) },
	{ "octets behind", RAW(0x20, 0x40, 3, 24, 1, 0), 32, BFD_WIRE_OK,
	  PARSED(.state = BFD_DOWN, .multiplier = 3, .my_discr = 1) },
	{ "a longer packet than we know", RAW(0x20, 0x40, 3, 32, 1, 0), 32, BFD_WIRE_OK,
	  PARSED(.state = BFD_DOWN, .multiplier = 3, .my_discr = 1) },
	{ "nothing", { 0 }, 0, BFD_WIRE_E_SHORT, {} },
	{ "one octet too few", RAW(0x20, 0x40, 3, 24, 1, 0), 23, BFD_WIRE_E_SHORT, {} },
	{ "version 0", RAW(0x00, 0x40, 3, 24, 1, 0), 24, BFD_WIRE_E_VERSION, {} },
	{ "version 2", RAW(0x40, 0x40, 3, 24, 1, 0), 24, BFD_WIRE_E_VERSION, {} },
	{ "length below the minimum", RAW(0x20, 0x40, 3, 23, 1, 0), 24, BFD_WIRE_E_LENGTH, {} },
	{ "length past the end", RAW(0x20, 0x40, 3, 25, 1, 0), 24, BFD_WIRE_E_LENGTH, {} },
	{ "authentication", RAW(0x20, 0x44, 3, 26, 1, 0), 26, BFD_WIRE_E_AUTH, {} },
	{ "multipoint", RAW(0x20, 0x41, 3, 24, 1, 0), 24, BFD_WIRE_E_MULTIPOINT, {} },
	{ "poll and final", RAW(0x20, 0x70, 3, 24, 1, 0), 24, BFD_WIRE_E_FLAGS, {} },
	{ "multiplier 0", RAW(0x20, 0x40, 0, 24, 1, 0), 24, BFD_WIRE_E_MULTIPLIER, {} },
	{ "no discriminator", RAW(0x20, 0x40, 3, 24, 0, 2), 24, BFD_WIRE_E_DISCRIMINATOR, {} },
	{ "init to nobody", RAW(0x20, 0x80, 3, 24, 1, 0), 24, BFD_WIRE_E_DISCRIMINATOR, {} },
	{ "up to nobody", RAW(0x20, 0xc0, 3, 24, 1, 0), 24, BFD_WIRE_E_DISCRIMINATOR, {} },
};

static void describe(const struct bfd_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bfd, cases, describe);

/* A copy of exactly its size, so that KASAN sees a read past the end. */
static u8 *exact(struct kunit *test, const u8 *raw, size_t len)
{
	u8 *copy = kunit_kmalloc(test, len ? len : 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, raw, len);
	return copy;
}

static void same(struct kunit *test, const struct bfd_packet *want, const struct bfd_packet *p)
{
	KUNIT_EXPECT_EQ(test, want->state, p->state);
	KUNIT_EXPECT_EQ(test, want->diag, p->diag);
	KUNIT_EXPECT_EQ(test, want->poll, p->poll);
	KUNIT_EXPECT_EQ(test, want->final, p->final);
	KUNIT_EXPECT_EQ(test, want->demand, p->demand);
	KUNIT_EXPECT_EQ(test, want->multiplier, p->multiplier);
	KUNIT_EXPECT_EQ(test, want->my_discr, p->my_discr);
	KUNIT_EXPECT_EQ(test, want->your_discr, p->your_discr);
	KUNIT_EXPECT_EQ(test, want->min_tx, p->min_tx);
	KUNIT_EXPECT_EQ(test, want->min_rx, p->min_rx);
}

static void parses(struct kunit *test)
{
	const struct bfd_case *c = test->param_value;
	struct bfd_packet p;

	KUNIT_EXPECT_EQ(test, c->want,
			bfd_wire_parse(&p, exact(test, c->raw, c->len), c->len));
	if (c->want == BFD_WIRE_OK)
		same(test, &c->p, &p);
}

static void truncation_is_short(struct kunit *test)
{
	const struct bfd_case *c = test->param_value;
	struct bfd_packet p;
	u8 len;

	for (len = 0; len < BFD_WIRE_LEN; len++)
		KUNIT_EXPECT_EQ(test, BFD_WIRE_E_SHORT,
				bfd_wire_parse(&p, exact(test, c->raw, len), len));
}

static void what_is_built_parses(struct kunit *test)
{
	const struct bfd_case *c = test->param_value;
	struct bfd_packet p;
	u8 raw[BFD_WIRE_LEN];

	if (c->want != BFD_WIRE_OK)
		return;
	bfd_wire_build(raw, &c->p);
	KUNIT_EXPECT_EQ(test, BFD_WIRE_OK, bfd_wire_parse(&p, raw, sizeof(raw)));
	same(test, &c->p, &p);
}

static void built_octets(struct kunit *test)
{
	static const u8 want[] = { 0x21, 0xe0, 3, 24, 0, 0, 0, 1, 0, 0, 0, 2, TIMES };
	static const struct bfd_packet p =
		PARSED(.state = BFD_UP, .diag = BFD_DIAG_TIME_EXPIRED, .poll = true,
		     .multiplier = 3, .my_discr = 1, .your_discr = 2);
	u8 raw[BFD_WIRE_LEN];

	bfd_wire_build(raw, &p);
	KUNIT_EXPECT_EQ(test, 0, memcmp(want, raw, sizeof(want)));
}

static void errors_have_names(struct kunit *test)
{
	int e;

	for (e = BFD_WIRE_OK; e < BFD_WIRE_E_MAX; e++)
		KUNIT_EXPECT_NOT_NULL(test, bfd_wire_error_name(e));
	KUNIT_EXPECT_STREQ(test, "unknown", bfd_wire_error_name(BFD_WIRE_E_MAX));
}

static struct kunit_case bfd_wire_cases[] = {
	KUNIT_CASE_PARAM(parses, bfd_gen_params),
	KUNIT_CASE_PARAM(truncation_is_short, bfd_gen_params),
	KUNIT_CASE_PARAM(what_is_built_parses, bfd_gen_params),
	KUNIT_CASE(built_octets),
	KUNIT_CASE(errors_have_names),
	{}
};

struct kunit_suite bfd_wire_test_suite = {
	.name = "bfd_wire",
	.test_cases = bfd_wire_cases,
};

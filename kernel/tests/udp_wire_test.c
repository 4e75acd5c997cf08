// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "tests.h"
#include "wire/udp_wire.h"

static void build_test(struct kunit *test)
{
	static const u8 want[UDP_WIRE_LEN] = {
		0xc0, 0x00, 0x12, 0x92, 0x00, 0x64, 0x00, 0x00,
	};
	u8 saw[UDP_WIRE_LEN];

	memset(saw, 0xff, sizeof(saw));
	udp_wire_build(saw, 49152, UDP_WIRE_GRE, 100);
	KUNIT_EXPECT_EQ(test, memcmp(saw, want, sizeof(want)), 0);
}

/* Of a packet of more than 64 KiB, which is cut up later. */
static void long_test(struct kunit *test)
{
	u8 saw[UDP_WIRE_LEN];

	udp_wire_build(saw, 1, 2, 0x12345);
	KUNIT_EXPECT_EQ(test, saw[4], 0x23);
	KUNIT_EXPECT_EQ(test, saw[5], 0x45);
}

static void source_range_test(struct kunit *test)
{
	static const u32 hash[] = {
		0, 1, 16383, 16384, 0x7fffffff, 0x80000000, U32_MAX,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hash); i++)
		KUNIT_EXPECT_GE(test, udp_wire_source(hash[i]), 49152);
	KUNIT_EXPECT_EQ(test, udp_wire_source(0), 49152);
	KUNIT_EXPECT_EQ(test, udp_wire_source(16383), 65535);
}

/* Every port of the range is somebody's, and all are as often. */
static void source_spread_test(struct kunit *test)
{
	u32 hash = 1;
	unsigned int upper = 0, odd = 0, i;

	for (i = 0; i < 100000; i++) {
		u16 port;

		hash = hash * 1664525 + 1013904223;
		port = udp_wire_source(hash >> 3);
		upper += port >= 57344;
		odd += port & 1;
	}
	KUNIT_EXPECT_GT(test, upper, 49000u);
	KUNIT_EXPECT_LT(test, upper, 51000u);
	KUNIT_EXPECT_GT(test, odd, 49000u);
	KUNIT_EXPECT_LT(test, odd, 51000u);
}

static struct kunit_case udp_wire_cases[] = {
	KUNIT_CASE(build_test),
	KUNIT_CASE(long_test),
	KUNIT_CASE(source_range_test),
	KUNIT_CASE(source_spread_test),
	{}
};

struct kunit_suite udp_wire_test_suite = {
	.name = "udp_wire",
	.test_cases = udp_wire_cases,
};

// SPDX-License-Identifier: GPL-2.0
/* The reader of zebra's frames: what it reads, and what it refuses. */
#include <stdlib.h>

#include "fpm_parse.h"
#include "mem.h"
#include "meshd_frame.h"
#include "meshd_tap.h"

static struct fpm_msg seen[8];
static int n_seen;

static void on_msg(const struct fpm_msg *msg, void *arg)
{
	(void)arg;
	if (n_seen < 8)
		seen[n_seen] = *msg;
	n_seen++;
}

static int parse(const uint8_t *buf, size_t len, struct fpm_error *err)
{
	n_seen = 0;
	return fpm_frame_parse(buf, len, on_msg, NULL, err);
}

static bool gateway_is(const struct fpm_hop *hop, uint8_t last)
{
	const uint8_t want[4] = { 10, 0, 0, last };

	return hop->gateway.len == 4 && !memcmp(hop->gateway.bytes, want, 4);
}

static const uint8_t net4[4] = { 10, 98, 0, 0 };
static const uint8_t net6[16] = { 0xfd, 0, 0, 0x98 };
static const uint8_t gw6[16] = { 0xfd, [15] = 7 };

static void build_all(struct frame *f)
{
	const struct nexthop_grp grp[2] = { { .id = 11, .weight = 2 },
					    { .id = 12 } };
	struct rtvia *via;
	uint8_t room[sizeof(*via) + 16] = { 0 };

	frame_begin(f);
	frame_nexthop(f, 11, 3, 1);
	frame_group(f, 20, grp, 2);
	frame_route_id(f, RTM_DELROUTE, 98, 0);
	frame_route_id(f, RTM_NEWROUTE, 98, 20);
	frame_route(f, RTM_NEWROUTE, AF_INET, net4, 15);
	frame_u32(f, RTA_TABLE, 1000);
	frame_nest(f, RTA_MULTIPATH);
	frame_hop(f, 3, 1, 3);
	frame_hop(f, 4, 2, 1);
	frame_nest_end(f);
	frame_msg_end(f);
	frame_route(f, RTM_NEWROUTE, AF_INET6, net6, 64);
	frame_attr(f, RTA_GATEWAY, gw6, 16);
	frame_u32(f, RTA_OIF, 3);
	frame_msg_end(f);
	frame_route(f, RTM_NEWROUTE, AF_INET, net4, 16);
	via = (struct rtvia *)room;
	via->rtvia_family = AF_INET6;
	memcpy(via->rtvia_addr, gw6, 16);
	frame_attr(f, RTA_VIA, room, sizeof(room));
	frame_u32(f, RTA_OIF, 3);
	frame_msg_end(f);
	frame_msg(f, RTM_NEWNEIGH, net6, 16);
	frame_msg_end(f);
}

static void test_reads(void)
{
	struct fpm_error err;
	struct frame f;

	build_all(&f);
	is(parse(f.buf, f.len, &err), 0, "a frame of eight messages is read");
	is(n_seen, 8, "and each is told");
	ok(seen[0].kind == FPM_NH_SET && seen[0].id == 11 && seen[0].n == 1 &&
	   seen[0].hop[0].ifindex == 3 && gateway_is(&seen[0].hop[0], 1),
	   "a next hop");
	ok(seen[1].kind == FPM_NH_SET && seen[1].group && seen[1].n == 2 &&
	   seen[1].hop[0].id == 11 && seen[1].hop[0].weight == 3 &&
	   seen[1].hop[1].id == 12 && seen[1].hop[1].weight == 1,
	   "a group and its weights");
	ok(seen[2].kind == FPM_ROUTE_DEL && seen[2].plen == 16, "a deletion");
	ok(seen[3].kind == FPM_ROUTE_SET && seen[3].id == 20 && !seen[3].n &&
	   seen[3].table == 254, "a route by id");
	ok(seen[4].n == 2 && seen[4].table == 1000 &&
	   seen[4].hop[0].weight == 3 && gateway_is(&seen[4].hop[1], 2) &&
	   seen[4].hop[1].ifindex == 4, "a multipath route of another table");
	ok(seen[5].dst.len == 16 && seen[5].n == 1 &&
	   seen[5].hop[0].gateway.len == 16, "an IPv6 route");
	ok(seen[6].dst.len == 4 && seen[6].n == 1 &&
	   seen[6].hop[0].gateway.len == 16 &&
	   !memcmp(seen[6].hop[0].gateway.bytes, gw6, 16),
	   "an IPv4 route by an IPv6 next hop");
	is(seen[7].kind, FPM_OTHER, "a neighbour is nothing to forward by");
}

/*
 * Each shorter frame that says its length rightly: whole messages are read,
 * all else is refused, and then nothing is told. Each in a block of its own
 * size, so that a read beyond it is seen.
 */
static void test_truncated(void)
{
	struct fpm_error err;
	struct frame f;
	int bad = 0, told = 0, unnamed = 0, good = 0;

	build_all(&f);
	for (size_t len = 5; len < f.len; len++) {
		uint8_t *copy = malloc(len);

		memcpy(copy, f.buf, len);
		copy[2] = len >> 8;
		copy[3] = len;
		err.text[0] = '\0';
		if (parse(copy, len, &err)) {
			bad++;
			told += n_seen;
			unnamed += !err.text[0];
		} else {
			good++;
		}
		free(copy);
	}
	is(told, 0, "of a truncated frame nothing is told");
	is(unnamed, 0, "and it is said what is wrong");
	is(good, 7, "only cuts between messages leave a good frame");
	ok(bad > 200, "%d cuts are refused", bad);
}

/* Whatever one octet is turned into: told whole, or not at all. */
static void test_one_octet(void)
{
	static const uint8_t turn[] = { 0x01, 0x80, 0xff, 0x04, 0x10 };
	struct fpm_error err;
	struct frame f;
	int told = 0;

	build_all(&f);
	for (size_t i = 0; i < f.len; i++) {
		for (size_t k = 0; k < sizeof(turn); k++) {
			uint8_t *copy = malloc(f.len);

			memcpy(copy, f.buf, f.len);
			copy[i] ^= turn[k];
			if (parse(copy, f.len, &err))
				told += n_seen;
			free(copy);
		}
	}
	is(told, 0, "of a frame with a wrong octet nothing is told, or all");
}

static void test_header(void)
{
	static const struct {
		uint8_t head[4];
		size_t len;
		int want;
		const char *what;
	} rows[] = {
		{ { 1, 1, 0, 20 }, 4, 20, "a frame length" },
		{ { 1, 1, 0 }, 3, 0, "three octets do not tell it yet" },
		{ { 2 }, 1, -1, "an unknown version" },
		{ { 1, 2, 0, 20 }, 4, -1, "protobuf" },
		{ { 1, 7, 0, 20 }, 4, -1, "an unknown type" },
		{ { 1, 1, 0, 3 }, 4, -1, "a length below the header's" },
		{ { 1, 1, 0, 4 }, 4, -1, "a frame without a message" },
	};
	struct fpm_error err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		is(fpm_frame_len(rows[i].head, rows[i].len, &err), rows[i].want,
		   "header: %s", rows[i].what);
}

struct lie {
	const char *what;
	const char *said;
	void (*build)(struct frame *f);
};

static void lie_msg_long(struct frame *f)
{
	uint32_t len = 4096;

	frame_route_id(f, RTM_NEWROUTE, 98, 1);
	memcpy(f->buf + f->msg, &len, 4);
}

static void lie_msg_short(struct frame *f)
{
	uint32_t len = 12;

	frame_route_id(f, RTM_NEWROUTE, 98, 1);
	memcpy(f->buf + f->msg, &len, 4);
}

static void lie_attr_long(struct frame *f)
{
	uint16_t len = 200;

	frame_route_id(f, RTM_NEWROUTE, 98, 1);
	memcpy(f->buf + f->len - 8, &len, 2);
}

static void lie_attr_short(struct frame *f)
{
	uint16_t len = 3;

	frame_route_id(f, RTM_NEWROUTE, 98, 1);
	memcpy(f->buf + f->len - 8, &len, 2);
}

static void lie_prefix(struct frame *f)
{
	frame_route(f, RTM_NEWROUTE, AF_INET, net4, 33);
	frame_msg_end(f);
}

static void lie_host_bits(struct frame *f)
{
	const uint8_t host[4] = { 10, 98, 0, 1 };

	frame_route(f, RTM_NEWROUTE, AF_INET, host, 24);
	frame_msg_end(f);
}

static void lie_family(struct frame *f)
{
	frame_route(f, RTM_NEWROUTE, AF_INET, net4, 16);
	frame_attr(f, RTA_GATEWAY, gw6, 16);
	frame_msg_end(f);
}

static void lie_hop(struct frame *f)
{
	frame_route(f, RTM_NEWROUTE, AF_INET, net4, 16);
	frame_nest(f, RTA_MULTIPATH);
	frame_hop(f, 3, 1, 1);
	frame_nest_end(f);
	f->buf[f->nest + 4] = 60;
	frame_msg_end(f);
}

static void lie_hops(struct frame *f)
{
	frame_route(f, RTM_NEWROUTE, AF_INET, net4, 16);
	frame_nest(f, RTA_MULTIPATH);
	for (int i = 0; i <= FPM_HOPS_MAX; i++)
		frame_hop(f, 3, i, 1);
	frame_nest_end(f);
	frame_msg_end(f);
}

static void lie_grp(struct frame *f)
{
	struct nhmsg nhm = { 0 };

	frame_msg(f, RTM_NEWNEXTHOP, &nhm, sizeof(nhm));
	frame_u32(f, NHA_ID, 5);
	frame_attr(f, NHA_GROUP, gw6, 12);
	frame_msg_end(f);
}

static void lie_no_id(struct frame *f)
{
	frame_nexthop(f, 0, 3, 1);
}

static void lie_self(struct frame *f)
{
	const struct nexthop_grp grp = { .id = 20 };

	frame_group(f, 20, &grp, 1);
}

static void test_lies(void)
{
	static const struct lie lies[] = {
		{ "message longer than the frame", "netlink message length 4096", lie_msg_long },
		{ "message shorter than its header", "netlink message length 12", lie_msg_short },
		{ "attribute longer than the message", "attribute length 200", lie_attr_long },
		{ "attribute shorter than its header", "attribute length 3", lie_attr_short },
		{ "prefix of 33 bits", "prefix length 33", lie_prefix },
		{ "prefix with host bits", "bits set beyond", lie_host_bits },
		{ "IPv6 gateway of an IPv4 route", "RTA_GATEWAY has 16 octets", lie_family },
		{ "next hop longer than its list", "next hop length 60", lie_hop },
		{ "too many next hops", "more than 256", lie_hops },
		{ "group of a member and a half", "NHA_GROUP of 12", lie_grp },
		{ "next hop without id", "without an id", lie_no_id },
		{ "group that is its own member", "names member 20", lie_self },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		struct fpm_error err = { 0 };
		struct frame f;

		frame_begin(&f);
		frame_nexthop(&f, 11, 3, 1);
		lies[i].build(&f);
		ok(parse(f.buf, f.len, &err) && !n_seen, "lie: %s",
		   lies[i].what);
		if (!strstr(err.text, lies[i].said))
			printf("# said: %s\n", err.text);
		ok(strstr(err.text, lies[i].said), "and it is named");
	}
}

static void test_unknown(void)
{
	struct fpm_error err;
	struct frame f;

	frame_begin(&f);
	frame_route(&f, RTM_NEWROUTE, AF_INET, net4, 16);
	frame_attr(&f, 200, gw6, 13);
	frame_gw(&f, RTA_GATEWAY, 9);
	frame_u32(&f, RTA_OIF, 3);
	frame_msg_end(&f);
	is(parse(f.buf, f.len, &err), 0, "an unknown attribute is passed over");
	ok(seen[0].n == 1 && gateway_is(&seen[0].hop[0], 9), "and the rest is read");
}

int main(void)
{
	test_reads();
	test_truncated();
	test_one_octet();
	test_header();
	test_lies();
	test_unknown();
	return tap_end();
}

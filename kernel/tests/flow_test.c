// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "engine/flow.h"
#include "tests.h"

#define SEED 0x5eed
#define ROOM 256

/* A packet under construction, in octets. */
struct packet {
	u8 b[ROOM];
	unsigned int len;
};

static const u8 ip4_src[4] = { 192, 0, 2, 1 };
static const u8 ip4_dst[4] = { 198, 51, 100, 7 };
static const u8 ip6_src[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
static const u8 ip6_dst[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 7 };

static void put(struct packet *p, const void *data, unsigned int len)
{
	memcpy(p->b + p->len, data, len);
	p->len += len;
}

static void put16(struct packet *p, u16 v)
{
	__be16 word = htons(v);

	put(p, &word, sizeof(word));
}

/* @options: of the header, in octets; @frag: offset and flags */
static void put_ip4(struct packet *p, u8 proto, u16 frag, u8 options,
		    bool turned)
{
	struct iphdr ip = {
		.version = 4,
		.ihl = 5 + options / 4,
		.ttl = 64,
		.protocol = proto,
		.frag_off = htons(frag),
	};
	static const u8 nop[40] = { [0 ... 39] = 1 };

	memcpy(&ip.saddr, turned ? ip4_dst : ip4_src, 4);
	memcpy(&ip.daddr, turned ? ip4_src : ip4_dst, 4);
	put(p, &ip, sizeof(ip));
	put(p, nop, options);
}

static void put_ip6(struct packet *p, u8 next, bool turned)
{
	struct ipv6hdr ip = { .version = 6, .nexthdr = next, .hop_limit = 64 };

	memcpy(&ip.saddr, turned ? ip6_dst : ip6_src, 16);
	memcpy(&ip.daddr, turned ? ip6_src : ip6_dst, 16);
	put(p, &ip, sizeof(ip));
}

static void put_ports(struct packet *p, u16 sport, u16 dport)
{
	static const u8 rest[4];

	put16(p, sport);
	put16(p, dport);
	put(p, rest, sizeof(rest));
}

static void put_fragment(struct packet *p, u8 next, u16 offset, bool more)
{
	const u8 head[2] = { next };
	static const u8 id[4] = { 1, 2, 3, 4 };

	put(p, head, sizeof(head));
	put16(p, offset | more);
	put(p, id, sizeof(id));
}

static void put_icmp(struct packet *p, u8 type)
{
	const u8 head[8] = { type };

	put(p, head, sizeof(head));
}

static struct flow_key key_of(struct kunit *test, const struct packet *p)
{
	struct sk_buff *skb = alloc_skb(ROOM, GFP_KERNEL);
	struct flow_key key;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_data(skb, p->b, p->len);
	skb_reset_network_header(skb);
	flow_key_skb(&key, skb);
	kfree_skb(skb);
	return key;
}

static struct flow_key key_set(bool v6, bool turned, u8 proto, u16 sport,
			       u16 dport)
{
	struct mesh_addr src, dst;
	struct flow_key key;

	mesh_addr_set(&src, v6 ? ip6_src : ip4_src, v6 ? 16 : 4);
	mesh_addr_set(&dst, v6 ? ip6_dst : ip4_dst, v6 ? 16 : 4);
	if (turned)
		flow_key_set(&key, &dst, &src, proto, sport, dport);
	else
		flow_key_set(&key, &src, &dst, proto, sport, dport);
	return key;
}

static void expect_same(struct kunit *test, const char *what,
			const struct flow_key *a, const struct flow_key *b)
{
	KUNIT_EXPECT_EQ_MSG(test, memcmp(a, b, sizeof(*a)), 0, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, flow_hash(a, SEED), flow_hash(b, SEED), "%s",
			    what);
}

static void expect_packet(struct kunit *test, const char *what,
			  const struct packet *p, struct flow_key want)
{
	struct flow_key key = key_of(test, p);

	expect_same(test, what, &key, &want);
}

static void flow_ip4(struct kunit *test)
{
	struct packet udp = {}, options = {}, echo = {}, cut = {};

	put_ip4(&udp, IPPROTO_UDP, IP_DF, 0, false);
	put_ports(&udp, 1000, 53);
	expect_packet(test, "UDP", &udp,
		      key_set(false, false, IPPROTO_UDP, 1000, 53));

	put_ip4(&options, IPPROTO_TCP, 0, 8, false);
	put_ports(&options, 40000, 443);
	expect_packet(test, "TCP behind options", &options,
		      key_set(false, false, IPPROTO_TCP, 40000, 443));

	put_ip4(&echo, IPPROTO_ICMP, 0, 0, false);
	put_icmp(&echo, 8);
	expect_packet(test, "echo", &echo,
		      key_set(false, false, IPPROTO_ICMP, 7, 7));

	put_ip4(&cut, IPPROTO_UDP, 0, 0, false);
	put16(&cut, 1000);
	expect_packet(test, "ports cut", &cut,
		      key_set(false, false, IPPROTO_UDP, 0, 0));
}

static void flow_ip6(struct kunit *test)
{
	static const u8 hop[8] = { IPPROTO_DSTOPTS }, opts[16] = { IPPROTO_TCP, 1 };
	struct packet udp = {}, ext = {}, atomic = {};

	put_ip6(&udp, IPPROTO_UDP, false);
	put_ports(&udp, 1000, 53);
	expect_packet(test, "UDP", &udp,
		      key_set(true, false, IPPROTO_UDP, 1000, 53));

	put_ip6(&ext, IPPROTO_HOPOPTS, false);
	put(&ext, hop, sizeof(hop));
	put(&ext, opts, sizeof(opts));
	put_ports(&ext, 40000, 443);
	expect_packet(test, "TCP behind two headers", &ext,
		      key_set(true, false, IPPROTO_TCP, 40000, 443));

	put_ip6(&atomic, IPPROTO_FRAGMENT, false);
	put_fragment(&atomic, IPPROTO_UDP, 0, false);
	put_ports(&atomic, 1000, 53);
	expect_packet(test, "the only fragment", &atomic,
		      key_set(true, false, IPPROTO_UDP, 1000, 53));
}

static void flow_fragments(struct kunit *test)
{
	struct packet first4 = {}, later4 = {}, first6 = {}, later6 = {};
	struct flow_key first, later;

	put_ip4(&first4, IPPROTO_UDP, IP_MF, 0, false);
	put_ports(&first4, 1000, 53);
	put_ip4(&later4, IPPROTO_UDP, 185, 0, false);
	put_ports(&later4, 0xdead, 0xbeef);
	first = key_of(test, &first4);
	later = key_of(test, &later4);
	expect_same(test, "IPv4", &first, &later);

	put_ip6(&first6, IPPROTO_FRAGMENT, false);
	put_fragment(&first6, IPPROTO_UDP, 0, true);
	put_ports(&first6, 1000, 53);
	put_ip6(&later6, IPPROTO_FRAGMENT, false);
	put_fragment(&later6, IPPROTO_UDP, 1448, false);
	put_ports(&later6, 0xdead, 0xbeef);
	first = key_of(test, &first6);
	later = key_of(test, &later6);
	expect_same(test, "IPv6", &first, &later);
}

/* A router tells the sender of turned-round packets: it goes as they came. */
static void flow_icmp_errors(struct kunit *test)
{
	struct packet p4 = {}, p6 = {}, part = {}, alien = {};

	put_ip4(&p4, IPPROTO_ICMP, 0, 0, false);
	put_icmp(&p4, 3);
	put_ip4(&p4, IPPROTO_TCP, IP_DF, 4, true);
	put_ports(&p4, 443, 40000);
	expect_packet(test, "IPv4", &p4,
		      key_set(false, false, IPPROTO_TCP, 40000, 443));

	put_ip6(&p6, IPPROTO_ICMPV6, false);
	put_icmp(&p6, 2);
	put_ip6(&p6, IPPROTO_UDP, true);
	put_ports(&p6, 53, 1000);
	expect_packet(test, "IPv6", &p6,
		      key_set(true, false, IPPROTO_UDP, 1000, 53));

	put_ip4(&part, IPPROTO_ICMP, 0, 0, false);
	put_icmp(&part, 11);
	put_ip4(&part, IPPROTO_UDP, IP_MF, 0, true);
	put_ports(&part, 53, 1000);
	expect_packet(test, "about a fragment", &part,
		      key_set(false, false, IPPROTO_UDP, 0, 0));

	put_ip4(&alien, IPPROTO_ICMP, 0, 0, false);
	put_icmp(&alien, 3);
	put_ip6(&alien, IPPROTO_UDP, true);
	expect_packet(test, "about another family", &alien,
		      key_set(false, false, IPPROTO_ICMP, 0, 0));
}

static void flow_differs(struct kunit *test)
{
	const struct flow_key base = key_set(false, false, IPPROTO_UDP, 1, 2);
	const struct flow_key other[] = {
		key_set(false, true, IPPROTO_UDP, 1, 2),
		key_set(false, false, IPPROTO_TCP, 1, 2),
		key_set(false, false, IPPROTO_UDP, 2, 1),
		key_set(false, false, IPPROTO_UDP, 1, 3),
		key_set(true, false, IPPROTO_UDP, 1, 2),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(other); i++)
		KUNIT_EXPECT_NE_MSG(test, flow_hash(&base, SEED),
				    flow_hash(&other[i], SEED), "case %u", i);
	KUNIT_EXPECT_NE(test, flow_hash(&base, SEED),
			flow_hash(&base, SEED + 1));
}

/* Groups pick by the low bits, endpoints by the high ones of a mix. */
static void flow_spread(struct kunit *test)
{
	const unsigned int flows = 16384;
	unsigned int low[16] = {}, high[16] = {}, i;

	for (i = 0; i < flows; i++) {
		struct flow_key key = key_set(false, false, IPPROTO_UDP,
					      1024 + i, 53);
		u32 hash = flow_hash(&key, SEED);

		low[hash & 15]++;
		high[hash >> 28]++;
	}
	for (i = 0; i < 16; i++) {
		KUNIT_EXPECT_GT(test, low[i], flows / 16 * 8 / 10);
		KUNIT_EXPECT_LT(test, low[i], flows / 16 * 12 / 10);
		KUNIT_EXPECT_GT(test, high[i], flows / 16 * 8 / 10);
		KUNIT_EXPECT_LT(test, high[i], flows / 16 * 12 / 10);
	}
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(flow_ip4),
	KUNIT_CASE(flow_ip6),
	KUNIT_CASE(flow_fragments),
	KUNIT_CASE(flow_icmp_errors),
	KUNIT_CASE(flow_differs),
	KUNIT_CASE(flow_spread),
	{}
};

struct kunit_suite flow_test_suite = {
	.name = "flow",
	.test_cases = flow_cases,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * What packets are read as.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "engine/flow.h"
#include "packet.h"
#include "tests.h"
#include "wire/gre_wire.h"

/* The flow of client to server that most cases are about. */
static struct flow udp4(u16 sport, u16 dport)
{
	return plain(layer4(CLIENT, SERVER, IPPROTO_UDP, sport, dport));
}

static void flow_ip4(struct kunit *test)
{
	static const u8 half[] = { 1000 >> 8, 1000 & 0xff };
	struct packet udp = {}, options = {}, echo = {}, cut = {};

	packet_ip4(&udp, CLIENT, SERVER, IPPROTO_UDP, IP_DF, 0);
	packet_ports(&udp, 1000, 53);
	packet_expect(test, "UDP", &udp, udp4(1000, 53));

	packet_ip4(&options, CLIENT, SERVER, IPPROTO_TCP, 0, 8);
	packet_ports(&options, 40000, 443);
	packet_expect(test, "TCP behind options", &options,
		      plain(layer4(CLIENT, SERVER, IPPROTO_TCP, 40000, 443)));

	packet_ip4(&echo, CLIENT, SERVER, IPPROTO_ICMP, 0, 0);
	packet_icmp(&echo, ICMP_ECHO);
	packet_expect(test, "echo", &echo,
		      plain(layer4(CLIENT, SERVER, IPPROTO_ICMP, 7, 7)));

	packet_ip4(&cut, CLIENT, SERVER, IPPROTO_UDP, 0, 0);
	packet_put(&cut, half, sizeof(half));
	packet_expect(test, "ports cut", &cut, udp4(0, 0));
}

static void flow_ip6(struct kunit *test)
{
	static const u8 hop[8] = { IPPROTO_DSTOPTS }, opts[16] = { IPPROTO_TCP, 1 };
	struct packet udp = {}, ext = {}, atomic = {}, label = {};

	packet_ip6(&udp, CLIENT, SERVER, IPPROTO_UDP, 0);
	packet_ports(&udp, 1000, 53);
	packet_expect(test, "UDP", &udp,
		      plain(layer6(CLIENT, SERVER, IPPROTO_UDP, 1000, 53, 0)));

	packet_ip6(&ext, CLIENT, SERVER, IPPROTO_HOPOPTS, 0);
	packet_put(&ext, hop, sizeof(hop));
	packet_put(&ext, opts, sizeof(opts));
	packet_ports(&ext, 40000, 443);
	packet_expect(test, "TCP behind two headers", &ext,
		      plain(layer6(CLIENT, SERVER, IPPROTO_TCP, 40000, 443, 0)));

	packet_ip6(&atomic, CLIENT, SERVER, IPPROTO_FRAGMENT, 0);
	packet_fragment(&atomic, IPPROTO_UDP, 0, false);
	packet_ports(&atomic, 1000, 53);
	packet_expect(test, "the only fragment", &atomic,
		      plain(layer6(CLIENT, SERVER, IPPROTO_UDP, 1000, 53, 0)));

	packet_ip6(&label, CLIENT, SERVER, IPPROTO_UDP, 0xabcde);
	packet_ports(&label, 1000, 53);
	packet_expect(test, "a flow label", &label,
		      plain(layer6(CLIENT, SERVER, IPPROTO_UDP, 1000, 53,
				   0xabcde)));
}

static void flow_fragments(struct kunit *test)
{
	static const u8 hop[8] = { IPPROTO_FRAGMENT };
	struct packet first = {}, later = {}, headers = {};
	struct flow part4 = udp4(0, 0);
	struct flow part6 = plain(layer6(CLIENT, SERVER, IPPROTO_FRAGMENT, 0, 0,
					 0));

	packet_ip4(&first, CLIENT, SERVER, IPPROTO_UDP, IP_MF, 0);
	packet_ports(&first, 1000, 53);
	packet_expect(test, "the first of IPv4", &first, part4);
	packet_ip4(&later, CLIENT, SERVER, IPPROTO_UDP, 185, 0);
	packet_ports(&later, 0xdead, 0xbeef);
	packet_expect(test, "a later one", &later, part4);

	first.len = 0;
	packet_ip6(&first, CLIENT, SERVER, IPPROTO_FRAGMENT, 0);
	packet_fragment(&first, IPPROTO_UDP, 0, true);
	packet_ports(&first, 1000, 53);
	packet_expect(test, "the first of IPv6", &first, part6);
	later.len = 0;
	packet_ip6(&later, CLIENT, SERVER, IPPROTO_FRAGMENT, 0);
	packet_fragment(&later, IPPROTO_UDP, 1448, false);
	packet_ports(&later, 0xdead, 0xbeef);
	packet_expect(test, "a later one", &later, part6);

	/* A later fragment cannot say what the first one's headers end with. */
	packet_ip6(&headers, CLIENT, SERVER, IPPROTO_HOPOPTS, 0);
	packet_put(&headers, hop, sizeof(hop));
	packet_fragment(&headers, IPPROTO_DSTOPTS, 0, true);
	packet_expect(test, "the first, cut in its headers", &headers, part6);
}

/* A router tells the sender of turned-round packets: it goes as they came. */
static void flow_icmp_errors(struct kunit *test)
{
	struct packet p4 = {}, p6 = {}, part = {}, error = {};

	packet_ip4(&p4, ROUTER, SERVER, IPPROTO_ICMP, 0, 0);
	packet_icmp(&p4, ICMP_DEST_UNREACH);
	packet_ip4(&p4, SERVER, CLIENT, IPPROTO_TCP, IP_DF, 4);
	packet_ports(&p4, 443, 40000);
	packet_expect(test, "IPv4", &p4,
		      plain(layer4(CLIENT, SERVER, IPPROTO_TCP, 40000, 443)));

	packet_ip6(&p6, ROUTER, SERVER, IPPROTO_ICMPV6, 0x12345);
	packet_icmp(&p6, ICMPV6_PKT_TOOBIG);
	packet_ip6(&p6, SERVER, CLIENT, IPPROTO_UDP, 0xabcde);
	packet_ports(&p6, 53, 1000);
	packet_expect(test, "IPv6, of the label that was reflected", &p6,
		      plain(layer6(CLIENT, SERVER, IPPROTO_UDP, 1000, 53,
				   0xabcde)));

	packet_ip4(&part, ROUTER, SERVER, IPPROTO_ICMP, 0, 0);
	packet_icmp(&part, ICMP_TIME_EXCEEDED);
	packet_ip4(&part, SERVER, CLIENT, IPPROTO_UDP, IP_MF, 0);
	packet_ports(&part, 53, 1000);
	packet_expect(test, "about a fragment", &part, udp4(0, 0));

	packet_ip4(&error, ROUTER, SERVER, IPPROTO_ICMP, 0, 0);
	packet_icmp(&error, ICMP_DEST_UNREACH);
	packet_ip4(&error, SERVER, CLIENT, IPPROTO_ICMP, 0, 0);
	packet_icmp(&error, ICMP_DEST_UNREACH);
	packet_ip4(&error, ROUTER, SERVER, IPPROTO_UDP, 0, 0);
	packet_ports(&error, 1, 2);
	packet_expect(test, "about an error", &error,
		      plain(layer4(CLIENT, SERVER, IPPROTO_ICMP, 0, 0)));
}

/* What quotes nothing that can be read is a packet like another. */
static void flow_icmp_no_quote(struct kunit *test)
{
	struct flow own = plain(layer4(ROUTER, SERVER, IPPROTO_ICMP, 0, 0));
	struct packet alien = {}, empty = {}, cut = {};

	packet_ip4(&alien, ROUTER, SERVER, IPPROTO_ICMP, 0, 0);
	packet_icmp(&alien, ICMP_DEST_UNREACH);
	packet_ip6(&alien, SERVER, CLIENT, IPPROTO_UDP, 0);
	packet_expect(test, "about another family", &alien, own);

	packet_ip4(&empty, ROUTER, SERVER, IPPROTO_ICMP, 0, 0);
	packet_icmp(&empty, ICMP_DEST_UNREACH);
	packet_expect(test, "about nothing", &empty, own);

	packet_ip4(&cut, ROUTER, SERVER, IPPROTO_ICMP, 0, 0);
	packet_icmp(&cut, ICMP_DEST_UNREACH);
	packet_ip4(&cut, SERVER, CLIENT, IPPROTO_UDP, 0, 0);
	cut.len--;
	packet_expect(test, "about part of a header", &cut, own);
}

static void packet_inner4(struct packet *p)
{
	packet_ip4(p, CLIENT, SERVER, IPPROTO_UDP, 0, 0);
	packet_ports(p, 1000, 53);
}

static void flow_tunnels(struct kunit *test)
{
	struct flow_layer udp = layer4(CLIENT, SERVER, IPPROTO_UDP, 1000, 53);
	struct flow_layer tcp = layer6(CLIENT, SERVER, IPPROTO_TCP, 1, 2, 0xabcde);
	static const u8 frame[12] = { 2, [6] = 4 }, limit[8] = { 4, 0, 4, 1, 4 };
	static const __be16 ip = htons(ETH_P_IP);
	struct packet p;

	p.len = 0;
	packet_ip4(&p, HEAD, TAIL, IPPROTO_IPIP, 0, 4);
	packet_inner4(&p);
	packet_expect(test, "IP in IP", &p,
		      tunnelled(layer4(HEAD, TAIL, IPPROTO_IPIP, 0, 0), udp));

	p.len = 0;
	packet_ip4(&p, HEAD, TAIL, IPPROTO_IPV6, 0, 0);
	packet_ip6(&p, CLIENT, SERVER, IPPROTO_TCP, 0xabcde);
	packet_ports(&p, 1, 2);
	packet_expect(test, "IPv6 in IPv4", &p,
		      tunnelled(layer4(HEAD, TAIL, IPPROTO_IPV6, 0, 0), tcp));

	p.len = 0;
	packet_ip6(&p, HEAD, TAIL, IPPROTO_DSTOPTS, 0);
	packet_put(&p, limit, sizeof(limit));
	packet_inner4(&p);
	packet_expect(test, "IPv4 in IPv6 behind the limit of RFC 2473", &p,
		      tunnelled(layer6(HEAD, TAIL, IPPROTO_IPIP, 0, 0, 0), udp));

	p.len = 0;
	packet_ip4(&p, HEAD, TAIL, IPPROTO_GRE, 0, 0);
	packet_gre(&p, GRE_WIRE_CSUM | GRE_WIRE_KEY | GRE_WIRE_SEQ, ETH_P_IP);
	packet_inner4(&p);
	packet_expect(test, "GRE with all its words", &p,
		      tunnelled(layer4(HEAD, TAIL, IPPROTO_GRE, 0, 0), udp));

	p.len = 0;
	packet_ip4(&p, HEAD, TAIL, IPPROTO_GRE, 0, 0);
	packet_gre(&p, GRE_WIRE_KEY, ETH_P_TEB);
	packet_put(&p, frame, sizeof(frame));
	packet_put(&p, &ip, sizeof(ip));
	packet_inner4(&p);
	packet_expect(test, "a frame in GRE", &p,
		      tunnelled(layer4(HEAD, TAIL, IPPROTO_GRE, 0, 0), udp));
}

static void flow_tunnelled_errors(struct kunit *test)
{
	struct flow_layer udp = layer4(CLIENT, SERVER, IPPROTO_UDP, 1000, 53);
	struct flow_layer outer = layer4(HEAD, TAIL, IPPROTO_GRE, 0, 0);
	struct packet inside = {}, about = {}, twice = {}, part = {};

	packet_ip4(&inside, HEAD, TAIL, IPPROTO_GRE, 0, 0);
	packet_gre(&inside, 0, ETH_P_IP);
	packet_ip4(&inside, ROUTER, SERVER, IPPROTO_ICMP, 0, 0);
	packet_icmp(&inside, ICMP_TIME_EXCEEDED);
	packet_ip4(&inside, SERVER, CLIENT, IPPROTO_UDP, 0, 0);
	packet_ports(&inside, 53, 1000);
	packet_expect(test, "an error in a tunnel", &inside,
		      tunnelled(outer, udp));

	packet_ip4(&about, ROUTER, TAIL, IPPROTO_ICMP, 0, 0);
	packet_icmp(&about, ICMP_DEST_UNREACH);
	packet_ip4(&about, TAIL, HEAD, IPPROTO_GRE, 0, 0);
	packet_gre(&about, 0, ETH_P_IP);
	packet_ip4(&about, SERVER, CLIENT, IPPROTO_UDP, 0, 0);
	packet_ports(&about, 53, 1000);
	packet_expect(test, "an error about a tunnel's packet", &about,
		      tunnelled(outer, udp));

	packet_ip4(&twice, ROUTER, TAIL, IPPROTO_ICMP, 0, 0);
	packet_icmp(&twice, ICMP_DEST_UNREACH);
	packet_ip4(&twice, TAIL, HEAD, IPPROTO_GRE, 0, 0);
	packet_gre(&twice, 0, ETH_P_IP);
	packet_ip4(&twice, SERVER, CLIENT, IPPROTO_ICMP, 0, 0);
	packet_icmp(&twice, ICMP_TIME_EXCEEDED);
	packet_ip4(&twice, ROUTER, SERVER, IPPROTO_UDP, 0, 0);
	packet_ports(&twice, 1, 2);
	packet_expect(test, "an error about an error in a tunnel", &twice,
		      tunnelled(outer, layer4(CLIENT, SERVER, IPPROTO_ICMP, 0, 0)));

	packet_ip4(&part, HEAD, TAIL, IPPROTO_GRE, IP_MF, 0);
	packet_gre(&part, 0, ETH_P_IP);
	packet_inner4(&part);
	packet_expect(test, "a fragment of a tunnel's packet", &part,
		      plain(outer));
	part.len = 0;
	packet_ip4(&part, HEAD, TAIL, IPPROTO_GRE, 0, 0);
	packet_gre(&part, 0, ETH_P_IP);
	packet_ip4(&part, CLIENT, SERVER, IPPROTO_UDP, IP_MF, 0);
	packet_ports(&part, 1000, 53);
	packet_expect(test, "a fragment in a tunnel", &part,
		      tunnelled(outer, layer4(CLIENT, SERVER, IPPROTO_UDP, 0, 0)));
}

/* What is not IP inside, or not all there, is the tunnel's own. */
static void flow_tunnel_unreadable(struct kunit *test)
{
	static const struct {
		const char *what;
		u16 flags;
		u16 proto;
	} gre[] = {
		{ "version 1", 0x2001, ETH_P_IP },
		{ "routing", 0x4000, ETH_P_IP },
		{ "NHRP", 0, GRE_WIRE_NHRP },
		{ "a frame that is cut", 0, ETH_P_TEB },
	};
	struct flow own = plain(layer4(HEAD, TAIL, IPPROTO_GRE, 0, 0));
	struct packet p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gre); i++) {
		p.len = 0;
		packet_ip4(&p, HEAD, TAIL, IPPROTO_GRE, 0, 0);
		packet_gre(&p, gre[i].flags, gre[i].proto);
		if (gre[i].proto != ETH_P_TEB)
			packet_inner4(&p);
		packet_expect(test, gre[i].what, &p, own);
	}
	p.len = 0;
	packet_ip4(&p, HEAD, TAIL, IPPROTO_GRE, 0, 0);
	packet_gre(&p, 0, ETH_P_IP);
	packet_ip4(&p, CLIENT, SERVER, IPPROTO_UDP, 0, 0);
	p.len--;
	packet_expect(test, "part of a header inside", &p, own);
}

/* As deep as it goes, and not a packet deeper. */
static void flow_tunnel_depth(struct kunit *test)
{
	struct flow_layer outer = layer4(HEAD, TAIL, IPPROTO_IPIP, 0, 0);
	struct flow_layer udp = layer4(CLIENT, SERVER, IPPROTO_UDP, 1000, 53);
	unsigned int depth, i;
	struct packet p;

	for (depth = 1; depth <= 8; depth++) {
		p.len = 0;
		for (i = 0; i < depth; i++)
			packet_ip4(&p, HEAD, TAIL, IPPROTO_IPIP, 0, 0);
		packet_inner4(&p);
		packet_expect(test, depth <= 4 ? "deep" : "too deep", &p,
			      tunnelled(outer, depth <= 4 ? udp : outer));
	}
}

static void packet_scramble(struct packet *p, u32 *state)
{
	unsigned int n;

	for (n = 0; n < 3; n++) {
		*state = *state * 1664525 + 1013904223;
		p->b[(*state >> 8) % p->len] ^= *state >> 24;
	}
	/* What is not IP is dropped before anybody looks for its flow. */
	p->b[0] = *state & 0x80 ? 0x45 : 0x60;
}

/* Nothing that is cut or scrambled is read beyond its end, or without end. */
static void flow_hostile(struct kunit *test)
{
	struct packet whole = {}, p;
	unsigned int i, k;
	u32 state = 1;

	packet_ip6(&whole, ROUTER, TAIL, IPPROTO_ICMPV6, 7);
	packet_icmp(&whole, ICMPV6_PKT_TOOBIG);
	packet_ip6(&whole, TAIL, HEAD, IPPROTO_GRE, 8);
	packet_gre(&whole, GRE_WIRE_KEY, ETH_P_IP);
	packet_ip4(&whole, TAIL, HEAD, IPPROTO_IPV6, 0, 12);
	packet_ip6(&whole, CLIENT, SERVER, IPPROTO_FRAGMENT, 9);
	packet_fragment(&whole, IPPROTO_UDP, 0, false);
	packet_ports(&whole, 1000, 53);
	for (i = sizeof(struct ipv6hdr); i <= whole.len; i++) {
		p = whole;
		p.len = i;
		packet_flow(test, &p);
		for (k = 0; k < 50; k++) {
			p = whole;
			p.len = i;
			packet_scramble(&p, &state);
			packet_flow(test, &p);
		}
	}
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(flow_ip4),
	KUNIT_CASE(flow_ip6),
	KUNIT_CASE(flow_fragments),
	KUNIT_CASE(flow_icmp_errors),
	KUNIT_CASE(flow_icmp_no_quote),
	KUNIT_CASE(flow_tunnels),
	KUNIT_CASE(flow_tunnelled_errors),
	KUNIT_CASE(flow_tunnel_unreadable),
	KUNIT_CASE(flow_tunnel_depth),
	KUNIT_CASE(flow_hostile),
	{}
};

struct kunit_suite flow_test_suite = {
	.name = "flow",
	.test_cases = flow_cases,
};

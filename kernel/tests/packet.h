/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites of the flow hash share: packets built header by header, and
 * the flows that they are read as.
 */
#ifndef _MESH_TESTS_PACKET_H
#define _MESH_TESTS_PACKET_H

#include <kunit/test.h>

#include "engine/flow.h"

#define PACKET_ROOM 256
#define PACKET_SEED 0x5eed

/* Who speaks; each has an address of either family. */
enum speaker {
	CLIENT,
	SERVER,
	HEAD,	/* one end of a tunnel between them */
	TAIL,	/* and the other */
	ROUTER,
};

/* A packet under construction, in octets. */
struct packet {
	u8 b[PACKET_ROOM];
	unsigned int len;
};

void packet_put(struct packet *p, const void *data, unsigned int len);
/* @frag: offset and flags; @options: of the header, in octets */
void packet_ip4(struct packet *p, enum speaker from, enum speaker to, u8 proto,
		u16 frag, u8 options);
void packet_ip6(struct packet *p, enum speaker from, enum speaker to, u8 next,
		u32 label);
void packet_ports(struct packet *p, u16 sport, u16 dport);
void packet_fragment(struct packet *p, u8 next, u16 offset, bool more);
void packet_icmp(struct packet *p, u8 type);
/* @flags: as on the wire; the words that they promise are zero. */
void packet_gre(struct packet *p, u16 flags, u16 proto);

/*
 * What a packet is read as, with what is in tunnels; and its hash.  Read twice,
 * in one piece and with most of it in a page; must be the same.
 */
struct flow packet_flow(struct kunit *test, const struct packet *p);
u32 packet_hash(struct kunit *test, const struct flow_policy *policy,
		const struct packet *p);

/* What a user may set, one of each kind. */
#define PACKET_POLICIES 7
extern const struct flow_policy packet_policies[PACKET_POLICIES];

/* It is read as @want, and under each policy has the hash of that. */
void packet_expect(struct kunit *test, const char *what, const struct packet *p,
		   struct flow want);

static inline struct mesh_addr node4(enum speaker n)
{
	struct mesh_addr a;

	mesh_addr_from_ip4(&a, cpu_to_be32(0xc6336401 + n));
	return a;
}

static inline struct mesh_addr node6(enum speaker n)
{
	return (struct mesh_addr) {
		.len = 16,
		.b = { 0x20, 0x01, 0x0d, 0xb8, [15] = n + 1 },
	};
}

static inline struct flow_layer layer4(enum speaker from, enum speaker to,
				       u8 proto, u16 sport, u16 dport)
{
	struct mesh_addr src = node4(from), dst = node4(to);
	struct flow_layer layer;

	flow_layer_set(&layer, &src, &dst, proto, sport, dport, 0);
	return layer;
}

static inline struct flow_layer layer6(enum speaker from, enum speaker to,
				       u8 proto, u16 sport, u16 dport,
				       u32 label)
{
	struct mesh_addr src = node6(from), dst = node6(to);
	struct flow_layer layer;

	flow_layer_set(&layer, &src, &dst, proto, sport, dport, label);
	return layer;
}

static inline struct flow tunnelled(struct flow_layer own,
				    struct flow_layer inner)
{
	return (struct flow) { .own = own, .inner = inner };
}

/* A flow without a tunnel. */
static inline struct flow plain(struct flow_layer layer)
{
	return tunnelled(layer, layer);
}

#endif

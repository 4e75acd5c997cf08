// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ipv6.h>

#include "packet.h"
#include "wire/gre_wire.h"

#define INNER_L4 (FLOW_L4 << FLOW_INNER_SHIFT)
#define LABELS (MESH_HASH_FIELDS_FLOWLABEL | MESH_HASH_FIELDS_INNER_FLOWLABEL)

const struct flow_policy packet_policies[PACKET_POLICIES] = {
	{ .seed = PACKET_SEED, .fields = FLOW_L4 },
	{ .seed = PACKET_SEED, .fields = FLOW_L4, .symmetric = true },
	{
		.seed = PACKET_SEED,
		.fields = MESH_HASH_FIELDS_SRC | MESH_HASH_FIELDS_DST,
	},
	{ .seed = PACKET_SEED, .fields = MESH_HASH_FIELDS_SRC },
	{ .seed = PACKET_SEED, .fields = INNER_L4 },
	{ .seed = PACKET_SEED, .fields = FLOW_L4 | INNER_L4, .symmetric = true },
	{ .seed = PACKET_SEED, .fields = FLOW_L4 | INNER_L4 | LABELS },
};

void packet_put(struct packet *p, const void *data, unsigned int len)
{
	if (WARN_ON(p->len + len > sizeof(p->b)))
		return;
	memcpy(p->b + p->len, data, len);
	p->len += len;
}

static void put16(struct packet *p, u16 v)
{
	__be16 word = htons(v);

	packet_put(p, &word, sizeof(word));
}

void packet_ip4(struct packet *p, enum speaker from, enum speaker to, u8 proto,
		u16 frag, u8 options)
{
	struct mesh_addr src = node4(from), dst = node4(to);
	struct iphdr ip = {
		.version = 4,
		.ihl = 5 + options / 4,
		.ttl = 64,
		.protocol = proto,
		.frag_off = htons(frag),
	};
	static const u8 nop[40] = { [0 ... 39] = 1 };

	memcpy(&ip.saddr, src.b, 4);
	memcpy(&ip.daddr, dst.b, 4);
	packet_put(p, &ip, sizeof(ip));
	packet_put(p, nop, options);
}

void packet_ip6(struct packet *p, enum speaker from, enum speaker to, u8 next,
		u32 label)
{
	struct mesh_addr src = node6(from), dst = node6(to);
	struct ipv6hdr ip = { .nexthdr = next, .hop_limit = 64 };

	ip6_flow_hdr(&ip, 0xb8, htonl(label));
	memcpy(&ip.saddr, src.b, 16);
	memcpy(&ip.daddr, dst.b, 16);
	packet_put(p, &ip, sizeof(ip));
}

void packet_ports(struct packet *p, u16 sport, u16 dport)
{
	static const u8 rest[4];

	put16(p, sport);
	put16(p, dport);
	packet_put(p, rest, sizeof(rest));
}

void packet_fragment(struct packet *p, u8 next, u16 offset, bool more)
{
	const u8 head[2] = { next };
	static const u8 id[4] = { 1, 2, 3, 4 };

	packet_put(p, head, sizeof(head));
	put16(p, offset | more);
	packet_put(p, id, sizeof(id));
}

void packet_icmp(struct packet *p, u8 type)
{
	const u8 head[8] = { type };

	packet_put(p, head, sizeof(head));
}

void packet_gre(struct packet *p, u16 flags, u16 proto)
{
	static const u8 words[GRE_WIRE_MAX];

	put16(p, flags);
	put16(p, proto);
	packet_put(p, words, gre_wire_flags_len(flags) - GRE_WIRE_MIN);
}

/* @head: octets in the linear part, the others are in a page */
static struct sk_buff *skb_of(struct kunit *test, const struct packet *p,
			      unsigned int head)
{
	struct sk_buff *skb;
	int err;

	head = min(head, p->len);
	skb = alloc_skb_with_frags(head, p->len - head, 0, &err, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put(skb, head);
	skb->data_len = p->len - head;
	skb->len = p->len;
	KUNIT_ASSERT_EQ(test, skb_store_bits(skb, 0, p->b, p->len), 0);
	skb_reset_network_header(skb);
	return skb;
}

struct flow packet_flow(struct kunit *test, const struct packet *p)
{
	struct sk_buff *whole = skb_of(test, p, PACKET_ROOM);
	struct sk_buff *paged = skb_of(test, p, sizeof(struct ipv6hdr));
	struct flow flow, same;

	flow_read(&flow, whole, true);
	flow_read(&same, paged, true);
	KUNIT_EXPECT_EQ(test, memcmp(&flow, &same, sizeof(flow)), 0);
	kfree_skb(whole);
	kfree_skb(paged);
	return flow;
}

u32 packet_hash(struct kunit *test, const struct flow_policy *policy,
		const struct packet *p)
{
	struct sk_buff *whole = skb_of(test, p, PACKET_ROOM);
	struct sk_buff *paged = skb_of(test, p, sizeof(struct ipv6hdr));
	u32 hash = flow_hash_skb(policy, whole);

	KUNIT_EXPECT_EQ(test, hash, flow_hash_skb(policy, paged));
	kfree_skb(whole);
	kfree_skb(paged);
	return hash;
}

void packet_expect(struct kunit *test, const char *what, const struct packet *p,
		   struct flow want)
{
	struct flow flow = packet_flow(test, p);
	unsigned int i;

	KUNIT_EXPECT_EQ_MSG(test, memcmp(&flow, &want, sizeof(flow)), 0, "%s",
			    what);
	for (i = 0; i < PACKET_POLICIES; i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    packet_hash(test, &packet_policies[i], p),
				    flow_hash(&packet_policies[i], &want),
				    "%s, policy %u", what, i);
}

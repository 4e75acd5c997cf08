// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "flow.h"
#include "wire/gre_wire.h"

/* Tunnels in tunnels that are looked into; nobody nests deeper but in malice. */
#define DEPTH_MAX 4

#define OWN_FIELDS (BIT(FLOW_INNER_SHIFT) - 1)

static_assert(MESH_HASH_FIELDS_INNER_SRC ==
	      MESH_HASH_FIELDS_SRC << FLOW_INNER_SHIFT);
static_assert(MESH_HASH_FIELDS_INNER_DPORT ==
	      MESH_HASH_FIELDS_DPORT << FLOW_INNER_SHIFT);

static bool has_ports(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	return false;
}

void flow_layer_set(struct flow_layer *layer, const struct mesh_addr *src,
		    const struct mesh_addr *dst, u8 proto, u16 sport, u16 dport,
		    u32 label)
{
	struct flow_key *key = &layer->key;

	memset(layer, 0, sizeof(*layer));
	memcpy(key->src, src->b, sizeof(key->src));
	memcpy(key->dst, dst->b, sizeof(key->dst));
	key->len = dst->len;
	key->proto = proto;
	if (has_ports(proto)) {
		key->sport = htons(sport);
		key->dport = htons(dport);
	}
	if (dst->len == 16)
		layer->label = htonl(label) & IPV6_FLOWLABEL_MASK;
}

static void key_ports(struct flow_key *key, const struct sk_buff *skb,
		      int offset)
{
	__be16 buf[2];
	const __be16 *ports;

	if (!has_ports(key->proto))
		return;
	ports = skb_header_pointer(skb, offset, sizeof(buf), buf);
	if (!ports)
		return;
	key->sport = ports[0];
	key->dport = ports[1];
}

/*
 * Fills the key from the header at @offset.  Returns where the transport
 * header is; or -1 where there is none to look at: later fragments have none,
 * so the first one's does not count either.
 */
static int key_ip4(struct flow_key *key, const struct sk_buff *skb, int offset)
{
	struct iphdr buf;
	const struct iphdr *ip = skb_header_pointer(skb, offset, sizeof(buf),
						    &buf);

	if (!ip || ip->ihl < 5)
		return -1;
	memcpy(key->src, &ip->saddr, sizeof(ip->saddr));
	memcpy(key->dst, &ip->daddr, sizeof(ip->daddr));
	key->proto = ip->protocol;
	if (ip_is_fragment(ip))
		return -1;
	return offset + ip->ihl * 4;
}

static int key_ip6(struct flow_key *key, const struct sk_buff *skb, int offset)
{
	struct ipv6hdr buf;
	const struct ipv6hdr *ip = skb_header_pointer(skb, offset, sizeof(buf),
						      &buf);
	__be16 fragment;
	u8 next;

	if (!ip)
		return -1;
	memcpy(key->src, &ip->saddr, sizeof(ip->saddr));
	memcpy(key->dst, &ip->daddr, sizeof(ip->daddr));
	next = ip->nexthdr;
	offset = ipv6_skip_exthdr(skb, offset + sizeof(*ip), &next, &fragment);
	if (fragment) {
		/* Only the first one could tell what is behind the header. */
		key->proto = NEXTHDR_FRAGMENT;
		return -1;
	}
	key->proto = next;
	return offset;
}

/* @len: octets of an address */
static int key_ip(struct flow_key *key, const struct sk_buff *skb, u8 len,
		  int offset)
{
	memset(key, 0, sizeof(*key));
	key->len = len;
	return len == 4 ? key_ip4(key, skb, offset) : key_ip6(key, skb, offset);
}

static bool is_icmp(const struct flow_key *key)
{
	return key->proto == (key->len == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

static bool is_error(const struct flow_key *key, const struct sk_buff *skb,
		     int offset)
{
	u8 buf;
	const u8 *type = skb_header_pointer(skb, offset, sizeof(buf), &buf);

	if (!type)
		return false;
	if (key->len == 16)
		return !(*type & ICMPV6_INFOMSG_MASK);
	return *type == ICMP_DEST_UNREACH || *type == ICMP_SOURCE_QUENCH ||
	       *type == ICMP_REDIRECT || *type == ICMP_TIME_EXCEEDED ||
	       *type == ICMP_PARAMETERPROB;
}

static void key_reverse(struct flow_key *key)
{
	u8 addr[MESH_ADDR_MAX];

	memcpy(addr, key->src, sizeof(addr));
	memcpy(key->src, key->dst, sizeof(addr));
	memcpy(key->dst, addr, sizeof(addr));
	swap(key->sport, key->dport);
}

/* Octets of an address of the IP header at an offset; 0 where none is, or not all. */
static u8 family_at(const struct sk_buff *skb, int offset)
{
	u8 buf;
	const u8 *first = skb_header_pointer(skb, offset, sizeof(buf), &buf);

	if (!first)
		return 0;
	if (*first >> 4 == 4 && (*first & 15) >= 5 &&
	    skb->len >= offset + sizeof(struct iphdr))
		return 4;
	if (*first >> 4 == 6 && skb->len >= offset + sizeof(struct ipv6hdr))
		return 16;
	return 0;
}

/*
 * The key of the packet at @head; or, where that is an ICMP error, of the packet
 * that it quotes behind eight octets of either ICMP, and then @head is moved there
 * and all that follows is @turned round.  Returns what key_ip() does.  Inlined so
 * that who looks at nothing more pays for nothing more.
 */
static __always_inline int key_read(struct flow_key *key,
				    const struct sk_buff *skb, u8 len,
				    int *head, bool *turned)
{
	int offset = key_ip(key, skb, len, *head), quoted;

	if (offset >= 0 && !*turned && is_icmp(key) &&
	    is_error(key, skb, offset)) {
		quoted = offset + sizeof(struct icmphdr);
		if (family_at(skb, quoted) == len) {
			*head = quoted;
			*turned = true;
			offset = key_ip(key, skb, len, quoted);
		}
	}
	if (offset >= 0)
		key_ports(key, skb, offset);
	if (*turned)
		key_reverse(key);
	return offset;
}

static int layer_read(struct flow_layer *layer, const struct sk_buff *skb,
		      u8 len, int *head, bool *turned)
{
	int offset = key_read(&layer->key, skb, len, head, turned);
	__be32 buf;
	const __be32 *word;

	layer->label = 0;
	if (len != 16)
		return offset;
	word = skb_header_pointer(skb, *head, sizeof(buf), &buf);
	if (word)
		layer->label = *word & IPV6_FLOWLABEL_MASK;
	return offset;
}

/* What is behind a GRE header, or -1 where it is no IP packet, nor a frame of one. */
static int inside_gre(const struct sk_buff *skb, int offset)
{
	struct gre_wire_base buf;
	const struct gre_wire_base *gre = skb_header_pointer(skb, offset,
							     sizeof(buf), &buf);
	u16 flags, proto;
	__be16 tbuf;
	const __be16 *type;

	if (!gre)
		return -1;
	flags = ntohs(gre->flags);
	proto = ntohs(gre->proto);
	if (flags & (GRE_WIRE_VERSION | GRE_WIRE_ROUTING))
		return -1;
	offset += gre_wire_flags_len(flags);
	if (proto == ETH_P_TEB) {
		type = skb_header_pointer(skb, offset + 2 * ETH_ALEN,
					  sizeof(tbuf), &tbuf);
		if (!type)
			return -1;
		proto = ntohs(*type);
		offset += ETH_HLEN;
	}
	return proto == ETH_P_IP || proto == ETH_P_IPV6 ? offset : -1;
}

/* Where the packet inside of a tunnel begins, or -1. */
static int inside(u8 proto, const struct sk_buff *skb, int offset)
{
	switch (proto) {
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
		return offset;
	case IPPROTO_GRE:
		return inside_gre(skb, offset);
	}
	return -1;
}

static u8 packet_family(const struct sk_buff *skb)
{
	return ip_hdr(skb)->version == 4 ? 4 : 16;
}

void flow_read(struct flow *flow, const struct sk_buff *skb, bool deep)
{
	int head = skb_network_offset(skb), offset;
	unsigned int left = deep ? DEPTH_MAX : 0;
	u8 len = packet_family(skb);
	bool turned = false;

	offset = layer_read(&flow->own, skb, len, &head, &turned);
	flow->inner = flow->own;
	while (left-- && offset >= 0) {
		head = inside(flow->inner.key.proto, skb, offset);
		len = head < 0 ? 0 : family_at(skb, head);
		if (!len)
			return;
		offset = layer_read(&flow->inner, skb, len, &head, &turned);
	}
}

static bool is_plain(const struct flow_policy *policy)
{
	return policy->fields == FLOW_L4 && !policy->symmetric;
}

static u32 key_hash(const struct flow_key *key, u32 seed)
{
	return jhash2((const u32 *)key, sizeof(*key) / sizeof(u32), seed);
}

/* Of the two directions of a flow the one that is not hashed as it is. */
static bool is_backward(const struct flow_key *key)
{
	int order = memcmp(key->src, key->dst, sizeof(key->src));

	return order > 0 || (!order && ntohs(key->sport) > ntohs(key->dport));
}

static u32 layer_hash(const struct flow_layer *layer, u32 fields,
		      bool symmetric, u32 seed)
{
	struct flow_layer l = *layer;

	if (!(fields & MESH_HASH_FIELDS_SRC))
		memset(l.key.src, 0, sizeof(l.key.src));
	if (!(fields & MESH_HASH_FIELDS_DST))
		memset(l.key.dst, 0, sizeof(l.key.dst));
	if (!(fields & MESH_HASH_FIELDS_PROTO))
		l.key.proto = 0;
	if (!(fields & MESH_HASH_FIELDS_FLOWLABEL))
		l.label = 0;
	if (!(fields & MESH_HASH_FIELDS_SPORT))
		l.key.sport = 0;
	if (!(fields & MESH_HASH_FIELDS_DPORT))
		l.key.dport = 0;
	if (symmetric && is_backward(&l.key))
		key_reverse(&l.key);
	return jhash2((const u32 *)&l, sizeof(l) / sizeof(u32), seed);
}

u32 flow_hash(const struct flow_policy *policy, const struct flow *flow)
{
	u32 own = policy->fields & OWN_FIELDS, hash = policy->seed;
	u32 inner = policy->fields >> FLOW_INNER_SHIFT;

	if (is_plain(policy))
		return key_hash(&flow->own.key, hash);
	if (own)
		hash = layer_hash(&flow->own, own, policy->symmetric, hash);
	if (inner)
		hash = layer_hash(&flow->inner, inner, policy->symmetric, hash);
	return hash;
}

/* Apart, for it takes more of the stack. */
static noinline u32 hash_chosen(const struct flow_policy *policy,
				const struct sk_buff *skb)
{
	struct flow flow;

	flow_read(&flow, skb, policy->fields & ~OWN_FIELDS);
	return flow_hash(policy, &flow);
}

u32 flow_hash_skb(const struct flow_policy *policy, const struct sk_buff *skb)
{
	int head = skb_network_offset(skb);
	struct flow_key key;
	bool turned = false;

	if (!is_plain(policy))
		return hash_chosen(policy, skb);
	key_read(&key, skb, packet_family(skb), &head, &turned);
	return key_hash(&key, policy->seed);
}

static bool is_paired(u32 fields)
{
	return !(fields & MESH_HASH_FIELDS_SRC) ==
		       !(fields & MESH_HASH_FIELDS_DST) &&
	       !(fields & MESH_HASH_FIELDS_SPORT) ==
		       !(fields & MESH_HASH_FIELDS_DPORT);
}

const char *flow_policy_fault(const struct flow_policy *policy)
{
	u32 inner = policy->fields >> FLOW_INNER_SHIFT;

	if (!policy->fields)
		return "the flow hash needs a field";
	if (!policy->symmetric)
		return NULL;
	if (!is_paired(policy->fields) || !is_paired(inner))
		return "a symmetric hash has source and destination, or neither";
	if ((policy->fields | inner) & MESH_HASH_FIELDS_FLOWLABEL)
		return "a symmetric hash has no flow label, each direction has its own";
	return NULL;
}

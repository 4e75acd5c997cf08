/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which flow a packet belongs to, and a hash of that.
 */
#ifndef _MESH_FLOW_H
#define _MESH_FLOW_H

#include <linux/types.h>
#include <uapi/linux/mesh.h>

#include "wire/addr.h"

struct sk_buff;

/**
 * struct flow_key - what makes two packets one flow
 * @src: address, octets past its length zero
 * @dst: the same
 * @sport: port, 0 where there is none
 * @dport: the same
 * @proto: of the transport header
 * @len: octets of an address, 4 or 16
 * @pad: zero
 *
 * Has no holes: the whole of it is hashed.
 */
struct flow_key {
	u8 src[MESH_ADDR_MAX];
	u8 dst[MESH_ADDR_MAX];
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 len;
	u16 pad;
} __aligned(sizeof(u32));
_Static_assert(sizeof(struct flow_key) == 40, "flow key");

/**
 * struct flow_layer - a packet's headers, or those of one inside of it
 * @key: addresses, protocol, ports
 * @label: IPv6 flow label; 0 in IPv4
 *
 * Has no holes: the whole of it is hashed.
 */
struct flow_layer {
	struct flow_key key;
	__be32 label;
};
_Static_assert(sizeof(struct flow_layer) == 44, "flow layer");

/**
 * struct flow - all of a packet that its hash may be made of
 * @own: its headers
 * @inner: those of the packet inside of all tunnels; without one, @own again
 *
 * An ICMP error has the headers of the packets it is about, turned round.
 */
struct flow {
	struct flow_layer own;
	struct flow_layer inner;
};

/* The fields of struct flow's @inner are those of @own, so many bits on. */
#define FLOW_INNER_SHIFT 6

#define FLOW_L4 (MESH_HASH_FIELDS_SRC | MESH_HASH_FIELDS_DST |		\
		 MESH_HASH_FIELDS_PROTO | MESH_HASH_FIELDS_SPORT |	\
		 MESH_HASH_FIELDS_DPORT)

/**
 * struct flow_policy - how a device makes a hash of a flow
 * @seed: nodes one behind the other need different ones, or all flows that one of
 *	them gave to one member go to one member of the next
 * @fields: mask of enum mesh_hash_fields
 * @symmetric: a flow and its answers have the same
 */
struct flow_policy {
	u32 seed;
	u32 fields;
	bool symmetric;
};

/* What is wrong with a policy, or NULL. */
const char *flow_policy_fault(const struct flow_policy *policy);

/* Ports and label in host order; ports count only for protocols that have them. */
void flow_layer_set(struct flow_layer *layer, const struct mesh_addr *src,
		    const struct mesh_addr *dst, u8 proto, u16 sport, u16 dport,
		    u32 label);

/*
 * The flow of an IPv4 or IPv6 packet at its network header, of which the fixed
 * header is in the linear part.  All fragments of a datagram are of the same.
 * @deep: look into tunnels: IP in IP and GRE.  Those over UDP (VXLAN, Geneve, GRE)
 * have a hash of what is inside as source port, and there is no knowing them but
 * by a port that anybody may use.
 */
void flow_read(struct flow *flow, const struct sk_buff *skb, bool deep);

u32 flow_hash(const struct flow_policy *policy, const struct flow *flow);
/* The same of a packet, as flow_read() has it. */
u32 flow_hash_skb(const struct flow_policy *policy, const struct sk_buff *skb);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which flow a packet belongs to, and a hash of that.
 */
#ifndef _MESH_FLOW_H
#define _MESH_FLOW_H

#include <linux/jhash.h>
#include <linux/types.h>

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

/* Ports in host order; they count only for protocols that have them. */
void flow_key_set(struct flow_key *key, const struct mesh_addr *src,
		  const struct mesh_addr *dst, u8 proto, u16 sport, u16 dport);

/*
 * The key of an IPv4 or IPv6 packet at its network header, of which the fixed
 * header is in the linear part.  Every fragment of a datagram has the same
 * key, and an ICMP error that of the packets it is about, turned round.
 */
void flow_key_skb(struct flow_key *key, const struct sk_buff *skb);

static inline u32 flow_hash(const struct flow_key *key, u32 seed)
{
	return jhash2((const u32 *)key, sizeof(*key) / sizeof(u32), seed);
}

#endif

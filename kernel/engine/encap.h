/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Encapsulation: the outer route of each endpoint, the headers, the path MTU.
 */
#ifndef _MESH_ENCAP_H
#define _MESH_ENCAP_H

#include <net/dst_cache.h>

#include "compat.h"
#include "mesh.h"

struct outer_way;

/**
 * struct encap_route - the datapath's part of an endpoint
 * @cache: outer route, a processor each
 */
struct encap_route {
	struct dst_cache cache;
};

/* For struct endpoint_ops. */
int encap_endpoint_init(struct endpoint *ep, void *ctx);
void encap_endpoint_free(struct rcu_head *rcu);

/*
 * Whether a packet, or each one that it is to be cut into, has no more octets than
 * that; at its network header, with its transport header set.
 */
static inline bool encap_fits(const struct sk_buff *skb, unsigned int mtu)
{
	return skb_is_gso(skb) ? skb_gso_validate_network_len(skb, mtu) :
				 skb->len <= mtu;
}

/* Forgets every cached route; with the writer lock. */
void encap_reset(struct mesh_dev *mesh);

/*
 * Sends an inner packet, at its network header, to an endpoint; takes @skb and
 * counts it for the peer.  @flow is the hash of its flow, of use where
 * outer_shows_flow().  True if it went.  RCU, bottom halves off.
 */
bool encap_xmit(struct mesh_dev *mesh, struct sk_buff *skb,
		struct endpoint *ep, u32 flow);

/**
 * struct encap_info - how packets to an endpoint leave
 * @source: outer source address
 * @oif: underlay device
 * @mtu: largest inner packet
 */
struct encap_info {
	struct mesh_addr source;
	u32 oif;
	u32 mtu;
};

/* 0 or -errno; RCU, bottom halves off. */
int encap_info(struct mesh_dev *mesh, struct endpoint *ep,
	       struct encap_info *info);

/*
 * Sends an NHRP packet to an underlay address, whether it is a peer's or not;
 * 0 or -errno.  Process context, @buf stays the caller's.
 */
int encap_xmit_nhrp(struct mesh_dev *mesh, const struct mesh_addr *nbma,
		    const void *buf, size_t len);

/*
 * Sends a control packet of a payload protocol from one of the own underlay
 * addresses to an endpoint; 0 or -errno.  It goes where data without a source of
 * its own goes, by @route, which is the caller's, for that endpoint alone, and
 * encap_reset() does not know of it; or (NULL) where packets from @source go.
 * RCU, bottom halves off.
 */
int encap_xmit_from(struct mesh_dev *mesh, const struct mesh_addr *source,
		    const struct mesh_addr *nbma, struct encap_route *route,
		    u16 proto, const void *buf, size_t len);

/*
 * The own underlay address that NHRP packets to @to carry; false where there is no
 * route.  Process context.
 */
bool encap_source(struct mesh_dev *mesh, const struct mesh_addr *to,
		  struct mesh_addr *source);
/* The same as the route has it, whatever is lent. */
bool encap_route_source(struct mesh_dev *mesh, const struct mesh_addr *to,
			struct mesh_addr *source);

/* Whether packets go in UDP to that address and port of an endpoint.  RCU. */
bool encap_sends_udp(const struct mesh_encap *e, const struct mesh_addr *to);

/*
 * An ICMP error has told the MTU of the path of the quoted packet.  @skb is the
 * caller's own, its data starts at the quoted outer header, which is in the linear
 * part, and it is good for nothing but freeing afterwards.  RCU, bottom halves off.
 */
void encap_learn_mtu(const struct mesh_encap *e, const struct outer_way *quoted,
		     struct sk_buff *skb, u32 mtu);

#endif

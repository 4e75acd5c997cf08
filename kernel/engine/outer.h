/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The outer packet, of either family: its route and its header.
 */
#ifndef _MESH_OUTER_H
#define _MESH_OUTER_H

#include <linux/in6.h>
#include <net/dst_cache.h>

#include "mesh.h"
#include "wire/gre_wire.h"
#include "wire/udp_wire.h"

union outer_addr {
	__be32 ip4;
	struct in6_addr ip6;
};

/**
 * struct outer - what goes into an outer header
 * @dst: where the packet goes, with a reference
 * @family: of the underlay
 * @saddr: source
 * @daddr: destination
 * @flow: hash of the inner flow, for those that part flows underway, or 0
 * @proto: ethertype of the payload
 * @sport: UDP port that it leaves from, 0 for one that @flow has
 * @dport: UDP port that it goes to, 0 for GRE without UDP
 * @tos: as it goes out
 * @ttl: as it goes out
 * @df: nobody may cut it, this host included
 */
struct outer {
	struct dst_entry *dst;
	enum mesh_family family;
	union outer_addr saddr;
	union outer_addr daddr;
	u32 flow;
	u16 proto;
	u16 sport;
	u16 dport;
	u8 tos;
	u8 ttl;
	bool df;
};

/* The UDP port that packets to an underlay address go to; 0 without UDP. */
static inline u16 outer_port(const struct mesh_encap *e,
			     const struct mesh_addr *to)
{
	if (to->wrap == MESH_WRAP_GRE ||
	    (to->wrap == MESH_WRAP_DEVICE && !e->udp))
		return 0;
	return to->port ? to->port : UDP_WIRE_GRE;
}

/* Whether packets there show outside which flow they are of. */
static inline bool outer_shows_flow(const struct mesh_encap *e,
				    const struct mesh_addr *to)
{
	return mesh_family(to) == MESH_IP6 || outer_port(e, to);
}

/* Octets that the outer headers take. */
static inline unsigned int outer_len(const struct mesh_encap *e,
				     const struct outer *o)
{
	return (o->family == MESH_IP6 ? 40 : 20) +
	       (o->dport ? UDP_WIRE_LEN : 0) + gre_wire_len(e->has_key);
}

/**
 * struct outer_way - what the route of an outer packet is looked up by
 * @to: destination, and how packets there are wrapped
 * @from: one of our addresses; NULL: the device's, or whichever the route has
 * @tos: of the packet
 * @control: no data: in UDP it leaves from the port that answers are taken at
 */
struct outer_way {
	const struct mesh_addr *to;
	const struct mesh_addr *from;
	u8 tos;
	bool control;
};

/*
 * Fills @o's route, family, addresses and ports for packets that go that way; 0
 * or -errno.  RCU.
 */
int outer_route(struct mesh_dev *mesh, const struct mesh_encap *e,
		const struct outer_way *way, struct outer *o);
/* The same by a cache of that way alone; bottom halves off. */
int outer_route_cached(struct mesh_dev *mesh, const struct mesh_encap *e,
		       const struct outer_way *way, struct dst_cache *cache,
		       struct outer *o);

static inline void outer_source(const struct outer *o, struct mesh_addr *source)
{
	mesh_addr_set(source, &o->saddr, o->family == MESH_IP6 ? 16 : 4);
}

/*
 * Wraps a packet, at its network header, and sends it: takes the route's
 * reference and, if it succeeds, @skb.  0, -ENOMEM, or -ELOOP.
 */
int outer_xmit(struct mesh_dev *mesh, const struct mesh_encap *e,
	       struct sk_buff *skb, const struct outer *o);

#endif

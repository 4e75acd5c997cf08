/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the IP stack has decided of packets that came out of the tunnel, from one
 * address to another: as long as nothing that it depends on has changed, the next
 * packet needs no look-up.
 *
 * Few places for each processor, written by that processor alone, bottom halves off.
 */
#ifndef _MESH_DECIDED_H
#define _MESH_DECIDED_H

#include "mesh.h"

/**
 * struct decided_query - what is asked about a packet
 * @slot: where the answer is, or would be
 * @pair: source and destination, in the packet
 * @words: of @pair, 32 bits each
 * @dsfield: TOS or traffic class
 * @open: the answer depends on nothing else than these
 * @hash: of @pair
 * @genid: changes with what routes there are
 */
struct decided_query {
	struct decided_slot *slot;
	const u32 *pair;
	u8 words;
	u8 dsfield;
	bool open;
	u32 hash;
	int genid;
};

/* 0 or -ENOMEM. */
int decided_init(struct mesh_dev *mesh);
void decided_exit(struct mesh_dev *mesh);
/* Lets go of all routes; no packet is under way in the device. */
void decided_forget(struct mesh_dev *mesh);

/*
 * Before the stack is asked of a packet at its network header: the route that it
 * would give it, or NULL where that is not known.  RCU; takes no reference.
 */
struct dst_entry *decided_find(struct mesh_dev *mesh, const struct sk_buff *skb,
			       struct decided_query *q);
/* The stack has given @skb its route, which it is to be forwarded by. */
void decided_keep(struct mesh_dev *mesh, const struct sk_buff *skb,
		  const struct decided_query *q);

#endif

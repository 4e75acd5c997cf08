/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dropping a packet by name, and telling its sender.
 */
#ifndef _MESH_DROP_H
#define _MESH_DROP_H

#include "mesh.h"

/* Counts and frees @skb; bottom halves off. */
void mesh_drop(struct mesh_dev *mesh, struct sk_buff *skb,
	       enum mesh_counter why);

/*
 * ICMP of the packet's own version to its sender, before it is dropped; @skb is
 * at its network header, IPv4 or IPv6.  Bottom halves off.
 */
void mesh_tell_unreachable(struct sk_buff *skb);
void mesh_tell_too_big(struct sk_buff *skb, u32 mtu);

#endif

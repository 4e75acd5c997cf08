/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transmit: where a packet goes.
 */
#ifndef _MESH_TX_H
#define _MESH_TX_H

#include <uapi/linux/mesh.h>

#include "flow.h"
#include "mesh.h"

netdev_tx_t tx_xmit(struct sk_buff *skb, struct net_device *dev);
/*
 * Sends a unicast packet, at its network header, whose fixed header is in the linear
 * part; takes it.  RCU, bottom halves off.
 */
void tx_forward(struct mesh_dev *mesh, struct sk_buff *skb);

/**
 * struct tx_path - where a flow goes, and why
 * @kind: what decided
 * @prefix: of the entry that did, where @kind is shortcut, route or host
 * @owner: of that route
 * @group: id of the group that the route leads to, or 0
 * @hash: of the flow
 * @bucket: of the group
 * @peer: protocol address, or none
 * @nbma: of the endpoint, or none
 * @source: outer source address, or none
 * @oif: underlay device, or 0
 * @mtu: largest inner packet, or 0
 */
struct tx_path {
	enum mesh_kind kind;
	struct mesh_prefix prefix;
	u8 owner;
	u32 group;
	u32 hash;
	u32 bucket;
	struct mesh_addr peer;
	struct mesh_addr nbma;
	struct mesh_addr source;
	u32 oif;
	u32 mtu;
};

/* For a packet that comes from this host or its LAN; process context. */
void tx_explain(struct mesh_dev *mesh, const struct flow *flow,
		struct tx_path *path);

/* A peer was added, changed or removed; with the writer lock. */
void tx_peer_changed(struct mesh_dev *mesh, enum fwd_verb verb,
		     struct peer *peer);

#endif

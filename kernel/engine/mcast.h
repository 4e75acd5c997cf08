/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Multicast and broadcast: a copy to each peer that listens.
 */
#ifndef _MESH_MCAST_H
#define _MESH_MCAST_H

#include <linux/skbuff.h>
#include <linux/workqueue.h>

#include "mesh.h"

/**
 * struct mcast - the replication of one device
 * @mesh: the device
 * @origins: mask of BIT(enum peer_origin): peers of these listen; the writer's,
 *	read by anybody
 * @queue: packets that wait for the worker
 * @work: the worker
 *
 * In a worker, as a server may have more peers than a softirq has time for, and
 * so that a flood of them delays no other packet.
 */
struct mcast {
	struct mesh_dev *mesh;
	u8 origins;
	struct sk_buff_head queue;
	struct work_struct work;
};

/* Makes mesh->mcast, to nobody; may sleep.  0 or -ENOMEM. */
int mcast_init(struct mesh_dev *mesh);
/* Nobody calls mcast_xmit() any more; waits for the worker. */
void mcast_exit(struct mesh_dev *mesh);
/* The device goes down: what waits is not sent.  Waits for the worker. */
void mcast_down(struct mesh_dev *mesh);

/* The mask of origins; with the writer lock. */
void mcast_configure(struct mesh_dev *mesh, u8 origins);
u8 mcast_origins(const struct mesh_dev *mesh);

/*
 * Takes a packet to a multicast or broadcast address, at its network header,
 * whose fixed header is in the linear part.  RCU, bottom halves off.
 */
void mcast_xmit(struct mesh_dev *mesh, struct sk_buff *skb);

#endif

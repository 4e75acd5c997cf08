/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The devices of one underlay namespace, by what their packets are addressed
 * to, and the hook through which those come.
 */
#ifndef _MESH_RX_TABLE_H
#define _MESH_RX_TABLE_H

#include <linux/mutex.h>
#include <linux/netfilter.h>

#include "mesh.h"

#define RX_TABLE_BITS 8

/**
 * struct rx_table - one in each network namespace
 * @net: that namespace
 * @lock: taken inside the devices' writer locks
 * @hook: as registered
 * @users: devices; under RTNL
 * @seed: of the hash
 * @bucket: struct mesh_encap
 */
struct rx_table {
	struct net *net;
	struct mutex lock; /* of writers */
	struct nf_hook_ops hook;
	unsigned int users;
	u32 seed;
	struct hlist_head bucket[1 << RX_TABLE_BITS];
};

/**
 * struct rx_addr - what a packet is addressed to
 * @local: underlay address of ours
 * @key: GRE key, network byte order
 * @has_key: whether there is one
 * @iif: device by which the packet came
 * @sdif: and the one below, if @iif is that of a VRF
 */
struct rx_addr {
	__be32 local;
	__be32 key;
	bool has_key;
	int iif;
	int sdif;
};

void rx_table_init(struct rx_table *table, struct net *net,
		   const struct nf_hook_ops *hook);

/* A device comes and goes; under RTNL.  0 or -errno. */
int rx_table_get(struct rx_table *table);
void rx_table_put(struct rx_table *table);

/*
 * Swaps in the encapsulation of a device, with its writer lock: from now on
 * packets find the device by that.  The caller frees the old one by RCU.
 * -EEXIST where another device is addressed in the same way already.
 */
int rx_table_bind(struct rx_table *table, struct mesh_dev *mesh,
		  struct mesh_encap *encap);
/* No packet finds the device any more; with its writer lock. */
void rx_table_unbind(struct rx_table *table, struct mesh_dev *mesh);

/* The encapsulation that claims a packet, or NULL.  RCU; no reference. */
struct mesh_encap *rx_table_find(const struct rx_table *table,
				 const struct rx_addr *addr);

#endif

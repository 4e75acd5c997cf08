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
 * @hook: as registered, a family each
 * @users: devices; under RTNL
 * @ports: struct rx_port, where UDP comes in; under @lock
 * @seed: of the hash
 * @bucket: struct mesh_side, by family
 */
struct rx_table {
	struct net *net;
	struct mutex lock; /* of writers */
	struct nf_hook_ops hook[MESH_FAMILIES];
	unsigned int users;
	struct list_head ports;
	u32 seed;
	struct hlist_head bucket[MESH_FAMILIES][1 << RX_TABLE_BITS];
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
	struct mesh_addr local;
	__be32 key;
	bool has_key;
	int iif;
	int sdif;
};

/*
 * The rest of an address whose @local is set: the key of the GRE header at
 * @offset, and where the packet came in.  False where there is no such header
 * to be read, or one of another version (PPTP's is 1): such a packet is not ours.
 */
bool rx_addr_read(struct rx_addr *addr, const struct sk_buff *skb, int offset);

/* @hook: one a family. */
void rx_table_init(struct rx_table *table, struct net *net,
		   const struct nf_hook_ops *hook);

/* A device comes and goes; under RTNL.  0 or -errno. */
int rx_table_get(struct rx_table *table);
void rx_table_put(struct rx_table *table);

/*
 * Swaps in the encapsulation of a device, with its writer lock: from now on
 * packets find the device by that.  The caller frees the old one by RCU.
 * -EEXIST where another device is addressed in the same way already, in @family
 * then.
 */
int rx_table_bind(struct rx_table *table, struct mesh_dev *mesh,
		  struct mesh_encap *encap, enum mesh_family *family);
/* No packet finds the device any more; with its writer lock. */
void rx_table_unbind(struct rx_table *table, struct mesh_dev *mesh);

/* The encapsulation that claims a packet, or NULL.  RCU; no reference. */
struct mesh_encap *rx_table_find(const struct rx_table *table,
				 const struct rx_addr *addr);

#endif

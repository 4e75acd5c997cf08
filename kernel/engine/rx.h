/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receive: claims GRE packets addressed to a mesh device, in UDP or without, and
 * heeds ICMP errors about those that it sent.
 */
#ifndef _MESH_RX_H
#define _MESH_RX_H

#include <linux/netfilter.h>

#include "mesh.h"

struct rx_table;

/* Their priv is a struct rx_table. */
extern const struct nf_hook_ops rx_hook_ops[MESH_FAMILIES];

/*
 * A datagram, at its UDP header, that came to a port of ours and whose checksum
 * was found right, if it has one; takes @skb.  RCU.
 */
void rx_udp(const struct rx_table *table, struct sk_buff *skb);

#endif

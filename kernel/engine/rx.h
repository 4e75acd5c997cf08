/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receive: claims GRE packets addressed to a mesh device, and heeds ICMP
 * errors about those that it sent.
 */
#ifndef _MESH_RX_H
#define _MESH_RX_H

#include <linux/netfilter.h>

#include "mesh.h"

/* Their priv is a struct rx_table. */
extern const struct nf_hook_ops rx_hook_ops[MESH_FAMILIES];

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose packets are let in, and what those may have as their source.
 */
#ifndef _MESH_ADMIT_H
#define _MESH_ADMIT_H

#include "mesh.h"

/*
 * A packet, at its inner IP header, that came from an underlay address: MESH_C_MAX,
 * or what it is to be dropped by.  RCU.
 */
enum mesh_counter admit(struct mesh_dev *mesh, const struct sk_buff *skb,
			const struct mesh_addr *from);

#endif

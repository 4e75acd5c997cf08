/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The short way of packets that came out of the tunnel only to be forwarded: to the
 * output at once, past the GRO of the device and the input of the IP stack.
 */
#ifndef _MESH_BYPASS_H
#define _MESH_BYPASS_H

#include "mesh.h"

/*
 * True if it took @skb, an IPv4 or IPv6 packet at its network header, the fixed part
 * of which is in the linear part, that came in by the device.  Else the stack is to
 * have it, as it was.  RCU, bottom halves off.
 */
bool bypass(struct mesh_dev *mesh, struct sk_buff *skb);

#endif

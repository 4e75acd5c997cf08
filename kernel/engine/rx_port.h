/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The UDP ports at which GRE in UDP (RFC 8086) comes in: a socket for each port
 * and family of an underlay namespace, however many devices take what comes there.
 */
#ifndef _MESH_RX_PORT_H
#define _MESH_RX_PORT_H

#include "rx_table.h"

/*
 * Opens the sockets of a device's port for the families that it speaks, those
 * that there are already included; with the writer lock, before readers see @encap.
 * 0, or -errno with nothing held: -EADDRINUSE where somebody else has the port.
 */
int rx_port_hold(struct rx_table *table, struct mesh_encap *encap);
/* With the writer lock, when no reader has @encap any more. */
void rx_port_release(struct rx_table *table, struct mesh_encap *encap);

#endif

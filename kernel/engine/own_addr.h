/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The protocol address that a device goes by.
 */
#ifndef _MESH_OWN_ADDR_H
#define _MESH_OWN_ADDR_H

#include <linux/netdevice.h>

#include "wire/addr.h"

/*
 * The device's primary address of @alen octets, of IPv6 the first that is not
 * of the link only; false where it has none.
 */
bool own_addr(const struct net_device *dev, u8 alen, struct mesh_addr *addr);

#endif

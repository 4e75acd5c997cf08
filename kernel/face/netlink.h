/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family: what is set and seen of every mesh device.
 */
#ifndef _MESH_NETLINK_H
#define _MESH_NETLINK_H

/* Before the first device can be made; 0 or -errno. */
int netlink_init(void);
/* No device is left. */
void netlink_exit(void);

#endif

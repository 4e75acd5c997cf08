/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network device: made, opened, closed and deleted by rtnetlink.
 */
#ifndef _MESH_DEVICE_H
#define _MESH_DEVICE_H

/* 0 or -errno. */
int device_init(void);
/* Deletes every device. */
void device_exit(void);

#endif

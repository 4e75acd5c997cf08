/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's side of the route table: devices and peers as they come and go,
 * routes and groups as they are written.  By libmesh.
 */
#ifndef MESHD_MODULE_H
#define MESHD_MODULE_H

#include <uv.h>

#include "rib.h"

struct module;

/* @owner is the rtnetlink protocol number of all routes that are written. */
struct module *module_new(uv_loop_t *loop, uint8_t owner);
const struct rib_sink *module_sink(void);
/* Once, before the first device. */
void module_rib(struct module *m, struct rib *rib);
/* A mesh device is there, or is gone. */
void module_dev_add(struct module *m, uint32_t ifindex, const char *name);
void module_dev_del(struct module *m, uint32_t ifindex);
/* Closes its handles; the loop must turn once more before it ends. */
void module_close(struct module *m);

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef MESH_LINK_H
#define MESH_LINK_H

#include "internal.h"

/* A request of rtnetlink about a link; NULL with the failure noted. */
struct nl_msg *mesh_link_msg(struct mesh_ctx *ctx, uint16_t type, int flags,
			     unsigned int ifindex, const char *name);
/* Sends it and frees it. */
int mesh_link_call(struct mesh_ctx *ctx, struct nl_msg *msg, struct mesh_reply *reply);

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef MESH_TEST_REQUEST_H
#define MESH_TEST_REQUEST_H

#include "batch.h"

#include <linux/genetlink.h>

/* A context that builds requests and has nobody to send them to. */
static inline struct mesh_ctx offline_ctx(void)
{
	return (struct mesh_ctx){ .netns_fd = -1, .family = 0x21, .attr_index = SIZE_MAX };
}

static inline struct mesh_prefix nth_prefix(size_t n)
{
	return (struct mesh_prefix){
		.addr = { 4, { 10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n } },
		.len = 32,
	};
}

static inline struct mesh_target peer_target(void)
{
	return (struct mesh_target){ .peer = { 4, { 192, 0, 2, 7 } } };
}

#endif

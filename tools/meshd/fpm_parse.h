/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Zebra's Forwarding Plane Manager protocol, read from bytes: frames of
 * rtnetlink messages.  Pure: no I/O, no allocation, no state.
 */
#ifndef MESHD_FPM_PARSE_H
#define MESHD_FPM_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mesh/mesh.h>

#define FPM_HEADER_LEN	4
#define FPM_FRAME_MAX	65535
/* The most next hops that zebra can be built with. */
#define FPM_HOPS_MAX	256

enum fpm_kind {
	FPM_ROUTE_SET,
	FPM_ROUTE_DEL,
	FPM_NH_SET,
	FPM_NH_DEL,
	FPM_OTHER,	/* well formed, but nothing that is forwarded by */
};

/**
 * struct fpm_hop - a next hop, or a member of a next-hop group
 * @id: of the member; 0 for a next hop that is spelt out
 * @ifindex: 0 where zebra named none
 * @gateway: len is 0 for an on-link next hop
 * @weight: 1 to 256
 */
struct fpm_hop {
	uint32_t id;
	uint32_t ifindex;
	struct mesh_addr gateway;
	uint16_t weight;
};

/**
 * struct fpm_msg - one rtnetlink message of a frame
 * @kind: what it says
 * @type: its nlmsg_type, for remarks
 * @protocol: rtnetlink protocol number of who made it
 * @unicast: of a route: false for blackholes and their like
 * @sourced: of a route: it holds for some source addresses only
 * @group: of a next hop: its @hop are members by id
 * @plen: of a route: length of the prefix
 * @table: of a route
 * @id: of a next hop; of a route: the next hop that it uses, 0 for @hop
 * @dst: of a route
 * @n: how many @hop
 * @hop: next hops
 */
struct fpm_msg {
	enum fpm_kind kind;
	uint16_t type;
	uint8_t protocol;
	bool unicast;
	bool sourced;
	bool group;
	uint8_t plen;
	uint32_t table;
	uint32_t id;
	struct mesh_addr dst;
	unsigned int n;
	struct fpm_hop hop[FPM_HOPS_MAX];
};

/**
 * struct fpm_error - what was wrong, and where
 * @offset: octets from the start of the frame
 * @text: says it
 */
struct fpm_error {
	size_t offset;
	char text[120];
};

/*
 * Length of the frame that @buf begins with, 0 where more octets are needed to
 * tell, -1 with @err filled where it cannot be a frame.
 */
int fpm_frame_len(const uint8_t *buf, size_t len, struct fpm_error *err);

typedef void (*fpm_msg_fn)(const struct fpm_msg *msg, void *arg);

/*
 * Reads one whole frame.  The messages are handed to @fn only after the whole
 * frame was found good: a bad one changes nothing.  0, or -1 with @err filled.
 */
int fpm_frame_parse(const uint8_t *buf, size_t len, fpm_msg_fn fn, void *arg,
		    struct fpm_error *err);

#endif

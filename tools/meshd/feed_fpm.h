/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The feed from zebra: it connects to us and tells its routes in frames
 * (fpm_parse.h).  One zebra at a time.
 */
#ifndef MESHD_FEED_FPM_H
#define MESHD_FEED_FPM_H

#include <stdbool.h>
#include <uv.h>

#include "rib.h"

/**
 * struct feed_cfg - how the feed is received
 * @listen: address
 * @port: TCP port
 * @user: who, beside root, may feed from this machine
 * @hold: how long routes of the feed before are kept after zebra connected, ms
 * @settle: or until zebra was silent for so long, ms; 0: always @hold
 */
struct feed_cfg {
	const char *listen;
	uint16_t port;
	const char *user;
	unsigned int hold;
	unsigned int settle;
};

/**
 * struct feed_stats - since the start
 * @connected: zebra is
 * @stale: routes of the feed before are still kept
 * @connections: taken
 * @frames: read
 * @octets: read
 * @bad_frames: connections dropped for what they said
 */
struct feed_stats {
	bool connected;
	bool stale;
	uint64_t connections;
	uint64_t frames;
	uint64_t octets;
	uint64_t bad_frames;
};

struct feed;

/*
 * NULL, with a line in the log that says why.  @before is called before frames
 * are read: devices that they name must be known by then.
 */
struct feed *feed_new(uv_loop_t *loop, const struct feed_cfg *cfg,
		      struct rib *rib, void (*before)(void *arg), void *arg);
void feed_stats(const struct feed *feed, struct feed_stats *stats);
void feed_close(struct feed *feed);

#endif

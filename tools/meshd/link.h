/* SPDX-License-Identifier: GPL-2.0 */
/* Watches the network devices of the namespace for those of kind mesh. */
#ifndef MESHD_LINK_H
#define MESHD_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct link_watch;

struct link_ops {
	void (*add)(void *arg, uint32_t ifindex, const char *name);
	void (*del)(void *arg, uint32_t ifindex);
};

/* NULL, with a line in the log.  Devices that are there are told at once. */
struct link_watch *link_watch_new(uv_loop_t *loop, const struct link_ops *ops,
				  void *arg);
/* Tells what waits to be told, without waiting for the loop. */
void link_watch_drain(struct link_watch *w);
void link_watch_close(struct link_watch *w);

#endif

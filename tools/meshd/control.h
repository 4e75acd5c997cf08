/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control socket: "@mesh/meshd", an abstract unix socket, so that it
 * belongs to the network namespace and one meshd serves each.
 *
 * A request is one line with a JSON object, its answer another.  Requests:
 *
 *   {"op": "status"}
 *   {"op": "vip-show"}
 *   {"op": "vip-add", "address": "192.0.2.10/32",
 *    "tcp" | "http" | "command": TARGET, "status": N,
 *    "interval" | "timeout" | "drain": "200ms", "rise" | "fall": N}
 *   {"op": "vip-del", "address": "192.0.2.10/32"}
 *
 * An answer has "ok": true and what was asked for ("status": {...} or
 * "vips": [...]), or "ok": false, "errno" (positive) and "error", a line for
 * people.  Changes are for uid 0 and the uid that meshd runs as.
 */
#ifndef MESHD_CONTROL_H
#define MESHD_CONTROL_H

#include <jansson.h>
#include <uv.h>

#include "vip.h"

#define CONTROL_NAME	"mesh/meshd"
/* Octets of a request. */
#define CONTROL_LINE_MAX 8192

struct control;

struct control_ops {
	/* An object; the caller's. */
	json_t *(*status)(void *arg);
};

/*
 * Takes the name, and so the namespace: NULL, with a line in the log that
 * names the meshd that has it.
 */
struct control *control_new(uv_loop_t *loop, const struct control_ops *ops,
			    void *arg);
/* Before this no request is answered. */
int control_listen(struct control *control, struct vips *vips);
void control_close(struct control *control);

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_EVENT_H
#define LIBMESH_EVENT_H

/* Events. */

#include <mesh/nhs.h>
#include <mesh/peer.h>
#include <mesh/route.h>
#include <mesh/shortcut.h>

MESH_BEGIN_DECLS

enum mesh_event_type {
	MESH_EVENT_ADD,
	MESH_EVENT_CHANGE,
	MESH_EVENT_DEL,
};

/**
 * struct mesh_event - something that happened
 * @type: enum mesh_event_type
 * @peer: the peer that it happened to, or NULL; of these four one is set
 * @nhs: the next-hop server, or NULL
 * @route: the route, or NULL
 * @shortcut: the shortcut, or NULL
 *
 * The object is as it was after the change, or before its deletion.
 */
struct mesh_event {
	enum mesh_event_type type;
	const struct mesh_peer *peer;
	const struct mesh_nhs *nhs;
	const struct mesh_route *route;
	const struct mesh_shortcut *shortcut;
};

typedef int (*mesh_event_fn)(const struct mesh_event *event, void *arg);

/**
 * struct mesh_event_opts - how events are received
 * @sz: sizeof(struct mesh_event_opts)
 * @rcvbuf: octets of the receive buffer (0: 1 MiB); beyond the system's
 *	bound only with CAP_NET_ADMIN
 */
struct mesh_event_opts {
	size_t sz;
	size_t rcvbuf;
};

/**
 * mesh_event_subscribe - be told of changes of all devices of the namespace
 * @ctx: the context
 * @fn: called by mesh_event_process() for each event
 * @arg: handed to @fn
 * @opts: may be NULL
 *
 * To miss nothing, subscribe first and dump then.
 *
 * Return: 0; -EALREADY when subscribed.
 */
MESH_API int mesh_event_subscribe(struct mesh_ctx *ctx, mesh_event_fn fn, void *arg,
				  const struct mesh_event_opts *opts);

/**
 * mesh_event_unsubscribe - end what mesh_event_subscribe() began
 * @ctx: the context
 *
 * Events not yet processed are forgotten, the descriptor is closed. Not to be
 * called from the callback.
 */
MESH_API void mesh_event_unsubscribe(struct mesh_ctx *ctx);

/**
 * mesh_event_fd - descriptor that is readable when events wait
 * @ctx: the context
 *
 * Return: the descriptor, for poll(2) only, the context's own; -ENOTCONN when
 * not subscribed.
 */
MESH_API int mesh_event_fd(const struct mesh_ctx *ctx);

/**
 * mesh_event_process - handle the events that wait; does not block
 * @ctx: the context
 *
 * One call handles a bounded number of events, so that it does not hold the
 * caller's loop; the descriptor stays readable while more wait.
 *
 * Return: the number of events handled; what the callback returned where that
 * is not 0 (the events that wait stay for the next call); -ENOBUFS when events
 * were lost since the last call, or the module was loaded anew: dump anew what
 * matters, then process on; -ENOTCONN when not subscribed.
 */
MESH_API int mesh_event_process(struct mesh_ctx *ctx);

MESH_END_DECLS

#endif

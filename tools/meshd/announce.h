/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Anycast addresses on a dummy device of their own, and the kernel routes by
 * which a BGP daemon learns of them.
 *
 * The device has no carrier.  Local delivery does not mind, but routing
 * daemons make no connected route of its addresses: what they redistribute is
 * the route alone, which comes after the address and goes before it.
 */
#ifndef MESHD_ANNOUNCE_H
#define MESHD_ANNOUNCE_H

#include <mesh/mesh.h>

#define ANNOUNCE_DEV	"mesh-vip"
/* In none of iproute2's lists; see rt_protos.d. */
#define ANNOUNCE_PROTO	77

struct announce;

/*
 * NULL, with a line in the log.  What a meshd that was killed has left behind
 * is cleaned up, routes first.
 */
struct announce *announce_new(void);
/* The addresses and the device go; routes must have been withdrawn. */
void announce_free(struct announce *a);

/*
 * All of these: 0, or -1 with a line in the log.  What is so already is no
 * failure.
 *
 * A deprecated address serves whom it serves: NHRP tells nobody of it any more
 * and, once its route goes, takes back what it told.
 */
int announce_address(struct announce *a, const struct mesh_prefix *p,
		     bool deprecated);
int announce_address_end(struct announce *a, const struct mesh_prefix *p);
int announce_route(struct announce *a, const struct mesh_prefix *p, bool add);

#endif

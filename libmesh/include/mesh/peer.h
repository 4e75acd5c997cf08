/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_PEER_H
#define LIBMESH_PEER_H

/* Peers and their endpoints. */

#include <mesh/addr.h>
#include <mesh/stats.h>

MESH_BEGIN_DECLS

/* How a peer came to be known; bits, a peer may have several. */
enum mesh_peer_origin {
	MESH_PEER_STATIC	= 1,	/* configured */
	MESH_PEER_NHS		= 2,	/* a next-hop server */
	MESH_PEER_REGISTERED	= 4,	/* registered with this node */
	MESH_PEER_RESOLVED	= 8,	/* learned by resolution */
};

enum mesh_endpoint_status {
	MESH_ENDPOINT_UP,
	MESH_ENDPOINT_DOWN,
};

/* State of the BFD session that watches an endpoint. */
enum mesh_session {
	MESH_SESSION_NONE,	/* it is not watched */
	MESH_SESSION_ADMIN_DOWN,
	MESH_SESSION_DOWN,
	MESH_SESSION_INIT,
	MESH_SESSION_UP,
};

/* How packets to an endpoint go. */
enum mesh_endpoint_encap {
	MESH_ENDPOINT_DEVICE,	/* as the device has it; input only */
	MESH_ENDPOINT_GRE,
	MESH_ENDPOINT_UDP,	/* GRE in UDP */
};

/**
 * struct mesh_endpoint - one underlay address of a peer
 * @nbma: the address
 * @weight: share of the peer's flows within the tier, 1 to 65535
 * @tier: the lowest tier with an endpoint that is up carries the flows
 * @status: enum mesh_endpoint_status; ignored on input
 * @bfd: of a static peer: watch it, where the device has BFD on
 * @session: enum mesh_session; ignored on input, as the three that follow
 * @diag: why the session left the state up, a diagnostic code of RFC 5880
 * @proven: the session was up, so that the endpoint stands and falls with it
 * @detection: silence after which the session is down, ms
 * @encap: enum mesh_endpoint_encap
 * @port: UDP port of the endpoint, where packets go in UDP; 0 on input: 4754
 * @reserved8: zero
 * @reserved: zero
 */
struct mesh_endpoint {
	struct mesh_addr nbma;
	uint16_t weight;
	uint8_t tier;
	uint8_t status;
	bool bfd;
	uint8_t session;
	uint8_t diag;
	bool proven;
	uint32_t detection;
	uint8_t encap;
	uint8_t reserved8;
	uint16_t port;
	uint32_t reserved;
};

/**
 * struct mesh_peer - a peer as it is
 * @ifindex: of the mesh device
 * @protocol: protocol (overlay) address, the key
 * @endpoints: its underlay addresses
 * @n_endpoints: how many
 * @origin: bits of enum mesh_peer_origin
 * @has_expiry: @expires is given
 * @expires: remaining holding time, ms
 * @unique: registered with the uniqueness flag
 * @counters: its traffic
 */
struct mesh_peer {
	unsigned int ifindex;
	struct mesh_addr protocol;
	const struct mesh_endpoint *endpoints;
	size_t n_endpoints;
	uint32_t origin;
	bool has_expiry;
	uint32_t expires;
	bool unique;
	struct mesh_counters counters;
};

/**
 * struct mesh_peer_filter - which peers a dump gives
 * @sz: sizeof(struct mesh_peer_filter)
 * @ifindex: of this device only; 0 for all
 * @origin: with one of these bits of enum mesh_peer_origin; 0 for all
 */
struct mesh_peer_filter {
	size_t sz;
	unsigned int ifindex;
	uint32_t origin;
};

typedef int (*mesh_peer_fn)(const struct mesh_peer *peer, void *arg);

/**
 * mesh_peer_add - make a static peer
 * @ctx: the context
 * @ifindex: of the mesh device
 * @protocol: protocol address of the peer
 * @endpoints: its endpoints
 * @n: how many, from 1
 *
 * Return: 0; -EEXIST, -ENOSPC at the bound, -EINVAL.
 */
MESH_API int mesh_peer_add(struct mesh_ctx *ctx, unsigned int ifindex,
			   const struct mesh_addr *protocol,
			   const struct mesh_endpoint *endpoints, size_t n);

/**
 * mesh_peer_set - replace the endpoints of a static peer in one step
 * @ctx: the context
 * @ifindex: of the mesh device
 * @protocol: protocol address of the peer
 * @endpoints: its endpoints from now on
 * @n: how many, from 1
 *
 * Return: 0; -ENOENT, -EINVAL.
 */
MESH_API int mesh_peer_set(struct mesh_ctx *ctx, unsigned int ifindex,
			   const struct mesh_addr *protocol,
			   const struct mesh_endpoint *endpoints, size_t n);

/**
 * mesh_peer_del - delete a peer of any origin
 * @ctx: the context
 * @ifindex: of the mesh device
 * @protocol: protocol address of the peer
 *
 * Return: 0; -ENOENT, -EBUSY while a group or route names it, or for a
 * next-hop server, which mesh_nhs_del() forgets.
 */
MESH_API int mesh_peer_del(struct mesh_ctx *ctx, unsigned int ifindex,
			   const struct mesh_addr *protocol);

/**
 * struct mesh_peer_flushed - what a flush has done
 * @deleted: so many peers are gone
 * @kept: so many stay: a group or a route names them, or they are next-hop servers
 */
struct mesh_peer_flushed {
	uint32_t deleted;
	uint32_t kept;
};

/**
 * mesh_peer_flush - delete many peers in one request
 * @ctx: the context
 * @ifindex: of the mesh device
 * @origin: those with one of these bits of enum mesh_peer_origin; 0 for all
 * @flushed: set to what was done; may be NULL
 *
 * Each is deleted as by mesh_peer_del(); what that would refuse with -EBUSY is
 * counted and no error.  Where the process is killed meanwhile, the rest stays.
 *
 * Return: 0 or an error.
 */
MESH_API int mesh_peer_flush(struct mesh_ctx *ctx, unsigned int ifindex,
			     uint32_t origin, struct mesh_peer_flushed *flushed);

/**
 * mesh_peer_get - see one peer
 * @ctx: the context
 * @ifindex: of the mesh device
 * @protocol: protocol address of the peer
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -ENOENT.
 */
MESH_API int mesh_peer_get(struct mesh_ctx *ctx, unsigned int ifindex,
			   const struct mesh_addr *protocol, mesh_peer_fn fn,
			   void *arg);

/**
 * mesh_peer_dump - see many peers
 * @ctx: the context
 * @filter: which; NULL for all
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_peer_dump(struct mesh_ctx *ctx,
			    const struct mesh_peer_filter *filter,
			    mesh_peer_fn fn, void *arg);

MESH_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_PATH_H
#define LIBMESH_PATH_H

/* Where a flow goes and why. */

#include <mesh/addr.h>

MESH_BEGIN_DECLS

/**
 * struct mesh_flow - a flow to ask for
 * @sz: sizeof(struct mesh_flow)
 * @dst: destination, an overlay address
 * @src: source of the same family; length 0 for unspecified
 * @ip_proto: IP protocol number, 0 for unspecified
 * @sport: source port, host byte order, 0 for unspecified
 * @dport: destination port, host byte order, 0 for unspecified
 * @flowlabel: of IPv6, 0 for unspecified
 * @inner_dst: where the flow is a tunnel's, of the inner-most packet, as all that
 *	follow; length 0 where there is no tunnel
 * @inner_src: like @src
 * @inner_ip_proto: like @ip_proto
 * @inner_sport: like @sport
 * @inner_dport: like @dport
 * @inner_flowlabel: like @flowlabel
 */
struct mesh_flow {
	size_t sz;
	struct mesh_addr dst;
	struct mesh_addr src;
	uint8_t ip_proto;
	uint16_t sport;
	uint16_t dport;
	uint32_t flowlabel;
	struct mesh_addr inner_dst;
	struct mesh_addr inner_src;
	uint8_t inner_ip_proto;
	uint16_t inner_sport;
	uint16_t inner_dport;
	uint32_t inner_flowlabel;
};

/* What decided where a flow goes. */
enum mesh_path_kind {
	MESH_PATH_NONE,		/* nothing matched: unreachable */
	MESH_PATH_SHORTCUT,
	MESH_PATH_ROUTE,
	MESH_PATH_HOST,		/* the destination is a peer */
	MESH_PATH_GATEWAY,	/* the gateway of the kernel's route is a peer */
	MESH_PATH_NHS,		/* a next-hop server carries it for now */
};

/**
 * struct mesh_path - where a flow goes and why
 * @ifindex: of the mesh device
 * @kind: enum mesh_path_kind
 * @has_prefix: @prefix is given
 * @prefix: of the shortcut or route that matched
 * @group: of the route, 0 for none
 * @has_bucket: @bucket is given
 * @bucket: of the group
 * @hash: flow hash
 * @owner: of the route, 0 for none
 * @generation: of the route
 * @peer: that the flow goes to, length 0 for none; as the next two
 * @nbma: endpoint that the flow goes to
 * @source: outer source address
 * @oif: ifindex of the underlay device by which it leaves, 0 if unknown
 * @mtu: largest inner packet that the path takes now, 0 if unknown
 */
struct mesh_path {
	unsigned int ifindex;
	uint8_t kind;
	bool has_prefix;
	struct mesh_prefix prefix;
	uint32_t group;
	bool has_bucket;
	uint32_t bucket;
	uint32_t hash;
	uint8_t owner;
	uint32_t generation;
	struct mesh_addr peer;
	struct mesh_addr nbma;
	struct mesh_addr source;
	uint32_t oif;
	uint32_t mtu;
};

typedef int (*mesh_path_fn)(const struct mesh_path *path, void *arg);

/**
 * mesh_route_lookup - ask where a flow goes
 * @ctx: the context
 * @ifindex: of the mesh device
 * @flow: the flow
 * @fn: called once, also for MESH_PATH_NONE
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -EINVAL.
 */
MESH_API int mesh_route_lookup(struct mesh_ctx *ctx, unsigned int ifindex,
			       const struct mesh_flow *flow, mesh_path_fn fn,
			       void *arg);

MESH_END_DECLS

#endif

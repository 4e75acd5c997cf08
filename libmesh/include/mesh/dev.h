/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_DEV_H
#define LIBMESH_DEV_H

/* Mesh devices. */

#include <mesh/addr.h>

MESH_BEGIN_DECLS

/* What NHRP does on a device; bits of nhrp_flags. */
enum mesh_nhrp {
	MESH_NHRP_SERVER	= 1,	/* accept registrations */
	MESH_NHRP_REDIRECT	= 2,	/* send traffic indications */
	MESH_NHRP_SHORTCUT	= 4,	/* resolve, and install shortcuts */
	MESH_NHRP_UNIQUE	= 8,	/* register as unique */
};

/*
 * What the hash of a flow is made of; bits of hash_fields, those of the kernel's
 * fib_multipath_hash_fields.  The inner ones are of the packet inside of tunnels
 * (IP in IP, GRE), and of a packet without a tunnel its own.
 */
enum mesh_hash {
	MESH_HASH_SRC			= 1 << 0,	/* source address */
	MESH_HASH_DST			= 1 << 1,	/* destination address */
	MESH_HASH_PROTO			= 1 << 2,	/* IP protocol */
	MESH_HASH_FLOWLABEL		= 1 << 3,	/* of IPv6 */
	MESH_HASH_SPORT			= 1 << 4,	/* source port */
	MESH_HASH_DPORT			= 1 << 5,	/* destination port */
	MESH_HASH_INNER_SRC		= 1 << 6,
	MESH_HASH_INNER_DST		= 1 << 7,
	MESH_HASH_INNER_PROTO		= 1 << 8,
	MESH_HASH_INNER_FLOWLABEL	= 1 << 9,
	MESH_HASH_INNER_SPORT		= 1 << 10,
	MESH_HASH_INNER_DPORT		= 1 << 11,
	/* What is mostly wanted. */
	MESH_HASH_L3	= MESH_HASH_SRC | MESH_HASH_DST,
	MESH_HASH_L4	= MESH_HASH_L3 | MESH_HASH_PROTO | MESH_HASH_SPORT |
			  MESH_HASH_DPORT,
	MESH_HASH_INNER	= MESH_HASH_L4 << 6,
};

/* How packets go through the underlay. */
enum mesh_wrapping {
	MESH_WRAPPING_GRE,	/* GRE */
	MESH_WRAPPING_UDP,	/* GRE in UDP (RFC 8086) */
};

/* Whose packets a device lets in; NHRP is heard in any case. */
enum mesh_source {
	MESH_SOURCE_ACCEPT,	/* everybody's who knows the key */
	MESH_SOURCE_REGISTERED,	/* of peers, by the outer source, of whatever origin */
	MESH_SOURCE_STRICT,	/* of these, what leads there by its inner source */
};

/* Which members of struct mesh_dev_opts are given; bits of set. */
enum mesh_dev_set {
	MESH_DEV_LOCAL			= 1 << 0,
	MESH_DEV_LINK			= 1 << 1,
	MESH_DEV_KEY			= 1 << 2,
	MESH_DEV_NO_KEY			= 1 << 3,
	MESH_DEV_TTL			= 1 << 4,
	MESH_DEV_TOS			= 1 << 5,
	MESH_DEV_PMTUDISC		= 1 << 6,
	MESH_DEV_IGNORE_DF		= 1 << 7,
	MESH_DEV_FWMARK			= 1 << 8,
	MESH_DEV_HASH_SEED		= 1 << 9,
	MESH_DEV_NHRP			= 1 << 10,
	MESH_DEV_HOLDTIME		= 1 << 11,
	MESH_DEV_REDIRECT_INTERVAL	= 1 << 12,
	MESH_DEV_AUTH			= 1 << 13,
	MESH_DEV_MAX_PEERS		= 1 << 14,
	MESH_DEV_MAX_GROUPS		= 1 << 15,
	MESH_DEV_MAX_ROUTES		= 1 << 16,
	MESH_DEV_MAX_SHORTCUTS		= 1 << 17,
	MESH_DEV_LOCAL6			= 1 << 18,
	MESH_DEV_NETWORK_ID		= 1 << 19,
	MESH_DEV_MAX_REDIRECTS		= 1 << 20,
	MESH_DEV_BFD			= 1 << 21,
	MESH_DEV_BFD_INTERVAL		= 1 << 22,
	MESH_DEV_BFD_MULTIPLIER		= 1 << 23,
	MESH_DEV_MAX_BFD		= 1 << 24,
	MESH_DEV_REGISTER_RATE		= 1 << 25,
	MESH_DEV_HOMES			= 1 << 26,
	MESH_DEV_MULTICAST		= 1 << 27,
	MESH_DEV_MAX_LEARNED		= 1 << 28,
	MESH_DEV_MAX_QUERIES		= 1 << 29,
	MESH_DEV_MAX_ANSWERS		= 1 << 30,
};

/* What an enum has no room for. */
#define MESH_DEV_MAX_MEMORY		((uint64_t)1 << 31)
#define MESH_DEV_HASH_FIELDS		((uint64_t)1 << 32)
#define MESH_DEV_HASH_SYMMETRIC		((uint64_t)1 << 33)
#define MESH_DEV_ENCAP			((uint64_t)1 << 34)
#define MESH_DEV_UDP_PORT		((uint64_t)1 << 35)
#define MESH_DEV_UDP_SOURCE		((uint64_t)1 << 36)
#define MESH_DEV_UDP_CSUM		((uint64_t)1 << 37)
#define MESH_DEV_BYPASS			((uint64_t)1 << 38)
#define MESH_DEV_SOURCE_POLICY		((uint64_t)1 << 39)

/**
 * struct mesh_home - an own underlay address that a device is registered with
 * @nbma: the address
 * @tier: the lowest one that is up is used by others
 * @reserved: zero
 */
struct mesh_home {
	struct mesh_addr nbma;
	uint8_t tier;
	uint8_t reserved[14];
};

/**
 * struct mesh_dev_opts - configuration of a device to be set
 * @sz: sizeof(struct mesh_dev_opts)
 * @set: bits of enum mesh_dev_set; members without their bit stay as they are
 * @local: IPv4 underlay source address; length 0 for none
 * @link: ifindex of the underlay device, 0 for any
 * @key: GRE key both ways; MESH_DEV_NO_KEY takes it away and excludes it
 * @ttl: outer TTL 1 to 255, 0 inherits the inner one
 * @tos: outer TOS, 1 inherits the inner one
 * @pmtudisc: set DF on the outer header and learn the path MTU
 * @ignore_df: ignore the DF of inner packets; excludes @pmtudisc
 * @fwmark: mark of the outer packets
 * @hash_seed: seed of the flow hash
 * @nhrp_flags: bits of enum mesh_nhrp
 * @nhrp_mask: with MESH_DEV_NHRP, the bits of @nhrp_flags that are given; the
 *	others stay, by a read before the write
 * @holdtime: NHRP holding time, seconds, 3 to 65535
 * @redirect_interval: least time between two indications for one source and
 *	destination, ms, from 1
 * @auth: Cisco authentication string of up to 8 octets; "" for none
 * @max_peers: bound of the peer table
 * @max_groups: bound of the group table
 * @max_routes: bound of the route table
 * @max_shortcuts: bound of the shortcuts
 * @local6: IPv6 underlay source address; length 0 for none.  A device that has
 *	one of @local and @local6 alone takes no packets of the other family;
 *	one that has neither takes those of both that come by @link.
 * @network_id: devices of one number are one redirect domain; 0: none
 * @max_redirects: sources and destinations that the rate of indications is
 *	bounded for, 1 to 1048576
 * @bfd: watch the liveness of endpoints: of those that NHRP has found, and of
 *	the static ones that say so
 * @bfd_interval: between control packets, both ways, ms, 10 to 60000
 * @bfd_multiplier: intervals of silence after which an endpoint is down, from 1
 * @max_bfd: bound of the BFD sessions
 * @register_rate: new registrations a second that a server takes at their
 *	first request; beyond it, and while half of @max_peers is in use, at the
 *	second one
 * @homes: where the device is to be reached; they replace those it had
 * @n_homes: how many, at most 4; 0: where packets leave
 * @multicast: bits of enum mesh_peer_origin, resolved excepted: such peers get
 *	copies of multicast and broadcast; 0 for none
 * @max_learned: bound, from 1, of what all devices of this one's underlay
 *	namespace hold together of what others make them hold: registered and
 *	resolved peers, shortcuts, questions and answers
 * @max_queries: bound of the resolutions under way or known to be in vain
 * @max_answers: bound of the answers that are remembered, so that they can be
 *	purged; what is not is given for a minute only
 * @max_memory: bound, KiB, of what the tables take that find peers, groups, routes
 *	and shortcuts, these themselves not included; -ENOSPC where it is reached
 * @hash_fields: bits of enum mesh_hash, one at least
 * @hash_symmetric: a flow and its answers have one hash; of source and
 *	destination, and of the ports, @hash_fields has both then, or neither, and
 *	no flow label
 * @encap: enum mesh_wrapping, of what goes to endpoints that say nothing else
 * @udp_port: where GRE in UDP is taken, beside GRE; 0 for nowhere.  Where none is
 *	open, MESH_WRAPPING_UDP opens 4754.  -EADDRINUSE where another socket has it
 * @udp_source: port that GRE in UDP leaves from; 0 for what tells flows apart
 * @udp_csum: send GRE in UDP with a checksum, and over IPv6 take it with one only
 * @bypass: forward what comes out of the tunnel past the IP stack's input, where
 *	nothing there asks for it
 * @source_policy: enum mesh_source: whose packets are let in
 */
struct mesh_dev_opts {
	size_t sz;
	uint64_t set;
	struct mesh_addr local;
	uint32_t link;
	uint32_t key;
	uint8_t ttl;
	uint8_t tos;
	bool pmtudisc;
	bool ignore_df;
	uint32_t fwmark;
	uint32_t hash_seed;
	uint32_t nhrp_flags;
	uint32_t nhrp_mask;
	uint16_t holdtime;
	uint32_t redirect_interval;
	const char *auth;
	uint32_t max_peers;
	uint32_t max_groups;
	uint32_t max_routes;
	uint32_t max_shortcuts;
	struct mesh_addr local6;
	uint32_t network_id;
	uint32_t max_redirects;
	bool bfd;
	uint32_t bfd_interval;
	uint8_t bfd_multiplier;
	uint32_t max_bfd;
	uint32_t register_rate;
	const struct mesh_home *homes;
	size_t n_homes;
	uint32_t multicast;
	uint32_t max_learned;
	uint32_t max_queries;
	uint32_t max_answers;
	uint32_t max_memory;
	uint32_t hash_fields;
	bool hash_symmetric;
	uint8_t encap;
	uint16_t udp_port;
	uint16_t udp_source;
	bool udp_csum;
	bool bypass;
	uint8_t source_policy;
};

/**
 * struct mesh_dev - a device as it is
 * @ifindex: of the device
 * @ifname: of the device
 * @local: IPv4 underlay source address, length 0 for none
 * @link: ifindex of the underlay device, 0 for any
 * @has_key: @key is in use
 * @key: GRE key
 * @ttl: outer TTL, 0 inherited
 * @tos: outer TOS, 1 inherited
 * @pmtudisc: path MTU discovery
 * @ignore_df: the DF of inner packets is ignored
 * @fwmark: mark of the outer packets
 * @hash_seed: seed of the flow hash
 * @nhrp_flags: bits of enum mesh_nhrp
 * @holdtime: seconds
 * @redirect_interval: ms
 * @auth_set: an authentication string is set; it is never told
 * @max_peers: bound; the next three alike
 * @max_groups: bound
 * @max_routes: bound
 * @max_shortcuts: bound
 * @peers: entries in use; the next three alike
 * @groups: in use
 * @routes: in use
 * @shortcuts: in use
 * @local6: IPv6 underlay source address, length 0 for none
 * @network_id: of the redirect domain, 0: none
 * @max_redirects: bound
 * @bfd: the liveness of endpoints is watched
 * @bfd_interval: ms
 * @bfd_multiplier: intervals
 * @max_bfd: bound
 * @bfd_sessions: in use
 * @register_rate: new registrations a second taken at their first request
 * @homes: where the device is to be reached
 * @n_homes: how many; 0: where packets leave
 * @multicast: bits of enum mesh_peer_origin: who gets copies
 * @max_learned: bound of what all devices of the underlay's namespace have learned
 * @learned: so much they have
 * @max_queries: bound; the next one alike
 * @max_answers: bound
 * @queries: in use; the next one alike
 * @answers: in use
 * @max_memory: bound of what the tables take, KiB
 * @memory: in use, KiB
 * @hash_fields: bits of enum mesh_hash: what the flow hash is made of
 * @hash_symmetric: a flow and its answers have one hash
 * @encap: enum mesh_wrapping, of what goes to endpoints that say nothing else
 * @udp_port: where GRE in UDP is taken, 0 for nowhere
 * @udp_source: port that it leaves from, 0 for what tells flows apart
 * @udp_csum: it has a checksum
 * @bypass: what comes out of the tunnel may be forwarded past the IP stack's input
 * @source_policy: enum mesh_source: whose packets are let in
 */
struct mesh_dev {
	unsigned int ifindex;
	const char *ifname;
	struct mesh_addr local;
	uint32_t link;
	bool has_key;
	uint32_t key;
	uint8_t ttl;
	uint8_t tos;
	bool pmtudisc;
	bool ignore_df;
	uint32_t fwmark;
	uint32_t hash_seed;
	uint32_t nhrp_flags;
	uint16_t holdtime;
	uint32_t redirect_interval;
	bool auth_set;
	uint32_t max_peers;
	uint32_t max_groups;
	uint32_t max_routes;
	uint32_t max_shortcuts;
	uint32_t peers;
	uint32_t groups;
	uint32_t routes;
	uint32_t shortcuts;
	struct mesh_addr local6;
	uint32_t network_id;
	uint32_t max_redirects;
	bool bfd;
	uint32_t bfd_interval;
	uint8_t bfd_multiplier;
	uint32_t max_bfd;
	uint32_t bfd_sessions;
	uint32_t register_rate;
	const struct mesh_home *homes;
	size_t n_homes;
	uint32_t multicast;
	uint32_t max_learned;
	uint32_t learned;
	uint32_t max_queries;
	uint32_t max_answers;
	uint32_t queries;
	uint32_t answers;
	uint32_t max_memory;
	uint32_t memory;
	uint32_t hash_fields;
	bool hash_symmetric;
	uint8_t encap;
	uint16_t udp_port;
	uint16_t udp_source;
	bool udp_csum;
	bool bypass;
	uint8_t source_policy;
};

typedef int (*mesh_dev_fn)(const struct mesh_dev *dev, void *arg);

/**
 * mesh_dev_add - make a device
 * @ctx: the context
 * @name: of the device
 * @opts: configuration from the start; may be NULL
 * @ifindex: set to the index of the device; may be NULL
 *
 * Where @opts is refused the device is taken away again.
 *
 * Return: 0; -EEXIST where @name is in use, -EOPNOTSUPP without the module,
 * -EINVAL or -ERANGE for a refused option.
 */
MESH_API int mesh_dev_add(struct mesh_ctx *ctx, const char *name,
			  const struct mesh_dev_opts *opts, unsigned int *ifindex);

/**
 * mesh_dev_set - change the configuration of a device
 * @ctx: the context
 * @ifindex: of the device
 * @opts: what changes
 *
 * Return: 0; -EINVAL or -ERANGE for a refused option, with nothing changed.
 */
MESH_API int mesh_dev_set(struct mesh_ctx *ctx, unsigned int ifindex,
			  const struct mesh_dev_opts *opts);

/**
 * mesh_dev_del - delete a mesh device, never one of another kind
 * @ctx: the context
 * @ifindex: of the device
 *
 * Return: 0 or an error.
 */
MESH_API int mesh_dev_del(struct mesh_ctx *ctx, unsigned int ifindex);

/**
 * mesh_dev_get - see one device
 * @ctx: the context
 * @ifindex: of the device
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned, or an error.
 */
MESH_API int mesh_dev_get(struct mesh_ctx *ctx, unsigned int ifindex,
			  mesh_dev_fn fn, void *arg);

/**
 * mesh_dev_dump - see all devices of the namespace
 * @ctx: the context
 * @fn: called for each
 * @arg: handed to @fn
 *
 * All dumps: the table is read whole before the first callback. If it changed
 * meanwhile, it is read anew, as often as dump_retries says; after that the
 * last reading is handed out and the call returns -EINTR: entries may be
 * missing or come twice.
 *
 * Return: 0, what @fn returned, -EINTR, or an error.
 */
MESH_API int mesh_dev_dump(struct mesh_ctx *ctx, mesh_dev_fn fn, void *arg);

MESH_END_DECLS

#endif

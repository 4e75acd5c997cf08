/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef MESH_MESH_H
#define MESH_MESH_H

/*
 * libmesh: sees and sets the mesh devices of a network namespace.
 *
 * Return values: 0 or a positive count on success, a negative errno on
 * failure; mesh_strerror() then says in words what was wrong and, where the
 * kernel told it, at which attribute. Every function that talks to the kernel
 * may return -ENOENT with the text "no mesh family" (the module is not
 * loaded), -EPERM (a change without CAP_NET_ADMIN in the user namespace of
 * the device), -ENODEV (no such device), -EOPNOTSUPP (not a mesh device),
 * -ENOMEM and what recvmsg(2) and send(2) return. What a function adds is
 * said there.
 *
 * Threads: a context belongs to one thread at a time; different contexts do
 * not disturb each other.
 *
 * Memory: what a callback is given is valid until it returns; copy what is to
 * live longer. Functions keep no pointer of the caller's beyond their return,
 * except the callback and its argument of mesh_event_subscribe().
 *
 * Growth: structures with a member sz are filled in by the caller, who sets
 * sz to sizeof() and the rest to zero (MESH_OPTS does both); the library
 * knows by it which members exist. Structures given to callbacks grow at
 * their end. Elements of arrays cannot grow and hold a reserve, zero on input.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MESH_API __attribute__((visibility("default")))

/**
 * MESH_OPTS - declare an option structure with its size set
 * @type: structure tag, as in MESH_OPTS(mesh_dev_opts, opts, .set = ...);
 * @name: of the variable
 * @...: designated initialisers of the other members
 */
#define MESH_OPTS(type, name, ...) \
	struct type name = { .sz = sizeof(struct type), ##__VA_ARGS__ }

/** struct mesh_ctx - a connection to the mesh devices of one namespace */
struct mesh_ctx;

/* ------------------------------------------------------------- addresses */

/**
 * struct mesh_addr - an address, underlay or overlay
 * @len: octets used: 4 (IPv4), 16 (IPv6), 0 for none
 * @bytes: in network byte order; those beyond @len are zero
 */
struct mesh_addr {
	uint8_t len;
	uint8_t bytes[16];
};

/**
 * struct mesh_prefix - a prefix of overlay addresses
 * @addr: first address, host bits zero
 * @len: bits, 0 to 32 or 128
 */
struct mesh_prefix {
	struct mesh_addr addr;
	uint8_t len;
};

/* Room for any formatted address or prefix with its final NUL. */
#define MESH_ADDR_STRLEN 46
#define MESH_PREFIX_STRLEN 50

/**
 * mesh_addr_parse - read an address
 * @text: "192.0.2.1" or "2001:db8::1", nothing before or after
 * @addr: filled in on success only
 *
 * Return: 0 or -EINVAL.
 */
MESH_API int mesh_addr_parse(const char *text, struct mesh_addr *addr);

/**
 * mesh_addr_format - write an address
 * @addr: the address; with length 0 the text is "none"
 * @text: MESH_ADDR_STRLEN octets
 *
 * Return: @text.
 */
MESH_API char *mesh_addr_format(const struct mesh_addr *addr, char *text);

/**
 * mesh_addr_cmp - order two addresses: none, IPv4, IPv6, then by value
 * @a: one
 * @b: the other
 *
 * Return: less than, equal to or greater than 0, as memcmp(3).
 */
MESH_API int mesh_addr_cmp(const struct mesh_addr *a, const struct mesh_addr *b);

/**
 * mesh_prefix_parse - read a prefix
 * @text: "192.0.2.0/24"; without a length the prefix is one address
 * @prefix: filled in on success only
 *
 * Host bits are left alone: the kernel refuses them and says so.
 *
 * Return: 0, -EINVAL, or -ERANGE for a length beyond the family's.
 */
MESH_API int mesh_prefix_parse(const char *text, struct mesh_prefix *prefix);

/**
 * mesh_prefix_format - write a prefix, always with its length
 * @prefix: the prefix
 * @text: MESH_PREFIX_STRLEN octets
 *
 * Return: @text.
 */
MESH_API char *mesh_prefix_format(const struct mesh_prefix *prefix, char *text);

/**
 * mesh_prefix_cmp - order two prefixes by address, then by length
 * @a: one
 * @b: the other
 *
 * Return: less than, equal to or greater than 0.
 */
MESH_API int mesh_prefix_cmp(const struct mesh_prefix *a, const struct mesh_prefix *b);

/* --------------------------------------------------------------- context */

/**
 * struct mesh_open_opts - where a context is opened
 * @sz: sizeof(struct mesh_open_opts)
 * @netns: name of a network namespace as "ip netns" knows it, or a path with
 *	a slash; NULL for none
 * @netns_fd: with @use_netns_fd, a descriptor of a network namespace; it is
 *	duplicated and stays the caller's
 * @use_netns_fd: @netns_fd is given; excludes @netns
 * @dump_retries: how often an interrupted dump is begun anew (0: 4 times)
 */
struct mesh_open_opts {
	size_t sz;
	const char *netns;
	int netns_fd;
	bool use_netns_fd;
	unsigned int dump_retries;
};

/**
 * mesh_open - open a context
 * @ctx: set to the new context, which mesh_close() frees
 * @opts: may be NULL: the namespace of the calling thread
 *
 * Entering another namespace needs CAP_SYS_ADMIN; the calling thread is back
 * in its own when this returns. The module need not be loaded yet.
 *
 * Return: 0; -ENOENT for an unknown @netns, -EINVAL for contradicting or
 * unknown options.
 */
MESH_API int mesh_open(struct mesh_ctx **ctx, const struct mesh_open_opts *opts);

/**
 * mesh_close - close a context and all that hangs on it
 * @ctx: may be NULL; its batches must have been freed
 */
MESH_API void mesh_close(struct mesh_ctx *ctx);

/**
 * mesh_strerror - what the last failure of a context was, for people
 * @ctx: the context
 *
 * "TEXT (attribute entry[899].prefix)": the kernel's own words and the
 * attribute at fault, where it told them, else what errno means.
 *
 * Return: text that lives until the next call with @ctx; never NULL.
 */
MESH_API const char *mesh_strerror(const struct mesh_ctx *ctx);

/**
 * mesh_error_attr - attribute at fault in the last failure of a context
 * @ctx: the context
 *
 * Return: its path in the words of the schema, as "prefix-len" or
 * "endpoint[1].weight"; NULL when the kernel named none.
 */
MESH_API const char *mesh_error_attr(const struct mesh_ctx *ctx);

/* ------------------------------------------------------------ interfaces */

/* Room for the name of an interface with its final NUL, as IFNAMSIZ. */
#define MESH_IFNAME_STRLEN 16

/**
 * mesh_link_index - index of any network device of the context's namespace
 * @ctx: the context
 * @name: of the device
 * @ifindex: set on success
 *
 * Return: 0, -ENODEV, or -EINVAL for a name that is none.
 */
MESH_API int mesh_link_index(struct mesh_ctx *ctx, const char *name,
			     unsigned int *ifindex);

/**
 * mesh_link_name - name of any network device of the context's namespace
 * @ctx: the context
 * @ifindex: of the device
 * @name: MESH_IFNAME_STRLEN octets
 *
 * Return: 0 or -ENODEV.
 */
MESH_API int mesh_link_name(struct mesh_ctx *ctx, unsigned int ifindex, char *name);

/* ---------------------------------------------------------------- device */

/* What NHRP does on a device; bits of nhrp_flags. */
enum mesh_nhrp {
	MESH_NHRP_SERVER	= 1,	/* accept registrations */
	MESH_NHRP_REDIRECT	= 2,	/* send traffic indications */
	MESH_NHRP_SHORTCUT	= 4,	/* resolve, and install shortcuts */
	MESH_NHRP_UNIQUE	= 8,	/* register as unique */
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
};

/**
 * struct mesh_dev_opts - configuration of a device to be set
 * @sz: sizeof(struct mesh_dev_opts)
 * @set: bits of enum mesh_dev_set; members without their bit stay as they are
 * @local: underlay source address; length 0 for none
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
 * @max_shortcuts: bound of the shortcuts and of the pending resolutions, each
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
};

/**
 * struct mesh_dev - a device as it is
 * @ifindex: of the device
 * @ifname: of the device
 * @local: underlay source address, length 0 for none
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
};

/*
 * The callbacks of all words: return 0 to go on; anything else ends the call,
 * which then returns it. A callback may call other functions with the same
 * context.
 */
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

/* ------------------------------------------------------------------ peer */

/**
 * struct mesh_counters - what went over an object since it was made
 * @rx_packets: packets received
 * @rx_bytes: octets received
 * @tx_packets: packets sent
 * @tx_bytes: octets sent
 */
struct mesh_counters {
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t tx_packets;
	uint64_t tx_bytes;
};

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

/**
 * struct mesh_endpoint - one underlay address of a peer
 * @nbma: the address
 * @weight: share of the peer's flows within the tier, 1 to 65535
 * @tier: the lowest tier with an endpoint that is up carries the flows
 * @status: enum mesh_endpoint_status; ignored on input
 * @reserved: zero
 */
struct mesh_endpoint {
	struct mesh_addr nbma;
	uint16_t weight;
	uint8_t tier;
	uint8_t status;
	uint32_t reserved[4];
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

/* ------------------------------------------------------- next-hop server */

enum mesh_registration_state {
	MESH_REGISTRATION_IDLE,		/* the device has no address of the family */
	MESH_REGISTRATION_PROBING,	/* asked, no answer yet */
	MESH_REGISTRATION_UP,
	MESH_REGISTRATION_DOWN,		/* unanswered or refused; tried on */
};

/**
 * struct mesh_registration - one family's registration with a server
 * @family: AF_INET or AF_INET6
 * @state: enum mesh_registration_state
 * @code: CIE code of the last refusal, 0 for none
 * @protocol: protocol address of the server, length 0 while unknown
 * @expires: remaining holding time, ms; 0 when not registered
 * @reserved: zero
 */
struct mesh_registration {
	uint16_t family;
	uint8_t state;
	uint8_t code;
	struct mesh_addr protocol;
	uint32_t expires;
	uint32_t reserved[4];
};

/**
 * struct mesh_nhs - a next-hop server as it is
 * @ifindex: of the mesh device
 * @nbma: underlay address, the key
 * @protocol: protocol address as configured, length 0 for none
 * @registrations: one for each family
 * @n_registrations: how many
 */
struct mesh_nhs {
	unsigned int ifindex;
	struct mesh_addr nbma;
	struct mesh_addr protocol;
	const struct mesh_registration *registrations;
	size_t n_registrations;
};

typedef int (*mesh_nhs_fn)(const struct mesh_nhs *nhs, void *arg);

/**
 * mesh_nhs_add - register with a next-hop server
 * @ctx: the context
 * @ifindex: of the mesh device
 * @nbma: underlay address of the server
 * @protocol: its protocol address; NULL to learn it
 *
 * Return: 0; -EEXIST, -EINVAL.
 */
MESH_API int mesh_nhs_add(struct mesh_ctx *ctx, unsigned int ifindex,
			  const struct mesh_addr *nbma,
			  const struct mesh_addr *protocol);

/**
 * mesh_nhs_del - withdraw from a next-hop server and forget it
 * @ctx: the context
 * @ifindex: of the mesh device
 * @nbma: underlay address of the server
 *
 * Return: 0 or -ENOENT.
 */
MESH_API int mesh_nhs_del(struct mesh_ctx *ctx, unsigned int ifindex,
			  const struct mesh_addr *nbma);

/**
 * mesh_nhs_get - see one next-hop server
 * @ctx: the context
 * @ifindex: of the mesh device
 * @nbma: underlay address of the server
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -ENOENT.
 */
MESH_API int mesh_nhs_get(struct mesh_ctx *ctx, unsigned int ifindex,
			  const struct mesh_addr *nbma, mesh_nhs_fn fn, void *arg);

/**
 * mesh_nhs_dump - see many next-hop servers
 * @ctx: the context
 * @ifindex: of this device only; 0 for all
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_nhs_dump(struct mesh_ctx *ctx, unsigned int ifindex,
			   mesh_nhs_fn fn, void *arg);

/* ----------------------------------------------------------------- group */

/**
 * struct mesh_member - one member of a group
 * @protocol: protocol address of a peer
 * @weight: share of the flows within the tier, 1 to 65535
 * @tier: the lowest tier with a live member carries the flows
 * @buckets: buckets that lead to it now; ignored on input
 * @reserved: zero
 */
struct mesh_member {
	struct mesh_addr protocol;
	uint16_t weight;
	uint8_t tier;
	uint32_t buckets;
	uint32_t reserved[4];
};

/**
 * struct mesh_group - a group as it is
 * @ifindex: of the mesh device
 * @id: the key, from 1
 * @members: its members
 * @n_members: how many
 * @buckets: size of the bucket table
 * @refs: routes that use it
 */
struct mesh_group {
	unsigned int ifindex;
	uint32_t id;
	const struct mesh_member *members;
	size_t n_members;
	uint32_t buckets;
	uint32_t refs;
};

typedef int (*mesh_group_fn)(const struct mesh_group *group, void *arg);

/**
 * mesh_group_add - make a group
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: from 1
 * @members: its members, which are peers already
 * @n: how many, from 1
 *
 * Return: 0; -EEXIST, -ENOENT for a member that is no peer, -ENOSPC at the
 * bound, -EINVAL.
 */
MESH_API int mesh_group_add(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
			    const struct mesh_member *members, size_t n);

/**
 * mesh_group_set - replace the members of a group in one step
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: of the group
 * @members: its members from now on; flows of those that stay do not move
 *	more than the weights demand
 * @n: how many, from 1
 *
 * Return: 0; -ENOENT for an unknown group or a member that is no peer
 * (mesh_error_attr() tells which), -EINVAL.
 */
MESH_API int mesh_group_set(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
			    const struct mesh_member *members, size_t n);

/**
 * mesh_group_del - delete a group
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: of the group
 *
 * Return: 0; -ENOENT, -EBUSY while a route uses it.
 */
MESH_API int mesh_group_del(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id);

/**
 * mesh_group_get - see one group
 * @ctx: the context
 * @ifindex: of the mesh device
 * @id: of the group
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -ENOENT.
 */
MESH_API int mesh_group_get(struct mesh_ctx *ctx, unsigned int ifindex, uint32_t id,
			    mesh_group_fn fn, void *arg);

/**
 * mesh_group_dump - see many groups
 * @ctx: the context
 * @ifindex: of this device only; 0 for all
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_group_dump(struct mesh_ctx *ctx, unsigned int ifindex,
			     mesh_group_fn fn, void *arg);

/* ----------------------------------------------------------------- route */

/**
 * struct mesh_target - where a route leads
 * @group: id of a group; 0 for none
 * @peer: protocol address of a peer; length 0 for none
 *
 * Exactly one of the two is given.
 */
struct mesh_target {
	uint32_t group;
	struct mesh_addr peer;
};

/* What becomes of routes that are there already, and of those that are not. */
enum mesh_route_mode {
	MESH_ROUTE_REPLACE,	/* made, or replaced without a gap */
	MESH_ROUTE_ADD,		/* -EEXIST when there */
	MESH_ROUTE_CHANGE,	/* -ENOENT when not there */
};

/**
 * struct mesh_route_opts - properties of routes to be set
 * @sz: sizeof(struct mesh_route_opts)
 * @owner: who feeds them, an rtnetlink protocol number; 0 means 4 (static)
 * @generation: of the owner's choosing, see mesh_route_sweep()
 * @mode: enum mesh_route_mode
 * @batch_size: octets of a message of a batch at most (0: 32768, which is a
 *	thousand IPv4 routes)
 */
struct mesh_route_opts {
	size_t sz;
	uint8_t owner;
	uint32_t generation;
	enum mesh_route_mode mode;
	size_t batch_size;
};

/**
 * struct mesh_route - a route as it is
 * @ifindex: of the mesh device
 * @prefix: the key
 * @target: where it leads
 * @owner: who fed it, an rtnetlink protocol number
 * @generation: of the owner
 * @counters: its traffic; nothing is received by a route
 */
struct mesh_route {
	unsigned int ifindex;
	struct mesh_prefix prefix;
	struct mesh_target target;
	uint8_t owner;
	uint32_t generation;
	struct mesh_counters counters;
};

/**
 * struct mesh_route_filter - which routes a dump gives
 * @sz: sizeof(struct mesh_route_filter)
 * @ifindex: of this device only; 0 for all
 * @owner: of this owner only; 0 for all
 */
struct mesh_route_filter {
	size_t sz;
	unsigned int ifindex;
	uint8_t owner;
};

typedef int (*mesh_route_fn)(const struct mesh_route *route, void *arg);

/**
 * mesh_route_set - make or replace one route
 * @ctx: the context
 * @ifindex: of the mesh device
 * @prefix: of the route, host bits zero
 * @target: a group or a peer that exists
 * @opts: may be NULL: owner static, generation 0, made or replaced
 *
 * Return: 0; -EEXIST and -ENOENT by the mode, -ENOENT also for a target that
 * is not there, -EPERM for the route of another owner, -ENOSPC at the bound,
 * -EINVAL.
 */
MESH_API int mesh_route_set(struct mesh_ctx *ctx, unsigned int ifindex,
			    const struct mesh_prefix *prefix,
			    const struct mesh_target *target,
			    const struct mesh_route_opts *opts);

/**
 * mesh_route_del - delete one route
 * @ctx: the context
 * @ifindex: of the mesh device
 * @prefix: of the route
 * @owner: whose route it is; 0 means 4 (static)
 *
 * Return: 0; -ENOENT, -EPERM for the route of another owner.
 */
MESH_API int mesh_route_del(struct mesh_ctx *ctx, unsigned int ifindex,
			    const struct mesh_prefix *prefix, uint8_t owner);

/**
 * mesh_route_flush - delete all routes of an owner
 * @ctx: the context
 * @ifindex: of the mesh device
 * @owner: whose; 0 means 4 (static)
 * @deleted: set to their number; may be NULL
 *
 * Return: 0 or an error.
 */
MESH_API int mesh_route_flush(struct mesh_ctx *ctx, unsigned int ifindex,
			      uint8_t owner, uint32_t *deleted);

/**
 * mesh_route_sweep - delete the routes of an owner that are of another generation
 * @ctx: the context
 * @ifindex: of the mesh device
 * @owner: whose; 0 means 4 (static)
 * @generation: of the routes that stay
 * @deleted: set to the number of those that went; may be NULL
 *
 * Return: 0 or an error.
 */
MESH_API int mesh_route_sweep(struct mesh_ctx *ctx, unsigned int ifindex,
			      uint8_t owner, uint32_t generation,
			      uint32_t *deleted);

/**
 * mesh_route_get - see one route, by exactly this prefix
 * @ctx: the context
 * @ifindex: of the mesh device
 * @prefix: of the route
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -ENOENT.
 */
MESH_API int mesh_route_get(struct mesh_ctx *ctx, unsigned int ifindex,
			    const struct mesh_prefix *prefix, mesh_route_fn fn,
			    void *arg);

/**
 * mesh_route_dump - see many routes
 * @ctx: the context
 * @filter: which; NULL for all
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_route_dump(struct mesh_ctx *ctx,
			     const struct mesh_route_filter *filter,
			     mesh_route_fn fn, void *arg);

/* -------------------------------------------------------- route batches */

/** struct mesh_route_batch - changes of many routes of one device and owner */
struct mesh_route_batch;

/**
 * mesh_route_batch_new - begin a batch
 * @batch: set to the new batch, which mesh_route_batch_free() frees
 * @ctx: the context; outlives the batch
 * @ifindex: of the mesh device
 * @opts: of all its routes; may be NULL, as in mesh_route_set()
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
MESH_API int mesh_route_batch_new(struct mesh_route_batch **batch,
				  struct mesh_ctx *ctx, unsigned int ifindex,
				  const struct mesh_route_opts *opts);

/**
 * mesh_route_batch_free - end a batch; what was not committed is forgotten
 * @batch: may be NULL
 */
MESH_API void mesh_route_batch_free(struct mesh_route_batch *batch);

/**
 * mesh_route_batch_set - gather a route to be made or replaced
 * @batch: the batch
 * @prefix: of the route; copied
 * @target: of the route; copied
 *
 * Nothing is sent. A batch may hold any number of routes and both kinds of
 * changes; they are applied in this order.
 *
 * Return: 0; -EINVAL for an address that is none, -ENOMEM.
 */
MESH_API int mesh_route_batch_set(struct mesh_route_batch *batch,
				  const struct mesh_prefix *prefix,
				  const struct mesh_target *target);

/**
 * mesh_route_batch_del - gather a route to be deleted
 * @batch: the batch
 * @prefix: of the route; copied
 *
 * Return: as mesh_route_batch_set().
 */
MESH_API int mesh_route_batch_del(struct mesh_route_batch *batch,
				  const struct mesh_prefix *prefix);

/**
 * mesh_route_batch_pending - how many changes are gathered and not applied
 * @batch: the batch
 *
 * Return: the number.
 */
MESH_API size_t mesh_route_batch_pending(const struct mesh_route_batch *batch);

/**
 * mesh_route_batch_commit - apply what was gathered
 * @batch: the batch
 * @failed: set to the index among the pending changes of the one at fault, or
 *	to SIZE_MAX when the kernel named none; may be NULL
 *
 * Changes of one kind go together in messages of up to batch_size octets; the
 * kernel applies each message whole or not at all. The first refused message
 * ends the commit: what was applied before is no longer pending, the rest is,
 * and may be committed again, for example after mesh_route_batch_drop().
 *
 * Return: 0, with nothing pending, or the error of the refused message.
 */
MESH_API int mesh_route_batch_commit(struct mesh_route_batch *batch, size_t *failed);

/**
 * mesh_route_batch_drop - take one pending change out of a batch
 * @batch: the batch
 * @index: as mesh_route_batch_commit() gave it
 *
 * Return: 0, or -EINVAL when nothing is pending there.
 */
MESH_API int mesh_route_batch_drop(struct mesh_route_batch *batch, size_t index);

/* ------------------------------------------------- where does a flow go */

/**
 * struct mesh_flow - a flow to ask for
 * @sz: sizeof(struct mesh_flow)
 * @dst: destination, an overlay address
 * @src: source of the same family; length 0 for unspecified
 * @ip_proto: IP protocol number, 0 for unspecified
 * @sport: source port, host byte order, 0 for unspecified
 * @dport: destination port, host byte order, 0 for unspecified
 */
struct mesh_flow {
	size_t sz;
	struct mesh_addr dst;
	struct mesh_addr src;
	uint8_t ip_proto;
	uint16_t sport;
	uint16_t dport;
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

/* -------------------------------------------------------------- shortcut */

/**
 * struct mesh_shortcut - a shortcut as it is
 * @ifindex: of the mesh device
 * @prefix: the key
 * @peer: protocol address of the next hop
 * @nbma: underlay address of the next hop
 * @expires: remaining holding time, ms
 * @counters: its traffic; nothing is received by a shortcut
 */
struct mesh_shortcut {
	unsigned int ifindex;
	struct mesh_prefix prefix;
	struct mesh_addr peer;
	struct mesh_addr nbma;
	uint32_t expires;
	struct mesh_counters counters;
};

typedef int (*mesh_shortcut_fn)(const struct mesh_shortcut *shortcut, void *arg);

/**
 * mesh_shortcut_del - delete one shortcut; its traffic goes by the routes
 * @ctx: the context
 * @ifindex: of the mesh device
 * @prefix: of the shortcut
 *
 * Return: 0 or -ENOENT.
 */
MESH_API int mesh_shortcut_del(struct mesh_ctx *ctx, unsigned int ifindex,
			       const struct mesh_prefix *prefix);

/**
 * mesh_shortcut_flush - delete all shortcuts of a device
 * @ctx: the context
 * @ifindex: of the mesh device
 *
 * Return: 0 or an error.
 */
MESH_API int mesh_shortcut_flush(struct mesh_ctx *ctx, unsigned int ifindex);

/**
 * mesh_shortcut_get - see one shortcut, by exactly this prefix
 * @ctx: the context
 * @ifindex: of the mesh device
 * @prefix: of the shortcut
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -ENOENT.
 */
MESH_API int mesh_shortcut_get(struct mesh_ctx *ctx, unsigned int ifindex,
			       const struct mesh_prefix *prefix,
			       mesh_shortcut_fn fn, void *arg);

/**
 * mesh_shortcut_dump - see many shortcuts
 * @ctx: the context
 * @ifindex: of this device only; 0 for all
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_shortcut_dump(struct mesh_ctx *ctx, unsigned int ifindex,
				mesh_shortcut_fn fn, void *arg);

/* ----------------------------------------------------------------- stats */

/**
 * struct mesh_counter - one counter of a device
 * @name: as in the schema, "drop-tx-no-peer"; lives as long as the program
 * @value: since the device was made
 */
struct mesh_counter {
	const char *name;
	uint64_t value;
};

/**
 * struct mesh_stats - the counters of a device
 * @ifindex: of the device
 * @ifname: of the device
 * @counters: in the order of the schema
 * @n_counters: how many
 */
struct mesh_stats {
	unsigned int ifindex;
	const char *ifname;
	const struct mesh_counter *counters;
	size_t n_counters;
};

typedef int (*mesh_stats_fn)(const struct mesh_stats *stats, void *arg);

/**
 * mesh_stats_get - read the counters of one device
 * @ctx: the context
 * @ifindex: of the device
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned, or an error.
 */
MESH_API int mesh_stats_get(struct mesh_ctx *ctx, unsigned int ifindex,
			    mesh_stats_fn fn, void *arg);

/**
 * mesh_stats_dump - read the counters of all devices of the namespace
 * @ctx: the context
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_stats_dump(struct mesh_ctx *ctx, mesh_stats_fn fn, void *arg);

/* ---------------------------------------------------------------- events */

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
 * is not 0 (the events that wait stay for the next call); -ENOBUFS when events were lost since the
 * last call: dump anew what matters, then process on; -ENOTCONN when not
 * subscribed.
 */
MESH_API int mesh_event_process(struct mesh_ctx *ctx);

#ifdef __cplusplus
}
#endif

#endif /* MESH_MESH_H */

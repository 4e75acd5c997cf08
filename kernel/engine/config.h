/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device's configuration as plain values, changed in one call or not at all.
 */
#ifndef _MESH_CONFIG_H
#define _MESH_CONFIG_H

#include <linux/bits.h>

#include "bfd.h"
#include "mesh.h"
#include "nhrp.h"

/* Each stands for the field of struct config that has its name. */
enum config_field {
	CONFIG_NONE,
	CONFIG_LOCAL,
	CONFIG_LOCAL6,
	CONFIG_LINK,
	CONFIG_KEY,
	CONFIG_NO_KEY,
	CONFIG_TTL,
	CONFIG_TOS,
	CONFIG_PMTUDISC,
	CONFIG_IGNORE_DF,
	CONFIG_FWMARK,
	CONFIG_HASH_SEED,
	CONFIG_NHRP_FLAGS,
	CONFIG_HOLDTIME,
	CONFIG_REDIRECT_INTERVAL,
	CONFIG_AUTH,
	CONFIG_MAX_PEERS,
	CONFIG_MAX_GROUPS,
	CONFIG_MAX_ROUTES,
	CONFIG_MAX_SHORTCUTS,
	CONFIG_NETWORK_ID,
	CONFIG_MAX_REDIRECTS,
	CONFIG_BFD,
	CONFIG_BFD_INTERVAL,
	CONFIG_BFD_MULTIPLIER,
	CONFIG_MAX_BFD,
	CONFIG_REGISTER_RATE,
	CONFIG_HOMES,
	CONFIG_NO_HOMES,
	CONFIG_MULTICAST,
	CONFIG_MAX_LEARNED,
	CONFIG_MAX_QUERIES,
	CONFIG_MAX_ANSWERS,
	CONFIG_MAX_MEMORY,
	CONFIG_HASH_FIELDS,
	CONFIG_HASH_SYMMETRIC,
	CONFIG_ENCAP,
	CONFIG_UDP_PORT,
	CONFIG_UDP_SOURCE,
	CONFIG_UDP_CSUM,
	CONFIG_BYPASS,
	CONFIG_SOURCE_POLICY,
	CONFIG_FIELDS,
};

/**
 * struct config - what an administrator sets of a device
 * @given: mask of BIT_ULL(enum config_field): which fields count
 * @local: IPv4 underlay source address; all zeroes or of length 0 for none
 * @local6: the same, IPv6
 * @link: ifindex of the underlay device in the underlay's namespace, 0 for any
 * @key: GRE key, host order
 * @no_key: there is none
 * @ttl: outer TTL, 0 inherits
 * @tos: outer TOS, 1 inherits
 * @pmtudisc: set DF outside, learn the path MTU
 * @ignore_df: inner DF does not matter
 * @fwmark: of the outer packets
 * @hash_seed: of the flow hash
 * @nhrp_flags: mask of enum mesh_nhrp_flags
 * @holdtime: seconds
 * @redirect_interval: ms
 * @auth_len: octets in @auth, 0 for no authentication
 * @auth: Cisco-style password
 * @max_peers: bound of the table of that name, as are the three that follow
 * @max_groups: see @max_peers
 * @max_routes: see @max_peers
 * @max_shortcuts: see @max_peers
 * @network_id: devices of one number are one redirect domain; 0: by itself
 * @max_redirects: sources and destinations remembered by the rate limit
 * @bfd: the liveness of endpoints is watched
 * @bfd_interval: ms
 * @bfd_multiplier: intervals
 * @max_bfd: bound of the BFD sessions
 * @register_rate: new registrations a second taken at their first request
 * @n_homes: how many of @home
 * @home: own underlay addresses to be registered, with their tiers
 * @multicast: mask of BIT(enum peer_origin): who gets copies
 * @max_learned: what all devices of the underlay's namespace may learn together
 * @max_queries: bound of the resolutions under way or in vain
 * @max_answers: bound of the answers remembered
 * @max_memory: bound of what the tables take, KiB
 * @hash_fields: mask of enum mesh_hash_fields: what the flow hash is made of
 * @hash_symmetric: both directions of a flow have the same
 * @encap: an enum mesh_encap_type, of what goes to endpoints that say nothing else
 * @udp_port: where GRE in UDP is taken, 0 for nowhere
 * @udp_source: where it leaves from, 0 for what tells flows apart
 * @udp_csum: it has a checksum
 * @bypass: what comes out only to be forwarded need not go through the IP stack
 * @source_policy: an enum mesh_source_policy: whose packets are let in
 */
struct config {
	u64 given;
	struct mesh_addr local;
	struct mesh_addr local6;
	u32 link;
	u32 key;
	bool no_key;
	u8 ttl;
	u8 tos;
	bool pmtudisc;
	bool ignore_df;
	u32 fwmark;
	u32 hash_seed;
	u32 nhrp_flags;
	u16 holdtime;
	u32 redirect_interval;
	u8 auth_len;
	u8 auth[NHRP_SECRET_MAX];
	u32 max_peers;
	u32 max_groups;
	u32 max_routes;
	u32 max_shortcuts;
	u32 network_id;
	u32 max_redirects;
	bool bfd;
	u32 bfd_interval;
	u8 bfd_multiplier;
	u32 max_bfd;
	u32 register_rate;
	u8 n_homes;
	struct endpoint_cfg home[NHRP_ENDPOINTS_MAX];
	u32 multicast;
	u32 max_learned;
	u32 max_queries;
	u32 max_answers;
	u32 max_memory;
	u32 hash_fields;
	bool hash_symmetric;
	u8 encap;
	u16 udp_port;
	u16 udp_source;
	bool udp_csum;
	bool bypass;
	u8 source_policy;
};

/* Filled by a call that fails: a constant text and what it is about. */
struct config_error {
	const char *text;
	enum config_field field;
};

/* Makes mesh->encap, with defaults; undone by config_exit().  0 or -ENOMEM. */
int config_init(struct mesh_dev *mesh);
/* The device has left the receive table, or never was in it. */
void config_exit(struct mesh_dev *mesh);

/*
 * Changes what is given; with the writer lock.  0, or -EINVAL, -EEXIST,
 * -EADDRINUSE, -ENODEV, -ENOMEM with @err filled and nothing changed.
 */
int config_set(struct mesh_dev *mesh, const struct config *cfg,
	       struct config_error *err);
/*
 * What is set, the password included (a dump must leave it out); with the
 * writer lock.  @given tells key from no key.
 */
void config_get(struct mesh_dev *mesh, struct config *cfg);

#endif

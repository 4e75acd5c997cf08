/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The NHRP state machine of one mesh device: next-hop client and server,
 * resolution, shortcuts and purges (RFC 2332).  Packets, timers and events go
 * in; what is to be done comes out through struct nhrp_ops.  The clock is an
 * argument (milliseconds, never going back).  The caller serialises: nothing
 * here locks.  Every function may sleep for memory.
 */
#ifndef _MESH_NHRP_FSM_H
#define _MESH_NHRP_FSM_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "wire/addr.h"

#define NHRP_SECRET_MAX		8
#define NHRP_ENDPOINTS_MAX	4
#define NHRP_WAYS_MAX		8	/* entries of an answer */
#define NHRP_HOPS_MAX		4	/* peers that a shortcut leads to */
#define NHRP_PACKET_MAX		1400	/* what we ever build or take */
#define NHRP_KEYS_MAX		2	/* the old one and the new one */
#define NHRP_KEY_MIN		16	/* octets */
#define NHRP_KEY_MAX		64
#define NHRP_AUTH_WINDOW	60	/* s that two clocks may differ */
#define NHRP_QUOTE_MAX		128	/* of a packet quoted in another */
#define NHRP_NEVER		U64_MAX

#define NHRP_HOLDING_TIME_MIN		3
#define NHRP_HOLDING_TIME_DEFAULT	7200
#define NHRP_MAX_NHS			16
#define NHRP_MAX_PEERS_DEFAULT		131072
#define NHRP_REGISTER_RATE_DEFAULT	1000
#define NHRP_MAX_SHORTCUTS_DEFAULT	262144
#define NHRP_MAX_QUERIES_DEFAULT	1024
#define NHRP_MAX_ANSWERS_DEFAULT	65536

/* The higher the preference, the better. */
struct nhrp_endpoint {
	struct mesh_addr nbma;
	u8 preference;
};

/**
 * struct nhrp_config - what an administrator sets
 * @holding_time: seconds that others may hold what we register and answer,
 *	at least NHRP_HOLDING_TIME_MIN
 * @max_peers: bindings held at once; the resolved ones leave a quarter free
 * @register_rate: new registrations a second that are taken at their first
 *	request; beyond it, and while half of @max_peers is in use, at the second
 * @max_shortcuts: shortcuts held at once
 * @max_queries: resolutions outstanding or known to be in vain
 * @max_answers: answers remembered, so that they can be purged
 * @server: accept registrations
 * @shortcut: resolve on a Traffic Indication
 * @unique: register with the uniqueness flag
 * @n_homes: entries of @home; 0: by whatever address packets leave
 * @home: own underlay addresses to be reached by, each once; a unique binding
 *	has one at most
 * @secret_len: octets of @secret in use; 0: no authentication
 * @secret: Cisco-style password, sent with and demanded of every packet
 */
struct nhrp_config {
	u16 holding_time;
	u32 max_peers;
	u32 register_rate;
	u32 max_shortcuts;
	u32 max_queries;
	u32 max_answers;
	bool server;
	bool shortcut;
	bool unique;
	u8 n_homes;
	struct nhrp_endpoint home[NHRP_ENDPOINTS_MAX];
	u8 secret_len;
	u8 secret[NHRP_SECRET_MAX];
};

/**
 * struct nhrp_key - a secret that several nodes share, for authentication codes
 * @id: tells the other side which one it is; not 0
 * @len: octets of @secret, NHRP_KEY_MIN to NHRP_KEY_MAX
 * @accept_only: not to sign with while there is another one
 * @secret: never leaves the state machine, but for the mac operation
 */
struct nhrp_key {
	u16 id;
	u8 len;
	bool accept_only;
	u8 secret[NHRP_KEY_MAX];
};

/**
 * struct nhrp_key_info - one key, as shown
 * @id: the key
 * @accept_only: as configured
 * @signs: what is sent now is signed with it
 * @accepted_n: packets that it was found right for
 * @signed_n: packets signed with it
 */
struct nhrp_key_info {
	u16 id;
	bool accept_only;
	bool signs;
	u64 accepted_n;
	u64 signed_n;
};

/* Why a packet is not believed. */
enum nhrp_auth_fault {
	NHRP_AUTH_OK,
	NHRP_AUTH_BAD_PASSWORD,	/* or none */
	NHRP_AUTH_MISSING,	/* no authentication code */
	NHRP_AUTH_UNKNOWN_KEY,
	NHRP_AUTH_BAD_MAC,
	NHRP_AUTH_REPLAYED,	/* or its clock is too far from ours */
};

/* How the state machine came to know a peer; each origin stands by itself. */
enum nhrp_origin {
	NHRP_ORIGIN_NHS,
	NHRP_ORIGIN_REGISTERED,
	NHRP_ORIGIN_RESOLVED,
};

/**
 * struct nhrp_peer - a binding, as peer_learn is told of it
 * @proto: protocol address
 * @origin: how it was learned
 * @unique: registered as unique
 * @nat: its address was translated underway
 * @n: endpoints in @ep
 * @mtu: MTU it asked for, 0: none
 * @hold: seconds
 * @expires: when it lapses (ms); the state machine watches that
 * @priority: NHRP_ORIGIN_NHS: the best of its servers', the lower the better;
 *	the worst one while it settles
 * @ep: endpoints, the higher the preference the better
 */
struct nhrp_peer {
	struct mesh_addr proto;
	enum nhrp_origin origin;
	u8 priority;
	bool unique;
	bool nat;
	u8 n;
	u16 mtu;
	u16 hold;
	u64 expires;
	struct nhrp_endpoint ep[NHRP_ENDPOINTS_MAX];
};

enum nhrp_route_type {
	NHRP_ROUTE_NONE,	/* not to be reached */
	NHRP_ROUTE_VACANT,	/* on this device; nobody is known to be there */
	NHRP_ROUTE_LOCAL,	/* our own address, or behind us */
	NHRP_ROUTE_MESH,	/* by a peer of this device */
	NHRP_ROUTE_DOMAIN,	/* by another device of the redirect domain */
};

/**
 * struct nhrp_way - one of several that a route's packets take
 * @proto: the next hop's protocol address
 * @nbma: an endpoint of it
 * @preference: the higher the better; equal ones share the flows
 */
struct nhrp_way {
	struct mesh_addr proto;
	struct mesh_addr nbma;
	u8 preference;
};

/**
 * struct nhrp_route - where a protocol address lies, shortcuts left aside
 * @type: see above
 * @plen: length of the route's prefix; 0 for a default route
 * @deprecated: NHRP_ROUTE_LOCAL: an address that is held for who uses it
 *	already; nobody else is to come to it
 * @device: NHRP_ROUTE_DOMAIN: the other device, for hand_over
 * @proto: NHRP_ROUTE_MESH: the next hop's protocol address
 * @nbma: NHRP_ROUTE_MESH: the next hop's endpoint
 * @vouched: NHRP_ROUTE_MESH: all of @way were configured or have registered
 * @n: NHRP_ROUTE_MESH: ways that are live, @nbma among them
 * @way: the best first
 */
struct nhrp_route {
	enum nhrp_route_type type;
	u8 plen;
	bool deprecated;
	u32 device;
	struct mesh_addr proto;
	struct mesh_addr nbma;
	bool vouched;
	u8 n;
	struct nhrp_way way[NHRP_WAYS_MAX];
};

enum nhrp_nhs_state {
	NHRP_NHS_IDLE,		/* no address of that family to register */
	NHRP_NHS_PROBING,	/* no answer yet */
	NHRP_NHS_UP,
	NHRP_NHS_DOWN,		/* refused, or no answer; goes on trying */
	NHRP_NHS_STANDBY,	/* better ones answer; not registered with */
};

#define NHRP_FAMILIES	2	/* 0: IPv4, 1: IPv6 */

/**
 * struct nhrp_reg_info - the registration of one family, as shown
 * @state: see above
 * @proto: the server's protocol address, configured or learned, or none
 * @settling: back, but others may not have found out: the rest come before it
 * @code: CIE code of the last refusal; 0: none
 * @expires: when the registration lapses (ms); 0: there is none
 */
struct nhrp_reg_info {
	enum nhrp_nhs_state state;
	bool settling;
	struct mesh_addr proto;
	u8 code;
	u64 expires;
};

/**
 * struct nhrp_nhs_cfg - one next-hop server, as it is asked for
 * @nbma: its underlay address, the key
 * @proto: its protocol address; of length 0: learned
 * @priority: the lower the better: those of the lowest one that answer are
 *	registered with
 * @owner: who configured it, an rtnetlink protocol number; kept, not used
 */
struct nhrp_nhs_cfg {
	struct mesh_addr nbma;
	struct mesh_addr proto;
	u8 priority;
	u8 owner;
};

/**
 * struct nhrp_nhs_info - one next-hop server, as shown
 * @cfg: as configured
 * @reg: by family
 */
struct nhrp_nhs_info {
	struct nhrp_nhs_cfg cfg;
	struct nhrp_reg_info reg[NHRP_FAMILIES];
};

/**
 * struct nhrp_shortcut_info - one shortcut, as shown and as set
 * @prefix: what it covers; the key
 * @proto: protocol address of the peer that it leads to, or the first of them
 * @nbma: that peer's preferred endpoint, as answered
 * @hold: seconds, as answered
 * @expires: when it lapses (ms)
 */
struct nhrp_shortcut_info {
	struct mesh_prefix prefix;
	struct mesh_addr proto;
	struct mesh_addr nbma;
	u16 hold;
	u64 expires;
};

/* One of the peers that a shortcut leads to. */
struct nhrp_hop {
	struct mesh_addr proto;
	u8 preference;
};

/**
 * enum nhrp_trust - how sure it is who a packet is from
 * @NHRP_TRUST_NONE: not at all
 * @NHRP_TRUST_PASSWORD: it showed the password
 * @NHRP_TRUST_KEY: it had an authentication code
 */
enum nhrp_trust {
	NHRP_TRUST_NONE,
	NHRP_TRUST_PASSWORD,
	NHRP_TRUST_KEY,
};

/**
 * struct nhrp_ops - what the state machine has done for it
 * @send: send @len octets to @nbma; the buffer is the state machine's
 * @hand_over: that other device takes the packet, nhrp_fsm_take()
 * @proto_addr: own protocol address of that length in octets (the primary
 *	one of the device); false: none
 * @nbma_addr: own underlay address used towards @to; false: none
 * @nbma_own: own underlay address of that length in octets, whoever it is used
 *	towards; false: none is known
 * @is_own: whether @addr is one of the device's own protocol addresses
 * @route: where @dst lies; shortcuts are not to be considered
 * @peer_learn: what this origin knows of the peer, in place of what it knew
 *	before; 0, or an error and nothing was changed
 * @peer_forget: this origin knows the peer no more
 * @shortcut_set: add a shortcut or swap its next hops (at least one) in place
 * @shortcut_del: remove a shortcut
 * @shortcut_used: whether it carried traffic since this was last asked
 * @charge: one more binding, shortcut, query, answer or signer is to be held;
 *	false: the state machines that share a bound hold as many as it allows
 * @uncharge: one less
 * @nhs_changed: the state of a registration is another one now
 * @mac: HMAC-SHA256 of @len octets into the 32 of @code
 * @wall_clock: µs since 1970; may jump
 * @nonce: 64 bits that nobody can foresee
 * @refused: a packet from @from was not believed; may not take long
 *
 * The last four are not used while there is neither password nor key.
 *
 * No operation may call back into the state machine.
 */
struct nhrp_ops {
	void (*send)(void *ctx, const struct mesh_addr *nbma, const void *buf,
		     size_t len);
	void (*hand_over)(void *ctx, u32 device, const void *buf, size_t len,
			  const struct mesh_addr *from, enum nhrp_trust trust);
	bool (*proto_addr)(void *ctx, u8 alen, struct mesh_addr *addr);
	bool (*nbma_addr)(void *ctx, const struct mesh_addr *to,
			  struct mesh_addr *addr);
	bool (*nbma_own)(void *ctx, u8 alen, struct mesh_addr *addr);
	bool (*is_own)(void *ctx, const struct mesh_addr *addr);
	void (*route)(void *ctx, const struct mesh_addr *dst,
		      struct nhrp_route *route);
	int (*peer_learn)(void *ctx, const struct nhrp_peer *peer);
	void (*peer_forget)(void *ctx, const struct mesh_addr *proto,
			    enum nhrp_origin origin);
	int (*shortcut_set)(void *ctx, const struct nhrp_shortcut_info *sc,
			    const struct nhrp_hop *hop, unsigned int n);
	void (*shortcut_del)(void *ctx, const struct mesh_prefix *prefix);
	bool (*shortcut_used)(void *ctx, const struct mesh_prefix *prefix);
	bool (*charge)(void *ctx);
	void (*uncharge)(void *ctx);
	void (*nhs_changed)(void *ctx, const struct nhrp_nhs_info *nhs);
	void (*mac)(void *ctx, const u8 *secret, size_t secret_len,
		    const void *buf, size_t len, u8 *code);
	u64 (*wall_clock)(void *ctx);
	u64 (*nonce)(void *ctx);
	void (*refused)(void *ctx, const struct mesh_addr *from,
			enum nhrp_auth_fault fault);
};

/* Counters: the schema's nhrp-… attributes, underscores for dashes. */
#define NHRP_STATS(X) \
	X(rx)			\
	X(tx)			\
	X(malformed)		\
	X(bad_auth)		\
	X(auth_missing)		\
	X(auth_unknown_key)	\
	X(auth_bad_mac)		\
	X(auth_replayed)	\
	X(hop_exceeded)		\
	X(looped)		\
	X(no_route)		\
	X(stale)		\
	X(refused)		\
	X(table_full)		\
	X(nomem)		\
	X(unsupported)		\
	X(register_rx)		\
	X(register_tx)		\
	X(resolve_rx)		\
	X(resolve_tx)		\
	X(purge_rx)		\
	X(purge_tx)		\
	X(error_rx)		\
	X(error_tx)		\
	X(redirect_rx)		\
	X(redirect_tx)		\
	X(forwarded)		\
	X(deferred)		\
	X(nat)			\
	X(negative)		\
	X(loop_source)		\
	X(loop_record)		\
	X(ext_unknown)		\
	X(error_extension)	\
	X(error_loop)		\
	X(error_unreachable)	\
	X(error_auth)		\
	X(error_hops)		\
	X(error_other)		\
	X(error_stray)		\
	X(nat_both)		\
	X(other_family)		\
	X(no_family)		\
	X(net_full)		\
	X(purge_failed)		\
	X(nat_port)

struct recent;

struct nhrp_stats {
#define NHRP_STAT_FIELD(name) u64 name;
	NHRP_STATS(NHRP_STAT_FIELD)
#undef NHRP_STAT_FIELD
};

struct nhrp_key_slot {
	struct nhrp_key key;
	u64 accepted_n;
	u64 signed_n;
};

/**
 * struct nhrp_auth - keys, and what is known of who signs with them
 * @slot: keys in the order of addition; with the first one the rest begins anew
 * @n: how many
 * @self: who we are as a signer
 * @seq: of the last packet signed
 * @start: since when signers are remembered (ms)
 * @floor: nobody of whom nothing is remembered is believed up to here (µs)
 * @signers: what was heard of whom, by signer
 * @lru: the same, whoever has not been heard of for longest first
 * @n_signers: how many
 */
struct nhrp_auth {
	struct nhrp_key_slot slot[NHRP_KEYS_MAX];
	unsigned int n;
	u64 self;
	u64 seq;
	u64 start;
	u64 floor;
	struct rb_root signers;
	struct list_head lru;
	u32 n_signers;
};

/**
 * struct nhrp_fsm - the state machine of one device
 * @ops: actions
 * @ctx: handed to every action
 * @cfg: as configured
 * @stats: counters
 * @up: device is up; while it is not, packets are ignored
 * @now: the clock as last told
 * @id_seed: wall clock (s) at @born
 * @born: @now when the device first went up
 * @reg_id: last registration's request id
 * @req_id: next other request's id
 * @timers: every armed timer, soonest first
 * @nhs: next-hop servers, by priority, then in the order of addition
 * @bindings: registered and resolved, by protocol address and origin
 * @shortcuts: by prefix
 * @queries: resolutions by destination
 * @answers: what was answered, by prefix and requester; @n_of_others of them
 *	were about other nodes
 * @auth: keys and signers
 * @moved: to another underlay address, from which no server has been reached yet
 * @new_since: when the second began that @n_new counts in
 * @n_new: new registrations in it that were taken at their first request
 * @grey: who asked to be registered lately, once there was a flood; or NULL
 * @plens: shortcuts of each prefix length, IPv4 and IPv6
 * @answer_plens: answers likewise
 * @tx: packet under construction
 */
struct nhrp_fsm {
	const struct nhrp_ops *ops;
	void *ctx;
	struct nhrp_config cfg;
	struct nhrp_stats stats;
	bool up;
	u64 now;
	u32 id_seed;
	u64 born;
	u32 reg_id;
	u32 req_id;
	struct rb_root_cached timers;
	struct list_head nhs;
	struct rb_root bindings;
	struct rb_root shortcuts;
	struct rb_root queries;
	struct rb_root answers;
	u32 n_nhs;
	u32 n_bindings;
	u32 n_shortcuts;
	u32 n_queries;
	u32 n_answers;
	u32 n_of_others;
	struct nhrp_auth auth;
	bool moved;
	u64 new_since;
	u32 n_new;
	struct recent *grey;
	u32 plens[2][129];
	u32 answer_plens[2][129];
	u8 tx[NHRP_PACKET_MAX];
};

void nhrp_config_default(struct nhrp_config *cfg);
/* 0, or -EINVAL with *why naming the field at fault. */
int nhrp_config_check(const struct nhrp_config *cfg, const char **why);

/* @id_seed: wall-clock seconds, so that ids do not go back over a reload. */
void nhrp_fsm_init(struct nhrp_fsm *fsm, const struct nhrp_ops *ops, void *ctx,
		   const struct nhrp_config *cfg, u32 id_seed);
/* Frees everything; undoes nothing towards others: nhrp_fsm_down() does. */
void nhrp_fsm_exit(struct nhrp_fsm *fsm);

void nhrp_fsm_up(struct nhrp_fsm *fsm, u64 now);
/* Purges what others hold of us, forgets what we hold of them. */
void nhrp_fsm_down(struct nhrp_fsm *fsm, u64 now);
/* @cfg must have passed nhrp_config_check(). */
void nhrp_fsm_configure(struct nhrp_fsm *fsm, u64 now,
			const struct nhrp_config *cfg);
/* An address of the device has come, gone or changed. */
void nhrp_fsm_addr_changed(struct nhrp_fsm *fsm, u64 now);
/* We are reached at another underlay address now. */
void nhrp_fsm_underlay_changed(struct nhrp_fsm *fsm, u64 now);
/*
 * A route of that prefix has come, gone or changed, or any number of routes:
 * answers that do not hold any more are purged by nhrp_fsm_run(), a server there
 * that has not answered is asked again at once, and one that is reached from
 * another address of ours now is told.
 */
void nhrp_fsm_route_changed(struct nhrp_fsm *fsm, u64 now,
			    const struct mesh_prefix *changed);
void nhrp_fsm_routes_changed(struct nhrp_fsm *fsm, u64 now);
/* Endpoints of a peer have changed, or a group has: the same of what they are in. */
void nhrp_fsm_peers_changed(struct nhrp_fsm *fsm, u64 now);

/* @from: underlay source of the packet. */
void nhrp_fsm_rx(struct nhrp_fsm *fsm, u64 now, const void *buf, size_t len,
		 const struct mesh_addr *from);
/* What a device of the same domain hands over, and asks of all who send to it. */
void nhrp_fsm_take(struct nhrp_fsm *fsm, u64 now, const void *buf, size_t len,
		   const struct mesh_addr *from, enum nhrp_trust trust);
/*
 * Fires what is due; returns when to call again (ms), NHRP_NEVER if there is
 * nothing to wait for.  Long work is cut: the answer is then @now.
 */
u64 nhrp_fsm_run(struct nhrp_fsm *fsm, u64 now);

/*
 * Asks for @dst unless a shortcut, a query or a recent refusal stands; 0 if
 * one does or a request is under way.
 */
int nhrp_fsm_resolve(struct nhrp_fsm *fsm, u64 now,
		     const struct mesh_addr *dst);

/* -EEXIST, -ENOSPC (NHRP_MAX_NHS), -ENOMEM */
int nhrp_fsm_nhs_add(struct nhrp_fsm *fsm, u64 now,
		     const struct nhrp_nhs_cfg *cfg);
int nhrp_fsm_nhs_del(struct nhrp_fsm *fsm, u64 now,
		     const struct mesh_addr *nbma);
/*
 * Whoever watches the server of that protocol address says whether it is
 * reached.  While it is not, the next ones are registered with, at once.
 */
void nhrp_fsm_nhs_alive(struct nhrp_fsm *fsm, u64 now,
			const struct mesh_addr *proto, bool alive);

int nhrp_fsm_shortcut_del(struct nhrp_fsm *fsm, const struct mesh_prefix *p);
/* Up to @max of them; how many it were. */
u32 nhrp_fsm_shortcut_flush(struct nhrp_fsm *fsm, u32 max);
/* Drops what was registered or resolved, and the shortcuts that lead there. */
int nhrp_fsm_peer_del(struct nhrp_fsm *fsm, const struct mesh_addr *proto);

/* -EINVAL (id, length), -EEXIST, -ENOSPC (NHRP_KEYS_MAX); @key is copied. */
int nhrp_fsm_key_add(struct nhrp_fsm *fsm, u64 now, const struct nhrp_key *key);
/* -ENOENT */
int nhrp_fsm_key_set(struct nhrp_fsm *fsm, u64 now, u16 id, bool accept_only);
int nhrp_fsm_key_del(struct nhrp_fsm *fsm, u64 now, u16 id);
/* The key at position @pos, in the order of addition. */
bool nhrp_fsm_key_at(const struct nhrp_fsm *fsm, unsigned int pos,
		     struct nhrp_key_info *info);

/* The server at position @pos, by priority, then in the order of addition. */
bool nhrp_fsm_nhs_at(const struct nhrp_fsm *fsm, unsigned int pos,
		     struct nhrp_nhs_info *info);
/*
 * The shortcut of the next larger prefix than @info has, or the first if
 * @first: goes on rightly after any pause.
 */
bool nhrp_fsm_shortcut_next(const struct nhrp_fsm *fsm, bool first,
			    struct nhrp_shortcut_info *info);

/*
 * A hub's Traffic Indication about an IP packet that goes out as it came in,
 * of which @len octets are at hand, to where its source lies.
 */
void nhrp_fsm_indicate(struct nhrp_fsm *fsm, u64 now, const void *pkt,
		       size_t len);

#endif

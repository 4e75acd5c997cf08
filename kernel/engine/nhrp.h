/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The NHRP engine of one mesh device: runs the state machine of nhrp_fsm.h
 * over the device's tables, in a worker of its own.  All but nhrp_input() and
 * nhrp_redirect() runs under the writer lock (fwd_lock()).
 */
#ifndef _MESH_NHRP_H
#define _MESH_NHRP_H

#include "mesh.h"
#include "nhrp/nhrp_fsm.h"

#define NHRP_REDIRECT_INTERVAL_DEFAULT	1000	/* ms */
#define NHRP_MAX_REDIRECTS_DEFAULT	1024
#define NHRP_MAX_REDIRECTS		(1 << 20)
#define NHRP_MAX_LEARNED_DEFAULT	(1 << 20)

/**
 * struct nhrp_budget - what the devices of one underlay namespace may hold
 *	together of what others make them hold
 * @used: peers registered and resolved, shortcuts, questions and answers
 * @max: bound of that; what is there stays where it is lowered
 *
 * The bounds of a device say what of its memory is for what; this one says how
 * much there is, however many devices somebody makes.
 */
struct nhrp_budget {
	atomic_t used;
	u32 max;
};

static inline void nhrp_budget_init(struct nhrp_budget *budget)
{
	atomic_set(&budget->used, 0);
	budget->max = NHRP_MAX_LEARNED_DEFAULT;
}

struct nhrp_limiter;
struct sk_buff;

/**
 * struct nhrp_dev_config - what is configured of NHRP on a device
 * @fsm: of the state machine
 * @redirect: send Traffic Indications
 * @redirect_interval: least time between two for a source and destination, ms
 * @max_redirects: sources and destinations remembered for that, 1 to
 *	NHRP_MAX_REDIRECTS
 * @network: devices of one number are one redirect domain; 0: by itself
 * @told: what nhrp_config_prepare() has made, or NULL
 */
struct nhrp_dev_config {
	struct nhrp_config fsm;
	bool redirect;
	u32 redirect_interval;
	u32 max_redirects;
	u32 network;
	struct nhrp_limiter *told;
};

/* Of the module: what all engines share.  0 or -errno. */
int nhrp_module_init(void);
/* No device is left. */
void nhrp_module_exit(void);

/* Makes mesh->nhrp, with defaults, down; may sleep.  0 or -ENOMEM. */
int nhrp_init(struct mesh_dev *mesh);
/*
 * Nobody calls nhrp_input() or nhrp_redirect() any more.  Without the writer
 * lock: waits for the worker.  Safe where nhrp_init() failed or never ran.
 */
void nhrp_exit(struct mesh_dev *mesh);

/* The device is up, or goes down: then purges are sent before this returns. */
void nhrp_up(struct mesh_dev *mesh);
void nhrp_down(struct mesh_dev *mesh);

/* The underlay has changed (local address, link, key): registers anew. */
void nhrp_underlay_changed(struct mesh_dev *mesh);

/*
 * A route of the device's own tables has changed; or a peer that was there, or
 * a group.  With the writer lock.
 */
void nhrp_route_changed(struct mesh_dev *mesh, const struct mesh_prefix *prefix);
void nhrp_peers_changed(struct mesh_dev *mesh);

void nhrp_config_get(const struct mesh_dev *mesh, struct nhrp_dev_config *cfg);
/*
 * Makes what the configuration needs: 0 or -ENOMEM.  Is followed by
 * nhrp_configure(), which cannot fail then, or by nhrp_config_abandon().
 */
int nhrp_config_prepare(const struct mesh_dev *mesh,
			struct nhrp_dev_config *cfg);
void nhrp_config_abandon(struct nhrp_dev_config *cfg);
/* @cfg->fsm has passed nhrp_config_check(). */
void nhrp_configure(struct mesh_dev *mesh, const struct nhrp_dev_config *cfg);

/*
 * An NHRP packet, from softirq: takes over @skb, whose data is the packet from
 * its fixed header on; @from is its underlay source.
 */
void nhrp_input(struct mesh_dev *mesh, struct sk_buff *skb,
		const struct mesh_addr *from);
/*
 * A packet goes out by @out, from softirq: its source is told of a better way
 * if it came in by that device or another one of its redirect domain.  @skb is
 * the inner packet, at its network header, and stays the caller's; @plen bits
 * of the destination have decided.
 */
void nhrp_redirect(struct mesh_dev *out, const struct sk_buff *skb, u8 plen);
/* A packet goes by a server, as nobody knows the next hop; from softirq. */
void nhrp_want(struct mesh_dev *mesh, const struct mesh_addr *addr);
/* Are they, being two, of one redirect domain?  RCU. */
bool nhrp_same_network(const struct mesh_dev *mesh,
		       const struct net_device *dev);

/* A peer has changed, and so may have whether a server is reached. */
void nhrp_peer_changed(struct mesh_dev *mesh, const struct peer *peer);

/* -EEXIST, -ENOSPC, -ENOMEM; -ENOENT. */
int nhrp_nhs_add(struct mesh_dev *mesh, const struct nhrp_nhs_cfg *cfg);
int nhrp_nhs_del(struct mesh_dev *mesh, const struct mesh_addr *nbma);
/* -ENOENT */
int nhrp_nhs_get(const struct mesh_dev *mesh, const struct mesh_addr *nbma,
		 struct nhrp_nhs_info *info);
/*
 * The server at that position, by priority, then in the order of addition;
 * false: past the end.
 */
bool nhrp_nhs_at(const struct mesh_dev *mesh, unsigned int pos,
		 struct nhrp_nhs_info *info);

/* -ENOENT */
int nhrp_shortcut_del(struct mesh_dev *mesh, const struct mesh_prefix *prefix);
/* How many there were. */
u32 nhrp_shortcut_flush(struct mesh_dev *mesh, u32 max);
/* A registered or resolved peer and the shortcuts to it; -ENOENT. */
int nhrp_peer_del(struct mesh_dev *mesh, const struct mesh_addr *proto);

/* -EINVAL, -EEXIST, -ENOSPC: as nhrp_fsm.h says.  @key is copied. */
int nhrp_key_add(struct mesh_dev *mesh, const struct nhrp_key *key);
/* The one of that id: whether it is for accepting only; goes.  -ENOENT */
int nhrp_key_set(struct mesh_dev *mesh, const struct nhrp_key *key);
int nhrp_key_del(struct mesh_dev *mesh, const struct nhrp_key *key);
/* -ENOENT */
int nhrp_key_get(const struct mesh_dev *mesh, u16 id,
		 struct nhrp_key_info *info);
/* The key at that position, in the order of addition; false: past the end. */
bool nhrp_key_at(const struct mesh_dev *mesh, unsigned int pos,
		 struct nhrp_key_info *info);

void nhrp_stats_get(const struct mesh_dev *mesh, struct nhrp_stats *stats);
/* How many there are. */
u32 nhrp_queries(const struct mesh_dev *mesh);
u32 nhrp_answers(const struct mesh_dev *mesh);

/* The clock of every expires in nhrp_fsm.h, peer leases and shortcuts: ms. */
u64 nhrp_now(void);

#endif

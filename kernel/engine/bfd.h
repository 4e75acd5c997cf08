/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Liveness of endpoints: BFD sessions over the overlay, one with each endpoint
 * that NHRP has found and each of a static peer that is to be watched.  One that
 * fails takes its endpoint down, one that is Up again brings it back.
 *
 * All but bfd_input() and bfd_refresh() runs under the writer lock (fwd_lock()).
 */
#ifndef _MESH_BFD_H
#define _MESH_BFD_H

#include "bfd/bfd_fsm.h"
#include "mesh.h"

#define BFD_INTERVAL_DEFAULT	300	/* ms */
#define BFD_MULTIPLIER_DEFAULT	3
#define BFD_SESSIONS_DEFAULT	4096

struct sk_buff;

/**
 * struct bfd_dev_config - what is configured of BFD on a device
 * @on: there are sessions
 * @interval: between packets, both ways, ms
 * @multiplier: so many may be missed
 * @max_sessions: bound of the sessions
 */
struct bfd_dev_config {
	bool on;
	u32 interval;
	u8 multiplier;
	u32 max_sessions;
};

/**
 * struct bfd_info - the session of an endpoint, as shown
 * @state: of the session
 * @diag: why it left Up
 * @proven: it was Up, so that the endpoint stands and falls with it
 * @interval: between packets that are sent now, us
 * @detection: of silence, after which it is down, us; 0 before it was heard
 */
struct bfd_info {
	enum bfd_state state;
	enum bfd_diag diag;
	bool proven;
	u32 interval;
	u64 detection;
};

/* Makes mesh->bfd, off; may sleep.  0 or -ENOMEM. */
int bfd_init(struct mesh_dev *mesh);
/* The device is down for good.  Without the writer lock: waits for the worker. */
void bfd_exit(struct mesh_dev *mesh);

/* The device is up, or goes down: then every session ends without a word. */
void bfd_up(struct mesh_dev *mesh);
void bfd_down(struct mesh_dev *mesh);

void bfd_config_get(const struct mesh_dev *mesh, struct bfd_dev_config *cfg);
void bfd_configure(struct mesh_dev *mesh, const struct bfd_dev_config *cfg);

/* A peer was added, changed or is about to go: its sessions follow. */
void bfd_peer_changed(struct mesh_dev *mesh, enum fwd_verb verb,
		      const struct peer *peer);
/* No sender sees the former struct mesh_encap any more. */
void bfd_reroute(struct mesh_dev *mesh);
/* Own addresses, of the overlay or the underlay, have changed; any context. */
void bfd_refresh(struct mesh_dev *mesh);

/*
 * Takes @skb, an inner packet at its network header, if it is a control packet
 * for a session; @from and @to are its outer addresses.  RCU, bottom halves off.
 */
bool bfd_input(struct mesh_dev *mesh, struct sk_buff *skb,
	       const struct mesh_addr *from, const struct mesh_addr *to);

/* False where no session stands for the endpoint. */
bool bfd_info(struct mesh_dev *mesh, const struct endpoint *ep,
	      struct bfd_info *info);
/* How many sessions there are. */
u32 bfd_count(const struct mesh_dev *mesh);

#endif

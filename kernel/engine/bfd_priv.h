/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of BFD (bfd.c, bfd_session.c, bfd_io.c) know of each other.
 */
#ifndef _MESH_BFD_PRIV_H
#define _MESH_BFD_PRIV_H

#include <linux/hrtimer.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "bfd.h"
#include "encap.h"
#include "source.h"

#define BFD_HASH_BITS 10

/**
 * struct bfd_session - liveness of one path to an endpoint
 * @node: in the table, by @peer; the writer's, read under RCU
 * @told: in bfd->told, or empty; under bfd->told_lock
 * @bfd: whose it is
 * @lock: of @fsm, @timer's being armed and @dead; taken with bottom halves off
 * @fsm: the state machine
 * @timer: what @fsm waits for, in softirq
 * @peer: overlay address of the far end; never changes, as the next three: these
 *	four are its key
 * @own: our overlay address
 * @nbma: the endpoint
 * @local: our underlay address towards it
 * @route: that of data, for one that rules, as a packet a session and interval is
 *	many; with bottom halves off
 * @source: @local, to be lent to the endpoint
 * @rules: the endpoint stands and falls with it; the writer's, softirqs need
 *	READ_ONCE.  The others only answer a far end that comes to another of our
 *	addresses
 * @was: the state that was last counted; the writer's
 * @dead: the timer is not armed any more
 * @rcu: frees it
 */
struct bfd_session {
	struct hlist_node node;
	struct list_head told;
	struct bfd *bfd;
	spinlock_t lock; /* of softirqs and the writer */
	struct bfd_fsm fsm;
	struct hrtimer timer;
	struct mesh_addr peer;
	struct mesh_addr own;
	struct mesh_addr nbma;
	struct mesh_addr local;
	struct encap_route route;
	struct source source;
	bool rules;
	enum bfd_state was;
	bool dead;
	struct rcu_head rcu;
};

/**
 * struct bfd_call - a far end that was heard without there being a session
 * @waiting: for the worker; the other fields are its
 * @peer: overlay address of the far end
 * @nbma: its endpoint
 * @local: the address that it called us at
 */
struct bfd_call {
	bool waiting;
	struct mesh_addr peer;
	struct mesh_addr nbma;
	struct mesh_addr local;
};

/**
 * struct bfd - the sessions of one device
 * @mesh: the device
 * @cfg: as configured; the writer's
 * @up: the device is up; the writer's
 * @listening: packets are looked at; the writer's, read under RCU
 * @n: sessions; the writer's
 * @seed: of the table and of what must not be guessed
 * @told_lock: of @told and @call, taken with bottom halves off, innermost
 * @told: sessions whose state the worker is to look at
 * @call: one far end that the worker is to answer
 * @stale: an own address has changed
 * @unsettled: all endpoints are to be looked at again, at @review_at; the
 *	writer's
 * @review_at: jiffies
 * @work: the worker
 * @table: struct bfd_session
 */
struct bfd {
	struct mesh_dev *mesh;
	struct bfd_dev_config cfg;
	bool up;
	bool listening;
	u32 n;
	u32 seed;
	spinlock_t told_lock; /* of softirqs and the worker */
	struct list_head told;
	struct bfd_call call;
	bool stale;
	bool unsettled;
	unsigned long review_at;
	struct delayed_work work;
	struct hlist_head table[1 << BFD_HASH_BITS];
};

/* bfd.c: has the worker run soon; any context. */
void bfd_kick(struct bfd *bfd);

/* bfd_session.c: */

static inline u64 bfd_now(void)
{
	return ktime_to_us(ktime_get());
}

struct hlist_head *bfd_bucket(struct bfd *bfd, const struct mesh_addr *peer);
/* RCU or writer; no reference. */
struct bfd_session *bfd_find(struct bfd *bfd, const struct mesh_addr *peer,
			     const struct mesh_addr *nbma,
			     const struct mesh_addr *local,
			     const struct mesh_addr *own);
/* One that differs in our underlay address at most; RCU. */
bool bfd_is_known(struct bfd *bfd, const struct mesh_addr *peer,
		  const struct mesh_addr *nbma, const struct mesh_addr *own);
/* The one that the endpoint stands and falls with, or NULL; writer. */
struct bfd_session *bfd_ruler(struct bfd *bfd, const struct mesh_addr *peer,
			      const struct mesh_addr *nbma);
/*
 * Makes sure that there is a session, not leaving; NULL without memory or own
 * address, or past the bound.  Writer.
 */
struct bfd_session *bfd_session_get(struct bfd *bfd,
				    const struct mesh_addr *peer,
				    const struct mesh_addr *nbma,
				    const struct mesh_addr *local);
/* Tells the far end, then goes; writer. */
void bfd_session_leave(struct bfd_session *s);
/* Goes at once; writer, may wait for the timer. */
void bfd_session_drop(struct bfd_session *s);
/* The settings of the device have changed; writer. */
void bfd_session_configure(struct bfd_session *s);
/* Forgets the outer route; writer. */
void bfd_session_reroute(struct bfd_session *s);
/* A packet for it; bottom halves off.  False where it was for another one. */
bool bfd_session_rx(struct bfd_session *s, const struct bfd_packet *p);
/* One that has told something and was not looked at since, or NULL. */
struct bfd_session *bfd_session_told(struct bfd *bfd);
void bfd_session_tell(struct bfd_session *s);

/* bfd_io.c: sends a control packet; bottom halves off, RCU. */
void bfd_send(struct bfd_session *s, const struct bfd_packet *p);

#endif

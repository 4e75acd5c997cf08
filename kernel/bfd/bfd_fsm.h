/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One BFD session in asynchronous mode (RFC 5880, 6.8): packets, timers and
 * events go in, what is to be done comes out as bits.  The clock is an argument
 * (microseconds, never going back).  The caller serialises.  Nothing here
 * allocates, so all of it may run in softirq.
 */
#ifndef _MESH_BFD_FSM_H
#define _MESH_BFD_FSM_H

#include <linux/types.h>

#include "wire/bfd_wire.h"

#define BFD_NEVER		U64_MAX
#define BFD_INTERVAL_MIN	10000		/* us */
#define BFD_INTERVAL_MAX	60000000
#define BFD_INTERVAL_SLOW	1000000		/* least one, until Up */
#define BFD_MULTIPLIER_MIN	1

/* What the caller has to do. */
#define BFD_DO_SEND	0x1	/* a packet of bfd_fsm_packet() */
#define BFD_DO_ANSWER	0x2	/* one with its final bit set */
#define BFD_DO_TELL	0x4	/* state, or what bfd_fsm_failed() says, changed */
#define BFD_DO_TIMER	0x8	/* ask bfd_fsm_next() again */
#define BFD_DO_DISCARD	0x10	/* the packet was not for this session */

/**
 * struct bfd_config - what an administrator sets
 * @interval: between packets, both ways, us; BFD_INTERVAL_MIN or more
 * @multiplier: so many may be missed, 1 or more
 */
struct bfd_config {
	u32 interval;
	u8 multiplier;
};

/**
 * struct bfd_fsm - a session, the state variables of RFC 5880, 6.8.1
 * @state: SessionState
 * @remote_state: RemoteSessionState
 * @diag: LocalDiag
 * @local_discr: LocalDiscr, never 0
 * @remote_discr: RemoteDiscr, 0 while unknown
 * @interval: as configured
 * @multiplier: DetectMult
 * @tx_told: DesiredMinTxInterval
 * @rx_told: RequiredMinRxInterval
 * @tx_used: what @tx_told was, until a poll has told the new one
 * @rx_used: the same of @rx_told
 * @remote_min_tx: what the far end wants to send at
 * @remote_min_rx: RemoteMinRxInterval
 * @remote_multiplier: of the far end
 * @remote_demand: RemoteDemandMode
 * @polling: a Poll Sequence is under way
 * @pardoned: the far end was not missed, as we were late ourselves
 * @proven: it was Up, and the far end has not left in good order since
 * @farewells: packets that AdminDown is still to be told by
 * @random: state of the jitter
 * @tx_at: next packet
 * @detect_at: the far end is missed then
 * @wake: the latest time that bfd_fsm_next() has told
 */
struct bfd_fsm {
	enum bfd_state state;
	enum bfd_state remote_state;
	enum bfd_diag diag;
	u32 local_discr;
	u32 remote_discr;
	u32 interval;
	u8 multiplier;
	u32 tx_told;
	u32 rx_told;
	u32 tx_used;
	u32 rx_used;
	u32 remote_min_tx;
	u32 remote_min_rx;
	u8 remote_multiplier;
	bool remote_demand;
	bool polling;
	bool pardoned;
	bool proven;
	u8 farewells;
	u32 random;
	u64 tx_at;
	u64 detect_at;
	u64 wake;
};

/* In state Down, its first packet due at once.  @discr: not 0. */
void bfd_fsm_init(struct bfd_fsm *f, u64 now, const struct bfd_config *cfg,
		  u32 discr, u32 random);

/* These return bits of BFD_DO_…: */

/* @p has passed bfd_wire_parse(). */
u32 bfd_fsm_rx(struct bfd_fsm *f, u64 now, const struct bfd_packet *p);
u32 bfd_fsm_timer(struct bfd_fsm *f, u64 now);
u32 bfd_fsm_configure(struct bfd_fsm *f, u64 now, const struct bfd_config *cfg);
/* AdminDown, told a few times: then bfd_fsm_gone(). */
u32 bfd_fsm_leave(struct bfd_fsm *f, u64 now);
/* Takes that back, or begins anew. */
u32 bfd_fsm_restart(struct bfd_fsm *f, u64 now);

/*
 * When to call bfd_fsm_timer(): not before the time that is returned, and not
 * after *latest.  In between it may be put together with others.
 */
u64 bfd_fsm_next(struct bfd_fsm *f, u64 *latest);

/* The packet to send now. */
void bfd_fsm_packet(const struct bfd_fsm *f, bool final, struct bfd_packet *p);

/*
 * The path has failed.  A far end that never came Up has not: it may not speak
 * BFD; nor has one that went AdminDown (RFC 5882, 3.2).
 */
static inline bool bfd_fsm_failed(const struct bfd_fsm *f)
{
	return f->proven && f->state != BFD_UP;
}

/* It has said its farewells. */
static inline bool bfd_fsm_gone(const struct bfd_fsm *f)
{
	return f->state == BFD_ADMIN_DOWN && !f->farewells;
}

/* Nothing is known of a far end. */
static inline bool bfd_fsm_alone(const struct bfd_fsm *f)
{
	return !f->remote_discr;
}

/* Between our packets, less the jitter, us. */
static inline u32 bfd_fsm_interval(const struct bfd_fsm *f)
{
	return f->tx_used > f->remote_min_rx ? f->tx_used : f->remote_min_rx;
}

/* How long the far end may be silent, us; 0 before it was heard. */
static inline u64 bfd_fsm_detection(const struct bfd_fsm *f)
{
	u32 interval = f->rx_used > f->remote_min_tx ? f->rx_used :
						       f->remote_min_tx;

	return (u64)f->remote_multiplier * interval;
}

#endif

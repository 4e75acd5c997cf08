// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>
#include <linux/string.h>

#include "bfd_fsm.h"

#define FAREWELLS 2	/* more packets after the first: some may be lost */

/*
 * RFC 5880, 6.8.7: packets come up to a quarter sooner than the interval, lest
 * the senders of a network fall into step; at least a tenth sooner where one
 * missing packet is one too many.  Always a tenth here: but for that last case
 * bfd_fsm_next() lets the caller have it, for putting timers together.
 */
#define JITTER_MIN	10	/* per cent */
#define JITTER_MAX	25

static u32 next_random(struct bfd_fsm *f)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 17;
	f->random ^= f->random << 5;
	return f->random;
}

static void schedule_tx(struct bfd_fsm *f, u64 now)
{
	u32 interval = bfd_fsm_interval(f);
	u32 sooner = JITTER_MIN + next_random(f) % (JITTER_MAX - JITTER_MIN);

	f->tx_at = now + interval - interval / 100 * sooner;
}

/* Where nothing is to be sent but state changes and answers. */
static bool is_quiet(const struct bfd_fsm *f)
{
	if (!f->remote_min_rx)
		return true;
	return f->remote_demand && f->state == BFD_UP &&
	       f->remote_state == BFD_UP && !f->polling;
}

static u32 wants_sooner(const struct bfd_fsm *f)
{
	return min(f->tx_at, f->detect_at) < f->wake ? BFD_DO_TIMER : 0;
}

static u32 send_now(struct bfd_fsm *f, u64 now)
{
	schedule_tx(f, now);
	return BFD_DO_SEND | wants_sooner(f);
}

/*
 * RFC 5880, 6.8.3: in state Up a change is told by a Poll Sequence; until that
 * is answered nothing gets slower.
 */
static void update_intervals(struct bfd_fsm *f)
{
	u32 tx = f->interval;

	if (f->state != BFD_UP) {
		f->tx_told = f->tx_used = max_t(u32, tx, BFD_INTERVAL_SLOW);
		f->rx_told = f->rx_used = f->interval;
		f->polling = false;
		return;
	}
	if (tx == f->tx_told && f->interval == f->rx_told)
		return;
	f->tx_told = tx;
	f->rx_told = f->interval;
	f->tx_used = min(f->tx_used, tx);
	f->rx_used = max(f->rx_used, f->interval);
	f->polling = true;
}

static u32 enter(struct bfd_fsm *f, u64 now, enum bfd_state state,
		 enum bfd_diag diag)
{
	f->state = state;
	f->diag = diag;
	if (state == BFD_UP)
		f->proven = true;
	update_intervals(f);
	return BFD_DO_TELL | send_now(f, now);
}

/* Forgets what the far end has said, as if it had never. */
static void forget_remote(struct bfd_fsm *f)
{
	f->remote_state = BFD_DOWN;
	f->remote_discr = 0;
	f->remote_min_rx = 1;
	f->remote_min_tx = 0;
	f->remote_multiplier = 0;
	f->remote_demand = false;
	f->detect_at = BFD_NEVER;
}

void bfd_fsm_init(struct bfd_fsm *f, u64 now, const struct bfd_config *cfg,
		  u32 discr, u32 random)
{
	memset(f, 0, sizeof(*f));
	f->state = BFD_DOWN;
	f->local_discr = discr;
	/* Of a xorshift generator 0 has no successor. */
	f->random = random ? random : 1;
	f->interval = cfg->interval;
	f->multiplier = cfg->multiplier;
	forget_remote(f);
	update_intervals(f);
	f->tx_at = now;
	f->wake = BFD_NEVER;
}

static void learn(struct bfd_fsm *f, const struct bfd_packet *p)
{
	f->remote_discr = p->my_discr;
	f->remote_state = p->state;
	f->remote_demand = p->demand;
	f->remote_min_rx = p->min_rx;
	f->remote_min_tx = p->min_tx;
	f->remote_multiplier = p->multiplier;
	if (f->polling && p->final) {
		f->polling = false;
		f->tx_used = f->tx_told;
		f->rx_used = f->rx_told;
	}
}

/* RFC 5880, 6.8.6: the table of states. */
static u32 react(struct bfd_fsm *f, u64 now, enum bfd_state told)
{
	u32 todo = 0;

	if (told == BFD_ADMIN_DOWN) {
		if (f->proven)
			todo = BFD_DO_TELL;
		f->proven = false;
		if (f->state != BFD_DOWN)
			todo |= enter(f, now, BFD_DOWN,
				      BFD_DIAG_NEIGHBOUR_DOWN);
		return todo;
	}
	switch (f->state) {
	case BFD_DOWN:
		if (told == BFD_DOWN)
			return enter(f, now, BFD_INIT, f->diag);
		if (told == BFD_INIT)
			return enter(f, now, BFD_UP, BFD_DIAG_NONE);
		return 0;
	case BFD_INIT:
		if (told != BFD_DOWN)
			return enter(f, now, BFD_UP, BFD_DIAG_NONE);
		return 0;
	case BFD_UP:
		if (told == BFD_DOWN)
			return enter(f, now, BFD_DOWN,
				     BFD_DIAG_NEIGHBOUR_DOWN);
		return 0;
	default:
		return 0;
	}
}

u32 bfd_fsm_rx(struct bfd_fsm *f, u64 now, const struct bfd_packet *p)
{
	u32 before = bfd_fsm_interval(f), todo;

	if (p->your_discr && p->your_discr != f->local_discr)
		return BFD_DO_DISCARD;
	learn(f, p);
	if (f->state == BFD_ADMIN_DOWN)
		return 0;
	f->detect_at = now + bfd_fsm_detection(f);
	f->pardoned = false;
	todo = react(f, now, p->state);
	if (p->poll)
		todo |= BFD_DO_ANSWER;
	if (!(todo & BFD_DO_SEND) && bfd_fsm_interval(f) < before)
		schedule_tx(f, now);
	return todo | wants_sooner(f);
}

/*
 * Where our own timer is late, so may be packets that have come in time: the far
 * end gets one interval more, once until it is heard again.
 */
static bool is_pardoned(struct bfd_fsm *f, u64 now)
{
	u32 interval = max(f->rx_used, f->remote_min_tx);

	if (f->pardoned || now - f->detect_at < interval / 2)
		return false;
	f->pardoned = true;
	f->detect_at = now + interval;
	return true;
}

static u32 missed(struct bfd_fsm *f, u64 now)
{
	forget_remote(f);
	if (f->state == BFD_INIT || f->state == BFD_UP)
		return enter(f, now, BFD_DOWN, BFD_DIAG_TIME_EXPIRED);
	return BFD_DO_TELL;
}

u32 bfd_fsm_timer(struct bfd_fsm *f, u64 now)
{
	u32 todo = BFD_DO_TIMER;

	f->wake = BFD_NEVER;
	if (bfd_fsm_gone(f))
		return 0;
	if (now >= f->detect_at && !is_pardoned(f, now))
		todo |= missed(f, now);
	if (now < f->tx_at)
		return todo;
	schedule_tx(f, now);
	if (!is_quiet(f))
		todo |= BFD_DO_SEND;
	if (f->state == BFD_ADMIN_DOWN && !--f->farewells)
		todo |= BFD_DO_TELL;
	return todo;
}

u32 bfd_fsm_configure(struct bfd_fsm *f, u64 now, const struct bfd_config *cfg)
{
	bool changed = f->interval != cfg->interval ||
		       f->multiplier != cfg->multiplier;

	f->interval = cfg->interval;
	f->multiplier = cfg->multiplier;
	if (!changed || f->state == BFD_ADMIN_DOWN)
		return 0;
	update_intervals(f);
	return send_now(f, now);
}

u32 bfd_fsm_leave(struct bfd_fsm *f, u64 now)
{
	if (f->state == BFD_ADMIN_DOWN)
		return 0;
	f->proven = false;
	f->detect_at = BFD_NEVER;
	if (!bfd_fsm_alone(f)) {
		f->farewells = FAREWELLS;
		return enter(f, now, BFD_ADMIN_DOWN, BFD_DIAG_ADMIN_DOWN);
	}
	/* Who has never been heard does not listen. */
	f->farewells = 0;
	f->state = BFD_ADMIN_DOWN;
	f->diag = BFD_DIAG_ADMIN_DOWN;
	return BFD_DO_TELL;
}

u32 bfd_fsm_restart(struct bfd_fsm *f, u64 now)
{
	f->proven = false;
	forget_remote(f);
	return enter(f, now, BFD_DOWN, BFD_DIAG_NONE);
}

u64 bfd_fsm_next(struct bfd_fsm *f, u64 *latest)
{
	u64 slack = f->multiplier > 1 ? bfd_fsm_interval(f) / 100 * JITTER_MIN : 0;

	if (bfd_fsm_gone(f)) {
		*latest = f->wake = BFD_NEVER;
		return BFD_NEVER;
	}
	*latest = min(f->tx_at + slack, f->detect_at);
	f->wake = min(f->tx_at, f->detect_at);
	return f->wake;
}

void bfd_fsm_packet(const struct bfd_fsm *f, bool final, struct bfd_packet *p)
{
	*p = (struct bfd_packet) {
		.state = f->state,
		.diag = f->diag,
		/* Never both: RFC 5880, 6.8.7. */
		.poll = f->polling && !final,
		.final = final,
		.multiplier = f->multiplier,
		.my_discr = f->local_discr,
		.your_discr = f->remote_discr,
		.min_tx = f->tx_told,
		.min_rx = f->rx_told,
	};
}

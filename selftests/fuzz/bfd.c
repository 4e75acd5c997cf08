// SPDX-License-Identifier: GPL-2.0
/*
 * Two BFD sessions that speak with each other over a path that loses, delays,
 * repeats and changes packets, and with whoever makes some up; their settings and
 * the clock go as the input says.  Each session is asked after every step whether
 * it keeps to RFC 5880.  At the end the path is a good one: both come Up.
 *
 * What an operation is followed by is read where it is carried out.
 */
#include "bfd/bfd_fsm.h"
#include "fuzz.h"

#define PATH_MAX_PACKETS	8
#define STEPS_MAX		200
#define MSEC			1000ull
#define SETTLE			(8 * BFD_INTERVAL_MAX)

/**
 * struct end - a session and the path towards it
 * @f: the session
 * @timer: when it wants to be woken, BFD_NEVER for not at all
 * @latest: and not later than then
 * @raw: packets under way to it, the oldest first
 * @n: of them
 */
struct end {
	struct bfd_fsm f;
	u64 timer;
	u64 latest;
	u8 raw[PATH_MAX_PACKETS][BFD_WIRE_LEN];
	unsigned int n;
};

/**
 * struct pair - the two of them
 * @lied: packets were made up or changed
 */
struct pair {
	struct end end[2];
	u64 now;
	bool lied;
};

static void check(const struct end *e)
{
	const struct bfd_fsm *f = &e->f;

	must(f->state <= BFD_UP && f->local_discr);
	must(f->tx_told >= BFD_INTERVAL_MIN && f->rx_told >= BFD_INTERVAL_MIN);
	/* 6.8.3: nobody is sped up before it is Up. */
	must(f->state == BFD_UP || f->tx_told >= BFD_INTERVAL_SLOW);
	must(f->state == BFD_UP || !f->polling);
	must(f->state != BFD_UP || f->proven);
	must(!bfd_fsm_failed(f) || f->state == BFD_DOWN || f->state == BFD_INIT);
	/* Whoever is heard is missed one day, and nobody else. */
	if (f->state != BFD_ADMIN_DOWN) {
		must((f->detect_at == BFD_NEVER) == bfd_fsm_alone(f));
		must(f->state == BFD_DOWN || !bfd_fsm_alone(f));
	}
	must(bfd_fsm_gone(f) ? e->timer == BFD_NEVER : e->timer <= e->latest);
}

static struct end *other(struct pair *p, const struct end *e)
{
	return &p->end[e == &p->end[0]];
}

static void emit(struct pair *p, struct end *e, bool final)
{
	struct end *to = other(p, e);
	struct bfd_packet packet, again;
	u8 raw[BFD_WIRE_LEN], copy[BFD_WIRE_LEN];

	bfd_fsm_packet(&e->f, final, &packet);
	bfd_wire_build(raw, &packet);
	must(bfd_wire_parse(&again, raw, sizeof(raw)) == BFD_WIRE_OK);
	bfd_wire_build(copy, &again);
	must(!memcmp(raw, copy, sizeof(raw)));
	if (to->n < PATH_MAX_PACKETS)
		memcpy(to->raw[to->n++], raw, sizeof(raw));
}

static void carry_out(struct pair *p, struct end *e, u32 todo)
{
	if (todo & BFD_DO_ANSWER)
		emit(p, e, true);
	if (todo & BFD_DO_SEND)
		emit(p, e, false);
	if (todo & BFD_DO_TIMER)
		e->timer = bfd_fsm_next(&e->f, &e->latest);
	if (bfd_fsm_gone(&e->f))
		e->timer = e->latest = BFD_NEVER;
}

/* A packet from the path or from nowhere: an error is no step. */
static void receive(struct pair *p, struct end *e, const u8 *raw, size_t len)
{
	struct bfd_fsm before = e->f;
	struct bfd_packet packet;
	enum bfd_wire_error err = bfd_wire_parse(&packet, raw, len);
	u32 todo;

	must(strcmp(bfd_wire_error_name(err), "unknown"));
	if (err != BFD_WIRE_OK)
		return;
	todo = bfd_fsm_rx(&e->f, p->now, &packet);
	if (todo & BFD_DO_DISCARD) {
		must(packet.your_discr && packet.your_discr != before.local_discr);
		must(!memcmp(&before, &e->f, sizeof(before)));
	}
	/* 6.8.6: a poll is answered at once, whatever the interval. */
	must(!packet.poll || todo & (BFD_DO_ANSWER | BFD_DO_DISCARD) ||
	     e->f.state == BFD_ADMIN_DOWN);
	must(before.state == e->f.state || todo & BFD_DO_TELL);
	carry_out(p, e, todo);
}

static void deliver(struct pair *p, struct end *e, bool keep)
{
	u8 raw[BFD_WIRE_LEN];

	if (!e->n)
		return;
	memcpy(raw, e->raw[0], sizeof(raw));
	if (!keep)
		memmove(e->raw[0], e->raw[1], --e->n * sizeof(raw));
	receive(p, e, raw, sizeof(raw));
}

static void expire(struct pair *p, struct end *e)
{
	struct bfd_fsm before = e->f;
	u32 todo = bfd_fsm_timer(&e->f, p->now);

	must(before.state == e->f.state || todo & BFD_DO_TELL);
	/* Who was heard in time is not given up. */
	if (before.state == BFD_UP && e->f.state != BFD_UP)
		must(p->now >= before.detect_at);
	carry_out(p, e, todo);
}

/* The clock: neither session's timer is later than it asked for. */
static void advance(struct pair *p, u64 until)
{
	struct end *next;

	for (;;) {
		next = &p->end[p->end[1].latest < p->end[0].latest];
		if (next->latest > until)
			break;
		if (next->latest > p->now)
			p->now = next->latest;
		expire(p, next);
		check(next);
	}
	if (until > p->now)
		p->now = until;
}

/* Within the time that it has left to its caller. */
static void expire_soon(struct pair *p, struct end *e)
{
	if (e->timer == BFD_NEVER)
		return;
	if (e->timer > p->now)
		advance(p, e->timer);
	if (e->timer <= p->now)
		expire(p, e);
}

static struct bfd_config take_config(struct input *in)
{
	u8 much = take8(in);

	return (struct bfd_config) {
		.interval = much & 1 ? (1 + (much >> 1)) * 10 * MSEC :
				       (1 + (much >> 1)) * 100 * MSEC,
		.multiplier = 1 + take_below(in, 255),
	};
}

static void change(struct pair *p, struct end *e, struct input *in)
{
	u8 at = take8(in);

	p->lied = true;
	if (e->n)
		e->raw[0][at % BFD_WIRE_LEN] ^= take8(in);
}

static void forge(struct pair *p, struct end *e, struct input *in)
{
	size_t len = take_below(in, BFD_WIRE_LEN + 8);
	u8 *raw;

	if (len > in->left)
		len = in->left;
	raw = take_copy(in, len);
	p->lied = true;
	receive(p, e, raw, len);
	free(raw);
}

static void step(struct pair *p, struct input *in)
{
	u8 what = take8(in);
	struct end *e = &p->end[what & 1];
	struct bfd_config cfg;

	switch (what >> 1 & 15) {
	case 0 ... 4:
		deliver(p, e, false);
		break;
	case 5:
		deliver(p, e, true);
		break;
	case 6:
		e->n = 0;
		break;
	case 7:
		change(p, e, in);
		break;
	case 8:
		forge(p, e, in);
		break;
	case 9:
		advance(p, p->now + take8(in) * MSEC);
		break;
	case 10:
		advance(p, p->now + take16(in) * MSEC);
		break;
	case 11:
		cfg = take_config(in);
		carry_out(p, e, bfd_fsm_configure(&e->f, p->now, &cfg));
		break;
	case 12:
		carry_out(p, e, bfd_fsm_leave(&e->f, p->now) | BFD_DO_TIMER);
		break;
	case 13:
		carry_out(p, e, bfd_fsm_restart(&e->f, p->now) | BFD_DO_TIMER);
		break;
	default:
		expire_soon(p, e);
	}
	check(&p->end[0]);
	check(&p->end[1]);
}

static bool all_up(const struct pair *p)
{
	return p->end[0].f.state == BFD_UP && p->end[1].f.state == BFD_UP;
}

/*
 * From whatever state, a path that carries everything brings both Up.  Who was lied
 * to may wait for days until that is silent for long enough: it begins anew.
 */
static void settle(struct pair *p)
{
	u64 until = p->now + SETTLE;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		p->end[i].n = 0;
		if (p->lied || p->end[i].f.state == BFD_ADMIN_DOWN)
			carry_out(p, &p->end[i],
				  bfd_fsm_restart(&p->end[i].f, p->now) | BFD_DO_TIMER);
	}
	while (p->now < until && !all_up(p)) {
		advance(p, p->end[0].latest < p->end[1].latest ?
			   p->end[0].latest : p->end[1].latest);
		for (i = 0; i < 2; i++)
			while (p->end[i].n)
				deliver(p, &p->end[i], false);
		check(&p->end[0]);
		check(&p->end[1]);
	}
	must(all_up(p));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct pair p = { .now = 1000 * MSEC };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct bfd_config cfg = take_config(&in);

		bfd_fsm_init(&p.end[i].f, p.now, &cfg, i + 1, take8(&in));
		carry_out(&p, &p.end[i], BFD_DO_TIMER);
	}
	for (i = 0; i < STEPS_MAX && in.left; i++)
		step(&p, &in);
	settle(&p);
	return 0;
}

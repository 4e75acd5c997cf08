// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/string.h>

#include "bfd/bfd_fsm.h"
#include "tests.h"

#define OURS	0x11111111
#define THEIRS	0x22222222
#define MS	1000ULL
#define START	(1000 * MS)

static const struct bfd_config every_100ms = { .interval = 100 * MS, .multiplier = 3 };

static struct bfd_packet packet(enum bfd_state state)
{
	return (struct bfd_packet) {
		.state = state,
		.multiplier = 3,
		.my_discr = THEIRS,
		.your_discr = OURS,
		.min_tx = 50 * MS,
		.min_rx = 50 * MS,
	};
}

static u32 hear(struct bfd_fsm *f, u64 now, enum bfd_state state)
{
	struct bfd_packet p = packet(state);

	return bfd_fsm_rx(f, now, &p);
}

/* A session in that state, with a far end that is heard at START. */
static void session(struct kunit *test, struct bfd_fsm *f, enum bfd_state state)
{
	bfd_fsm_init(f, START, &every_100ms, OURS, 4711);
	switch (state) {
	case BFD_ADMIN_DOWN:
		bfd_fsm_leave(f, START);
		break;
	case BFD_INIT:
		hear(f, START, BFD_DOWN);
		break;
	case BFD_UP:
		hear(f, START, BFD_INIT);
		break;
	default:
		break;
	}
	KUNIT_ASSERT_EQ(test, state, f->state);
}

struct row {
	enum bfd_state state;
	enum bfd_state told;
	enum bfd_state want;
	enum bfd_diag diag;
};

/* RFC 5880, 6.8.6. */
static const struct row rows[] = {
	{ BFD_ADMIN_DOWN, BFD_ADMIN_DOWN, BFD_ADMIN_DOWN, BFD_DIAG_ADMIN_DOWN },
	{ BFD_ADMIN_DOWN, BFD_DOWN, BFD_ADMIN_DOWN, BFD_DIAG_ADMIN_DOWN },
	{ BFD_ADMIN_DOWN, BFD_INIT, BFD_ADMIN_DOWN, BFD_DIAG_ADMIN_DOWN },
	{ BFD_ADMIN_DOWN, BFD_UP, BFD_ADMIN_DOWN, BFD_DIAG_ADMIN_DOWN },
	{ BFD_DOWN, BFD_ADMIN_DOWN, BFD_DOWN, BFD_DIAG_NONE },
	{ BFD_DOWN, BFD_DOWN, BFD_INIT, BFD_DIAG_NONE },
	{ BFD_DOWN, BFD_INIT, BFD_UP, BFD_DIAG_NONE },
	{ BFD_DOWN, BFD_UP, BFD_DOWN, BFD_DIAG_NONE },
	{ BFD_INIT, BFD_ADMIN_DOWN, BFD_DOWN, BFD_DIAG_NEIGHBOUR_DOWN },
	{ BFD_INIT, BFD_DOWN, BFD_INIT, BFD_DIAG_NONE },
	{ BFD_INIT, BFD_INIT, BFD_UP, BFD_DIAG_NONE },
	{ BFD_INIT, BFD_UP, BFD_UP, BFD_DIAG_NONE },
	{ BFD_UP, BFD_ADMIN_DOWN, BFD_DOWN, BFD_DIAG_NEIGHBOUR_DOWN },
	{ BFD_UP, BFD_DOWN, BFD_DOWN, BFD_DIAG_NEIGHBOUR_DOWN },
	{ BFD_UP, BFD_INIT, BFD_UP, BFD_DIAG_NONE },
	{ BFD_UP, BFD_UP, BFD_UP, BFD_DIAG_NONE },
};

static void describe(const struct row *r, char *desc)
{
	static const char *const names[] = { "AdminDown", "Down", "Init", "Up" };

	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s hears %s", names[r->state], names[r->told]);
}

KUNIT_ARRAY_PARAM(row, rows, describe);

static void a_state_hears_another(struct kunit *test)
{
	const struct row *r = test->param_value;
	struct bfd_fsm f;
	u32 todo;

	session(test, &f, r->state);
	todo = hear(&f, START + 1, r->told);
	KUNIT_EXPECT_EQ(test, r->want, f.state);
	KUNIT_EXPECT_EQ(test, r->diag, f.diag);
	if (r->want != r->state)
		KUNIT_EXPECT_EQ(test, BFD_DO_SEND | BFD_DO_TELL,
				todo & (BFD_DO_SEND | BFD_DO_TELL));
	else
		KUNIT_EXPECT_FALSE(test, todo & (BFD_DO_SEND | BFD_DO_TELL));
}

static void silence(struct kunit *test)
{
	const struct row *r = test->param_value;
	struct bfd_fsm f;

	session(test, &f, r->state);
	if (r->state != BFD_INIT && r->state != BFD_UP)
		return;
	/* Three times what is slower: our 100 ms or their 50. */
	bfd_fsm_timer(&f, START + 300 * MS - 1);
	KUNIT_EXPECT_EQ(test, r->state, f.state);
	KUNIT_EXPECT_TRUE(test, bfd_fsm_timer(&f, START + 300 * MS) & BFD_DO_TELL);
	KUNIT_EXPECT_EQ(test, BFD_DOWN, f.state);
	KUNIT_EXPECT_EQ(test, BFD_DIAG_TIME_EXPIRED, f.diag);
	KUNIT_EXPECT_TRUE(test, bfd_fsm_alone(&f));
	KUNIT_EXPECT_EQ(test, r->state == BFD_UP, bfd_fsm_failed(&f));
}

static void who_never_spoke_has_not_failed(struct kunit *test)
{
	u64 now = START, latest;
	struct bfd_fsm f;
	int sent = 0;

	session(test, &f, BFD_DOWN);
	while (now < START + 100 * 1000 * MS) {
		if (bfd_fsm_timer(&f, now) & BFD_DO_SEND)
			sent++;
		now = bfd_fsm_next(&f, &latest);
		KUNIT_ASSERT_FALSE(test, bfd_fsm_failed(&f));
	}
	/* Once a second, less the jitter. */
	KUNIT_EXPECT_GE(test, sent, 100);
	KUNIT_EXPECT_LE(test, sent, 135);
}

static void admin_down_is_no_failure(struct kunit *test)
{
	struct bfd_fsm f;

	session(test, &f, BFD_UP);
	hear(&f, START + 1, BFD_ADMIN_DOWN);
	KUNIT_EXPECT_FALSE(test, bfd_fsm_failed(&f));
	bfd_fsm_timer(&f, START + 301 * MS);
	KUNIT_ASSERT_TRUE(test, bfd_fsm_alone(&f));
	KUNIT_EXPECT_FALSE(test, bfd_fsm_failed(&f));

	session(test, &f, BFD_UP);
	bfd_fsm_timer(&f, START + 300 * MS);
	KUNIT_ASSERT_TRUE(test, bfd_fsm_failed(&f));
	KUNIT_EXPECT_TRUE(test, hear(&f, START + 1001 * MS, BFD_ADMIN_DOWN) & BFD_DO_TELL);
	KUNIT_EXPECT_FALSE(test, bfd_fsm_failed(&f));
}

static void who_is_late_blames_nobody(struct kunit *test)
{
	struct bfd_fsm f;

	session(test, &f, BFD_UP);
	bfd_fsm_timer(&f, START + 350 * MS);
	KUNIT_EXPECT_EQ(test, BFD_UP, f.state);
	/* Not for ever. */
	bfd_fsm_timer(&f, START + 600 * MS);
	KUNIT_EXPECT_EQ(test, BFD_DOWN, f.state);

	session(test, &f, BFD_UP);
	bfd_fsm_timer(&f, START + 350 * MS);
	hear(&f, START + 360 * MS, BFD_UP);
	bfd_fsm_timer(&f, START + 710 * MS);
	KUNIT_EXPECT_EQ(test, BFD_UP, f.state);
}

static void failure_ends_with_up(struct kunit *test)
{
	struct bfd_fsm f;

	session(test, &f, BFD_UP);
	hear(&f, START + 1, BFD_DOWN);
	KUNIT_EXPECT_TRUE(test, bfd_fsm_failed(&f));
	hear(&f, START + 2, BFD_DOWN);
	KUNIT_EXPECT_EQ(test, BFD_INIT, f.state);
	KUNIT_EXPECT_TRUE(test, bfd_fsm_failed(&f));
	hear(&f, START + 3, BFD_UP);
	KUNIT_EXPECT_EQ(test, BFD_UP, f.state);
	KUNIT_EXPECT_EQ(test, BFD_DIAG_NONE, f.diag);
	KUNIT_EXPECT_FALSE(test, bfd_fsm_failed(&f));
}

static void another_session_is_discarded(struct kunit *test)
{
	struct bfd_packet p = packet(BFD_DOWN);
	struct bfd_fsm f;

	session(test, &f, BFD_UP);
	p.your_discr = OURS + 1;
	KUNIT_EXPECT_EQ(test, BFD_DO_DISCARD, bfd_fsm_rx(&f, START + 1, &p));
	KUNIT_EXPECT_EQ(test, BFD_UP, f.state);
	/* And it does not keep the session alive. */
	KUNIT_EXPECT_EQ(test, START + 300 * MS, f.detect_at);
}

static void a_poll_is_answered(struct kunit *test)
{
	struct bfd_packet p = packet(BFD_UP), answer;
	struct bfd_fsm f;

	session(test, &f, BFD_UP);
	p.poll = true;
	KUNIT_EXPECT_TRUE(test, bfd_fsm_rx(&f, START + 1, &p) & BFD_DO_ANSWER);
	KUNIT_ASSERT_TRUE(test, f.polling);
	bfd_fsm_packet(&f, true, &answer);
	KUNIT_EXPECT_TRUE(test, answer.final);
	KUNIT_EXPECT_FALSE(test, answer.poll);
	KUNIT_EXPECT_EQ(test, THEIRS, answer.your_discr);
}

static void up_polls_for_its_interval(struct kunit *test)
{
	struct bfd_packet p;
	struct bfd_fsm f;

	session(test, &f, BFD_INIT);
	bfd_fsm_packet(&f, false, &p);
	KUNIT_EXPECT_EQ(test, BFD_INTERVAL_SLOW, p.min_tx);
	KUNIT_EXPECT_EQ(test, 100 * MS, p.min_rx);
	KUNIT_EXPECT_FALSE(test, p.poll);
	hear(&f, START + 1, BFD_UP);
	bfd_fsm_packet(&f, false, &p);
	KUNIT_EXPECT_EQ(test, 100 * MS, p.min_tx);
	KUNIT_EXPECT_TRUE(test, p.poll);
	p = packet(BFD_UP);
	p.final = true;
	bfd_fsm_rx(&f, START + 2, &p);
	KUNIT_EXPECT_FALSE(test, f.polling);
}

/* Slower only when the far end knows it, sooner at once. */
static void a_change_waits_for_its_final(struct kunit *test)
{
	static const struct bfd_config slower = { .interval = 400 * MS, .multiplier = 5 };
	static const struct bfd_config faster = { .interval = 20 * MS, .multiplier = 5 };
	struct bfd_packet final = packet(BFD_UP);
	struct bfd_fsm f;

	final.final = true;
	session(test, &f, BFD_UP);
	bfd_fsm_rx(&f, START, &final);

	KUNIT_EXPECT_TRUE(test, bfd_fsm_configure(&f, START, &slower) & BFD_DO_SEND);
	KUNIT_EXPECT_TRUE(test, f.polling);
	KUNIT_EXPECT_EQ(test, 400 * MS, f.tx_told);
	KUNIT_EXPECT_EQ(test, 100 * MS, f.tx_used);
	KUNIT_EXPECT_EQ(test, 1200 * MS, bfd_fsm_detection(&f));
	bfd_fsm_rx(&f, START + 1, &final);
	KUNIT_EXPECT_EQ(test, 400 * MS, f.tx_used);

	bfd_fsm_configure(&f, START + 2, &faster);
	KUNIT_EXPECT_EQ(test, 20 * MS, f.tx_used);
	KUNIT_EXPECT_EQ(test, 1200 * MS, bfd_fsm_detection(&f));
	bfd_fsm_rx(&f, START + 3, &final);
	KUNIT_EXPECT_EQ(test, 150 * MS, bfd_fsm_detection(&f));
	KUNIT_EXPECT_EQ(test, 0, bfd_fsm_configure(&f, START + 4, &faster));
}

static void intervals_jitter(struct kunit *test)
{
	static const u8 multipliers[] = { 3, 1 };
	struct bfd_config cfg = every_100ms;
	unsigned int i, k;

	for (k = 0; k < ARRAY_SIZE(multipliers); k++) {
		u64 least = U64_MAX, most = 0, last = 0, now, latest;
		struct bfd_fsm f;

		cfg.multiplier = multipliers[k];
		bfd_fsm_init(&f, START, &cfg, OURS, 42);
		hear(&f, START, BFD_INIT);
		for (i = 0; i < 1000; i++) {
			hear(&f, bfd_fsm_next(&f, &latest), BFD_UP);
			now = bfd_fsm_next(&f, &latest);
			KUNIT_ASSERT_TRUE(test, bfd_fsm_timer(&f, now) & BFD_DO_SEND);
			if (last) {
				least = min(least, now - last);
				most = max(most, latest - last);
			}
			last = now;
		}
		KUNIT_EXPECT_GE(test, least, 75 * MS);
		KUNIT_EXPECT_LE(test, least, 77 * MS);
		KUNIT_EXPECT_LE(test, most, (multipliers[k] > 1 ? 100 : 90) * MS);
		KUNIT_EXPECT_GE(test, most, 88 * MS);
	}
}

static void the_slower_end_decides(struct kunit *test)
{
	struct bfd_packet p = packet(BFD_UP);
	struct bfd_fsm f;
	u64 latest;

	session(test, &f, BFD_UP);
	bfd_fsm_timer(&f, START + 90 * MS);
	p.min_rx = 500 * MS;
	p.min_tx = 200 * MS;
	p.multiplier = 10;
	bfd_fsm_rx(&f, START + 100 * MS, &p);
	KUNIT_EXPECT_EQ(test, 2000 * MS, bfd_fsm_detection(&f));
	bfd_fsm_timer(&f, START + 200 * MS);
	KUNIT_EXPECT_GE(test, bfd_fsm_next(&f, &latest), START + 575 * MS);
	KUNIT_EXPECT_LE(test, latest, START + 700 * MS);
	/* Faster again: not only when the slow timer fires. */
	p.min_rx = 50 * MS;
	KUNIT_EXPECT_TRUE(test, bfd_fsm_rx(&f, START + 210 * MS, &p) & BFD_DO_TIMER);
	KUNIT_EXPECT_LE(test, bfd_fsm_next(&f, &latest), START + 310 * MS);
}

static void quiet(struct kunit *test)
{
	struct bfd_packet p = packet(BFD_UP);
	struct bfd_fsm f;

	session(test, &f, BFD_UP);
	p.min_rx = 0;
	bfd_fsm_rx(&f, START + 1, &p);
	KUNIT_EXPECT_FALSE(test, bfd_fsm_timer(&f, START + 250 * MS) & BFD_DO_SEND);
	p = packet(BFD_UP);
	p.demand = true;
	bfd_fsm_rx(&f, START + 251 * MS, &p);
	KUNIT_ASSERT_TRUE(test, f.polling);
	KUNIT_EXPECT_TRUE(test, bfd_fsm_timer(&f, START + 400 * MS) & BFD_DO_SEND);
	p.final = true;
	bfd_fsm_rx(&f, START + 401 * MS, &p);
	KUNIT_EXPECT_FALSE(test, bfd_fsm_timer(&f, START + 600 * MS) & BFD_DO_SEND);
}

static void farewell(struct kunit *test)
{
	u64 now, latest;
	struct bfd_fsm f;
	int sent;

	session(test, &f, BFD_UP);
	sent = !!(bfd_fsm_leave(&f, START) & BFD_DO_SEND);
	while (!bfd_fsm_gone(&f)) {
		now = bfd_fsm_next(&f, &latest);
		KUNIT_ASSERT_NE(test, BFD_NEVER, now);
		sent += !!(bfd_fsm_timer(&f, now) & BFD_DO_SEND);
	}
	KUNIT_EXPECT_EQ(test, 3, sent);
	KUNIT_EXPECT_EQ(test, BFD_NEVER, bfd_fsm_next(&f, &latest));
	KUNIT_EXPECT_EQ(test, 0, bfd_fsm_timer(&f, START + 1000 * 1000 * MS));

	session(test, &f, BFD_DOWN);
	KUNIT_EXPECT_EQ(test, BFD_DO_TELL, bfd_fsm_leave(&f, START));
	KUNIT_EXPECT_TRUE(test, bfd_fsm_gone(&f));
	KUNIT_EXPECT_TRUE(test, bfd_fsm_restart(&f, START) & BFD_DO_TIMER);
	KUNIT_EXPECT_EQ(test, BFD_DOWN, f.state);
}

/*
 * Two ends, a wire of 5 ms that is cut and mended: both are Up soon, both see
 * the cut within three intervals, and are Up again.
 */
struct end {
	struct bfd_fsm f;
	struct bfd_packet in;
	u64 in_at;
};

static void carry_out(struct end *from, struct end *to, u64 now, u32 todo, bool cut)
{
	if (!(todo & (BFD_DO_SEND | BFD_DO_ANSWER)) || cut)
		return;
	bfd_fsm_packet(&from->f, todo & BFD_DO_ANSWER, &to->in);
	to->in_at = now + 5 * MS;
}

static void step(struct end *e, struct end *other, u64 now, bool cut)
{
	u32 todo = 0;

	if (now >= e->in_at) {
		e->in_at = BFD_NEVER;
		todo = bfd_fsm_rx(&e->f, now, &e->in);
		carry_out(e, other, now, todo, cut);
	}
	if (now >= min(e->f.tx_at, e->f.detect_at))
		carry_out(e, other, now, bfd_fsm_timer(&e->f, now), cut);
}

static u64 until(struct end *a, struct end *b, u64 now, bool cut, bool up)
{
	u64 end = now + 10000 * MS;

	for (; now < end; now += MS) {
		step(a, b, now, cut);
		step(b, a, now, cut);
		if ((a->f.state == BFD_UP) == up && (b->f.state == BFD_UP) == up)
			break;
	}
	return now;
}

static void two_ends(struct kunit *test)
{
	struct end a = { .in_at = BFD_NEVER }, b = { .in_at = BFD_NEVER };
	u64 now, then;

	bfd_fsm_init(&a.f, START, &every_100ms, OURS, 1);
	bfd_fsm_init(&b.f, START, &every_100ms, THEIRS, 2);
	now = until(&a, &b, START, false, true);
	KUNIT_EXPECT_LE(test, now, START + 1100 * MS);
	for (then = now + 2000 * MS; now < then; now += MS) {
		step(&a, &b, now, false);
		step(&b, &a, now, false);
		KUNIT_ASSERT_EQ(test, BFD_UP, a.f.state);
		KUNIT_ASSERT_EQ(test, BFD_UP, b.f.state);
	}
	KUNIT_EXPECT_FALSE(test, a.f.polling || b.f.polling);
	then = until(&a, &b, now, true, false);
	KUNIT_EXPECT_LE(test, then, now + 306 * MS);
	KUNIT_EXPECT_TRUE(test, bfd_fsm_failed(&a.f) && bfd_fsm_failed(&b.f));
	now = until(&a, &b, then + 5000 * MS, false, true);
	KUNIT_EXPECT_LE(test, now, then + 6100 * MS);
	KUNIT_EXPECT_FALSE(test, bfd_fsm_failed(&a.f) || bfd_fsm_failed(&b.f));
}

static struct kunit_case bfd_fsm_cases[] = {
	KUNIT_CASE_PARAM(a_state_hears_another, row_gen_params),
	KUNIT_CASE_PARAM(silence, row_gen_params),
	KUNIT_CASE(who_never_spoke_has_not_failed),
	KUNIT_CASE(admin_down_is_no_failure),
	KUNIT_CASE(who_is_late_blames_nobody),
	KUNIT_CASE(failure_ends_with_up),
	KUNIT_CASE(another_session_is_discarded),
	KUNIT_CASE(a_poll_is_answered),
	KUNIT_CASE(up_polls_for_its_interval),
	KUNIT_CASE(a_change_waits_for_its_final),
	KUNIT_CASE(intervals_jitter),
	KUNIT_CASE(the_slower_end_decides),
	KUNIT_CASE(quiet),
	KUNIT_CASE(farewell),
	KUNIT_CASE(two_ends),
	{}
};

struct kunit_suite bfd_fsm_test_suite = {
	.name = "bfd_fsm",
	.test_cases = bfd_fsm_cases,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * What our groups and Maglev's table move, how even they are, what they take and
 * how fast they are; what is measured goes to standard output, a line "ROUND ROW
 * SUBJECT METRIC VALUE" each.
 *
 *   mesh-bench-group ROUNDS
 *
 * A flow is a hash.  They are as many consecutive numbers, shuffled: so each entry
 * of a table gets as many as any other, and what is uneven is the table.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

#define FLOWS		(1U << 20)
#define MEASURE_NS	50000000	/* one figure of one round, at least */
#define REPAIR_ROUTES	100000
#define WEIGHT		1000

static const struct subject *const subjects[] = { &mesh, &maglev };
static const unsigned int sizes[] = { 2, 4, 16, 64, 256 };

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static uint32_t flow[FLOWS];
static uint16_t before[FLOWS], after[FLOWS];
/* Read by nobody, but the compiler does not know. */
uint64_t sink;

uint64_t spent_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static uint32_t random32(void)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x >> 32;
}

/* Others in each round, as one set may be lucky. */
static void members_make(struct member *m, unsigned int n)
{
	uint16_t number[MEMBERS_MAX];

	for (unsigned int i = 0; i < MEMBERS_MAX; i++)
		number[i] = i + 1;
	for (unsigned int i = 0; i < n; i++) {
		unsigned int at = i + random32() % (MEMBERS_MAX - i);
		uint16_t taken = number[at];

		number[at] = number[i];
		number[i] = taken;
		m[i] = (struct member){ taken, WEIGHT };
	}
}

static void flows_make(void)
{
	for (uint32_t i = 0; i < FLOWS; i++)
		flow[i] = i;
	for (uint32_t i = 0; i < FLOWS; i++) {
		uint32_t at = i + random32() % (FLOWS - i), was = flow[i];

		flow[i] = flow[at];
		flow[at] = was;
	}
}

struct run {
	unsigned int round;
	unsigned int n;
	const struct subject *s;
	void *g;
};

static void tell(const struct run *r, const char *row, const char *metric, double value)
{
	printf("%u %s/%u %s %s %.4f\n", r->round, row, r->n, r->s->name, metric, value);
}

/*
 * @who is what changed: flows from or to it had to move, all others not, as they
 * had, and have, somebody who lives.
 */
static void tell_moves(const struct run *r, const char *row, uint16_t who)
{
	size_t moved = 0, others = 0;

	for (size_t i = 0; i < FLOWS; i++) {
		moved += before[i] != after[i];
		others += before[i] != after[i] && before[i] != who && after[i] != who;
	}
	tell(r, row, "moved_percent", 100.0 * moved / FLOWS);
	tell(r, row, "needless_percent", 100.0 * others / FLOWS);
}

static void look(const struct run *r, uint16_t *who)
{
	r->s->pick(r->g, flow, FLOWS, who);
}

static void measure_balance(const struct run *r)
{
	uint32_t count[MEMBERS_MAX + 1] = { 0 };
	double even = (double)FLOWS / r->n, squares = 0, most = 0;

	for (size_t i = 0; i < FLOWS; i++)
		count[before[i]]++;
	for (unsigned int i = 1; i <= MEMBERS_MAX; i++) {
		if (!count[i])
			continue;
		squares += (count[i] - even) * (count[i] - even);
		most = count[i] > most ? count[i] : most;
	}
	tell(r, "balance", "worst_percent", 100 * (most / even - 1));
	tell(r, "balance", "rms_percent", 100 * sqrt(squares / r->n) / even);
}

/* Dead, back; taken out, put back; one more; one that weighs a hundredth more. */
static void measure_moves(const struct run *r, struct member *m)
{
	const unsigned int n = r->n, out = n / 2;
	struct member rest[MEMBERS_MAX];
	const uint16_t who = m[out].number;

	r->s->set(r->g, m, n);
	look(r, before);
	measure_balance(r);

	memcpy(rest, m, n * sizeof(*m));
	rest[out] = rest[n - 1];
	if (r->s->die)
		r->s->die(r->g, &m[out], false);
	else
		r->s->set(r->g, rest, n - 1);
	look(r, after);
	tell_moves(r, "death", who);
	if (r->s->die)
		r->s->die(r->g, &m[out], true);
	else
		r->s->set(r->g, m, n);
	look(r, after);
	tell_moves(r, "return", 0);

	r->s->set(r->g, rest, n - 1);
	look(r, after);
	tell_moves(r, "removal", who);
	memcpy(before, after, sizeof(before));
	r->s->set(r->g, m, n);
	look(r, after);
	tell_moves(r, "addition", who);

	memcpy(before, after, sizeof(before));
	m[out].weight += m[out].weight / 100;
	r->s->set(r->g, m, n);
	look(r, after);
	tell_moves(r, "weight", who);
	m[out].weight = WEIGHT;
}

static void measure_speed(const struct run *r, const struct member *m)
{
	uint64_t start = spent_ns(), end;
	size_t n = 0;

	r->s->set(r->g, m, r->n);
	end = spent_ns();
	tell(r, "build", "us", (end - start) / 1e3);
	tell(r, "memory", "bytes", r->s->bytes(r->g));
	start = spent_ns();
	do {
		sink += r->s->pick_all(r->g, flow, FLOWS);
		n += FLOWS;
		end = spent_ns();
	} while (end - start < MEASURE_NS);
	tell(r, "pick", "ns", (double)(end - start) / n);
}

static void measure(unsigned int round, unsigned int n)
{
	struct member m[MEMBERS_MAX];

	members_make(m, n);
	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++) {
		const struct run r = { round, n, subjects[i], subjects[i]->make() };

		if (!r.g)
			exit(1);
		measure_moves(&r, m);
		measure_speed(&r, m);
		r.s->drop(r.g);
	}
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc == 2 ? atoi(argv[1]) : 0;

	if (!rounds) {
		fprintf(stderr, "usage: %s ROUNDS\n", argv[0]);
		return 2;
	}
	flows_make();
	for (unsigned int round = 1; round <= rounds; round++) {
		uint64_t died, returned;

		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
			measure(round, sizes[i]);
		mesh_repair(4, REPAIR_ROUTES, &died, &returned);
		printf("%u repair/native mesh us %.1f\n", round, died / 1e3);
		printf("%u repair/native mesh return_us %.1f\n", round, returned / 1e3);
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Look-ups and updates of the prefix table and of DPDK's, on one table in one
 * process; what is measured goes to standard output, a line "ROUND ROW SUBJECT
 * METRIC VALUE" each.
 *
 *   mesh-bench-lpm ROUNDS SUBJECTS [PREFIXES]
 *
 * SUBJECTS are names with a comma between them, or "all"; PREFIXES a file with one
 * a line.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

#define MEASURE_NS	50000000	/* one figure of one round, at least */
#define UPDATE_NS	2000000000	/* updates, at most */
#define UPDATES		1000000
#define FLAP_NS		1000000000
#define SLICE		(1U << 14)	/* of a set of keys, which is a multiple of it */
#define COMPARED	(1U << 16)	/* keys of a set */
#define FAMILY_MAX	3

struct family {
	const char *name;
	unsigned int bits;
	const struct subject *subject[FAMILY_MAX];
	void *table[FAMILY_MAX];
	struct nets nets;
	struct keys keys[KEY_SETS];
};

static struct family family[] = {
	{ "ipv4", 32, { &mesh4, &rte_lpm, &rte_fib } },
	{ "ipv6", 128, { &mesh6, &rte_lpm6, &rte_fib6 } },
};

static const char *only;
/* Read by nobody, but the compiler does not know. */
uint64_t sink;

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static uint64_t now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* By this thread: what else has the processor meanwhile does not count. */
static uint64_t spent(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

__attribute__((format(printf, 1, 2))) static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static bool wanted(const struct subject *s)
{
	const char *at = s ? strstr(only, s->name) : NULL;
	size_t len = s ? strlen(s->name) : 0;

	if (!s || !strcmp(only, "all"))
		return s;
	for (; at; at = strstr(at + 1, s->name))
		if ((at == only || at[-1] == ',') && (!at[len] || at[len] == ','))
			return true;
	return false;
}

/*
 * Millions of look-ups a second, of keys from everywhere in the set as far as time
 * allows.
 */
static double speed(loop_fn *loop, void *t, const struct keys *k)
{
	uint64_t start = spent(), sum = 0, end;
	size_t looked = 0;

	do {
		size_t at = looked % k->n;
		const struct keys some = { k->ip4 + at, k->host4 + at, k->ip6 + at, SLICE,
					   k->zero };

		loop(t, &some, &sum);
		looked += SLICE;
		end = spent();
	} while (end - start < MEASURE_NS);
	__atomic_fetch_add(&sink, sum, __ATOMIC_RELAXED);
	return looked * 1e3 / (end - start);
}

static void measure_one(const char *row, const char *loop_name, unsigned int round,
			const struct subject *s, void *t,
			loop_fn *loop, const struct keys *k)
{
	if (loop)
		printf("%u %s/%s %s mlps %.2f\n", round, row, loop_name, s->name,
		       speed(loop, t, k));
}

/* Subjects take turns, so that what the machine does else meets all of them. */
static void measure(const struct family *f, unsigned int round, enum key_set set)
{
	char row[32];

	snprintf(row, sizeof(row), "%s/%s", f->name, key_set_name[set]);
	for (unsigned int i = 0; i < FAMILY_MAX; i++) {
		const struct subject *s = f->subject[i];
		void *t = f->table[i];

		if (!t)
			continue;
		measure_one(row, "single", round, s, t, s->loops.single, &f->keys[set]);
		measure_one(row, "independent", round, s, t, s->loops.independent,
			    &f->keys[set]);
		measure_one(row, "bulk", round, s, t, s->loops.bulk, &f->keys[set]);
	}
}

/* All subjects find the same, or their figures are not of one thing. */
static void compare(const struct family *f)
{
	const struct subject *first = NULL;
	void *by = NULL;

	for (unsigned int i = 0; i < FAMILY_MAX; i++) {
		if (f->table[i] && !first) {
			first = f->subject[i];
			by = f->table[i];
		}
		for (int set = 0; f->table[i] && set < KEY_SETS; set++) {
			const struct keys *k = &f->keys[set];

			for (size_t at = 0; at < COMPARED; at++) {
				const uint8_t *addr = f->bits == 32 ? (void *)&k->ip4[at] :
						      k->ip6[at];
				int64_t want = first->find(by, addr);
				int64_t saw = f->subject[i]->find(f->table[i], addr);

				if (saw != want)
					die("%s: %s finds %lld, %s %lld, %s key %zu",
					    f->name, first->name, (long long)want,
					    f->subject[i]->name, (long long)saw,
					    key_set_name[set], at);
			}
		}
	}
}

/* The plot's: speed with the first so many prefixes, of keys drawn from them. */
static void measure_size(const struct family *f, unsigned int i, size_t n)
{
	static struct keys keys;
	const struct subject *s = f->subject[i];
	char row[32];

	snprintf(row, sizeof(row), "%s/size/%zu", f->name, n);
	keys_make(&keys, KEYS_DRAWN, f->bits, &f->nets, n);
	/* Once for the caches. */
	for (unsigned int round = 0; round < 6; round++) {
		double mlps = speed(s->loops.bulk ? s->loops.bulk : s->loops.independent,
				    f->table[i], &keys);

		if (round)
			printf("%u %s %s mlps %.2f\n", round, row, s->name, mlps);
	}
}

static void fill(struct family *f, unsigned int i)
{
	const struct subject *s = f->subject[i];
	uint64_t start = spent(), took = 0;
	size_t at, next = 10;

	f->table[i] = s->make(f->nets.n);
	for (at = 0; at < f->nets.n; at++) {
		if (at == next) {
			took += spent() - start;
			measure_size(f, i, at);
			next *= 10;
			start = spent();
		}
		if (!s->add(f->table[i], &f->nets.net[at], at))
			die("%s: prefix %zu is refused", s->name, at);
	}
	took += spent() - start;
	measure_size(f, i, at);
	printf("1 %s/fill %s rate %.0f\n", f->name, s->name, at * 1e9 / took);
	printf("1 %s/memory %s mib %.2f\n", f->name, s->name,
	       s->bytes(f->table[i]) / 1048576.0);
}

static int order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Others have faults of their own: what they did until then counts. */
static void update_refused(const struct subject *s, size_t n, uint32_t number)
{
	if (s->settle || !n)
		die("%s: prefix %u is not deleted and added again", s->name, number);
	fprintf(stderr, "bench: %s: after %zu changes prefix %u is not deleted and added again\n",
		s->name, n, number);
}

/* One prefix after the other is deleted and added again. */
static void measure_update(const struct family *f, unsigned int i)
{
	const struct subject *s = f->subject[i];
	uint32_t *took = calloc(UPDATES, sizeof(*took));
	uint64_t state = 1, start = now(), used = spent(), end = start;
	size_t n = 0;

	if (!took)
		die("out of memory");
	do {
		uint32_t number = roll(&state) % f->nets.n;
		const struct net *net = &f->nets.net[number];
		uint64_t a = now(), b, c;
		bool deleted = s->del(f->table[i], net);

		b = now();
		if (!deleted || !s->add(f->table[i], net, number)) {
			update_refused(s, n, number);
			break;
		}
		c = now();
		took[n++] = b - a;
		took[n++] = c - b;
		end = c;
	} while (n < UPDATES && end - start < UPDATE_NS);
	if (s->settle)
		s->settle(f->table[i]);
	used = spent() - used;
	qsort(took, n, sizeof(*took), order);
	printf("1 %s/update %s rate %.0f\n", f->name, s->name, n * 1e9 / used);
	printf("1 %s/update %s p99_us %.3f\n", f->name, s->name, took[n * 99 / 100] / 1e3);
	printf("1 %s/update %s max_us %.3f\n", f->name, s->name, took[n - 1] / 1e3);
	free(took);
}

struct reader {
	pthread_t thread;
	const struct subject *s;
	void *table;
	const struct keys *keys;
	bool stop;
	double mlps;
};

static void *read_on(void *arg)
{
	struct reader *r = arg;
	unsigned int n = 0;

	reader_begin();
	speed(r->s->loops.independent, r->table, r->keys);
	do {
		r->mlps += speed(r->s->loops.independent, r->table, r->keys);
		n++;
	} while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED));
	r->mlps /= n;
	reader_end();
	return NULL;
}

/* Takes a fifth of the prefixes out and puts them in again, until time is up. */
static uint64_t flap(const struct family *f, unsigned int i)
{
	const struct subject *s = f->subject[i];
	uint64_t start = now(), used = spent(), updates = 0;
	bool out = false;

	do {
		for (size_t at = 0; at < f->nets.n / 5; at++, updates++)
			if (!(out ? s->add(f->table[i], &f->nets.net[at], at) :
				    s->del(f->table[i], &f->nets.net[at])))
				die("%s: prefix %zu does not flap", s->name, at);
		out = !out;
	} while (out || now() - start < FLAP_NS);
	return updates * 1e9 / (spent() - used);
}

/*
 * What a reader on another processor has of it; keys are of the prefixes that stay,
 * so that it does the same work with and without.
 */
static void measure_flap(const struct family *f, unsigned int i, unsigned int round)
{
	const struct nets stay = { f->nets.net + f->nets.n / 5, f->nets.n - f->nets.n / 5 };
	static struct keys keys;
	double mlps[2];

	keys_make(&keys, KEYS_DRAWN, f->bits, &stay, stay.n);
	for (int busy = 0; busy < 2; busy++) {
		struct reader r = { .s = f->subject[i], .table = f->table[i], .keys = &keys };
		struct timespec second = { .tv_sec = 1 };
		uint64_t rate = 0;

		if (pthread_create(&r.thread, NULL, read_on, &r))
			die("no thread");
		if (busy)
			rate = flap(f, i);
		else
			nanosleep(&second, NULL);
		__atomic_store_n(&r.stop, true, __ATOMIC_RELAXED);
		pthread_join(r.thread, NULL);
		mlps[busy] = r.mlps;
		if (busy)
			printf("%u %s/flap %s rate %llu\n", round, f->name, f->subject[i]->name,
			       (unsigned long long)rate);
	}
	printf("%u %s/flap %s mlps %.2f\n", round, f->name, f->subject[i]->name, mlps[1]);
	printf("%u %s/flap %s slower_percent %.2f\n", round, f->name, f->subject[i]->name,
	       100 - 100 * mlps[1] / mlps[0]);
}

static void run(struct family *f, unsigned int rounds)
{
	unsigned int i, round;

	if (!f->nets.n)
		return;
	for (int set = 0; set < KEY_SETS; set++)
		keys_make(&f->keys[set], set, f->bits, &f->nets, f->nets.n);
	for (i = 0; i < FAMILY_MAX; i++)
		if (wanted(f->subject[i]))
			fill(f, i);
	compare(f);
	for (round = 1; round <= rounds; round++)
		for (int set = 0; set < KEY_SETS; set++)
			measure(f, round, set);
	for (i = 0; i < FAMILY_MAX; i++) {
		if (!f->table[i])
			continue;
		measure_update(f, i);
		/* The others' readers have no way to say when they are done. */
		for (round = 1; f->subject[i]->settle && round <= rounds; round++)
			measure_flap(f, i, round);
		f->subject[i]->drop(f->table[i]);
	}
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;

	if (!rounds || argc > 4)
		die("mesh-bench-lpm ROUNDS SUBJECTS [PREFIXES]");
	setlinebuf(stdout);
	only = argv[2];
	nets_read(argc > 3 ? argv[3] : NULL, &family[0].nets, &family[1].nets);
	if (strcmp(only, "mesh") && !dpdk_start(argv[0]))
		die("DPDK does not start");
	printf("1 table %s prefixes %zu\n", argc > 3 ? "given" : "made",
	       family[0].nets.n + family[1].nets.n);
	for (unsigned int i = 0; i < ARRAY_SIZE(family); i++)
		run(&family[i], rounds);
	return 0;
}

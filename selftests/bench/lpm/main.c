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
#define WINDOWS		40		/* of a round, half of them with flapping prefixes */
#define WINDOW_NS	50000000
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

static struct keys keys_from(const struct keys *k, size_t looked)
{
	const size_t at = looked % k->n;

	return (struct keys){ k->ip4 + at, k->host4 + at, k->ip6 + at, SLICE, k->zero };
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
		const struct keys some = keys_from(k, looked);

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

/**
 * struct reader - a thread that looks up all the time
 * @window: who writes says in which one it is; or WINDOWS: it is over
 * @mlps: in each
 */
struct reader {
	pthread_t thread;
	const struct subject *s;
	void *table;
	const struct keys *keys;
	unsigned int window;
	double mlps[WINDOWS];
};

/* What began in one window and ended in another one does not count. */
static void *read_on(void *arg)
{
	uint64_t took[WINDOWS] = { 0 }, sum = 0, start;
	size_t looked[WINDOWS] = { 0 }, at = 0;
	struct reader *r = arg;
	unsigned int w;

	reader_begin();
	while ((w = __atomic_load_n(&r->window, __ATOMIC_RELAXED)) < WINDOWS) {
		struct keys some = keys_from(r->keys, at);

		start = spent();
		r->s->loops.independent(r->table, &some, &sum);
		start = spent() - start;
		at += SLICE;
		if (w != __atomic_load_n(&r->window, __ATOMIC_RELAXED))
			continue;
		took[w] += start;
		looked[w] += SLICE;
	}
	for (w = 0; w < WINDOWS; w++)
		r->mlps[w] = took[w] ? looked[w] * 1e3 / took[w] : 0;
	__atomic_fetch_add(&sink, sum, __ATOMIC_RELAXED);
	reader_end();
	return NULL;
}

/**
 * struct flap - a fifth of the prefixes is taken out and put in again, in turn
 * @at: the next one
 * @out: they are put in
 * @updates: so far
 */
struct flap {
	size_t at;
	bool out;
	uint64_t updates;
};

static void flap_one(const struct family *f, unsigned int i, struct flap *flap)
{
	const struct subject *s = f->subject[i];
	const struct net *net = &f->nets.net[flap->at];

	if (!(flap->out ? s->add(f->table[i], net, flap->at) : s->del(f->table[i], net)))
		die("%s: prefix %zu does not flap", s->name, flap->at);
	flap->updates++;
	if (++flap->at == f->nets.n / 5) {
		flap->at = 0;
		flap->out = !flap->out;
	}
}

/* Of two windows side by side each is the first one as often, as a machine has its moods. */
static bool window_flaps(unsigned int w)
{
	return (w ^ w >> 1) & 1;
}

/* Goes through the windows; at rest the processor works, too, but not on memory. */
static double flap_windows(const struct family *f, unsigned int i, struct reader *r)
{
	struct flap flap = { 0 };
	uint64_t used = 0, mine;
	double rate;

	for (unsigned int w = 0; w < WINDOWS; w++) {
		uint64_t start = now();

		__atomic_store_n(&r->window, w, __ATOMIC_RELAXED);
		mine = spent();
		while (now() - start < WINDOW_NS)
			if (window_flaps(w))
				flap_one(f, i, &flap);
		used += window_flaps(w) ? spent() - mine : 0;
	}
	__atomic_store_n(&r->window, WINDOWS, __ATOMIC_RELAXED);
	rate = flap.updates * 1e9 / used;
	while (flap.out || flap.at)
		flap_one(f, i, &flap);
	return rate;
}

static int order_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *of, size_t n)
{
	qsort(of, n, sizeof(*of), order_double);
	return of[n / 2];
}

/*
 * What a reader on another processor has of it: in windows that take turns, so that what
 * else the machine does is in both.  Keys are of the prefixes that stay, so that it does the
 * same work with and without.
 */
static void measure_flap(const struct family *f, unsigned int i, unsigned int round)
{
	const struct nets stay = { f->nets.net + f->nets.n / 5, f->nets.n - f->nets.n / 5 };
	struct reader r = { .s = f->subject[i], .table = f->table[i] };
	double slower[WINDOWS / 2], mlps[WINDOWS / 2], rate;
	static struct keys keys;
	size_t pairs = 0;

	keys_make(&keys, KEYS_DRAWN, f->bits, &stay, stay.n);
	r.keys = &keys;
	if (pthread_create(&r.thread, NULL, read_on, &r))
		die("no thread");
	rate = flap_windows(f, i, &r);
	pthread_join(r.thread, NULL);
	for (unsigned int w = 0; w < WINDOWS; w += 2) {
		double rest = r.mlps[w + window_flaps(w)], busy = r.mlps[w + !window_flaps(w)];

		/* The machine had the reader's processor for as long as that. */
		if (!rest || !busy)
			continue;
		mlps[pairs] = busy;
		slower[pairs++] = 100 - 100 * busy / rest;
	}
	if (!pairs)
		die("%s: no window in which a reader ran", f->subject[i]->name);
	printf("%u %s/flap %s rate %.0f\n", round, f->name, f->subject[i]->name, rate);
	printf("%u %s/flap %s mlps %.2f\n", round, f->name, f->subject[i]->name,
	       median(mlps, pairs));
	printf("%u %s/flap %s slower_percent %.2f\n", round, f->name, f->subject[i]->name,
	       median(slower, pairs));
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

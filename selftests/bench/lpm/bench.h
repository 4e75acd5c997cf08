/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is measured and what measures it know of each other.  Nothing of the
 * kernel's or of DPDK's is in here: each has its own idea of the basic types.
 */
#ifndef _MESH_BENCH_LPM_H
#define _MESH_BENCH_LPM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nets.h"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

/* Looks for all keys and adds up what it finds. */
typedef void loop_fn(void *t, const struct keys *k, uint64_t *sum);

/* The loops of a subject for one family. */
struct loops {
	loop_fn *single;
	loop_fn *independent;
	loop_fn *bulk;
};

/**
 * struct subject - a table
 * @name: as in the figures
 * @bits: 32 or 128
 * @make: an empty one for so many prefixes, or NULL
 * @add: a prefix with its number, below 2^20
 * @find: the number of the longest prefix that covers an address, or -1
 * @settle: what was deleted is freed; may be NULL
 * @bytes: what it takes, the prefixes' own objects not included
 * @loops: a loop that it lacks is NULL
 */
struct subject {
	const char *name;
	unsigned int bits;
	void *(*make)(size_t max);
	void (*drop)(void *t);
	bool (*add)(void *t, const struct net *net, uint32_t number);
	bool (*del)(void *t, const struct net *net);
	int64_t (*find)(void *t, const uint8_t *addr);
	void (*settle)(void *t);
	size_t (*bytes)(void *t);
	struct loops loops;
};

#define BULK 64

extern const struct subject mesh4, mesh6;
extern const struct subject rte_lpm, rte_fib, rte_lpm6, rte_fib6;

/* Of the thread that looks up in a table while another one changes it. */
void reader_begin(void);
void reader_end(void);

/* False where DPDK does not start. */
bool dpdk_start(const char *program);

/*
 * The single loop asks for a key whose place depends on the last answer, as a
 * router does that looks for the next hop of a next hop; the independent one
 * lets the processor work at several at once.  Both have all but the table at hand.
 */
#define LOOP_SINGLE(name, find)						\
static void name(void *t, const struct keys *k, uint64_t *sum)		\
{									\
	const struct keys keys = *k;					\
	uint64_t last = 0, all = 0;					\
									\
	for (size_t i = 0; i < keys.n; i++) {				\
		const size_t at = i + (last & keys.zero);		\
									\
		last = find;						\
		all += last;						\
	}								\
	*sum += all;							\
}

#define LOOP_INDEPENDENT(name, find)					\
static void name(void *t, const struct keys *k, uint64_t *sum)		\
{									\
	const struct keys keys = *k;					\
	uint64_t all = 0;						\
									\
	for (size_t at = 0; at < keys.n; at++)				\
		all += find;						\
	*sum += all;							\
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is measured and what measures it know of each other.  Nothing of the
 * kernel's is in here.
 */
#ifndef _MESH_BENCH_GROUP_H
#define _MESH_BENCH_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMBERS_MAX 256

/**
 * struct member - as a subject is told of it
 * @number: 1 to MEMBERS_MAX; its address follows from that
 * @weight: 1 and up
 */
struct member {
	uint16_t number;
	uint16_t weight;
};

/**
 * struct subject - a way to share flows
 * @name: as in the figures
 * @make: a group without members
 * @set: these members share the flows from now on
 * @die: one of them is dead, or (true) lives again; NULL where that is a matter of
 *	@set alone
 * @pick: the numbers of who takes the flows of @n hashes, one after the other
 * @pick_all: the same, of which only a sum is told
 * @bytes: what a group of @n takes
 */
struct subject {
	const char *name;
	void *(*make)(void);
	void (*drop)(void *g);
	void (*set)(void *g, const struct member *m, unsigned int n);
	void (*die)(void *g, const struct member *m, bool lives);
	void (*pick)(void *g, const uint32_t *hash, size_t n, uint16_t *who);
	uint64_t (*pick_all)(void *g, const uint32_t *hash, size_t n);
	size_t (*bytes)(void *g);
};

extern const struct subject mesh, maglev;

/*
 * Nanoseconds for the death of a member of a group that so many routes lead to,
 * until no flow of any is picked for it; and for its return.
 */
void mesh_repair(unsigned int members, unsigned int routes, uint64_t *died,
		 uint64_t *returned);

/* Of this thread: what else has the processor meanwhile does not count. */
uint64_t spent_ns(void);

#endif

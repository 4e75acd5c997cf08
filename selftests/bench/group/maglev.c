// SPDX-License-Identifier: GPL-2.0
/*
 * Maglev's table, after section 3.4 of the paper (Eisenbud et al., NSDI 2016): the
 * members take turns, and each claims the next free entry of a permutation of its
 * own, (offset + j * skip) mod M, until the table, of a prime number M of entries,
 * is full.  65537 is the paper's smaller one.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define M 65537
#define NOBODY UINT16_MAX

struct maglev {
	uint16_t entry[M];
	uint16_t number[MEMBERS_MAX];
};

static uint64_t hash(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static void *make(void)
{
	return calloc(1, sizeof(struct maglev));
}

static int by_number(const void *a, const void *b)
{
	return ((const struct member *)a)->number - ((const struct member *)b)->number;
}

/*
 * The paper leaves open how turns follow from weights: as often as its weight says,
 * in proportion to the greatest.
 */
static void set(void *g, const struct member *given, unsigned int n)
{
	uint32_t next[MEMBERS_MAX] = { 0 }, due[MEMBERS_MAX] = { 0 }, most = 0, filled = 0;
	struct member m[MEMBERS_MAX];
	struct maglev *t = g;

	memcpy(m, given, n * sizeof(*m));
	qsort(m, n, sizeof(*m), by_number);
	for (unsigned int i = 0; i < n; i++) {
		t->number[i] = m[i].number;
		most = m[i].weight > most ? m[i].weight : most;
	}
	memset(t->entry, 0xff, sizeof(t->entry));
	while (filled < M) {
		for (unsigned int i = 0; i < n && filled < M; i++) {
			const uint32_t offset = hash(m[i].number) % M;
			const uint32_t skip = hash(m[i].number + 1000) % (M - 1) + 1;
			uint32_t at;

			due[i] += m[i].weight;
			if (due[i] < most)
				continue;
			due[i] -= most;
			do {
				at = (offset + (uint64_t)next[i]++ * skip) % M;
			} while (t->entry[at] != NOBODY);
			t->entry[at] = i;
			filled++;
		}
	}
}

static void pick(void *g, const uint32_t *h, size_t n, uint16_t *who)
{
	const struct maglev *t = g;

	for (size_t i = 0; i < n; i++)
		who[i] = t->number[t->entry[h[i] % M]];
}

static uint64_t pick_all(void *g, const uint32_t *h, size_t n)
{
	const struct maglev *t = g;
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += t->number[t->entry[h[i] % M]];
	return sum;
}

static size_t bytes(void *g)
{
	(void)g;
	return sizeof(struct maglev);
}

const struct subject maglev = {
	.name = "maglev",
	.make = make,
	.drop = free,
	.set = set,
	.pick = pick,
	.pick_all = pick_all,
	.bytes = bytes,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * DPDK's four tables, as large as a whole Internet table asks for and otherwise
 * as they come.  Their memory is a heap of the same huge pages as the other one's:
 * where DPDK has none of its own, it takes what cannot be in such pages.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <rte_lpm.h>
#include <rte_lpm6.h>
#include <rte_malloc.h>

#include "bench.h"
#include "huge.h"

#define HEAP		"bench"
#define HEAP_BYTES	(2UL << 30)

#define NO_HOP		((1U << 21) - 1)
#define TBL8_IP4	(1U << 15)
#define TBL8_IP6	(1U << 18)
#define TBL8_FIB6	(1U << 18)

struct table {
	void *t;
	size_t before;
};

/* The number of the heap. */
static int heap_socket;

static bool heap_make(void)
{
	void *memory = huge_get(HEAP_BYTES);

	if (!memory || rte_malloc_heap_create(HEAP) ||
	    rte_malloc_heap_memory_add(HEAP, memory, HEAP_BYTES, NULL,
				       HEAP_BYTES / HUGE_PAGE, HUGE_PAGE))
		return false;
	heap_socket = rte_malloc_heap_get_socket(HEAP);
	return heap_socket >= 0;
}

/* Its one thread would be tied to a processor, and the reader's with it. */
bool dpdk_start(const char *program)
{
	const char *const option[] = {
		program, "--no-huge", "--no-pci", "--no-telemetry", "--no-shconf",
		"--log-level=error", "-m", "64", "-l",
	};
	char lcore[16], *argv[ARRAY_SIZE(option) + 2] = { NULL };
	cpu_set_t mine;
	int cpu = 0, n;

	if (sched_getaffinity(0, sizeof(mine), &mine))
		return false;
	while (!CPU_ISSET(cpu, &mine))
		cpu++;
	snprintf(lcore, sizeof(lcore), "%d", cpu);
	for (n = 0; n < (int)ARRAY_SIZE(option); n++)
		argv[n] = strdup(option[n]);
	argv[n++] = lcore;
	return rte_eal_init(n, argv) >= 0 && !sched_setaffinity(0, sizeof(mine), &mine) &&
	       heap_make();
}

static size_t heap(void)
{
	struct rte_malloc_socket_stats s;

	if (rte_malloc_get_socket_stats(heap_socket, &s))
		abort();
	return s.heap_allocsz_bytes;
}

static size_t bytes(void *t)
{
	return heap() - ((struct table *)t)->before;
}

static struct table *table_new(size_t before, void *of)
{
	struct table *t = malloc(sizeof(*t));

	if (!t || !of) {
		fprintf(stderr, "bench: DPDK: %s\n", rte_strerror(rte_errno));
		exit(125);
	}
	*t = (struct table){ of, before };
	return t;
}

static struct rte_lpm *rte_lpm_new(size_t max)
{
	const struct rte_lpm_config cfg = { .max_rules = max, .number_tbl8s = TBL8_IP4 };

	return rte_lpm_create("lpm", heap_socket, &cfg);
}

static struct rte_lpm6 *rte_lpm6_new(size_t max)
{
	const struct rte_lpm6_config cfg = { .max_rules = max, .number_tbl8s = TBL8_IP6 };

	return rte_lpm6_create("lpm6", heap_socket, &cfg);
}

static struct rte_fib *rte_fib_new(size_t max)
{
	struct rte_fib_conf cfg = {
		.type = RTE_FIB_DIR24_8,
		.default_nh = NO_HOP,
		.max_routes = 2 * max,
		.dir24_8 = { .nh_sz = RTE_FIB_DIR24_8_4B, .num_tbl8 = TBL8_IP4 },
	};

	return rte_fib_create("fib", heap_socket, &cfg);
}

static struct rte_fib6 *rte_fib6_new(size_t max)
{
	struct rte_fib6_conf cfg = {
		.type = RTE_FIB6_TRIE,
		.default_nh = NO_HOP,
		.max_routes = 2 * max,
		.trie = { .nh_sz = RTE_FIB6_TRIE_4B, .num_tbl8 = TBL8_FIB6 },
	};

	return rte_fib6_create("fib6", heap_socket, &cfg);
}

/* An address as tables of its family want it. */
typedef uint32_t host4_t;
typedef uint8_t ip6_t[16];

union key {
	host4_t host4;
	ip6_t ip6;
};

static union key key_of(const uint8_t *addr, unsigned int bits)
{
	union key key;

	if (bits == 32)
		key.host4 = (uint32_t)addr[0] << 24 | addr[1] << 16 | addr[2] << 8 | addr[3];
	else
		memcpy(key.ip6, addr, sizeof(key.ip6));
	return key;
}

#define OF(t) (((struct table *)(t))->t)

/*
 * A table whose calls begin with its name.  @width: of its addresses, which are @form in
 * a union key and in struct keys, an @ip_t; @hop: type of what it finds; @one: a look-up of *ip
 * with &to for what is found, @many: that of n at once.  Where nothing is, a table says so
 * by its answer, or by NO_HOP.
 */
#define TABLE(rte, width, form, ip_t, hop, one, many)				\
static void *rte##_make(size_t max)						\
{										\
	size_t before = heap();							\
										\
	return table_new(before, rte##_new(max));				\
}										\
										\
static void rte##_drop(void *t)							\
{										\
	rte##_free(OF(t));							\
	free(t);								\
}										\
										\
static bool rte##_put(void *t, const struct net *net, uint32_t number)		\
{										\
	union key k = key_of(net->addr, width);					\
										\
	return !rte##_add(OF(t), k.form, net->len, number);			\
}										\
										\
static bool rte##_take(void *t, const struct net *net)				\
{										\
	union key k = key_of(net->addr, width);					\
										\
	return !rte##_delete(OF(t), k.form, net->len);				\
}										\
										\
static inline uint64_t rte##_look(void *t, ip_t *ip)				\
{										\
	hop to = NO_HOP;							\
										\
	one;									\
	return to;								\
}										\
										\
static int64_t rte##_find(void *t, const uint8_t *addr)				\
{										\
	union key k = key_of(addr, width);					\
	ip_t *ip = &k.form;							\
	hop to = NO_HOP;							\
										\
	return one || to == NO_HOP ? -1 : (int64_t)to;				\
}										\
										\
LOOP_SINGLE(rte##_single, rte##_look(t, &keys.form[at]))			\
LOOP_INDEPENDENT(rte##_independent, rte##_look(t, &keys.form[at]))		\
										\
static void rte##_bulk(void *t, const struct keys *k, uint64_t *sum)		\
{										\
	hop to[BULK];								\
										\
	for (size_t i = 0; i + BULK <= k->n; i += BULK) {			\
		many(OF(t), &k->form[i], to, BULK);				\
		*sum += to[i / BULK % BULK];					\
	}									\
}										\
										\
const struct subject rte = {							\
	.name = #rte,								\
	.bits = width,								\
	.make = rte##_make,							\
	.drop = rte##_drop,							\
	.add = rte##_put,							\
	.del = rte##_take,							\
	.find = rte##_find,							\
	.bytes = bytes,								\
	.loops = { rte##_single, rte##_independent, rte##_bulk },		\
}

/* Numbers with a sign, but only here. */
#define LPM6_LOOKUP_BULK(t, ips, to, n) rte_lpm6_lookup_bulk_func(t, ips, (int32_t *)(to), n)

#define LPM_ONE(rte) rte##_lookup(OF(t), *ip, &to)
#define FIB_ONE(rte) rte##_lookup_bulk(OF(t), ip, &to, 1)

TABLE(rte_lpm, 32, host4, host4_t, uint32_t, LPM_ONE(rte_lpm), rte_lpm_lookup_bulk);
TABLE(rte_fib, 32, host4, host4_t, uint64_t, FIB_ONE(rte_fib), rte_fib_lookup_bulk);
TABLE(rte_lpm6, 128, ip6, ip6_t, uint32_t, LPM_ONE(rte_lpm6), LPM6_LOOKUP_BULK);
TABLE(rte_fib6, 128, ip6, ip6_t, uint64_t, FIB_ONE(rte_fib6), rte_fib6_lookup_bulk);

// SPDX-License-Identifier: GPL-2.0
/*
 * DPDK's four tables, as large as a whole Internet table asks for and otherwise
 * as they come.  Their memory is one block that is there from the start, without
 * huge pages, as the other one's.
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
#include <rte_lcore.h>
#include <rte_lpm.h>
#include <rte_lpm6.h>
#include <rte_malloc.h>

#include "bench.h"

#define NO_HOP		((1U << 21) - 1)
#define TBL8_IP4	(1U << 15)
#define TBL8_IP6	(1U << 18)
#define TBL8_FIB6	(1U << 18)

struct table {
	void *t;
	size_t before;
};

/* Its one thread would be tied to a processor, and the reader's with it. */
bool dpdk_start(const char *program)
{
	const char *const option[] = {
		program, "--no-huge", "--no-pci", "--no-telemetry", "--no-shconf",
		"--log-level=error", "-m", "3072", "-l",
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
	return rte_eal_init(n, argv) >= 0 && !sched_setaffinity(0, sizeof(mine), &mine);
}

static size_t heap(void)
{
	struct rte_malloc_socket_stats s;

	if (rte_malloc_get_socket_stats(rte_socket_id(), &s))
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

static uint32_t host4(const uint8_t *addr)
{
	return (uint32_t)addr[0] << 24 | addr[1] << 16 | addr[2] << 8 | addr[3];
}

#define OF(t) (((struct table *)(t))->t)

/* rte_lpm */

static void *lpm_make(size_t max)
{
	const struct rte_lpm_config cfg = { .max_rules = max, .number_tbl8s = TBL8_IP4 };
	size_t before = heap();

	return table_new(before, rte_lpm_create("lpm", rte_socket_id(), &cfg));
}

static void lpm_drop(void *t)
{
	rte_lpm_free(OF(t));
	free(t);
}

static bool lpm_add(void *t, const struct net *net, uint32_t number)
{
	return !rte_lpm_add(OF(t), host4(net->addr), net->len, number);
}

static bool lpm_del(void *t, const struct net *net)
{
	return !rte_lpm_delete(OF(t), host4(net->addr), net->len);
}

static int64_t lpm_find(void *t, const uint8_t *addr)
{
	uint32_t hop;

	return rte_lpm_lookup(OF(t), host4(addr), &hop) ? -1 : (int64_t)hop;
}

#define LPM_LOOK(ip) ({							\
	uint32_t hop = NO_HOP;						\
									\
	rte_lpm_lookup(OF(t), ip, &hop);				\
	hop; })

LOOP_SINGLE(lpm_single, LPM_LOOK(k->host4[at]))
LOOP_INDEPENDENT(lpm_independent, LPM_LOOK(k->host4[at]))

static void lpm_bulk(void *t, const struct keys *k, uint64_t *sum)
{
	uint32_t hop[BULK];

	for (size_t i = 0; i + BULK <= k->n; i += BULK) {
		rte_lpm_lookup_bulk(OF(t), &k->host4[i], hop, BULK);
		*sum += hop[i / BULK % BULK];
	}
}

const struct subject rte_lpm = {
	.name = "rte_lpm",
	.bits = 32,
	.make = lpm_make,
	.drop = lpm_drop,
	.add = lpm_add,
	.del = lpm_del,
	.find = lpm_find,
	.bytes = bytes,
	.loops = { lpm_single, lpm_independent, lpm_bulk },
};

/* rte_fib */

static void *fib_make(size_t max)
{
	struct rte_fib_conf cfg = {
		.type = RTE_FIB_DIR24_8,
		.default_nh = NO_HOP,
		.max_routes = 2 * max,
		.dir24_8 = { .nh_sz = RTE_FIB_DIR24_8_4B, .num_tbl8 = TBL8_IP4 },
	};
	size_t before = heap();

	return table_new(before, rte_fib_create("fib", rte_socket_id(), &cfg));
}

static void fib_drop(void *t)
{
	rte_fib_free(OF(t));
	free(t);
}

static bool fib_add(void *t, const struct net *net, uint32_t number)
{
	return !rte_fib_add(OF(t), host4(net->addr), net->len, number);
}

static bool fib_del(void *t, const struct net *net)
{
	return !rte_fib_delete(OF(t), host4(net->addr), net->len);
}

static uint64_t fib_look(void *t, uint32_t ip)
{
	uint64_t hop;

	rte_fib_lookup_bulk(OF(t), &ip, &hop, 1);
	return hop;
}

static int64_t fib_find(void *t, const uint8_t *addr)
{
	uint64_t hop = fib_look(t, host4(addr));

	return hop == NO_HOP ? -1 : (int64_t)hop;
}

LOOP_SINGLE(fib_single, fib_look(t, k->host4[at]))
LOOP_INDEPENDENT(fib_independent, fib_look(t, k->host4[at]))

static void fib_bulk(void *t, const struct keys *k, uint64_t *sum)
{
	uint64_t hop[BULK];

	for (size_t i = 0; i + BULK <= k->n; i += BULK) {
		rte_fib_lookup_bulk(OF(t), &k->host4[i], hop, BULK);
		*sum += hop[i / BULK % BULK];
	}
}

const struct subject rte_fib = {
	.name = "rte_fib",
	.bits = 32,
	.make = fib_make,
	.drop = fib_drop,
	.add = fib_add,
	.del = fib_del,
	.find = fib_find,
	.bytes = bytes,
	.loops = { fib_single, fib_independent, fib_bulk },
};

/* rte_lpm6 */

static void *lpm6_make(size_t max)
{
	const struct rte_lpm6_config cfg = { .max_rules = max, .number_tbl8s = TBL8_IP6 };
	size_t before = heap();

	return table_new(before, rte_lpm6_create("lpm6", rte_socket_id(), &cfg));
}

static void lpm6_drop(void *t)
{
	rte_lpm6_free(OF(t));
	free(t);
}

static bool lpm6_add(void *t, const struct net *net, uint32_t number)
{
	return !rte_lpm6_add(OF(t), net->addr, net->len, number);
}

static bool lpm6_del(void *t, const struct net *net)
{
	return !rte_lpm6_delete(OF(t), net->addr, net->len);
}

static uint64_t lpm6_look(void *t, const uint8_t *ip)
{
	uint32_t hop = NO_HOP;

	rte_lpm6_lookup(OF(t), ip, &hop);
	return hop;
}

static int64_t lpm6_find(void *t, const uint8_t *addr)
{
	uint32_t hop;

	return rte_lpm6_lookup(OF(t), addr, &hop) ? -1 : (int64_t)hop;
}

LOOP_SINGLE(lpm6_single, lpm6_look(t, k->ip6[at]))
LOOP_INDEPENDENT(lpm6_independent, lpm6_look(t, k->ip6[at]))

static void lpm6_bulk(void *t, const struct keys *k, uint64_t *sum)
{
	int32_t hop[BULK];

	for (size_t i = 0; i + BULK <= k->n; i += BULK) {
		rte_lpm6_lookup_bulk_func(OF(t), &k->ip6[i], hop, BULK);
		*sum += hop[i / BULK % BULK];
	}
}

const struct subject rte_lpm6 = {
	.name = "rte_lpm6",
	.bits = 128,
	.make = lpm6_make,
	.drop = lpm6_drop,
	.add = lpm6_add,
	.del = lpm6_del,
	.find = lpm6_find,
	.bytes = bytes,
	.loops = { lpm6_single, lpm6_independent, lpm6_bulk },
};

/* rte_fib6 */

static void *fib6_make(size_t max)
{
	struct rte_fib6_conf cfg = {
		.type = RTE_FIB6_TRIE,
		.default_nh = NO_HOP,
		.max_routes = 2 * max,
		.trie = { .nh_sz = RTE_FIB6_TRIE_4B, .num_tbl8 = TBL8_FIB6 },
	};
	size_t before = heap();

	return table_new(before, rte_fib6_create("fib6", rte_socket_id(), &cfg));
}

static void fib6_drop(void *t)
{
	rte_fib6_free(OF(t));
	free(t);
}

static bool fib6_add(void *t, const struct net *net, uint32_t number)
{
	return !rte_fib6_add(OF(t), net->addr, net->len, number);
}

static bool fib6_del(void *t, const struct net *net)
{
	return !rte_fib6_delete(OF(t), net->addr, net->len);
}

static uint64_t fib6_look(void *t, uint8_t (*ip)[16])
{
	uint64_t hop;

	rte_fib6_lookup_bulk(OF(t), ip, &hop, 1);
	return hop;
}

static int64_t fib6_find(void *t, const uint8_t *addr)
{
	uint8_t ip[1][16];
	uint64_t hop;

	memcpy(ip, addr, sizeof(ip));
	hop = fib6_look(t, ip);
	return hop == NO_HOP ? -1 : (int64_t)hop;
}

LOOP_SINGLE(fib6_single, fib6_look(t, &k->ip6[at]))
LOOP_INDEPENDENT(fib6_independent, fib6_look(t, &k->ip6[at]))

static void fib6_bulk(void *t, const struct keys *k, uint64_t *sum)
{
	uint64_t hop[BULK];

	for (size_t i = 0; i + BULK <= k->n; i += BULK) {
		rte_fib6_lookup_bulk(OF(t), &k->ip6[i], hop, BULK);
		*sum += hop[i / BULK % BULK];
	}
}

const struct subject rte_fib6 = {
	.name = "rte_fib6",
	.bits = 128,
	.make = fib6_make,
	.drop = fib6_drop,
	.add = fib6_add,
	.del = fib6_del,
	.find = fib6_find,
	.bytes = bytes,
	.loops = { fib6_single, fib6_independent, fib6_bulk },
};

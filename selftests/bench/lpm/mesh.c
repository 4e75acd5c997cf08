// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's table, built for user space.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/rcupdate.h>

#include "bench.h"
#include "host/host.h"
#include "slab.h"
#include "tables/lpm.h"

/* Freed in batches, as the kernel does, and not at each removal. */
#define SETTLE 1024

struct item {
	struct lpm_entry e;
	struct mesh_prefix p;
	uint32_t number;
};

struct mesh {
	struct mutex lock;
	struct lpm_memory memory;
	struct lpm t;
	struct item *item;
	size_t unsettled;
	size_t bytes;
};

static struct mesh_prefix prefix_of(const struct mesh *m, const struct net *net)
{
	struct mesh_prefix p;

	mesh_addr_set(&p.addr, net->addr, m->t.bits / 8);
	p.len = net->len;
	return p;
}

static struct mesh *make(size_t max, uint8_t bits)
{
	struct mesh *m = calloc(1, sizeof(*m));

	if (!m)
		abort();
	m->item = host_alloc(max * sizeof(*m->item));
	if (!m->item)
		abort();
	m->bytes = slab_bytes();
	mutex_init(&m->lock);
	m->memory.max = SIZE_MAX;
	lpm_init(&m->t, bits, &m->memory, &m->lock);
	mutex_lock(&m->lock);
	return m;
}

static void *make4(size_t max)
{
	return make(max, 32);
}

static void *make6(size_t max)
{
	return make(max, 128);
}

static void settle(void *t)
{
	struct mesh *m = t;

	m->unsettled = 0;
	rcu_barrier();
}

static void changed(struct mesh *m)
{
	if (++m->unsettled >= SETTLE)
		settle(m);
}

static bool add(void *t, const struct net *net, uint32_t number)
{
	struct mesh *m = t;
	struct item *item = &m->item[number];
	struct lpm_entry *old;

	item->p = prefix_of(m, net);
	item->number = number;
	item->e.source = LPM_ROUTE;
	if (lpm_insert(&m->t, &item->p, &item->e, &old))
		return false;
	changed(m);
	return true;
}

static bool del(void *t, const struct net *net)
{
	struct mesh *m = t;
	struct mesh_prefix p = prefix_of(m, net);
	bool was = lpm_remove(&m->t, &p, LPM_ROUTE);

	changed(m);
	return was;
}

static void drop(void *t)
{
	struct mesh *m = t;
	struct lpm_entry *e;

	while ((e = lpm_next(&m->t, NULL, LPM_ROUTE)))
		lpm_remove(&m->t, &container_of(e, struct item, e)->p, LPM_ROUTE);
	settle(m);
	lpm_destroy(&m->t);
	mutex_unlock(&m->lock);
	mutex_destroy(&m->lock);
	host_free(m->item);
	free(m);
}

static int64_t find(void *t, const uint8_t *addr)
{
	struct mesh *m = t;
	struct lpm_entry *e;

	rcu_read_lock();
	e = lpm_lookup(&m->t, addr);
	rcu_read_unlock();
	return e ? (int64_t)container_of(e, struct item, e)->number : -1;
}

static size_t bytes(void *t)
{
	struct mesh *m = t;

	settle(m);
	return slab_bytes() - m->bytes;
}

void reader_begin(void)
{
	rcu_register_thread();
}

void reader_end(void)
{
	rcu_unregister_thread();
}

/* A section is as long as a loop, and not begun anew: it is a fence here, but no instruction there. */
#define LOOK(key) ((uint64_t)lpm_lookup(&((struct mesh *)t)->t, (const uint8_t *)(key)))

#define READER(name, loop)						\
static void name(void *t, const struct keys *k, uint64_t *sum)		\
{									\
	rcu_read_lock();						\
	loop(t, k, sum);						\
	rcu_read_unlock();						\
}

LOOP_SINGLE(loop_single4, LOOK(&keys.ip4[at]))
LOOP_INDEPENDENT(loop_independent4, LOOK(&keys.ip4[at]))
LOOP_SINGLE(loop_single6, LOOK(keys.ip6[at]))
LOOP_INDEPENDENT(loop_independent6, LOOK(keys.ip6[at]))
READER(single4, loop_single4)
READER(independent4, loop_independent4)
READER(single6, loop_single6)
READER(independent6, loop_independent6)

#define MESH(family, width)						\
const struct subject mesh##family = {					\
	.name = "mesh",							\
	.bits = width,							\
	.make = make##family,						\
	.drop = drop,							\
	.add = add,							\
	.del = del,							\
	.find = find,							\
	.settle = settle,						\
	.bytes = bytes,							\
	.loops = { .single = single##family,				\
		   .independent = independent##family },		\
}

MESH(4, 32);
MESH(6, 128);

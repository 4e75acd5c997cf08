// SPDX-License-Identifier: GPL-2.0
/*
 * Deferred work on liburcu's grace periods.  Its own call_rcu() has a thread
 * that sleeps 10 ms a round: too long for a fuzzer that waits after each input,
 * and freeing at a moment of its own.  Here rcu_barrier() does all of it.
 */
#include <stdlib.h>
#include <linux/rcupdate.h>

#include "host.h"

/* A smaller "function" is the offset of the head in an object to be freed. */
#define OFFSET_MAX 4096

static struct cds_wfcq_head head;
static struct cds_wfcq_tail tail;

__attribute__((constructor)) static void start(void)
{
	cds_wfcq_init(&head, &tail);
	rcu_register_thread();
}

__attribute__((destructor)) static void end(void)
{
	rcu_unregister_thread();
}

/* How many have begun, and how many of those are over. */
static unsigned long begun, over;

void host_synchronize_rcu(void)
{
	unsigned long mine = ++begun;

	urcu_memb_synchronize_rcu();
	over = mine;
}

unsigned long start_poll_synchronize_rcu(void)
{
	return begun + 1;
}

bool poll_state_synchronize_rcu(unsigned long state)
{
	return over >= state;
}

void call_rcu(struct rcu_head *rcu, void (*func)(struct rcu_head *rcu))
{
	cds_wfcq_node_init(&rcu->next);
	rcu->func = func;
	cds_wfcq_enqueue(&head, &tail, &rcu->next);
}

void host_free_rcu(struct rcu_head *rcu, size_t offset)
{
	WARN_ON(offset >= OFFSET_MAX);
	call_rcu(rcu, (void (*)(struct rcu_head *))offset);
}

struct bare {
	struct rcu_head rcu;
	void *object;
};

static void free_bare(struct rcu_head *rcu)
{
	struct bare *b = caa_container_of(rcu, struct bare, rcu);

	host_free(b->object);
	free(b);
}

void host_free_bare_rcu(void *object)
{
	struct bare *b = malloc(sizeof(*b));

	if (!b)
		abort();
	b->object = object;
	call_rcu(&b->rcu, free_bare);
}

static void run(struct rcu_head *rcu)
{
	uintptr_t offset = (uintptr_t)rcu->func;

	if (offset < OFFSET_MAX)
		host_free((char *)rcu - offset);
	else
		rcu->func(rcu);
}

void rcu_barrier(void)
{
	struct cds_wfcq_node *node, *next;
	struct cds_wfcq_head batch;
	struct cds_wfcq_tail last;

	cds_wfcq_init(&batch, &last);
	cds_wfcq_splice_blocking(&batch, &last, &head, &tail);
	synchronize_rcu();
	__cds_wfcq_for_each_blocking_safe(&batch, &last, node, next)
		run(caa_container_of(node, struct rcu_head, next));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Cells of a prefix table, and their way through a grace period.
 */
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "lpm_priv.h"

#define BATCH 61

/* Batches that are taken back, at most, where a new one begins. */
#define REAP 4

/* Cells to begin with, and places for chunks; then all that there ever can be. */
#define FIRST_CHUNK	128
#define FIRST_CHUNKS	16
#define CHUNKS_MAX	4096

/**
 * struct lpm_limbo - arrays that readers may still be in
 * @next: the younger batch
 * @grace: the grace period after which they are not
 * @n: how many
 * @array: cell and size
 */
struct lpm_limbo {
	struct lpm_limbo *next;
	unsigned long grace;
	u32 n;
	struct {
		u32 at;
		u32 n;
	} array[BATCH];
};

/*
 * The first cells of each chunk, which are never used: so it can always be given back,
 * however little memory there is.
 */
struct chunk_head {
	struct rcu_head rcu;
};

#define CHUNK_HEAD (sizeof(struct chunk_head) / sizeof(u64))

static_assert(CHUNK_HEAD == LPM_TOP, "the first array comes behind the head");

static void chunk_free(u64 *chunk)
{
	struct chunk_head *head = (struct chunk_head *)chunk;

	kvfree_rcu(head, rcu);
}

void *lpm_memory_get(struct lpm *t, size_t bytes, gfp_t gfp)
{
	struct lpm_memory *m = t->memory;
	void *p;

	if (m->used > m->max || bytes > m->max - m->used)
		return ERR_PTR(-ENOSPC);
	p = kvmalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN | gfp);
	if (!p)
		return ERR_PTR(-ENOMEM);
	m->used += bytes;
	return p;
}

void lpm_memory_put(struct lpm *t, size_t bytes)
{
	t->memory->used -= bytes;
}

static void put_unused(struct lpm *t, u32 at, unsigned int n)
{
	*lpm_cell(t, at) = t->pool.unused[n];
	t->pool.unused[n] = at;
}

static u32 take_unused(struct lpm *t, unsigned int n)
{
	u32 at = t->pool.unused[n];

	if (at)
		t->pool.unused[n] = *lpm_cell(t, at);
	return at;
}

static void limbo_release(struct lpm *t, struct lpm_limbo *b)
{
	u32 i;

	for (i = 0; i < b->n; i++)
		put_unused(t, b->array[i].at, b->array[i].n);
	kfree(b);
}

/* More of them than come meanwhile, and no more than is soon done. */
static void limbo_reap(struct lpm *t)
{
	struct lpm_pool *p = &t->pool;
	struct lpm_limbo *b;
	u32 i;

	for (i = 0; i < REAP; i++) {
		b = p->waiting;
		if (!b || !poll_state_synchronize_rcu(b->grace))
			return;
		p->waiting = b->next;
		limbo_release(t, b);
	}
}

static void limbo_close(struct lpm_pool *p)
{
	struct lpm_limbo *b = p->open;

	p->open = NULL;
	b->grace = start_poll_synchronize_rcu();
	b->next = NULL;
	if (p->waiting)
		p->last->next = b;
	else
		p->waiting = b;
	p->last = b;
}

/* There is no memory to remember an array in: it goes at once, and all others. */
static void limbo_drain(struct lpm *t)
{
	struct lpm_pool *p = &t->pool;
	struct lpm_limbo *b;

	synchronize_rcu();
	while ((b = p->waiting)) {
		p->waiting = b->next;
		limbo_release(t, b);
	}
}

void lpm_cells_free(struct lpm *t, u32 at, unsigned int n)
{
	struct lpm_pool *p = &t->pool;

	p->used -= n;
	if (!p->open) {
		limbo_reap(t);
		/* In nobody's account: who has used up his own may still take things out. */
		p->open = kmalloc(sizeof(*p->open), GFP_KERNEL | __GFP_NOWARN);
		if (!p->open) {
			limbo_drain(t);
			put_unused(t, at, n);
			return;
		}
		p->open->n = 0;
	}
	p->open->array[p->open->n].at = at;
	p->open->array[p->open->n++].n = n;
	if (p->open->n == BATCH)
		limbo_close(p);
}

static size_t chunks_bytes(u32 n)
{
	return sizeof(struct lpm_chunks) + n * sizeof(u64 *);
}

size_t lpm_pool_bytes(const struct lpm_pool *p)
{
	return p->chunks ? chunks_bytes(p->chunks->n) + p->end * sizeof(u64) : 0;
}

/* Room to name one chunk more. */
static int chunks_fit(struct lpm *t, gfp_t gfp)
{
	struct lpm_pool *p = &t->pool;
	struct lpm_chunks *old = p->chunks, *new;

	if (p->end >> LPM_CHUNK_BITS < old->n)
		return 0;
	if (old->n == CHUNKS_MAX)
		return -ENOSPC;
	new = lpm_memory_get(t, chunks_bytes(CHUNKS_MAX), gfp);
	if (IS_ERR(new))
		return PTR_ERR(new);
	memcpy(new->at, old->at, old->n * sizeof(*new->at));
	new->n = CHUNKS_MAX;
	p->chunks = new;
	lpm_root_chunks(t);
	lpm_memory_put(t, chunks_bytes(old->n));
	kvfree(old);
	return 0;
}

/* A small table begins with less than a chunk; its readers may be anywhere in it. */
static int first_chunk_grow(struct lpm *t, gfp_t gfp)
{
	struct lpm_pool *p = &t->pool;
	u32 end = p->end ? 2 * p->end : FIRST_CHUNK;
	u64 *old = p->chunks->at[0], *new;

	new = lpm_memory_get(t, end * sizeof(*new), gfp);
	if (IS_ERR(new))
		return PTR_ERR(new);
	if (p->end)
		memcpy(new, old, p->end * sizeof(*new));
	/* With all that it had, and before a word names more. */
	smp_store_release(&p->chunks->at[0], new);
	if (p->end) {
		lpm_root_renew(t);
		lpm_memory_put(t, p->end * sizeof(*old));
		chunk_free(old);
	} else {
		p->fresh = CHUNK_HEAD;
	}
	p->end = end;
	return 0;
}

static int chunk_add(struct lpm *t, gfp_t gfp)
{
	struct lpm_pool *p = &t->pool;
	u64 *new;
	int err;

	if (p->end < LPM_CHUNK)
		return first_chunk_grow(t, gfp);
	err = chunks_fit(t, gfp);
	if (err)
		return err;
	new = lpm_memory_get(t, LPM_CHUNK * sizeof(*new), gfp);
	if (IS_ERR(new))
		return PTR_ERR(new);
	/* Before a word names what is in it. */
	smp_store_release(&p->chunks->at[p->end >> LPM_CHUNK_BITS], new);
	p->end += LPM_CHUNK;
	p->sparse = p->end / 8;
	return 0;
}

/* Whether so many of the fresh ones are to be had. */
static bool fresh_enough(const struct lpm_pool *p, u32 n)
{
	return p->end - p->fresh >= n + p->reserved * LPM_INSERT_MAX;
}

int lpm_cells_spare(struct lpm *t, u32 n, gfp_t gfp)
{
	int err = 0;

	while (!err && !fresh_enough(&t->pool, n))
		err = chunk_add(t, gfp);
	return err;
}

/* An array lies in one chunk: what is too little for it there is for smaller ones. */
static u32 take_fresh(struct lpm *t, unsigned int n)
{
	struct lpm_pool *p = &t->pool;
	u32 rest = -p->fresh & LPM_CHUNK_MASK, at;
	u32 over = rest < n ? rest + CHUNK_HEAD : 0;

	if (!fresh_enough(p, over + n))
		return 0;
	if (over && rest)
		put_unused(t, p->fresh, rest);
	at = p->fresh + over;
	p->fresh = at + n;
	return at;
}

static u32 take_larger(struct lpm *t, unsigned int n)
{
	unsigned int size;
	u32 at;

	for (size = n + 1; size <= LPM_ARRAY_MAX; size++) {
		at = take_unused(t, size);
		if (!at)
			continue;
		put_unused(t, at + n, size - n);
		return at;
	}
	return 0;
}

u32 lpm_cells_alloc(struct lpm *t, unsigned int n)
{
	u32 at = take_unused(t, n);

	if (!at)
		at = take_fresh(t, n);
	if (!at)
		at = take_larger(t, n);
	if (at)
		t->pool.used += n;
	return at;
}

int lpm_pool_make(struct lpm *t, u32 n, gfp_t gfp)
{
	struct lpm_pool *p = &t->pool;
	int err;

	p->chunks = lpm_memory_get(t, chunks_bytes(FIRST_CHUNKS), gfp);
	if (IS_ERR(p->chunks)) {
		err = PTR_ERR(p->chunks);
		p->chunks = NULL;
		return err;
	}
	p->chunks->n = FIRST_CHUNKS;
	err = lpm_cells_spare(t, n, gfp);
	if (err)
		lpm_pool_drop(t);
	return err;
}

void lpm_pool_drop(struct lpm *t)
{
	struct lpm_pool *p = &t->pool;
	struct lpm_limbo *b;
	u32 at;

	while ((b = p->waiting)) {
		p->waiting = b->next;
		kfree(b);
	}
	kfree(p->open);
	lpm_memory_put(t, lpm_pool_bytes(p));
	for (at = 0; at < p->end; at += LPM_CHUNK)
		chunk_free(p->chunks->at[at >> LPM_CHUNK_BITS]);
	kvfree_rcu(p->chunks, rcu);
	memset(p, 0, sizeof(*p));
}

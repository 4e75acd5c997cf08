/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of a prefix table: arrays of 64-bit cells, named by the number of their
 * first one, so that a word has room for it and a bitmap.
 *
 * An array that was freed is kept from use until a grace period is over, as
 * readers may still be in it.
 */
#ifndef _MESH_LPM_POOL_H
#define _MESH_LPM_POOL_H

#include <linux/bitops.h>
#include <linux/gfp.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct lpm;
struct lpm_limbo;

/*
 * What stands in a cell: an entry, as its address or with WORD_LOOK beside it,
 * where it may be hidden; or NULL; or the way to more cells:
 *
 *   63      35 34   32 31             0
 *   base       below   runs, bit 0 set	   a node of five bits
 *   base       below   ... to  ...  100   WORD_SKIP: bits that have one way only
 *
 * What stands in a slot of a root is the same but for nodes:
 *
 *   63              32 31             0
 *   how far            runs, bit 0 set	   a node, whose array is near
 *   base       bits 0-2 of runs ... 110   WORD_FAR: a node, whose array is not
 *   where                       ... 100   WORD_FIELD: more slots; in a root with
 *					   fields, which then has no skips
 */
#define WORD_NODE	BIT(0)
#define WORD_LOOK	BIT(1)
#define WORD_SKIP	BIT(2)
#define WORD_MARKS	(WORD_NODE | WORD_LOOK | WORD_SKIP)
#define WORD_FAR	(WORD_LOOK | WORD_SKIP)
#define WORD_FIELD	WORD_SKIP
#define WORD_BASE	35
#define WORD_BELOW	32
#define WORD_TO		8
#define WORD_NEAR	32

static inline u32 word_base(u64 word)
{
	return word >> WORD_BASE;
}

/* Which of the node's runs the lowest five bits of @pos are in, from 1. */
static inline u32 word_rank(u64 word, u32 pos)
{
	return hweight32((u32)word << (~pos & 31));
}

#define LPM_CHUNK_BITS	13
#define LPM_CHUNK	(1U << LPM_CHUNK_BITS)
#define LPM_CHUNK_MASK	(LPM_CHUNK - 1)
#define LPM_ARRAY_MAX	33
/* What one insertion may take: see lpm_node.c. */
#define LPM_INSERT_MAX	96

/**
 * struct lpm_chunks - all the memory of a pool
 * @rcu: when it is given back
 * @n: places in @at
 * @at: each for LPM_CHUNK cells, the first one at least as many as there are
 */
struct lpm_chunks {
	struct rcu_head rcu;
	u32 n;
	u64 *at[];
};

/**
 * struct lpm_pool - cells; all of it is the writer's
 * @chunks: NULL for a pool without any
 * @fresh: the first cell that was never in use
 * @end: how many there are
 * @used: how many are in arrays that are in use
 * @sparse: with fewer in use the pool is worth being made anew
 * @reserved: insertions that cannot fail
 * @unused: arrays that may be used again, by size
 * @waiting: batches of freed ones, the oldest first
 * @last: of them
 * @open: is not complete yet
 */
struct lpm_pool {
	struct lpm_chunks *chunks;
	u32 fresh;
	u32 end;
	u32 used;
	u32 sparse;
	u32 reserved;
	u32 unused[LPM_ARRAY_MAX + 1];
	struct lpm_limbo *waiting;
	struct lpm_limbo *last;
	struct lpm_limbo *open;
};

/* For what one can do without: nobody has to be killed for it. */
#define LPM_GFP_OPTIONAL __GFP_RETRY_MAYFAIL

/* Memory that is counted, or an error pointer; and such that is given back. */
void *lpm_memory_get(struct lpm *t, size_t bytes, gfp_t gfp);
void lpm_memory_put(struct lpm *t, size_t bytes);

/* A pool for so many cells and what is reserved; 0 or, with none of it, an error. */
int lpm_pool_make(struct lpm *t, u32 n, gfp_t gfp);
/* All of it, when no new reader finds any. */
void lpm_pool_drop(struct lpm *t);
/* What it has asked for, octets. */
size_t lpm_pool_bytes(const struct lpm_pool *p);

/*
 * For @n cells, whose contents are unknown, or 0: that cannot be while an insertion
 * uses what was reserved for it.  Asks for no memory.
 */
u32 lpm_cells_alloc(struct lpm *t, unsigned int n);
/* When no new reader finds them; may sleep. */
void lpm_cells_free(struct lpm *t, u32 at, unsigned int n);
/* So many that were never in use, beyond what is reserved: 0 or an error. */
int lpm_cells_spare(struct lpm *t, u32 n, gfp_t gfp);

#endif

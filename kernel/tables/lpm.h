/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Longest-prefix table of one address family, and by the same means an ordered
 * index of whole keys.
 *
 * Readers run under rcu_read_lock() alone; writers hold the mutex that was
 * named at lpm_init().  Entries are embedded in the caller's objects, which
 * must live for a grace period after they left the table.
 */
#ifndef _MESH_LPM_H
#define _MESH_LPM_H

#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "lpm_pool.h"
#include "wire/addr.h"

/* One prefix may hold one entry of each source; the highest wins. */
enum lpm_source {
	LPM_HOST,
	LPM_ROUTE,
	LPM_SHORTCUT,
	LPM_SOURCES,
};

#define LPM_ALL		(BIT(LPM_SOURCES) - 1)
#define LPM_NO_SHORTCUT	(LPM_ALL & ~BIT(LPM_SHORTCUT))

/**
 * struct lpm_entry - what a prefix leads to
 * @next: of the same address, the one of the next lower source or else of the
 *	next shorter prefix: the table's
 * @gen: generation, for mark and sweep; the table does not look at it
 * @owner: who fed the entry; the table does not look at it
 * @source: an enum lpm_source, set before the entry is inserted
 * @len: bits of the prefix that it stands at, set by lpm_insert()
 * @hidden: look-ups pass it over; lpm_get() and lpm_walk() do not.  The
 *	writer's, at any time, but of an LPM_HOST only
 */
struct lpm_entry {
	struct lpm_entry __rcu *next;
	u32 gen;
	u8 owner;
	u8 source;
	u8 len;
	bool hidden;
} __aligned(8);

/**
 * struct lpm_root - the way past the upper levels, see lpm_root.c
 * @shift: what is left of an address' first 32 bits is the number of a slot, and
 *	in its lowest five bits the place in the node there
 * @bits: log2 of the number of slots
 * @field_shift: what is left of an address' first 64 bits, but for those before, is the
 *	number of a slot in a field and the place in the node there; or 0: no fields
 * @fields: how many there are
 * @chunk: memory of the cells
 * @near: arrays are found from there
 * @slot: each what its addresses lead to; by itself, as it fills whole pages
 * @first: number of the first one that there is
 * @n: how many there are, where the rest are all the same; or 0 for all
 * @rest: what those lead to, or WORD_FAR where that has to be looked for
 * @wait: changes until another one is tried for again, which there was no memory for
 * @rcu: when there is another root
 */
struct lpm_root {
	u8 shift;
	u8 bits;
	u8 field_shift;
	u32 fields;
	u32 n;
	u64 **chunk;
	const u64 *near;
	u64 *slot;
	u32 first;
	u64 rest;
	u32 wait;
	struct rcu_head rcu;
};

/**
 * struct lpm_memory - what some tables take together, their entries not included
 * @used: octets
 * @max: bound of @used; may be changed at any time, and what is there stays
 */
struct lpm_memory {
	size_t used;
	size_t max;
};

/**
 * struct lpm - a table
 * @root: NULL where nothing is in it
 * @pool: cells, and whose they are
 * @memory: what it takes is counted there
 * @lock: the writers'
 * @bits: of a key
 * @count: entries by source
 */
struct lpm {
	struct lpm_root __rcu *root;
	struct lpm_pool pool;
	struct lpm_memory *memory;
	struct mutex *lock;
	u8 bits;
	u32 count[LPM_SOURCES];
};

/*
 * @bits: 32 or 128, the width of the keys; @memory: is changed under @lock, which is
 * what every writer holds.
 */
void lpm_init(struct lpm *t, u8 bits, struct lpm_memory *memory, struct mutex *lock);
/* The entries are gone already, and the readers; with the writer lock. */
void lpm_destroy(struct lpm *t);

/* A cell of the array that begins with @base. */
static inline u64 lpm_read(const struct lpm_root *root, u32 base, u32 i)
{
	u64 *const *chunk = READ_ONCE(root->chunk);

	return READ_ONCE(READ_ONCE(chunk[base >> LPM_CHUNK_BITS])
			 [(base & LPM_CHUNK_MASK) + i]);
}

static inline u64 lpm_slot(const struct lpm_root *root, u32 number)
{
	if (!root->n)
		return READ_ONCE(root->slot[number]);
	number -= root->first;
	return READ_ONCE(*(number < root->n ? &root->slot[number] : &root->rest));
}

/* What a slot leads the addresses of a place to. */
static inline u64 lpm_slot_cell(const struct lpm_root *root, u64 slot, u32 place)
{
	if (!(slot & WORD_NODE))
		return slot;
	return READ_ONCE(root->near[((s64)slot >> WORD_NEAR) + word_rank(slot, place)]);
}

/* What is not to be had from a first cell alone; RCU. */
struct lpm_entry *lpm_lookup_far(const struct lpm *t, const struct lpm_root *root,
				 const u8 *addr, u64 cell);
struct lpm_entry *lpm_lookup_slow(const struct lpm *t, const u8 *addr,
				  u8 sources);

/* From a root of the table on. */
static inline struct lpm_entry *lpm_lookup_root(const struct lpm *t,
						const struct lpm_root *root,
						const u8 *addr)
{
	u32 place;
	__be32 be;
	u64 cell;

	memcpy(&be, addr, sizeof(be));
	place = be32_to_cpu(be) >> root->shift;
	cell = lpm_slot_cell(root, lpm_slot(root, place / 32), place);
	if (likely(!(cell & WORD_MARKS)))
		return (struct lpm_entry *)(unsigned long)cell;
	return lpm_lookup_far(t, root, addr, cell);
}

/*
 * The entry of the longest prefix that covers the address and is not hidden, or
 * NULL.  RCU; takes no reference; @addr has t->bits bits and no alignment.
 * entry->len is the length that matched.
 */
static inline struct lpm_entry *lpm_lookup(const struct lpm *t, const u8 *addr)
{
	const struct lpm_root *root = rcu_dereference(t->root);

	return likely(root) ? lpm_lookup_root(t, root, addr) : NULL;
}

/* The same of those that have one of the @sources (a mask). */
static inline struct lpm_entry *lpm_lookup_sources(const struct lpm *t,
						   const u8 *addr, u8 sources)
{
	struct lpm_entry *e = lpm_lookup(t, addr);

	if (!e || sources & BIT(e->source))
		return e;
	return lpm_lookup_slow(t, addr, sources);
}

/* Exactly this prefix and source, or NULL.  RCU or writer; no reference. */
struct lpm_entry *lpm_get(const struct lpm *t, const struct mesh_prefix *p,
			  enum lpm_source source);

/*
 * The first @max entries of a source after a prefix, in the order of address, then
 * length; from the start where @after is NULL.  @after itself need not stand in the
 * table.  How many there were.  RCU or writer; takes no references.
 */
u32 lpm_walk(const struct lpm *t, const struct mesh_prefix *after, enum lpm_source source,
	     struct lpm_entry **found, u32 max);

/* The first one, or NULL. */
static inline struct lpm_entry *lpm_next(const struct lpm *t, const struct mesh_prefix *after,
					 enum lpm_source source)
{
	struct lpm_entry *e;

	return lpm_walk(t, after, source, &e, 1) ? e : NULL;
}

/*
 * Makes the room that one lpm_insert() will need, at whatever prefix, so that it
 * cannot fail: 0, -ENOMEM, or -ENOSPC where the bound is reached.  Every lpm_reserve()
 * is followed by lpm_insert() or lpm_unreserve(); while there are any, each lpm_insert()
 * uses one that puts an entry where none of its source stood.
 */
int lpm_reserve(struct lpm *t);
void lpm_unreserve(struct lpm *t);

/*
 * Puts an entry at a prefix without host bits; *@old is the entry of the same
 * source that stood there, or NULL.  0, -ENOMEM or -ENOSPC, and never an error where
 * room was reserved or the prefix holds an entry.
 */
int lpm_insert(struct lpm *t, const struct mesh_prefix *p, struct lpm_entry *e,
	       struct lpm_entry **old);

/* The entry that was taken out, or NULL. */
struct lpm_entry *lpm_remove(struct lpm *t, const struct mesh_prefix *p,
			     enum lpm_source source);

#endif

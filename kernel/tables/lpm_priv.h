/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the files that implement lpm.h; nobody else includes it.
 *
 * Words form a trie.  A node decides by five bits of the key: its array of cells
 * begins with what the prefixes above leave to all of its addresses, and goes on
 * with a cell for each run of addresses that have the same.  A cell holds the entry
 * of the longest prefix that covers its addresses, whatever node that prefix is of,
 * or the word of the node below, which is then the run's alone.  A skip has one way
 * down: its array is what stands for all other keys, the word below, and the key.
 *
 * A prefix is of the node in whose bits it ends, and its network address is the
 * first one of the run there that begins with it.  The entries of all prefixes of
 * one network address are a list, longest first, that hangs in the cell of that
 * address: so each prefix is found exactly, even if longer ones hide it.
 */
#ifndef _MESH_LPM_PRIV_H
#define _MESH_LPM_PRIV_H

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "lpm.h"

#define STRIDE 5

/* Of a slot of the root, those that are not as in the word. */
#define WORD_FAR_BITS ((u64)WORD_MARKS << WORD_BELOW | WORD_MARKS)

/* The cell of the topmost word: in a pool's first array. */
#define LPM_TOP 2

/* Most significant bit first; IPv4 lies in the upper half of hi. */
struct lpm_key {
	u64 hi;
	u64 lo;
};

/*
 * Levels are such that most of the Internet's prefixes end where a node does: those of
 * 24 bits, and of 48.
 */
static inline int lpm_top_level(const struct lpm *t)
{
	return t->bits == 32 ? -1 : -2;
}

/* Of the node that a prefix of this length is of. */
static inline int lpm_level(const struct lpm *t, u8 len)
{
	int top = lpm_top_level(t);

	return top + (len - top - 1) / STRIDE * STRIDE;
}

/* The deepest that a root stands for. */
#define LPM_ROOT_LEVELS 4

/* A slot of a root may stand for so many slots more, each for one value of these bits. */
#define LPM_FIELD_BITS (2 * STRIDE)
#define LPM_FIELD (1U << LPM_FIELD_BITS)

/* IPv4 has most of its prefixes where the root alone ends. */
static inline bool lpm_has_fields(const struct lpm *t)
{
	return t->bits == 128;
}

/* Whether a word of this level may be a skip: above it would take the root its worth. */
static inline bool lpm_skips(const struct lpm *t, int level)
{
	return level >= lpm_top_level(t) + LPM_ROOT_LEVELS * STRIDE +
			(lpm_has_fields(t) ? LPM_FIELD_BITS : 0);
}

static inline bool lpm_writing(const struct lpm *t)
{
	return lockdep_is_held(t->lock);
}

static inline u64 *lpm_cell(const struct lpm *t, u32 at)
{
	return &t->pool.chunks->at[at >> LPM_CHUNK_BITS][at & LPM_CHUNK_MASK];
}

static inline bool word_is_node(u64 word)
{
	return word & WORD_NODE;
}

static inline bool word_is_skip(u64 word)
{
	return (word & (WORD_NODE | WORD_SKIP)) == WORD_SKIP;
}

static inline bool word_is_leaf(u64 word)
{
	return !(word & (WORD_NODE | WORD_SKIP));
}

static inline u8 word_to(u64 word)
{
	return word >> WORD_TO;
}

static inline u8 word_below(u64 word)
{
	return word >> WORD_BELOW & LPM_ALL;
}

static inline u64 word_node(u32 base, u8 below, u32 runs)
{
	return (u64)base << WORD_BASE | (u64)below << WORD_BELOW | runs;
}

static inline u64 word_skip(u32 base, u8 below, u8 to)
{
	return (u64)base << WORD_BASE | (u64)below << WORD_BELOW |
	       (u64)to << WORD_TO | WORD_SKIP;
}

/* A node's word as a slot has it whose root does not reach the array; and back. */
static inline u64 word_far(u64 word)
{
	return (word & ~WORD_FAR_BITS) | (word & WORD_MARKS) << WORD_BELOW | WORD_FAR;
}

static inline u64 far_word(u64 slot)
{
	return (slot & ~WORD_FAR_BITS) | (slot >> WORD_BELOW & WORD_MARKS);
}

static inline struct lpm_entry *word_entry(u64 word)
{
	return (struct lpm_entry *)(unsigned long)(word & ~(u64)WORD_MARKS);
}

static inline u64 entry_word(const struct lpm_entry *e)
{
	return (unsigned long)e | (e->source == LPM_HOST ? WORD_LOOK : 0);
}

/* Of an entry and of those behind it, whichever of them begin there. */
static inline u8 lpm_leaf_sources(const struct lpm *t, u64 leaf)
{
	struct lpm_entry *e = word_entry(leaf);
	u8 sources = 0;

	for (; e; e = rcu_dereference_protected(e->next, lpm_writing(t)))
		sources |= BIT(e->source);
	return sources;
}

/* The array of a skip. */
enum {
	SKIP_OTHER,
	SKIP_DOWN,
	SKIP_HI,
	SKIP_LO,	/* only where it says more than 64 bits */
};

static inline unsigned int skip_cells(u8 to)
{
	return to > 64 ? SKIP_LO + 1 : SKIP_HI + 1;
}

static inline struct lpm_key key_of(const u8 *addr, u8 bits)
{
	struct lpm_key key = { 0 };
	__be64 w[2];
	__be32 ip;

	if (bits == 32) {
		memcpy(&ip, addr, sizeof(ip));
		key.hi = (u64)be32_to_cpu(ip) << 32;
	} else {
		memcpy(w, addr, sizeof(w));
		key.hi = be64_to_cpu(w[0]);
		key.lo = be64_to_cpu(w[1]);
	}
	return key;
}

static inline bool key_equal(const struct lpm_key *a, const struct lpm_key *b)
{
	return a->hi == b->hi && a->lo == b->lo;
}

static inline bool key_less(const struct lpm_key *a, const struct lpm_key *b)
{
	return a->hi != b->hi ? a->hi < b->hi : a->lo < b->lo;
}

/* How many leading bits are the same. */
static inline u8 key_common(const struct lpm_key *a, const struct lpm_key *b)
{
	return a->hi != b->hi ? 64 - fls64(a->hi ^ b->hi) :
				128 - fls64(a->lo ^ b->lo);
}

/* The last bit that is set, from 0; or -1. */
static inline int key_last(const struct lpm_key *key)
{
	if (key->lo)
		return 127 - (int)__ffs64(key->lo);
	return key->hi ? 63 - (int)__ffs64(key->hi) : -1;
}

static inline struct lpm_key key_mask(const struct lpm_key *key, int len)
{
	struct lpm_key k = *key;

	if (len <= 0)
		k.hi = 0;
	else if (len < 64)
		k.hi &= ~(~0ULL >> len);
	if (len <= 64)
		k.lo = 0;
	else if (len < 128)
		k.lo &= ~(~0ULL >> (len - 64));
	return k;
}

/* Its five bits from a level on. */
static inline u32 key_pos(const struct lpm_key *key, int level)
{
	if (level <= 59)
		return key->hi >> (59 - level) & 31;
	if (level < 64)
		return (key->hi << (level - 59) | key->lo >> (123 - level)) & 31;
	if (level <= 123)
		return key->lo >> (123 - level) & 31;
	return key->lo << (level - 123) & 31;
}

/* The first key of a place in a node that this key leads to. */
static inline struct lpm_key key_at(const struct lpm_key *key, int level, u32 pos)
{
	struct lpm_key k = key_mask(key, level);

	if (level <= 59) {
		k.hi |= (u64)pos << (59 - level);
	} else if (level < 64) {
		k.hi |= pos >> (level - 59);
		k.lo |= (u64)pos << (123 - level);
	} else if (level <= 123) {
		k.lo |= (u64)pos << (123 - level);
	} else {
		k.lo |= pos >> (level - 123);
	}
	return k;
}

static inline struct lpm_key skip_key(const struct lpm_root *root, u64 skip)
{
	u32 base = word_base(skip);

	return (struct lpm_key) {
		.hi = lpm_read(root, base, SKIP_HI),
		.lo = word_to(skip) > 64 ? lpm_read(root, base, SKIP_LO) : 0,
	};
}

/* Whether it leads a key on, and not to SKIP_OTHER; bits behind its end are none. */
static inline bool skip_takes(const struct lpm_root *root, u64 skip,
			      const struct lpm_key *key)
{
	u32 base = word_base(skip);
	u64 differ = lpm_read(root, base, SKIP_HI) ^ key->hi;
	u8 to = word_to(skip);

	if (to <= 64)
		return !(differ >> (64 - to));
	return !differ && !((lpm_read(root, base, SKIP_LO) ^ key->lo) >> (128 - to));
}

/* The slots of a field, where a slot of a root stands for one, or NULL. */
static inline u64 *slot_field(const struct lpm_root *root, u64 slot)
{
	if ((slot & WORD_MARKS) != WORD_FIELD || !root->field_shift)
		return NULL;
	return (u64 *)(unsigned long)(slot & ~(u64)WORD_MARKS);
}

static inline struct lpm_root *lpm_root_of(const struct lpm *t)
{
	return rcu_dereference_check(t->root, lpm_writing(t));
}

/*
 * lpm.c
 */

/* Where a word of a level, which is no leaf, leads a key on, and to which level. */
u64 lpm_word_step(const struct lpm_root *root, u64 word, const struct lpm_key *key,
		  int *level);
/* The entry of the longest prefix that covers a key, hidden or not. */
struct lpm_entry *lpm_key_entry(const struct lpm *t, const struct lpm_root *root,
				const struct lpm_key *key);

/*
 * lpm_root.c
 */

/* A root of that many levels, not in use yet; or an error pointer. */
struct lpm_root *lpm_root_new(struct lpm *t, u8 levels, gfp_t gfp);
/* Of the one that is there. */
u8 lpm_root_levels(const struct lpm *t);
/* One that fits the number of entries, if there is the memory. */
void lpm_root_fit(struct lpm *t);
/* The pool's chunks are named elsewhere now; waits until no reader looks there. */
void lpm_root_chunks(struct lpm *t);
/*
 * The word in a cell of this level, on the way to this key, is another one, or has
 * another array.
 */
void lpm_root_update(struct lpm *t, u32 at, int level, const struct lpm_key *key);
/* Arrays of the first chunk are elsewhere now, and may be until the next grace period. */
void lpm_root_renew(struct lpm *t);
/* Of the addresses of a prefix, those that lead to @from lead to @to from now on. */
void lpm_root_turn(struct lpm *t, const struct lpm_key *key, u8 len, u64 from, u64 to);
/* When no new reader finds it. */
void lpm_root_drop(struct lpm *t, struct lpm_root *root);
/* Of all sources. */
u32 lpm_entries(const struct lpm *t);
/* What the table takes, with its root; octets. */
size_t lpm_bytes(const struct lpm *t);

/*
 * lpm_whole.c
 */

/* A table with nothing in it: 0, -ENOMEM or -ENOSPC. */
int lpm_whole_make(struct lpm *t);
/* Memory, root and all, of a table whose entries are gone. */
void lpm_whole_drop(struct lpm *t);
/* Makes the memory anew, without what is unused: whether that could be done. */
bool lpm_whole_pack(struct lpm *t);

/*
 * lpm_node.c
 */

/**
 * struct lpm_place - where a prefix stands, which begins and ends with runs
 * @base: its array; the first cell is what stands above
 * @first: the first cell that is its own
 * @n: how many there are
 * @level: of the node; or that of the skip's end, where it is of no node
 * @of_node: it is of one
 */
struct lpm_place {
	u32 base;
	u32 first;
	u32 n;
	int level;
	bool of_node;
};

#define LPM_DEPTH 32

/* The cells of the words on the way to a prefix, from the top. */
struct lpm_way {
	unsigned int n;
	struct {
		u32 at;
		int level;
	} step[LPM_DEPTH];
};

/*
 * Makes a place for a prefix, of what was reserved.  Look-ups find what they found
 * before.
 */
void lpm_place_make(struct lpm *t, const struct lpm_key *key, u8 len);
/* How many cells a word leads to. */
unsigned int lpm_word_cells(u64 word);
/* Where a prefix stands, and how one gets there; false, and as far as one gets. */
bool lpm_place_find(const struct lpm *t, const struct lpm_key *key, u8 len,
		    struct lpm_place *place, struct lpm_way *way);
/* Takes back what nothing needs any more on the way to a prefix. */
void lpm_place_trim(struct lpm *t, const struct lpm_key *key, u8 len);
/* Of the addresses of a place, those that lead to @from lead to @to from now on. */
void lpm_place_turn(struct lpm *t, const struct lpm_place *place, u64 from, u64 to);

#endif

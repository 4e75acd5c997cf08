// SPDX-License-Identifier: GPL-2.0
/*
 * The root of a prefix table: for each value of a key's first bits a copy of what the
 * trie has there, a word or an entry.  Most of all addresses are so answered by one read,
 * and most of those that somebody sends to by two, without a branch on which it was.
 *
 * A slot names the array of its node by the way there from an address that all slots
 * have in common: that needs no look at where chunks are.  The way has 32 bits, for 16 GiB
 * in either direction, and memory may be larger; what lies beyond is found by its number.
 *
 * Of a large root those slots are there that lie between the first and the last prefix; the
 * rest leads to one and the same.  Where a prefix comes there, it is looked for from the
 * top until there is a root that has it, too.
 *
 * IPv6 has its prefixes so close together in what is used at all that a slot of a large root
 * stands for a field, where there is memory for that: slots for each value of ten bits more.
 *
 * It is made from the trie and grows with the number of entries; where there is no
 * memory for a larger one, the one that is there serves as well.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "lpm_priv.h"

/* Between two chances for others. */
#define SLOTS_AT_ONCE 4096

/* Levels from which on it is worth to have those slots only that differ. */
#ifndef PART_LEVELS
#define PART_LEVELS 3
#endif

/* Such a root has so many parts at most, each of which is there or not. */
#define PARTS_BITS 6

/* Levels from which on a root has fields, and entries that there are for each of those. */
#ifndef FIELD_LEVELS
#define FIELD_LEVELS LPM_ROOT_LEVELS
#endif
#ifndef FIELD_ENTRIES
#define FIELD_ENTRIES 64
#endif

#define FIELD_BYTES (LPM_FIELD * sizeof(u64))

/* Levels that a root can stand for, and entries from which on it does. */
static const struct {
	u8 levels;
	u32 entries;
} size[] = { { 1, 0 }, { 2, 64 }, { 3, 2048 }, { LPM_ROOT_LEVELS, 65536 } };

/* What stands in a slot for a word of the trie, of the root's own level if it is a node. */
static u64 slot_of(const struct lpm *t, const struct lpm_root *root, u64 word)
{
	s64 way;

	if (!word_is_node(word))
		return word;
	way = (s64)((unsigned long)lpm_cell(t, word_base(word)) -
		    (unsigned long)root->near) / (s64)sizeof(u64);
	return way == (s32)way ? (u64)way << WORD_NEAR | (u32)word : word_far(word);
}

static u32 slot_number(const struct lpm_root *root, const struct lpm_key *key)
{
	return key->hi >> (64 - root->bits);
}

/**
 * struct span - slots side by side
 * @i: the first one
 * @end: behind the last one
 */
struct span {
	u32 i;
	u32 end;
};

/* Those that there are. */
static struct span root_has(const struct lpm_root *root, u32 i, u32 n)
{
	struct span s = { i, i + n };

	if (root->n) {
		s.i = max(s.i, root->first);
		s.end = min(s.end, root->first + root->n);
	}
	return s;
}

static void slot_put(struct lpm_root *root, u32 i, u64 slot)
{
	/* Who reads it finds the array complete. */
	smp_store_release(&root->slot[i - root->first], slot);
}

static void slots_fill(struct lpm_root *root, u32 i, u32 n, u64 slot)
{
	struct span s = root_has(root, i, n);

	for (; s.i < s.end; s.i++)
		slot_put(root, s.i, slot);
}

/* How many slots the addresses of a prefix have. */
static u32 slots_of_prefix(const struct lpm_root *root, int len)
{
	return 1U << (root->bits - max(len, 0));
}

typedef void slots_fn(struct lpm_root *root, u32 i, u32 n, u64 slot);

/* Tells what slots there would be, were all of them there. */
static void root_visit(struct lpm *t, struct lpm_root *root, u32 at, int level,
		       const struct lpm_key *key, slots_fn *slots)
{
	u64 word = *lpm_cell(t, at), cell;
	u32 runs = word, pos, end, run;
	struct lpm_key k;

	if (!word_is_node(word) || level == root->bits) {
		slots(root, slot_number(root, key), slots_of_prefix(root, level),
		      slot_of(t, root, word));
		return;
	}
	cond_resched();
	for (run = word_base(word) + 1; runs; run++) {
		pos = __ffs(runs);
		runs &= runs - 1;
		end = runs ? __ffs(runs) : level < 0 ? 1U << (level + STRIDE) : 32;
		cell = *lpm_cell(t, run);
		k = key_at(key, level, pos);
		if (word_is_node(cell))
			root_visit(t, root, run, level + STRIDE, &k, slots);
		else
			slots(root, slot_number(root, &k),
			      (end - pos) * slots_of_prefix(root, level + STRIDE), cell);
	}
}

static void root_visit_all(struct lpm *t, struct lpm_root *root, slots_fn *slots)
{
	root_visit(t, root, LPM_TOP, lpm_top_level(t), &(struct lpm_key) { 0 }, slots);
}

/* The first slot is what the rest may be; those are counted that are not. */
static void slots_span(struct lpm_root *root, u32 i, u32 n, u64 slot)
{
	if (!i)
		root->rest = slot;
	if (slot == root->rest)
		return;
	if (!root->n)
		root->first = i;
	root->n = i + n - root->first;
}

/*
 * An overlay has its addresses from one or two blocks, and of IPv6 one in eight is in use
 * at all: memory and the processor's caches are not for the others.
 */
static void root_span(struct lpm *t, struct lpm_root *root)
{
	u32 part = 1U << max(root->bits - PARTS_BITS, 0), end;

	root_visit_all(t, root, slots_span);
	end = root->first + max(root->n, 1U);
	root->first &= ~(part - 1);
	root->n = ((end - 1) | (part - 1)) + 1 - root->first;
	/* To tell what is there costs a little, too. */
	if (!word_is_leaf(root->rest) || root->n > 1U << (root->bits - 1)) {
		root->first = 0;
		root->n = 0;
	}
}

static u64 *root_field(const struct lpm_root *root, u32 i)
{
	struct span s = root_has(root, i, 1);

	return s.i < s.end ? slot_field(root, root->slot[i - root->first]) : NULL;
}

/* A slot's field, as a root that has no other slots. */
static struct lpm_root field_root(const struct lpm_root *root, u32 i, u64 *field)
{
	return (struct lpm_root) {
		.bits = root->bits + LPM_FIELD_BITS,
		.near = root->near,
		.slot = field,
		.first = i << LPM_FIELD_BITS,
		.n = LPM_FIELD,
	};
}

/* From the cell of the word that the slot would have. */
static void field_fill(struct lpm *t, const struct lpm_root *root, u32 at, u32 i, u64 *field)
{
	const struct lpm_key key = { .hi = (u64)i << (64 - root->bits) };
	struct lpm_root view = field_root(root, i, field);

	root_visit(t, &view, at, root->bits, &key, slots_fill);
}

/* As many as a table of that size may have, whatever its addresses. */
static bool field_wanted(const struct lpm *t, const struct lpm_root *root, u64 word)
{
	return root->field_shift && word_is_node(word) &&
	       (root->fields + 1) * FIELD_ENTRIES <= lpm_entries(t);
}

/* Whether there was the memory. */
static bool field_make(struct lpm *t, struct lpm_root *root, u32 at, u32 i)
{
	u64 *field = lpm_memory_get(t, FIELD_BYTES, LPM_GFP_OPTIONAL);

	if (IS_ERR(field))
		return false;
	field_fill(t, root, at, i, field);
	root->fields++;
	slot_put(root, i, (unsigned long)field | WORD_FIELD);
	return true;
}

/* When no new reader finds it. */
static void field_drop(struct lpm *t, struct lpm_root *root, u64 *field)
{
	root->fields--;
	lpm_memory_put(t, FIELD_BYTES);
	kvfree_rcu_mightsleep(field);
}

static void slot_update(struct lpm *t, struct lpm_root *root, u32 at, u32 i)
{
	u64 *field = root_field(root, i), word = *lpm_cell(t, at);
	struct span s = root_has(root, i, 1);

	/* What changes its shape above leads addresses to where they were led before. */
	if (s.i >= s.end || (field && word_is_node(word)))
		return;
	if (field_wanted(t, root, word) && field_make(t, root, at, i))
		return;
	slot_put(root, i, slot_of(t, root, word));
	if (field)
		field_drop(t, root, field);
}

void lpm_root_update(struct lpm *t, u32 at, int level, const struct lpm_key *key)
{
	struct lpm_root *root = lpm_root_of(t);
	const u32 i = slot_number(root, key);
	struct lpm_root view;
	u64 *field;

	if (level == root->bits) {
		slot_update(t, root, at, i);
	} else if (level == root->bits + LPM_FIELD_BITS) {
		field = root_field(root, i);
		if (!field)
			return;
		view = field_root(root, i, field);
		slots_fill(&view, slot_number(&view, key), 1,
			   slot_of(t, root, *lpm_cell(t, at)));
	}
}

/* The cell of the word that a slot stands for, which is a node. */
static u32 slot_at(const struct lpm *t, const struct lpm_root *root, u32 i)
{
	const struct lpm_key key = { .hi = (u64)i << (64 - root->bits) };
	int level = lpm_top_level(t);
	u32 at = LPM_TOP;

	for (; level < root->bits; level += STRIDE) {
		u64 word = *lpm_cell(t, at);

		at = word_base(word) + word_rank(word, key_pos(&key, level));
	}
	return at;
}

typedef void field_fn(struct lpm *t, struct lpm_root *root, u32 i);

/* For each slot that there is. */
static void root_each(struct lpm *t, struct lpm_root *root, field_fn *fn)
{
	struct span s = root_has(root, 0, 1U << root->bits);

	for (; s.i < s.end; s.i++) {
		fn(t, root, s.i);
		if (!(s.i % SLOTS_AT_ONCE))
			cond_resched();
	}
}

static void field_try(struct lpm *t, struct lpm_root *root, u32 i)
{
	const u64 slot = root->slot[i - root->first];

	if (word_is_node(slot) && field_wanted(t, root, slot))
		field_make(t, root, slot_at(t, root, i), i);
}

static void field_renew(struct lpm *t, struct lpm_root *root, u32 i)
{
	u64 *field = root_field(root, i);

	if (field)
		field_fill(t, root, slot_at(t, root, i), i, field);
}

static void field_end(struct lpm *t, struct lpm_root *root, u32 i)
{
	u64 *field = root_field(root, i);

	if (field)
		field_drop(t, root, field);
}

static void slots_renew(struct lpm_root *root, u32 i, u32 n, u64 slot)
{
	struct span s = root_has(root, i, n);

	for (; s.i < s.end; s.i++)
		if (!root_field(root, s.i))
			slot_put(root, s.i, slot);
}

void lpm_root_renew(struct lpm *t)
{
	struct lpm_root *root = lpm_root_of(t);

	if (!root)
		return;
	root_visit_all(t, root, slots_renew);
	if (root->fields)
		root_each(t, root, field_renew);
}

/* What all addresses turn to, the rest does; it is not all the same with a prefix in it. */
static void rest_turn(struct lpm_root *root, u32 i, u32 n, u8 len, u64 from, u64 to)
{
	struct span s = root_has(root, i, n);

	if (!len) {
		if (root->rest == from)
			WRITE_ONCE(root->rest, to);
	} else if (s.i != i || s.end != i + n) {
		WRITE_ONCE(root->rest, WORD_FAR);
	}
}

static void slots_turn(struct lpm_root *root, const struct lpm_key *key, u8 len,
		       u64 from, u64 to)
{
	struct span s;

	if (len > root->bits)
		return;
	s = root_has(root, slot_number(root, key), slots_of_prefix(root, len));
	for (; s.i < s.end; s.i++) {
		if (root->slot[s.i - root->first] == from)
			slot_put(root, s.i, to);
		if (!(s.i % SLOTS_AT_ONCE))
			cond_resched();
	}
}

/* The same of the fields of some slots. */
static void fields_turn(struct lpm_root *root, struct span s, const struct lpm_key *key,
			u8 len, u64 from, u64 to)
{
	for (; s.i < s.end; s.i++) {
		u64 *field = root_field(root, s.i);
		struct lpm_root view;

		if (!field)
			continue;
		view = field_root(root, s.i, field);
		slots_turn(&view, key, len, from, to);
		cond_resched();
	}
}

void lpm_root_turn(struct lpm *t, const struct lpm_key *key, u8 len, u64 from, u64 to)
{
	struct lpm_root *root = lpm_root_of(t);
	u32 i = slot_number(root, key), n = 1;

	if (len <= root->bits)
		n = slots_of_prefix(root, len);
	if (root->n)
		rest_turn(root, i, n, len, from, to);
	slots_turn(root, key, len, from, to);
	if (root->fields)
		fields_turn(root, root_has(root, i, n), key, len, from, to);
}

/* Without its fields. */
static size_t slots_bytes(const struct lpm_root *root)
{
	return sizeof(*root->slot) * (root->n ? root->n : 1UL << root->bits);
}

struct lpm_root *lpm_root_new(struct lpm *t, u8 levels, gfp_t gfp)
{
	struct lpm_root *root = kzalloc(sizeof(*root), GFP_KERNEL_ACCOUNT | __GFP_NOWARN | gfp);
	void *slot;

	if (!root)
		return ERR_PTR(-ENOMEM);
	root->bits = lpm_top_level(t) + levels * STRIDE;
	root->shift = 32 - root->bits - STRIDE;
	root->chunk = t->pool.chunks->at;
	root->near = t->pool.chunks->at[0];
	if (lpm_has_fields(t) && levels >= FIELD_LEVELS)
		root->field_shift = 64 - root->bits - LPM_FIELD_BITS - STRIDE;
	if (levels >= PART_LEVELS)
		root_span(t, root);
	slot = lpm_memory_get(t, slots_bytes(root), gfp);
	if (IS_ERR(slot)) {
		kfree(root);
		return slot;
	}
	root->slot = slot;
	root_visit_all(t, root, slots_fill);
	if (root->field_shift)
		root_each(t, root, field_try);
	return root;
}

static void root_free_rcu(struct rcu_head *rcu)
{
	struct lpm_root *root = container_of(rcu, struct lpm_root, rcu);

	kvfree(root->slot);
	kfree(root);
}

void lpm_root_drop(struct lpm *t, struct lpm_root *root)
{
	if (root->fields)
		root_each(t, root, field_end);
	lpm_memory_put(t, slots_bytes(root));
	call_rcu(&root->rcu, root_free_rcu);
}

size_t lpm_bytes(const struct lpm *t)
{
	const struct lpm_root *root = lpm_root_of(t);

	if (!root)
		return lpm_pool_bytes(&t->pool);
	return lpm_pool_bytes(&t->pool) + slots_bytes(root) + root->fields * FIELD_BYTES;
}

u32 lpm_entries(const struct lpm *t)
{
	u32 n = 0, s;

	for (s = 0; s < LPM_SOURCES; s++)
		n += t->count[s];
	return n;
}

u8 lpm_root_levels(const struct lpm *t)
{
	return (lpm_root_of(t)->bits - lpm_top_level(t)) / STRIDE;
}

/* It gets smaller when it could have been for long. */
void lpm_root_fit(struct lpm *t)
{
	struct lpm_root *old = lpm_root_of(t), *root;
	unsigned int i = lpm_root_levels(t) - 1;
	u32 n = lpm_entries(t);

	if (old->wait) {
		old->wait--;
		return;
	}
	if (i + 1 < ARRAY_SIZE(size) && n >= size[i + 1].entries)
		root = lpm_root_new(t, size[i + 1].levels, 0);
	else if (i && n < size[i].entries / 8)
		root = lpm_root_new(t, size[i - 1].levels, LPM_GFP_OPTIONAL);
	else if (old->n && old->rest == WORD_FAR)
		root = lpm_root_new(t, size[i].levels, 0);
	else
		return;
	if (IS_ERR(root)) {
		/* To find out what is needed takes a way through all of the table. */
		old->wait = n / 16;
		return;
	}
	rcu_assign_pointer(t->root, root);
	lpm_root_drop(t, old);
}

void lpm_root_chunks(struct lpm *t)
{
	struct lpm_root *root = lpm_root_of(t);

	if (!root)
		return;
	/* With all that it has. */
	smp_store_release(&root->chunk, t->pool.chunks->at);
	/* Who has the old one must not come to what it does not name. */
	synchronize_rcu_expedited();
}

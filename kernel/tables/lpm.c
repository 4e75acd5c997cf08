// SPDX-License-Identifier: GPL-2.0
/*
 * The prefix table: entries and the lists of those of one network address.  How
 * they are found says lpm_priv.h.
 */
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "lpm_priv.h"

/* A word has an address or the number of cells in it, and is read at once. */
static_assert(sizeof(unsigned long) == sizeof(u64), "a processor of 64 bits");

void lpm_init(struct lpm *t, u8 bits, struct lpm_memory *memory, struct mutex *lock)
{
	memset(t, 0, sizeof(*t));
	t->bits = bits;
	t->memory = memory;
	t->lock = lock;
}

static inline u64 word_step(const struct lpm_root *root, u64 word, const struct lpm_key *key,
			    int *level)
{
	u32 base = word_base(word);

	if (word_is_node(word)) {
		u32 pos = key_pos(key, *level);

		*level += STRIDE;
		return lpm_read(root, base, word_rank(word, pos));
	}
	if (!skip_takes(root, word, key))
		return lpm_read(root, base, SKIP_OTHER);
	*level = word_to(word);
	return lpm_read(root, base, SKIP_DOWN);
}

u64 lpm_word_step(const struct lpm_root *root, u64 word, const struct lpm_key *key,
		  int *level)
{
	return word_step(root, word, key, level);
}

/* Down to where a key leads, from a word of a level. */
static u64 word_descend(const struct lpm_root *root, u64 word, int level,
			const struct lpm_key *key)
{
	const u64 hi = key->hi;
	int shift = 59 - level;

	for (;;) {
		/* As short as can be: all but the longest prefixes of IPv6 end in here. */
		for (; word_is_node(word) && shift >= 0; shift -= STRIDE)
			word = lpm_read(root, word_base(word),
					word_rank(word, hi >> shift));
		if (word_is_leaf(word))
			return word;
		level = 59 - shift;
		word = word_step(root, word, key, &level);
		shift = 59 - level;
	}
}

/* Down to where a key leads, from what a slot of the root has for it. */
static u64 cell_descend(const struct lpm *t, const struct lpm_root *root, u64 cell,
			const struct lpm_key *key)
{
	const u64 *field = slot_field(root, cell);
	int level = root->bits + STRIDE;

	if (field) {
		const u32 place = key->hi >> root->field_shift & (32 * LPM_FIELD - 1);

		cell = lpm_slot_cell(root, READ_ONCE(field[place / 32]), place);
		level += LPM_FIELD_BITS;
	}
	if (cell == WORD_FAR)
		return word_descend(root, lpm_read(root, LPM_TOP, 0), lpm_top_level(t), key);
	if ((cell & WORD_MARKS) == WORD_FAR) {
		cell = far_word(cell);
		level -= STRIDE;
	}
	return word_descend(root, cell, level, key);
}

struct lpm_entry *lpm_key_entry(const struct lpm *t, const struct lpm_root *root,
				const struct lpm_key *key)
{
	const u32 place = (key->hi >> 32) >> root->shift;
	const u64 cell = lpm_slot_cell(root, lpm_slot(root, place / 32), place);

	return word_entry(cell_descend(t, root, cell, key));
}

/* Down to where an address leads from a slot's field, as far as 64 bits go. */
static u64 field_descend(const struct lpm_root *root, const u64 *field, const u8 *addr)
{
	u64 *const *chunk = READ_ONCE(root->chunk);
	int shift = root->field_shift;
	u64 hi, word;
	u32 place;
	__be64 be;

	memcpy(&be, addr, sizeof(be));
	hi = be64_to_cpu(be);
	place = hi >> shift & (32 * LPM_FIELD - 1);
	word = lpm_slot_cell(root, READ_ONCE(field[place / 32]), place);
	while (word_is_node(word) && shift >= STRIDE) {
		u32 base = word_base(word);

		shift -= STRIDE;
		word = READ_ONCE(READ_ONCE(chunk[base >> LPM_CHUNK_BITS])
				 [(base & LPM_CHUNK_MASK) + word_rank(word, hi >> shift)]);
	}
	return word;
}

struct lpm_entry *lpm_lookup_far(const struct lpm *t, const struct lpm_root *root,
				 const u8 *addr, u64 cell)
{
	const u64 *field = slot_field(root, cell);
	struct lpm_entry *e;
	struct lpm_key key;
	u64 word;

	if (field) {
		word = field_descend(root, field, addr);
		if (likely(!(word & WORD_MARKS)))
			return word_entry(word);
	}
	key = key_of(addr, t->bits);
	cell = cell_descend(t, root, cell, &key);
	e = word_entry(cell);
	if (cell & WORD_LOOK && READ_ONCE(e->hidden))
		return lpm_lookup_slow(t, addr, LPM_ALL);
	return e;
}

/* From an entry on, the first one of a prefix of this length or a shorter one. */
static struct lpm_entry *entry_within(const struct lpm *t, struct lpm_entry *e, int len)
{
	while (e && e->len > len)
		e = rcu_dereference_check(e->next, lpm_writing(t));
	return e;
}

/* The first entry of the prefix of this length that covers a key, or NULL. */
static struct lpm_entry *prefix_entry(const struct lpm *t, const struct lpm_root *root,
				      const struct lpm_key *key, int len)
{
	const struct lpm_key k = key_mask(key, len);
	struct lpm_entry *e = entry_within(t, lpm_key_entry(t, root, &k), len);

	return e && e->len == len ? e : NULL;
}

/*
 * Of the prefixes of a node that cover a key, the first entry of the longest that is
 * shorter than that; one list for each address at which such a prefix can begin.
 */
static struct lpm_entry *node_shorter(const struct lpm *t, const struct lpm_root *root,
				      const struct lpm_key *key, int level, int len)
{
	struct lpm_entry *e;
	struct lpm_key k;

	for (len--; len >= 0 && len > level; len = key_last(&k)) {
		k = key_mask(key, len);
		e = entry_within(t, lpm_key_entry(t, root, &k), len);
		if (e && e->len > key_last(&k))
			return e;
	}
	return NULL;
}

/* The first entry of the longest prefix that covers a key and is shorter than that. */
static struct lpm_entry *key_shorter(const struct lpm *t, const struct lpm_root *root,
				     const struct lpm_key *key, int len)
{
	u64 word = lpm_read(root, LPM_TOP, 0);
	int level = lpm_top_level(t);
	struct lpm_entry *e;

	if (!len)
		return NULL;
	while (!word_is_leaf(word)) {
		if (word_is_skip(word) && word_to(word) >= len)
			word = lpm_read(root, word_base(word), SKIP_OTHER);
		else if (word_is_node(word) && level + STRIDE >= len) {
			e = node_shorter(t, root, key, level, len);
			if (e)
				return e;
			word = lpm_read(root, word_base(word), 0);
		} else {
			word = lpm_word_step(root, word, key, &level);
		}
	}
	return word_entry(word);
}

struct lpm_entry *lpm_lookup_slow(const struct lpm *t, const u8 *addr, u8 sources)
{
	const struct lpm_root *root = rcu_dereference(t->root);
	const struct lpm_key key = key_of(addr, t->bits);
	struct lpm_entry *first, *e;
	int len = t->bits + 1;

	/* All has been taken out since the caller looked. */
	if (!root)
		return NULL;
	for (; (first = key_shorter(t, root, &key, len)); len = first->len)
		for (e = first; e && e->len == first->len; e = rcu_dereference(e->next))
			if (sources & BIT(e->source) && !READ_ONCE(e->hidden))
				return e;
	return NULL;
}

struct lpm_entry *lpm_get(const struct lpm *t, const struct mesh_prefix *p,
			  enum lpm_source source)
{
	const struct lpm_root *root = lpm_root_of(t);
	const struct lpm_key key = key_of(p->addr.b, t->bits);
	struct lpm_entry *e;

	if (!root)
		return NULL;
	e = prefix_entry(t, root, &key, p->len);
	while (e && e->len == p->len && e->source > source)
		e = rcu_dereference_check(e->next, lpm_writing(t));
	return e && e->len == p->len && e->source == source ? e : NULL;
}

/*
 * Changes
 */

/*
 * In the words down to a key: which sources there are.  Also in those below the place
 * of the prefix, as its list hangs at the end.  The root's copies are not walked by.
 */
static void key_mark(struct lpm *t, const struct lpm_key *key, u8 source)
{
	u64 mark = (u64)BIT(source) << WORD_BELOW, word;
	int level = lpm_top_level(t);
	u32 at = LPM_TOP;

	while (word = *lpm_cell(t, at), !word_is_leaf(word)) {
		if (!(word & mark))
			WRITE_ONCE(*lpm_cell(t, at), word | mark);
		if (word_is_node(word)) {
			at = word_base(word) + word_rank(word, key_pos(key, level));
			level += STRIDE;
		} else {
			if (!skip_takes(lpm_root_of(t), word, key))
				return;
			at = word_base(word) + SKIP_DOWN;
			level = word_to(word);
		}
	}
}

/* Whether a walk over a source may have to look there. */
static bool node_has(const struct lpm *t, u64 word, u8 source)
{
	/* What a skip leaves aside may begin with its first address. */
	u32 i = word_is_node(word) ? 1 : SKIP_OTHER;
	u32 n = word_is_node(word) ? hweight32(word) : SKIP_DOWN;

	for (; i <= n; i++) {
		u64 cell = *lpm_cell(t, word_base(word) + i);

		if ((word_is_leaf(cell) ? lpm_leaf_sources(t, cell) : word_below(cell)) &
		    BIT(source))
			return true;
	}
	return false;
}

static void way_clear(struct lpm *t, const struct lpm_way *way, u8 source)
{
	u64 mark = (u64)BIT(source) << WORD_BELOW;
	unsigned int i;

	for (i = way->n; i--;) {
		u64 word = *lpm_cell(t, way->step[i].at);

		if (node_has(t, word, source))
			return;
		WRITE_ONCE(*lpm_cell(t, way->step[i].at), word & ~mark);
	}
}

/**
 * struct lpm_spot - an entry's place among those of its network address
 * @before: the one in front of it, or NULL
 * @next: the first one behind it
 * @old: the one of its source, or NULL
 */
struct lpm_spot {
	struct lpm_entry *before;
	struct lpm_entry *next;
	struct lpm_entry *old;
};

static struct lpm_entry *entry_next(const struct lpm *t, const struct lpm_entry *e)
{
	return rcu_dereference_protected(e->next, lpm_writing(t));
}

static void spot_find(const struct lpm *t, const struct lpm_key *key, u8 len,
		      u8 source, struct lpm_spot *spot)
{
	const struct lpm_root *root = lpm_root_of(t);
	struct lpm_entry *e = root ? lpm_key_entry(t, root, key) : NULL;
	struct lpm_key k;

	*spot = (struct lpm_spot) { NULL };
	while (e && (e->len > len || (e->len == len && e->source > source))) {
		spot->before = e;
		e = entry_next(t, e);
	}
	if (e && e->len == len && e->source == source) {
		spot->old = e;
		e = entry_next(t, e);
	}
	if (!e)
		return;
	/* It may be what covers the key from an address before. */
	k = key_mask(key, e->len);
	if (key_equal(&k, key))
		spot->next = e;
}

/* Whether an entry of the same prefix, but a higher source, stands in front. */
static bool spot_behind(const struct lpm_spot *spot, u8 len)
{
	return spot->before && spot->before->len == len;
}

/* What addresses of a prefix lead to that are no longer one's, without this source. */
static u64 spot_cover(const struct lpm *t, const struct lpm_key *key, u8 len,
		      const struct lpm_spot *spot, const struct lpm_place *place)
{
	struct lpm_entry *e = spot->next;

	if (!e && place->of_node)
		e = node_shorter(t, lpm_root_of(t), key, place->level, len);
	return e ? entry_word(e) : *lpm_cell(t, place->base);
}

/* A table that is empty takes nothing. */
static void table_drop(struct lpm *t)
{
	if (lpm_root_of(t) && !t->pool.reserved && !lpm_entries(t))
		lpm_whole_drop(t);
}

/* Where little is left of much; the next time when half of that is left. */
static void table_fit(struct lpm *t)
{
	struct lpm_pool *p = &t->pool;

	lpm_root_fit(t);
	if (p->used >= p->sparse)
		return;
	lpm_whole_pack(t);
	p->sparse = min(p->sparse, p->used / 2);
}

void lpm_unreserve(struct lpm *t)
{
	lockdep_assert_held(t->lock);
	WARN_ON_ONCE(!t->pool.reserved);
	t->pool.reserved--;
	/* What was to come did not: its room goes, too. */
	if (!t->pool.reserved && lpm_entries(t))
		table_fit(t);
	table_drop(t);
}

int lpm_reserve(struct lpm *t)
{
	int err;

	lockdep_assert_held(t->lock);
	if (!lpm_root_of(t)) {
		err = lpm_whole_make(t);
		if (err)
			return err;
	}
	t->pool.reserved++;
	err = lpm_cells_spare(t, 0, 0);
	/* What others have left may be in pieces too small for an insertion. */
	if (err == -ENOSPC && lpm_whole_pack(t))
		err = 0;
	if (err)
		lpm_unreserve(t);
	return err;
}

/* Of the addresses of a prefix, those that lead to @from lead to @to from now on. */
static void prefix_turn(struct lpm *t, const struct lpm_key *key, u8 len,
			const struct lpm_place *place, u64 from, u64 to)
{
	lpm_place_turn(t, place, from, to);
	lpm_root_turn(t, key, len, from, to);
}

/* Turns the addresses of the prefix over to it, and the list. */
static void entry_link(struct lpm *t, const struct lpm_key *key, struct lpm_entry *e,
		       const struct lpm_spot *spot)
{
	struct lpm_place place;
	struct lpm_way way;
	u64 from;

	lpm_place_find(t, key, e->len, &place, &way);
	key_mark(t, key, e->source);
	from = spot->old ? entry_word(spot->old) :
			   spot_cover(t, key, e->len, spot, &place);
	RCU_INIT_POINTER(e->next, spot->next);
	if (spot->before)
		rcu_assign_pointer(spot->before->next, e);
	if (!spot_behind(spot, e->len))
		prefix_turn(t, key, e->len, &place, from, entry_word(e));
}

int lpm_insert(struct lpm *t, const struct mesh_prefix *p, struct lpm_entry *e,
	       struct lpm_entry **old)
{
	const struct lpm_key key = key_of(p->addr.b, t->bits);
	struct lpm_spot spot;
	int err;

	might_sleep();
	lockdep_assert_held(t->lock);
	spot_find(t, &key, p->len, e->source, &spot);
	if (!spot.old && !t->pool.reserved) {
		err = lpm_reserve(t);
		if (err)
			return err;
	}
	e->len = p->len;
	*old = spot.old;
	if (spot.old) {
		entry_link(t, &key, e, &spot);
		return 0;
	}
	t->pool.reserved--;
	lpm_place_make(t, &key, p->len);
	entry_link(t, &key, e, &spot);
	t->count[e->source]++;
	lpm_root_fit(t);
	return 0;
}

struct lpm_entry *lpm_remove(struct lpm *t, const struct mesh_prefix *p,
			     enum lpm_source source)
{
	const struct lpm_key key = key_of(p->addr.b, t->bits);
	struct lpm_place place;
	struct lpm_spot spot;
	struct lpm_way way;

	/* Also where nothing of the shape changes in the end. */
	might_sleep();
	lockdep_assert_held(t->lock);
	if (!lpm_root_of(t))
		return NULL;
	spot_find(t, &key, p->len, source, &spot);
	if (!spot.old)
		return NULL;
	lpm_place_find(t, &key, p->len, &place, &way);
	if (!spot_behind(&spot, p->len))
		prefix_turn(t, &key, p->len, &place, entry_word(spot.old),
			    spot_cover(t, &key, p->len, &spot, &place));
	if (spot.before)
		rcu_assign_pointer(spot.before->next, spot.next);
	t->count[source]--;
	way_clear(t, &way, source);
	lpm_place_trim(t, &key, p->len);
	table_drop(t);
	if (lpm_root_of(t))
		table_fit(t);
	return spot.old;
}

void lpm_destroy(struct lpm *t)
{
	int s;

	for (s = 0; s < LPM_SOURCES; s++)
		WARN_ON_ONCE(t->count[s]);
	WARN_ON_ONCE(t->pool.reserved);
	table_drop(t);
}

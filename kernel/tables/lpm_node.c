// SPDX-License-Identifier: GPL-2.0
/*
 * The trie of a prefix table: places are made and taken back without any look-up
 * finding something else, as every array is built whole and swapped in by its word;
 * then all cells of a place are turned over one by one.
 *
 * To make a place takes at most one array that is cut up (33 cells), nodes with one
 * place on the levels of root and field (4 each) and a skip to go on with (4); or what parts
 * a skip (8), is cut there (6) and goes on (4).  The end of a chunk costs less than an
 * array and the next one's head (34) once more: LPM_INSERT_MAX is enough for all.
 */
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/prefetch.h>
#include <linux/sched.h>

#include "lpm_priv.h"

/* The topmost node has less than five bits. */
static u32 node_places(int level)
{
	return level < 0 ? 1U << (level + STRIDE) : 32;
}

static unsigned int node_cells(u64 word)
{
	return 1 + hweight32(word);
}

unsigned int lpm_word_cells(u64 word)
{
	return word_is_node(word) ? node_cells(word) : skip_cells(word_to(word));
}

/* Of what is reserved for an insertion, in which it cannot fail. */
static u32 cells_take(struct lpm *t, unsigned int n)
{
	u32 at = lpm_cells_alloc(t, n);

	WARN_ON_ONCE(!at);
	return at;
}

/* Places of a node that a prefix of it has. */
static u32 node_span(int level, u8 len)
{
	return 1U << (level + STRIDE - len);
}

/* The runs that begin and end there. */
static u32 node_cuts(int level, u32 pos, u32 n)
{
	u32 cuts = 1 | 1U << pos;

	if (pos + n < node_places(level))
		cuts |= 1U << (pos + n);
	return cuts;
}

static void word_publish(struct lpm *t, u32 at, u64 word)
{
	/* Who reads it finds the array complete. */
	smp_store_release(lpm_cell(t, at), word);
}

/* Swaps the array of a node for one that has these runs. */
static void node_recut(struct lpm *t, u32 at, int level, const struct lpm_key *key,
		       u32 cuts, u32 base)
{
	u64 word = *lpm_cell(t, at);
	u32 to = base, i;

	*lpm_cell(t, to++) = *lpm_cell(t, word_base(word));
	for (i = 0; i < 32; i++)
		if (cuts & 1U << i)
			*lpm_cell(t, to++) = *lpm_cell(t, word_base(word) +
						       word_rank(word, i));
	word_publish(t, at, word_node(base, word_below(word), cuts));
	lpm_root_update(t, at, level, key);
	lpm_cells_free(t, word_base(word), node_cells(word));
}

static void node_cut(struct lpm *t, u32 at, int level, const struct lpm_key *key, u32 n)
{
	u32 runs = *lpm_cell(t, at);
	u32 cuts = runs | node_cuts(level, key_pos(key, level), n);

	if (cuts != runs)
		node_recut(t, at, level, key, cuts, cells_take(t, node_cells(cuts)));
}

/* A node for what was a leaf, the same everywhere. */
static void leaf_cut(struct lpm *t, u32 at, int level, const struct lpm_key *key, u32 n)
{
	u32 cuts = node_cuts(level, key_pos(key, level), n), i;
	u32 base = cells_take(t, node_cells(cuts));
	u64 leaf = *lpm_cell(t, at);

	for (i = 0; i < node_cells(cuts); i++)
		*lpm_cell(t, base + i) = leaf;
	word_publish(t, at, word_node(base, lpm_leaf_sources(t, leaf), cuts));
	lpm_root_update(t, at, level, key);
}

/* The array of a skip. */
static void skip_fill(struct lpm *t, u32 base, const struct lpm_key *key, u8 to,
		      u64 other, u64 down)
{
	struct lpm_key k = key_mask(key, to);

	*lpm_cell(t, base + SKIP_OTHER) = other;
	*lpm_cell(t, base + SKIP_DOWN) = down;
	*lpm_cell(t, base + SKIP_HI) = k.hi;
	if (to > 64)
		*lpm_cell(t, base + SKIP_LO) = k.lo;
}

/* A leaf is to have a place for a prefix. */
static void leaf_grow(struct lpm *t, u32 at, int level, const struct lpm_key *key, u8 len)
{
	u64 leaf = *lpm_cell(t, at);
	u32 base;

	if (level == lpm_level(t, len)) {
		leaf_cut(t, at, level, key, node_span(level, len));
	} else if (!lpm_skips(t, level)) {
		leaf_cut(t, at, level, key, 1);
	} else {
		base = cells_take(t, skip_cells(len));
		skip_fill(t, base, key, len, leaf, leaf);
		word_publish(t, at, word_skip(base, lpm_leaf_sources(t, leaf), len));
		lpm_root_update(t, at, level, key);
	}
}

/**
 * struct skip_part - how a skip is parted
 * @key: its
 * @level: of the node that comes between
 * @pos: where there what it led to comes
 * @n: and in how many places
 * @word: and by which word
 * @over: the skip's array is needed no more
 */
struct skip_part {
	struct lpm_key key;
	int level;
	u32 pos;
	u32 n;
	u64 word;
	bool over;
};

static void skip_plan(const struct lpm *t, u64 skip, const struct lpm_key *key,
		      u8 len, struct skip_part *part)
{
	u64 down = *lpm_cell(t, word_base(skip) + SKIP_DOWN);
	u8 to = word_to(skip), same;

	part->key = skip_key(lpm_root_of(t), skip);
	same = min3(key_common(key, &part->key), len, to);
	/* Where they differ, or else where the shorter one ends. */
	part->level = lpm_level(t, same < len && same < to ? same + 1 : same);
	part->pos = key_pos(&part->key, part->level);
	part->n = 1;
	part->word = skip;
	part->over = to <= part->level + STRIDE;
	if (!part->over)
		return;
	part->word = down;
	if (word_is_leaf(down))
		part->n = node_span(part->level, to);
}

/* The node that comes between. */
static u64 skip_part_node(struct lpm *t, u64 skip, const struct skip_part *part)
{
	u32 cuts = node_cuts(part->level, part->pos, part->n), i;
	u64 other = *lpm_cell(t, word_base(skip) + SKIP_OTHER), word;
	u32 base = cells_take(t, node_cells(cuts));

	word = word_node(base, word_below(skip) | lpm_leaf_sources(t, other), cuts);
	for (i = 0; i < node_cells(cuts); i++)
		*lpm_cell(t, base + i) = other;
	*lpm_cell(t, base + word_rank(word, part->pos)) = part->word;
	return word;
}

/* Puts a node where a prefix and a skip part, or the shorter of them ends. */
static void skip_part(struct lpm *t, u32 at, int level, const struct lpm_key *key, u8 len)
{
	u64 skip = *lpm_cell(t, at), word;
	struct skip_part part;
	u32 base;

	skip_plan(t, skip, key, len, &part);
	word = skip_part_node(t, skip, &part);
	if (part.level > level) {
		base = cells_take(t, skip_cells(part.level));
		skip_fill(t, base, &part.key, part.level,
			  *lpm_cell(t, word_base(skip) + SKIP_OTHER), word);
		word = word_skip(base, word_below(word), part.level);
	}
	word_publish(t, at, word);
	lpm_root_update(t, at, level, key);
	if (part.over)
		lpm_cells_free(t, word_base(skip), skip_cells(word_to(skip)));
}

/**
 * struct step - on the way down to a prefix
 * @at: the cell
 * @level: of the word in it
 * @there: its place is here
 */
struct step {
	u32 at;
	int level;
	bool there;
};

/* Beyond a skip, where it leads on; 0, or 1 where it has to be parted first. */
static int skip_step(const struct lpm *t, u64 skip, const struct lpm_key *key,
		     u8 len, struct step *s)
{
	u32 down = word_base(skip) + SKIP_DOWN;
	u8 to = word_to(skip);

	if (len < to || !skip_takes(lpm_root_of(t), skip, key))
		return 1;
	if (len > to && word_is_leaf(*lpm_cell(t, down)))
		return 1;
	s->at = down;
	s->level = to;
	s->there = len == to;
	return 0;
}

/* One step further, by what is there or is made. */
static void place_step(struct lpm *t, const struct lpm_key *key, u8 len, struct step *s)
{
	u64 word = *lpm_cell(t, s->at);

	if (word_is_skip(word)) {
		if (skip_step(t, word, key, len, s))
			skip_part(t, s->at, s->level, key, len);
	} else if (word_is_leaf(word)) {
		leaf_grow(t, s->at, s->level, key, len);
	} else if (s->level == lpm_level(t, len)) {
		node_cut(t, s->at, s->level, key, node_span(s->level, len));
		s->there = true;
	} else {
		node_cut(t, s->at, s->level, key, 1);
		word = *lpm_cell(t, s->at);
		s->at = word_base(word) + word_rank(word, key_pos(key, s->level));
		s->level += STRIDE;
	}
}

void lpm_place_make(struct lpm *t, const struct lpm_key *key, u8 len)
{
	struct step s = { .at = LPM_TOP, .level = lpm_top_level(t), .there = !len };

	while (!s.there)
		place_step(t, key, len, &s);
}

static void way_add(struct lpm_way *way, u32 at, int level)
{
	way->step[way->n].at = at;
	way->step[way->n++].level = level;
}

bool lpm_place_find(const struct lpm *t, const struct lpm_key *key, u8 len,
		    struct lpm_place *place, struct lpm_way *way)
{
	struct step s = { .at = LPM_TOP, .level = lpm_top_level(t), .there = !len };
	u64 word;
	u32 pos;

	place->base = LPM_TOP + 1;
	for (way->n = 0; !s.there;) {
		word = *lpm_cell(t, s.at);
		if (word_is_leaf(word))
			return false;
		way_add(way, s.at, s.level);
		place->base = word_base(word);
		if (word_is_skip(word)) {
			if (skip_step(t, word, key, len, &s))
				return false;
			continue;
		}
		pos = key_pos(key, s.level);
		s.at = place->base + word_rank(word, pos);
		if (s.level == lpm_level(t, len)) {
			place->n = 1 + word_rank(word, pos + node_span(s.level, len) - 1) -
				   word_rank(word, pos);
			place->of_node = true;
			break;
		}
		s.level += STRIDE;
	}
	if (s.there) {
		place->n = 1;
		place->of_node = false;
	}
	place->first = s.at;
	place->level = s.level;
	return true;
}

/*
 * What is far apart in memory is asked for before it is gone through: a prefix of few
 * bits has the whole table.
 */
static void cells_ask(const struct lpm *t, u32 at, u32 n)
{
	for (; n--; at++) {
		u64 word = *lpm_cell(t, at);

		if (!word_is_leaf(word))
			prefetch(lpm_cell(t, word_base(word)));
	}
}

static void cell_turn(struct lpm *t, u32 at, u64 from, u64 to)
{
	u64 word = *lpm_cell(t, at);
	u32 base = word_base(word), i, n;

	if (word_is_leaf(word)) {
		if (word == from)
			word_publish(t, at, to);
		return;
	}
	/*
	 * What stands for all comes first in either sort of array.  Where that is another
	 * one, a prefix between has all addresses that lead on, too.
	 */
	if (*lpm_cell(t, base) != from)
		return;
	word_publish(t, base, to);
	n = word_is_node(word) ? node_cells(word) : SKIP_DOWN + 1;
	cells_ask(t, base + 1, n - 1);
	for (i = 1; i < n; i++)
		cell_turn(t, base + i, from, to);
	cond_resched();
}

void lpm_place_turn(struct lpm *t, const struct lpm_place *place, u64 from, u64 to)
{
	u32 i;

	for (i = 0; i < place->n; i++)
		cell_turn(t, place->first + i, from, to);
}

/* The runs that a node has to have. */
static u32 node_needs(const struct lpm *t, u64 word)
{
	u32 runs = word, cuts = 1, at = word_base(word) + 1, i;
	u64 before = *lpm_cell(t, at), cell;

	for (i = 1; i < 32; i++) {
		if (!(runs & 1U << i))
			continue;
		cell = *lpm_cell(t, ++at);
		if (cell != before || !word_is_leaf(cell))
			cuts |= 1U << i;
		before = cell;
	}
	return cuts;
}

/* Of a node that leads on by one run only: which one, from 0; or -1. */
static int node_only(const struct lpm *t, u64 word)
{
	u32 base = word_base(word), i;
	u64 other = *lpm_cell(t, base);
	int only = -1;

	for (i = 1; i < node_cells(word); i++) {
		if (*lpm_cell(t, base + i) == other)
			continue;
		if (only >= 0)
			return -1;
		only = i - 1;
	}
	return only;
}

/* The place where a run begins, and where it ends. */
static u32 run_begin(u32 runs, unsigned int run)
{
	while (run--)
		runs &= runs - 1;
	return __ffs(runs);
}

static u64 word_marks_below(u64 word)
{
	return (u64)word_below(word) << WORD_BELOW;
}

/* Whether no prefix has its place between a skip and what leaves that to others. */
static bool skip_joins(const struct lpm *t, u64 skip, u64 other)
{
	return *lpm_cell(t, word_base(skip) + SKIP_OTHER) == other;
}

/* A skip instead of a node that has one way on only: whether there is one now. */
static bool node_skip(struct lpm *t, u32 at, int level, const struct lpm_key *key)
{
	u64 word = *lpm_cell(t, at), other, down;
	int only = node_only(t, word);
	u32 pos, end, base;
	struct lpm_key k;
	u8 to;

	/* What the root has stays at hand. */
	if (!lpm_skips(t, level - STRIDE) || only < 0)
		return false;
	other = *lpm_cell(t, word_base(word));
	down = *lpm_cell(t, word_base(word) + 1 + only);
	pos = run_begin(word, only);
	end = only + 2 < node_cells(word) ? run_begin(word, only + 1) : 32;
	/* A part that is no prefix's, as a longer one stands beside it. */
	if (!is_power_of_2(end - pos) || pos & (end - pos - 1))
		return false;
	to = level + STRIDE - ilog2(end - pos);
	k = key_at(key, level, pos);
	if (word_is_leaf(down) && word_entry(down)->len != to)
		return false;
	if (word_is_skip(down)) {
		if (!skip_joins(t, down, other))
			return false;
		down |= word_marks_below(word);
	} else {
		base = lpm_cells_alloc(t, skip_cells(to));
		if (!base)
			return false;
		skip_fill(t, base, &k, to, other, down);
		down = word_skip(base, word_below(word), to);
	}
	word_publish(t, at, down);
	lpm_root_update(t, at, level, key);
	lpm_cells_free(t, word_base(word), node_cells(word));
	return true;
}

/*
 * Whether an array is worth being made anew, with the runs alone that it has to have.  A
 * prefix that flaps finds its runs as it left them: no look-up has to fetch another array,
 * and another word in the root, for what comes back soon.
 */
static bool node_slack(u64 word, u32 cuts)
{
	return 2 * node_cells(cuts) <= node_cells(word);
}

static bool node_trim(struct lpm *t, u32 at, int level, const struct lpm_key *key)
{
	u64 word = *lpm_cell(t, at);
	u32 cuts = node_needs(t, word), base;

	if (cuts == 1 && word_is_leaf(*lpm_cell(t, word_base(word) + 1))) {
		word_publish(t, at, *lpm_cell(t, word_base(word) + 1));
		lpm_root_update(t, at, level, key);
		lpm_cells_free(t, word_base(word), node_cells(word));
		return true;
	}
	if (node_slack(word, cuts)) {
		base = lpm_cells_alloc(t, node_cells(cuts));
		/* It works as it is, and the next change comes by. */
		if (!base)
			return false;
		node_recut(t, at, level, key, cuts, base);
	}
	return node_skip(t, at, level, key);
}

static bool skip_trim(struct lpm *t, u32 at, int level, const struct lpm_key *key)
{
	u64 skip = *lpm_cell(t, at);
	u64 down = *lpm_cell(t, word_base(skip) + SKIP_DOWN);

	u64 other = *lpm_cell(t, word_base(skip) + SKIP_OTHER);

	if (word_is_skip(down) ? !skip_joins(t, down, other) : down != other)
		return false;
	if (word_is_skip(down))
		down |= word_marks_below(skip);
	word_publish(t, at, down);
	lpm_root_update(t, at, level, key);
	lpm_cells_free(t, word_base(skip), skip_cells(word_to(skip)));
	return true;
}

void lpm_place_trim(struct lpm *t, const struct lpm_key *key, u8 len)
{
	struct lpm_place place;
	struct lpm_way way;
	unsigned int i;
	bool on = true;

	lpm_place_find(t, key, len, &place, &way);
	for (i = way.n; on && i--;) {
		const u32 at = way.step[i].at;
		const int level = way.step[i].level;

		on = word_is_skip(*lpm_cell(t, at)) ? skip_trim(t, at, level, key) :
						      node_trim(t, at, level, key);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Walks over a prefix table in the order of address, then length.  Each begins anew at
 * the top, so that it does not matter what has come and gone since the last; and goes
 * on from there for as many entries as are wanted.
 */
#include <linux/bitops.h>
#include <linux/bug.h>

#include "lpm_priv.h"

/**
 * struct walk - over the entries of a source
 * @t: the table
 * @root: of it
 * @source: the source
 * @key: where it is
 * @n: how many were found
 * @max: so many are wanted
 * @found: there
 * @depth: words above that lead on
 * @step: each with the runs that are still to come, or with one for a skip's way down
 */
struct walk {
	const struct lpm *t;
	const struct lpm_root *root;
	enum lpm_source source;
	struct lpm_key key;
	u32 n;
	u32 max;
	struct lpm_entry **found;
	unsigned int depth;
	struct {
		u64 word;
		u32 runs;
		int level;
	} step[LPM_DEPTH];
};

/* Of a key's own prefixes that are longer than that: the shortest with such an entry. */
static struct lpm_entry *leaf_next(const struct walk *w, u64 leaf, int len)
{
	struct lpm_entry *e = word_entry(leaf), *found = NULL;

	for (; e && e->len > len; e = rcu_dereference_check(e->next, lpm_writing(w->t))) {
		const struct lpm_key k = key_mask(&w->key, e->len);

		/* The rest begins before this key. */
		if (!key_equal(&k, &w->key))
			break;
		if (e->source == w->source)
			found = e;
	}
	return found;
}

static void leaf_take(struct walk *w, u64 leaf, int len)
{
	struct lpm_entry *e;

	while (w->n < w->max && (e = leaf_next(w, leaf, len))) {
		w->found[w->n++] = e;
		len = e->len;
	}
}

static void walk_push(struct walk *w, u64 word, u32 runs, int level)
{
	if (!runs || WARN_ON_ONCE(w->depth == LPM_DEPTH))
		return;
	w->step[w->depth].word = word;
	w->step[w->depth].runs = runs;
	w->step[w->depth++].level = level;
}

/* To the key, and what is longer than that of what begins there. */
static void walk_seek(struct walk *w, int len)
{
	u64 word = lpm_read(w->root, LPM_TOP, 0);
	int level = lpm_top_level(w->t);

	while (!word_is_leaf(word)) {
		if (word_is_node(word)) {
			walk_push(w, word, (u32)word & ~1U << key_pos(&w->key, level), level);
		} else {
			struct lpm_key at = skip_key(w->root, word);

			walk_push(w, word, key_less(&w->key, &at), level);
		}
		word = lpm_word_step(w->root, word, &w->key, &level);
	}
	leaf_take(w, word, len);
}

/* What a word has, which is the key's. */
static void walk_enter(struct walk *w, u64 word, int level)
{
	if (word_is_leaf(word)) {
		leaf_take(w, word, -1);
	} else if (!(word_below(word) & BIT(w->source))) {
		return;
	} else if (word_is_node(word)) {
		walk_push(w, word, word, level);
	} else {
		struct lpm_key at = skip_key(w->root, word);

		if (!key_equal(&at, &w->key))
			leaf_take(w, lpm_read(w->root, word_base(word), SKIP_OTHER), -1);
		walk_push(w, word, 1, level);
	}
}

/* The next run of the deepest word that has one; false where none has. */
static bool walk_step(struct walk *w)
{
	u32 base, runs;
	int level;
	u64 word;

	if (!w->depth)
		return false;
	word = w->step[w->depth - 1].word;
	runs = w->step[w->depth - 1].runs;
	level = w->step[w->depth - 1].level;
	w->step[w->depth - 1].runs = runs & (runs - 1);
	if (!(runs & (runs - 1)))
		w->depth--;
	base = word_base(word);
	if (word_is_node(word)) {
		u32 pos = __ffs(runs);

		w->key = key_at(&w->key, level, pos);
		walk_enter(w, lpm_read(w->root, base, word_rank(word, pos)), level + STRIDE);
	} else {
		w->key = skip_key(w->root, word);
		walk_enter(w, lpm_read(w->root, base, SKIP_DOWN), word_to(word));
	}
	return true;
}

u32 lpm_walk(const struct lpm *t, const struct mesh_prefix *after, enum lpm_source source,
	     struct lpm_entry **found, u32 max)
{
	struct walk w;
	int len = -1;

	w.t = t;
	w.root = lpm_root_of(t);
	if (!w.root)
		return 0;
	w.source = source;
	w.key = (struct lpm_key) { 0 };
	w.n = 0;
	w.max = max;
	w.found = found;
	w.depth = 0;
	if (after) {
		w.key = key_of(after->addr.b, t->bits);
		len = after->len;
	}
	walk_seek(&w, len);
	while (w.n < max && walk_step(&w))
		;
	return w.n;
}

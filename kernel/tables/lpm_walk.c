// SPDX-License-Identifier: GPL-2.0
/*
 * Walks over a prefix table in the order of address, then length.  Each step begins
 * anew at the top, so that it does not matter what has come and gone since the last.
 */
#include <linux/bitops.h>

#include "lpm_priv.h"

/* A key's own prefixes longer than that: the shortest with such an entry. */
static struct lpm_entry *key_next(const struct lpm *t, const struct lpm_root *root,
				  const struct lpm_key *key, int len,
				  enum lpm_source source)
{
	struct lpm_entry *e = lpm_key_entry(t, root, key), *found = NULL;

	for (; e && e->len > len; e = rcu_dereference_check(e->next, lpm_writing(t))) {
		const struct lpm_key k = key_mask(key, e->len);

		/* The rest begins before this key. */
		if (!key_equal(&k, key))
			break;
		if (e->source == source)
			found = e;
	}
	return found;
}

/* Whether a walk over a source has to look there. */
static bool word_leads(u64 word, enum lpm_source source)
{
	return word_is_leaf(word) ? word : word_below(word) & BIT(source);
}

/* The first place of a node, from one on, that leads there; or none. */
static bool node_next(const struct lpm_root *root, u64 word, u32 from,
		      enum lpm_source source, u32 *pos)
{
	u32 runs = from < 32 ? (u32)word & ~0U << from : 0;

	for (; runs; runs &= runs - 1) {
		*pos = __ffs(runs);
		if (word_leads(lpm_read(root, word_base(word), word_rank(word, *pos)),
			       source))
			return true;
	}
	return false;
}

/* Goes on to the next key at which a prefix of a source may begin, if there is one. */
static bool key_after(const struct lpm *t, const struct lpm_root *root,
		      struct lpm_key *after, enum lpm_source source)
{
	const struct lpm_key from = *after, *key = &from;
	u64 word = lpm_read(root, LPM_TOP, 0);
	int level = lpm_top_level(t);
	bool found = false;

	while (!word_is_leaf(word)) {
		u32 pos;

		if (word_is_node(word)) {
			if (node_next(root, word, key_pos(key, level) + 1, source, &pos)) {
				*after = key_at(key, level, pos);
				found = true;
			}
		} else if (word_leads(word, source)) {
			struct lpm_key k = skip_key(root, word);

			if (key_less(key, &k)) {
				*after = k;
				found = true;
			}
		}
		word = lpm_word_step(root, word, key, &level);
	}
	return found;
}

struct lpm_entry *lpm_next(const struct lpm *t, const struct mesh_prefix *after,
			   enum lpm_source source)
{
	const struct lpm_root *root = lpm_root_of(t);
	struct lpm_key key = { 0 };
	struct lpm_entry *e;
	int len = -1;

	if (!root)
		return NULL;
	if (after) {
		key = key_of(after->addr.b, t->bits);
		len = after->len;
	}
	do {
		e = key_next(t, root, &key, len, source);
		len = -1;
	} while (!e && key_after(t, root, &key, source));
	return e;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A prefix table as a whole: made for its first entry, given back after the last one,
 * and made anew where little is left of much.  A root names the memory that it is of,
 * so a reader is in the old or in the new, and in one of them to the end.
 */
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "lpm_priv.h"

/* The topmost word, behind what stands above the place of the prefix of no bits. */
static void top_put(struct lpm *t, u64 word, u64 above)
{
	WARN_ON_ONCE(lpm_cells_alloc(t, 2) != LPM_TOP);
	*lpm_cell(t, LPM_TOP) = word;
	*lpm_cell(t, LPM_TOP + 1) = above;
}

int lpm_whole_make(struct lpm *t)
{
	struct lpm_root *root;
	int err;

	err = lpm_pool_make(t, 2, 0);
	if (err)
		return err;
	top_put(t, 0, 0);
	root = lpm_root_new(t, 1, 0);
	if (IS_ERR(root)) {
		lpm_pool_drop(t);
		return PTR_ERR(root);
	}
	rcu_assign_pointer(t->root, root);
	return 0;
}

void lpm_whole_drop(struct lpm *t)
{
	struct lpm_root *root = lpm_root_of(t);

	RCU_INIT_POINTER(t->root, NULL);
	lpm_pool_drop(t);
	lpm_root_drop(t, root);
}

/* Of a skip's array the one cell alone leads on; its key may look like a word. */
static u64 word_copy(struct lpm *to, const struct lpm *from, u64 word)
{
	u32 base, n = lpm_word_cells(word), i;

	if (word_is_leaf(word))
		return word;
	base = lpm_cells_alloc(to, n);
	for (i = 0; i < n; i++) {
		u64 cell = *lpm_cell(from, word_base(word) + i);

		if (word_is_node(word) || i == SKIP_DOWN)
			cell = word_copy(to, from, cell);
		*lpm_cell(to, base + i) = cell;
	}
	cond_resched();
	return (u64)base << WORD_BASE | (word & (BIT_ULL(WORD_BASE) - 1));
}

/* How many cells a copy takes, with what is lost at the ends of chunks. */
static u32 cells_needed(const struct lpm_pool *p)
{
	return p->used + p->used / 64 + 2 * LPM_ARRAY_MAX;
}

bool lpm_whole_pack(struct lpm *t)
{
	/* The old one goes then, so it may be as large, whatever the bound has become. */
	struct lpm_memory room = { .max = lpm_bytes(t) };
	const u32 n = cells_needed(&t->pool);
	struct lpm old = *t, new = *t;
	struct lpm_root *root;

	if (n + t->pool.reserved * LPM_INSERT_MAX > t->pool.end - t->pool.end / 4)
		return false;
	memset(&new.pool, 0, sizeof(new.pool));
	/* That there is names the old memory, and readers go by it. */
	RCU_INIT_POINTER(new.root, NULL);
	new.pool.reserved = t->pool.reserved;
	new.memory = &room;
	if (lpm_pool_make(&new, n, LPM_GFP_OPTIONAL))
		return false;
	top_put(&new, 0, *lpm_cell(t, LPM_TOP + 1));
	*lpm_cell(&new, LPM_TOP) = word_copy(&new, t, *lpm_cell(t, LPM_TOP));
	root = lpm_root_new(&new, lpm_root_levels(t), LPM_GFP_OPTIONAL);
	if (IS_ERR(root)) {
		lpm_pool_drop(&new);
		return false;
	}
	t->pool = new.pool;
	rcu_assign_pointer(t->root, root);
	/* Only now, as it must have had readers to the end. */
	lpm_whole_drop(&old);
	t->memory->used += room.used;
	return true;
}

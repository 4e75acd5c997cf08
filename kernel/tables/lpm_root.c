// SPDX-License-Identifier: GPL-2.0
/*
 * The root of a prefix table: for each value of a key's first bits a copy of the
 * node's word that the trie has there, or a word that names the one cell above
 * which stands for all of these keys, as if it were a node with one run.  So most
 * look-ups are two reads, and none branches on where its answer was.
 *
 * It is made from the trie and grows with the number of entries; where there is no
 * memory for a larger one, the one that is there serves as well.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "lpm_priv.h"

/* Levels that a root can stand for, and entries from which on it does. */
static const struct {
	u8 levels;
	u32 entries;
} size[] = { { 1, 0 }, { 2, 64 }, { 3, 2048 }, { LPM_ROOT_LEVELS, 65536 } };

static u64 slot_word(u64 word, u32 at)
{
	return word_is_node(word) ? word : word_node(at - 1, 0, 1);
}

static void slots_fill(struct lpm_root *root, const struct lpm_key *key, u32 n, u64 word)
{
	u32 slot = key->hi >> (64 - root->bits);

	while (n--) {
		/* Who reads it finds the array complete. */
		smp_store_release(&root->word[slot++], word);
	}
}

/* How many slots a place of a node has. */
static u32 slots_of_place(const struct lpm_root *root, int level)
{
	return 1U << (root->bits - level - STRIDE);
}

static void root_fill(struct lpm *t, struct lpm_root *root, u32 at, int level,
		      const struct lpm_key *key, bool deep)
{
	u64 word = *lpm_cell(t, at), cell;
	u32 runs = word, pos, end, run;
	struct lpm_key k;

	if (!word_is_node(word) || level == root->bits) {
		slots_fill(root, key, 1U << (root->bits - (level > 0 ? level : 0)),
			   slot_word(word, at));
		return;
	}
	cond_resched();
	for (run = word_base(word) + 1; runs; run++) {
		pos = __ffs(runs);
		runs &= runs - 1;
		end = runs ? __ffs(runs) : level < 0 ? 1U << (level + STRIDE) : 32;
		cell = *lpm_cell(t, run);
		k = key_at(key, level, pos);
		if (!word_is_node(cell))
			slots_fill(root, &k, (end - pos) * slots_of_place(root, level),
				   slot_word(cell, run));
		else if (deep)
			root_fill(t, root, run, level + STRIDE, &k, true);
	}
}

void lpm_root_update(struct lpm *t, u32 at, int level, const struct lpm_key *key,
		     bool deep)
{
	struct lpm_root *root = lpm_root_of(t);
	struct lpm_key k = key_mask(key, level);

	if (level <= root->bits)
		root_fill(t, root, at, level, &k, deep);
}

static size_t root_bytes(const struct lpm_root *root)
{
	return sizeof(*root->word) << root->bits;
}

struct lpm_root *lpm_root_new(struct lpm *t, u8 levels, gfp_t gfp)
{
	struct lpm_root *root = kmalloc(sizeof(*root), GFP_KERNEL_ACCOUNT | __GFP_NOWARN | gfp);
	void *word;

	if (!root)
		return ERR_PTR(-ENOMEM);
	root->bits = lpm_top_level(t) + levels * STRIDE;
	root->slot_shift = 32 - root->bits;
	root->pos_shift = root->slot_shift - STRIDE;
	root->chunk = t->pool.chunks->at;
	word = lpm_memory_get(t, root_bytes(root), gfp);
	if (IS_ERR(word)) {
		kfree(root);
		return word;
	}
	root->word = word;
	root_fill(t, root, LPM_TOP, lpm_top_level(t), &(struct lpm_key) { 0 }, true);
	return root;
}

static void root_free_rcu(struct rcu_head *rcu)
{
	struct lpm_root *root = container_of(rcu, struct lpm_root, rcu);

	kvfree(root->word);
	kfree(root);
}

void lpm_root_drop(struct lpm *t, struct lpm_root *root)
{
	lpm_memory_put(t, root_bytes(root));
	call_rcu(&root->rcu, root_free_rcu);
}

size_t lpm_bytes(const struct lpm *t)
{
	const struct lpm_root *root = lpm_root_of(t);

	return lpm_pool_bytes(&t->pool) + (root ? root_bytes(root) : 0);
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

	if (i + 1 < ARRAY_SIZE(size) && n >= size[i + 1].entries)
		root = lpm_root_new(t, size[i + 1].levels, 0);
	else if (i && n < size[i].entries / 8)
		root = lpm_root_new(t, size[i - 1].levels, LPM_GFP_OPTIONAL);
	else
		return;
	if (IS_ERR(root))
		return;
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

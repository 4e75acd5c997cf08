/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's ordered tree, balanced by random ranks (a treap) in place of
 * colours: the same calls, a tenth of the code.
 */
#ifndef _MESH_HOST_RBTREE_H
#define _MESH_HOST_RBTREE_H

#include <linux/kernel.h>

struct rb_node {
	struct rb_node *rb_left;
	struct rb_node *rb_right;
	struct rb_node *parent;
	u32 rank;
};

struct rb_root {
	struct rb_node *rb_node;
};

struct rb_root_cached {
	struct rb_root rb_root;
};

#define RB_ROOT			((struct rb_root) { NULL })
#define RB_ROOT_CACHED		((struct rb_root_cached) { { NULL } })
#define rb_entry(ptr, type, member) container_of(ptr, type, member)

/* A node that is its own parent stands in no tree. */
#define RB_CLEAR_NODE(n)	((n)->parent = (n))
#define RB_EMPTY_NODE(n)	((n)->parent == (n))

static inline void rb_link_node(struct rb_node *n, struct rb_node *parent,
				struct rb_node **link)
{
	n->rb_left = NULL;
	n->rb_right = NULL;
	n->parent = parent;
	*link = n;
}

void rb_insert_color(struct rb_node *n, struct rb_root *root);
void rb_erase(struct rb_node *n, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *n);

static inline void rb_insert_color_cached(struct rb_node *n,
					  struct rb_root_cached *root,
					  bool leftmost)
{
	rb_insert_color(n, &root->rb_root);
}

static inline void rb_erase_cached(struct rb_node *n, struct rb_root_cached *root)
{
	rb_erase(n, &root->rb_root);
}

static inline struct rb_node *rb_first_cached(const struct rb_root_cached *root)
{
	return rb_first(&root->rb_root);
}

#endif

// SPDX-License-Identifier: GPL-2.0
#include <linux/rbtree.h>

/* The pointer that leads to a node. */
static struct rb_node **link_to(struct rb_node *n, struct rb_root *root)
{
	if (!n->parent)
		return &root->rb_node;
	return n->parent->rb_left == n ? &n->parent->rb_left : &n->parent->rb_right;
}

/* Puts a child in its parent's place, and the parent below it. */
static void lift(struct rb_node *n, struct rb_root *root)
{
	struct rb_node *p = n->parent, **at = link_to(p, root), *moved;

	if (p->rb_left == n) {
		moved = n->rb_right;
		p->rb_left = moved;
		n->rb_right = p;
	} else {
		moved = n->rb_left;
		p->rb_right = moved;
		n->rb_left = p;
	}
	if (moved)
		moved->parent = p;
	n->parent = p->parent;
	p->parent = n;
	*at = n;
}

/* The same in every run, so that an input does the same each time. */
static u32 rank_next(void)
{
	static u32 state = 1;

	state = state * 1664525 + 1013904223;
	return state >> 8;
}

void rb_insert_color(struct rb_node *n, struct rb_root *root)
{
	n->rank = rank_next();
	while (n->parent && n->parent->rank < n->rank)
		lift(n, root);
}

void rb_erase(struct rb_node *n, struct rb_root *root)
{
	struct rb_node *only;

	while (n->rb_left && n->rb_right)
		lift(n->rb_left->rank > n->rb_right->rank ? n->rb_left : n->rb_right, root);
	only = n->rb_left ? n->rb_left : n->rb_right;
	*link_to(n, root) = only;
	if (only)
		only->parent = n->parent;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_left)
		n = n->rb_left;
	return n;
}

struct rb_node *rb_next(const struct rb_node *n)
{
	struct rb_node *at;

	if (n->rb_right) {
		for (at = n->rb_right; at->rb_left; at = at->rb_left)
			;
		return at;
	}
	while (n->parent && n == n->parent->rb_right)
		n = n->parent;
	return n->parent;
}

/* SPDX-License-Identifier: GPL-2.0 */
/* Intrusive lists and hash tables, in the kernel's manner. */
#ifndef MESHD_LIST_H
#define MESHD_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "mem.h"

#define entry_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_add(struct list *l, struct list *head)
{
	l->next = head;
	l->prev = head->prev;
	head->prev->next = l;
	head->prev = l;
}

/* Leaves @l empty, so that it may be taken off twice. */
static inline void list_del(struct list *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	list_init(l);
}

/* @n holds the next one, so that @i may be taken off. */
#define list_each(i, n, head) \
	for (i = (head)->next, n = i->next; i != (head); i = n, n = i->next)

/* Chained; grows with what is in it. */
struct hash_node {
	struct hash_node *next;
	uint32_t hash;
};

struct hash {
	struct hash_node **bucket;
	size_t mask;
	size_t count;
};

static inline uint32_t hash_bytes(const void *data, size_t len, uint32_t seed)
{
	const uint8_t *p = data;
	uint32_t h = seed ^ 0x811c9dc5;

	while (len--)
		h = (h ^ *p++) * 0x01000193;
	h ^= h >> 15;
	return h * 0x2c1b3c6d;
}

static inline void hash_grow(struct hash *t)
{
	size_t size = t->bucket ? (t->mask + 1) * 4 : 64;
	struct hash_node **bucket = xcalloc(size, sizeof(*bucket));

	for (size_t i = 0; t->bucket && i <= t->mask; i++) {
		while (t->bucket[i]) {
			struct hash_node *n = t->bucket[i];

			t->bucket[i] = n->next;
			n->next = bucket[n->hash & (size - 1)];
			bucket[n->hash & (size - 1)] = n;
		}
	}
	free(t->bucket);
	t->bucket = bucket;
	t->mask = size - 1;
}

static inline void hash_init(struct hash *t)
{
	t->bucket = NULL;
	t->count = 0;
	hash_grow(t);
}

static inline void hash_free(struct hash *t)
{
	free(t->bucket);
	t->bucket = NULL;
}

static inline void hash_add(struct hash *t, struct hash_node *n, uint32_t hash)
{
	if (t->count > t->mask)
		hash_grow(t);
	n->hash = hash;
	n->next = t->bucket[hash & t->mask];
	t->bucket[hash & t->mask] = n;
	t->count++;
}

static inline void hash_del(struct hash *t, struct hash_node *n)
{
	struct hash_node **p = &t->bucket[n->hash & t->mask];

	while (*p != n)
		p = &(*p)->next;
	*p = n->next;
	t->count--;
}

#define hash_each_of(n, t, h) \
	for (n = (t)->bucket[(h) & (t)->mask]; n; n = n->next) \
		if (n->hash == (h))

static inline struct hash_node *hash_first(const struct hash *t)
{
	for (size_t i = 0; t->bucket && i <= t->mask; i++)
		if (t->bucket[i])
			return t->bucket[i];
	return NULL;
}

static inline struct hash_node *hash_next(const struct hash *t,
					  const struct hash_node *n)
{
	if (n->next)
		return n->next;
	for (size_t i = (n->hash & t->mask) + 1; i <= t->mask; i++)
		if (t->bucket[i])
			return t->bucket[i];
	return NULL;
}

/* @m holds the next one, so that @n may be taken off. */
#define hash_each(n, m, t) \
	for (n = hash_first(t); n && (m = hash_next(t, n), true); n = m)

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Longest-prefix table of one address family, and by the same means an ordered
 * index of whole keys.
 *
 * Readers run under rcu_read_lock() alone; writers hold the mutex that was
 * named at lpm_init().  Entries are embedded in the caller's objects, which
 * must live for a grace period after they left the table.
 */
#ifndef _MESH_LPM_H
#define _MESH_LPM_H

#include <linux/bits.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "wire/addr.h"

/* One prefix may hold one entry of each source; the highest wins. */
enum lpm_source {
	LPM_HOST,
	LPM_ROUTE,
	LPM_SHORTCUT,
	LPM_SOURCES,
};

#define LPM_ALL		(BIT(LPM_SOURCES) - 1)
#define LPM_NO_SHORTCUT	(LPM_ALL & ~BIT(LPM_SHORTCUT))

/**
 * struct lpm_entry - what a prefix leads to
 * @next: the one of the next lower source at this prefix
 * @gen: generation, for mark and sweep; the table does not look at it
 * @owner: who fed the entry; the table does not look at it
 * @source: an enum lpm_source, set before the entry is inserted
 * @len: bits of the prefix that it stands at, set by lpm_insert()
 * @hidden: look-ups pass it over; lpm_get() and lpm_next() do not.  The
 *	writer's, at any time
 */
struct lpm_entry {
	struct lpm_entry __rcu *next;
	u32 gen;
	u8 owner;
	u8 source;
	u8 len;
	bool hidden;
};

struct lpm_node;

struct lpm {
	struct lpm_node __rcu *root;
	struct mutex *lock;
	u8 bits;
	u32 count[LPM_SOURCES];
};

/* @bits: 32 or 128, the width of the keys; @lock: what every writer holds. */
void lpm_init(struct lpm *t, u8 bits, struct mutex *lock);
/* The entries are gone already; with the writer lock. */
void lpm_destroy(struct lpm *t);

/*
 * The entry of the longest prefix that covers the address and has one of the
 * @sources (a mask) and is not hidden, or NULL.  RCU; takes no reference; @addr
 * has t->bits bits and no alignment.  entry->len is the length that matched.
 */
struct lpm_entry *lpm_lookup_sources(const struct lpm *t, const u8 *addr,
				     u8 sources);

static inline struct lpm_entry *lpm_lookup(const struct lpm *t, const u8 *addr)
{
	return lpm_lookup_sources(t, addr, LPM_ALL);
}

/* Exactly this prefix and source, or NULL.  RCU or writer; no reference. */
struct lpm_entry *lpm_get(const struct lpm *t, const struct mesh_prefix *p,
			  enum lpm_source source);

/*
 * The first entry of a source after a prefix, in the order of address, then
 * length; from the start where @after is NULL.  @after itself need not stand
 * in the table.  RCU or writer; takes no reference.
 */
struct lpm_entry *lpm_next(const struct lpm *t, const struct mesh_prefix *after,
			   enum lpm_source source);

/*
 * Makes the room that lpm_insert() at this prefix will need, so that it cannot
 * fail: 0 or -ENOMEM.  Every lpm_reserve() is followed by lpm_insert() or
 * lpm_unreserve(), and not by lpm_remove() before, which may take the room away.
 */
int lpm_reserve(struct lpm *t, const struct mesh_prefix *p);
void lpm_unreserve(struct lpm *t, const struct mesh_prefix *p);

/*
 * Puts an entry at a prefix without host bits, by one pointer swap; *@old is
 * the entry of the same source that stood there, or NULL.  0 or -ENOMEM, and
 * never an error where the prefix was reserved or holds an entry.
 */
int lpm_insert(struct lpm *t, const struct mesh_prefix *p, struct lpm_entry *e,
	       struct lpm_entry **old);

/* The entry that was taken out, or NULL. */
struct lpm_entry *lpm_remove(struct lpm *t, const struct mesh_prefix *p,
			     enum lpm_source source);

#endif

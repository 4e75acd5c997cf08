// SPDX-License-Identifier: GPL-2.0
/*
 * Longest-prefix table as a path-compressed binary trie.
 *
 * A node's key and length never change, so a reader that follows any pointer,
 * also out of a node that was just unlinked, comes only to prefixes that lie
 * below.  A node is linked when it is complete and freed a grace period after
 * it was unlinked.  A node that holds an entry is never unlinked and never
 * moves, only its parent changes: no reader can miss an entry that stays.
 */
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "lpm.h"

/* Most significant bit first; IPv4 lies in the upper half of hi. */
struct lpm_key {
	u64 hi;
	u64 lo;
};

/*
 * Two for each peer, of thousands: they take no more than 64 and 32 octets, as that
 * of a whole address has no children.
 * @entries: the highest source first
 * @below: mask of the sources that have entries here or below, so that a walk
 *	leaves out what is not its own; set before there is one
 * @child: only where @len is not the table's all
 */
struct lpm_node {
	struct lpm_key key;
	struct lpm_entry __rcu *entries;
	u8 len;
	u8 below;
	struct lpm_node __rcu *child[2];
};

#ifdef CONFIG_64BIT
static_assert(sizeof(struct lpm_node) <= 64 &&
	      offsetof(struct lpm_node, child) <= 32, "a node of the trie");
#endif

static struct lpm_key key_of(const u8 *addr, u8 bits)
{
	struct lpm_key key = { 0 };
	__be64 w[2];
	__be32 ip;

	if (bits == 32) {
		memcpy(&ip, addr, sizeof(ip));
		key.hi = (u64)be32_to_cpu(ip) << 32;
	} else {
		memcpy(w, addr, sizeof(w));
		key.hi = be64_to_cpu(w[0]);
		key.lo = be64_to_cpu(w[1]);
	}
	return key;
}

/* Of the bit behind the first @at ones. */
static unsigned int key_bit(const struct lpm_key *key, u8 at)
{
	return at < 64 ? key->hi >> (63 - at) & 1 : key->lo >> (127 - at) & 1;
}

/* How many leading bits are the same. */
static u8 key_common(const struct lpm_key *a, const struct lpm_key *b)
{
	return a->hi != b->hi ? 64 - fls64(a->hi ^ b->hi) :
				128 - fls64(a->lo ^ b->lo);
}

static bool key_covers(const struct lpm_key *key, u8 len,
		       const struct lpm_key *of)
{
	u64 hi = key->hi ^ of->hi;

	if (len <= 64)
		return !len || !(hi >> (64 - len));
	return !hi && !((key->lo ^ of->lo) >> (128 - len));
}

static bool key_less(const struct lpm_key *a, const struct lpm_key *b)
{
	return a->hi != b->hi ? a->hi < b->hi : a->lo < b->lo;
}

static inline bool writing(const struct lpm *t)
{
	return lockdep_is_held(t->lock);
}

static struct lpm_node *node_write(const struct lpm *t,
				   struct lpm_node __rcu *p)
{
	return rcu_dereference_protected(p, writing(t));
}

static struct lpm_node *node_read(const struct lpm *t,
				  struct lpm_node __rcu *p)
{
	return rcu_dereference_check(p, writing(t));
}

void lpm_init(struct lpm *t, u8 bits, struct mutex *lock)
{
	memset(t, 0, sizeof(*t));
	t->bits = bits;
	t->lock = lock;
}

static struct lpm_entry *node_best(const struct lpm_node *n, u8 sources)
{
	struct lpm_entry *e = rcu_dereference(n->entries);

	while (e && (!(sources & BIT(e->source)) || READ_ONCE(e->hidden)))
		e = rcu_dereference(e->next);
	return e;
}

/* The node behind another one on the way to a key. */
static const struct lpm_node *node_towards(const struct lpm *t,
					   const struct lpm_node *n,
					   const struct lpm_key *key)
{
	if (n->len == t->bits)
		return NULL;
	n = rcu_dereference(n->child[key_bit(key, n->len)]);
	return n && key_covers(&n->key, n->len, key) ? n : NULL;
}

struct lpm_entry *lpm_lookup_sources(const struct lpm *t, const u8 *addr,
				     u8 sources)
{
	const struct lpm_key key = key_of(addr, t->bits);
	const struct lpm_node *root = rcu_dereference(t->root), *n, *last = NULL;
	struct lpm_entry *best = NULL, *e;

	if (!root || !key_covers(&root->key, root->len, &key))
		return NULL;
	/* Entries on the way are not looked at: each would be a cache miss. */
	for (n = root; n; n = node_towards(t, n, &key))
		if (rcu_access_pointer(n->entries))
			last = n;
	if (!last)
		return NULL;
	e = node_best(last, sources);
	if (e)
		return e;
	/* The last one is of another source, hidden, or has just gone. */
	for (n = root; n; n = node_towards(t, n, &key)) {
		e = node_best(n, sources);
		if (e)
			best = e;
	}
	return best;
}

/* The node of exactly this prefix. */
static struct lpm_node *node_find(const struct lpm *t,
				  const struct lpm_key *key, u8 len)
{
	struct lpm_node *n = node_read(t, t->root);

	while (n && n->len < len && key_covers(&n->key, n->len, key))
		n = node_read(t, n->child[key_bit(key, n->len)]);
	return n && n->len == len && key_covers(&n->key, len, key) ? n : NULL;
}

/* The entry of a source, for readers and the writer. */
static struct lpm_entry *node_entry(const struct lpm *t,
				    const struct lpm_node *n,
				    enum lpm_source source)
{
	struct lpm_entry *e = rcu_dereference_check(n->entries, writing(t));

	while (e && e->source > source)
		e = rcu_dereference_check(e->next, writing(t));
	return e && e->source == source ? e : NULL;
}

struct lpm_entry *lpm_get(const struct lpm *t, const struct mesh_prefix *p,
			  enum lpm_source source)
{
	const struct lpm_key key = key_of(p->addr.b, t->bits);
	struct lpm_node *n = node_find(t, &key, p->len);

	return n ? node_entry(t, n, source) : NULL;
}

/* Whether a walk over a source has to look there. */
static bool node_leads(const struct lpm_node *n, enum lpm_source source)
{
	return n && READ_ONCE(n->below) & BIT(source);
}

/* The first of a node's children that leads there, or NULL. */
static struct lpm_node *child_leading(const struct lpm *t,
				      const struct lpm_node *n,
				      enum lpm_source source)
{
	int i;

	for (i = 0; i < 2 && n->len < t->bits; i++) {
		struct lpm_node *c = node_read(t, n->child[i]);

		if (node_leads(c, source))
			return c;
	}
	return NULL;
}

/*
 * The first node behind a place that leads to entries of a source, in the order
 * in which a node comes before its children and the zero child before the other.
 */
static struct lpm_node *node_after(const struct lpm *t,
				   const struct lpm_key *key, u8 len,
				   enum lpm_source source)
{
	struct lpm_node *n = node_read(t, t->root), *later = NULL, *c;

	while (n && n->len < len && key_covers(&n->key, n->len, key)) {
		if (!key_bit(key, n->len)) {
			c = node_read(t, n->child[1]);
			if (node_leads(c, source))
				later = c;
			n = node_read(t, n->child[0]);
		} else {
			n = node_read(t, n->child[1]);
		}
	}
	if (!n)
		return later;
	if (n->len == len && key_covers(&n->key, len, key)) {
		c = child_leading(t, n, source);
		return c ? c : later;
	}
	/* A node below the place follows it; else the keys differ and decide. */
	if (node_leads(n, source) &&
	    (key_covers(key, len, &n->key) || key_less(key, &n->key)))
		return n;
	return later;
}

struct lpm_entry *lpm_next(const struct lpm *t, const struct mesh_prefix *after,
			   enum lpm_source source)
{
	struct lpm_node *n, *c;
	struct lpm_entry *e;

	if (after) {
		const struct lpm_key key = key_of(after->addr.b, t->bits);

		n = node_after(t, &key, after->len, source);
	} else {
		n = node_read(t, t->root);
	}
	while (n) {
		e = node_entry(t, n, source);
		if (e)
			return e;
		c = child_leading(t, n, source);
		/* None, where an entry has just come or gone. */
		n = c ? c : node_after(t, &n->key, n->len, source);
	}
	return NULL;
}

static struct lpm_node *node_new(const struct lpm *t, const struct lpm_key *key,
				 u8 len)
{
	struct lpm_node *n = kzalloc(len < t->bits ? sizeof(*n) :
				     offsetof(struct lpm_node, child),
				     GFP_KERNEL_ACCOUNT);

	if (!n)
		return NULL;
	n->key = *key;
	n->len = len;
	if (len < 64)
		n->key.hi &= ~(~0ULL >> len);
	if (len <= 64)
		n->key.lo = 0;
	else if (len < 128)
		n->key.lo &= ~(~0ULL >> (len - 64));
	return n;
}

/* Links a new node at the place of @n, whose prefix does not cover the key. */
static struct lpm_node *node_split(struct lpm *t, struct lpm_node __rcu **at,
				   struct lpm_node *n, const struct lpm_key *key,
				   u8 len)
{
	u8 common = min3(key_common(&n->key, key), n->len, len);
	struct lpm_node *leaf, *fork;

	leaf = node_new(t, key, len);
	if (!leaf)
		return NULL;
	fork = leaf;
	if (common < len) {
		fork = node_new(t, key, common);
		if (!fork) {
			kfree(leaf);
			return NULL;
		}
		RCU_INIT_POINTER(fork->child[key_bit(key, common)], leaf);
	}
	fork->below = n->below;
	RCU_INIT_POINTER(fork->child[key_bit(&n->key, common)], n);
	rcu_assign_pointer(*at, fork);
	return leaf;
}

/* The node of a prefix, made where there is none; NULL for no memory. */
static struct lpm_node *node_make(struct lpm *t, const struct lpm_key *key,
				  u8 len)
{
	struct lpm_node __rcu **at = &t->root;
	struct lpm_node *n = node_write(t, *at);

	while (n && n->len <= len && key_covers(&n->key, n->len, key)) {
		if (n->len == len)
			return n;
		at = &n->child[key_bit(key, n->len)];
		n = node_write(t, *at);
	}
	if (n)
		return node_split(t, at, n, key, len);
	n = node_new(t, key, len);
	if (n)
		rcu_assign_pointer(*at, n);
	return n;
}

/* Unlinks a node if it neither holds an entry nor forks; whether it did. */
static bool node_prune(struct lpm *t, struct lpm_node __rcu **at)
{
	struct lpm_node *n = node_write(t, *at), *zero = NULL, *one = NULL;

	if (n->len < t->bits) {
		zero = node_write(t, n->child[0]);
		one = node_write(t, n->child[1]);
	}
	if (rcu_access_pointer(n->entries) || (zero && one))
		return false;
	rcu_assign_pointer(*at, zero ? zero : one);
	kfree_rcu_mightsleep(n);
	return true;
}

/* Of the nodes on the way to a prefix the deepest, if it is idle. */
static bool prune_deepest(struct lpm *t, const struct lpm_key *key, u8 len)
{
	struct lpm_node __rcu **at = NULL, **next = &t->root;
	struct lpm_node *n = node_write(t, *next);

	while (n && n->len <= len && key_covers(&n->key, n->len, key)) {
		at = next;
		if (n->len == len)
			break;
		next = &n->child[key_bit(key, n->len)];
		n = node_write(t, *next);
	}
	return at && node_prune(t, at);
}

/* Where a leaf goes, those above it may have become idle. */
static void prune(struct lpm *t, const struct lpm_key *key, u8 len)
{
	while (prune_deepest(t, key, len))
		;
}

/* The same for the writer, where there is one for sure. */
static struct lpm_node *step(const struct lpm *t, const struct lpm_node *n,
			     const struct lpm_key *key)
{
	return node_write(t, n->child[key_bit(key, n->len)]);
}

/* On the way to a prefix, before an entry of that source stands there. */
static void below_mark(struct lpm *t, const struct lpm_key *key, u8 len,
		       u8 source)
{
	struct lpm_node *n = node_write(t, t->root);

	for (;;) {
		WRITE_ONCE(n->below, n->below | BIT(source));
		if (n->len == len)
			return;
		n = step(t, n, key);
	}
}

/* Whether entries of a source are at a node, or below and not towards a key. */
static bool below_aside(const struct lpm *t, const struct lpm_node *n,
			const struct lpm_key *key, u8 source)
{
	if (node_entry(t, n, source))
		return true;
	return n->len < t->bits &&
	       node_leads(node_write(t, n->child[!key_bit(key, n->len)]), source);
}

/*
 * When an entry has gone from there: behind the last node that has others to lead
 * to, none does any more.
 */
static void below_clear(struct lpm *t, const struct lpm_key *key, u8 len,
			u8 source)
{
	struct lpm_node *root = node_write(t, t->root), *last = NULL, *n, *at;

	for (n = root; n->len != len; n = step(t, n, key))
		if (below_aside(t, n, key, source))
			last = n;
	if (child_leading(t, n, source))
		return;
	WRITE_ONCE(n->below, n->below & ~BIT(source));
	for (at = last ? step(t, last, key) : root; at != n;
	     at = step(t, at, key))
		WRITE_ONCE(at->below, at->below & ~BIT(source));
}

int lpm_reserve(struct lpm *t, const struct mesh_prefix *p)
{
	const struct lpm_key key = key_of(p->addr.b, t->bits);

	lockdep_assert_held(t->lock);
	return node_make(t, &key, p->len) ? 0 : -ENOMEM;
}

void lpm_unreserve(struct lpm *t, const struct mesh_prefix *p)
{
	const struct lpm_key key = key_of(p->addr.b, t->bits);

	lockdep_assert_held(t->lock);
	prune(t, &key, p->len);
}

/* Where the entry of a source stands among a node's, or would stand. */
static struct lpm_entry __rcu **entry_place(const struct lpm *t,
					    struct lpm_node *n, u8 source)
{
	struct lpm_entry __rcu **at = &n->entries;
	struct lpm_entry *e;

	for (;;) {
		e = rcu_dereference_protected(*at, writing(t));
		if (!e || e->source <= source)
			return at;
		at = &e->next;
	}
}

int lpm_insert(struct lpm *t, const struct mesh_prefix *p, struct lpm_entry *e,
	       struct lpm_entry **old)
{
	const struct lpm_key key = key_of(p->addr.b, t->bits);
	struct lpm_entry __rcu **at;
	struct lpm_entry *next;
	struct lpm_node *n;

	lockdep_assert_held(t->lock);
	n = node_make(t, &key, p->len);
	if (!n)
		return -ENOMEM;
	e->len = p->len;
	at = entry_place(t, n, e->source);
	next = rcu_dereference_protected(*at, writing(t));
	*old = NULL;
	if (next && next->source == e->source) {
		*old = next;
		next = rcu_dereference_protected(next->next, writing(t));
	} else {
		t->count[e->source]++;
	}
	RCU_INIT_POINTER(e->next, next);
	below_mark(t, &key, p->len, e->source);
	rcu_assign_pointer(*at, e);
	return 0;
}

struct lpm_entry *lpm_remove(struct lpm *t, const struct mesh_prefix *p,
			     enum lpm_source source)
{
	const struct lpm_key key = key_of(p->addr.b, t->bits);
	struct lpm_entry __rcu **at;
	struct lpm_node *n;
	struct lpm_entry *e;

	lockdep_assert_held(t->lock);
	n = node_find(t, &key, p->len);
	if (!n)
		return NULL;
	at = entry_place(t, n, source);
	e = rcu_dereference_protected(*at, writing(t));
	if (!e || e->source != source)
		return NULL;
	/* A reader that stands on it still finds the way on. */
	rcu_assign_pointer(*at, rcu_dereference_protected(e->next, writing(t)));
	t->count[source]--;
	below_clear(t, &key, p->len, source);
	prune(t, &key, p->len);
	return e;
}

void lpm_destroy(struct lpm *t)
{
	int s;

	for (s = 0; s < LPM_SOURCES; s++)
		WARN_ON_ONCE(t->count[s]);
	WARN_ON_ONCE(rcu_access_pointer(t->root));
}

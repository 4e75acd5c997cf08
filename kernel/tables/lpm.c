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
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "lpm.h"

/* Most significant bit first; IPv4 lies in the upper half of hi. */
struct lpm_key {
	u64 hi;
	u64 lo;
};

struct lpm_node {
	struct lpm_key key;
	struct lpm_node __rcu *child[2];
	struct lpm_entry __rcu *slot[LPM_SOURCES];
	struct rcu_head rcu;
	u8 len;
};

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
	int s;

	for (s = LPM_SOURCES - 1; s >= 0; s--) {
		struct lpm_entry *e = rcu_dereference(n->slot[s]);

		if (e && sources & BIT(s))
			return e;
	}
	return NULL;
}

struct lpm_entry *lpm_lookup_sources(const struct lpm *t, const u8 *addr,
				     u8 sources)
{
	const struct lpm_key key = key_of(addr, t->bits);
	const struct lpm_node *n = rcu_dereference(t->root);
	struct lpm_entry *best = NULL;

	while (n && key_covers(&n->key, n->len, &key)) {
		struct lpm_entry *e = node_best(n, sources);

		if (e)
			best = e;
		if (n->len == t->bits)
			break;
		n = rcu_dereference(n->child[key_bit(&key, n->len)]);
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

struct lpm_entry *lpm_get(const struct lpm *t, const struct mesh_prefix *p,
			  enum lpm_source source)
{
	const struct lpm_key key = key_of(p->addr.b, t->bits);
	struct lpm_node *n = node_find(t, &key, p->len);

	return n ? rcu_dereference_check(n->slot[source], writing(t)) : NULL;
}

/*
 * The first node behind a place, in the order in which a node comes before its
 * children and the zero child before the other.
 */
static struct lpm_node *node_after(const struct lpm *t,
				   const struct lpm_key *key, u8 len)
{
	struct lpm_node *n = node_read(t, t->root), *later = NULL, *sib;

	while (n && n->len < len && key_covers(&n->key, n->len, key)) {
		if (!key_bit(key, n->len)) {
			sib = node_read(t, n->child[1]);
			if (sib)
				later = sib;
			n = node_read(t, n->child[0]);
		} else {
			n = node_read(t, n->child[1]);
		}
	}
	if (!n)
		return later;
	if (n->len == len && key_covers(&n->key, len, key)) {
		struct lpm_node *c = node_read(t, n->child[0]);

		if (!c)
			c = node_read(t, n->child[1]);
		return c ? c : later;
	}
	/* A node below the place follows it; else the keys differ and decide. */
	if (key_covers(key, len, &n->key) || key_less(key, &n->key))
		return n;
	return later;
}

struct lpm_entry *lpm_next(const struct lpm *t, const struct mesh_prefix *after,
			   enum lpm_source source)
{
	struct lpm_node *n;

	if (after) {
		const struct lpm_key key = key_of(after->addr.b, t->bits);

		n = node_after(t, &key, after->len);
	} else {
		n = node_read(t, t->root);
	}
	for (; n; n = node_after(t, &n->key, n->len)) {
		struct lpm_entry *e = rcu_dereference_check(n->slot[source],
							    writing(t));

		if (e)
			return e;
	}
	return NULL;
}

static struct lpm_node *node_new(const struct lpm_key *key, u8 len)
{
	struct lpm_node *n = kzalloc(sizeof(*n), GFP_KERNEL);

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

	leaf = node_new(key, len);
	if (!leaf)
		return NULL;
	fork = leaf;
	if (common < len) {
		fork = node_new(key, common);
		if (!fork) {
			kfree(leaf);
			return NULL;
		}
		RCU_INIT_POINTER(fork->child[key_bit(key, common)], leaf);
	}
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
	n = node_new(key, len);
	if (n)
		rcu_assign_pointer(*at, n);
	return n;
}

static bool node_empty(const struct lpm *t, const struct lpm_node *n)
{
	int s;

	for (s = 0; s < LPM_SOURCES; s++)
		if (rcu_dereference_protected(n->slot[s], writing(t)))
			return false;
	return true;
}

/* Unlinks a node if it neither holds an entry nor forks; whether it did. */
static bool node_prune(struct lpm *t, struct lpm_node __rcu **at)
{
	struct lpm_node *n = node_write(t, *at);
	struct lpm_node *zero = node_write(t, n->child[0]);
	struct lpm_node *one = node_write(t, n->child[1]);

	if (!node_empty(t, n) || (zero && one))
		return false;
	rcu_assign_pointer(*at, zero ? zero : one);
	kfree_rcu(n, rcu);
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

int lpm_insert(struct lpm *t, const struct mesh_prefix *p, struct lpm_entry *e,
	       struct lpm_entry **old)
{
	const struct lpm_key key = key_of(p->addr.b, t->bits);
	struct lpm_node *n;

	lockdep_assert_held(t->lock);
	n = node_make(t, &key, p->len);
	if (!n)
		return -ENOMEM;
	e->len = p->len;
	*old = rcu_dereference_protected(n->slot[e->source], writing(t));
	if (!*old)
		t->count[e->source]++;
	rcu_assign_pointer(n->slot[e->source], e);
	return 0;
}

struct lpm_entry *lpm_remove(struct lpm *t, const struct mesh_prefix *p,
			     enum lpm_source source)
{
	const struct lpm_key key = key_of(p->addr.b, t->bits);
	struct lpm_node *n;
	struct lpm_entry *e;

	lockdep_assert_held(t->lock);
	n = node_find(t, &key, p->len);
	if (!n)
		return NULL;
	e = rcu_dereference_protected(n->slot[source], writing(t));
	if (!e)
		return NULL;
	RCU_INIT_POINTER(n->slot[source], NULL);
	t->count[source]--;
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

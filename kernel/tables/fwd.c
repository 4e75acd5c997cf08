// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of one device: set-up, teardown, exact look-ups and walks.
 */
#include "fwd_priv.h"

int fwd_init(struct fwd *fwd, const struct fwd_ops *ops, void *ctx, u32 seed)
{
	int i, err;

	memset(fwd, 0, sizeof(*fwd));
	mutex_init(&fwd->lock);
	err = endpoint_index_init(&fwd->endpoints, &ops->endpoint, seed,
				  &fwd->lock);
	if (err) {
		mutex_destroy(&fwd->lock);
		return err;
	}
	fwd->memory.max = FWD_LIMIT_MEMORY;
	for (i = 0; i < 2; i++)
		lpm_init(&fwd->table[i], i ? 128 : 32, &fwd->memory, &fwd->lock);
	lpm_init(&fwd->groups, 32, &fwd->memory, &fwd->lock);
	fwd->ops = ops;
	fwd->ctx = ctx;
	fwd->seed = seed;
	INIT_LIST_HEAD(&fwd->unsettled);
	fwd->limits = (struct fwd_limits) {
		.peers = FWD_LIMIT_PEERS,
		.groups = FWD_LIMIT_GROUPS,
		.routes = FWD_LIMIT_ROUTES,
		.shortcuts = FWD_LIMIT_SHORTCUTS,
	};
	return 0;
}

void fwd_destroy(struct fwd *fwd)
{
	struct fwd_sweep routes = { .owner = FWD_OWNER_ANY, .all = true };
	int i;

	fwd_lock(fwd);
	fwd->mute = true;

	/* Each kind goes before the ones that it leads to. */
	fwd_shortcut_flush(fwd);
	fwd_route_sweep(fwd, &routes, U32_MAX);
	fwd_group_flush_all(fwd);
	fwd_peer_flush_all(fwd);

	lpm_destroy(&fwd->groups);
	for (i = 0; i < 2; i++)
		lpm_destroy(&fwd->table[i]);
	endpoint_index_destroy(&fwd->endpoints);
	fwd_unlock(fwd);
	mutex_destroy(&fwd->lock);
}

const char *fwd_addr_fault(const struct mesh_addr *a)
{
	if (!family_ok(a))
		return "neither an IPv4 nor an IPv6 address";
	if (mesh_addr_any(a))
		return "the address is zero, it has to be a node's own";
	if (a->len == 4 ? a->b[0] >> 4 == 0xe : a->b[0] == 0xff)
		return "a multicast address, it has to be a node's own";
	if (a->len == 4 && !memcmp(a->b, "\xff\xff\xff\xff", 4))
		return "the broadcast address, it has to be a node's own";
	return NULL;
}

const char *fwd_prefix_fault(const struct mesh_prefix *p)
{
	struct mesh_prefix masked = *p;

	if (!family_ok(&p->addr))
		return "neither an IPv4 nor an IPv6 prefix";
	if (p->len > mesh_addr_bits(&p->addr))
		return p->addr.len == 4 ? "prefix length above 32" :
					  "prefix length above 128";
	if (!mesh_prefix_mask(&masked))
		return "prefix has host bits set, clear the bits past its length";
	return NULL;
}

void fwd_group_key(u32 id, struct mesh_prefix *key)
{
	mesh_addr_from_ip4(&key->addr, cpu_to_be32(id));
	key->len = 32;
}

u32 fwd_count(const struct fwd *fwd, enum fwd_kind kind)
{
	const struct lpm *v4 = &fwd->table[0], *v6 = &fwd->table[1];

	switch (kind) {
	case FWD_PEER:
		return v4->count[LPM_HOST] + v6->count[LPM_HOST];
	case FWD_GROUP:
		return fwd->groups.count[LPM_HOST];
	case FWD_ROUTE:
		return v4->count[LPM_ROUTE] + v6->count[LPM_ROUTE];
	case FWD_SHORTCUT:
		return v4->count[LPM_SHORTCUT] + v6->count[LPM_SHORTCUT];
	default:
		return 0;
	}
}

struct peer *fwd_peer(struct fwd *fwd, const struct mesh_addr *addr)
{
	struct mesh_prefix p;
	struct lpm_entry *e;

	if (!family_ok(addr))
		return NULL;
	mesh_prefix_host(&p, addr);
	e = lpm_get(fwd_table(fwd, addr->len), &p, LPM_HOST);
	return e ? container_of(e, struct peer, host) : NULL;
}

struct group *fwd_group(struct fwd *fwd, u32 id)
{
	struct mesh_prefix key;
	struct lpm_entry *e;

	fwd_group_key(id, &key);
	e = lpm_get(&fwd->groups, &key, LPM_HOST);
	return e ? container_of(e, struct group, known) : NULL;
}

static struct lpm_entry *table_get(struct fwd *fwd, const struct mesh_prefix *p,
				   enum lpm_source source)
{
	if (!family_ok(&p->addr) || p->len > mesh_addr_bits(&p->addr))
		return NULL;
	return lpm_get(fwd_table(fwd, p->addr.len), p, source);
}

struct route *fwd_route(struct fwd *fwd, const struct mesh_prefix *p)
{
	struct lpm_entry *e = table_get(fwd, p, LPM_ROUTE);

	return e ? container_of(e, struct route, e) : NULL;
}

struct shortcut *fwd_shortcut(struct fwd *fwd, const struct mesh_prefix *p)
{
	struct lpm_entry *e = table_get(fwd, p, LPM_SHORTCUT);

	return e ? container_of(e, struct shortcut, e) : NULL;
}

static enum lpm_source kind_source(enum fwd_kind kind)
{
	switch (kind) {
	case FWD_ROUTE:
		return LPM_ROUTE;
	case FWD_SHORTCUT:
		return LPM_SHORTCUT;
	default:
		return LPM_HOST;
	}
}

u32 fwd_walk(struct fwd *fwd, enum fwd_kind kind, const struct mesh_prefix *after,
	     struct lpm_entry **found, u32 max)
{
	const enum lpm_source source = kind_source(kind);
	const struct lpm *t = fwd->table;
	u32 n;

	if (kind == FWD_GROUP)
		return lpm_walk(&fwd->groups, after, source, found, max);
	if (after && after->addr.len == 16)
		return lpm_walk(&t[1], after, source, found, max);
	if (after && after->addr.len != 4)
		after = NULL;
	n = lpm_walk(&t[0], after, source, found, max);
	return n < max ? n + lpm_walk(&t[1], NULL, source, found + n, max - n) : n;
}

const void *fwd_object(enum fwd_kind kind, const struct lpm_entry *e)
{
	switch (kind) {
	case FWD_PEER:
		return container_of(e, const struct peer, host);
	case FWD_GROUP:
		return container_of(e, const struct group, known);
	case FWD_ROUTE:
		return fwd_entry_route(e);
	case FWD_SHORTCUT:
		return fwd_entry_shortcut(e);
	default:
		return NULL;
	}
}

void fwd_key(enum fwd_kind kind, const void *obj, struct mesh_prefix *key)
{
	if (kind == FWD_PEER)
		mesh_prefix_host(key, &((const struct peer *)obj)->addr);
	else if (kind == FWD_GROUP)
		fwd_group_key(((const struct group *)obj)->id, key);
	else if (kind == FWD_ROUTE)
		*key = ((const struct route *)obj)->prefix;
	else
		*key = ((const struct shortcut *)obj)->prefix;
}

static struct lpm_entry *walk(struct fwd *fwd, enum fwd_kind kind,
			      const struct mesh_prefix *after)
{
	struct lpm_entry *e;

	return fwd_walk(fwd, kind, after, &e, 1) ? e : NULL;
}

struct peer *fwd_peer_next(struct fwd *fwd, const struct mesh_addr *after)
{
	struct mesh_prefix p;
	struct lpm_entry *e;

	if (after)
		mesh_prefix_host(&p, after);
	e = walk(fwd, FWD_PEER, after ? &p : NULL);
	return e ? container_of(e, struct peer, host) : NULL;
}

struct group *fwd_group_next(struct fwd *fwd, const u32 *after)
{
	struct mesh_prefix key;
	struct lpm_entry *e;

	if (after)
		fwd_group_key(*after, &key);
	e = walk(fwd, FWD_GROUP, after ? &key : NULL);
	return e ? container_of(e, struct group, known) : NULL;
}

struct route *fwd_route_next(struct fwd *fwd, const struct mesh_prefix *after)
{
	struct lpm_entry *e = walk(fwd, FWD_ROUTE, after);

	return e ? container_of(e, struct route, e) : NULL;
}

struct shortcut *fwd_shortcut_next(struct fwd *fwd,
				   const struct mesh_prefix *after)
{
	struct lpm_entry *e = walk(fwd, FWD_SHORTCUT, after);

	return e ? container_of(e, struct shortcut, e) : NULL;
}

// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "log.h"
#include "rib_int.h"

/* -EEXIST means that somebody else took an id of ours: how many to skip. */
#define ID_TRIES 64

static uint32_t via_hash(const struct rib_dev *dev, const struct mesh_addr *addr)
{
	return hash_bytes(addr->bytes, addr->len, dev->ifindex);
}

static struct via *via_find(const struct rib *rib, const struct rib_dev *dev,
			    const struct mesh_addr *addr)
{
	uint32_t h = via_hash(dev, addr);
	struct hash_node *n;

	hash_each_of(n, &rib->vias, h) {
		struct via *via = entry_of(n, struct via, node);

		if (via->dev == dev && !mesh_addr_cmp(&via->addr, addr))
			return via;
	}
	return NULL;
}

static struct via *via_get(struct rib *rib, struct rib_dev *dev,
			   const struct mesh_addr *addr)
{
	struct via *via = via_find(rib, dev, addr);

	if (via)
		return via;
	via = xcalloc(1, sizeof(*via));
	via->dev = dev;
	via->addr = *addr;
	list_init(&via->users);
	hash_add(&rib->vias, &via->node, via_hash(dev, addr));
	return via;
}

static void via_put(struct rib *rib, struct via *via)
{
	if (via->known || !list_empty(&via->users))
		return;
	hash_del(&rib->vias, &via->node);
	free(via);
}

static uint32_t want_hash(const struct rib_dev *dev, const struct want *want,
			  unsigned int n)
{
	uint32_t h = dev->ifindex;

	for (unsigned int i = 0; i < n; i++)
		h = hash_bytes(want[i].addr.bytes, want[i].addr.len,
			       h + want[i].weight);
	return h;
}

bool group_is(const struct group *g, const struct want *want, unsigned int n)
{
	if (g->n != n)
		return false;
	for (unsigned int i = 0; i < n; i++)
		if (g->member[i].weight != want[i].weight ||
		    mesh_addr_cmp(&g->member[i].via->addr, &want[i].addr))
			return false;
	return true;
}

static void group_fill(struct rib *rib, struct group *g,
		       const struct want *want, unsigned int n)
{
	g->n = n;
	g->member = xcalloc(n, sizeof(*g->member));
	for (unsigned int i = 0; i < n; i++) {
		struct member *m = &g->member[i];

		m->group = g;
		m->weight = want[i].weight;
		m->via = via_get(rib, g->dev, &want[i].addr);
		list_add(&m->of_via, &m->via->users);
	}
	hash_add(&rib->groups, &g->node, want_hash(g->dev, want, n));
}

static void group_empty(struct rib *rib, struct group *g)
{
	hash_del(&rib->groups, &g->node);
	for (unsigned int i = 0; i < g->n; i++) {
		list_del(&g->member[i].of_via);
		via_put(rib, g->member[i].via);
	}
	free(g->member);
}

static struct group *group_new(struct rib *rib, struct rib_dev *dev,
			       const struct want *want, unsigned int n)
{
	struct group *g = xcalloc(1, sizeof(*g));

	g->dev = dev;
	list_init(&g->queue);
	list_init(&g->users);
	group_fill(rib, g, want, n);
	return g;
}

static uint32_t id_next(struct rib *rib)
{
	uint32_t id = rib->next_id;

	rib->next_id = id == RIB_GROUP_LAST ? RIB_GROUP_FIRST : id + 1;
	return id;
}

struct group *group_get(struct rib *rib, struct rib_dev *dev,
			const struct want *want, unsigned int n)
{
	uint32_t h = want_hash(dev, want, n);
	struct hash_node *node;
	struct group *g;

	hash_each_of(node, &rib->groups, h) {
		g = entry_of(node, struct group, node);
		if (g->dev == dev && group_is(g, want, n)) {
			/* A leftover or an idle one lives again. */
			if (list_empty(&g->users))
				requeue(&g->queue, &rib->dirty_groups);
			return g;
		}
	}
	g = group_new(rib, dev, want, n);
	if (n > 1)
		g->id = id_next(rib);
	list_add(&g->queue, &rib->dirty_groups);
	return g;
}

bool group_change(struct rib *rib, struct use *use, const struct want *want,
		  unsigned int n)
{
	struct group *g = use->group;

	if (!g->id || g->users.next != &use->of_group ||
	    g->users.prev != &use->of_group)
		return false;
	group_empty(rib, g);
	group_fill(rib, g, want, n);
	requeue(&g->queue, &rib->dirty_groups);
	return true;
}

void group_free(struct rib *rib, struct group *g)
{
	list_del(&g->queue);
	group_empty(rib, g);
	free(g);
}

void group_unused(struct rib *rib, struct group *g)
{
	if (!list_empty(&g->users))
		return;
	if (g->held)
		requeue(&g->queue, &rib->idle_groups);
	else
		group_free(rib, g);
}

struct mesh_target group_target(const struct group *g)
{
	struct mesh_target t = { 0 };

	if (!g->live)
		return t;
	if (g->id)
		t.group = g->id;
	else
		t.peer = g->member[0].via->addr;
	return t;
}

void group_complain(const struct group *g)
{
	char text[MESH_ADDR_STRLEN];

	for (unsigned int i = 0; i < g->n; i++) {
		struct via *via = g->member[i].via;

		if (via->known || via->complained)
			continue;
		log_info("next hop %s on device %u is no peer yet: its routes wait for it",
			 mesh_addr_format(&via->addr, text), g->dev->ifindex);
		via->complained = true;
	}
}

static int group_write(struct rib *rib, struct group *g,
		       const struct mesh_member *m, size_t n)
{
	const struct rib_sink *sink = rib->opts.sink;
	int ret;

	if (g->held) {
		ret = sink->group_set(rib->opts.ctx, g->dev->ifindex, g->id, m, n);
		if (ret != -ENOENT)
			return ret;
		/* Either a member is gone, or somebody deleted the group. */
	}
	for (int i = 0; i < ID_TRIES; i++) {
		ret = sink->group_add(rib->opts.ctx, g->dev->ifindex, g->id, m, n);
		if (ret != -EEXIST || g->held)
			break;
		g->id = id_next(rib);
	}
	return ret;
}

static void group_live(struct rib *rib, struct group *g, bool live)
{
	struct list *i, *n;

	if (g->live == live)
		return;
	g->live = live;
	list_each(i, n, &g->users)
		routes_dirty(rib, entry_of(i, struct use, of_group)->hops);
}

static void group_sync(struct rib *rib, struct group *g)
{
	struct mesh_member *m = xcalloc(g->n, sizeof(*m));
	size_t known = 0;
	int ret = 0;

	list_del(&g->queue);
	for (unsigned int i = 0; i < g->n; i++) {
		if (!g->member[i].via->known)
			continue;
		m[known].protocol = g->member[i].via->addr;
		m[known++].weight = g->member[i].weight;
	}
	if (known < g->n)
		group_complain(g);
	if (known && g->id) {
		ret = group_write(rib, g, m, known);
		if (ret)
			list_add(&g->queue, &rib->failed_groups);
		else
			g->held = true;
	}
	/* A held group whose change was refused still carries its routes. */
	group_live(rib, g, known && (!ret || g->held));
	free(m);
}

void groups_sync(struct rib *rib)
{
	while (!list_empty(&rib->dirty_groups))
		group_sync(rib, entry_of(rib->dirty_groups.next, struct group,
					 queue));
}

void groups_reap(struct rib *rib, struct list *queue)
{
	struct list *i, *n, kept;

	list_init(&kept);
	list_each(i, n, queue) {
		struct group *g = entry_of(i, struct group, queue);
		int ret = rib->opts.sink->group_del(rib->opts.ctx,
						    g->dev->ifindex, g->id);

		if (ret && ret != -ENOENT)
			requeue(&g->queue, &kept);
		else
			group_free(rib, g);
	}
	list_each(i, n, &kept)
		requeue(i, &rib->leftovers);
}

static void via_set(struct rib *rib, struct via *via, bool known)
{
	struct list *i, *n;

	via->seen = true;
	if (via->known == known)
		return;
	via->known = known;
	via->complained = false;
	list_each(i, n, &via->users) {
		struct group *g = entry_of(i, struct member, of_via)->group;

		if (!list_empty(&g->users))
			requeue(&g->queue, &rib->dirty_groups);
	}
}

void rib_peer_set(struct rib *rib, uint32_t ifindex,
		  const struct mesh_addr *addr, bool known)
{
	struct rib_dev *dev = rib_dev_find(rib, ifindex);
	struct via *via;

	if (!dev)
		return;
	via = known ? via_get(rib, dev, addr) : via_find(rib, dev, addr);
	if (!via)
		return;
	via_set(rib, via, known);
	via_put(rib, via);
}

void rib_peers_begin(struct rib *rib, uint32_t ifindex)
{
	struct rib_dev *dev = rib_dev_find(rib, ifindex);
	struct hash_node *n, *next;

	hash_each(n, next, &rib->vias) {
		struct via *via = entry_of(n, struct via, node);

		if (via->dev == dev)
			via->seen = false;
	}
}

void rib_peers_end(struct rib *rib, uint32_t ifindex)
{
	struct rib_dev *dev = rib_dev_find(rib, ifindex);
	struct hash_node *n, *next;

	hash_each(n, next, &rib->vias) {
		struct via *via = entry_of(n, struct via, node);

		if (via->dev != dev || via->seen)
			continue;
		via_set(rib, via, false);
		via_put(rib, via);
	}
}

static int want_cmp(const void *a, const void *b)
{
	const struct want *x = a, *y = b;

	return mesh_addr_cmp(&x->addr, &y->addr);
}

void rib_group_found(struct rib *rib, const struct mesh_group *found)
{
	struct rib_dev *dev = rib_dev_find(rib, found->ifindex);
	struct want *want;
	struct group *g;

	if (!dev || found->id < RIB_GROUP_FIRST || found->id > RIB_GROUP_LAST)
		return;
	want = xcalloc(found->n_members, sizeof(*want));
	for (size_t i = 0; i < found->n_members; i++) {
		want[i].addr = found->members[i].protocol;
		want[i].weight = found->members[i].weight;
	}
	qsort(want, found->n_members, sizeof(*want), want_cmp);
	g = group_new(rib, dev, want, found->n_members);
	free(want);
	g->id = found->id;
	g->held = true;
	list_add(&g->queue, &rib->leftovers);
	if (g->id >= rib->next_id) {
		rib->next_id = g->id;
		id_next(rib);
	}
}

void groups_dev_del(struct rib *rib, struct rib_dev *dev)
{
	struct hash_node *n, *next;

	/* Devices lose their uses first: what is left here is idle. */
	hash_each(n, next, &rib->groups) {
		struct group *g = entry_of(n, struct group, node);

		if (g->dev == dev)
			group_free(rib, g);
	}
	hash_each(n, next, &rib->vias) {
		struct via *via = entry_of(n, struct via, node);

		if (via->dev == dev) {
			hash_del(&rib->vias, n);
			free(via);
		}
	}
}

// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "log.h"
#include "rib_int.h"

static uint32_t id_hash(uint32_t id)
{
	return hash_bytes(&id, sizeof(id), 0);
}

static bool hop_same(const struct fpm_hop *a, const struct fpm_hop *b)
{
	return a->id == b->id && a->ifindex == b->ifindex &&
	       a->weight == b->weight &&
	       !mesh_addr_cmp(&a->gateway, &b->gateway);
}

static bool hops_same(const struct hops *h, const struct fpm_msg *msg)
{
	if (h->n != msg->n || h->by_id != msg->group)
		return false;
	for (unsigned int i = 0; i < h->n; i++) {
		if (h->by_id ? h->hop[i].id != msg->hop[i].id ||
			       h->hop[i].weight != msg->hop[i].weight :
			       !hop_same(&h->hop[i], &msg->hop[i]))
			return false;
	}
	return true;
}

static uint32_t inline_hash(const struct fpm_msg *msg)
{
	uint32_t h = msg->n;

	for (unsigned int i = 0; i < msg->n; i++) {
		const struct fpm_hop *hop = &msg->hop[i];

		h = hash_bytes(hop->gateway.bytes, hop->gateway.len,
			       h + hop->ifindex * 257 + hop->weight);
	}
	return h;
}

static void hops_fill(struct rib *rib, struct hops *h, const struct fpm_msg *msg)
{
	free(h->hop);
	h->n = msg->n;
	h->by_id = msg->group;
	h->hop = xcalloc(msg->n, sizeof(*h->hop));
	memcpy(h->hop, msg->hop, msg->n * sizeof(*h->hop));
	requeue(&h->dirty, &rib->dirty_hops);
}

static struct hops *hops_new(uint32_t id)
{
	struct hops *h = xcalloc(1, sizeof(*h));

	h->id = id;
	list_init(&h->dirty);
	list_init(&h->routes);
	return h;
}

static struct hops *id_find(const struct rib *rib, uint32_t id)
{
	uint32_t hash = id_hash(id);
	struct hash_node *n;

	hash_each_of(n, &rib->ids, hash) {
		struct hops *h = entry_of(n, struct hops, node);

		if (h->id == id)
			return h;
	}
	return NULL;
}

/* Zebra may use an id before it tells what it stands for. */
static struct hops *id_get(struct rib *rib, uint32_t id)
{
	struct hops *h = id_find(rib, id);

	if (h)
		return h;
	h = hops_new(id);
	hash_add(&rib->ids, &h->node, id_hash(id));
	return h;
}

static struct hops *inline_get(struct rib *rib, const struct fpm_msg *msg)
{
	uint32_t hash = inline_hash(msg);
	struct hash_node *n;
	struct hops *h;

	hash_each_of(n, &rib->inline_hops, hash) {
		h = entry_of(n, struct hops, node);
		if (hops_same(h, msg))
			return h;
	}
	h = hops_new(0);
	hops_fill(rib, h, msg);
	hash_add(&rib->inline_hops, &h->node, hash);
	return h;
}

struct hops *hops_of_route(struct rib *rib, const struct fpm_msg *msg)
{
	return msg->id ? id_get(rib, msg->id) : inline_get(rib, msg);
}

void hops_told(struct rib *rib, const struct fpm_msg *msg)
{
	struct hops *h = id_get(rib, msg->id);

	if (h->told && hops_same(h, msg))
		return;
	h->told = true;
	hops_fill(rib, h, msg);
	rib->ids_changed = true;
}

/*
 * Routes that still use the id keep what it stood for: zebra takes its routes
 * back one by one, and each has its own replacement.
 */
void hops_untold(struct rib *rib, uint32_t id)
{
	struct hops *h = id_find(rib, id);

	if (!h)
		return;
	h->told = false;
	hops_unused(rib, h);
}

static void uses_free(struct rib *rib, struct use *use, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		list_del(&use[i].of_group);
		group_unused(rib, use[i].group);
	}
	free(use);
}

void hops_free(struct rib *rib, struct hops *h)
{
	if (!h->detached)
		hash_del(h->id ? &rib->ids : &rib->inline_hops, &h->node);
	list_del(&h->dirty);
	uses_free(rib, h->use, h->n_uses);
	free(h->hop);
	free(h);
}

void hops_unused(struct rib *rib, struct hops *h)
{
	if (!list_empty(&h->routes))
		return;
	if (h->told)
		requeue(&h->dirty, &rib->dirty_hops);
	else
		hops_free(rib, h);
}

void hops_detach_all(struct rib *rib)
{
	struct hash_node *n, *next;

	/* Groups of ids must find their members a last time. */
	hops_resolve_dirty(rib);
	hash_each(n, next, &rib->ids) {
		struct hops *h = entry_of(n, struct hops, node);

		hash_del(&rib->ids, n);
		h->detached = true;
		h->told = false;
		hops_unused(rib, h);
	}
}

static void refill_by_id(struct rib *rib, struct hops *h)
{
	for (unsigned int i = 0; i < h->n; i++) {
		struct fpm_hop *hop = &h->hop[i];
		const struct hops *of = id_find(rib, hop->id);

		hop->ifindex = 0;
		hop->gateway.len = 0;
		if (!of || of->by_id || of->n != 1)
			continue;
		hop->ifindex = of->hop[0].ifindex;
		hop->gateway = of->hop[0].gateway;
	}
}

/* The gateways on one device, sorted; those that come twice share one place. */
static unsigned int wants(const struct hops *h, uint32_t ifindex,
			  struct want *want)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < h->n; i++) {
		const struct fpm_hop *hop = &h->hop[i];
		unsigned int at = 0;
		int cmp = -1;

		if (hop->ifindex != ifindex || !hop->gateway.len)
			continue;
		for (; at < n; at++) {
			cmp = mesh_addr_cmp(&hop->gateway, &want[at].addr);
			if (cmp <= 0)
				break;
		}
		if (at < n && !cmp) {
			want[at].weight += hop->weight;
			continue;
		}
		memmove(&want[at + 1], &want[at], (n - at) * sizeof(*want));
		want[at].addr = hop->gateway;
		want[at].weight = hop->weight;
		n++;
	}
	return n;
}

static struct use *use_on(const struct hops *h, const struct rib_dev *dev)
{
	for (unsigned int i = 0; i < h->n_uses; i++)
		if (h->use[i].group->dev == dev)
			return &h->use[i];
	return NULL;
}

static void use_set(struct use *use, struct hops *h, struct group *g)
{
	use->hops = h;
	use->group = g;
	list_add(&use->of_group, &g->users);
}

static void hops_resolve(struct rib *rib, struct hops *h)
{
	struct want *want = xcalloc(h->n + 1, sizeof(*want));
	struct use *use = NULL, *old = h->use;
	unsigned int n_uses = 0, n_old = h->n_uses;
	bool changed = false;
	struct list *i, *next;

	if (h->by_id && !h->detached)
		refill_by_id(rib, h);
	list_each(i, next, &rib->devs)
		n_uses++;
	use = xcalloc(n_uses, sizeof(*use));
	n_uses = 0;
	list_each(i, next, &rib->devs) {
		struct rib_dev *dev = entry_of(i, struct rib_dev, all);
		/* Zebra keeps ids for minutes after their last route. */
		unsigned int n = list_empty(&h->routes) ? 0 :
				 wants(h, dev->ifindex, want);
		struct use *had = use_on(h, dev);
		struct group *g;

		if (!n)
			continue;
		if (had && (group_is(had->group, want, n) ||
			    group_change(rib, had, want, n))) {
			g = had->group;
		} else {
			g = group_get(rib, dev, want, n);
			changed = true;
		}
		use_set(&use[n_uses++], h, g);
	}
	h->use = use;
	h->n_uses = n_uses;
	if (changed || n_uses != n_old)
		routes_dirty(rib, h);
	uses_free(rib, old, n_old);
	free(want);
}

static void dirty_groups_of_ids(struct rib *rib)
{
	struct hash_node *n, *next;

	hash_each(n, next, &rib->ids) {
		struct hops *h = entry_of(n, struct hops, node);

		for (unsigned int i = 0; h->by_id && i < h->n; i++) {
			const struct hops *of = id_find(rib, h->hop[i].id);

			if (of && !list_empty(&of->dirty)) {
				requeue(&h->dirty, &rib->dirty_hops);
				break;
			}
		}
	}
}

void hops_resolve_dirty(struct rib *rib)
{
	if (rib->ids_changed)
		dirty_groups_of_ids(rib);
	rib->ids_changed = false;
	while (!list_empty(&rib->dirty_hops)) {
		struct hops *h = entry_of(rib->dirty_hops.next, struct hops,
					  dirty);

		list_del(&h->dirty);
		hops_resolve(rib, h);
	}
}

static void dirty_if_on(struct rib *rib, struct hops *h, uint32_t ifindex)
{
	for (unsigned int i = 0; i < h->n; i++) {
		if (h->hop[i].ifindex != ifindex)
			continue;
		requeue(&h->dirty, &rib->dirty_hops);
		return;
	}
}

void hops_dirty_dev(struct rib *rib, uint32_t ifindex)
{
	struct hash_node *n, *next;

	hash_each(n, next, &rib->ids)
		dirty_if_on(rib, entry_of(n, struct hops, node), ifindex);
	hash_each(n, next, &rib->inline_hops)
		dirty_if_on(rib, entry_of(n, struct hops, node), ifindex);
	/* Detached ones are reached by the routes that hold them. */
	hash_each(n, next, &rib->routes) {
		struct hops *h = entry_of(n, struct route, node)->hops;

		if (h && h->detached)
			dirty_if_on(rib, h, ifindex);
	}
}

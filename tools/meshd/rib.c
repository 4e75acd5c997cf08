// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "log.h"
#include "rib_int.h"

/* Routes that one flush takes to the module, so that the loop stays awake. */
#define FLUSH_MAX 8192

struct rib *rib_new(const struct rib_opts *opts)
{
	struct rib *rib = xcalloc(1, sizeof(*rib));

	rib->opts = *opts;
	rib->next_id = RIB_GROUP_FIRST;
	list_init(&rib->devs);
	hash_init(&rib->vias);
	hash_init(&rib->groups);
	hash_init(&rib->ids);
	hash_init(&rib->inline_hops);
	hash_init(&rib->routes);
	list_init(&rib->dirty_hops);
	list_init(&rib->dirty_groups);
	list_init(&rib->dirty_routes);
	list_init(&rib->failed_groups);
	list_init(&rib->failed_routes);
	list_init(&rib->idle_groups);
	list_init(&rib->leftovers);
	return rib;
}

struct rib_dev *rib_dev_find(const struct rib *rib, uint32_t ifindex)
{
	struct list *i, *n;

	list_each(i, n, &rib->devs) {
		struct rib_dev *dev = entry_of(i, struct rib_dev, all);

		if (dev->ifindex == ifindex)
			return dev;
	}
	return NULL;
}

static void route_dirty(struct rib *rib, struct route *r)
{
	requeue(&r->queue, &rib->dirty_routes);
}

void routes_dirty(struct rib *rib, struct hops *h)
{
	struct list *i, *n;

	list_each(i, n, &h->routes)
		route_dirty(rib, entry_of(i, struct route, of_hops));
}

void rib_dev_add(struct rib *rib, uint32_t ifindex)
{
	struct rib_dev *dev;

	if (rib_dev_find(rib, ifindex))
		return;
	dev = xcalloc(1, sizeof(*dev));
	dev->ifindex = ifindex;
	list_add(&dev->all, &rib->devs);
	hops_dirty_dev(rib, ifindex);
}

static struct inst **inst_find(struct route *r, const struct rib_dev *dev)
{
	struct inst **p = &r->inst;

	while (*p && (*p)->dev != dev)
		p = &(*p)->next;
	return p;
}

static void inst_set(struct route *r, struct rib_dev *dev)
{
	struct inst **p = inst_find(r, dev);

	if (*p)
		return;
	*p = xcalloc(1, sizeof(**p));
	(*p)->dev = dev;
}

static void inst_clear(struct route *r, const struct rib_dev *dev)
{
	struct inst **p = inst_find(r, dev);
	struct inst *inst = *p;

	if (!inst)
		return;
	*p = inst->next;
	free(inst);
}

void rib_dev_del(struct rib *rib, uint32_t ifindex)
{
	struct rib_dev *dev = rib_dev_find(rib, ifindex);
	struct hash_node *n, *next;

	if (!dev)
		return;
	hash_each(n, next, &rib->routes)
		inst_clear(entry_of(n, struct route, node), dev);
	list_del(&dev->all);
	hops_dirty_dev(rib, ifindex);
	hops_resolve_dirty(rib);
	groups_dev_del(rib, dev);
	free(dev);
}

void rib_generation_found(struct rib *rib, uint32_t generation)
{
	if (generation > rib->generation)
		rib->generation = generation;
}

static uint32_t route_hash(const struct mesh_prefix *p, uint32_t table)
{
	return hash_bytes(p->addr.bytes, p->addr.len, table * 131 + p->len);
}

static struct route *route_find(const struct rib *rib,
				const struct mesh_prefix *p, uint32_t table)
{
	uint32_t h = route_hash(p, table);
	struct hash_node *n;

	hash_each_of(n, &rib->routes, h) {
		struct route *r = entry_of(n, struct route, node);

		if (r->table == table && !mesh_prefix_cmp(&r->prefix, p))
			return r;
	}
	return NULL;
}

static struct route *route_new(struct rib *rib, const struct mesh_prefix *p,
			       uint32_t table)
{
	struct route *r;

	if (rib->routes.count >= rib->opts.max_routes) {
		if (!rib->full)
			log_error("%zu routes are remembered, as many as max-routes allows: further ones are not taken",
				  rib->routes.count);
		rib->full = true;
		return NULL;
	}
	r = xcalloc(1, sizeof(*r));
	r->prefix = *p;
	r->table = table;
	list_init(&r->of_hops);
	list_init(&r->queue);
	hash_add(&rib->routes, &r->node, route_hash(p, table));
	return r;
}

static void route_hops(struct rib *rib, struct route *r, struct hops *hops)
{
	struct hops *old = r->hops;

	r->hops = hops;
	list_del(&r->of_hops);
	if (hops && list_empty(&hops->routes))
		requeue(&hops->dirty, &rib->dirty_hops);
	if (hops)
		list_add(&r->of_hops, &hops->routes);
	if (old && old != hops)
		hops_unused(rib, old);
}

static void route_free(struct rib *rib, struct route *r)
{
	route_hops(rib, r, NULL);
	list_del(&r->queue);
	hash_del(&rib->routes, &r->node);
	while (r->inst)
		inst_clear(r, r->inst->dev);
	free(r);
	rib->full = false;
}

static bool table_ours(const struct rib *rib, uint32_t table)
{
	for (size_t i = 0; i < rib->opts.n_tables; i++)
		if (rib->opts.tables[i] == table)
			return true;
	return false;
}

static void route_told(struct rib *rib, const struct fpm_msg *msg)
{
	const struct mesh_prefix p = { .addr = msg->dst, .len = msg->plen };
	struct route *r;

	if (!table_ours(rib, msg->table) || msg->sourced) {
		rib->foreign++;
		return;
	}
	r = route_find(rib, &p, msg->table);
	if (msg->kind == FPM_ROUTE_DEL) {
		if (!r)
			return;
		route_hops(rib, r, NULL);
	} else {
		if (!r)
			r = route_new(rib, &p, msg->table);
		if (!r)
			return;
		r->generation = rib->generation;
		route_hops(rib, r, hops_of_route(rib, msg));
	}
	route_dirty(rib, r);
}

void rib_message(struct rib *rib, const struct fpm_msg *msg)
{
	rib->messages++;
	switch (msg->kind) {
	case FPM_ROUTE_SET:
	case FPM_ROUTE_DEL:
		route_told(rib, msg);
		break;
	case FPM_NH_SET:
		hops_told(rib, msg);
		break;
	case FPM_NH_DEL:
		hops_untold(rib, msg->id);
		break;
	case FPM_OTHER:
		rib->foreign++;
		break;
	}
}

static struct mesh_target route_target(const struct route *r,
				       const struct rib_dev *dev)
{
	struct mesh_target none = { 0 };

	for (unsigned int i = 0; r->hops && i < r->hops->n_uses; i++)
		if (r->hops->use[i].group->dev == dev)
			return group_target(r->hops->use[i].group);
	return none;
}

/* Tells of one device what became of the changes that it was asked for. */
static void routes_done(struct rib_dev *dev, struct route **route,
			const struct rib_change *change, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct route *r = route[i];
		bool del = target_none(&change[i].target);

		if (del && (!change[i].error || change[i].error == -ENOENT))
			inst_clear(r, dev);
		else if (change[i].error)
			r->refused = true;
		else
			inst_set(r, dev);
	}
}

static void routes_write(struct rib *rib, struct rib_dev *dev,
			 struct route **route, size_t n)
{
	struct rib_change *change = xcalloc(n, sizeof(*change));
	struct route **asked = xcalloc(n, sizeof(*asked));
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		struct mesh_target t = route_target(route[i], dev);

		if (target_none(&t) && !*inst_find(route[i], dev))
			continue;
		asked[k] = route[i];
		change[k].prefix = route[i]->prefix;
		change[k].again = route[i]->again;
		change[k++].target = t;
	}
	if (k) {
		rib->opts.sink->routes(rib->opts.ctx, dev->ifindex,
				       rib->generation, change, k);
		routes_done(dev, asked, change, k);
	}
	free(asked);
	free(change);
}

/* A deleted route that a device could not be rid of is kept to be retried. */
static void routes_settle(struct rib *rib, struct route **route, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct route *r = route[i];

		if (r->refused)
			requeue(&r->queue, &rib->failed_routes);
		else if (!r->hops && !r->inst)
			route_free(rib, r);
	}
}

static void routes_flush(struct rib *rib)
{
	struct route **route = xcalloc(FLUSH_MAX, sizeof(*route));
	struct list *i, *next;
	size_t n = 0;

	while (!list_empty(&rib->dirty_routes) && n < FLUSH_MAX) {
		struct route *r = entry_of(rib->dirty_routes.next,
					   struct route, queue);

		list_del(&r->queue);
		r->again = r->refused;
		r->refused = false;
		route[n++] = r;
	}
	list_each(i, next, &rib->devs)
		routes_write(rib, entry_of(i, struct rib_dev, all), route, n);
	routes_settle(rib, route, n);
	free(route);
}

bool rib_dirty(const struct rib *rib)
{
	return !list_empty(&rib->dirty_hops) ||
	       !list_empty(&rib->dirty_groups) ||
	       !list_empty(&rib->dirty_routes) ||
	       !list_empty(&rib->idle_groups);
}

/* Groups before the routes that need them, and away only after those. */
void rib_flush(struct rib *rib)
{
	hops_resolve_dirty(rib);
	groups_sync(rib);
	if (!list_empty(&rib->dirty_routes))
		routes_flush(rib);
	if (list_empty(&rib->dirty_routes))
		groups_reap(rib, &rib->idle_groups);
}

void rib_retry(struct rib *rib)
{
	struct list *i, *n;

	list_each(i, n, &rib->failed_groups)
		requeue(i, &rib->dirty_groups);
	list_each(i, n, &rib->failed_routes)
		requeue(i, &rib->dirty_routes);
}

void rib_begin(struct rib *rib)
{
	hops_detach_all(rib);
	rib->generation++;
}

void rib_sweep(struct rib *rib)
{
	struct hash_node *n, *next;
	struct list *i, *k;

	while (rib_dirty(rib))
		rib_flush(rib);
	list_each(i, k, &rib->devs) {
		struct rib_dev *dev = entry_of(i, struct rib_dev, all);

		rib->opts.sink->sweep(rib->opts.ctx, dev->ifindex,
				      rib->generation);
	}
	hash_each(n, next, &rib->routes) {
		struct route *r = entry_of(n, struct route, node);

		if (r->generation != rib->generation)
			route_free(rib, r);
	}
	groups_reap(rib, &rib->idle_groups);
	groups_reap(rib, &rib->leftovers);
}

void rib_stats(const struct rib *rib, struct rib_stats *s)
{
	struct hash_node *n, *next;

	memset(s, 0, sizeof(*s));
	s->generation = rib->generation;
	s->messages = rib->messages;
	s->foreign = rib->foreign;
	s->nexthops = rib->ids.count;
	hash_each(n, next, &rib->groups)
		s->groups += entry_of(n, struct group, node)->held;
	hash_each(n, next, &rib->routes) {
		const struct route *r = entry_of(n, struct route, node);

		if (!r->hops)
			continue;
		s->routes++;
		s->stale += r->generation != rib->generation;
		s->refused += r->refused;
		if (r->inst)
			s->installed++;
		else if (r->hops->n_uses)
			s->pending += !r->refused;
		else
			s->ignored++;
	}
}

void rib_free(struct rib *rib)
{
	struct hash_node *n, *next;
	struct list *i, *k;

	hops_detach_all(rib);
	hash_each(n, next, &rib->routes)
		route_free(rib, entry_of(n, struct route, node));
	list_each(i, k, &rib->devs) {
		struct rib_dev *dev = entry_of(i, struct rib_dev, all);

		list_del(i);
		groups_dev_del(rib, dev);
		free(dev);
	}
	hash_free(&rib->vias);
	hash_free(&rib->groups);
	hash_free(&rib->ids);
	hash_free(&rib->inline_hops);
	hash_free(&rib->routes);
	free(rib);
}

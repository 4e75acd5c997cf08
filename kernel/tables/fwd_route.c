// SPDX-License-Identifier: GPL-2.0
/*
 * Changes to routes.
 */
#include <linux/minmax.h>
#include <linux/sched.h>

#include "fwd_priv.h"

/* So many are found by one walk from the top. */
#define SWEEP_STEP 64

static void route_free_rcu(struct rcu_head *rcu)
{
	struct route *r = container_of(rcu, struct route, rcu);

	if (!r->stats_passed)
		free_percpu(r->stats);
	kfree(r);
}

static void target_get(struct route *r)
{
	if (r->group) {
		r->group->routes++;
	} else {
		r->peer->routes++;
		peer_get(r->peer);
	}
}

static void target_put(struct fwd *fwd, struct route *r)
{
	if (r->group) {
		r->group->routes--;
	} else {
		r->peer->routes--;
		fwd_peer_release(fwd, r->peer);
	}
}

/**
 * struct route_plan - what there is for a route that is asked for
 * @was: the route that it takes the place of, or NULL
 * @group: where it is to lead, or NULL
 * @peer: where it is to lead if not to a group
 */
struct route_plan {
	const struct route *was;
	struct group *group;
	struct peer *peer;
};

static int route_check(struct fwd *fwd, const struct fwd_route_cfg *cfg,
		       unsigned int at, u32 flags, struct route_plan *plan,
		       struct fwd_error *err)
{
	const char *fault = fwd_prefix_fault(&cfg->prefix);
	const struct route *was;
	int ret;

	if (fault)
		return reject(err, -EINVAL, FWD_F_PREFIX, at, fault);
	if (!cfg->owner)
		return reject(err, -EINVAL, FWD_F_OWNER, at,
			      "owner 0, it has to be 1 to 255");
	if (cfg->group && cfg->peer.len)
		return reject(err, -EINVAL, FWD_F_TARGET_PEER, at,
			      "a route leads to a group or to a peer, not to both");
	if (!cfg->group && !cfg->peer.len)
		return reject(err, -EINVAL, FWD_F_PREFIX, at,
			      "the route leads nowhere, name a group or a peer");
	plan->group = cfg->group ? fwd_group(fwd, cfg->group) : NULL;
	plan->peer = cfg->group ? NULL : fwd_peer(fwd, &cfg->peer);
	if (cfg->group && !plan->group)
		return reject(err, -ENOENT, FWD_F_TARGET_GROUP, at,
			      "there is no such group, add it first");
	if (!cfg->group && !plan->peer)
		return reject(err, -ENOENT, FWD_F_TARGET_PEER, at,
			      "there is no such peer, add it first");
	was = fwd_route(fwd, &cfg->prefix);
	plan->was = was;
	ret = flags_check(was, flags);
	if (ret)
		return reject(err, ret, FWD_F_PREFIX, at,
			      was ? "the route exists already" :
				    "there is no such route");
	if (was && was->e.owner != cfg->owner)
		return reject(err, -EPERM, FWD_F_OWNER, at,
			      "the route belongs to another owner");
	return 0;
}

/*
 * A new route with the room for it reserved, and no hold on its target yet; or an error
 * pointer.
 */
static struct route *route_new(struct fwd *fwd, const struct fwd_route_cfg *cfg,
			       const struct route_plan *plan)
{
	struct route *r = kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
	int err;

	if (!r)
		return ERR_PTR(-ENOMEM);
	r->e.source = LPM_ROUTE;
	r->e.gen = cfg->gen;
	r->e.owner = cfg->owner;
	r->prefix = cfg->prefix;
	r->group = plan->group;
	r->peer = plan->peer;
	if (plan->was) {
		/* Takes over the counters of the one that it replaces. */
		r->stats_passed = true;
		return r;
	}
	r->stats = stats_alloc();
	err = r->stats ? lpm_reserve(fwd_table(fwd, r->prefix.addr.len)) : -ENOMEM;
	if (err) {
		free_percpu(r->stats);
		kfree(r);
		return ERR_PTR(err);
	}
	return r;
}

/* What route_new() has reserved, where there was no route. */
static void route_unreserve(struct fwd *fwd, const struct route *r)
{
	if (!r->stats_passed)
		lpm_unreserve(fwd_table(fwd, r->prefix.addr.len));
}

static void route_discard(struct fwd *fwd, struct route *r)
{
	target_put(fwd, r);
	if (!r->stats_passed)
		free_percpu(r->stats);
	kfree(r);
}

/* Undoes batch_prepare(). */
static void batch_abort(struct fwd *fwd, struct list_head *batch)
{
	struct route *r, *next;

	list_for_each_entry_safe(r, next, batch, batch) {
		route_unreserve(fwd, r);
		route_discard(fwd, r);
	}
}

static int batch_prepare(struct fwd *fwd, const struct fwd_route_cfg *cfg,
			 unsigned int n, u32 flags, struct list_head *batch,
			 struct fwd_error *err)
{
	u32 count = fwd_count(fwd, FWD_ROUTE);
	unsigned int i;
	int ret;

	for (i = 0; i < n; i++) {
		struct route_plan plan;
		struct route *r;

		ret = route_check(fwd, &cfg[i], i, flags, &plan, err);
		if (ret)
			return ret;
		if (!plan.was && count++ >= fwd->limits.routes)
			return reject(err, -ENOSPC, FWD_F_PREFIX, i,
				      "the device holds as many routes as its limit allows");
		r = route_new(fwd, &cfg[i], &plan);
		if (IS_ERR(r))
			return reject_room(err, PTR_ERR(r), FWD_F_PREFIX, i);
		/* Its only name may be a route that this batch replaces. */
		target_get(r);
		list_add_tail(&r->batch, batch);
		cond_resched();
	}
	return 0;
}

/* The same target again: only the generation moves, no flow does. */
static bool route_renew(struct route *r, const struct route *by)
{
	if (r->group != by->group || r->peer != by->peer)
		return false;
	WRITE_ONCE(r->e.gen, by->e.gen);
	return true;
}

/*
 * Cannot fail: a replaced route's place is there, a new one's reserved.  Who is
 * replaced goes to @gone, as with its hold on a peer what is reserved may go.
 */
static void route_commit(struct fwd *fwd, struct route *r,
			 struct list_head *gone)
{
	struct route *was = fwd_route(fwd, &r->prefix);
	struct lpm_entry *old;

	list_del(&r->batch);
	/* The same batch may have made @was. */
	if (was)
		route_unreserve(fwd, r);
	if (was && route_renew(was, r)) {
		route_discard(fwd, r);
		return;
	}
	if (was) {
		if (!r->stats_passed)
			free_percpu(r->stats);
		r->stats = was->stats;
		r->stats_passed = was->stats_passed;
		was->stats_passed = true;
	}
	WARN_ON_ONCE(lpm_insert(fwd_table(fwd, r->prefix.addr.len), &r->prefix,
				&r->e, &old));
	fwd_notify(fwd, was ? FWD_CHANGED : FWD_ADDED, FWD_ROUTE, r);
	if (was)
		list_add_tail(&was->batch, gone);
}

int fwd_route_add(struct fwd *fwd, const struct fwd_route_cfg *cfg,
		  unsigned int n, u32 flags, struct fwd_error *err)
{
	struct route *r, *next;
	LIST_HEAD(batch);
	LIST_HEAD(gone);
	int ret;

	lockdep_assert_held(&fwd->lock);
	ret = batch_prepare(fwd, cfg, n, flags, &batch, err);
	if (ret) {
		batch_abort(fwd, &batch);
		return ret;
	}
	list_for_each_entry_safe(r, next, &batch, batch)
		route_commit(fwd, r, &gone);
	list_for_each_entry_safe(r, next, &gone, batch) {
		target_put(fwd, r);
		call_rcu(&r->rcu, route_free_rcu);
	}
	return 0;
}

static void route_drop(struct fwd *fwd, struct route *r)
{
	lpm_remove(fwd_table(fwd, r->prefix.addr.len), &r->prefix, LPM_ROUTE);
	fwd_notify(fwd, FWD_REMOVED, FWD_ROUTE, r);
	target_put(fwd, r);
	call_rcu(&r->rcu, route_free_rcu);
}

int fwd_route_del(struct fwd *fwd, const struct mesh_prefix *p, u8 owner,
		  struct fwd_error *err)
{
	const char *fault = fwd_prefix_fault(p);
	struct route *r;

	lockdep_assert_held(&fwd->lock);
	if (fault)
		return reject(err, -EINVAL, FWD_F_PREFIX, 0, fault);
	r = fwd_route(fwd, p);
	if (!r)
		return reject(err, -ENOENT, FWD_F_PREFIX, 0,
			      "there is no such route");
	if (owner != FWD_OWNER_ANY && r->e.owner != owner)
		return reject(err, -EPERM, FWD_F_OWNER, 0,
			      "the route belongs to another owner");
	route_drop(fwd, r);
	return 0;
}

static bool sweep_spares(const struct fwd_sweep *sweep, const struct route *r)
{
	if (sweep->owner != FWD_OWNER_ANY && r->e.owner != sweep->owner)
		return true;
	return !sweep->all && r->e.gen == sweep->keep;
}

static void sweep_entries(struct fwd *fwd, struct fwd_sweep *sweep,
			  struct lpm_entry *const *entry, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct route *r = container_of(entry[i], struct route, e);

		cond_resched();
		sweep->begun = true;
		sweep->at = r->prefix;
		if (sweep_spares(sweep, r))
			continue;
		route_drop(fwd, r);
		sweep->deleted++;
	}
}

bool fwd_route_sweep(struct fwd *fwd, struct fwd_sweep *sweep, u32 max)
{
	struct lpm_entry *entry[SWEEP_STEP];
	u32 n, want;

	lockdep_assert_held(&fwd->lock);
	do {
		want = min_t(u32, max, SWEEP_STEP);
		n = fwd_walk(fwd, FWD_ROUTE, sweep->begun ? &sweep->at : NULL, entry, want);
		/* A route that goes takes no other with it. */
		sweep_entries(fwd, sweep, entry, n);
		max -= n;
	} while (n && max);
	return n == want && fwd_route_next(fwd, &sweep->at);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Changes to groups.
 */
#include <linux/log2.h>

#include "fwd_priv.h"

/* So many groups are settled in one hold of the writer lock. */
#define SETTLED_MAX 16

static int member_check(struct fwd *fwd, const struct member_cfg *m,
			unsigned int at, struct fwd_error *err)
{
	unsigned int i;

	if (!m[at].weight)
		return reject(err, -EINVAL, FWD_F_MEMBER_WEIGHT, at,
			      "member weight 0, it has to be 1 to 65535");
	if (!fwd_peer(fwd, &m[at].peer))
		return reject(err, -ENOENT, FWD_F_MEMBER_PEER, at,
			      "member is no peer of this device, add the peer first");
	for (i = 0; i < at; i++)
		if (mesh_addr_equal(&m[i].peer, &m[at].peer))
			return reject(err, -EINVAL, FWD_F_MEMBER_PEER, at,
				      "member given twice, name each peer once");
	return 0;
}

int fwd_members_check(struct fwd *fwd, const struct member_cfg *member,
		      unsigned int n, struct fwd_error *err)
{
	unsigned int i;
	int ret = 0;

	if (!n)
		return reject(err, -EINVAL, FWD_F_MEMBERS, 0,
			      "a group has at least one member");
	if (n > GROUP_MEMBERS_MAX)
		return reject(err, -EINVAL, FWD_F_MEMBERS, GROUP_MEMBERS_MAX,
			      "more than 256 members");
	for (i = 0; i < n && !ret; i++)
		ret = member_check(fwd, member, i, err);
	return ret;
}

static bool tier_used(const struct fwd_group_cfg *cfg, u8 tier)
{
	unsigned int i;

	for (i = 0; i < cfg->n; i++)
		if (cfg->member[i].tier == tier)
			return true;
	return false;
}

/*
 * Of a group that somebody has thought up: a tier past a gap is a slip of the pen.
 * What NHRP learns has the preferences that others chose.
 */
static int tiers_check(const struct fwd_group_cfg *cfg, struct fwd_error *err)
{
	unsigned int i;

	for (i = 0; i < cfg->n; i++) {
		u8 tier = cfg->member[i].tier;

		if (tier && !tier_used(cfg, tier - 1))
			return reject(err, -EINVAL, FWD_F_MEMBER_TIER, i,
				      "a gap in the tiers, which count from 0: no member is in the one below");
	}
	return 0;
}

static int group_check(struct fwd *fwd, const struct fwd_group_cfg *cfg,
		       struct fwd_error *err)
{
	int ret;

	if (!cfg->id)
		return reject(err, -EINVAL, FWD_F_ID, 0,
			      "group id 0, it has to be 1 or more");
	if (cfg->buckets && (!is_power_of_2(cfg->buckets) ||
			     cfg->buckets < GROUP_BUCKETS_MIN ||
			     cfg->buckets > GROUP_BUCKETS_MAX))
		return reject(err, -EINVAL, FWD_F_BUCKETS, 0,
			      "a group has a power of two of buckets, 128 to 65536");
	ret = fwd_members_check(fwd, cfg->member, cfg->n, err);
	return ret ? ret : tiers_check(cfg, err);
}

static struct group *group_new(u32 id)
{
	struct group *g = kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);

	if (!g)
		return NULL;
	g->id = id;
	g->known.source = LPM_HOST;
	INIT_LIST_HEAD(&g->of_fwd);
	return g;
}

/* With @cfg checked; no hold on the peers yet. */
static int shape_make(struct fwd *fwd, struct group_shape *shape,
		      const struct fwd_group_cfg *cfg, u32 buckets, u32 idle)
{
	unsigned int i;

	if (group_shape_init(shape, cfg->n))
		return -ENOMEM;
	for (i = 0; i < cfg->n; i++) {
		struct group_member *m = &shape->member[i];

		m->peer = fwd_peer(fwd, &cfg->member[i].peer);
		m->weight = cfg->member[i].weight;
		m->tier = cfg->member[i].tier;
	}
	if (!group_shape_tables(shape, buckets, idle))
		return 0;
	group_shape_free(shape);
	return -ENOMEM;
}

/* What is not named stays as @was has it, who may be NULL. */
static int shape_of(struct fwd *fwd, struct group_shape *shape,
		    const struct fwd_group_cfg *cfg, const struct group *was)
{
	u32 buckets = cfg->buckets, idle = cfg->idle;

	if (!buckets)
		buckets = was ? was->size : GROUP_BUCKETS;
	if (idle == GROUP_IDLE_KEEP)
		idle = was ? was->idle.span : 0;
	return shape_make(fwd, shape, cfg, buckets, idle);
}

/* Each member holds a reference to its peer. */
static void shape_hold(struct group_shape *shape)
{
	unsigned int i;

	for (i = 0; i < shape->n; i++)
		peer_get(shape->member[i].peer);
}

static void shape_release(struct fwd *fwd, struct group_shape *shape)
{
	unsigned int i;

	for (i = 0; i < shape->n; i++)
		fwd_peer_release(fwd, shape->member[i].peer);
	group_shape_free(shape);
}

static int group_create(struct fwd *fwd, u32 id, struct group **made,
			struct fwd_error *err)
{
	int ret;

	if (fwd_count(fwd, FWD_GROUP) >= fwd->limits.groups)
		return reject(err, -ENOSPC, FWD_F_ID, 0,
			      "the device holds as many groups as its limit allows");
	*made = group_new(id);
	if (!*made)
		return reject_nomem(err);
	ret = lpm_reserve(&fwd->groups);
	if (ret) {
		kfree(*made);
		return reject_room(err, ret, FWD_F_ID, 0);
	}
	return 0;
}

/* Among those that wait, or not. */
static void group_track(struct fwd *fwd, struct group *g)
{
	if (!g->waiting)
		list_del_init(&g->of_fwd);
	else if (list_empty(&g->of_fwd))
		list_add_tail(&g->of_fwd, &fwd->unsettled);
}

void fwd_group_refill(struct fwd *fwd, struct group_member *m)
{
	struct group *g = m->group;

	group_refill(m, fwd->ops->clock(), &fwd->lock);
	group_track(fwd, g);
	if (g->id)
		fwd_notify(fwd, FWD_CHANGED, FWD_GROUP, g);
}

u32 fwd_groups_settle(struct fwd *fwd)
{
	u32 now = fwd->ops->clock(), first = 0;
	unsigned int settled = 0;
	struct group *g, *next;

	lockdep_assert_held(&fwd->lock);
	list_for_each_entry_safe(g, next, &fwd->unsettled, of_fwd) {
		if ((s32)(g->due - now) <= 0) {
			if (settled++ == SETTLED_MAX)
				return 1;
			group_settle(g, now, &fwd->lock);
			group_track(fwd, g);
		}
		if (g->waiting && (!first || g->due - now < first))
			first = g->due - now;
	}
	return first;
}

static void group_link(struct fwd *fwd, struct group *g)
{
	struct mesh_prefix key;
	struct lpm_entry *old;

	fwd_group_key(g->id, &key);
	WARN_ON_ONCE(lpm_insert(&fwd->groups, &key, &g->known, &old));
}

int fwd_group_set(struct fwd *fwd, const struct fwd_group_cfg *cfg, u32 flags,
		  struct fwd_error *err)
{
	struct group *g, *made = NULL;
	struct group_shape shape;
	int ret;

	lockdep_assert_held(&fwd->lock);
	ret = group_check(fwd, cfg, err);
	if (ret)
		return ret;
	g = fwd_group(fwd, cfg->id);
	ret = flags_check(g, flags);
	if (ret)
		return reject(err, ret, FWD_F_ID, 0,
			      g ? "the group exists already" :
				  "there is no such group");
	if (shape_of(fwd, &shape, cfg, g))
		return reject_nomem(err);
	if (!g) {
		ret = group_create(fwd, cfg->id, &made, err);
		if (ret) {
			group_shape_free(&shape);
			return ret;
		}
		g = made;
	}

	shape_hold(&shape);
	g->owner = cfg->owner;
	group_swap(g, &shape, fwd->ops->clock(), &fwd->lock);
	group_track(fwd, g);
	if (made)
		group_link(fwd, g);
	shape_release(fwd, &shape);
	fwd_notify(fwd, made ? FWD_ADDED : FWD_CHANGED, FWD_GROUP, g);
	return 0;
}

struct group *fwd_group_unnamed(struct fwd *fwd, const struct member_cfg *member,
				unsigned int n)
{
	const struct fwd_group_cfg cfg = { .member = member, .n = n };
	struct group_shape shape;
	struct group *g;

	lockdep_assert_held(&fwd->lock);
	if (shape_make(fwd, &shape, &cfg, GROUP_BUCKETS_UNNAMED, 0))
		return NULL;
	g = group_new(0);
	if (!g) {
		group_shape_free(&shape);
		return NULL;
	}
	shape_hold(&shape);
	group_swap(g, &shape, fwd->ops->clock(), &fwd->lock);
	shape_release(fwd, &shape);
	return g;
}

void fwd_group_release(struct fwd *fwd, struct group *g)
{
	/* Readers may still hold the group by what just led to it. */
	struct group_shape none = {
		.member = g->member,
		.tier = g->tier,
		.n = g->n,
		.n_tiers = g->n_tiers,
	};
	unsigned int i;

	lockdep_assert_held(&fwd->lock);
	for (i = 0; i < g->n; i++)
		hlist_del(&g->member[i].of_peer);
	list_del(&g->of_fwd);
	shape_release(fwd, &none);
	kfree_rcu(g, rcu);
}

static void group_drop(struct fwd *fwd, struct group *g)
{
	struct mesh_prefix key;

	fwd_group_key(g->id, &key);
	lpm_remove(&fwd->groups, &key, LPM_HOST);
	fwd_notify(fwd, FWD_REMOVED, FWD_GROUP, g);
	fwd_group_release(fwd, g);
}

int fwd_group_del(struct fwd *fwd, u32 id, struct fwd_error *err)
{
	struct group *g = fwd_group(fwd, id);

	lockdep_assert_held(&fwd->lock);
	if (!g)
		return reject(err, -ENOENT, FWD_F_ID, 0,
			      "there is no such group");
	if (g->routes)
		return reject(err, -EBUSY, FWD_F_ID, 0,
			      "routes lead to the group, delete them first");
	group_drop(fwd, g);
	return 0;
}

void fwd_group_flush_all(struct fwd *fwd)
{
	struct group *g;

	lockdep_assert_held(&fwd->lock);
	while ((g = fwd_group_next(fwd, NULL)))
		group_drop(fwd, g);
}

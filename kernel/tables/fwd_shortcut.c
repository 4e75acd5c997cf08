// SPDX-License-Identifier: GPL-2.0
/*
 * Changes to shortcuts.
 */
#include <linux/sched.h>

#include "fwd_priv.h"

static void shortcut_free_rcu(struct rcu_head *rcu)
{
	struct shortcut *s = container_of(rcu, struct shortcut, rcu);

	free_percpu(s->stats);
	kfree(s);
}

/* One that never was in the table. */
static void shortcut_free(struct fwd *fwd, struct shortcut *s)
{
	if (s->group)
		fwd_group_release(fwd, s->group);
	free_percpu(s->stats);
	kfree(s);
}

static struct shortcut *shortcut_new(struct fwd *fwd,
				     const struct fwd_shortcut_cfg *cfg)
{
	struct shortcut *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->stats = stats_alloc();
	if (s->stats && cfg->n > 1)
		s->group = fwd_group_unnamed(fwd, cfg->member, cfg->n);
	if (!s->stats || (cfg->n > 1 && !s->group)) {
		shortcut_free(fwd, s);
		return NULL;
	}
	s->e.source = LPM_SHORTCUT;
	s->prefix = cfg->prefix;
	s->peer = fwd_peer(fwd, &cfg->member[0].peer);
	s->expires = cfg->expires;
	s->hold = cfg->hold;
	return s;
}

/* When it is out of the table. */
static void shortcut_release(struct fwd *fwd, struct shortcut *s)
{
	hlist_del(&s->of_peer);
	if (s->group)
		fwd_group_release(fwd, s->group);
	fwd_peer_release(fwd, s->peer);
	call_rcu(&s->rcu, shortcut_free_rcu);
}

void fwd_shortcut_drop(struct fwd *fwd, struct shortcut *s)
{
	lpm_remove(fwd_table(fwd, s->prefix.addr.len), &s->prefix,
		   LPM_SHORTCUT);
	fwd_notify(fwd, FWD_REMOVED, FWD_SHORTCUT, s);
	shortcut_release(fwd, s);
}

/* Puts a shortcut in, or in the place of another. */
static int shortcut_insert(struct fwd *fwd, struct shortcut *s)
{
	struct lpm_entry *old;
	int err;

	err = lpm_insert(fwd_table(fwd, s->prefix.addr.len), &s->prefix, &s->e, &old);
	if (err)
		return err;
	peer_get(s->peer);
	hlist_add_head(&s->of_peer, &s->peer->shortcuts);
	fwd_notify(fwd, old ? FWD_CHANGED : FWD_ADDED, FWD_SHORTCUT, s);
	if (old)
		shortcut_release(fwd, container_of(old, struct shortcut, e));
	return 0;
}

static const struct group_member *member_of(const struct group *g,
					    const struct member_cfg *m)
{
	unsigned int i;

	for (i = 0; i < g->n; i++)
		if (mesh_addr_equal(&g->member[i].peer->addr, &m->peer) &&
		    g->member[i].weight == m->weight &&
		    g->member[i].tier == m->tier)
			return &g->member[i];
	return NULL;
}

/* Whether the shortcut leads where it is to lead already. */
static bool leads_there(const struct shortcut *s,
			const struct fwd_shortcut_cfg *cfg)
{
	unsigned int i;

	if (!mesh_addr_equal(&s->peer->addr, &cfg->member[0].peer) ||
	    (s->group ? s->group->n : 1) != cfg->n)
		return false;
	for (i = 0; s->group && i < cfg->n; i++)
		if (!member_of(s->group, &cfg->member[i]))
			return false;
	return true;
}

static int members_check(struct fwd *fwd, const struct fwd_shortcut_cfg *cfg,
			 struct fwd_error *err)
{
	unsigned int i;

	for (i = 0; i < cfg->n; i++) {
		const struct peer *peer = fwd_peer(fwd, &cfg->member[i].peer);

		if (!peer || !peer->origins)
			return reject(err, -ENOENT, FWD_F_TARGET_PEER, i,
				      "there is no such peer, add it first");
	}
	return fwd_members_check(fwd, cfg->member, cfg->n, err);
}

int fwd_shortcut_set(struct fwd *fwd, const struct fwd_shortcut_cfg *cfg,
		     struct fwd_error *err)
{
	const char *fault = fwd_prefix_fault(&cfg->prefix);
	struct shortcut *s;
	int ret;

	lockdep_assert_held(&fwd->lock);
	if (fault)
		return reject(err, -EINVAL, FWD_F_PREFIX, 0, fault);
	ret = members_check(fwd, cfg, err);
	if (ret)
		return ret;
	s = fwd_shortcut(fwd, &cfg->prefix);
	if (s && leads_there(s, cfg)) {
		s->expires = cfg->expires;
		s->hold = cfg->hold;
		return 0;
	}
	if (!s && fwd_count(fwd, FWD_SHORTCUT) >= fwd->limits.shortcuts)
		return reject(err, -ENOSPC, FWD_F_PREFIX, 0,
			      "the device holds as many shortcuts as its limit allows");
	s = shortcut_new(fwd, cfg);
	if (!s)
		return reject_nomem(err);
	ret = shortcut_insert(fwd, s);
	if (ret) {
		shortcut_free(fwd, s);
		return reject_room(err, ret, FWD_F_PREFIX, 0);
	}
	return 0;
}

int fwd_shortcut_del(struct fwd *fwd, const struct mesh_prefix *p,
		     struct fwd_error *err)
{
	const char *fault = fwd_prefix_fault(p);
	struct shortcut *s;

	lockdep_assert_held(&fwd->lock);
	if (fault)
		return reject(err, -EINVAL, FWD_F_PREFIX, 0, fault);
	s = fwd_shortcut(fwd, p);
	if (!s)
		return reject(err, -ENOENT, FWD_F_PREFIX, 0,
			      "there is no such shortcut");
	fwd_shortcut_drop(fwd, s);
	return 0;
}

u32 fwd_shortcut_flush(struct fwd *fwd)
{
	struct shortcut *s;
	u32 n = 0;

	lockdep_assert_held(&fwd->lock);
	for (; (s = fwd_shortcut_next(fwd, NULL)); n++) {
		fwd_shortcut_drop(fwd, s);
		cond_resched();
	}
	return n;
}

/*
 * What led to a peer as the gateway of a route is not counted here, but made
 * use of the shortcut by which the peer is known.
 */
static u64 packets_by(const struct shortcut *s)
{
	struct mesh_prefix host;

	mesh_prefix_host(&host, &s->peer->addr);
	return stats_read(s->stats).packets +
	       (mesh_prefix_equal(&s->prefix, &host) ?
		stats_read(&s->peer->stats->tx).packets : 0);
}

bool fwd_shortcut_used(struct fwd *fwd, struct shortcut *s)
{
	u64 packets = packets_by(s);
	bool used = packets != s->seen;

	lockdep_assert_held(&fwd->lock);
	s->seen = packets;
	return used;
}

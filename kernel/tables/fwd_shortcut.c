// SPDX-License-Identifier: GPL-2.0
/*
 * Changes to shortcuts.
 */
#include "fwd_priv.h"

static void shortcut_free_rcu(struct rcu_head *rcu)
{
	struct shortcut *s = container_of(rcu, struct shortcut, rcu);

	free_percpu(s->stats);
	kfree(s);
}

static struct shortcut *shortcut_new(const struct fwd_shortcut_cfg *cfg,
				     struct peer *peer)
{
	struct shortcut *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->stats = stats_alloc();
	if (!s->stats) {
		kfree(s);
		return NULL;
	}
	s->e.source = LPM_SHORTCUT;
	s->prefix = cfg->prefix;
	s->peer = peer;
	s->expires = cfg->expires;
	s->hold = cfg->hold;
	return s;
}

/* When it is out of the table. */
static void shortcut_release(struct fwd *fwd, struct shortcut *s)
{
	list_del(&s->of_peer);
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

	if (lpm_insert(fwd_table(fwd, s->prefix.addr.len), &s->prefix, &s->e,
		       &old))
		return -ENOMEM;
	peer_get(s->peer);
	list_add(&s->of_peer, &s->peer->shortcuts);
	fwd_notify(fwd, old ? FWD_CHANGED : FWD_ADDED, FWD_SHORTCUT, s);
	if (old)
		shortcut_release(fwd, container_of(old, struct shortcut, e));
	return 0;
}

int fwd_shortcut_set(struct fwd *fwd, const struct fwd_shortcut_cfg *cfg,
		     struct fwd_error *err)
{
	const char *fault = fwd_prefix_fault(&cfg->prefix);
	struct peer *peer;
	struct shortcut *s;

	lockdep_assert_held(&fwd->lock);
	if (fault)
		return reject(err, -EINVAL, FWD_F_PREFIX, 0, fault);
	peer = fwd_peer(fwd, &cfg->peer);
	if (!peer || !peer->origins)
		return reject(err, -ENOENT, FWD_F_TARGET_PEER, 0,
			      "there is no such peer, add it first");
	s = fwd_shortcut(fwd, &cfg->prefix);
	if (s && s->peer == peer) {
		s->expires = cfg->expires;
		s->hold = cfg->hold;
		return 0;
	}
	if (!s && fwd_count(fwd, FWD_SHORTCUT) >= fwd->limits.shortcuts)
		return reject(err, -ENOSPC, FWD_F_PREFIX, 0,
			      "the device holds as many shortcuts as its limit allows");
	s = shortcut_new(cfg, peer);
	if (!s)
		return reject_nomem(err);
	if (shortcut_insert(fwd, s)) {
		free_percpu(s->stats);
		kfree(s);
		return reject_nomem(err);
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
	for (; (s = fwd_shortcut_next(fwd, NULL)); n++)
		fwd_shortcut_drop(fwd, s);
	return n;
}

bool fwd_shortcut_used(struct fwd *fwd, struct shortcut *s)
{
	u64 packets = stats_read(s->stats).packets;
	bool used = packets != s->seen;

	lockdep_assert_held(&fwd->lock);
	s->seen = packets;
	return used;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Changes to peers and what follows from them: host route, groups, shortcuts.
 */
#include <linux/math64.h>
#include <linux/sched.h>

#include "fwd_priv.h"

static bool peer_named(const struct peer *peer)
{
	return peer->routes || !hlist_empty(&peer->groups);
}

/* Out of the table, where no origin and nobody else names the peer. */
static void peer_forget(struct fwd *fwd, struct peer *peer)
{
	struct mesh_prefix p;

	if (peer->origins || peer_named(peer))
		return;
	mesh_prefix_host(&p, &peer->addr);
	lpm_remove(fwd_table(fwd, p.addr.len), &p, LPM_HOST);
	fwd_notify(fwd, FWD_REMOVED, FWD_PEER, peer);
	peer_put(peer);
}

void fwd_peer_release(struct fwd *fwd, struct peer *peer)
{
	peer_forget(fwd, peer);
	peer_put(peer);
}

static void groups_refill(struct fwd *fwd, struct peer *peer, bool live)
{
	struct group_member *m;

	peer->live = live;
	hlist_for_each_entry(m, &peer->groups, of_peer)
		fwd_group_refill(fwd, m);
}

/*
 * Swaps in a peer's endpoints.  Groups turn away from a peer before its last
 * endpoint goes, and to it after its first one came.
 */
static void peer_commit(struct fwd *fwd, struct peer *peer,
			struct endpoint_set *set)
{
	bool live;

	if (set)
		peer_set_arrange(set);
	live = set && set->live;
	if (peer->live && !live)
		groups_refill(fwd, peer, false);
	peer_set_publish(peer, set, &fwd->endpoints);
	if (!peer->live && live)
		groups_refill(fwd, peer, true);
}

static int endpoint_check(const struct endpoint_cfg *ep, unsigned int at,
			  struct fwd_error *err)
{
	const char *fault = fwd_addr_fault(&ep[at].nbma);
	unsigned int i;

	if (fault)
		return reject(err, -EINVAL, FWD_F_NBMA, at, fault);
	if (!ep[at].weight)
		return reject(err, -EINVAL, FWD_F_ENDPOINT_WEIGHT, at,
			      "endpoint weight 0, it has to be 1 to 65535");
	for (i = 0; i < at; i++)
		if (mesh_addr_equal(&ep[i].nbma, &ep[at].nbma))
			return reject(err, -EINVAL, FWD_F_NBMA, at,
				      "endpoint given twice, name each address once");
	return 0;
}

static int peer_check(const struct fwd_peer_cfg *cfg, struct fwd_error *err)
{
	const char *fault = fwd_addr_fault(&cfg->addr);
	unsigned int i;
	int ret = 0;

	if (fault)
		return reject(err, -EINVAL, FWD_F_ADDR, 0, fault);
	if (cfg->n > PEER_ENDPOINTS_MAX)
		return reject(err, -EINVAL, FWD_F_ENDPOINTS, 0,
			      "more than 64 endpoints");
	for (i = 0; i < cfg->n && !ret; i++)
		ret = endpoint_check(cfg->ep, i, err);
	return ret;
}

/* Cannot fail where lpm_reserve() went before. */
static void peer_link(struct fwd *fwd, struct peer *peer,
		      const struct mesh_prefix *host)
{
	struct lpm_entry *old;

	WARN_ON_ONCE(lpm_insert(fwd_table(fwd, host->addr.len), host,
				&peer->host, &old));
}

static int peer_create(struct fwd *fwd, const struct fwd_peer_cfg *cfg,
		       struct peer **made, struct fwd_error *err)
{
	if (fwd_count(fwd, FWD_PEER) >= fwd->limits.peers)
		return reject(err, -ENOSPC, FWD_F_ADDR, 0,
			      "the device holds as many peers as its limit allows");
	*made = peer_new(&cfg->addr);
	return *made ? 0 : reject_nomem(err);
}

static const struct peer_lease no_lease;

/* The expiry moves with every renewal and is no news. */
static bool lease_same(const struct peer *peer, enum peer_origin origin,
		       const struct peer_lease *lease)
{
	return (origin != PEER_REGISTERED || peer->unique == lease->unique) &&
	       (origin != PEER_NHS || peer->priority == lease->priority);
}

static void lease_set(struct peer *peer, enum peer_origin origin,
		      const struct peer_lease *lease)
{
	if (origin == PEER_STATIC)
		return;
	peer->expires[origin - PEER_NHS] =
		div_u64(lease->expires + PEER_TENTH - 1, PEER_TENTH);
	if (origin == PEER_REGISTERED)
		peer->unique = lease->unique;
	if (origin == PEER_NHS)
		WRITE_ONCE(peer->priority, lease->priority);
}

static bool peer_renew(struct fwd *fwd, struct peer *peer,
		       const struct fwd_peer_cfg *cfg)
{
	if (!lease_same(peer, cfg->origin, &cfg->lease) ||
	    !peer_set_same(peer, cfg->origin, cfg->ep, cfg->n, &fwd->lock))
		return false;
	lease_set(peer, cfg->origin, &cfg->lease);
	return true;
}

/* Changes the peer, or adds the new one @made. */
static int peer_apply(struct fwd *fwd, struct peer *peer, bool made,
		      const struct fwd_peer_cfg *cfg, struct fwd_error *err)
{
	struct lpm *table = fwd_table(fwd, peer->addr.len);
	struct endpoint_set *set;
	struct mesh_prefix host;
	int ret;

	mesh_prefix_host(&host, &peer->addr);
	ret = made ? lpm_reserve(table) : 0;
	if (ret)
		return reject_room(err, ret, FWD_F_ADDR, 0);
	set = peer_set_new(peer, cfg->origin, cfg->ep, cfg->n,
			   &fwd->ops->endpoint, fwd->ctx, &fwd->lock);
	if (IS_ERR(set)) {
		if (made)
			lpm_unreserve(table);
		return reject(err, PTR_ERR(set), FWD_F_ENDPOINTS, 0,
			      "an endpoint could not be set up");
	}

	lease_set(peer, cfg->origin, &cfg->lease);
	peer_commit(fwd, peer, set);
	WRITE_ONCE(peer->host.hidden, false);
	if (made)
		peer_link(fwd, peer, &host);
	peer->origins |= BIT(cfg->origin);
	fwd_notify(fwd, made ? FWD_ADDED : FWD_CHANGED, FWD_PEER, peer);
	return 0;
}

int fwd_peer_set(struct fwd *fwd, const struct fwd_peer_cfg *cfg, u32 flags,
		 struct fwd_error *err)
{
	struct peer *peer, *made = NULL;
	bool exists;
	int ret;

	lockdep_assert_held(&fwd->lock);
	ret = peer_check(cfg, err);
	if (ret)
		return ret;
	peer = fwd_peer(fwd, &cfg->addr);
	exists = peer && peer->origins & BIT(cfg->origin);
	ret = flags_check(exists, flags);
	if (ret)
		return reject(err, ret, FWD_F_ADDR, 0,
			      exists ? "the peer exists already" :
				       "there is no such peer");
	if (exists && peer_renew(fwd, peer, cfg))
		return 0;
	if (!peer) {
		ret = peer_create(fwd, cfg, &made, err);
		if (ret)
			return ret;
		peer = made;
	}
	ret = peer_apply(fwd, peer, made, cfg, err);
	if (ret && made)
		peer_put(made);
	return ret;
}

/* The last origin is gone: nothing is forwarded to the peer any more. */
static void peer_retire(struct fwd *fwd, struct peer *peer)
{
	struct hlist_node *next;
	struct shortcut *s;

	WRITE_ONCE(peer->host.hidden, true);
	hlist_for_each_entry_safe(s, next, &peer->shortcuts, of_peer)
		fwd_shortcut_drop(fwd, s);
	peer->origins = 0;
	peer_commit(fwd, peer, NULL);
	if (peer_named(peer))
		fwd_notify(fwd, FWD_CHANGED, FWD_PEER, peer);
	else
		peer_forget(fwd, peer);
}

static int peer_del_check(const struct peer *peer, enum peer_origin origin,
			  struct fwd_error *err)
{
	if (!peer || !(peer->origins & BIT(origin)))
		return reject(err, -ENOENT, FWD_F_ADDR, 0,
			      "there is no such peer");
	if (origin != PEER_STATIC || peer->origins != BIT(PEER_STATIC))
		return 0;
	if (peer->routes)
		return reject(err, -EBUSY, FWD_F_ADDR, 0,
			      "routes lead to the peer, delete them first");
	if (!hlist_empty(&peer->groups))
		return reject(err, -EBUSY, FWD_F_ADDR, 0,
			      "the peer is a member of a group, take it out first");
	return 0;
}

int fwd_peer_del(struct fwd *fwd, const struct mesh_addr *addr,
		 enum peer_origin origin, struct fwd_error *err)
{
	struct peer *peer = fwd_peer(fwd, addr);
	struct endpoint_set *set;
	int ret;

	lockdep_assert_held(&fwd->lock);
	ret = peer_del_check(peer, origin, err);
	if (ret)
		return ret;
	if (peer->origins == BIT(origin)) {
		lease_set(peer, origin, &no_lease);
		peer_retire(fwd, peer);
		return 0;
	}
	set = peer_set_new(peer, origin, NULL, 0, &fwd->ops->endpoint,
			   fwd->ctx, &fwd->lock);
	if (IS_ERR(set))
		return reject_nomem(err);
	lease_set(peer, origin, &no_lease);
	peer->origins &= ~BIT(origin);
	peer_commit(fwd, peer, set);
	fwd_notify(fwd, FWD_CHANGED, FWD_PEER, peer);
	return 0;
}

/* Where origins wrap packets to one address in different ways, there are some. */
static struct endpoint *endpoint_of(const struct endpoint_set *set,
				    const struct mesh_addr *nbma, unsigned int *i)
{
	for (; set && *i < set->n; (*i)++)
		if (mesh_addr_equal(&set->slot[*i].ep->nbma, nbma))
			return set->slot[(*i)++].ep;
	return NULL;
}

static void endpoints_turn(const struct endpoint_set *set,
			   const struct mesh_addr *nbma, bool up)
{
	struct endpoint *ep;
	unsigned int i = 0;

	while ((ep = endpoint_of(set, nbma, &i)))
		WRITE_ONCE(ep->up, up);
}

int fwd_endpoint_set(struct fwd *fwd, const struct mesh_addr *addr,
		     const struct mesh_addr *nbma, bool up,
		     struct fwd_error *err)
{
	struct peer *peer = fwd_peer(fwd, addr);
	struct endpoint_set *set;
	struct endpoint *ep;
	unsigned int i = 0;

	lockdep_assert_held(&fwd->lock);
	if (!peer)
		return reject(err, -ENOENT, FWD_F_ADDR, 0,
			      "there is no such peer");
	ep = endpoint_of(peer_set(peer, &fwd->lock), nbma, &i);
	if (!ep)
		return reject(err, -ENOENT, FWD_F_NBMA, 0,
			      "the peer has no such endpoint");
	if (ep->up == up)
		return 0;
	set = peer_set_new(peer, PEER_ORIGINS, NULL, 0, &fwd->ops->endpoint,
			   fwd->ctx, &fwd->lock);
	if (IS_ERR(set))
		return reject_nomem(err);
	endpoints_turn(set, nbma, up);
	peer_commit(fwd, peer, set);
	fwd_notify(fwd, FWD_CHANGED, FWD_PEER, peer);
	return 0;
}

void fwd_peer_flush_all(struct fwd *fwd)
{
	struct peer *peer;

	lockdep_assert_held(&fwd->lock);
	while ((peer = fwd_peer_next(fwd, NULL))) {
		peer_retire(fwd, peer);
		cond_resched();
	}
}

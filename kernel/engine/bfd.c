// SPDX-License-Identifier: GPL-2.0
/*
 * Which endpoints have a session, and what becomes of them.
 */
#include <linux/random.h>
#include <linux/slab.h>

#include "bfd_priv.h"
#include "encap.h"

#define RETRY	10	/* ms, where there was no memory for a change */
#define REVIEW	10000	/* ms, see set_unsettled() */

static void assert_writer(const struct mesh_dev *mesh)
{
	lockdep_assert_held(&mesh->fwd.lock);
}

void bfd_kick(struct bfd *bfd)
{
	mod_delayed_work(system_highpri_wq, &bfd->work, 0);
}

static void each_session(struct bfd *bfd,
			     void (*fn)(struct bfd_session *s))
{
	struct hlist_node *next;
	struct bfd_session *s;
	unsigned int i;

	assert_writer(bfd->mesh);
	for (i = 0; i < ARRAY_SIZE(bfd->table); i++)
		hlist_for_each_entry_safe(s, next, &bfd->table[i], node)
			fn(s);
}

static void update_listening(struct bfd *bfd)
{
	WRITE_ONCE(bfd->listening, bfd->n || (bfd->cfg.on && bfd->up));
}

/* Endpoints and their sessions */

/* What NHRP has found is watched, what was configured only when asked for. */
static bool is_watched(const struct endpoint_set *set,
		       const struct mesh_addr *nbma)
{
	unsigned int i;

	for (i = 0; set && i < set->n; i++)
		if (mesh_addr_equal(&set->slot[i].ep->nbma, nbma) &&
		    (set->slot[i].origin != PEER_STATIC || set->slot[i].bfd))
			return true;
	return false;
}

/*
 * An endpoint may wait for the underlay to have a route, or have failed because
 * the address that we send from is not ours any more: it is looked at again.
 */
static void set_unsettled(struct bfd *bfd)
{
	if (bfd->unsettled)
		return;
	bfd->unsettled = true;
	bfd->review_at = jiffies + msecs_to_jiffies(REVIEW);
	queue_delayed_work(system_highpri_wq, &bfd->work,
			   msecs_to_jiffies(REVIEW));
}

static bool has_failed(struct bfd_session *s)
{
	bool failed;

	spin_lock_bh(&s->lock);
	failed = bfd_fsm_failed(&s->fsm);
	spin_unlock_bh(&s->lock);
	if (failed)
		set_unsettled(s->bfd);
	return failed;
}

static void retire(struct bfd_session *s)
{
	WRITE_ONCE(s->rules, false);
	bfd_session_leave(s);
}

static void watch(struct bfd *bfd, const struct peer *peer,
		  const struct mesh_addr *nbma)
{
	struct bfd_session *old = bfd_ruler(bfd, &peer->addr, nbma), *s;
	struct mesh_addr local;

	if (!encap_route_source(bfd->mesh, nbma, &local)) {
		set_unsettled(bfd);
		return;
	}
	s = bfd_session_get(bfd, &peer->addr, nbma, &local);
	if (!s)
		return;
	if (s != old) {
		WRITE_ONCE(s->rules, true);
		bfd_session_tell(s);
		if (old)
			retire(old);
	}
	has_failed(s);
}

/* Those of endpoints that are gone, or not to be watched any more. */
static void unwatch(struct bfd *bfd, const struct peer *peer,
		    const struct endpoint_set *set)
{
	struct bfd_session *s;

	hlist_for_each_entry(s, bfd_bucket(bfd, &peer->addr), node) {
		if (!s->rules || !mesh_addr_equal(&s->peer, &peer->addr) ||
		    is_watched(set, &s->nbma))
			continue;
		retire(s);
	}
}

void bfd_peer_changed(struct mesh_dev *mesh, enum fwd_verb verb,
		      const struct peer *peer)
{
	const struct endpoint_set *set = peer_set(peer, &mesh->fwd.lock);
	struct bfd *bfd = mesh->bfd;
	unsigned int i;

	assert_writer(mesh);
	if (!bfd->listening)
		return;
	if (verb == FWD_REMOVED || !bfd->cfg.on || !bfd->up)
		set = NULL;
	unwatch(bfd, peer, set);
	for (i = 0; set && i < set->n; i++)
		if (is_watched(set, &set->slot[i].ep->nbma))
			watch(bfd, peer, &set->slot[i].ep->nbma);
	update_listening(bfd);
}

static void review_all(struct bfd *bfd)
{
	struct mesh_dev *mesh = bfd->mesh;
	struct peer *peer;

	bfd->unsettled = false;
	update_listening(bfd);
	for (peer = fwd_peer_next(&mesh->fwd, NULL); peer;
	     peer = fwd_peer_next(&mesh->fwd, &peer->addr))
		bfd_peer_changed(mesh, FWD_CHANGED, peer);
}

/* The worker */

static void count_change(struct bfd_session *s, enum bfd_state state)
{
	struct mesh_dev *mesh = s->bfd->mesh;
	enum bfd_state was = s->was;

	s->was = state;
	if (was == state || (was != BFD_UP && state != BFD_UP))
		return;
	local_bh_disable();
	mesh_count(mesh->counters, state == BFD_UP ? MESH_C_BFD_UP :
						     MESH_C_BFD_DOWN);
	local_bh_enable();
}

static enum bfd_state state_of(struct bfd_session *s)
{
	enum bfd_state state;

	spin_lock_bh(&s->lock);
	state = s->fsm.state;
	spin_unlock_bh(&s->lock);
	return state;
}

static bool same_endpoint(const struct bfd_session *a,
			  const struct bfd_session *b)
{
	return mesh_addr_equal(&a->peer, &b->peer) &&
	       mesh_addr_equal(&a->nbma, &b->nbma);
}

/* One that is up from another of our addresses, where the ruler is not; or NULL. */
static struct bfd_session *stand_in(struct bfd_session *ruler)
{
	struct bfd_session *s;

	if (state_of(ruler) == BFD_UP)
		return NULL;
	hlist_for_each_entry(s, bfd_bucket(ruler->bfd, &ruler->peer), node)
		if (same_endpoint(s, ruler) && state_of(s) == BFD_UP)
			return s;
	return NULL;
}

/* What goes to the endpoint of @s leaves from there alone, or (NULL) by its route. */
static void leave_from(const struct bfd_session *s, struct bfd_session *other)
{
	struct mesh_dev *mesh = s->bfd->mesh;
	struct bfd_session *t;

	if (other)
		source_lend(mesh, &other->source);
	hlist_for_each_entry(t, bfd_bucket(s->bfd, &s->peer), node)
		if (t != other && same_endpoint(t, s))
			source_take_back(mesh, &t->source);
}

/*
 * Has the endpoint follow its sessions: 0, or -ENOMEM, to be tried again.  Of
 * an endpoint that is gone there is nothing to be done.
 */
static int apply(struct bfd_session *s)
{
	struct bfd_session *ruler = bfd_ruler(s->bfd, &s->peer, &s->nbma);
	struct bfd_session *other = ruler ? stand_in(ruler) : NULL;
	bool up = !ruler || !has_failed(ruler) || other;
	int err;

	leave_from(s, other);
	err = fwd_endpoint_set(&s->bfd->mesh->fwd, &s->peer, &s->nbma, up, NULL);
	return err == -ENOMEM ? err : 0;
}

/*
 * One that answered a far end which is silent again has no use any more.  If it
 * has lent its address, that was just now: it is looked at once more.
 */
static bool has_ended(struct bfd_session *s)
{
	bool ended;

	spin_lock_bh(&s->lock);
	ended = bfd_fsm_gone(&s->fsm) ||
		(!s->rules && bfd_fsm_alone(&s->fsm));
	spin_unlock_bh(&s->lock);
	return ended && !source_is_lent(&s->source);
}

/* Nobody but this and bfd_down() drops sessions: @s is there to the end. */
static int look_at(struct bfd_session *s)
{
	int err;

	count_change(s, state_of(s));
	err = apply(s);
	if (!err && has_ended(s))
		bfd_session_drop(s);
	return err;
}

/* True where some are left for want of memory. */
static bool look_at_told(struct bfd *bfd)
{
	struct bfd_session *s;

	while ((s = bfd_session_told(bfd))) {
		if (look_at(s)) {
			bfd_session_tell(s);
			return true;
		}
	}
	return false;
}

/* A far end that is watched called us at an address without a session. */
static void answer_call(struct bfd *bfd)
{
	struct bfd_call call;

	spin_lock_bh(&bfd->told_lock);
	call = bfd->call;
	bfd->call.waiting = false;
	spin_unlock_bh(&bfd->told_lock);
	if (call.waiting && bfd->cfg.on && bfd->up &&
	    bfd_ruler(bfd, &call.peer, &call.nbma))
		bfd_session_get(bfd, &call.peer, &call.nbma, &call.local);
}

static bool review_is_due(struct bfd *bfd)
{
	return xchg(&bfd->stale, false) ||
	       (bfd->unsettled && time_after_eq(jiffies, bfd->review_at));
}

static void bfd_work(struct work_struct *work)
{
	struct bfd *bfd = container_of(to_delayed_work(work), struct bfd, work);
	struct fwd *fwd = &bfd->mesh->fwd;
	unsigned long delay = 0;

	fwd_lock(fwd);
	if (review_is_due(bfd))
		review_all(bfd);
	answer_call(bfd);
	if (look_at_told(bfd))
		delay = msecs_to_jiffies(RETRY);
	else if (bfd->unsettled)
		delay = msecs_to_jiffies(REVIEW);
	update_listening(bfd);
	fwd_unlock(fwd);
	/* Whoever has asked for it sooner meanwhile, keeps his time. */
	if (delay)
		queue_delayed_work(system_highpri_wq, &bfd->work, delay);
}

void bfd_refresh(struct mesh_dev *mesh)
{
	WRITE_ONCE(mesh->bfd->stale, true);
	bfd_kick(mesh->bfd);
}

/* Life */

int bfd_init(struct mesh_dev *mesh)
{
	struct bfd *bfd = kvzalloc(sizeof(*bfd), GFP_KERNEL_ACCOUNT);

	if (!bfd)
		return -ENOMEM;
	bfd->mesh = mesh;
	bfd->cfg = (struct bfd_dev_config) {
		.interval = BFD_INTERVAL_DEFAULT,
		.multiplier = BFD_MULTIPLIER_DEFAULT,
		.max_sessions = BFD_SESSIONS_DEFAULT,
	};
	bfd->seed = get_random_u32();
	spin_lock_init(&bfd->told_lock);
	INIT_LIST_HEAD(&bfd->told);
	INIT_DELAYED_WORK(&bfd->work, bfd_work);
	mesh->bfd = bfd;
	return 0;
}

void bfd_exit(struct mesh_dev *mesh)
{
	cancel_delayed_work_sync(&mesh->bfd->work);
	WARN_ON_ONCE(mesh->bfd->n);
	kvfree(mesh->bfd);
	mesh->bfd = NULL;
}

void bfd_up(struct mesh_dev *mesh)
{
	assert_writer(mesh);
	mesh->bfd->up = true;
	review_all(mesh->bfd);
}

/* What failed by a session that is no more has not failed by anything. */
static void forget(struct bfd_session *s)
{
	struct mesh_addr peer = s->peer, nbma = s->nbma;
	struct bfd *bfd = s->bfd;

	bfd_session_drop(s);
	fwd_endpoint_set(&bfd->mesh->fwd, &peer, &nbma, true, NULL);
}

void bfd_down(struct mesh_dev *mesh)
{
	struct bfd *bfd = mesh->bfd;

	assert_writer(mesh);
	bfd->up = false;
	each_session(bfd, forget);
	update_listening(bfd);
}

void bfd_config_get(const struct mesh_dev *mesh, struct bfd_dev_config *cfg)
{
	assert_writer(mesh);
	*cfg = mesh->bfd->cfg;
}

static bool is_same(const struct bfd_dev_config *a,
		    const struct bfd_dev_config *b)
{
	return a->on == b->on && a->interval == b->interval &&
	       a->multiplier == b->multiplier &&
	       a->max_sessions == b->max_sessions;
}

void bfd_configure(struct mesh_dev *mesh, const struct bfd_dev_config *cfg)
{
	struct bfd *bfd = mesh->bfd;

	assert_writer(mesh);
	if (is_same(&bfd->cfg, cfg))
		return;
	bfd->cfg = *cfg;
	each_session(bfd, cfg->on ? bfd_session_configure :
					bfd_session_leave);
	review_all(bfd);
}

void bfd_reroute(struct mesh_dev *mesh)
{
	each_session(mesh->bfd, bfd_session_reroute);
}

u32 bfd_count(const struct mesh_dev *mesh)
{
	assert_writer(mesh);
	return mesh->bfd->n;
}

bool bfd_info(struct mesh_dev *mesh, const struct endpoint *ep,
	      struct bfd_info *info)
{
	struct bfd_session *s = bfd_ruler(mesh->bfd, &ep->peer->addr,
					  &ep->nbma);

	if (!s)
		return false;
	spin_lock_bh(&s->lock);
	*info = (struct bfd_info) {
		.state = s->fsm.state,
		.diag = s->fsm.diag,
		.proven = s->fsm.proven,
		.interval = bfd_fsm_interval(&s->fsm),
		.detection = bfd_fsm_detection(&s->fsm),
	};
	spin_unlock_bh(&s->lock);
	return true;
}

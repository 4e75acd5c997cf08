// SPDX-License-Identifier: GPL-2.0
/*
 * One BFD session: its place in the table, its timer, its state machine.
 */
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "bfd_priv.h"
#include "encap.h"
#include "own_addr.h"

static void assert_writer(const struct bfd *bfd)
{
	lockdep_assert_held(&bfd->mesh->fwd.lock);
}

struct hlist_head *bfd_bucket(struct bfd *bfd, const struct mesh_addr *peer)
{
	u32 hash = jhash(peer->b, peer->len, bfd->seed);

	return &bfd->table[hash >> (32 - BFD_HASH_BITS)];
}

/* @local may be NULL for any; RCU or writer. */
static struct bfd_session *find(struct bfd *bfd, const struct mesh_addr *peer,
				const struct mesh_addr *nbma,
				const struct mesh_addr *local,
				const struct mesh_addr *own)
{
	struct bfd_session *s;

	hlist_for_each_entry_rcu(s, bfd_bucket(bfd, peer), node,
				 lockdep_is_held(&bfd->mesh->fwd.lock))
		if (mesh_addr_equal(&s->peer, peer) &&
		    mesh_addr_equal(&s->nbma, nbma) &&
		    mesh_addr_equal(&s->own, own) &&
		    (!local || mesh_addr_equal(&s->local, local)))
			return s;
	return NULL;
}

struct bfd_session *bfd_find(struct bfd *bfd, const struct mesh_addr *peer,
			     const struct mesh_addr *nbma,
			     const struct mesh_addr *local,
			     const struct mesh_addr *own)
{
	return find(bfd, peer, nbma, local, own);
}

bool bfd_is_known(struct bfd *bfd, const struct mesh_addr *peer,
		  const struct mesh_addr *nbma, const struct mesh_addr *own)
{
	return find(bfd, peer, nbma, NULL, own);
}

struct bfd_session *bfd_ruler(struct bfd *bfd, const struct mesh_addr *peer,
			      const struct mesh_addr *nbma)
{
	struct bfd_session *s;

	assert_writer(bfd);
	hlist_for_each_entry(s, bfd_bucket(bfd, peer), node)
		if (s->rules && mesh_addr_equal(&s->peer, peer) &&
		    mesh_addr_equal(&s->nbma, nbma))
			return s;
	return NULL;
}

void bfd_session_tell(struct bfd_session *s)
{
	struct bfd *bfd = s->bfd;

	spin_lock_bh(&bfd->told_lock);
	if (list_empty(&s->told))
		list_add_tail(&s->told, &bfd->told);
	spin_unlock_bh(&bfd->told_lock);
	bfd_kick(bfd);
}

struct bfd_session *bfd_session_told(struct bfd *bfd)
{
	struct bfd_session *s;

	assert_writer(bfd);
	spin_lock_bh(&bfd->told_lock);
	s = list_first_entry_or_null(&bfd->told, struct bfd_session, told);
	if (s)
		list_del_init(&s->told);
	spin_unlock_bh(&bfd->told_lock);
	return s;
}

static void arm(struct bfd_session *s)
{
	u64 latest, soonest = bfd_fsm_next(&s->fsm, &latest);

	lockdep_assert_held(&s->lock);
	if (!s->dead && soonest != BFD_NEVER)
		hrtimer_start_range_ns(&s->timer, ns_to_ktime(soonest * NSEC_PER_USEC),
				       (latest - soonest) * NSEC_PER_USEC,
				       HRTIMER_MODE_ABS_SOFT);
}

/**
 * struct output - what a step of the state machine has to be sent
 * @n: packets
 * @p: first the answer to a poll, if there is one
 */
struct output {
	unsigned int n;
	struct bfd_packet p[2];
};

/* With the session's lock; the packets go when it is released. */
static void carry_out(struct bfd_session *s, u32 todo, struct output *out)
{
	lockdep_assert_held(&s->lock);
	out->n = 0;
	if (s->dead)
		return;
	if (todo & BFD_DO_ANSWER)
		bfd_fsm_packet(&s->fsm, true, &out->p[out->n++]);
	if (todo & BFD_DO_SEND)
		bfd_fsm_packet(&s->fsm, false, &out->p[out->n++]);
	if (todo & BFD_DO_TIMER)
		arm(s);
	if (todo & BFD_DO_TELL)
		bfd_session_tell(s);
}

/* In an RCU section or as the writer: the session is still there. */
static void send_all(struct bfd_session *s, const struct output *out)
{
	unsigned int i;

	for (i = 0; i < out->n; i++)
		bfd_send(s, &out->p[i]);
}

static enum hrtimer_restart expired(struct hrtimer *timer)
{
	struct bfd_session *s = container_of(timer, struct bfd_session, timer);
	struct output out;

	rcu_read_lock();
	spin_lock(&s->lock);
	carry_out(s, bfd_fsm_timer(&s->fsm, bfd_now()), &out);
	spin_unlock(&s->lock);
	send_all(s, &out);
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

bool bfd_session_rx(struct bfd_session *s, const struct bfd_packet *p)
{
	struct output out;
	u32 todo;

	spin_lock(&s->lock);
	todo = bfd_fsm_rx(&s->fsm, bfd_now(), p);
	carry_out(s, todo, &out);
	spin_unlock(&s->lock);
	send_all(s, &out);
	return !(todo & BFD_DO_DISCARD);
}

static struct bfd_config config_of(const struct bfd *bfd)
{
	return (struct bfd_config) {
		.interval = bfd->cfg.interval * USEC_PER_MSEC,
		.multiplier = bfd->cfg.multiplier,
	};
}

/* The writer steps the state machine between these two. */
static void begin(struct bfd_session *s) __acquires(&s->lock)
{
	assert_writer(s->bfd);
	spin_lock_bh(&s->lock);
}

static void finish(struct bfd_session *s, u32 todo) __releases(&s->lock)
{
	struct output out;

	carry_out(s, todo, &out);
	spin_unlock(&s->lock);
	rcu_read_lock();
	send_all(s, &out);
	rcu_read_unlock();
	local_bh_enable();
}

void bfd_session_leave(struct bfd_session *s)
{
	begin(s);
	finish(s, bfd_fsm_leave(&s->fsm, bfd_now()));
}

void bfd_session_configure(struct bfd_session *s)
{
	struct bfd_config cfg = config_of(s->bfd);

	begin(s);
	finish(s, bfd_fsm_configure(&s->fsm, bfd_now(), &cfg));
}

void bfd_session_reroute(struct bfd_session *s)
{
	assert_writer(s->bfd);
	dst_cache_reset(&s->route.cache);
	dst_cache_reset(&s->source.cache);
}

/* One that was leaving stays. */
static void stay(struct bfd_session *s)
{
	u32 todo = 0;

	begin(s);
	if (s->fsm.state == BFD_ADMIN_DOWN)
		todo = bfd_fsm_restart(&s->fsm, bfd_now());
	finish(s, todo);
}

static void session_free(struct rcu_head *rcu)
{
	struct bfd_session *s = container_of(rcu, struct bfd_session, rcu);

	source_exit(&s->source);
	dst_cache_destroy(&s->route.cache);
	kfree(s);
}

void bfd_session_drop(struct bfd_session *s)
{
	struct bfd *bfd = s->bfd;

	assert_writer(bfd);
	source_take_back(bfd->mesh, &s->source);
	hlist_del_rcu(&s->node);
	bfd->n--;
	spin_lock_bh(&s->lock);
	s->dead = true;
	spin_unlock_bh(&s->lock);
	hrtimer_cancel(&s->timer);
	spin_lock_bh(&bfd->told_lock);
	list_del_init(&s->told);
	spin_unlock_bh(&bfd->told_lock);
	call_rcu(&s->rcu, session_free);
}

/* Its own name for the session tells an outsider nothing of others'. */
static u32 new_discr(void)
{
	u32 discr = get_random_u32();

	return discr ? discr : 1;
}

static struct bfd_session *session_new(struct bfd *bfd,
				       const struct mesh_addr *peer,
				       const struct mesh_addr *nbma,
				       const struct mesh_addr *local,
				       const struct mesh_addr *own)
{
	struct bfd_session *s = kzalloc(sizeof(*s), GFP_KERNEL);
	struct bfd_config cfg = config_of(bfd);

	if (!s)
		return NULL;
	if (dst_cache_init(&s->route.cache, GFP_KERNEL))
		goto err;
	if (source_init(&s->source, &s->peer, &s->nbma, &s->local))
		goto err_route;
	INIT_LIST_HEAD(&s->told);
	s->bfd = bfd;
	spin_lock_init(&s->lock);
	s->peer = *peer;
	s->own = *own;
	s->nbma = *nbma;
	s->local = *local;
	s->was = BFD_DOWN;
	bfd_fsm_init(&s->fsm, bfd_now(), &cfg, new_discr(), get_random_u32());
	hrtimer_init(&s->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	s->timer.function = expired;
	hlist_add_head_rcu(&s->node, bfd_bucket(bfd, peer));
	bfd->n++;
	begin(s);
	finish(s, BFD_DO_TIMER);
	return s;

err_route:
	dst_cache_destroy(&s->route.cache);
err:
	kfree(s);
	return NULL;
}

/* A packet on its way meanwhile goes in the old way, or is lost. */
static void rewrap(struct bfd_session *s, const struct mesh_addr *nbma)
{
	if (mesh_addr_same_wrap(&s->nbma, nbma))
		return;
	WRITE_ONCE(s->nbma.wrap, nbma->wrap);
	WRITE_ONCE(s->nbma.port, nbma->port);
	bfd_session_reroute(s);
}

struct bfd_session *bfd_session_get(struct bfd *bfd,
				    const struct mesh_addr *peer,
				    const struct mesh_addr *nbma,
				    const struct mesh_addr *local)
{
	struct bfd_session *s;
	struct mesh_addr own;

	assert_writer(bfd);
	if (!own_addr(bfd->mesh->dev, peer->len, &own))
		return NULL;
	s = bfd_find(bfd, peer, nbma, local, &own);
	if (s) {
		rewrap(s, nbma);
		stay(s);
		return s;
	}
	if (bfd->n < bfd->cfg.max_sessions)
		return session_new(bfd, peer, nbma, local, &own);
	local_bh_disable();
	mesh_count(bfd->mesh->counters, MESH_C_BFD_TABLE_FULL);
	local_bh_enable();
	return NULL;
}

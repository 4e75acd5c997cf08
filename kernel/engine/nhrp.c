// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <linux/notifier.h>
#include <linux/random.h>
#include <net/addrconf.h>

#include "bfd.h"
#include "encap.h"
#include "nhrp_priv.h"

#define INPUT_BATCH	64	/* packets under one hold of the writer lock */
#define TIMERS_WAIT_MAX	1000	/* ms, in a flood of packets */
#define DELAY_MAX	(60 * 60 * 1000)	/* ms */

/* What is shown is the tables' bound, and NHRP's is the same from the start. */
static_assert(NHRP_MAX_PEERS_DEFAULT == FWD_LIMIT_PEERS &&
	      NHRP_MAX_SHORTCUTS_DEFAULT == FWD_LIMIT_SHORTCUTS);

static struct workqueue_struct *nhrp_wq;

/* Every engine there is, for what happens to a namespace; and its lock. */
static LIST_HEAD(nhrp_all);
static DEFINE_SPINLOCK(nhrp_all_lock);

u64 nhrp_now(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

void nhrp_kick(struct nhrp *nhrp)
{
	mod_delayed_work(nhrp_wq, &nhrp->work, 0);
}

void nhrp_enqueue(struct nhrp *nhrp, struct sk_buff_head *queue,
		  struct sk_buff *skb)
{
	unsigned long flags;
	bool first;

	spin_lock_irqsave(&queue->lock, flags);
	first = skb_queue_empty(queue);
	__skb_queue_tail(queue, skb);
	spin_unlock_irqrestore(&queue->lock, flags);
	/* Behind others: the worker comes until there is none. */
	if (first)
		nhrp_kick(nhrp);
}

/* What the state machine has done */

static const enum peer_origin origins[] = {
	[NHRP_ORIGIN_NHS] = PEER_NHS,
	[NHRP_ORIGIN_REGISTERED] = PEER_REGISTERED,
	[NHRP_ORIGIN_RESOLVED] = PEER_RESOLVED,
};

static void op_send(void *ctx, const struct mesh_addr *nbma, const void *buf,
		    size_t len)
{
	struct nhrp *nhrp = ctx;

	encap_xmit_nhrp(nhrp->mesh, nbma, buf, len);
}

static void op_hand_over(void *ctx, u32 device, const void *buf, size_t len,
			 const struct mesh_addr *from, enum nhrp_trust trust)
{
	struct nhrp *nhrp = ctx;
	struct net_device *dev;
	struct sk_buff *skb;

	skb = alloc_skb(len, GFP_KERNEL);
	if (!skb) {
		nhrp->fsm.stats.nomem++;
		return;
	}
	skb_put_data(skb, buf, len);
	local_bh_disable();
	rcu_read_lock();
	dev = dev_get_by_index_rcu(dev_net(nhrp->mesh->dev), device);
	if (dev && nhrp_same_network(nhrp->mesh, dev))
		nhrp_input_handed(((struct mesh_dev *)netdev_priv(dev))->nhrp,
				  skb, from, trust);
	else
		kfree_skb(skb);
	rcu_read_unlock();
	local_bh_enable();
}

static int op_peer_learn(void *ctx, const struct nhrp_peer *peer)
{
	struct endpoint_cfg ep[NHRP_ENDPOINTS_MAX] = {};
	struct fwd_peer_cfg cfg = {
		.addr = peer->proto,
		.origin = origins[peer->origin],
		.ep = ep,
		.n = peer->n,
		.lease = {
			.expires = peer->expires,
			.unique = peer->unique,
			.priority = peer->priority,
		},
	};
	struct nhrp *nhrp = ctx;
	unsigned int i;

	for (i = 0; i < peer->n; i++) {
		ep[i].nbma = peer->ep[i].nbma;
		ep[i].weight = 1;
		ep[i].tier = U8_MAX - peer->ep[i].preference;
	}
	return fwd_peer_set(&nhrp->mesh->fwd, &cfg, FWD_CREATE | FWD_REPLACE,
			    NULL);
}

static void op_peer_forget(void *ctx, const struct mesh_addr *proto,
			   enum nhrp_origin origin)
{
	struct nhrp *nhrp = ctx;

	fwd_peer_del(&nhrp->mesh->fwd, proto, origins[origin], NULL);
}

static int op_shortcut_set(void *ctx, const struct nhrp_shortcut_info *sc,
			   const struct nhrp_hop *hop, unsigned int n)
{
	struct member_cfg member[NHRP_HOPS_MAX] = {};
	struct fwd_shortcut_cfg cfg = {
		.prefix = sc->prefix,
		.member = member,
		.n = n,
		.expires = sc->expires,
		.hold = sc->hold,
	};
	struct nhrp *nhrp = ctx;
	unsigned int i;

	for (i = 0; i < n; i++) {
		member[i].peer = hop[i].proto;
		member[i].weight = 1;
		member[i].tier = U8_MAX - hop[i].preference;
	}

	return fwd_shortcut_set(&nhrp->mesh->fwd, &cfg, NULL);
}

static void op_shortcut_del(void *ctx, const struct mesh_prefix *prefix)
{
	struct nhrp *nhrp = ctx;

	fwd_shortcut_del(&nhrp->mesh->fwd, prefix, NULL);
}

static bool op_shortcut_used(void *ctx, const struct mesh_prefix *prefix)
{
	struct nhrp *nhrp = ctx;
	struct shortcut *s = fwd_shortcut(&nhrp->mesh->fwd, prefix);

	return s && fwd_shortcut_used(&nhrp->mesh->fwd, s);
}

/* Devices that share it do not share a lock. */
static bool op_charge(void *ctx)
{
	struct nhrp_budget *budget = ((struct nhrp *)ctx)->mesh->budget;

	if ((u32)atomic_inc_return(&budget->used) <= READ_ONCE(budget->max))
		return true;
	atomic_dec(&budget->used);
	return false;
}

static void op_uncharge(void *ctx)
{
	atomic_dec(&((struct nhrp *)ctx)->mesh->budget->used);
}

static void nhs_event(struct mesh_dev *mesh, enum fwd_verb verb,
		      const struct mesh_addr *nbma)
{
	if (mesh_events)
		mesh_events->nhs(mesh, verb, nbma);
}

static void op_nhs_changed(void *ctx, const struct nhrp_nhs_info *nhs)
{
	struct nhrp *nhrp = ctx;

	nhs_event(nhrp->mesh, FWD_CHANGED, &nhs->cfg.nbma);
}

static const struct nhrp_ops nhrp_ops = {
	.send = op_send,
	.hand_over = op_hand_over,
	.proto_addr = nhrp_op_proto_addr,
	.nbma_addr = nhrp_op_nbma_addr,
	.nbma_own = nhrp_op_nbma_own,
	.is_own = nhrp_op_is_own,
	.route = nhrp_op_route,
	.peer_learn = op_peer_learn,
	.peer_forget = op_peer_forget,
	.shortcut_set = op_shortcut_set,
	.shortcut_del = op_shortcut_del,
	.shortcut_used = op_shortcut_used,
	.charge = op_charge,
	.uncharge = op_uncharge,
	.nhs_changed = op_nhs_changed,
	.mac = nhrp_op_mac,
	.wall_clock = nhrp_op_wall_clock,
	.nonce = nhrp_op_nonce,
	.refused = nhrp_op_refused,
};

/* The worker */

/* True if there may be more. */
static bool drain(struct nhrp *nhrp)
{
	unsigned int left = INPUT_BATCH;
	struct sk_buff *skb;
	bool more;

	while (left > NHRP_STRANGERS_SHARE &&
	       (nhrp_news_take(nhrp) || nhrp_wants_take(nhrp)))
		left--;
	more = left == NHRP_STRANGERS_SHARE;
	left -= nhrp_input_feed(nhrp, left);
	while (left && (skb = skb_dequeue(&nhrp->quotes))) {
		nhrp_fsm_indicate(&nhrp->fsm, nhrp_now(), skb->data, skb->len);
		consume_skb(skb);
		left--;
	}
	return more || !left || nhrp_input_waits(nhrp);
}

static void schedule_next(struct nhrp *nhrp, u64 next)
{
	u64 now = nhrp_now();
	u64 delay = next > now ? min_t(u64, next - now, DELAY_MAX) : 0;

	/* Whoever has asked for it sooner meanwhile, keeps his time. */
	if (next != NHRP_NEVER)
		queue_delayed_work(nhrp_wq, &nhrp->work,
				   msecs_to_jiffies(delay));
}

/* What is known of the servers' peers may be news to the state machine. */
static void watch_servers(struct nhrp *nhrp)
{
	struct nhrp_nhs_info nhs;
	unsigned int pos, f;

	for (pos = 0; nhrp_fsm_nhs_at(&nhrp->fsm, pos, &nhs); pos++) {
		for (f = 0; f < NHRP_FAMILIES; f++) {
			const struct mesh_addr *proto = &nhs.reg[f].proto;
			struct peer *peer = proto->len ?
				fwd_peer(&nhrp->mesh->fwd, proto) : NULL;

			if (peer && peer->origins & BIT(PEER_NHS))
				nhrp_fsm_nhs_alive(&nhrp->fsm, nhrp_now(),
						   proto, peer->live);
		}
	}
}

static void nhrp_work(struct work_struct *work)
{
	struct nhrp *nhrp = container_of(to_delayed_work(work), struct nhrp,
					 work);
	struct fwd *fwd = &nhrp->mesh->fwd;
	u64 next = NHRP_NEVER, now;
	bool more;

	fwd_lock(fwd);
	if (xchg(&nhrp->stale, false))
		nhrp_fsm_addr_changed(&nhrp->fsm, nhrp_now());
	if (xchg(&nhrp->watch, false))
		watch_servers(nhrp);
	more = drain(nhrp);
	now = nhrp_now();
	/* What has come may be the answer that a timer waits for: it is first. */
	if (!more || now - nhrp->ran >= TIMERS_WAIT_MAX) {
		next = nhrp_fsm_run(&nhrp->fsm, now);
		nhrp->ran = now;
	}
	if (more)
		next = now;
	fwd_unlock(fwd);
	schedule_next(nhrp, next);
}

void nhrp_peer_changed(struct mesh_dev *mesh, const struct peer *peer)
{
	lockdep_assert_held(&mesh->fwd.lock);
	if (!(peer->origins & BIT(PEER_NHS)))
		return;
	WRITE_ONCE(mesh->nhrp->watch, true);
	nhrp_kick(mesh->nhrp);
}

/* Life */

int nhrp_init(struct mesh_dev *mesh)
{
	struct nhrp_limiter *told;
	struct nhrp_config cfg;
	struct nhrp *nhrp;

	nhrp = kvzalloc(sizeof(*nhrp), GFP_KERNEL_ACCOUNT);
	if (!nhrp)
		return -ENOMEM;
	told = nhrp_limiter_new(NHRP_MAX_REDIRECTS_DEFAULT);
	if (!told || nhrp_wants_init(nhrp)) {
		kvfree(told);
		kvfree(nhrp);
		return -ENOMEM;
	}
	RCU_INIT_POINTER(nhrp->redirect.told, told);
	nhrp_config_default(&cfg);
	nhrp_fsm_init(&nhrp->fsm, &nhrp_ops, nhrp, &cfg,
		      ktime_get_real_seconds());
	nhrp->mesh = mesh;
	nhrp_input_init(nhrp);
	skb_queue_head_init(&nhrp->quotes);
	INIT_DELAYED_WORK(&nhrp->work, nhrp_work);
	nhrp_news_init(nhrp);
	nhrp->redirect.interval = NHRP_REDIRECT_INTERVAL_DEFAULT;
	ratelimit_state_init(&nhrp->complaints, DEFAULT_RATELIMIT_INTERVAL,
			     DEFAULT_RATELIMIT_BURST);
	mesh->nhrp = nhrp;
	spin_lock_bh(&nhrp_all_lock);
	list_add_tail(&nhrp->all, &nhrp_all);
	spin_unlock_bh(&nhrp_all_lock);
	return 0;
}

void nhrp_exit(struct mesh_dev *mesh)
{
	struct nhrp *nhrp = mesh->nhrp;

	if (!nhrp)
		return;
	mesh->nhrp = NULL;
	spin_lock_bh(&nhrp_all_lock);
	list_del(&nhrp->all);
	spin_unlock_bh(&nhrp_all_lock);
	cancel_delayed_work_sync(&nhrp->work);
	nhrp_input_purge(nhrp);
	skb_queue_purge(&nhrp->quotes);
	nhrp_fsm_exit(&nhrp->fsm);
	kvfree(rcu_dereference_protected(nhrp->redirect.told, true));
	nhrp_wants_exit(nhrp);
	kvfree(nhrp);
}

void nhrp_up(struct mesh_dev *mesh)
{
	lockdep_assert_held(&mesh->fwd.lock);
	nhrp_news_start(mesh->nhrp);
	nhrp_fsm_up(&mesh->nhrp->fsm, nhrp_now());
	nhrp_kick(mesh->nhrp);
}

void nhrp_down(struct mesh_dev *mesh)
{
	lockdep_assert_held(&mesh->fwd.lock);
	nhrp_news_stop(mesh->nhrp);
	nhrp_fsm_down(&mesh->nhrp->fsm, nhrp_now());
	nhrp_input_purge(mesh->nhrp);
	skb_queue_purge(&mesh->nhrp->quotes);
}

void nhrp_underlay_changed(struct mesh_dev *mesh)
{
	lockdep_assert_held(&mesh->fwd.lock);
	nhrp_fsm_underlay_changed(&mesh->nhrp->fsm, nhrp_now());
	nhrp_kick(mesh->nhrp);
}

/* Configuration and state */

static struct nhrp_limiter *told_locked(const struct mesh_dev *mesh)
{
	return rcu_dereference_protected(mesh->nhrp->redirect.told,
					 lockdep_is_held(&mesh->fwd.lock));
}

void nhrp_config_get(const struct mesh_dev *mesh, struct nhrp_dev_config *cfg)
{
	lockdep_assert_held(&mesh->fwd.lock);
	cfg->fsm = mesh->nhrp->fsm.cfg;
	cfg->redirect = mesh->nhrp->redirect.on;
	cfg->redirect_interval = mesh->nhrp->redirect.interval;
	cfg->max_redirects = told_locked(mesh)->slots;
	cfg->network = mesh->nhrp->redirect.network;
	cfg->told = NULL;
}

int nhrp_config_prepare(const struct mesh_dev *mesh,
			struct nhrp_dev_config *cfg)
{
	if (cfg->max_redirects == told_locked(mesh)->slots)
		return 0;
	cfg->told = nhrp_limiter_new(cfg->max_redirects);
	return cfg->told ? 0 : -ENOMEM;
}

void nhrp_config_abandon(struct nhrp_dev_config *cfg)
{
	kvfree(cfg->told);
}

void nhrp_configure(struct mesh_dev *mesh, const struct nhrp_dev_config *cfg)
{
	struct nhrp_limiter *old = told_locked(mesh);
	struct nhrp *nhrp = mesh->nhrp;

	WRITE_ONCE(nhrp->redirect.on, cfg->redirect);
	WRITE_ONCE(nhrp->redirect.interval, cfg->redirect_interval);
	WRITE_ONCE(nhrp->redirect.network, cfg->network);
	if (cfg->told) {
		rcu_assign_pointer(nhrp->redirect.told, cfg->told);
		kvfree_rcu(old, rcu);
	}
	nhrp_fsm_configure(&nhrp->fsm, nhrp_now(), &cfg->fsm);
	nhrp_kick(nhrp);
}

int nhrp_nhs_add(struct mesh_dev *mesh, const struct nhrp_nhs_cfg *cfg)
{
	int err;

	lockdep_assert_held(&mesh->fwd.lock);
	err = nhrp_fsm_nhs_add(&mesh->nhrp->fsm, nhrp_now(), cfg);
	if (err)
		return err;
	nhs_event(mesh, FWD_ADDED, &cfg->nbma);
	nhrp_kick(mesh->nhrp);
	return 0;
}

int nhrp_nhs_del(struct mesh_dev *mesh, const struct mesh_addr *nbma)
{
	struct nhrp_nhs_info info;
	int err;

	lockdep_assert_held(&mesh->fwd.lock);
	err = nhrp_nhs_get(mesh, nbma, &info);
	if (err)
		return err;
	nhs_event(mesh, FWD_REMOVED, nbma);
	return nhrp_fsm_nhs_del(&mesh->nhrp->fsm, nhrp_now(), nbma);
}

bool nhrp_nhs_at(const struct mesh_dev *mesh, unsigned int pos,
		 struct nhrp_nhs_info *info)
{
	lockdep_assert_held(&mesh->fwd.lock);
	return nhrp_fsm_nhs_at(&mesh->nhrp->fsm, pos, info);
}

int nhrp_nhs_get(const struct mesh_dev *mesh, const struct mesh_addr *nbma,
		 struct nhrp_nhs_info *info)
{
	unsigned int pos;

	for (pos = 0; nhrp_nhs_at(mesh, pos, info); pos++)
		if (mesh_addr_equal(&info->cfg.nbma, nbma))
			return 0;
	return -ENOENT;
}

int nhrp_shortcut_del(struct mesh_dev *mesh, const struct mesh_prefix *prefix)
{
	lockdep_assert_held(&mesh->fwd.lock);
	return nhrp_fsm_shortcut_del(&mesh->nhrp->fsm, prefix);
}

u32 nhrp_shortcut_flush(struct mesh_dev *mesh, u32 max)
{
	lockdep_assert_held(&mesh->fwd.lock);
	return nhrp_fsm_shortcut_flush(&mesh->nhrp->fsm, max);
}

int nhrp_peer_del(struct mesh_dev *mesh, const struct mesh_addr *proto)
{
	lockdep_assert_held(&mesh->fwd.lock);
	return nhrp_fsm_peer_del(&mesh->nhrp->fsm, proto);
}

void nhrp_stats_get(const struct mesh_dev *mesh, struct nhrp_stats *stats)
{
	lockdep_assert_held(&mesh->fwd.lock);
	*stats = mesh->nhrp->fsm.stats;
}

u32 nhrp_queries(const struct mesh_dev *mesh)
{
	lockdep_assert_held(&mesh->fwd.lock);
	return mesh->nhrp->fsm.n_queries;
}

u32 nhrp_answers(const struct mesh_dev *mesh)
{
	lockdep_assert_held(&mesh->fwd.lock);
	return mesh->nhrp->fsm.n_answers;
}

/* The module */

static void addr_stale(struct nhrp *nhrp)
{
	WRITE_ONCE(nhrp->stale, true);
	nhrp_kick(nhrp);
}

/* One of a device's own addresses, or of the underlay of some. */
static void addr_event(struct net_device *dev)
{
	struct nhrp *nhrp;

	if (mesh_is_mesh(dev)) {
		addr_stale(((struct mesh_dev *)netdev_priv(dev))->nhrp);
		bfd_refresh(netdev_priv(dev));
		return;
	}
	spin_lock_bh(&nhrp_all_lock);
	list_for_each_entry(nhrp, &nhrp_all, all)
		if (net_eq(nhrp->mesh->net, dev_net(dev)))
			addr_stale(nhrp);
	spin_unlock_bh(&nhrp_all_lock);
}

static int inetaddr_event(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	addr_event(ifa->ifa_dev->dev);
	return NOTIFY_DONE;
}

static int inet6addr_event(struct notifier_block *nb, unsigned long event,
			   void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;

	addr_event(ifa->idev->dev);
	return NOTIFY_DONE;
}

static struct notifier_block inetaddr_nb = {
	.notifier_call = inetaddr_event,
};

static struct notifier_block inet6addr_nb = {
	.notifier_call = inet6addr_event,
};

int nhrp_module_init(void)
{
	int err;

	nhrp_wq = alloc_workqueue("mesh-nhrp", WQ_UNBOUND, 0);
	if (!nhrp_wq)
		return -ENOMEM;
	err = register_inetaddr_notifier(&inetaddr_nb);
	if (err)
		goto err_wq;
	err = register_inet6addr_notifier(&inet6addr_nb);
	if (err)
		goto err_inet;
	err = nhrp_news_module_init();
	if (err)
		goto err_inet6;
	return 0;

err_inet6:
	unregister_inet6addr_notifier(&inet6addr_nb);
err_inet:
	unregister_inetaddr_notifier(&inetaddr_nb);
err_wq:
	destroy_workqueue(nhrp_wq);
	return err;
}

void nhrp_module_exit(void)
{
	nhrp_news_module_exit();
	unregister_inet6addr_notifier(&inet6addr_nb);
	unregister_inetaddr_notifier(&inetaddr_nb);
	destroy_workqueue(nhrp_wq);
}

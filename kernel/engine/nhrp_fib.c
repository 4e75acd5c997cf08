// SPDX-License-Identifier: GPL-2.0
/*
 * News of routes, for the sake of those to whom we have answered, and of the
 * servers that we are to be found by.  They come from any context and in any
 * number: the worker is told of some by name, and of more than that only that
 * there were many.
 */
#include <net/fib_notifier.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/netns/generic.h>

#include "nhrp_priv.h"

/**
 * struct news_net - what each namespace has
 * @nb: listens to its routes.  For good, as who registers must not hold RTNL,
 *	under which devices go up
 * @lock: of @listeners; taken in any context
 * @listeners: struct nhrp_listener, of the devices that are up and have their
 *	overlay or their underlay there
 */
struct news_net {
	struct notifier_block nb;
	spinlock_t lock;
	struct list_head listeners;
};

static unsigned int news_net_id;

static void note(struct nhrp *nhrp, const struct mesh_prefix *prefix)
{
	struct nhrp_news *news = &nhrp->news;
	bool first;

	spin_lock_bh(&news->lock);
	first = !news->n && !news->many;
	if (!prefix || news->n == NHRP_NEWS_MAX)
		news->many = true;
	else if (!news->many)
		news->prefix[news->n++] = *prefix;
	spin_unlock_bh(&news->lock);
	if (first)
		nhrp_kick(nhrp);
}

static bool read_entry(const struct fib_notifier_info *info,
		       struct mesh_prefix *prefix)
{
	if (info->family == AF_INET) {
		const struct fib_entry_notifier_info *e;

		e = container_of(info, struct fib_entry_notifier_info, info);
		mesh_addr_from_ip4(&prefix->addr, htonl(e->dst));
		prefix->len = e->dst_len;
		return true;
	}
	if (info->family == AF_INET6) {
		const struct fib6_entry_notifier_info *e;

		e = container_of(info, struct fib6_entry_notifier_info, info);
		mesh_addr_set(&prefix->addr, &e->rt->fib6_dst.addr,
			      sizeof(e->rt->fib6_dst.addr));
		prefix->len = e->rt->fib6_dst.plen;
		return true;
	}
	return false;
}

static void note_all(struct news_net *nn, const struct mesh_prefix *prefix)
{
	struct nhrp_listener *l;

	spin_lock_bh(&nn->lock);
	list_for_each_entry(l, &nn->listeners, link)
		note(l->nhrp, prefix);
	spin_unlock_bh(&nn->lock);
}

static int fib_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct news_net *nn = container_of(nb, struct news_net, nb);
	struct mesh_prefix prefix;

	switch (event) {
	case FIB_EVENT_ENTRY_REPLACE:
	case FIB_EVENT_ENTRY_APPEND:
	case FIB_EVENT_ENTRY_ADD:
	case FIB_EVENT_ENTRY_DEL:
		if (read_entry(ptr, &prefix))
			note_all(nn, &prefix);
		break;
	case FIB_EVENT_RULE_ADD:
	case FIB_EVENT_RULE_DEL:
		note_all(nn, NULL);
		break;
	}
	return NOTIFY_DONE;
}

void nhrp_route_changed(struct mesh_dev *mesh, const struct mesh_prefix *prefix)
{
	note(mesh->nhrp, prefix);
}

void nhrp_peers_changed(struct mesh_dev *mesh)
{
	struct nhrp_news *news = &mesh->nhrp->news;

	spin_lock_bh(&news->lock);
	news->peers = true;
	spin_unlock_bh(&news->lock);
	nhrp_kick(mesh->nhrp);
}

bool nhrp_news_take(struct nhrp *nhrp)
{
	struct nhrp_news *news = &nhrp->news;
	struct mesh_prefix prefix;
	bool some, many, peers;

	spin_lock_bh(&news->lock);
	peers = news->peers;
	news->peers = false;
	many = news->many;
	some = many || news->n;
	if (many) {
		news->many = false;
		news->n = 0;
	} else if (some) {
		prefix = news->prefix[--news->n];
	}
	spin_unlock_bh(&news->lock);
	if (peers)
		nhrp_fsm_peers_changed(&nhrp->fsm, nhrp_now());
	if (many)
		nhrp_fsm_routes_changed(&nhrp->fsm, nhrp_now());
	else if (some)
		nhrp_fsm_route_changed(&nhrp->fsm, nhrp_now(), &prefix);
	return some;
}

static void listener_init(struct nhrp_listener *l, struct nhrp *nhrp)
{
	INIT_LIST_HEAD(&l->link);
	l->nhrp = nhrp;
}

void nhrp_news_init(struct nhrp *nhrp)
{
	spin_lock_init(&nhrp->news.lock);
	listener_init(&nhrp->news.overlay, nhrp);
	listener_init(&nhrp->news.underlay, nhrp);
}

static void listen(struct nhrp_listener *l, const struct net *net)
{
	struct news_net *nn = net_generic(net, news_net_id);

	spin_lock_bh(&nn->lock);
	list_add_tail(&l->link, &nn->listeners);
	spin_unlock_bh(&nn->lock);
}

static void listen_no_more(struct nhrp_listener *l, const struct net *net)
{
	struct news_net *nn = net_generic(net, news_net_id);

	spin_lock_bh(&nn->lock);
	list_del_init(&l->link);
	spin_unlock_bh(&nn->lock);
}

/* A device moves to another namespace only while it is down. */
void nhrp_news_start(struct nhrp *nhrp)
{
	const struct mesh_dev *mesh = nhrp->mesh;

	listen(&nhrp->news.overlay, dev_net(mesh->dev));
	if (!net_eq(mesh->net, dev_net(mesh->dev)))
		listen(&nhrp->news.underlay, mesh->net);
}

void nhrp_news_stop(struct nhrp *nhrp)
{
	listen_no_more(&nhrp->news.overlay, dev_net(nhrp->mesh->dev));
	listen_no_more(&nhrp->news.underlay, nhrp->mesh->net);
}

static int __net_init news_net_init(struct net *net)
{
	struct news_net *nn = net_generic(net, news_net_id);

	nn->nb.notifier_call = fib_event;
	spin_lock_init(&nn->lock);
	INIT_LIST_HEAD(&nn->listeners);
	return register_fib_notifier(net, &nn->nb, NULL, NULL);
}

static void __net_exit news_net_exit(struct net *net)
{
	struct news_net *nn = net_generic(net, news_net_id);

	unregister_fib_notifier(net, &nn->nb);
}

static struct pernet_operations news_net_ops = {
	.init = news_net_init,
	.exit = news_net_exit,
	.id = &news_net_id,
	.size = sizeof(struct news_net),
};

int nhrp_news_module_init(void)
{
	return register_pernet_subsys(&news_net_ops);
}

void nhrp_news_module_exit(void)
{
	unregister_pernet_subsys(&news_net_ops);
}

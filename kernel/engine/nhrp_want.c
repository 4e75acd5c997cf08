// SPDX-License-Identifier: GPL-2.0
/*
 * Next hops that nobody knows: a route may name a node that never told us of
 * itself, as BGP does that leaves the next hop unchanged.  Traffic goes by a
 * server then, and meanwhile the worker asks for the node.
 */
#include "nhrp_priv.h"

int nhrp_wants_init(struct nhrp *nhrp)
{
	nhrp->wants.limit = nhrp_limiter_new(NHRP_WANT_SLOTS);
	spin_lock_init(&nhrp->wants.lock);
	return nhrp->wants.limit ? 0 : -ENOMEM;
}

void nhrp_wants_exit(struct nhrp *nhrp)
{
	kvfree(nhrp->wants.limit);
}

void nhrp_want(struct mesh_dev *mesh, const struct mesh_addr *addr)
{
	struct nhrp_wants *wants = &mesh->nhrp->wants;
	struct nhrp_limiter *limit = wants->limit;
	bool taken;

	if (!nhrp_limiter_allows(limit, siphash(addr->b, addr->len, &limit->key),
				 NHRP_WANT_INTERVAL))
		return;
	spin_lock_bh(&wants->lock);
	taken = wants->n < NHRP_WANTS_MAX;
	if (taken)
		wants->addr[wants->n++] = *addr;
	spin_unlock_bh(&wants->lock);
	if (taken)
		nhrp_kick(mesh->nhrp);
}

bool nhrp_wants_take(struct nhrp *nhrp)
{
	struct nhrp_wants *wants = &nhrp->wants;
	struct mesh_addr addr;
	bool some;

	spin_lock_bh(&wants->lock);
	some = wants->n;
	if (some)
		addr = wants->addr[--wants->n];
	spin_unlock_bh(&wants->lock);
	if (some && nhrp->fsm.cfg.shortcut)
		nhrp_fsm_resolve(&nhrp->fsm, nhrp_now(), &addr);
	return some;
}

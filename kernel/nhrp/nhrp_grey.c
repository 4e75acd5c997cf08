// SPDX-License-Identifier: GPL-2.0
/*
 * Who has asked to be registered a moment ago.  In a flood a newcomer is taken
 * only when he asks for the second time: a client that gets no answer does so
 * within seconds, a made-up source does not.
 */
#include <linux/jhash.h>

#include "nhrp_core.h"
#include "tables/recent.h"

/* Whether more newcomers come than may be taken at their first word. */
static bool crowded(struct nhrp_fsm *fsm)
{
	if (fsm->now - fsm->new_since >= NHRP_MSEC) {
		fsm->new_since = fsm->now;
		fsm->n_new = 0;
	}
	if (fsm->n_bindings < fsm->cfg.max_peers / 2 &&
	    fsm->n_new < fsm->cfg.register_rate) {
		fsm->n_new++;
		return false;
	}
	return true;
}

bool nhrp_grey_defers(struct nhrp_fsm *fsm, const struct mesh_addr *proto,
		      const struct mesh_addr *from)
{
	u32 h1, h2;

	if (!crowded(fsm))
		return false;
	if (!fsm->grey)
		fsm->grey = recent_new(fsm->now);
	if (!fsm->grey) {
		/* The bound of the table holds all the same. */
		fsm->stats.nomem++;
		return false;
	}
	h1 = jhash(proto->b, proto->len, from->len);
	h2 = jhash(from->b, from->len, h1);
	return !recent_seen(fsm->grey, fsm->now, (u64)h2 << 32 | h1);
}

void nhrp_grey_exit(struct nhrp_fsm *fsm)
{
	recent_free(fsm->grey);
	fsm->grey = NULL;
}

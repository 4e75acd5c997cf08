// SPDX-License-Identifier: GPL-2.0
/*
 * Who has asked to be registered a moment ago.  In a flood a newcomer is taken
 * only when he asks for the second time: a client that gets no answer does so
 * within seconds, a made-up source does not.
 *
 * Two Bloom filters, the newer one written and both read: at the change of turns
 * the older one is cleared, so that a first request counts for one to two turns.
 * 100,000 first requests a second set an eighth of the bits of a filter in a
 * turn: one newcomer in 2,000 is then taken for one who was here before.
 */
#include <linux/bits.h>
#include <linux/jhash.h>

#include "nhrp_core.h"

#ifndef GREY_BITS			/* a fuzzer sets less than we do */
#define GREY_BITS	(1u << 23)	/* of a filter; 1 MiB */
#endif
#define GREY_HASHES	4
#define GREY_TURN	3000		/* ms */

struct nhrp_grey {
	u64 turned;
	unsigned int now;
	u32 words[2][GREY_BITS / 32];
};

static void turn(struct nhrp_grey *g, u64 now)
{
	u64 age = now - g->turned;

	if (age < GREY_TURN)
		return;
	g->now ^= 1;
	memset(g->words[g->now], 0, sizeof(g->words[0]));
	if (age >= 2 * GREY_TURN)
		memset(g->words[!g->now], 0, sizeof(g->words[0]));
	g->turned = now;
}

/* Remembers the pair; whether it was remembered already. */
static bool seen(struct nhrp_grey *g, const struct mesh_addr *proto,
		 const struct mesh_addr *from)
{
	u32 h1 = jhash(proto->b, proto->len, from->len);
	u32 h2 = jhash(from->b, from->len, h1) | 1;
	bool here = true, before = true;
	unsigned int i;

	for (i = 0; i < GREY_HASHES; i++) {
		u32 bit = (h1 + i * h2) % GREY_BITS, mask = BIT(bit % 32);

		here &= !!(g->words[g->now][bit / 32] & mask);
		before &= !!(g->words[!g->now][bit / 32] & mask);
		g->words[g->now][bit / 32] |= mask;
	}
	return here || before;
}

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
	if (!crowded(fsm))
		return false;
	if (!fsm->grey) {
		fsm->grey = kvzalloc(sizeof(*fsm->grey), GFP_KERNEL);
		if (!fsm->grey) {
			/* The bound of the table holds all the same. */
			fsm->stats.nomem++;
			return false;
		}
		fsm->grey->turned = fsm->now;
	}
	turn(fsm->grey, fsm->now);
	return !seen(fsm->grey, proto, from);
}

void nhrp_grey_exit(struct nhrp_fsm *fsm)
{
	kvfree(fsm->grey);
	fsm->grey = NULL;
}

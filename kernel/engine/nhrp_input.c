// SPDX-License-Identifier: GPL-2.0
/*
 * NHRP packets that wait for the worker.  In a flood more come than it can take, and
 * most are lost; so whom we know has a queue apart, and of strangers has who comes
 * again: made-up sources do not, while who has something to say says it once more.
 */
#include <linux/random.h>
#include <net/dst.h>

#include "drop.h"
#include "nhrp_priv.h"
#include "tables/recent.h"

/* Where a packet is from; @handed: by a device that has asked for @trust. */
struct nhrp_skb_cb {
	struct mesh_addr from;
	bool handed;
	u8 trust;
};

static struct nhrp_skb_cb *nhrp_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct nhrp_skb_cb) > sizeof(skb->cb));
	return (struct nhrp_skb_cb *)skb->cb;
}

/* Remembers that he comes in vain; whether he has done so a moment ago. */
static bool comes_again(struct nhrp_input *in, const struct mesh_addr *from)
{
	bool again = false;

	spin_lock_bh(&in->lock);
	if (in->missed)
		again = recent_seen(in->missed, nhrp_now(),
				    siphash(from->b, from->len, &in->key));
	else
		in->crowded = true;
	spin_unlock_bh(&in->lock);
	return again;
}

static struct sk_buff_head *queue_for(struct nhrp *nhrp,
				      const struct mesh_addr *from)
{
	struct nhrp_input *in = &nhrp->in;

	if (endpoint_first(&nhrp->mesh->fwd.endpoints, from))
		return &in->known;
	if (skb_queue_len_lockless(&in->strangers) < NHRP_INPUT_MAX)
		return &in->strangers;
	return comes_again(in, from) ? &in->again : &in->strangers;
}

static void take_in(struct nhrp *nhrp, struct sk_buff *skb,
		    const struct nhrp_skb_cb *cb)
{
	struct sk_buff_head *queue = queue_for(nhrp, &cb->from);

	if (skb_queue_len_lockless(queue) >= NHRP_INPUT_MAX) {
		mesh_drop(nhrp->mesh, skb, MESH_C_NHRP_QUEUE_FULL);
		return;
	}
	/* What it refers to need not wait with it. */
	skb_orphan(skb);
	skb_dst_drop(skb);
	skb_ext_reset(skb);
	nf_reset_ct(skb);
	*nhrp_cb(skb) = *cb;
	nhrp_enqueue(nhrp, queue, skb);
}

void nhrp_input(struct mesh_dev *mesh, struct sk_buff *skb,
		const struct mesh_addr *from)
{
	const struct nhrp_skb_cb cb = { .from = *from };

	take_in(mesh->nhrp, skb, &cb);
}

void nhrp_input_handed(struct nhrp *nhrp, struct sk_buff *skb,
		       const struct mesh_addr *from, enum nhrp_trust trust)
{
	const struct nhrp_skb_cb cb = {
		.from = *from,
		.handed = true,
		.trust = trust,
	};

	take_in(nhrp, skb, &cb);
}

/* The worker's side */

/* From now on those are remembered for whom there is no room. */
static void remember(struct nhrp *nhrp)
{
	struct nhrp_input *in = &nhrp->in;
	struct recent *missed;

	if (!READ_ONCE(in->crowded))
		return;
	missed = recent_new(nhrp_now());
	if (!missed)
		nhrp->fsm.stats.nomem++;
	spin_lock_bh(&in->lock);
	in->missed = missed;
	in->crowded = false;
	spin_unlock_bh(&in->lock);
}

static void feed(struct nhrp *nhrp, struct sk_buff *skb)
{
	const struct nhrp_skb_cb *cb = nhrp_cb(skb);

	if (skb_linearize(skb))
		nhrp->fsm.stats.nomem++;
	else if (cb->handed)
		nhrp_fsm_take(&nhrp->fsm, nhrp_now(), skb->data, skb->len,
			      &cb->from, cb->trust);
	else
		nhrp_fsm_rx(&nhrp->fsm, nhrp_now(), skb->data, skb->len,
			    &cb->from);
	consume_skb(skb);
}

static unsigned int feed_from(struct nhrp *nhrp, struct sk_buff_head *queue,
			      unsigned int max)
{
	struct sk_buff *skb;
	unsigned int n = 0;

	while (n < max && (skb = skb_dequeue(queue))) {
		feed(nhrp, skb);
		n++;
	}
	return n;
}

unsigned int nhrp_input_feed(struct nhrp *nhrp, unsigned int max)
{
	struct nhrp_input *in = &nhrp->in;
	unsigned int left = max;

	lockdep_assert_held(&nhrp->mesh->fwd.lock);
	remember(nhrp);
	left -= feed_from(nhrp, &in->known, left - NHRP_STRANGERS_SHARE);
	left -= feed_from(nhrp, &in->again, left - NHRP_STRANGERS_SHARE / 2);
	left -= feed_from(nhrp, &in->strangers, left);
	return max - left;
}

bool nhrp_input_waits(const struct nhrp *nhrp)
{
	return !skb_queue_empty_lockless(&nhrp->in.known) ||
	       !skb_queue_empty_lockless(&nhrp->in.again);
}

void nhrp_input_init(struct nhrp *nhrp)
{
	struct nhrp_input *in = &nhrp->in;

	skb_queue_head_init(&in->known);
	skb_queue_head_init(&in->again);
	skb_queue_head_init(&in->strangers);
	spin_lock_init(&in->lock);
	get_random_bytes(&in->key, sizeof(in->key));
}

void nhrp_input_purge(struct nhrp *nhrp)
{
	struct nhrp_input *in = &nhrp->in;
	struct recent *missed;

	skb_queue_purge(&in->known);
	skb_queue_purge(&in->again);
	skb_queue_purge(&in->strangers);
	spin_lock_bh(&in->lock);
	missed = in->missed;
	in->missed = NULL;
	spin_unlock_bh(&in->lock);
	recent_free(missed);
}

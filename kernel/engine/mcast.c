// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/slab.h>
#include <net/l3mdev.h>

#include "drop.h"
#include "encap.h"
#include "mcast.h"

#define QUEUE_MAX	256	/* packets that may wait for the worker */
#define BATCH		16	/* packets of one run of the worker */
#define STEP		64	/* peers looked at before others get a turn */

/**
 * struct flood - a packet on its way to many
 * @mesh: the device
 * @skb: the packet, of which copies are sent
 * @from: where it came from, which gets no copy; or of length 0
 * @hash: of its flow
 * @len: octets of an address of its family
 * @copies: sent so far
 */
struct flood {
	struct mesh_dev *mesh;
	struct sk_buff *skb;
	struct mesh_addr from;
	u32 hash;
	u8 len;
	unsigned int copies;
};

static bool listens(const struct mesh_dev *mesh, const struct peer *peer)
{
	return READ_ONCE(peer->origins) & READ_ONCE(mesh->mcast->origins);
}

/*
 * A node may be two peers, one of each family.  One of them gets the copy: that
 * of the packet's own family, where it has one.
 */
static bool is_first_of_node(const struct flood *f, const struct peer *peer,
			     const struct endpoint *ep)
{
	struct endpoint_index *idx = &f->mesh->fwd.endpoints;
	const struct endpoint *other;

	if (peer->addr.len == f->len)
		return true;
	for (other = endpoint_first(idx, &ep->nbma); other;
	     other = endpoint_next(idx, (struct endpoint *)other))
		if (other->peer->addr.len == f->len &&
		    mesh_addr_same_node(&other->nbma, &ep->nbma) &&
		    listens(f->mesh, other->peer))
			return false;
	return true;
}

static void copy_to(struct flood *f, const struct peer *peer)
{
	struct endpoint *ep = peer_endpoint(peer, f->hash);
	struct sk_buff *copy;

	if (!ep || mesh_addr_same_node(&ep->nbma, &f->from) ||
	    !is_first_of_node(f, peer, ep))
		return;
	/* Headers are written in front of each, what follows them is shared. */
	copy = skb_clone(f->skb, GFP_ATOMIC);
	if (!copy) {
		mesh_count(f->mesh->counters, MESH_C_DROP_TX_NOMEM);
		return;
	}
	if (encap_xmit(f->mesh, copy, ep, f->hash)) {
		mesh_count(f->mesh->counters, MESH_C_MULTICAST_COPIES);
		f->copies++;
	}
}

/* A few peers behind @after, which moves on; false: those were the last. */
static bool step(struct flood *f, struct mesh_addr *after)
{
	unsigned int i;

	for (i = 0; i < STEP; i++) {
		struct peer *peer = fwd_peer_next(&f->mesh->fwd,
						  after->len ? after : NULL);

		if (!peer)
			return false;
		*after = peer->addr;
		if (listens(f->mesh, peer))
			copy_to(f, peer);
	}
	return true;
}

static bool came_by_us(const struct mesh_dev *mesh, const struct sk_buff *skb)
{
	return skb->skb_iif &&
	       (skb->skb_iif == mesh->dev->ifindex ||
		skb->skb_iif == l3mdev_master_ifindex_rcu(mesh->dev));
}

/* The endpoint by which the packet's source is reached has it already. */
static void find_source(struct flood *f)
{
	const void *source = f->len == 4 ? (void *)&ip_hdr(f->skb)->saddr :
					   (void *)&ipv6_hdr(f->skb)->saddr;
	struct fwd_path path;
	struct fwd_hit hit;

	if (came_by_us(f->mesh, f->skb) &&
	    fwd_lookup(&f->mesh->fwd, source, f->len, &hit) &&
	    fwd_pick(&hit, f->hash, &path))
		f->from = path.ep->nbma;
}

/* Takes @skb. */
static void flood(struct mesh_dev *mesh, struct sk_buff *skb)
{
	struct flood f = { .mesh = mesh, .skb = skb };
	struct mesh_addr after = {};
	bool more;

	local_bh_disable();
	rcu_read_lock();
	f.hash = flow_hash_skb(&rcu_dereference(mesh->encap)->flow, skb);
	f.len = skb->protocol == htons(ETH_P_IP) ? 4 : 16;
	find_source(&f);
	do {
		more = step(&f, &after);
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
		local_bh_disable();
		rcu_read_lock();
	} while (more);
	if (f.copies) {
		mesh_count(mesh->counters, MESH_C_MULTICAST_TX);
		consume_skb(skb);
	} else {
		mesh_drop(mesh, skb, MESH_C_DROP_TX_MULTICAST);
	}
	rcu_read_unlock();
	local_bh_enable();
}

static void mcast_work(struct work_struct *work)
{
	struct mcast *mcast = container_of(work, struct mcast, work);
	unsigned int left = BATCH;
	struct sk_buff *skb;

	/* What has slipped in while the device went down is not sent. */
	if (!netif_running(mcast->mesh->dev))
		skb_queue_purge(&mcast->queue);
	while (left-- && (skb = skb_dequeue(&mcast->queue)))
		flood(mcast->mesh, skb);
	/* So that who waits for the worker need not wait for a flood to end. */
	if (!skb_queue_empty_lockless(&mcast->queue))
		queue_work(system_unbound_wq, work);
}

void mcast_xmit(struct mesh_dev *mesh, struct sk_buff *skb)
{
	struct mcast *mcast = mesh->mcast;

	if (!READ_ONCE(mcast->origins)) {
		mesh_drop(mesh, skb, MESH_C_DROP_TX_MULTICAST);
		return;
	}
	if (skb_queue_len_lockless(&mcast->queue) >= QUEUE_MAX) {
		mesh_drop(mesh, skb, MESH_C_DROP_TX_MULTICAST_FULL);
		return;
	}
	/* What it refers to need not wait with it. */
	skb_orphan(skb);
	skb_dst_drop(skb);
	skb_ext_reset(skb);
	nf_reset_ct(skb);
	skb_queue_tail(&mcast->queue, skb);
	queue_work(system_unbound_wq, &mcast->work);
}

int mcast_init(struct mesh_dev *mesh)
{
	struct mcast *mcast = kzalloc(sizeof(*mcast), GFP_KERNEL_ACCOUNT);

	if (!mcast)
		return -ENOMEM;
	mcast->mesh = mesh;
	skb_queue_head_init(&mcast->queue);
	INIT_WORK(&mcast->work, mcast_work);
	mesh->mcast = mcast;
	return 0;
}

void mcast_exit(struct mesh_dev *mesh)
{
	mcast_down(mesh);
	kfree(mesh->mcast);
}

void mcast_down(struct mesh_dev *mesh)
{
	cancel_work_sync(&mesh->mcast->work);
	skb_queue_purge(&mesh->mcast->queue);
}

void mcast_configure(struct mesh_dev *mesh, u8 origins)
{
	lockdep_assert_held(&mesh->fwd.lock);
	WRITE_ONCE(mesh->mcast->origins, origins);
}

u8 mcast_origins(const struct mesh_dev *mesh)
{
	lockdep_assert_held(&mesh->fwd.lock);
	return mesh->mcast->origins;
}

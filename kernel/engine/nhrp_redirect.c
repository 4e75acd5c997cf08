// SPDX-License-Identifier: GPL-2.0
/* When a hub tells a source of a better way, and that it is not told too often. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <net/ipv6.h>

#include "nhrp_priv.h"

/* Indications that may wait for the worker. */
#define QUOTES_MAX	256

/* A hash of source and destination; false: of such a packet none is told. */
static bool pair_hash(const struct nhrp_redirect *r, const struct sk_buff *skb,
		      u64 *hash)
{
	const void *data = skb_network_header(skb);
	unsigned int len = skb_tail_pointer(skb) - skb_network_header(skb);

	if (skb->protocol == htons(ETH_P_IP)) {
		const struct iphdr *ip4 = data;

		if (len < sizeof(*ip4) || ipv4_is_multicast(ip4->daddr) ||
		    ipv4_is_lbcast(ip4->daddr))
			return false;
		*hash = siphash(&ip4->saddr, 2 * sizeof(ip4->saddr), &r->key);
	} else if (skb->protocol == htons(ETH_P_IPV6)) {
		const struct ipv6hdr *ip6 = data;

		if (len < sizeof(*ip6) || ipv6_addr_is_multicast(&ip6->daddr) ||
		    ipv6_addr_type(&ip6->saddr) & IPV6_ADDR_LINKLOCAL)
			return false;
		*hash = siphash(&ip6->saddr, 2 * sizeof(ip6->saddr), &r->key);
	} else {
		return false;
	}
	return true;
}

static bool allowed(struct nhrp_redirect *r, u64 hash)
{
	atomic_t *slot = &r->slot[hash % NHRP_REDIRECT_SLOTS];
	/* Odd, so that it differs from an unused slot's 0. */
	u32 now = jiffies_to_msecs(jiffies) | 1;
	u32 old = atomic_read(slot);

	if (old && now - old < READ_ONCE(r->interval))
		return false;
	return atomic_cmpxchg(slot, old, now) == old;
}

static void quote(struct nhrp *nhrp, const struct sk_buff *skb)
{
	unsigned int len = skb->len - skb_network_offset(skb);
	struct sk_buff *copy;

	if (skb_queue_len_lockless(&nhrp->quotes) >= QUOTES_MAX)
		return;
	len = min_t(unsigned int, len, NHRP_QUOTE_MAX);
	copy = alloc_skb(len, GFP_ATOMIC);
	if (!copy)
		return;
	if (skb_copy_bits(skb, skb_network_offset(skb), skb_put(copy, len), len)) {
		kfree_skb(copy);
		return;
	}
	skb_queue_tail(&nhrp->quotes, copy);
	nhrp_kick(nhrp);
}

void nhrp_redirect(struct mesh_dev *mesh, const struct sk_buff *skb)
{
	struct nhrp *nhrp = mesh->nhrp;
	u64 hash;

	if (!READ_ONCE(nhrp->redirect.on) ||
	    !pair_hash(&nhrp->redirect, skb, &hash))
		return;
	if (allowed(&nhrp->redirect, hash))
		quote(nhrp, skb);
	else
		mesh_count(mesh->counters, MESH_C_NHRP_REDIRECT_LIMITED);
}

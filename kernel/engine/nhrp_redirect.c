// SPDX-License-Identifier: GPL-2.0
/* When a hub tells a source of a better way, and that it is not told too often. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <net/ipv6.h>

#include "nhrp_priv.h"
#include "trace.h"

/* Indications that may wait for the worker. */
#define QUOTES_MAX	256

/* One source, and the prefix that its packet's destination was found by. */
struct pair {
	struct in6_addr src;
	struct in6_addr dst;
};

/* False: of such a packet none is told. */
static bool read_pair(const struct sk_buff *skb, u8 plen, struct pair *pair)
{
	const void *data = skb_network_header(skb);
	unsigned int len = skb_tail_pointer(skb) - skb_network_header(skb);

	memset(pair, 0, sizeof(*pair));
	if (skb->protocol == htons(ETH_P_IP)) {
		const struct iphdr *ip4 = data;

		if (len < sizeof(*ip4) || ipv4_is_multicast(ip4->daddr) ||
		    ipv4_is_lbcast(ip4->daddr))
			return false;
		pair->src.s6_addr32[3] = ip4->saddr;
		pair->dst.s6_addr32[3] = ip4->daddr & inet_make_mask(plen);
	} else if (skb->protocol == htons(ETH_P_IPV6)) {
		const struct ipv6hdr *ip6 = data;

		if (len < sizeof(*ip6) || ipv6_addr_is_multicast(&ip6->daddr) ||
		    ipv6_addr_type(&ip6->saddr) & IPV6_ADDR_LINKLOCAL)
			return false;
		pair->src = ip6->saddr;
		ipv6_addr_prefix(&pair->dst, &ip6->daddr, plen);
	} else {
		return false;
	}
	return true;
}

struct nhrp_limiter *nhrp_limiter_new(u32 slots)
{
	struct nhrp_limiter *l;

	l = kvzalloc(struct_size(l, slot, slots), GFP_KERNEL_ACCOUNT);
	if (!l)
		return NULL;
	l->slots = slots;
	get_random_bytes(&l->key, sizeof(l->key));
	return l;
}

bool nhrp_limiter_allows(struct nhrp_limiter *l, u64 hash, u32 interval)
{
	atomic_t *slot = &l->slot[reciprocal_scale(hash, l->slots)];
	/* Odd, so that it differs from an unused slot's 0. */
	u32 now = jiffies_to_msecs(jiffies) | 1;
	u32 old = atomic_read(slot);

	if (old && now - old < interval)
		return false;
	return atomic_cmpxchg(slot, old, now) == old;
}

static enum mesh_redirect quote(struct nhrp *nhrp, const struct sk_buff *skb)
{
	unsigned int len = skb->len - skb_network_offset(skb);
	struct sk_buff *copy;

	if (skb_queue_len_lockless(&nhrp->quotes) >= QUOTES_MAX)
		return MESH_REDIRECT_LOST;
	len = min_t(unsigned int, len, NHRP_QUOTE_MAX);
	copy = alloc_skb(len, GFP_ATOMIC);
	if (!copy)
		return MESH_REDIRECT_LOST;
	if (skb_copy_bits(skb, skb_network_offset(skb), skb_put(copy, len), len)) {
		kfree_skb(copy);
		return MESH_REDIRECT_LOST;
	}
	nhrp_enqueue(nhrp, &nhrp->quotes, copy);
	return MESH_REDIRECT_QUEUED;
}

/* The device of @out's redirect domain that a packet came in by, or NULL. */
static struct mesh_dev *came_by(struct mesh_dev *out, const struct sk_buff *skb)
{
	struct net_device *dev;

	if (skb->skb_iif == out->dev->ifindex)
		return out;
	if (!skb->skb_iif || !READ_ONCE(out->nhrp->redirect.network))
		return NULL;
	dev = dev_get_by_index_rcu(dev_net(out->dev), skb->skb_iif);
	return dev && nhrp_same_network(out, dev) ? netdev_priv(dev) : NULL;
}

bool nhrp_same_network(const struct mesh_dev *mesh,
		       const struct net_device *dev)
{
	u32 network = READ_ONCE(mesh->nhrp->redirect.network);
	const struct mesh_dev *other = netdev_priv(dev);

	return network && mesh_is_mesh(dev) &&
	       READ_ONCE(other->nhrp->redirect.network) == network;
}

void nhrp_redirect(struct mesh_dev *out, const struct sk_buff *skb, u8 plen)
{
	enum mesh_redirect verdict = MESH_REDIRECT_LIMITED;
	struct mesh_dev *mesh = came_by(out, skb);
	struct nhrp_limiter *told;
	struct nhrp *nhrp;
	struct pair pair;

	if (!mesh)
		return;
	nhrp = mesh->nhrp;
	if (!READ_ONCE(nhrp->redirect.on) || !read_pair(skb, plen, &pair))
		return;
	told = rcu_dereference(nhrp->redirect.told);
	if (nhrp_limiter_allows(told, siphash(&pair, sizeof(pair), &told->key),
				READ_ONCE(nhrp->redirect.interval)))
		verdict = quote(nhrp, skb);
	else
		mesh_count(mesh->counters, MESH_C_NHRP_REDIRECT_LIMITED);
	trace_mesh_redirect(mesh, out, skb, plen, verdict);
}

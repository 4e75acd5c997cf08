// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <net/dsfield.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/nexthop.h>
#include <net/route.h>

#include "decided.h"

/* Places of each processor, log2. */
#define DECIDED_BITS 5

/*
 * Some of what the stack looks at changes nothing that could be compared: whether
 * links without a carrier count, which router is reachable.  It has to wait so long.
 */
#define DECIDED_LAST HZ

/**
 * struct decided_slot - the route of the packets from one address to another
 * @pair: as in the packets
 * @dst: with a reference, or NULL
 * @until: jiffies, when the stack is asked again
 * @genid: see struct decided_query
 * @cookie: of @dst
 * @missed: hash of the pair that was not found here last
 * @words: of @pair
 * @dsfield: of the packets
 */
struct decided_slot {
	u32 pair[2 * sizeof(struct in6_addr) / sizeof(u32)];
	struct dst_entry *dst;
	unsigned long until;
	int genid;
	u32 cookie;
	u32 missed;
	u8 words;
	u8 dsfield;
};

struct decided {
	struct decided_slot slot[1 << DECIDED_BITS];
};

#ifdef CONFIG_64BIT
static_assert(sizeof(struct decided_slot) == 64, "a line of a cache");
#endif

int decided_init(struct mesh_dev *mesh)
{
	mesh->decided = __alloc_percpu_gfp(sizeof(struct decided),
					   sizeof(struct decided_slot),
					   GFP_KERNEL_ACCOUNT);
	return mesh->decided ? 0 : -ENOMEM;
}

void decided_exit(struct mesh_dev *mesh)
{
	decided_forget(mesh);
	free_percpu(mesh->decided);
}

void decided_forget(struct mesh_dev *mesh)
{
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct decided *d = per_cpu_ptr(mesh->decided, cpu);

		for (i = 0; i < ARRAY_SIZE(d->slot); i++)
			dst_release(d->slot[i].dst);
		memset(d, 0, sizeof(*d));
	}
}

/*
 * Rules look at more than addresses, a source filter at the way back.  Redirects, which
 * this device does not want, depend on where the packet goes.
 */
static void query_ip4(const struct net_device *dev, const struct sk_buff *skb,
		      struct decided_query *q)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct net *net = dev_net(dev);

	q->pair = (const u32 *)&ip_hdr(skb)->saddr;
	q->words = 2;
	q->dsfield = ip_hdr(skb)->tos;
	q->open = !fib4_has_custom_rules(net) && in_dev &&
		  !IN_DEV_RPFILTER(in_dev) && !IN_DEV_TX_REDIRECTS(in_dev);
	q->genid = rt_genid_ipv4(net);
}

static void query_ip6(const struct net_device *dev, const struct sk_buff *skb,
		      struct decided_query *q)
{
	const struct net *net = dev_net(dev);

	q->pair = (const u32 *)&ipv6_hdr(skb)->saddr;
	q->words = 8;
	q->dsfield = ipv6_get_dsfield(ipv6_hdr(skb));
	q->open = !fib6_has_custom_rules(net);
	q->genid = atomic_read(&net->ipv6.fib6_sernum);
}

/* Whoever sees to it that his packets meet in one place is the only one to wait. */
static u32 hash_of(const u32 *pair, unsigned int words)
{
	u32 hash = 0;

	while (words--)
		hash = (hash ^ *pair++) * GOLDEN_RATIO_32;
	return hash;
}

static bool is_about(const struct decided_slot *slot,
		     const struct decided_query *q)
{
	u32 differ = slot->words ^ q->words;
	unsigned int i;

	for (i = 0; i < q->words; i++)
		differ |= slot->pair[i] ^ q->pair[i];
	return !differ && slot->dsfield == q->dsfield;
}

struct dst_entry *decided_find(struct mesh_dev *mesh, const struct sk_buff *skb,
			       struct decided_query *q)
{
	struct decided *d = this_cpu_ptr(mesh->decided);

	if (skb->protocol == htons(ETH_P_IP))
		query_ip4(mesh->dev, skb, q);
	else
		query_ip6(mesh->dev, skb, q);
	q->hash = hash_of(q->pair, q->words);
	q->slot = &d->slot[q->hash >> (32 - DECIDED_BITS)];
	if (!is_about(q->slot, q) || !q->open || q->slot->genid != q->genid ||
	    time_after(jiffies, q->slot->until))
		return NULL;
	return dst_check(q->slot->dst, q->slot->cookie);
}

/* Flows of one pair may be shared among several next hops. */
static bool is_single_ip4(const struct net_device *dev,
			  const struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);
	struct flowi4 fl4 = {
		.flowi4_iif = dev->ifindex,
		.flowi4_tos = ip->tos,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.daddr = ip->daddr,
		.saddr = ip->saddr,
	};
	struct fib_result res;

	return !fib_lookup(dev_net(dev), &fl4, &res, FIB_LOOKUP_NOREF) &&
	       res.fi && fib_info_num_path(res.fi) == 1;
}

static bool is_single_ip6(const struct sk_buff *skb)
{
	const struct rt6_info *rt = (const struct rt6_info *)skb_dst(skb);
	const struct fib6_info *from = rcu_dereference(rt->from);

	return from && !from->nh && !READ_ONCE(from->fib6_nsiblings);
}

void decided_keep(struct mesh_dev *mesh, const struct sk_buff *skb,
		  const struct decided_query *q)
{
	const bool ip4 = skb->protocol == htons(ETH_P_IP);
	struct decided_slot *slot = q->slot;
	struct dst_entry *dst = skb_dst(skb);
	struct decided_query now;

	/* Who comes once only would drive out who comes again and again. */
	if (slot->missed != q->hash) {
		slot->missed = q->hash;
		return;
	}
	/* One with a reference is for this packet alone. */
	if (!q->open || !skb_dst_is_noref(skb) ||
	    !(ip4 ? is_single_ip4(mesh->dev, skb) : is_single_ip6(skb)))
		return;
	if (ip4)
		query_ip4(mesh->dev, skb, &now);
	else
		query_ip6(mesh->dev, skb, &now);
	if (now.genid != q->genid || !now.open || !dst_hold_safe(dst))
		return;
	dst_release(slot->dst);
	slot->dst = dst;
	slot->until = jiffies + DECIDED_LAST;
	slot->genid = q->genid;
	slot->cookie = ip4 ? 0 : rt6_get_cookie((struct rt6_info *)dst);
	slot->words = q->words;
	slot->dsfield = q->dsfield;
	memcpy(slot->pair, q->pair, q->words * sizeof(*q->pair));
}

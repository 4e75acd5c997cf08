// SPDX-License-Identifier: GPL-2.0
/*
 * What ip_rcv() and ip_forward(), ip6_rcv() and ip6_forward() do with a packet of no
 * interest, in this order and with their counters.  Whatever is of interest is left
 * to them, and with it all errors and what they tell of them: so nothing is here that
 * could differ from there but this, which is left out: an IPv6 redirect, as NHRP's
 * are the ones that count on this device.
 */
#include <linux/ip.h>
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/sch_generic.h>
#include <net/xfrm.h>

#include "bypass.h"
#include "compat.h"
#include "decided.h"
#include "drop.h"
#include "encap.h"
#include "tx.h"

static bool is_ip4(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP);
}

static bool has_hook(const struct net *net, const struct sk_buff *skb,
		     enum nf_inet_hooks hook)
{
	return is_ip4(skb) ? rcu_access_pointer(net->nf.hooks_ipv4[hook]) :
			     rcu_access_pointer(net->nf.hooks_ipv6[hook]);
}

/* Somebody may want to see, to change or to stop what comes in by the device. */
static bool is_watched(struct net_device *dev)
{
	return !list_empty(&dev->ptype_specific) ||
	       rcu_access_pointer(dev->rx_handler) ||
	       rcu_access_pointer(dev->xdp_prog) || compat_tc_ingress(dev) ||
	       compat_nf_ingress(dev) || netif_is_l3_slave(dev) ||
	       dev_nit_active(dev);
}

static bool has_policy(const struct net *net)
{
#ifdef CONFIG_XFRM
	const struct netns_xfrm *xfrm = &net->xfrm;

	return xfrm->policy_count[XFRM_POLICY_FWD] ||
	       xfrm->policy_count[XFRM_POLICY_OUT] ||
	       xfrm->policy_default[XFRM_POLICY_FWD] != XFRM_USERPOLICY_ACCEPT ||
	       xfrm->policy_default[XFRM_POLICY_OUT] != XFRM_USERPOLICY_ACCEPT;
#else
	return false;
#endif
}

static bool is_wanted(const struct net *net, struct net_device *dev,
		      const struct sk_buff *skb)
{
	return has_hook(net, skb, NF_INET_PRE_ROUTING) ||
	       has_hook(net, skb, NF_INET_FORWARD) || has_policy(net) ||
	       is_watched(dev);
}

/* Nothing is between the stack's output and the device but hooks. */
static bool is_direct(const struct net_device *dev, struct sk_buff *skb)
{
	const struct netdev_queue *queue = netdev_get_tx_queue(dev, 0);

	return dev->real_num_tx_queues == 1 &&
	       !rcu_dereference_bh(queue->qdisc)->enqueue &&
	       !compat_tc_egress(dev) && !compat_nf_egress(dev) &&
	       !(skb_is_gso(skb) &&
		 netif_needs_gso(skb, netif_skb_features(skb)));
}

/* No options, no errors in it, no padding behind it. */
static bool is_plain_ip4(const struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);

	return ip->ihl == 5 && ip->ttl > 1 && ntohs(ip->tot_len) == skb->len &&
	       !ipv4_is_multicast(ip->daddr) && !ipv4_is_lbcast(ip->daddr) &&
	       !ip_fast_csum(ip, ip->ihl);
}

/* Neither of a link, nor of this host alone, nor of several. */
static bool is_routable(const struct in6_addr *addr)
{
	int type = ipv6_addr_type(addr);

	return type & IPV6_ADDR_UNICAST &&
	       !(type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL));
}

static bool is_plain_ip6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);

	return ip->nexthdr != NEXTHDR_HOP && ip->hop_limit > 1 &&
	       ntohs(ip->payload_len) + sizeof(*ip) == skb->len &&
	       is_routable(&ip->saddr) && is_routable(&ip->daddr);
}

static bool forwards_ip4(const struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);

	return in_dev && IN_DEV_FORWARD(in_dev);
}

static bool forwards_ip6(const struct net *net, const struct net_device *dev)
{
	const struct ipv6_devconf *all = net->ipv6.devconf_all;
	const struct inet6_dev *idev = __in6_dev_get(dev);

#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	if (net->ipv6.fib6_rules_require_fldissect)
		return false;
#endif
	return idev && !READ_ONCE(idev->cnf.disable_ipv6) &&
	       READ_ONCE(all->forwarding) && !READ_ONCE(all->proxy_ndp);
}

/* The stack's own decision, martians, source filter and all. */
static bool ask_ip4(struct net_device *dev, struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);
	const struct rtable *rt;

	if (ip_route_input_noref(skb, ip->daddr, ip->saddr, ip->tos, dev))
		return false;
	rt = skb_rtable(skb);
	return rt->rt_type == RTN_UNICAST && rt_is_input_route(rt) &&
	       !(IPCB(skb)->flags & IPSKB_DOREDIRECT);
}

static bool ask_ip6(struct net *net, struct net_device *dev,
		    struct sk_buff *skb)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.flowi6_iif = dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = ip->nexthdr,
		.flowlabel = ip6_flowinfo(ip),
		.daddr = ip->daddr,
		.saddr = ip->saddr,
	};
	const struct rt6_info *rt;
	struct dst_entry *dst;

	dst = ip6_route_input_lookup(net, dev, &fl6, skb,
				     RT6_LOOKUP_F_HAS_SADDR |
				     RT6_LOOKUP_F_DST_NOREF);
	skb_dst_set_noref(skb, dst);
	rt = (const struct rt6_info *)dst;
	return !dst->error &&
	       !(rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST | RTF_REJECT));
}

/* Neither it nor the device asks for more than to be forwarded. */
static bool is_plain(const struct net *net, const struct net_device *dev,
		     const struct sk_buff *skb)
{
	return is_ip4(skb) ? is_plain_ip4(skb) && forwards_ip4(dev) :
			     is_plain_ip6(skb) && forwards_ip6(net, dev);
}

/* What the stack's input leaves behind. */
static void enter(const struct net_device *dev, struct sk_buff *skb)
{
	if (is_ip4(skb)) {
		skb_set_transport_header(skb, sizeof(struct iphdr));
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		IPCB(skb)->iif = dev->ifindex;
	} else {
		skb_set_transport_header(skb, sizeof(struct ipv6hdr));
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		IP6CB(skb)->iif = dev->ifindex;
		IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	}
}

static unsigned int mtu_of(const struct sk_buff *skb,
			   const struct dst_entry *dst)
{
	return is_ip4(skb) ? ip_dst_mtu_maybe_forward(dst, true) :
			     max_t(unsigned int, IPV6_MIN_MTU,
				   ip6_dst_mtu_maybe_forward(dst, true));
}

/* By the last packet's answer where there is one. */
static bool ask(struct mesh_dev *mesh, struct net *net, struct sk_buff *skb)
{
	struct decided_query query;
	struct dst_entry *dst = decided_find(mesh, skb, &query);

	if (dst) {
		skb_dst_set_noref(skb, dst);
		return true;
	}
	if (is_ip4(skb) ? !ask_ip4(mesh->dev, skb) :
			  !ask_ip6(net, mesh->dev, skb))
		return false;
	decided_keep(mesh, skb, &query);
	return true;
}

/* Where the packet would go; false where that is not for us to say. */
static bool route(struct mesh_dev *mesh, struct net *net, struct sk_buff *skb)
{
	const struct dst_entry *dst;

	if (!is_plain(net, mesh->dev, skb))
		return false;
	enter(mesh->dev, skb);
	if (!ask(mesh, net, skb))
		return false;
	dst = skb_dst(skb);
#ifdef CONFIG_IP_ROUTE_CLASSID
	if (dst->tclassid)
		return false;
#endif
	return !dst->lwtstate && encap_fits(skb, mtu_of(skb, dst));
}

static void step_ip4(struct net *net, struct sk_buff *skb)
{
	struct iphdr *ip = ip_hdr(skb);
	u8 ecn = ip->tos & INET_ECN_MASK;

	__IP_UPD_PO_STATS(net, IPSTATS_MIB_IN, skb->len);
	__IP_ADD_STATS(net, IPSTATS_MIB_NOECTPKTS + ecn,
		       max_t(u16, 1, skb_shinfo(skb)->gso_segs));
	__IP_INC_STATS(net, IPSTATS_MIB_OUTFORWDATAGRAMS);
	IPCB(skb)->flags |= IPSKB_FORWARDED;
	ip_decrease_ttl(ip);
	if (READ_ONCE(net->ipv4.sysctl_ip_fwd_update_priority))
		skb->priority = rt_tos2priority(ip->tos);
}

static void step_ip6(struct net *net, struct net_device *dev,
		     struct sk_buff *skb)
{
	struct inet6_dev *out = ip6_dst_idev(skb_dst(skb));
	struct inet6_dev *in = __in6_dev_get(dev);
	struct ipv6hdr *ip = ipv6_hdr(skb);
	u8 ecn = ipv6_get_dsfield(ip) & INET_ECN_MASK;

	__IP6_UPD_PO_STATS(net, in, IPSTATS_MIB_IN, skb->len);
	__IP6_ADD_STATS(net, in, IPSTATS_MIB_NOECTPKTS + ecn,
			max_t(u16, 1, skb_shinfo(skb)->gso_segs));
	__IP6_INC_STATS(net, out, IPSTATS_MIB_OUTFORWDATAGRAMS);
	ip->hop_limit--;
}

/* What the stack's output counts where it is left out. */
static void count_output(struct net *net, struct sk_buff *skb)
{
	if (is_ip4(skb))
		IP_UPD_PO_STATS(net, IPSTATS_MIB_OUT, skb->len);
	else
		IP6_UPD_PO_STATS(net, ip6_dst_idev(skb_dst(skb)),
				 IPSTATS_MIB_OUT, skb->len);
}

/* What the hooks have let out by the device; one of them may have held it up. */
static int leave(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	count_output(net, skb);
	rcu_read_lock();
	tx_forward(netdev_priv(skb->dev), skb);
	rcu_read_unlock();
	return 0;
}

/* Security modules have hooks there on most hosts. */
static void output(struct mesh_dev *mesh, struct net *net, struct sk_buff *skb)
{
	u8 pf = is_ip4(skb) ? NFPROTO_IPV4 : NFPROTO_IPV6;

	NF_HOOK(pf, NF_INET_POST_ROUTING, net, NULL, skb, mesh->dev, mesh->dev,
		leave);
}

/* It has its route, and nothing is in its way. */
static void forward(struct mesh_dev *mesh, struct net *net, struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);
	struct net_device *dev = mesh->dev;

	skb_orphan(skb);
	if (skb_cow(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len)) {
		mesh_drop(mesh, skb, MESH_C_DROP_RX_NOMEM);
		return;
	}
	skb_forward_csum(skb);
	if (is_ip4(skb))
		step_ip4(net, skb);
	else
		step_ip6(net, dev, skb);
	skb_clear_tstamp(skb);
	mesh_count(mesh->counters, MESH_C_BYPASS);
	if (dst->dev == dev && is_direct(dev, skb))
		output(mesh, net, skb);
	else
		dst_output(net, NULL, skb);
}

bool bypass(struct mesh_dev *mesh, struct sk_buff *skb)
{
	struct net_device *dev = mesh->dev;
	struct net *net = dev_net(dev);

	if (!rcu_dereference(mesh->encap)->bypass || is_wanted(net, dev, skb))
		return false;
	skb->skb_iif = dev->ifindex;
	skb_reset_mac_len(skb);
	if (!route(mesh, net, skb) || skb_warn_if_lro(skb)) {
		skb_dst_drop(skb);
		return false;
	}
	forward(mesh, net, skb);
	return true;
}

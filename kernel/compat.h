/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that this builds for.  Each shim names the
 * kernel that retires it.
 */
#ifndef _MESH_COMPAT_H
#define _MESH_COMPAT_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/version.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/netfilter/nf_conntrack.h>

/* 6.5 parted it from linux/skbuff.h. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* 6.12 has a name for it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define SKB_DROP_REASON_NO_TX_TARGET SKB_DROP_REASON_IP_OUTNOROUTES
#endif

/* 6.12 made the feature flag a field of the device. */
static inline void compat_set_lltx(struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

/*
 * Whether programs or classifiers of tc look at what comes in by a device, or goes
 * out.  6.6 made both of them one list.
 */
static inline bool compat_tc_ingress(const struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0) && defined(CONFIG_NET_CLS_ACT)
	return rcu_access_pointer(dev->miniq_ingress);
#elif defined(CONFIG_NET_XGRESS)
	return rcu_access_pointer(dev->tcx_ingress);
#else
	return false;
#endif
}

static inline bool compat_tc_egress(const struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0) && defined(CONFIG_NET_CLS_ACT)
	return rcu_access_pointer(dev->miniq_egress);
#elif defined(CONFIG_NET_XGRESS)
	return rcu_access_pointer(dev->tcx_egress);
#else
	return false;
#endif
}

/* The same for netfilter's hooks of a device, which a kernel may lack. */
static inline bool compat_nf_ingress(const struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_INGRESS
	return rcu_access_pointer(dev->nf_hooks_ingress);
#else
	return false;
#endif
}

static inline bool compat_nf_egress(const struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_EGRESS
	return rcu_access_pointer(dev->nf_hooks_egress);
#else
	return false;
#endif
}

/*
 * Confirms the packet's connection, as connection tracking does in a hook that
 * a stolen packet never comes to.  Nothing to do where the kernel has none.
 */
static inline bool compat_ct_confirm(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	const struct nf_ct_hook *hook = rcu_dereference(nf_ct_hook);
	enum ip_conntrack_info info;
	const struct nf_conn *ct = nf_ct_get(skb, &info);

	return !hook || !ct || nf_ct_is_confirmed(ct) ||
	       hook->confirm(skb) == NF_ACCEPT;
#else
	return true;
#endif
}

/*
 * Puts the fragments of a packet to this host together: 0 with the whole packet
 * in @skb, -EINPROGRESS where it waits for more and @skb is taken, or another
 * error.  Without that part of the kernel fragments stay what they are.
 */
static inline int compat_frag6_gather(struct net *net, struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_DEFRAG_IPV6)
	return nf_ct_frag6_gather(net, skb, IP6_DEFRAG_LOCAL_DELIVER);
#else
	return 0;
#endif
}

/*
 * An extended ack's text about one of several entries.  6.3 made room for texts
 * that are not constants; before, the attribute's offset alone tells which.
 */
static inline void compat_extack_entry(struct netlink_ext_ack *extack,
				       const char *text, int index)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	extack->_msg = text;
#else
	NL_SET_ERR_MSG_FMT(extack, "%s (entry %d)", text, index);
#endif
}

#endif

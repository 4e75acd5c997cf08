// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/skbuff.h>
#include <net/icmp.h>
#include <net/sock.h>

#include "compat.h"
#include "drop.h"
#include "trace.h"

static const enum skb_drop_reason reasons[MESH_C_MAX] = {
#define MESH_COUNTER_REASON(name, reason, ...) \
	[MESH_C_##name] = SKB_DROP_REASON_##reason,
	MESH_COUNTERS(MESH_COUNTER_REASON)
#undef MESH_COUNTER_REASON
};

const u8 mesh_counter_attr[MESH_C_MAX] = {
#define MESH_COUNTER_ATTR(name, ...) \
	[MESH_C_##name] = MESH_A_STATS_##name,
	MESH_COUNTERS(MESH_COUNTER_ATTR)
#undef MESH_COUNTER_ATTR
};

static void count_device(struct net_device *dev, enum mesh_counter why)
{
	switch (why) {
	case MESH_C_DROP_RX_CHECKSUM:
		DEV_STATS_INC(dev, rx_crc_errors);
		fallthrough;
	case MESH_C_DROP_RX_MALFORMED:
	case MESH_C_DROP_RX_PROTOCOL:
	case MESH_C_DROP_RX_INNER:
		DEV_STATS_INC(dev, rx_errors);
		break;
	case MESH_C_DROP_RX_POLICY:
	case MESH_C_DROP_RX_DOWN:
	case MESH_C_DROP_RX_NOMEM:
	case MESH_C_DROP_RX_STRANGER:
	case MESH_C_DROP_RX_SOURCE:
	case MESH_C_NHRP_QUEUE_FULL:
	case MESH_C_BFD_MALFORMED:
	case MESH_C_BFD_FAR:
	case MESH_C_BFD_STRAY:
		DEV_STATS_INC(dev, rx_dropped);
		break;
	case MESH_C_DROP_TX_NO_ROUTE:
		DEV_STATS_INC(dev, tx_carrier_errors);
		DEV_STATS_INC(dev, tx_errors);
		break;
	case MESH_C_DROP_TX_LOOP:
		DEV_STATS_INC(dev, collisions);
		fallthrough;
	case MESH_C_DROP_TX_MALFORMED:
	case MESH_C_DROP_TX_PROTOCOL:
	case MESH_C_DROP_TX_TTL:
		DEV_STATS_INC(dev, tx_errors);
		break;
	default:
		DEV_STATS_INC(dev, tx_dropped);
	}
}

void mesh_drop(struct mesh_dev *mesh, struct sk_buff *skb,
	       enum mesh_counter why)
{
	mesh_count(mesh->counters, why);
	count_device(mesh->dev, why);
	trace_mesh_drop(mesh, skb, why);
	kfree_skb_reason(skb, reasons[why]);
}

/*
 * The kernel's own answers (echo replies, resets) are sent with the lock held
 * that an ICMP error needs, and nobody waits for that error.
 */
static bool has_sender(const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	return !sk || !sk_fullsock(sk) || sk->sk_net_refcnt;
}

void mesh_tell_unreachable(struct sk_buff *skb)
{
	if (!has_sender(skb))
		return;
	if (skb->protocol == htons(ETH_P_IP))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH,
				0);
}

void mesh_tell_too_big(struct sk_buff *skb, u32 mtu)
{
	if (!has_sender(skb))
		return;
	if (skb->protocol == htons(ETH_P_IP))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(mtu));
	else
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
}

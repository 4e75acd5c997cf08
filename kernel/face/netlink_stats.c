// SPDX-License-Identifier: GPL-2.0
/*
 * stats-get: every counter of a device.
 */
#include "netlink_priv.h"
#include "engine/nhrp.h"

/* The preprocessor does not know capitals. */
#define A_rx		MESH_A_STATS_NHRP_RX
#define A_tx		MESH_A_STATS_NHRP_TX
#define A_malformed	MESH_A_STATS_NHRP_MALFORMED
#define A_bad_auth	MESH_A_STATS_NHRP_BAD_AUTH
#define A_auth_missing	MESH_A_STATS_NHRP_AUTH_MISSING
#define A_auth_unknown_key	MESH_A_STATS_NHRP_AUTH_UNKNOWN_KEY
#define A_auth_bad_mac	MESH_A_STATS_NHRP_AUTH_BAD_MAC
#define A_auth_replayed	MESH_A_STATS_NHRP_AUTH_REPLAYED
#define A_hop_exceeded	MESH_A_STATS_NHRP_HOP_EXCEEDED
#define A_looped	MESH_A_STATS_NHRP_LOOPED
#define A_no_route	MESH_A_STATS_NHRP_NO_ROUTE
#define A_stale		MESH_A_STATS_NHRP_STALE
#define A_refused	MESH_A_STATS_NHRP_REFUSED
#define A_table_full	MESH_A_STATS_NHRP_TABLE_FULL
#define A_nomem		MESH_A_STATS_NHRP_NOMEM
#define A_unsupported	MESH_A_STATS_NHRP_UNSUPPORTED
#define A_register_rx	MESH_A_STATS_NHRP_REGISTER_RX
#define A_register_tx	MESH_A_STATS_NHRP_REGISTER_TX
#define A_resolve_rx	MESH_A_STATS_NHRP_RESOLVE_RX
#define A_resolve_tx	MESH_A_STATS_NHRP_RESOLVE_TX
#define A_purge_rx	MESH_A_STATS_NHRP_PURGE_RX
#define A_purge_tx	MESH_A_STATS_NHRP_PURGE_TX
#define A_error_rx	MESH_A_STATS_NHRP_ERROR_RX
#define A_error_tx	MESH_A_STATS_NHRP_ERROR_TX
#define A_redirect_rx	MESH_A_STATS_NHRP_REDIRECT_RX
#define A_redirect_tx	MESH_A_STATS_NHRP_REDIRECT_TX
#define A_forwarded	MESH_A_STATS_NHRP_FORWARDED
#define A_deferred	MESH_A_STATS_NHRP_DEFERRED
#define A_nat		MESH_A_STATS_NHRP_NAT
#define A_negative	MESH_A_STATS_NHRP_NEGATIVE
#define A_loop_source	MESH_A_STATS_NHRP_LOOP_SOURCE
#define A_loop_record	MESH_A_STATS_NHRP_LOOP_RECORD
#define A_ext_unknown	MESH_A_STATS_NHRP_EXT_UNKNOWN
#define A_error_extension	MESH_A_STATS_NHRP_ERROR_EXTENSION
#define A_error_loop	MESH_A_STATS_NHRP_ERROR_LOOP
#define A_error_unreachable	MESH_A_STATS_NHRP_ERROR_UNREACHABLE
#define A_error_auth	MESH_A_STATS_NHRP_ERROR_AUTH
#define A_error_hops	MESH_A_STATS_NHRP_ERROR_HOPS
#define A_error_other	MESH_A_STATS_NHRP_ERROR_OTHER
#define A_error_stray	MESH_A_STATS_NHRP_ERROR_STRAY
#define A_nat_both	MESH_A_STATS_NHRP_NAT_BOTH
#define A_other_family	MESH_A_STATS_NHRP_OTHER_FAMILY
#define A_net_full	MESH_A_STATS_NHRP_NET_FULL
#define A_no_family	MESH_A_STATS_NHRP_NO_FAMILY
#define A_purge_failed	MESH_A_STATS_NHRP_PURGE_FAILED
#define A_nat_port	MESH_A_STATS_NHRP_NAT_PORT

#define FIELD(name) { offsetof(struct nhrp_stats, name), A_##name },
static const struct {
	u16 offset;
	u8 attr;
} fields[] = { NHRP_STATS(FIELD) };
#undef FIELD

/* The schema shows each counter there is, and none that there is not. */
static_assert(MESH_A_STATS_TX_BYTES + MESH_C_MAX + ARRAY_SIZE(fields) == __MESH_A_STATS_MAX - 1);

static int put_traffic(struct sk_buff *skb, struct net_device *dev)
{
	struct rtnl_link_stats64 s;

	dev_get_stats(dev, &s);
	if (mesh_nl_put_u64(skb, MESH_A_STATS_RX_PACKETS, s.rx_packets) ||
	    mesh_nl_put_u64(skb, MESH_A_STATS_RX_BYTES, s.rx_bytes) ||
	    mesh_nl_put_u64(skb, MESH_A_STATS_TX_PACKETS, s.tx_packets) ||
	    mesh_nl_put_u64(skb, MESH_A_STATS_TX_BYTES, s.tx_bytes))
		return -EMSGSIZE;
	return 0;
}

static int put_drops(struct sk_buff *skb, struct mesh_dev *mesh)
{
	int i, err = 0;

	for (i = 0; i < MESH_C_MAX && !err; i++)
		err = mesh_nl_put_u64(skb, mesh_counter_attr[i],
				      mesh_counter_read(mesh->counters, i));
	return err;
}

static int put_nhrp(struct sk_buff *skb, struct mesh_dev *mesh)
{
	struct nhrp_stats s;
	int i, err = 0;

	nhrp_stats_get(mesh, &s);
	for (i = 0; i < ARRAY_SIZE(fields) && !err; i++)
		err = mesh_nl_put_u64(skb, fields[i].attr,
				      *(u64 *)((char *)&s + fields[i].offset));
	return err;
}

static int fill(struct sk_buff *skb, struct mesh_dev *mesh, const void *obj)
{
	if (nla_put_u32(skb, MESH_A_STATS_IFINDEX, mesh->dev->ifindex) ||
	    nla_put_string(skb, MESH_A_STATS_IFNAME, mesh->dev->name) ||
	    put_traffic(skb, mesh->dev) || put_drops(skb, mesh) ||
	    put_nhrp(skb, mesh))
		return -EMSGSIZE;
	return 0;
}

int mesh_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return mesh_nl_answer_dev(info, fill);
}

int mesh_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct mesh_nl_walk walk = {
		.kind = FWD_KINDS,
		.fill = fill,
	};

	return mesh_nl_dump(skb, cb, &walk);
}

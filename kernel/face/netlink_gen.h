/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/mesh.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_MESH_GEN_H
#define _LINUX_MESH_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/mesh.h>

#define MESH_IFNAME_MAX	15

/* Common nested types */
extern const struct nla_policy mesh_endpoint_nl_policy[MESH_A_ENDPOINT_PORT + 1];
extern const struct nla_policy mesh_entry_nl_policy[MESH_A_ENTRY_PEER + 1];
extern const struct nla_policy mesh_flow_nl_policy[MESH_A_FLOW_INNER_FLOWLABEL + 1];
extern const struct nla_policy mesh_member_nl_policy[MESH_A_MEMBER_BUCKETS + 1];

extern const struct nla_policy mesh_dev_get_nl_policy[MESH_A_DEV_IFNAME + 1];

extern const struct nla_policy mesh_dev_set_nl_policy[MESH_A_DEV_SOURCE_POLICY + 1];

extern const struct nla_policy mesh_peer_get_nl_policy[MESH_A_PEER_ORIGIN + 1];

extern const struct nla_policy mesh_peer_new_nl_policy[MESH_A_PEER_ENDPOINT + 1];

extern const struct nla_policy mesh_peer_set_nl_policy[MESH_A_PEER_ENDPOINT + 1];

extern const struct nla_policy mesh_peer_del_nl_policy[MESH_A_PEER_FLUSH + 1];

extern const struct nla_policy mesh_nhs_get_nl_policy[MESH_A_NHS_NBMA + 1];

extern const struct nla_policy mesh_nhs_new_nl_policy[MESH_A_NHS_OWNER + 1];

extern const struct nla_policy mesh_nhs_del_nl_policy[MESH_A_NHS_NBMA + 1];

extern const struct nla_policy mesh_group_get_nl_policy[MESH_A_GROUP_ID + 1];

extern const struct nla_policy mesh_group_new_nl_policy[MESH_A_GROUP_IDLE_TIME + 1];

extern const struct nla_policy mesh_group_set_nl_policy[MESH_A_GROUP_IDLE_TIME + 1];

extern const struct nla_policy mesh_group_del_nl_policy[MESH_A_GROUP_ID + 1];

extern const struct nla_policy mesh_route_get_nl_policy[MESH_A_ROUTE_FLOW + 1];

extern const struct nla_policy mesh_route_new_nl_policy[MESH_A_ROUTE_ENTRY + 1];

extern const struct nla_policy mesh_route_del_nl_policy[MESH_A_ROUTE_SWEEP + 1];

extern const struct nla_policy mesh_shortcut_get_nl_policy[MESH_A_SHORTCUT_PREFIX_LEN + 1];

extern const struct nla_policy mesh_shortcut_del_nl_policy[MESH_A_SHORTCUT_FLUSH + 1];

extern const struct nla_policy mesh_stats_get_nl_policy[MESH_A_STATS_IFNAME + 1];

extern const struct nla_policy mesh_key_get_nl_policy[MESH_A_KEY_ID + 1];

extern const struct nla_policy mesh_key_new_nl_policy[MESH_A_KEY_ACCEPT_ONLY + 1];

extern const struct nla_policy mesh_key_set_nl_policy[MESH_A_KEY_ACCEPT_ONLY + 1];

extern const struct nla_policy mesh_key_del_nl_policy[MESH_A_KEY_ID + 1];

/* Ops table for mesh */
extern const struct genl_ops mesh_nl_ops[23];

int mesh_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int mesh_nl_dev_set_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int mesh_nl_peer_new_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_peer_set_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_nhs_get_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_nhs_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int mesh_nl_nhs_new_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_nhs_del_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int mesh_nl_group_new_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_group_set_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_group_del_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_route_get_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_route_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int mesh_nl_route_new_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_route_del_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_shortcut_get_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_shortcut_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int mesh_nl_shortcut_del_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int mesh_nl_key_get_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_key_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int mesh_nl_key_new_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_key_set_doit(struct sk_buff *skb, struct genl_info *info);
int mesh_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	MESH_NLGRP_EVENTS,
};

#endif /* _LINUX_MESH_GEN_H */

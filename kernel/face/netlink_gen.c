// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/mesh.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/mesh.h>

/* Common nested types */
const struct nla_policy mesh_endpoint_nl_policy[MESH_A_ENDPOINT_PORT + 1] = {
	[MESH_A_ENDPOINT_NBMA] = { .type = NLA_BINARY, },
	[MESH_A_ENDPOINT_WEIGHT] = NLA_POLICY_MIN(NLA_U16, 1),
	[MESH_A_ENDPOINT_TIER] = { .type = NLA_U8, },
	[MESH_A_ENDPOINT_STATE] = NLA_POLICY_MAX(NLA_U8, 1),
	[MESH_A_ENDPOINT_BFD] = NLA_POLICY_MAX(NLA_U8, 1),
	[MESH_A_ENDPOINT_BFD_STATE] = NLA_POLICY_MAX(NLA_U8, 3),
	[MESH_A_ENDPOINT_BFD_DIAG] = NLA_POLICY_MAX(NLA_U8, 8),
	[MESH_A_ENDPOINT_BFD_DETECTION] = { .type = NLA_U32, },
	[MESH_A_ENDPOINT_BFD_PROVEN] = { .type = NLA_FLAG, },
	[MESH_A_ENDPOINT_ENCAP] = NLA_POLICY_MAX(NLA_U8, 1),
	[MESH_A_ENDPOINT_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
};

const struct nla_policy mesh_entry_nl_policy[MESH_A_ENTRY_PEER + 1] = {
	[MESH_A_ENTRY_PREFIX] = { .type = NLA_BINARY, },
	[MESH_A_ENTRY_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[MESH_A_ENTRY_GROUP] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_ENTRY_PEER] = { .type = NLA_BINARY, },
};

const struct nla_policy mesh_flow_nl_policy[MESH_A_FLOW_INNER_FLOWLABEL + 1] = {
	[MESH_A_FLOW_DST] = { .type = NLA_BINARY, },
	[MESH_A_FLOW_SRC] = { .type = NLA_BINARY, },
	[MESH_A_FLOW_IP_PROTO] = { .type = NLA_U8, },
	[MESH_A_FLOW_SPORT] = { .type = NLA_U16, },
	[MESH_A_FLOW_DPORT] = { .type = NLA_U16, },
	[MESH_A_FLOW_FLOWLABEL] = { .type = NLA_U32, },
	[MESH_A_FLOW_INNER_DST] = { .type = NLA_BINARY, },
	[MESH_A_FLOW_INNER_SRC] = { .type = NLA_BINARY, },
	[MESH_A_FLOW_INNER_IP_PROTO] = { .type = NLA_U8, },
	[MESH_A_FLOW_INNER_SPORT] = { .type = NLA_U16, },
	[MESH_A_FLOW_INNER_DPORT] = { .type = NLA_U16, },
	[MESH_A_FLOW_INNER_FLOWLABEL] = { .type = NLA_U32, },
};

const struct nla_policy mesh_member_nl_policy[MESH_A_MEMBER_BUCKETS + 1] = {
	[MESH_A_MEMBER_PROTOCOL] = { .type = NLA_BINARY, },
	[MESH_A_MEMBER_WEIGHT] = NLA_POLICY_MIN(NLA_U16, 1),
	[MESH_A_MEMBER_TIER] = { .type = NLA_U8, },
	[MESH_A_MEMBER_BUCKETS] = { .type = NLA_U32, },
};

/* MESH_CMD_DEV_GET - do */
const struct nla_policy mesh_dev_get_nl_policy[MESH_A_DEV_IFNAME + 1] = {
	[MESH_A_DEV_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_DEV_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
};

/* MESH_CMD_DEV_SET - do */
const struct nla_policy mesh_dev_set_nl_policy[MESH_A_DEV_SOURCE_POLICY + 1] = {
	[MESH_A_DEV_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_DEV_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_DEV_LOCAL] = { .type = NLA_BINARY, },
	[MESH_A_DEV_LINK] = { .type = NLA_U32, },
	[MESH_A_DEV_KEY] = { .type = NLA_U32, },
	[MESH_A_DEV_NO_KEY] = { .type = NLA_FLAG, },
	[MESH_A_DEV_TTL] = { .type = NLA_U8, },
	[MESH_A_DEV_TOS] = { .type = NLA_U8, },
	[MESH_A_DEV_PMTUDISC] = NLA_POLICY_MAX(NLA_U8, 1),
	[MESH_A_DEV_IGNORE_DF] = NLA_POLICY_MAX(NLA_U8, 1),
	[MESH_A_DEV_FWMARK] = { .type = NLA_U32, },
	[MESH_A_DEV_HASH_SEED] = { .type = NLA_U32, },
	[MESH_A_DEV_NHRP_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[MESH_A_DEV_HOLDTIME] = NLA_POLICY_MIN(NLA_U16, 3),
	[MESH_A_DEV_REDIRECT_INTERVAL] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_DEV_AUTH] = { .type = NLA_NUL_STRING, .len = MESH_AUTH_MAX, },
	[MESH_A_DEV_MAX_PEERS] = { .type = NLA_U32, },
	[MESH_A_DEV_MAX_GROUPS] = { .type = NLA_U32, },
	[MESH_A_DEV_MAX_ROUTES] = { .type = NLA_U32, },
	[MESH_A_DEV_MAX_SHORTCUTS] = { .type = NLA_U32, },
	[MESH_A_DEV_LOCAL6] = { .type = NLA_BINARY, },
	[MESH_A_DEV_NETWORK_ID] = { .type = NLA_U32, },
	[MESH_A_DEV_MAX_REDIRECTS] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_DEV_BFD] = NLA_POLICY_MAX(NLA_U8, 1),
	[MESH_A_DEV_BFD_INTERVAL] = NLA_POLICY_MIN(NLA_U32, 10),
	[MESH_A_DEV_BFD_MULTIPLIER] = NLA_POLICY_MIN(NLA_U8, 1),
	[MESH_A_DEV_MAX_BFD] = { .type = NLA_U32, },
	[MESH_A_DEV_REGISTER_RATE] = { .type = NLA_U32, },
	[MESH_A_DEV_HOME] = NLA_POLICY_NESTED(mesh_endpoint_nl_policy),
	[MESH_A_DEV_NO_HOME] = { .type = NLA_FLAG, },
	[MESH_A_DEV_MULTICAST] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[MESH_A_DEV_MAX_LEARNED] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_DEV_MAX_QUERIES] = { .type = NLA_U32, },
	[MESH_A_DEV_MAX_ANSWERS] = { .type = NLA_U32, },
	[MESH_A_DEV_MAX_MEMORY] = { .type = NLA_U32, },
	[MESH_A_DEV_HASH_FIELDS] = NLA_POLICY_MASK(NLA_U32, 0xfff),
	[MESH_A_DEV_HASH_SYMMETRIC] = NLA_POLICY_MAX(NLA_U8, 1),
	[MESH_A_DEV_ENCAP] = NLA_POLICY_MAX(NLA_U8, 1),
	[MESH_A_DEV_UDP_PORT] = { .type = NLA_U16, },
	[MESH_A_DEV_UDP_SOURCE] = { .type = NLA_U16, },
	[MESH_A_DEV_UDP_CSUM] = NLA_POLICY_MAX(NLA_U8, 1),
	[MESH_A_DEV_BYPASS] = NLA_POLICY_MAX(NLA_U8, 1),
	[MESH_A_DEV_SOURCE_POLICY] = NLA_POLICY_MAX(NLA_U8, 2),
};

/* MESH_CMD_PEER_GET - do */
const struct nla_policy mesh_peer_get_nl_policy[MESH_A_PEER_ORIGIN + 1] = {
	[MESH_A_PEER_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_PEER_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_PEER_PROTOCOL] = { .type = NLA_BINARY, },
	[MESH_A_PEER_ORIGIN] = NLA_POLICY_MASK(NLA_U32, 0xf),
};

/* MESH_CMD_PEER_NEW - do */
const struct nla_policy mesh_peer_new_nl_policy[MESH_A_PEER_ENDPOINT + 1] = {
	[MESH_A_PEER_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_PEER_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_PEER_PROTOCOL] = { .type = NLA_BINARY, },
	[MESH_A_PEER_ENDPOINT] = NLA_POLICY_NESTED(mesh_endpoint_nl_policy),
};

/* MESH_CMD_PEER_SET - do */
const struct nla_policy mesh_peer_set_nl_policy[MESH_A_PEER_ENDPOINT + 1] = {
	[MESH_A_PEER_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_PEER_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_PEER_PROTOCOL] = { .type = NLA_BINARY, },
	[MESH_A_PEER_ENDPOINT] = NLA_POLICY_NESTED(mesh_endpoint_nl_policy),
};

/* MESH_CMD_PEER_DEL - do */
const struct nla_policy mesh_peer_del_nl_policy[MESH_A_PEER_FLUSH + 1] = {
	[MESH_A_PEER_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_PEER_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_PEER_PROTOCOL] = { .type = NLA_BINARY, },
	[MESH_A_PEER_ORIGIN] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[MESH_A_PEER_FLUSH] = { .type = NLA_FLAG, },
};

/* MESH_CMD_NHS_GET - do */
const struct nla_policy mesh_nhs_get_nl_policy[MESH_A_NHS_NBMA + 1] = {
	[MESH_A_NHS_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_NHS_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_NHS_NBMA] = { .type = NLA_BINARY, },
};

/* MESH_CMD_NHS_NEW - do */
const struct nla_policy mesh_nhs_new_nl_policy[MESH_A_NHS_OWNER + 1] = {
	[MESH_A_NHS_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_NHS_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_NHS_NBMA] = { .type = NLA_BINARY, },
	[MESH_A_NHS_PROTOCOL] = { .type = NLA_BINARY, },
	[MESH_A_NHS_PRIORITY] = { .type = NLA_U8, },
	[MESH_A_NHS_OWNER] = NLA_POLICY_MIN(NLA_U8, 1),
};

/* MESH_CMD_NHS_DEL - do */
const struct nla_policy mesh_nhs_del_nl_policy[MESH_A_NHS_NBMA + 1] = {
	[MESH_A_NHS_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_NHS_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_NHS_NBMA] = { .type = NLA_BINARY, },
};

/* MESH_CMD_GROUP_GET - do */
const struct nla_policy mesh_group_get_nl_policy[MESH_A_GROUP_ID + 1] = {
	[MESH_A_GROUP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_GROUP_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_GROUP_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* MESH_CMD_GROUP_NEW - do */
const struct nla_policy mesh_group_new_nl_policy[MESH_A_GROUP_IDLE_TIME + 1] = {
	[MESH_A_GROUP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_GROUP_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_GROUP_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_GROUP_MEMBER] = NLA_POLICY_NESTED(mesh_member_nl_policy),
	[MESH_A_GROUP_BUCKETS] = NLA_POLICY_MIN(NLA_U32, 128),
	[MESH_A_GROUP_IDLE_TIME] = { .type = NLA_U32, },
};

/* MESH_CMD_GROUP_SET - do */
const struct nla_policy mesh_group_set_nl_policy[MESH_A_GROUP_IDLE_TIME + 1] = {
	[MESH_A_GROUP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_GROUP_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_GROUP_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_GROUP_MEMBER] = NLA_POLICY_NESTED(mesh_member_nl_policy),
	[MESH_A_GROUP_BUCKETS] = NLA_POLICY_MIN(NLA_U32, 128),
	[MESH_A_GROUP_IDLE_TIME] = { .type = NLA_U32, },
};

/* MESH_CMD_GROUP_DEL - do */
const struct nla_policy mesh_group_del_nl_policy[MESH_A_GROUP_ID + 1] = {
	[MESH_A_GROUP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_GROUP_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_GROUP_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* MESH_CMD_ROUTE_GET - do */
const struct nla_policy mesh_route_get_nl_policy[MESH_A_ROUTE_FLOW + 1] = {
	[MESH_A_ROUTE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_ROUTE_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_ROUTE_PREFIX] = { .type = NLA_BINARY, },
	[MESH_A_ROUTE_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[MESH_A_ROUTE_OWNER] = NLA_POLICY_MIN(NLA_U8, 1),
	[MESH_A_ROUTE_FLOW] = NLA_POLICY_NESTED(mesh_flow_nl_policy),
};

/* MESH_CMD_ROUTE_NEW - do */
const struct nla_policy mesh_route_new_nl_policy[MESH_A_ROUTE_ENTRY + 1] = {
	[MESH_A_ROUTE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_ROUTE_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_ROUTE_PREFIX] = { .type = NLA_BINARY, },
	[MESH_A_ROUTE_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[MESH_A_ROUTE_GROUP] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_ROUTE_PEER] = { .type = NLA_BINARY, },
	[MESH_A_ROUTE_OWNER] = NLA_POLICY_MIN(NLA_U8, 1),
	[MESH_A_ROUTE_GENERATION] = { .type = NLA_U32, },
	[MESH_A_ROUTE_ENTRY] = NLA_POLICY_NESTED(mesh_entry_nl_policy),
};

/* MESH_CMD_ROUTE_DEL - do */
const struct nla_policy mesh_route_del_nl_policy[MESH_A_ROUTE_SWEEP + 1] = {
	[MESH_A_ROUTE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_ROUTE_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_ROUTE_PREFIX] = { .type = NLA_BINARY, },
	[MESH_A_ROUTE_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[MESH_A_ROUTE_OWNER] = NLA_POLICY_MIN(NLA_U8, 1),
	[MESH_A_ROUTE_GENERATION] = { .type = NLA_U32, },
	[MESH_A_ROUTE_ENTRY] = NLA_POLICY_NESTED(mesh_entry_nl_policy),
	[MESH_A_ROUTE_FLUSH] = { .type = NLA_FLAG, },
	[MESH_A_ROUTE_SWEEP] = { .type = NLA_FLAG, },
};

/* MESH_CMD_SHORTCUT_GET - do */
const struct nla_policy mesh_shortcut_get_nl_policy[MESH_A_SHORTCUT_PREFIX_LEN + 1] = {
	[MESH_A_SHORTCUT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_SHORTCUT_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_SHORTCUT_PREFIX] = { .type = NLA_BINARY, },
	[MESH_A_SHORTCUT_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

/* MESH_CMD_SHORTCUT_DEL - do */
const struct nla_policy mesh_shortcut_del_nl_policy[MESH_A_SHORTCUT_FLUSH + 1] = {
	[MESH_A_SHORTCUT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_SHORTCUT_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_SHORTCUT_PREFIX] = { .type = NLA_BINARY, },
	[MESH_A_SHORTCUT_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[MESH_A_SHORTCUT_FLUSH] = { .type = NLA_FLAG, },
};

/* MESH_CMD_STATS_GET - do */
const struct nla_policy mesh_stats_get_nl_policy[MESH_A_STATS_IFNAME + 1] = {
	[MESH_A_STATS_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_STATS_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
};

/* MESH_CMD_KEY_GET - do */
const struct nla_policy mesh_key_get_nl_policy[MESH_A_KEY_ID + 1] = {
	[MESH_A_KEY_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_KEY_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_KEY_ID] = NLA_POLICY_MIN(NLA_U16, 1),
};

/* MESH_CMD_KEY_NEW - do */
const struct nla_policy mesh_key_new_nl_policy[MESH_A_KEY_ACCEPT_ONLY + 1] = {
	[MESH_A_KEY_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_KEY_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_KEY_ID] = NLA_POLICY_MIN(NLA_U16, 1),
	[MESH_A_KEY_SECRET] = { .type = NLA_BINARY, },
	[MESH_A_KEY_ACCEPT_ONLY] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* MESH_CMD_KEY_SET - do */
const struct nla_policy mesh_key_set_nl_policy[MESH_A_KEY_ACCEPT_ONLY + 1] = {
	[MESH_A_KEY_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_KEY_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_KEY_ID] = NLA_POLICY_MIN(NLA_U16, 1),
	[MESH_A_KEY_ACCEPT_ONLY] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* MESH_CMD_KEY_DEL - do */
const struct nla_policy mesh_key_del_nl_policy[MESH_A_KEY_ID + 1] = {
	[MESH_A_KEY_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[MESH_A_KEY_IFNAME] = { .type = NLA_NUL_STRING, .len = MESH_IFNAME_MAX, },
	[MESH_A_KEY_ID] = NLA_POLICY_MIN(NLA_U16, 1),
};

/* Ops table for mesh */
const struct genl_ops mesh_nl_ops[23] = {
	{
		.cmd		= MESH_CMD_DEV_GET,
		.doit		= mesh_nl_dev_get_doit,
		.dumpit		= mesh_nl_dev_get_dumpit,
		.policy		= mesh_dev_get_nl_policy,
		.maxattr	= MESH_A_DEV_IFNAME,
	},
	{
		.cmd		= MESH_CMD_DEV_SET,
		.doit		= mesh_nl_dev_set_doit,
		.policy		= mesh_dev_set_nl_policy,
		.maxattr	= MESH_A_DEV_SOURCE_POLICY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_PEER_GET,
		.doit		= mesh_nl_peer_get_doit,
		.dumpit		= mesh_nl_peer_get_dumpit,
		.policy		= mesh_peer_get_nl_policy,
		.maxattr	= MESH_A_PEER_ORIGIN,
	},
	{
		.cmd		= MESH_CMD_PEER_NEW,
		.doit		= mesh_nl_peer_new_doit,
		.policy		= mesh_peer_new_nl_policy,
		.maxattr	= MESH_A_PEER_ENDPOINT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_PEER_SET,
		.doit		= mesh_nl_peer_set_doit,
		.policy		= mesh_peer_set_nl_policy,
		.maxattr	= MESH_A_PEER_ENDPOINT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_PEER_DEL,
		.doit		= mesh_nl_peer_del_doit,
		.policy		= mesh_peer_del_nl_policy,
		.maxattr	= MESH_A_PEER_FLUSH,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_NHS_GET,
		.doit		= mesh_nl_nhs_get_doit,
		.dumpit		= mesh_nl_nhs_get_dumpit,
		.policy		= mesh_nhs_get_nl_policy,
		.maxattr	= MESH_A_NHS_NBMA,
	},
	{
		.cmd		= MESH_CMD_NHS_NEW,
		.doit		= mesh_nl_nhs_new_doit,
		.policy		= mesh_nhs_new_nl_policy,
		.maxattr	= MESH_A_NHS_OWNER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_NHS_DEL,
		.doit		= mesh_nl_nhs_del_doit,
		.policy		= mesh_nhs_del_nl_policy,
		.maxattr	= MESH_A_NHS_NBMA,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_GROUP_GET,
		.doit		= mesh_nl_group_get_doit,
		.dumpit		= mesh_nl_group_get_dumpit,
		.policy		= mesh_group_get_nl_policy,
		.maxattr	= MESH_A_GROUP_ID,
	},
	{
		.cmd		= MESH_CMD_GROUP_NEW,
		.doit		= mesh_nl_group_new_doit,
		.policy		= mesh_group_new_nl_policy,
		.maxattr	= MESH_A_GROUP_IDLE_TIME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_GROUP_SET,
		.doit		= mesh_nl_group_set_doit,
		.policy		= mesh_group_set_nl_policy,
		.maxattr	= MESH_A_GROUP_IDLE_TIME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_GROUP_DEL,
		.doit		= mesh_nl_group_del_doit,
		.policy		= mesh_group_del_nl_policy,
		.maxattr	= MESH_A_GROUP_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_ROUTE_GET,
		.doit		= mesh_nl_route_get_doit,
		.dumpit		= mesh_nl_route_get_dumpit,
		.policy		= mesh_route_get_nl_policy,
		.maxattr	= MESH_A_ROUTE_FLOW,
	},
	{
		.cmd		= MESH_CMD_ROUTE_NEW,
		.doit		= mesh_nl_route_new_doit,
		.policy		= mesh_route_new_nl_policy,
		.maxattr	= MESH_A_ROUTE_ENTRY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_ROUTE_DEL,
		.doit		= mesh_nl_route_del_doit,
		.policy		= mesh_route_del_nl_policy,
		.maxattr	= MESH_A_ROUTE_SWEEP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_SHORTCUT_GET,
		.doit		= mesh_nl_shortcut_get_doit,
		.dumpit		= mesh_nl_shortcut_get_dumpit,
		.policy		= mesh_shortcut_get_nl_policy,
		.maxattr	= MESH_A_SHORTCUT_PREFIX_LEN,
	},
	{
		.cmd		= MESH_CMD_SHORTCUT_DEL,
		.doit		= mesh_nl_shortcut_del_doit,
		.policy		= mesh_shortcut_del_nl_policy,
		.maxattr	= MESH_A_SHORTCUT_FLUSH,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_STATS_GET,
		.doit		= mesh_nl_stats_get_doit,
		.dumpit		= mesh_nl_stats_get_dumpit,
		.policy		= mesh_stats_get_nl_policy,
		.maxattr	= MESH_A_STATS_IFNAME,
	},
	{
		.cmd		= MESH_CMD_KEY_GET,
		.doit		= mesh_nl_key_get_doit,
		.dumpit		= mesh_nl_key_get_dumpit,
		.policy		= mesh_key_get_nl_policy,
		.maxattr	= MESH_A_KEY_ID,
	},
	{
		.cmd		= MESH_CMD_KEY_NEW,
		.doit		= mesh_nl_key_new_doit,
		.policy		= mesh_key_new_nl_policy,
		.maxattr	= MESH_A_KEY_ACCEPT_ONLY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_KEY_SET,
		.doit		= mesh_nl_key_set_doit,
		.policy		= mesh_key_set_nl_policy,
		.maxattr	= MESH_A_KEY_ACCEPT_ONLY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= MESH_CMD_KEY_DEL,
		.doit		= mesh_nl_key_del_doit,
		.policy		= mesh_key_del_nl_policy,
		.maxattr	= MESH_A_KEY_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group mesh_nl_mcgrps[] = {
	[MESH_NLGRP_EVENTS] = { "events", },
};

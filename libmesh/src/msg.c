// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <linux/genetlink.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(MESH_A_DEV_IFINDEX == MESH_A_IFINDEX, "first attribute");
_Static_assert(MESH_A_PEER_IFINDEX == MESH_A_IFINDEX, "first attribute");
_Static_assert(MESH_A_NHS_IFINDEX == MESH_A_IFINDEX, "first attribute");
_Static_assert(MESH_A_GROUP_IFINDEX == MESH_A_IFINDEX, "first attribute");
_Static_assert(MESH_A_ROUTE_IFINDEX == MESH_A_IFINDEX, "first attribute");
_Static_assert(MESH_A_SHORTCUT_IFINDEX == MESH_A_IFINDEX, "first attribute");
_Static_assert(MESH_A_STATS_IFINDEX == MESH_A_IFINDEX, "first attribute");

void mesh_msg_init(struct mesh_msg *m, struct mesh_ctx *ctx, uint8_t cmd, int flags,
		   unsigned int ifindex, size_t room)
{
	*m = (struct mesh_msg){ .ctx = ctx, .cmd = cmd };
	m->err = mesh_family(ctx);
	if (m->err)
		return;
	m->nl = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + 2 * NLA_HDRLEN + room);
	if (!m->nl || !genlmsg_put(m->nl, NL_AUTO_PORT, 0, ctx->family, 0, flags, cmd,
				   MESH_FAMILY_VERSION)) {
		m->err = mesh_fail(ctx, -ENOMEM, "%s", strerror(ENOMEM));
		return;
	}
	if (ifindex)
		mesh_put_u32(m, MESH_A_IFINDEX, ifindex);
}

void mesh_put(struct mesh_msg *m, int type, const void *data, size_t len)
{
	if (!m->err && nla_put(m->nl, type, len, data))
		m->err = mesh_fail(m->ctx, -EMSGSIZE, "the request does not fit a message");
}

void mesh_put_u8(struct mesh_msg *m, int type, uint8_t value)
{
	mesh_put(m, type, &value, sizeof(value));
}

void mesh_put_u16(struct mesh_msg *m, int type, uint16_t value)
{
	mesh_put(m, type, &value, sizeof(value));
}

void mesh_put_u32(struct mesh_msg *m, int type, uint32_t value)
{
	mesh_put(m, type, &value, sizeof(value));
}

void mesh_put_addr(struct mesh_msg *m, int type, const struct mesh_addr *addr)
{
	if (m->err)
		return;
	if (mesh_addr_valid(addr))
		mesh_put(m, type, addr->bytes, addr->len);
	else
		m->err = mesh_fail_attr(m->ctx, -EINVAL,
					mesh_cmd_set[m->cmd]->names[type].name,
					"an address of 4 or 16 octets is needed");
}

void mesh_put_string(struct mesh_msg *m, int type, const char *value)
{
	mesh_put(m, type, value, strlen(value) + 1);
}

struct nlattr *mesh_nest(struct mesh_msg *m, int type)
{
	struct nlattr *nest = m->err ? NULL : nla_nest_start(m->nl, NLA_F_NESTED | type);

	if (!m->err && !nest)
		m->err = mesh_fail(m->ctx, -EMSGSIZE, "the request does not fit a message");
	return nest;
}

void mesh_put_entry(struct mesh_msg *m, const void *attr, size_t len)
{
	if (!m->err && nlmsg_append(m->nl, (void *)attr, len, NLMSG_ALIGNTO))
		m->err = mesh_fail(m->ctx, -EMSGSIZE, "the request does not fit a message");
}

void mesh_nest_end(struct mesh_msg *m, struct nlattr *nest)
{
	if (!m->err)
		nla_nest_end(m->nl, nest);
}

static int deliver_all(const struct mesh_reply *reply, mesh_deliver_fn deliver, void *arg)
{
	int err = 0;

	for (const struct mesh_block *b = reply->first; b; b = b->next) {
		for (size_t pos = 0; !err && pos < b->len;) {
			const struct nlmsghdr *nlh = (const void *)(b->data + pos);

			err = deliver(nlh, arg);
			pos += NLMSG_ALIGN(nlh->nlmsg_len);
		}
	}
	return err;
}

static int transact_once(struct mesh_msg *m, struct mesh_reply *reply)
{
	return mesh_transact(m->ctx, &m->ctx->genl, m->nl, GENL_HDRLEN,
			     mesh_cmd_set[m->cmd], reply);
}

/*
 * A module that is loaded anew has another id, and to the one that is gone
 * generic netlink answers as to an object that is not there.
 */
static int transact(struct mesh_msg *m, struct mesh_reply *reply)
{
	struct nlmsghdr *request = nlmsg_hdr(m->nl);
	int err = transact_once(m, reply);
	int gone;

	if (err != -ENOENT)
		return err;
	gone = mesh_family_resolve(m->ctx);
	if (gone || m->ctx->family == request->nlmsg_type)
		return gone ? gone : err;
	request->nlmsg_type = m->ctx->family;
	return transact_once(m, reply);
}

int mesh_call(struct mesh_msg *m, mesh_deliver_fn deliver, void *arg)
{
	struct mesh_reply reply = { 0 };
	int err = m->err;

	if (!err)
		err = transact(m, deliver ? &reply : NULL);
	if (!err && deliver)
		err = deliver_all(&reply, deliver, arg);
	nlmsg_free(m->nl);
	mesh_reply_free(&reply);
	return err;
}

int mesh_dump(struct mesh_msg *m, mesh_deliver_fn deliver, void *arg)
{
	struct mesh_reply reply = { 0 };
	unsigned int tries = m->ctx->dump_retries;
	int err = m->err;
	int ret;

	if (!err) {
		nlmsg_hdr(m->nl)->nlmsg_flags |= NLM_F_DUMP;
		do {
			mesh_reply_free(&reply);
			err = transact(m, &reply);
		} while (err == -EINTR && tries--);
	}
	if (!err || err == -EINTR) {
		ret = deliver_all(&reply, deliver, arg);
		err = ret ? ret : err;
	}
	nlmsg_free(m->nl);
	mesh_reply_free(&reply);
	return err;
}

void mesh_attrs(const struct nlmsghdr *nlh, struct nlattr **tb, int max)
{
	nlmsg_parse((struct nlmsghdr *)nlh, GENL_HDRLEN, tb, max, NULL);
}

void mesh_nested(const struct nlattr *nla, struct nlattr **tb, int max)
{
	if (nla)
		nla_parse_nested(tb, max, (struct nlattr *)nla, NULL);
	else
		memset(tb, 0, sizeof(*tb) * (max + 1));
}

static void get(const struct nlattr *nla, void *value, size_t size)
{
	if (nla && (size_t)nla_len(nla) >= size)
		memcpy(value, nla_data(nla), size);
}

uint8_t mesh_u8(const struct nlattr *nla)
{
	uint8_t value = 0;

	get(nla, &value, sizeof(value));
	return value;
}

uint16_t mesh_u16(const struct nlattr *nla)
{
	uint16_t value = 0;

	get(nla, &value, sizeof(value));
	return value;
}

uint32_t mesh_u32(const struct nlattr *nla)
{
	uint32_t value = 0;

	get(nla, &value, sizeof(value));
	return value;
}

uint64_t mesh_u64(const struct nlattr *nla)
{
	uint64_t value = 0;

	get(nla, &value, sizeof(value));
	return value;
}

struct mesh_addr mesh_get_addr(const struct nlattr *nla)
{
	struct mesh_addr addr = { 0 };
	int len = nla ? nla_len(nla) : 0;

	if (len == 4 || len == 16) {
		memcpy(addr.bytes, nla_data(nla), len);
		addr.len = len;
	}
	return addr;
}

struct mesh_counters mesh_get_counters(const struct nlattr *nla)
{
	struct nlattr *tb[MESH_A_COUNTERS_MAX + 1];

	mesh_nested(nla, tb, MESH_A_COUNTERS_MAX);
	return (struct mesh_counters){
		.rx_packets = mesh_u64(tb[MESH_A_COUNTERS_RX_PACKETS]),
		.rx_bytes = mesh_u64(tb[MESH_A_COUNTERS_RX_BYTES]),
		.tx_packets = mesh_u64(tb[MESH_A_COUNTERS_TX_PACKETS]),
		.tx_bytes = mesh_u64(tb[MESH_A_COUNTERS_TX_BYTES]),
	};
}

size_t mesh_count(const struct nlmsghdr *nlh, int type)
{
	const struct nlattr *nla;
	size_t n = 0;
	int rem;

	nlmsg_for_each_attr(nla, (struct nlmsghdr *)nlh, GENL_HDRLEN, rem)
		n += nla_type(nla) == type;
	return n;
}

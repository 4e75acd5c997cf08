// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes in and out, alike for all words.
 */
#include <linux/in.h>
#include <linux/slab.h>

#include "netlink_priv.h"
#include "engine/nhrp.h"

int mesh_nl_addr(struct netlink_ext_ack *extack, const struct nlattr *a,
		 struct mesh_addr *addr)
{
	if (nla_len(a) && mesh_addr_set(addr, nla_data(a), nla_len(a)))
		return 0;
	return mesh_nl_refuse(extack, -EINVAL, a,
			      "an address has 4 octets (IPv4) or 16 (IPv6)");
}

static bool multicast(const struct mesh_addr *addr)
{
	return addr->len == 4 ? ipv4_is_multicast(mesh_addr_ip4(addr)) ||
				ipv4_is_lbcast(mesh_addr_ip4(addr)) :
				addr->b[0] == 0xff;
}

int mesh_nl_host(struct netlink_ext_ack *extack, const struct nlattr *a,
		 struct mesh_addr *addr)
{
	int err = mesh_nl_addr(extack, a, addr);

	if (err)
		return err;
	if (mesh_addr_any(addr))
		return mesh_nl_refuse(extack, -EINVAL, a,
				      "the address is zero, it has to be a node's own");
	if (multicast(addr))
		return mesh_nl_refuse(extack, -EINVAL, a,
				      "a multicast or broadcast address, it has to be a node's own");
	return 0;
}

int mesh_nl_nbma(struct netlink_ext_ack *extack, const struct nlattr *a,
		 struct mesh_addr *addr)
{
	int err = mesh_nl_host(extack, a, addr);

	if (!err && mesh_addr_mapped(addr))
		return mesh_nl_refuse(extack, -EINVAL, a,
				      "an IPv4 address in the guise of an IPv6 one, give it as IPv4");
	return err;
}

int mesh_nl_prefix(struct netlink_ext_ack *extack, const struct nlattr *nest,
		   struct nlattr **tb, int type, int len_type,
		   struct mesh_prefix *prefix)
{
	int err;

	if (NL_REQ_ATTR_CHECK(extack, nest, tb, type) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, len_type))
		return -EINVAL;
	err = mesh_nl_addr(extack, tb[type], &prefix->addr);
	if (err)
		return err;
	prefix->len = nla_get_u8(tb[len_type]);
	if (prefix->len > mesh_addr_bits(&prefix->addr))
		return mesh_nl_refuse(extack, -EINVAL, tb[len_type],
				      prefix->addr.len == 4 ?
				      "prefix length above 32" :
				      "prefix length above 128");
	if (!mesh_prefix_mask(prefix))
		return mesh_nl_refuse(extack, -EINVAL, tb[type],
				      "prefix has host bits set, clear the bits past its length");
	return 0;
}

u32 mesh_nl_make_flags(const struct genl_info *info)
{
	u32 flags = FWD_CREATE;

	if (info->nlhdr->nlmsg_flags & NLM_F_REPLACE)
		flags |= FWD_REPLACE;
	return flags;
}

u32 mesh_nl_route_flags(const struct genl_info *info)
{
	u16 given = info->nlhdr->nlmsg_flags;
	u32 flags = 0;

	if (given & NLM_F_CREATE)
		flags |= FWD_CREATE;
	if (!(given & NLM_F_EXCL))
		flags |= FWD_REPLACE;
	return flags;
}

unsigned int mesh_nl_count(const struct genl_info *info, int type)
{
	const struct nlattr *a;
	unsigned int n = 0;
	int rem;

	nlmsg_for_each_attr(a, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(a) == type;
	return n;
}

const struct nlattr *mesh_nl_nth(const struct genl_info *info, int type,
				 unsigned int n)
{
	const struct nlattr *a;
	int rem;

	nlmsg_for_each_attr(a, info->nlhdr, GENL_HDRLEN, rem)
		if (nla_type(a) == type && !n--)
			return a;
	return NULL;
}

int mesh_nl_each(struct genl_info *info, int type,
		 int (*fn)(struct genl_info *info, struct nlattr *nest,
			   unsigned int n, void *arg), void *arg)
{
	unsigned int n = 0;
	struct nlattr *a;
	int rem, err;

	nlmsg_for_each_attr(a, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(a) != type)
			continue;
		err = fn(info, a, n++, arg);
		if (err)
			return err;
	}
	return 0;
}

void *mesh_nl_list(struct genl_info *info, int type, size_t size,
		   int (*fn)(struct genl_info *info, struct nlattr *nest,
			     unsigned int n, void *arg), unsigned int *n)
{
	void *list;
	int err;

	*n = mesh_nl_count(info, type);
	list = kvcalloc(*n, size, GFP_KERNEL);
	if (!list)
		return ERR_PTR(-ENOMEM);
	err = mesh_nl_each(info, type, fn, list);
	if (!err)
		return list;
	kvfree(list);
	return ERR_PTR(err);
}

const struct nlattr *mesh_nl_inner(const struct nlattr *nest, int type)
{
	const struct nlattr *a = nest ? nla_find_nested(nest, type) : NULL;

	return a ? a : nest;
}

int mesh_nl_put_addr(struct sk_buff *skb, int type,
		     const struct mesh_addr *addr)
{
	return nla_put(skb, type, addr->len, addr->b);
}

int mesh_nl_put_prefix(struct sk_buff *skb, int type, int len_type,
		       const struct mesh_prefix *prefix)
{
	int err = mesh_nl_put_addr(skb, type, &prefix->addr);

	return err ? err : nla_put_u8(skb, len_type, prefix->len);
}

int mesh_nl_put_expires(struct sk_buff *skb, int type, u64 expires)
{
	u64 now = nhrp_now();
	u64 left = expires > now ? expires - now : 0;

	return nla_put_u32(skb, type, min_t(u64, left, U32_MAX));
}

int mesh_nl_put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put(skb, type, sizeof(value), &value);
}

static int put_sum(struct sk_buff *skb, int packets, int bytes,
		   const struct stats __percpu *stats)
{
	struct stats_sum sum = stats_read(stats);
	int err = mesh_nl_put_u64(skb, packets, sum.packets);

	return err ? err : mesh_nl_put_u64(skb, bytes, sum.bytes);
}

int mesh_nl_put_counters(struct sk_buff *skb, int type,
			 const struct stats __percpu *rx,
			 const struct stats __percpu *tx)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if ((rx && put_sum(skb, MESH_A_COUNTERS_RX_PACKETS,
			   MESH_A_COUNTERS_RX_BYTES, rx)) ||
	    put_sum(skb, MESH_A_COUNTERS_TX_PACKETS,
		    MESH_A_COUNTERS_TX_BYTES, tx))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
#include "fpm_parse.h"

#include <linux/netlink.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define FPM_VERSION	1
#define FPM_NETLINK	1
#define FPM_PROTOBUF	2

/* A stretch of the frame that is being read; @base is the frame's start. */
struct span {
	const uint8_t *base;
	const uint8_t *pos;
	size_t left;
	struct fpm_error *err;
};

struct attr {
	uint16_t type;
	struct span value;
};

static int __attribute__((format(printf, 2, 3)))
bad(const struct span *s, const char *fmt, ...)
{
	va_list ap;

	s->err->offset = s->pos - s->base;
	va_start(ap, fmt);
	vsnprintf(s->err->text, sizeof(s->err->text), fmt, ap);
	va_end(ap);
	return -1;
}

static uint32_t get_u32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint16_t get_u16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void skip(struct span *s, size_t n)
{
	if (n > s->left)
		n = s->left;
	s->pos += n;
	s->left -= n;
}

int fpm_frame_len(const uint8_t *buf, size_t len, struct fpm_error *err)
{
	struct span s = { buf, buf, len, err };
	unsigned int frame;

	if (len >= 1 && buf[0] != FPM_VERSION)
		return bad(&s, "FPM version %u, only %u is known", buf[0],
			   FPM_VERSION);
	if (len >= 2 && buf[1] == FPM_PROTOBUF)
		return bad(&s, "protobuf FPM messages; zebra must run with -M dplane_fpm_nl");
	if (len >= 2 && buf[1] != FPM_NETLINK)
		return bad(&s, "FPM message type %u, only %u (netlink) is known",
			   buf[1], FPM_NETLINK);
	if (len < FPM_HEADER_LEN)
		return 0;
	frame = buf[2] << 8 | buf[3];
	if (frame <= FPM_HEADER_LEN)
		return bad(&s, "frame length %u leaves no room for a message",
			   frame);
	return frame;
}

/* The next attribute: 1, 0 at the end, -1 where its length lies. */
static int attr_next(struct span *s, struct attr *a)
{
	size_t len;

	if (!s->left)
		return 0;
	if (s->left < sizeof(struct rtattr))
		return bad(s, "%zu octets where an attribute should begin",
			   s->left);
	len = get_u16(s->pos);
	if (len < sizeof(struct rtattr) || len > s->left)
		return bad(s, "attribute length %zu with %zu octets left", len,
			   s->left);
	a->type = get_u16(s->pos + 2) & NLA_TYPE_MASK;
	a->value = *s;
	a->value.left = len;
	skip(&a->value, sizeof(struct rtattr));
	skip(s, RTA_ALIGN(len));
	return 1;
}

static int read_u32(const struct attr *a, const char *name, uint32_t *v)
{
	if (a->value.left != sizeof(*v))
		return bad(&a->value, "%s has %zu octets, not 4", name,
			   a->value.left);
	*v = get_u32(a->value.pos);
	return 0;
}

static int read_addr(const struct span *v, const char *name, size_t want,
		     struct mesh_addr *addr)
{
	if (v->left != want)
		return bad(v, "%s has %zu octets, not %zu", name, v->left, want);
	memset(addr, 0, sizeof(*addr));
	addr->len = want;
	memcpy(addr->bytes, v->pos, want);
	return 0;
}

/* Length of an address, or 0 for a family that is not IP. */
static size_t addr_size(int family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

static int read_via(const struct attr *a, struct mesh_addr *addr)
{
	struct span v = a->value;
	size_t want;

	if (v.left < sizeof(struct rtvia))
		return bad(&v, "RTA_VIA has %zu octets", v.left);
	want = addr_size(get_u16(v.pos));
	if (!want)
		return bad(&v, "RTA_VIA of address family %u", get_u16(v.pos));
	skip(&v, sizeof(struct rtvia));
	return read_addr(&v, "RTA_VIA", want, addr);
}

static bool host_bits(const struct mesh_addr *addr, unsigned int plen)
{
	unsigned int i = plen / 8;

	if (plen % 8 && addr->bytes[i++] & (0xff >> plen % 8))
		return true;
	for (; i < addr->len; i++)
		if (addr->bytes[i])
			return true;
	return false;
}

static int read_hop_attrs(struct span s, size_t size, struct fpm_hop *hop)
{
	struct attr a;
	int ret;

	while ((ret = attr_next(&s, &a)) > 0) {
		if (a.type == RTA_GATEWAY)
			ret = read_addr(&a.value, "RTA_GATEWAY", size,
					&hop->gateway);
		else if (a.type == RTA_VIA)
			ret = read_via(&a, &hop->gateway);
		if (ret < 0)
			return ret;
	}
	return ret;
}

static int read_multipath(struct span s, size_t size, struct fpm_msg *msg)
{
	while (s.left) {
		struct fpm_hop *hop = &msg->hop[msg->n];
		struct rtnexthop nh;
		struct span attrs = s;

		if (s.left < sizeof(nh))
			return bad(&s, "%zu octets where a next hop should begin",
				   s.left);
		memcpy(&nh, s.pos, sizeof(nh));
		if (nh.rtnh_len < sizeof(nh) || nh.rtnh_len > s.left)
			return bad(&s, "next hop length %u with %zu octets left",
				   nh.rtnh_len, s.left);
		if (msg->n == FPM_HOPS_MAX)
			return bad(&s, "more than %u next hops", FPM_HOPS_MAX);
		memset(hop, 0, sizeof(*hop));
		hop->ifindex = nh.rtnh_ifindex;
		hop->weight = nh.rtnh_hops + 1;
		attrs.left = nh.rtnh_len;
		skip(&attrs, sizeof(nh));
		if (read_hop_attrs(attrs, size, hop))
			return -1;
		msg->n++;
		skip(&s, RTNH_ALIGN(nh.rtnh_len));
	}
	return 0;
}

/* The fixed part of a message, before its attributes. */
static int read_fixed(struct span *s, const char *what, void *fixed, size_t size)
{
	if (s->left < size)
		return bad(s, "%s message of %zu octets", what, s->left);
	memcpy(fixed, s->pos, size);
	skip(s, NLMSG_ALIGN(size));
	return 0;
}

/* What a route says of itself; the hop it may spell out goes to @one. */
static int read_route_attr(const struct attr *a, size_t size,
			   struct fpm_msg *msg, struct fpm_hop *one)
{
	switch (a->type) {
	case RTA_DST:
		return read_addr(&a->value, "RTA_DST", size, &msg->dst);
	case RTA_TABLE:
		return read_u32(a, "RTA_TABLE", &msg->table);
	case RTA_OIF:
		return read_u32(a, "RTA_OIF", &one->ifindex);
	case RTA_GATEWAY:
		return read_addr(&a->value, "RTA_GATEWAY", size, &one->gateway);
	case RTA_VIA:
		return read_via(a, &one->gateway);
	case RTA_NH_ID:
		return read_u32(a, "RTA_NH_ID", &msg->id);
	case RTA_MULTIPATH:
		if (msg->n)
			return bad(&a->value, "RTA_MULTIPATH comes twice");
		return read_multipath(a->value, size, msg);
	}
	return 0;
}

static int parse_route(struct span s, struct fpm_msg *msg)
{
	struct fpm_hop one = { .weight = 1 };
	struct span start = s;
	struct rtmsg rtm;
	struct attr a;
	size_t size;
	int ret;

	if (read_fixed(&s, "route", &rtm, sizeof(rtm)))
		return -1;
	size = addr_size(rtm.rtm_family);
	if (!size) {
		msg->kind = FPM_OTHER;
		return 0;
	}
	if (rtm.rtm_dst_len > size * 8)
		return bad(&start, "prefix length %u, at most %zu",
			   rtm.rtm_dst_len, size * 8);
	msg->dst.len = size;
	msg->plen = rtm.rtm_dst_len;
	msg->table = rtm.rtm_table;
	msg->protocol = rtm.rtm_protocol;
	/* A deletion need not say the type; zebra leaves it unspecified. */
	msg->unicast = rtm.rtm_type == RTN_UNICAST;
	msg->sourced = rtm.rtm_src_len;
	while ((ret = attr_next(&s, &a)) > 0)
		if (read_route_attr(&a, size, msg, &one))
			return -1;
	if (ret < 0)
		return ret;
	if (host_bits(&msg->dst, msg->plen))
		return bad(&start, "prefix has bits set beyond its length %u",
			   msg->plen);
	if (!msg->id && !msg->n && one.ifindex)
		msg->hop[msg->n++] = one;
	return 0;
}

static int read_group(const struct attr *a, struct fpm_msg *msg)
{
	struct span s = a->value;
	struct nexthop_grp grp;

	if (!s.left || s.left % sizeof(grp))
		return bad(&s, "NHA_GROUP of %zu octets, not a multiple of %zu",
			   s.left, sizeof(grp));
	if (s.left / sizeof(grp) > FPM_HOPS_MAX)
		return bad(&s, "more than %u next hops", FPM_HOPS_MAX);
	msg->group = true;
	msg->n = 0;
	for (; s.left; skip(&s, sizeof(grp))) {
		struct fpm_hop *hop = &msg->hop[msg->n++];

		memcpy(&grp, s.pos, sizeof(grp));
		if (!grp.id || grp.id == msg->id)
			return bad(&s, "next-hop group names member %u", grp.id);
		memset(hop, 0, sizeof(*hop));
		hop->id = grp.id;
		hop->weight = grp.weight + 1;
	}
	return 0;
}

static int read_nh_attr(const struct attr *a, size_t size, struct fpm_msg *msg,
			struct fpm_hop *one)
{
	switch (a->type) {
	case NHA_ID:
		return read_u32(a, "NHA_ID", &msg->id);
	case NHA_GROUP:
		return read_group(a, msg);
	case NHA_BLACKHOLE:
		msg->unicast = false;
		return 0;
	case NHA_OIF:
		return read_u32(a, "NHA_OIF", &one->ifindex);
	case NHA_GATEWAY:
		if (!size)
			return bad(&a->value, "NHA_GATEWAY without an address family");
		return read_addr(&a->value, "NHA_GATEWAY", size, &one->gateway);
	}
	return 0;
}

static int parse_nexthop(struct span s, struct fpm_msg *msg)
{
	struct fpm_hop one = { .weight = 1 };
	struct span start = s;
	struct nhmsg nhm;
	struct attr a;
	int ret;

	if (read_fixed(&s, "next-hop", &nhm, sizeof(nhm)))
		return -1;
	msg->protocol = nhm.nh_protocol;
	msg->unicast = true;
	while ((ret = attr_next(&s, &a)) > 0)
		if (read_nh_attr(&a, addr_size(nhm.nh_family), msg, &one))
			return -1;
	if (ret < 0)
		return ret;
	if (!msg->id)
		return bad(&start, "next hop without an id");
	if (!msg->group && msg->unicast && one.ifindex)
		msg->hop[msg->n++] = one;
	return 0;
}

/* The hops are left as they are: the parsers fill those that @n counts. */
static void msg_init(struct fpm_msg *msg, uint16_t type)
{
	memset(msg, 0, offsetof(struct fpm_msg, hop));
	msg->type = type;
}

static int parse_msg(struct span s, uint16_t type, struct fpm_msg *msg)
{
	msg_init(msg, type);
	switch (type) {
	case RTM_NEWROUTE:
		msg->kind = FPM_ROUTE_SET;
		return parse_route(s, msg);
	case RTM_DELROUTE:
		msg->kind = FPM_ROUTE_DEL;
		return parse_route(s, msg);
	case RTM_NEWNEXTHOP:
		msg->kind = FPM_NH_SET;
		return parse_nexthop(s, msg);
	case RTM_DELNEXTHOP:
		msg->kind = FPM_NH_DEL;
		return parse_nexthop(s, msg);
	}
	msg->kind = FPM_OTHER;
	return 0;
}

static int walk(struct span s, fpm_msg_fn fn, void *arg)
{
	struct fpm_msg msg;

	while (s.left) {
		struct span body = s;
		struct nlmsghdr nlh;

		if (s.left < sizeof(nlh))
			return bad(&s, "%zu octets where a netlink message should begin",
				   s.left);
		memcpy(&nlh, s.pos, sizeof(nlh));
		if (nlh.nlmsg_len < sizeof(nlh) || nlh.nlmsg_len > s.left)
			return bad(&s, "netlink message length %u with %zu octets left",
				   nlh.nlmsg_len, s.left);
		body.left = nlh.nlmsg_len;
		skip(&body, NLMSG_HDRLEN);
		if (parse_msg(body, nlh.nlmsg_type, &msg))
			return -1;
		if (fn)
			fn(&msg, arg);
		skip(&s, NLMSG_ALIGN(nlh.nlmsg_len));
	}
	return 0;
}

int fpm_frame_parse(const uint8_t *buf, size_t len, fpm_msg_fn fn, void *arg,
		    struct fpm_error *err)
{
	struct span s = { buf, buf, len, err };
	int frame = fpm_frame_len(buf, len, err);

	if (frame < 0)
		return frame;
	if ((size_t)frame != len || !frame)
		return bad(&s, "frame length %d, but %zu octets", frame, len);
	skip(&s, FPM_HEADER_LEN);
	if (walk(s, NULL, NULL))
		return -1;
	return walk(s, fn, arg);
}

/* SPDX-License-Identifier: GPL-2.0 */
/* Builds FPM frames as zebra does. */
#ifndef MESHD_FRAME_H
#define MESHD_FRAME_H

#include <linux/netlink.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

struct frame {
	size_t len;
	size_t msg;	/* where the open message begins */
	size_t nest;	/* where the open attribute or next hop begins */
	uint8_t buf[8192];
};

static inline void frame_close(struct frame *f)
{
	f->buf[2] = f->len >> 8;
	f->buf[3] = f->len;
}

static inline void frame_begin(struct frame *f)
{
	memset(f, 0, sizeof(*f));
	f->buf[0] = 1;
	f->buf[1] = 1;
	f->len = 4;
}

static inline void frame_put(struct frame *f, const void *data, size_t len)
{
	memcpy(f->buf + f->len, data, len);
	f->len += len;
	while (f->len % 4)
		f->buf[f->len++] = 0;
}

static inline void frame_msg(struct frame *f, uint16_t type, const void *head,
			     size_t len)
{
	struct nlmsghdr nlh = { .nlmsg_type = type };

	f->msg = f->len;
	frame_put(f, &nlh, sizeof(nlh));
	frame_put(f, head, len);
}

static inline void frame_msg_end(struct frame *f)
{
	uint32_t len = f->len - f->msg;

	memcpy(f->buf + f->msg, &len, sizeof(len));
	frame_close(f);
}

static inline void frame_attr(struct frame *f, uint16_t type, const void *data,
			      size_t len)
{
	struct rtattr rta = { .rta_type = type, .rta_len = sizeof(rta) + len };

	frame_put(f, &rta, sizeof(rta));
	frame_put(f, data, len);
}

static inline void frame_u32(struct frame *f, uint16_t type, uint32_t v)
{
	frame_attr(f, type, &v, sizeof(v));
}

static inline void frame_route(struct frame *f, uint16_t type, uint8_t family,
			       const void *dst, uint8_t plen)
{
	struct rtmsg rtm = {
		.rtm_family = family, .rtm_dst_len = plen,
		.rtm_table = RT_TABLE_MAIN, .rtm_protocol = 186,
		.rtm_type = RTN_UNICAST,
	};

	frame_msg(f, type, &rtm, sizeof(rtm));
	frame_attr(f, RTA_DST, dst, family == AF_INET ? 4 : 16);
}

/* 10.0.0.LAST */
static inline void frame_gw(struct frame *f, uint16_t type, uint8_t last)
{
	const uint8_t gw[4] = { 10, 0, 0, last };

	frame_attr(f, type, gw, sizeof(gw));
}

static inline void frame_hop(struct frame *f, uint32_t ifindex, uint8_t last,
			     uint8_t weight)
{
	struct rtnexthop nh = { .rtnh_ifindex = ifindex,
				.rtnh_hops = weight - 1,
				.rtnh_len = sizeof(nh) + 8 };

	frame_put(f, &nh, sizeof(nh));
	frame_gw(f, RTA_GATEWAY, last);
}

static inline void frame_nest(struct frame *f, uint16_t type)
{
	struct rtattr rta = { .rta_type = type };

	f->nest = f->len;
	frame_put(f, &rta, sizeof(rta));
}

static inline void frame_nest_end(struct frame *f)
{
	uint16_t len = f->len - f->nest;

	memcpy(f->buf + f->nest, &len, sizeof(len));
}

static inline void frame_nexthop(struct frame *f, uint32_t id, uint32_t ifindex,
				 uint8_t last)
{
	struct nhmsg nhm = { .nh_family = AF_INET, .nh_protocol = 11 };

	frame_msg(f, RTM_NEWNEXTHOP, &nhm, sizeof(nhm));
	frame_u32(f, NHA_ID, id);
	frame_gw(f, NHA_GATEWAY, last);
	frame_u32(f, NHA_OIF, ifindex);
	frame_msg_end(f);
}

static inline void frame_group(struct frame *f, uint32_t id,
			       const struct nexthop_grp *grp, size_t n)
{
	struct nhmsg nhm = { .nh_protocol = 11 };

	frame_msg(f, RTM_NEWNEXTHOP, &nhm, sizeof(nhm));
	frame_u32(f, NHA_ID, id);
	frame_attr(f, NHA_GROUP, grp, n * sizeof(*grp));
	frame_msg_end(f);
}

/* 10.NET.0.0/16 by a next-hop id; id 0 leaves the target out. */
static inline void frame_route_id(struct frame *f, uint16_t type, uint8_t net,
				  uint32_t id)
{
	const uint8_t dst[4] = { 10, net, 0, 0 };

	frame_route(f, type, AF_INET, dst, 16);
	if (id)
		frame_u32(f, RTA_NH_ID, id);
	frame_msg_end(f);
}

#endif

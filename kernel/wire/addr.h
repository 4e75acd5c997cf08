/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address values: a protocol (overlay) or NBMA (underlay) address of either
 * family, and a prefix of one.  Plain data, compared by value.
 */
#ifndef _MESH_ADDR_H
#define _MESH_ADDR_H

#include <linux/string.h>
#include <linux/types.h>

#define MESH_ADDR_MAX 16

/* How packets to an underlay address are wrapped. */
enum mesh_wrap {
	MESH_WRAP_DEVICE,	/* as the device has it for all */
	MESH_WRAP_GRE,
	MESH_WRAP_UDP,		/* GRE in UDP */
	MESH_WRAP_NAT,		/* the same, to a port that is good for one of ours */
};

/**
 * struct mesh_addr - an IPv4 or IPv6 address, or none
 * @len: octets in use: 0 (none), 4 (IPv4) or 16 (IPv6)
 * @wrap: enum mesh_wrap, of an underlay address; no part of the value, as @port
 * @port: of GRE in UDP, host order; 0 for its own
 * @b: the address in network byte order; octets past @len are zero
 */
struct mesh_addr {
	u8 len;
	u8 wrap;
	u16 port;
	u8 b[MESH_ADDR_MAX] __aligned(4);
};

/**
 * struct mesh_prefix - an address and a prefix length
 * @addr: the address; bits past @len are zero
 * @len: bits, 0 to 8 * @addr.len
 */
struct mesh_prefix {
	struct mesh_addr addr;
	u8 len;
};

static inline bool mesh_addr_set(struct mesh_addr *a, const void *b, u8 len)
{
	memset(a, 0, sizeof(*a));
	if (len != 0 && len != 4 && len != 16)
		return false;
	if (len)
		memcpy(a->b, b, len);
	a->len = len;
	return true;
}

static inline bool mesh_addr_equal(const struct mesh_addr *a,
				   const struct mesh_addr *b)
{
	/* Of a length that is known the compiler makes a comparison of words. */
	if (a->len == 4)
		return b->len == 4 && !memcmp(a->b, b->b, 4);
	return a->len == b->len && !memcmp(a->b, b->b, a->len);
}

/* Of two at one underlay address, the ports tell whether they are one. */
static inline bool mesh_addr_same_node(const struct mesh_addr *a,
				       const struct mesh_addr *b)
{
	return mesh_addr_equal(a, b) &&
	       (!a->port || !b->port || a->port == b->port);
}

/* Of equal underlay addresses: whether packets are wrapped alike. */
static inline bool mesh_addr_same_wrap(const struct mesh_addr *a,
				       const struct mesh_addr *b)
{
	return a->wrap == b->wrap && a->port == b->port;
}

static inline bool mesh_addr_any(const struct mesh_addr *a)
{
	static const u8 zero[MESH_ADDR_MAX];

	return !memcmp(a->b, zero, MESH_ADDR_MAX);
}

static inline bool mesh_addr_linklocal(const struct mesh_addr *a)
{
	return a->len == 16 && a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

/* An IPv4 address written as IPv6 (::ffff:0:0/96): no packet may carry it. */
static inline bool mesh_addr_mapped(const struct mesh_addr *a)
{
	static const u8 start[12] = { [10] = 0xff, [11] = 0xff };

	return a->len == 16 && !memcmp(a->b, start, sizeof(start));
}

static inline __be32 mesh_addr_ip4(const struct mesh_addr *a)
{
	__be32 ip;

	memcpy(&ip, a->b, sizeof(ip));
	return ip;
}

static inline void mesh_addr_from_ip4(struct mesh_addr *a, __be32 ip)
{
	mesh_addr_set(a, &ip, sizeof(ip));
}

static inline u8 mesh_addr_bits(const struct mesh_addr *a)
{
	return a->len * 8;
}

/* The host prefix of an address: all its bits. */
static inline void mesh_prefix_host(struct mesh_prefix *p,
				    const struct mesh_addr *a)
{
	p->addr = *a;
	p->len = mesh_addr_bits(a);
}

/* Clears the bits past the prefix length; true if none was set. */
static inline bool mesh_prefix_mask(struct mesh_prefix *p)
{
	bool clean = true;
	unsigned int i;

	for (i = 0; i < p->addr.len; i++) {
		unsigned int bits = p->len > i * 8 ? p->len - i * 8 : 0;
		u8 mask = bits >= 8 ? 0xff : (u8)(0xff00 >> bits);

		if (p->addr.b[i] & ~mask)
			clean = false;
		p->addr.b[i] &= mask;
	}
	return clean;
}

static inline bool mesh_prefix_match(const struct mesh_prefix *p,
				     const struct mesh_addr *a)
{
	struct mesh_prefix of = { .addr = *a, .len = p->len };

	mesh_prefix_mask(&of);
	return mesh_addr_equal(&p->addr, &of.addr);
}

static inline bool mesh_prefix_equal(const struct mesh_prefix *a,
				     const struct mesh_prefix *b)
{
	return a->len == b->len && mesh_addr_equal(&a->addr, &b->addr);
}

#endif

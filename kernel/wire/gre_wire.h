/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The GRE header of RFC 2784 with the key and sequence number of RFC 2890:
 * four octets, then checksum, key and sequence number where their bits say so.
 */
#ifndef _MESH_GRE_WIRE_H
#define _MESH_GRE_WIRE_H

#include <linux/build_bug.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#define GRE_WIRE_CSUM		0x8000
#define GRE_WIRE_KEY		0x2000
#define GRE_WIRE_SEQ		0x1000
/*
 * RFC 2784, 2.3: bits 1, 4 and 5 belong to RFC 1701's routing, and a packet
 * with one of them set must be discarded; bits 6 to 12 must be ignored.
 */
#define GRE_WIRE_ROUTING	0x4c00
#define GRE_WIRE_VERSION	0x0007

#define GRE_WIRE_IP		0x0800
#define GRE_WIRE_IPV6		0x86dd
#define GRE_WIRE_NHRP		0x2001

#define GRE_WIRE_MIN		4
#define GRE_WIRE_MAX		16

enum gre_wire_error {
	GRE_WIRE_OK,
	GRE_WIRE_E_SHORT,
	GRE_WIRE_E_VERSION,
	GRE_WIRE_E_ROUTING,
	GRE_WIRE_E_PROTO,
	GRE_WIRE_E_MAX,
};

struct gre_wire_base {
	__be16 flags;
	__be16 proto;
} __packed;
static_assert(sizeof(struct gre_wire_base) == GRE_WIRE_MIN, "GRE header");

/**
 * struct gre_wire - a GRE header, read
 * @proto: ethertype of the payload
 * @len: octets of the header; the payload starts there
 * @has_csum: the sender says that the one's complement sum over header and
 *	payload is all ones; who has the whole packet checks that
 * @has_key: @key was there
 * @has_seq: @seq was there
 * @key: the key, host order
 * @seq: the sequence number, host order
 */
struct gre_wire {
	u16 proto;
	u8 len;
	bool has_csum;
	bool has_key;
	bool has_seq;
	u32 key;
	u32 seq;
};

static inline const char *gre_wire_error_name(enum gre_wire_error e)
{
	static const char *const names[GRE_WIRE_E_MAX] = {
		[GRE_WIRE_OK] = "ok",
		[GRE_WIRE_E_SHORT] = "gre-short",
		[GRE_WIRE_E_VERSION] = "gre-version",
		[GRE_WIRE_E_ROUTING] = "gre-routing",
		[GRE_WIRE_E_PROTO] = "gre-protocol",
	};

	return (unsigned int)e < GRE_WIRE_E_MAX ? names[e] : "unknown";
}

static inline u32 gre_wire_word(const u8 *p)
{
	__be32 word;

	memcpy(&word, p, sizeof(word));
	return be32_to_cpu(word);
}

static inline bool gre_wire_proto_known(u16 proto)
{
	return proto == GRE_WIRE_IP || proto == GRE_WIRE_IPV6 ||
	       proto == GRE_WIRE_NHRP;
}

/* The octets of a header with these flags. */
static inline u8 gre_wire_flags_len(u16 flags)
{
	return GRE_WIRE_MIN + (flags & GRE_WIRE_CSUM ? 4 : 0) +
	       (flags & GRE_WIRE_KEY ? 4 : 0) + (flags & GRE_WIRE_SEQ ? 4 : 0);
}

/* @len: octets at @buf; the payload need not be among them. */
static inline enum gre_wire_error
gre_wire_parse(struct gre_wire *g, const u8 *buf, size_t len)
{
	struct gre_wire_base base;
	const u8 *at;
	u16 flags;

	memset(g, 0, sizeof(*g));
	if (len < sizeof(base))
		return GRE_WIRE_E_SHORT;
	memcpy(&base, buf, sizeof(base));
	flags = be16_to_cpu(base.flags);
	if (flags & GRE_WIRE_VERSION)
		return GRE_WIRE_E_VERSION;
	if (flags & GRE_WIRE_ROUTING)
		return GRE_WIRE_E_ROUTING;
	if (len < gre_wire_flags_len(flags))
		return GRE_WIRE_E_SHORT;
	g->proto = be16_to_cpu(base.proto);
	if (!gre_wire_proto_known(g->proto))
		return GRE_WIRE_E_PROTO;

	g->len = gre_wire_flags_len(flags);
	g->has_csum = flags & GRE_WIRE_CSUM;
	g->has_key = flags & GRE_WIRE_KEY;
	g->has_seq = flags & GRE_WIRE_SEQ;
	at = buf + sizeof(base) + (g->has_csum ? 4 : 0);
	if (g->has_key) {
		g->key = gre_wire_word(at);
		at += 4;
	}
	if (g->has_seq)
		g->seq = gre_wire_word(at);
	return GRE_WIRE_OK;
}

static inline u8 gre_wire_len(bool has_key)
{
	return gre_wire_flags_len(has_key ? GRE_WIRE_KEY : 0);
}

/* Writes gre_wire_len() octets; returns how many. */
static inline u8 gre_wire_build(u8 *buf, u16 proto, bool has_key, u32 key)
{
	struct gre_wire_base base = {
		.flags = cpu_to_be16(has_key ? GRE_WIRE_KEY : 0),
		.proto = cpu_to_be16(proto),
	};

	memcpy(buf, &base, sizeof(base));
	if (has_key) {
		__be32 word = cpu_to_be32(key);

		memcpy(buf + sizeof(base), &word, sizeof(word));
	}
	return gre_wire_len(has_key);
}

#endif

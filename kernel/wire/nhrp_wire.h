/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NHRP on the wire (RFC 2332, with Cisco's additions): a bounds-checked reader
 * and a bounded writer over plain octets.  Nothing here allocates, locks or
 * keeps a pointer past the buffer that the caller owns.
 */
#ifndef _MESH_NHRP_WIRE_H
#define _MESH_NHRP_WIRE_H

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#include "addr.h"

#define NHRP_VERSION		1
#define NHRP_SIZE_MAX		0xffff

#define NHRP_AFN_IP		1
#define NHRP_AFN_IPV6		2

#define NHRP_PRO_IP		0x0800
#define NHRP_PRO_IPV6		0x86dd

enum nhrp_type {
	NHRP_RESOLUTION_REQUEST = 1,
	NHRP_RESOLUTION_REPLY = 2,
	NHRP_REGISTRATION_REQUEST = 3,
	NHRP_REGISTRATION_REPLY = 4,
	NHRP_PURGE_REQUEST = 5,
	NHRP_PURGE_REPLY = 6,
	NHRP_ERROR_INDICATION = 7,
	NHRP_TRAFFIC_INDICATION = 8,
};

/* Resolution */
#define NHRP_FLAG_ROUTER	0x8000	/* Q: the source is a router */
#define NHRP_FLAG_AUTHORITATIVE	0x4000	/* A */
#define NHRP_FLAG_DST_STABLE	0x2000	/* D */
#define NHRP_FLAG_UNIQUE	0x1000	/* U */
#define NHRP_FLAG_SRC_STABLE	0x0800	/* S */
/* Registration */
#define NHRP_FLAG_REG_UNIQUE	0x8000	/* U */
/* Purge */
#define NHRP_FLAG_NO_REPLY	0x8000	/* N */
/* Any of them, Cisco's */
#define NHRP_FLAG_NAT		0x0002

enum nhrp_cie_code {
	NHRP_CIE_SUCCESS = 0,
	NHRP_CIE_PROHIBITED = 4,
	NHRP_CIE_NO_RESOURCES = 5,
	NHRP_CIE_NO_BINDING_FRR = 11,	/* FRR's number for the next one */
	NHRP_CIE_NO_BINDING = 12,
	NHRP_CIE_NOT_UNIQUE = 13,
	NHRP_CIE_ALREADY_REGISTERED = 14,
};

enum nhrp_error_code {
	NHRP_ERROR_EXT_UNKNOWN = 1,
	NHRP_ERROR_LOOP_FRR = 2,	/* FRR's and opennhrp's for the next one */
	NHRP_ERROR_LOOP = 3,
	NHRP_ERROR_UNREACHABLE = 6,
	NHRP_ERROR_PROTOCOL = 7,
	NHRP_ERROR_TOO_BIG = 8,
	NHRP_ERROR_EXT_INVALID = 9,
	NHRP_ERROR_REPLY_INVALID = 10,
	NHRP_ERROR_AUTH = 11,
	NHRP_ERROR_HOP_COUNT = 15,
	NHRP_ERROR_VPN_MISMATCH = 16,
	NHRP_ERROR_VPN_UNSUPPORTED = 17,
};

#define NHRP_EXT_COMPULSORY	0x8000
#define NHRP_EXT_TYPE_MASK	0x3fff

enum nhrp_ext_type {
	NHRP_EXT_END = 0,
	NHRP_EXT_RESPONDER = 3,
	NHRP_EXT_FORWARD_RECORD = 4,
	NHRP_EXT_REVERSE_RECORD = 5,
	NHRP_EXT_AUTH = 7,
	NHRP_EXT_VENDOR = 8,
	NHRP_EXT_NAT = 9,	/* RFC 2735's device capabilities, too */
};

#define NHRP_AUTH_PASSWORD	1
#define NHRP_AUTH_MAX		8

/* A CIE's prefix length 0 or this means the whole address. */
#define NHRP_PREFIX_HOST	0xff

struct nhrp_wire_fixed {
	__be16 afn;
	__be16 pro_type;
	u8 pro_snap[5];
	u8 hops;
	__be16 size;
	__be16 checksum;
	__be16 ext_off;
	u8 version;
	u8 type;
	u8 nbma_tl;
	u8 sub_tl;
} __packed;
static_assert(sizeof(struct nhrp_wire_fixed) == 20, "NHRP fixed header");

struct nhrp_wire_mandatory {
	u8 src_len;
	u8 dst_len;
	__be16 flags;
	union {
		__be32 id;
		struct {
			__be16 code;
			__be16 offset;
		} __packed error;
	} __packed;
} __packed;
static_assert(sizeof(struct nhrp_wire_mandatory) == 8, "NHRP mandatory part");

struct nhrp_wire_cie {
	u8 code;
	u8 prefix;
	__be16 unused;
	__be16 mtu;
	__be16 hold;
	u8 nbma_tl;
	u8 sub_tl;
	u8 proto_len;
	u8 preference;
} __packed;
static_assert(sizeof(struct nhrp_wire_cie) == 12, "NHRP CIE");

struct nhrp_wire_ext {
	__be16 type;
	__be16 len;
} __packed;
static_assert(sizeof(struct nhrp_wire_ext) == 4, "NHRP extension");

/* Each has a name (nhrp_parse_error_name()), so each can have a counter. */
enum nhrp_parse_error {
	NHRP_PARSE_OK,
	NHRP_PARSE_SHORT,
	NHRP_PARSE_VERSION,
	NHRP_PARSE_SIZE,
	NHRP_PARSE_CHECKSUM,
	NHRP_PARSE_AFN,
	NHRP_PARSE_PROTOCOL,
	NHRP_PARSE_TYPE,
	NHRP_PARSE_EXT_OFFSET,
	NHRP_PARSE_MANDATORY,
	NHRP_PARSE_NBMA_LEN,
	NHRP_PARSE_PROTO_LEN,
	NHRP_PARSE_NO_ADDRESS,
	NHRP_PARSE_CIE_SHORT,
	NHRP_PARSE_CIE_LEN,
	NHRP_PARSE_CIE_PREFIX,
	NHRP_PARSE_EXT_SHORT,
	NHRP_PARSE_EXT_NO_END,
	NHRP_PARSE_EXT_TRAILING,
	NHRP_PARSE_EXT_TWICE,
	NHRP_PARSE_EXT_CIE,
	NHRP_PARSE_MAX,
};

/**
 * struct nhrp_head - what every packet says first, in host order
 * @afn: NHRP_AFN_…; for the builder 0 = the family of @src_nbma
 * @pro_type: NHRP_PRO_…; for the builder 0 = the family of @src_proto
 * @type: enum nhrp_type
 * @hops: hops it may still go
 * @flags: NHRP_FLAG_… of its type
 * @id: the request id (types 1 to 6)
 * @error: enum nhrp_error_code of an error indication, 0 in a traffic indication
 * @error_offset: where in the payload the error lies (type 7)
 * @src_nbma: underlay address of the source, or none
 * @src_proto: overlay address of the source
 * @dst_proto: overlay address of the destination.  FRR and opennhrp put
 *	into a traffic indication the source of the packet it is about.
 */
struct nhrp_head {
	u16 afn;
	u16 pro_type;
	u8 type;
	u8 hops;
	u16 flags;
	u32 id;
	u16 error;
	u16 error_offset;
	struct mesh_addr src_nbma;
	struct mesh_addr src_proto;
	struct mesh_addr dst_proto;
};

/**
 * struct nhrp_packet - a packet that nhrp_parse() has found sound
 * @h: its head
 * @buf: the whole packet, the caller's; all offsets count from here
 * @len: octets of the packet
 * @tail: where the mandatory part's tail starts: CIEs (types 1 to 6), the
 *	packet in question (7, 8)
 * @tail_len: octets of the tail
 * @cies: CIEs in the tail
 * @ext: where the extensions start, 0 if there are none
 */
struct nhrp_packet {
	struct nhrp_head h;
	const u8 *buf;
	u16 len;
	u16 tail;
	u16 tail_len;
	u16 cies;
	u16 ext;
};

/**
 * struct nhrp_cie - a client information entry, in host order
 * @code: enum nhrp_cie_code
 * @prefix: as it stands in the packet; nhrp_cie_bits() makes sense of it
 * @preference: the higher the better
 * @mtu: 0 = the default
 * @hold: holding time, seconds
 * @nbma: underlay address, or none
 * @proto: overlay address, or none
 */
struct nhrp_cie {
	u8 code;
	u8 prefix;
	u8 preference;
	u16 mtu;
	u16 hold;
	struct mesh_addr nbma;
	struct mesh_addr proto;
};

/**
 * struct nhrp_cie_iter - where nhrp_cie_next() goes on; fields are private
 * @at: the next CIE
 * @end: behind the last one
 * @nbma_len: octets that an underlay address has, 0 = either family.  nhrpd
 *	puts its IPv4 addresses into the extensions of an IPv6 packet, so
 *	there the lengths of the head do not bind.
 * @proto_len: the same of an overlay address
 */
struct nhrp_cie_iter {
	const u8 *at;
	const u8 *end;
	u8 nbma_len;
	u8 proto_len;
};

/**
 * struct nhrp_ext - an extension
 * @type: enum nhrp_ext_type, or one that is unknown here
 * @compulsory: who does not know the type must answer with an error
 * @len: octets at @data
 * @data: inside the packet
 */
struct nhrp_ext {
	u16 type;
	bool compulsory;
	u16 len;
	const u8 *data;
};

/**
 * nhrp_parse() - read and check a packet
 * @p: filled on success; points into @buf
 * @buf: from the fixed header on
 * @len: octets received; the packet must say the same
 *
 * Checks the head, every CIE in the tail and the extension chain to its end,
 * so that what iterates afterwards cannot run into something malformed.
 * Odd packets may have the checksum of older nhrpd and opennhrp, which pad
 * the last octet on the wrong side.
 */
enum nhrp_parse_error nhrp_parse(struct nhrp_packet *p, const u8 *buf, size_t len);
/*
 * The head of a packet quoted in an error indication, of which the end may be
 * missing and which hops on its way have changed; false: it is none.  CIEs may be
 * read, as many as are there, but no extensions.
 */
bool nhrp_parse_quoted(struct nhrp_packet *p, const u8 *buf, size_t len);
const char *nhrp_parse_error_name(enum nhrp_parse_error e);

/* Octets of an address of that family, 0 if it is neither IPv4 nor IPv6. */
static inline u8 nhrp_afn_len(u16 afn)
{
	return afn == NHRP_AFN_IP ? 4 : afn == NHRP_AFN_IPV6 ? 16 : 0;
}

static inline u8 nhrp_pro_type_len(u16 pro_type)
{
	return pro_type == NHRP_PRO_IP ? 4 : pro_type == NHRP_PRO_IPV6 ? 16 : 0;
}

/* None, or one of the family; of either family if @want is 0. */
static inline bool nhrp_addr_len_ok(u8 len, u8 want)
{
	if (!len)
		return true;
	return want ? len == want : len == 4 || len == 16;
}

static inline bool nhrp_type_has_cies(u8 type)
{
	return type >= NHRP_RESOLUTION_REQUEST && type <= NHRP_PURGE_REPLY;
}

static inline bool nhrp_type_is_reply(u8 type)
{
	return nhrp_type_has_cies(type) && !(type & 1);
}

/* The CIEs of the tail: if (nhrp_cie_first()) do … while (nhrp_cie_next()); */
bool nhrp_cie_first(const struct nhrp_packet *p, struct nhrp_cie_iter *it,
		    struct nhrp_cie *cie);
bool nhrp_cie_next(struct nhrp_cie_iter *it, struct nhrp_cie *cie);

/* The bits that a CIE's prefix stands for, in a packet of this protocol. */
u8 nhrp_cie_bits(const struct nhrp_packet *p, const struct nhrp_cie *cie);

/* The extensions before End: for (more = …_first(); more; more = …_next()) */
bool nhrp_ext_first(const struct nhrp_packet *p, struct nhrp_ext *ext);
bool nhrp_ext_next(struct nhrp_ext *ext);
bool nhrp_ext_find(const struct nhrp_packet *p, u16 type, struct nhrp_ext *ext);

/*
 * The CIEs of a responder, record or NAT extension; then nhrp_cie_next().
 * False if there are none, or if they are malformed, which only a NAT
 * extension's can be.
 */
bool nhrp_ext_cie_first(const struct nhrp_ext *ext, struct nhrp_cie_iter *it,
			struct nhrp_cie *cie);

/* Does a record extension name this overlay address: has it been here before? */
bool nhrp_record_has(const struct nhrp_packet *p, u16 type,
		     const struct mesh_addr *proto);

/* Takes the same time whatever the octets are. */
bool nhrp_same_secret(const u8 *a, const u8 *b, size_t len);

/*
 * Does the packet carry exactly this password (Cisco's authentication, type 1)?
 * Takes the same time whatever the octets are.  @len at most NHRP_AUTH_MAX.
 */
bool nhrp_auth_ok(const struct nhrp_packet *p, const u8 *key, size_t len);

/* The one's complement sum over a packet: 0xffff if its checksum is right. */
u16 nhrp_packet_sum(const u8 *b, size_t len);

/**
 * struct nhrp_builder - a packet being written; fields are private
 * @buf: the caller's buffer
 * @size: its octets
 * @len: octets written
 * @open: where the open extension's header is, 0 if none is open
 * @ext: where the first extension is, 0 if there is none
 * @nbma_len: octets of an underlay address
 * @proto_len: octets of an overlay address
 * @err: the first thing that went wrong; nothing is written after it
 */
struct nhrp_builder {
	u8 *buf;
	size_t size;
	size_t len;
	size_t open;
	size_t ext;
	u8 nbma_len;
	u8 proto_len;
	int err;
};

/*
 * Order: begin; CIEs or payload; extensions, each followed by its CIEs or
 * octets; end.  Errors stick, so that only the end's result needs a look.
 */
void nhrp_build_begin(struct nhrp_builder *b, u8 *buf, size_t size,
		      const struct nhrp_head *h);

/* Into the open extension, or the mandatory part where none is open yet. */
void nhrp_build_cie(struct nhrp_builder *b, const struct nhrp_cie *cie);

/*
 * The packet that an indication is about.  An odd last octet is left off:
 * older nhrpd and opennhrp reject the right checksum of an odd packet.
 */
void nhrp_build_payload(struct nhrp_builder *b, const u8 *data, size_t len);

/* @type: enum nhrp_ext_type, with NHRP_EXT_COMPULSORY where it is. */
void nhrp_build_ext(struct nhrp_builder *b, u16 type);
/* Octets of the open extension. */
void nhrp_build_bytes(struct nhrp_builder *b, const void *data, size_t len);
/* @oui: 24 bits */
void nhrp_build_vendor(struct nhrp_builder *b, u32 oui, const u8 *data, size_t len);
/* @len: 1 to NHRP_AUTH_MAX, even for the sake of older nhrpd. */
void nhrp_build_auth(struct nhrp_builder *b, const u8 *key, size_t len);
/* As it came, left open: a CIE that is added next goes to its end. */
void nhrp_build_copy_ext(struct nhrp_builder *b, const struct nhrp_ext *ext);

/*
 * Adds End, size, offset and checksum.  Returns the octets of the packet,
 * -EMSGSIZE if the buffer was too small, -EINVAL if an address was of the
 * wrong family or a part stood out of order.
 */
int nhrp_build_end(struct nhrp_builder *b);
/* Anew, for a packet that was changed in place. */
void nhrp_build_checksum(u8 *buf, size_t len);

struct nhrp_mac;

/**
 * struct nhrp_forward - what a transit hop puts into a packet it passes on
 * @record: itself, for the record extension that the packet asks for
 *	(forward for requests, reverse for replies); NULL = leave it alone
 * @seen: where its author is seen, for a NAT extension that is empty yet; NULL =
 *	where it says it is, or nobody knows
 * @key: replaces the password, which is per hop; NULL = goes on as it came
 * @key_len: octets at @key
 * @mac: replaces the authentication code, which is per hop too; NULL = goes on
 *	as it came
 * @add: @key is added, as there is no password yet
 * @bare: neither password nor code goes on
 */
struct nhrp_forward {
	const struct nhrp_cie *record;
	const struct nhrp_cie *seen;
	const u8 *key;
	size_t key_len;
	const struct nhrp_mac *mac;
	bool add;
	bool bare;
};

/*
 * Writes @p with one hop less to @buf, which must not be @p's own.  Returns
 * its octets, -EHOSTUNREACH if no hop is left (NHRP_ERROR_HOP_COUNT),
 * or what nhrp_build_end() says.
 */
int nhrp_build_forward(u8 *buf, size_t size, const struct nhrp_packet *p,
		       const struct nhrp_forward *f);

#endif

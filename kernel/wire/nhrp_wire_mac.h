/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A message authentication code in an NHRP packet: a vendor extension of our
 * own, described in Documentation/authentication.rst.  Covers every octet of
 * the packet but itself and the checksum, both of which count as zeroes.
 */
#ifndef _MESH_NHRP_WIRE_MAC_H
#define _MESH_NHRP_WIRE_MAC_H

#include "nhrp_wire.h"

/* Locally administered, as nobody here has been assigned one. */
#define NHRP_MAC_OUI		0x024d48
#define NHRP_MAC_HMAC_SHA256	1
#define NHRP_MAC_LEN		32

struct nhrp_wire_mac {
	u8 oui[3];
	u8 kind;
	__be16 key;
	__be16 unused;
	__be64 signer;
	__be64 seq;
	u8 mac[NHRP_MAC_LEN];
} __packed;
static_assert(sizeof(struct nhrp_wire_mac) == 56, "NHRP MAC extension");

/**
 * struct nhrp_mac - what the extension says, in host order
 * @key: id of the key
 * @signer: who has signed: a number that it drew for itself
 * @seq: higher in every packet of that signer: its clock, in µs since 1970
 */
struct nhrp_mac {
	u16 key;
	u64 signer;
	u64 seq;
};

/* Is it this one?  Whether it is sound is another question. */
bool nhrp_ext_is_mac(const struct nhrp_ext *ext);

/*
 * 0, -ENOENT where there is none, or -EINVAL where there are two or one that is
 * not sound; @at is where in the packet the code's octets are.
 */
int nhrp_mac_find(const struct nhrp_packet *p, struct nhrp_mac *mac, u16 *at);

/* The last extension of a packet; the code itself is zero until it is sealed. */
void nhrp_build_mac(struct nhrp_builder *b, const struct nhrp_mac *mac);

/* Zeroes what the code does not cover. */
void nhrp_mac_blank(u8 *buf, size_t at);
/* Fills in the code, and the checksum, of a blank packet. */
void nhrp_mac_seal(u8 *buf, size_t len, size_t at, const u8 *code);

/* Where the code is in a packet that ends with that extension. */
static inline size_t nhrp_mac_at(size_t len)
{
	return len - sizeof(struct nhrp_wire_ext) - NHRP_MAC_LEN;
}

#endif

/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_ADDR_H
#define LIBMESH_ADDR_H

/* Addresses and prefixes. */

#include <mesh/common.h>

MESH_BEGIN_DECLS

/**
 * struct mesh_addr - an address, underlay or overlay
 * @len: octets used: 4 (IPv4), 16 (IPv6), 0 for none
 * @bytes: in network byte order; those beyond @len are zero
 */
struct mesh_addr {
	uint8_t len;
	uint8_t bytes[16];
};

/**
 * struct mesh_prefix - a prefix of overlay addresses
 * @addr: first address, host bits zero
 * @len: bits, 0 to 32 or 128
 */
struct mesh_prefix {
	struct mesh_addr addr;
	uint8_t len;
};

/* Room for any formatted address or prefix with its final NUL. */
#define MESH_ADDR_STRLEN 46
#define MESH_PREFIX_STRLEN 50

/**
 * mesh_addr_parse - read an address
 * @text: "192.0.2.1" or "2001:db8::1", nothing before or after
 * @addr: filled in on success only
 *
 * Return: 0 or -EINVAL.
 */
MESH_API int mesh_addr_parse(const char *text, struct mesh_addr *addr);

/**
 * mesh_addr_format - write an address
 * @addr: the address; with length 0 the text is "none"
 * @text: MESH_ADDR_STRLEN octets
 *
 * Return: @text.
 */
MESH_API char *mesh_addr_format(const struct mesh_addr *addr, char *text);

/**
 * mesh_addr_cmp - order two addresses: none, IPv4, IPv6, then by value
 * @a: one
 * @b: the other
 *
 * Return: less than, equal to or greater than 0, as memcmp(3).
 */
MESH_API int mesh_addr_cmp(const struct mesh_addr *a, const struct mesh_addr *b);

/**
 * mesh_prefix_parse - read a prefix
 * @text: "192.0.2.0/24"; without a length the prefix is one address
 * @prefix: filled in on success only
 *
 * Host bits are left alone: the kernel refuses them and says so.
 *
 * Return: 0, -EINVAL, or -ERANGE for a length beyond the family's.
 */
MESH_API int mesh_prefix_parse(const char *text, struct mesh_prefix *prefix);

/**
 * mesh_prefix_format - write a prefix, always with its length
 * @prefix: the prefix
 * @text: MESH_PREFIX_STRLEN octets
 *
 * Return: @text.
 */
MESH_API char *mesh_prefix_format(const struct mesh_prefix *prefix, char *text);

/**
 * mesh_prefix_cmp - order two prefixes by address, then by length
 * @a: one
 * @b: the other
 *
 * Return: less than, equal to or greater than 0.
 */
MESH_API int mesh_prefix_cmp(const struct mesh_prefix *a, const struct mesh_prefix *b);

MESH_END_DECLS

#endif

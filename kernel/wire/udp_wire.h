/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The UDP header of GRE in UDP (RFC 8086, 3.2), and its ports.
 */
#ifndef _MESH_UDP_WIRE_H
#define _MESH_UDP_WIRE_H

#include <linux/build_bug.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#define UDP_WIRE_LEN		8
/* RFC 8086, 3.2.2 */
#define UDP_WIRE_GRE		4754
/* RFC 8086, 3.2.1: flows are told apart within the ephemeral ports. */
#define UDP_WIRE_SOURCE_FIRST	49152
#define UDP_WIRE_SOURCES	16384

struct udp_wire {
	__be16 source;
	__be16 dest;
	__be16 len;
	__be16 check;
} __packed;
static_assert(sizeof(struct udp_wire) == UDP_WIRE_LEN, "UDP header");

/* By the lower bits: among the endpoints of a peer the upper ones have decided. */
static inline u16 udp_wire_source(u32 hash)
{
	return UDP_WIRE_SOURCE_FIRST + hash % UDP_WIRE_SOURCES;
}

/*
 * Writes UDP_WIRE_LEN octets, without a checksum.  @len: of header and payload;
 * of a packet that is cut up later, which is given its own then, the lower bits.
 */
static inline void udp_wire_build(u8 *buf, u16 source, u16 dest, u32 len)
{
	struct udp_wire udp = {
		.source = cpu_to_be16(source),
		.dest = cpu_to_be16(dest),
		.len = cpu_to_be16((u16)len),
	};

	memcpy(buf, &udp, sizeof(udp));
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Version, size and checksum of an NHRP packet made right, which no fuzzer hits
 * by chance.
 */
#ifndef _MESH_FUZZ_NHRP_FIX_H
#define _MESH_FUZZ_NHRP_FIX_H

#include <string.h>

#include "wire/nhrp_wire.h"

static inline void nhrp_fix(u8 *raw, size_t len)
{
	struct nhrp_wire_fixed f;

	if (len < sizeof(f))
		return;
	memcpy(&f, raw, sizeof(f));
	f.version = NHRP_VERSION;
	f.size = cpu_to_be16(len);
	f.checksum = 0;
	memcpy(raw, &f, sizeof(f));
	f.checksum = cpu_to_be16((u16)~nhrp_packet_sum(raw, len));
	memcpy(raw, &f, sizeof(f));
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sound packets of every type, for the tests of the NHRP reader and writer.
 */
#ifndef _MESH_TESTS_NHRP_SAMPLE_H
#define _MESH_TESTS_NHRP_SAMPLE_H

#include <kunit/test.h>

#include "wire/nhrp_wire.h"

#define SAMPLE_ROOM 1024

/* Offsets in the fixed header and the mandatory part. */
enum {
	OFF_AFN = 0, OFF_PRO = 2, OFF_HOPS = 9, OFF_SIZE = 10, OFF_SUM = 12, OFF_EXT = 14,
	OFF_VERSION = 16, OFF_TYPE = 17, OFF_NBMA_TL = 18, OFF_SUB_TL = 19,
	OFF_SRC_LEN = 20, OFF_DST_LEN = 21, OFF_FLAGS = 22, OFF_ID = 24, OFF_ADDRS = 28,
};

struct sample {
	const char *name;
	u8 type;
	bool nbma6;
	bool proto6;
	bool exts;
};

#define NHRP_SAMPLES 12
extern const struct sample nhrp_samples[NHRP_SAMPLES];

/* The tail of the samples that have no CIEs. */
extern const u8 sample_inner[8];

struct mesh_addr sample_addr(bool v6, u8 last);

static inline void put16(u8 *at, u16 v)
{
	at[0] = v >> 8;
	at[1] = v;
}

static inline u16 get16(const u8 *at)
{
	return at[0] << 8 | at[1];
}

void sample_fix_checksum(u8 *raw, size_t len);

/* A copy of exactly its size, so that KASAN sees a read past the end. */
u8 *sample_exact(struct kunit *test, const u8 *raw, size_t len);

struct nhrp_head sample_head(const struct sample *s);
struct nhrp_cie sample_cie(const struct sample *s, u8 n);
int sample_build(u8 *raw, size_t size, const struct sample *s);
u8 *sample_new(struct kunit *test, const struct sample *s, int *len);

void sample_expect_addr(struct kunit *test, const struct mesh_addr *want,
			const struct mesh_addr *got);
void sample_expect_cie(struct kunit *test, const struct nhrp_cie *want,
		       const struct nhrp_cie *got);
void sample_expect_head(struct kunit *test, const struct nhrp_head *want,
			const struct nhrp_head *got);

#endif

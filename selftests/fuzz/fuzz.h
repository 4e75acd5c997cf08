/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every target begins with: an input that is read from its front, and a
 * word for what has to hold.
 */
#ifndef _MESH_FUZZ_H
#define _MESH_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/types.h>

#include "host/host.h"
#include "wire/addr.h"

#define must(what) do {							\
	if (!(what)) {							\
		fprintf(stderr, "%s:%d: does not hold: %s\n",		\
			__FILE__, __LINE__, #what);			\
		abort();						\
	}								\
} while (0)

/* Past the end it reads as zeros. */
struct input {
	const u8 *at;
	size_t left;
};

static inline u8 take8(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

static inline u16 take16(struct input *in)
{
	u16 high = take8(in);

	return high << 8 | take8(in);
}

/* A number below @n. */
static inline unsigned int take_below(struct input *in, unsigned int n)
{
	return take8(in) % n;
}

/* A copy of exactly its size, so that a read past its end is seen. */
static inline u8 *take_copy(struct input *in, size_t len)
{
	u8 *copy;

	if (len > in->left)
		len = in->left;
	copy = malloc(len);
	must(copy || !len);
	if (len)
		memcpy(copy, in->at, len);
	in->at += len;
	in->left -= len;
	return copy;
}

static inline struct mesh_addr fuzz_ip4(u32 ip)
{
	struct mesh_addr a;

	mesh_addr_from_ip4(&a, cpu_to_be32(ip));
	return a;
}

static inline struct mesh_addr fuzz_ip6(u8 last)
{
	const u8 b[16] = { 0xfd, [15] = last };
	struct mesh_addr a;

	mesh_addr_set(&a, b, sizeof(b));
	return a;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif

// SPDX-License-Identifier: GPL-2.0
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "recent.h"

#ifndef RECENT_BITS			/* a fuzzer sets less than we do */
#define RECENT_BITS	(1u << 23)	/* of a filter; 1 MiB */
#endif
#define RECENT_HASHES	4

struct recent {
	u64 turned;
	unsigned int now;
	u32 words[2][RECENT_BITS / 32];
};

struct recent *recent_new(u64 now)
{
	struct recent *r = kvzalloc(sizeof(*r), GFP_KERNEL);

	if (r)
		r->turned = now;
	return r;
}

void recent_free(struct recent *r)
{
	kvfree(r);
}

static void turn(struct recent *r, u64 now)
{
	u64 age = now - r->turned;

	if (age < RECENT_TURN)
		return;
	r->now ^= 1;
	memset(r->words[r->now], 0, sizeof(r->words[0]));
	if (age >= 2 * RECENT_TURN)
		memset(r->words[!r->now], 0, sizeof(r->words[0]));
	r->turned = now;
}

bool recent_seen(struct recent *r, u64 now, u64 hash)
{
	u32 h1 = hash, h2 = hash >> 32 | 1;
	bool here = true, before = true;
	unsigned int i;

	turn(r, now);
	for (i = 0; i < RECENT_HASHES; i++) {
		u32 bit = (h1 + i * h2) % RECENT_BITS, mask = BIT(bit % 32);

		here &= !!(r->words[r->now][bit / 32] & mask);
		before &= !!(r->words[!r->now][bit / 32] & mask);
		r->words[r->now][bit / 32] |= mask;
	}
	return here || before;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The prefixes that fill the tables, and the addresses to look for.
 */
#ifndef _MESH_BENCH_NETS_H
#define _MESH_BENCH_NETS_H

#include "bench.h"

/* Prefixes of one family, in an order that is random and always the same. */
struct nets {
	struct net *net;
	size_t n;
};

enum key_set {
	KEYS_UNIFORM,
	KEYS_DRAWN,
	KEYS_ZIPF,
	KEY_SETS,
};

extern const char *const key_set_name[KEY_SETS];

/* From lines of PREFIX/LEN in a file; made up for NULL.  Ends on an error. */
void nets_read(const char *path, struct nets *ip4, struct nets *ip6);

/* Keys of the first @n prefixes; the same ones for the same arguments. */
void keys_make(struct keys *k, enum key_set set, unsigned int bits,
	       const struct nets *nets, size_t n);

/* Random numbers that are the same in each run. */
uint64_t roll(uint64_t *state);

#endif

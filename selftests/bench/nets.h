/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prefixes that fill tables, and addresses to look for.
 */
#ifndef _MESH_BENCH_NETS_H
#define _MESH_BENCH_NETS_H

#include <stddef.h>
#include <stdint.h>

struct net {
	uint8_t addr[16];
	uint8_t len;
};

/**
 * struct keys - addresses to look for
 * @ip4: as in a packet
 * @host4: the same as numbers, for those who want them so
 * @ip6: as in a packet
 * @n: how many of one family
 * @zero: 0, which the compiler does not know: it ties a look-up to the result
 *	of the one before
 */
struct keys {
	uint32_t *ip4;
	uint32_t *host4;
	uint8_t (*ip6)[16];
	size_t n;
	size_t zero;
};

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

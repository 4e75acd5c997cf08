/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module gets to measure with: a file that begins with a struct feed, the
 * prefixes, and then the addresses of each set of keys.
 */
#ifndef _MESH_BENCH_FEED_H
#define _MESH_BENCH_FEED_H

#include <linux/types.h>

/* Uniform, drawn and Zipf. */
#define FEED_SETS 3

/**
 * struct feed - the head of the file
 * @bits: of an address, all of whose octets stand there
 * @prefixes: how many
 * @keys: how many a set
 */
struct feed {
	__u32 bits;
	__u32 prefixes;
	__u32 keys;
};

struct feed_net {
	__u8 addr[16];
	__u8 len;
};

#endif

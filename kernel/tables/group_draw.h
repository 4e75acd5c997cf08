/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What members of groups draw for buckets: the more the better.
 *
 * A draw depends on nothing but the member's address and the bucket, so that all
 * nodes have the same ones.  It stands for a time, the shorter on average the more
 * the member weighs.
 */
#ifndef _MESH_GROUP_DRAW_H
#define _MESH_GROUP_DRAW_H

#include <linux/types.h>

#include "wire/addr.h"

#define GROUP_DRAW_KEYS 3

/* What a member draws by. */
void group_draw_keys(u32 *key, const struct mesh_addr *addr);

/* Of a table of 2^@bits buckets for the one that is @at. */
u32 group_draw(const u32 *key, u32 at, unsigned int bits);

/**
 * struct group_draws - the draws of a member for a whole table
 * @key: the member's
 * @bits: of the number of buckets
 * @inverse: of the factors of its key
 */
struct group_draws {
	const u32 *key;
	unsigned int bits;
	u32 inverse[GROUP_DRAW_KEYS];
};

void group_draws_init(struct group_draws *d, const u32 *key, unsigned int bits);
/*
 * The only draw from a part of the range, of which there are as many as buckets,
 * and the bucket that it is for.  The draws of a higher part are higher.
 */
u32 group_draw_from(const struct group_draws *d, u32 part, u32 *at);

/* The time of a draw, for a weight of 1. */
u64 group_draw_time(u32 draw);
/*
 * The least draw of a member of this @weight that is no later than @time is for
 * @all weights together; there is one where that is not next to nothing.
 */
u32 group_draw_least(u64 time, u32 weight, u32 all);
/*
 * More than 0 where @a, with that weight, is before @b, less where it is behind, 0
 * where neither is.  So it does not matter who is compared with whom first.
 */
int group_draw_order(u32 a, u16 weight_a, u32 b, u16 weight_b);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who was here a moment ago, of more than could be kept one by one: two Bloom
 * filters, the newer one written and both read.  At the change of turns the older
 * one is cleared, so that somebody is remembered for one to two turns.  100,000 a
 * second set an eighth of the bits of a filter in a turn: one in 2,000 is then
 * taken for somebody who was here.
 *
 * Under a lock of the caller's; the clock is an argument (ms).
 */
#ifndef _MESH_RECENT_H
#define _MESH_RECENT_H

#include <linux/types.h>

#define RECENT_TURN	3000	/* ms */

struct recent;

/* NULL for no memory, of which it takes 2 MiB.  May sleep. */
struct recent *recent_new(u64 now);
void recent_free(struct recent *r);
/* Remembers who has that hash, of 64 bits; whether he was remembered already. */
bool recent_seen(struct recent *r, u64 now, u64 hash);

#endif

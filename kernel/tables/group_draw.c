// SPDX-License-Identifier: GPL-2.0
/*
 * What members of groups draw for buckets.
 *
 * Shares would be as uneven as dice are, but that over all buckets each member
 * draws from each part of the range once, in an order of its own.
 */
#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/math64.h>

#include "group_draw.h"

static u64 mix(u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* By octets: nodes of either order of octets have one table. */
void group_draw_keys(u32 *key, const struct mesh_addr *addr)
{
	u64 x = addr->len;
	unsigned int i;

	for (i = 0; i < addr->len; i++)
		x = mix(x << 8 ^ x >> 56 ^ addr->b[i]);
	for (i = 0; i < GROUP_DRAW_KEYS; i++) {
		x = mix(x + 0x9e3779b97f4a7c15ULL);
		key[i] = x >> 32;
	}
}

/* A draw is its part of the range, and random beneath. */
static u32 draw_in(const u32 *key, u32 at, u32 part, unsigned int bits)
{
	u32 fine = at * 0x9e3779b1 + key[0];

	fine ^= fine >> 15;
	fine *= 0x85ebca77;
	fine ^= fine >> 13;
	fine *= 0xc2b2ae3d;
	fine ^= fine >> 16;
	return part << (32 - bits) | fine >> bits;
}

/* The parts are a permutation of the buckets, each step of which can be undone. */
u32 group_draw(const u32 *key, u32 at, unsigned int bits)
{
	u32 part = at;
	unsigned int i;

	for (i = 0; i < GROUP_DRAW_KEYS; i++) {
		part = (part + (key[i] >> 16)) * (key[i] | 1);
		part &= BIT(bits) - 1;
		part ^= part >> (bits + 1) / 2;
	}
	return draw_in(key, at, part, bits);
}

/* By Newton: right in the lowest three bits at first, and in twice as many then. */
static u32 inverse_of(u32 odd)
{
	u32 x = odd;
	unsigned int i;

	for (i = 0; i < 4; i++)
		x *= 2 - odd * x;
	return x;
}

void group_draws_init(struct group_draws *d, const u32 *key, unsigned int bits)
{
	unsigned int i;

	d->key = key;
	d->bits = bits;
	for (i = 0; i < GROUP_DRAW_KEYS; i++)
		d->inverse[i] = inverse_of(key[i] | 1);
}

u32 group_draw_from(const struct group_draws *d, u32 part, u32 *at)
{
	unsigned int i;

	*at = part;
	for (i = GROUP_DRAW_KEYS; i--;) {
		*at ^= *at >> (d->bits + 1) / 2;
		*at = *at * d->inverse[i] - (d->key[i] >> 16);
		*at &= BIT(d->bits) - 1;
	}
	return draw_in(d->key, *at, part, d->bits);
}

#define ONE		(1ULL << 33)
#define ROOT_OF_HALF	0x16a09e667ULL	/* in units of 1 / ONE */
#define LN2		0x2c5c85fdfULL	/* in units of 2^-34, as what follows */
#define ODD(n)		((1ULL << 34) / (n))

/*
 * -ln((x + 1/2) / 2^32) in units of 2^-34, by the series of 2 artanh(z) with z =
 * (1 - m) / (1 + m) for a mantissa m next to 1.  It never rises with x, and is
 * exact to 2^-28 of itself, or to one unit.  All nodes have to agree, so there is
 * no floating point, nor anything that a kernel's version might change.
 */
u64 group_draw_time(u32 x)
{
	u64 m = 2 * (u64)x + 1, z, square, rest;
	unsigned int halvings = 33 - fls64(m);

	m <<= halvings;
	if (m < ROOT_OF_HALF) {
		m <<= 1;
		halvings++;
	}
	z = div_u64((m > ONE ? m - ONE : ONE - m) << 31, (ONE + m) >> 3);
	square = z * z >> 34;
	rest = ODD(7) + (square * ODD(9) >> 34);
	rest = ODD(5) + (square * rest >> 34);
	rest = ODD(3) + (square * rest >> 34);
	rest = square * rest >> 34;
	z = 2 * (z + (z * rest >> 34));
	return halvings * LN2 + (m > ONE ? -z : z);
}

u32 group_draw_least(u64 time, u32 weight, u32 all)
{
	u32 below = 0, bit;

	for (bit = BIT(31); bit; bit >>= 1)
		if (group_draw_time(U32_MAX - (below | bit)) * all <=
		    time * weight)
			below |= bit;
	return U32_MAX - below;
}

int group_draw_order(u32 a, u16 weight_a, u32 b, u16 weight_b)
{
	u64 time_a, time_b;

	/* Most are told apart without a logarithm. */
	if (weight_a >= weight_b && a > b)
		return 1;
	if (weight_a <= weight_b && a < b)
		return -1;
	time_a = group_draw_time(a) * weight_b;
	time_b = group_draw_time(b) * weight_a;
	if (time_a != time_b)
		return time_a < time_b ? 1 : -1;
	return (a > b) - (a < b);
}

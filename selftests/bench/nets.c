// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "huge.h"
#include "nets.h"

#define NETS_MAX (1U << 20)	/* a number of a prefix is below it */
#define KEYS (1U << 20)
#define DESTINATIONS 4000

const char *const key_set_name[KEY_SETS] = { "uniform", "drawn", "zipf" };

uint64_t roll(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(125);
}

static void push(struct nets *nets, const struct net *net)
{
	if (nets->n == NETS_MAX)
		die("more prefixes of a family than 2^20");
	nets->net[nets->n++] = *net;
}

static void mask(struct net *net)
{
	for (unsigned int bit = net->len; bit < 128; bit++)
		net->addr[bit / 8] &= ~(0x80 >> bit % 8);
}

static void read_line(char *line, struct nets *ip4, struct nets *ip6)
{
	char *slash = strchr(line, '/');
	struct net net = { .len = 0 };

	if (!slash)
		die("a line that is no prefix");
	*slash = '\0';
	net.len = atoi(slash + 1);
	if (inet_pton(AF_INET, line, net.addr) == 1 && net.len <= 32)
		push(ip4, &net);
	else if (inet_pton(AF_INET6, line, net.addr) == 1 && net.len <= 128)
		push(ip6, &net);
	else
		die("a line that is no prefix");
}

/* Lengths in about the shares that they have in the Internet's tables, of 1024. */
static unsigned int made_len(unsigned int bits, uint64_t *state)
{
	static const struct {
		uint16_t of[2];
		uint8_t len[2];
	} share[] = {
		{ { 600, 470 }, { 24, 48 } }, { { 105, 75 }, { 22, 44 } },
		{ { 100, 70 }, { 23, 46 } }, { { 50, 90 }, { 21, 40 } },
		{ { 45, 120 }, { 20, 32 } }, { { 30, 50 }, { 19, 29 } },
		{ { 40, 60 }, { 18, 36 } }, { { 34, 45 }, { 16, 47 } },
		{ { 20, 44 }, { 17, 45 } },
	};
	unsigned int at = roll(state) % 1024, i = 0, ip6 = bits == 128;

	while (at >= share[i].of[ip6])
		at -= share[i++].of[ip6];
	return share[i].len[ip6];
}

static int order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct net));
}

static void unique(struct nets *nets)
{
	size_t n = 0;

	qsort(nets->net, nets->n, sizeof(*nets->net), order);
	for (size_t i = 0; i < nets->n; i++)
		if (!n || order(&nets->net[n - 1], &nets->net[i]))
			nets->net[n++] = nets->net[i];
	nets->n = n;
}

/*
 * Where there is no table of the real one's: as many prefixes as it has, bundled
 * below allocations as they are there.
 */
static void make_up(struct nets *nets, unsigned int bits, size_t n)
{
	uint64_t state = bits, block = 0;

	while (nets->n < n) {
		struct net net = { .len = made_len(bits, &state) };

		if (!(roll(&state) % 8))
			block = roll(&state);
		memcpy(net.addr, &block, sizeof(block));
		net.addr[bits == 32 ? 2 : 4] ^= roll(&state);
		if (bits == 32)
			net.addr[0] = 1 + net.addr[0] % 223;
		else
			net.addr[0] = 0x20 | net.addr[0] % 16;
		net.addr[5] ^= bits == 32 ? 0 : roll(&state);
		if (bits == 32)
			memset(net.addr + 4, 0, sizeof(net.addr) - 4);
		mask(&net);
		push(nets, &net);
	}
	unique(nets);
}

static void shuffle(struct nets *nets)
{
	uint64_t state = 4;

	for (size_t i = nets->n; i > 1; i--) {
		size_t j = roll(&state) % i;
		struct net net = nets->net[j];

		nets->net[j] = nets->net[i - 1];
		nets->net[i - 1] = net;
	}
}

static void *room(size_t n, size_t size)
{
	void *p = huge_get(n * size);

	if (!p)
		die("out of memory");
	return p;
}

void nets_read(const char *path, struct nets *ip4, struct nets *ip6)
{
	FILE *in = path ? fopen(path, "r") : NULL;
	char line[128];

	if (path && !in)
		die("the file of prefixes cannot be read");
	ip4->net = room(NETS_MAX, sizeof(struct net));
	ip6->net = room(NETS_MAX, sizeof(struct net));
	while (in && fgets(line, sizeof(line), in))
		read_line(line, ip4, ip6);
	if (in)
		fclose(in);
	if (in) {
		unique(ip4);
		unique(ip6);
	} else {
		make_up(ip4, 32, 900000);
		make_up(ip6, 128, 160000);
	}
	shuffle(ip4);
	shuffle(ip6);
}

static void draw(uint8_t *addr, const struct net *net, uint64_t *state)
{
	uint64_t fill[2] = { roll(state), roll(state) };

	memcpy(addr, fill, sizeof(fill));
	for (unsigned int bit = 0; bit < net->len; bit++) {
		uint8_t one = 0x80 >> bit % 8;

		addr[bit / 8] = (addr[bit / 8] & ~one) | (net->addr[bit / 8] & one);
	}
}

/* Ranks of a Zipf distribution of exponent 1, by its running sums. */
static size_t zipf_rank(const double *sum, uint64_t *state)
{
	double at = (roll(state) >> 11) * 0x1p-53 * sum[DESTINATIONS - 1];
	size_t low = 0, high = DESTINATIONS - 1;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (sum[mid] > at)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static void set_key(struct keys *k, size_t i, const uint8_t *addr)
{
	memcpy(k->ip6[i], addr, 16);
	memcpy(&k->ip4[i], addr, 4);
	k->host4[i] = ntohl(k->ip4[i]);
}

static void keys_zipf(struct keys *k, const struct nets *nets, size_t n,
		      uint64_t *state)
{
	static uint8_t destination[DESTINATIONS][16];
	static double sum[DESTINATIONS];

	for (size_t i = 0; i < DESTINATIONS; i++) {
		draw(destination[i], &nets->net[roll(state) % n], state);
		sum[i] = (i ? sum[i - 1] : 0) + 1.0 / (i + 1);
	}
	for (size_t i = 0; i < k->n; i++)
		set_key(k, i, destination[zipf_rank(sum, state)]);
}

void keys_make(struct keys *k, enum key_set set, unsigned int bits,
	       const struct nets *nets, size_t n)
{
	const struct net any = { .len = 0 };
	uint64_t state = bits + set;
	uint8_t addr[16];

	if (!k->n) {
		k->n = KEYS;
		k->ip4 = room(KEYS, sizeof(*k->ip4));
		k->host4 = room(KEYS, sizeof(*k->host4));
		k->ip6 = room(KEYS, sizeof(*k->ip6));
	}
	if (set == KEYS_ZIPF) {
		keys_zipf(k, nets, n, &state);
		return;
	}
	for (size_t i = 0; i < k->n; i++) {
		draw(addr, set == KEYS_UNIFORM ? &any : &nets->net[roll(&state) % n], &state);
		set_key(k, i, addr);
	}
}

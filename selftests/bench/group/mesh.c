// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's groups, built for user space.
 */
#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/rcupdate.h>

#include "bench.h"
#include "slab.h"
#include "tables/fwd.h"

/* A device of one group. */
struct device {
	struct fwd fwd;
	size_t bytes;
};

static int endpoint_init(struct endpoint *ep, void *ctx)
{
	return 0;
}

static void endpoint_gone(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct endpoint, rcu));
}

static u32 no_clock(void)
{
	return 0;
}

static const struct fwd_ops ops = {
	.endpoint = { .init = endpoint_init, .free = endpoint_gone },
	.clock = no_clock,
};

static void must(bool good)
{
	if (!good)
		abort();
}

static struct mesh_addr address(u32 host)
{
	struct mesh_addr a;

	mesh_addr_from_ip4(&a, cpu_to_be32(host));
	return a;
}

static struct mesh_addr peer_address(u32 number)
{
	return address(0x0a000000 + number);
}

static struct mesh_addr nbma_address(u32 number)
{
	return address(0xc0000200 + number);
}

static void *make(void)
{
	struct device *d = calloc(1, sizeof(*d));
	struct fwd_peer_cfg cfg = { .origin = PEER_STATIC, .n = 1 };

	must(d);
	must(!fwd_init(&d->fwd, &ops, NULL, 1));
	fwd_lock(&d->fwd);
	for (u32 i = 1; i <= MEMBERS_MAX; i++) {
		struct endpoint_cfg ep = { .nbma = nbma_address(i), .weight = 1 };

		cfg.addr = peer_address(i);
		cfg.ep = &ep;
		must(!fwd_peer_set(&d->fwd, &cfg, FWD_CREATE, NULL));
	}
	rcu_barrier();
	d->bytes = slab_bytes();
	return d;
}

static void drop(void *g)
{
	struct device *d = g;

	fwd_unlock(&d->fwd);
	fwd_destroy(&d->fwd);
	rcu_barrier();
	free(d);
}

static void set(void *g, const struct member *m, unsigned int n)
{
	struct member_cfg member[MEMBERS_MAX];
	struct fwd_group_cfg cfg = { .id = 1, .member = member, .n = n };
	struct device *d = g;

	for (unsigned int i = 0; i < n; i++)
		member[i] = (struct member_cfg) {
			.peer = peer_address(m[i].number),
			.weight = m[i].weight,
		};
	must(!fwd_group_set(&d->fwd, &cfg, FWD_CREATE | FWD_REPLACE, NULL));
	rcu_barrier();
}

static void live(struct device *d, u32 number, bool lives)
{
	struct mesh_addr peer = peer_address(number), nbma = nbma_address(number);

	must(!fwd_endpoint_set(&d->fwd, &peer, &nbma, lives, NULL));
}

static void die(void *g, const struct member *m, bool lives)
{
	live(g, m->number, lives);
	rcu_barrier();
}

static uint16_t number_of(const struct peer *peer)
{
	return peer->addr.b[2] << 8 | peer->addr.b[3];
}

static void pick(void *g, const uint32_t *hash, size_t n, uint16_t *who)
{
	struct device *d = g;
	const struct group *group = fwd_group(&d->fwd, 1);

	rcu_read_lock();
	for (size_t i = 0; i < n; i++)
		who[i] = number_of(group_pick(group, hash[i]));
	rcu_read_unlock();
}

static uint64_t pick_all(void *g, const uint32_t *hash, size_t n)
{
	struct device *d = g;
	const struct group *group = fwd_group(&d->fwd, 1);
	uint64_t sum = 0;

	rcu_read_lock();
	for (size_t i = 0; i < n; i++)
		sum += (uintptr_t)group_pick(group, hash[i]);
	rcu_read_unlock();
	return sum;
}

static size_t bytes(void *g)
{
	struct device *d = g;

	rcu_barrier();
	return slab_bytes() - d->bytes;
}

const struct subject mesh = {
	.name = "mesh",
	.make = make,
	.drop = drop,
	.set = set,
	.die = die,
	.pick = pick,
	.pick_all = pick_all,
	.bytes = bytes,
};

#define BATCH 1000

static void add_routes(struct device *d, unsigned int n)
{
	static struct fwd_route_cfg cfg[BATCH];

	for (unsigned int at = 0; at < n; at += BATCH) {
		for (unsigned int i = 0; i < BATCH; i++)
			cfg[i] = (struct fwd_route_cfg) {
				.prefix = { address(0x14000000 + ((at + i) << 8)), 24 },
				.group = 1,
				.owner = 4,
			};
		must(!fwd_route_add(&d->fwd, cfg, BATCH, FWD_CREATE, NULL));
	}
}

/* No flow of any route is picked for who is dead. */
static void check(struct device *d, unsigned int routes, u32 dead)
{
	for (unsigned int i = 0; i < routes; i++) {
		struct mesh_addr to = address(0x14000001 + (i << 8));
		struct fwd_path path;
		struct fwd_hit hit;

		rcu_read_lock();
		must(fwd_lookup(&d->fwd, to.b, 4, &hit));
		must(fwd_pick(&hit, i * 2654435761u, &path));
		must(number_of(path.peer) != dead);
		rcu_read_unlock();
	}
}

void mesh_repair(unsigned int members, unsigned int routes, uint64_t *died,
		 uint64_t *returned)
{
	struct member m[MEMBERS_MAX];
	struct device *d = make();
	uint64_t start;

	for (unsigned int i = 0; i < members; i++)
		m[i] = (struct member){ i + 1, 1 };
	set(d, m, members);
	add_routes(d, routes);
	start = spent_ns();
	live(d, 2, false);
	*died = spent_ns() - start;
	check(d, routes, 2);
	start = spent_ns();
	live(d, 2, true);
	*returned = spent_ns() - start;
	drop(d);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "tables.h"

struct endpoint_mark {
	struct tables *t;
	u64 magic;
};

#define MAGIC 0x6d657368ULL

static int endpoint_init(struct endpoint *ep, void *ctx)
{
	struct endpoint_mark *mark = endpoint_priv(ep);
	struct tables *t = ctx;

	if (!t->refuse)
		return -EHOSTUNREACH;
	if (t->refuse > 0)
		t->refuse--;
	mark->t = t;
	mark->magic = MAGIC;
	t->endpoints++;
	return 0;
}

static void endpoint_gone(struct rcu_head *rcu)
{
	struct endpoint *ep = container_of(rcu, struct endpoint, rcu);
	struct endpoint_mark *mark = endpoint_priv(ep);

	WARN_ON(mark->magic != MAGIC);
	mark->magic = 0;
	mark->t->endpoints--;
	kfree(ep);
}

/* One test runs at a time. */
static u32 now;

void tables_clock(u32 to)
{
	now = to;
}

static u32 clock_now(void)
{
	return now;
}

static void event(struct fwd *fwd, enum fwd_verb verb, enum fwd_kind kind,
		  const void *obj)
{
	struct tables *t = container_of(fwd, struct tables, fwd);

	t->events[kind][verb]++;
}

static const struct fwd_ops ops = {
	.endpoint = {
		.priv_size = sizeof(struct endpoint_mark),
		.init = endpoint_init,
		.free = endpoint_gone,
	},
	.clock = clock_now,
	.event = event,
};

int tables_init(struct kunit *test)
{
	struct tables *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int err;

	if (!t)
		return -ENOMEM;
	t->refuse = -1;
	err = fwd_init(&t->fwd, &ops, t, 0x5eed);
	if (err)
		return err;
	test->priv = t;
	return 0;
}

void tables_exit(struct kunit *test)
{
	struct tables *t = test->priv;

	if (!t)
		return;
	fwd_destroy(&t->fwd);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, t->endpoints, 0);
}

int tables_peer(struct tables *t, u32 i, enum peer_origin origin,
		const struct endpoint_cfg *ep, unsigned int n)
{
	struct fwd_peer_cfg cfg = {
		.addr = ip4(PEER(i)),
		.origin = origin,
		.ep = ep,
		.n = n,
	};

	return fwd_peer_set(&t->fwd, &cfg, UPSERT, &t->err);
}

struct peer *tables_peer_one(struct kunit *test, u32 i)
{
	struct endpoint_cfg ep = nbma(NBMA(i), 1, 0);
	struct tables *t = test->priv;
	struct mesh_addr addr = ip4(PEER(i));

	KUNIT_ASSERT_EQ(test, tables_peer(t, i, PEER_STATIC, &ep, 1), 0);
	return fwd_peer(&t->fwd, &addr);
}

int tables_peer_del(struct tables *t, u32 i, enum peer_origin origin)
{
	struct mesh_addr addr = ip4(PEER(i));

	return fwd_peer_del(&t->fwd, &addr, origin, &t->err);
}

int tables_group(struct tables *t, u32 id, u32 first, const u16 *weight,
		 unsigned int n)
{
	static struct member_cfg member[GROUP_MEMBERS_MAX];
	struct fwd_group_cfg cfg = { .id = id, .member = member, .n = n };
	unsigned int i;

	for (i = 0; i < n; i++)
		member[i] = (struct member_cfg) {
			.peer = ip4(PEER(first + i)),
			.weight = weight[i],
		};
	return fwd_group_set(&t->fwd, &cfg, UPSERT, &t->err);
}

int tables_route(struct tables *t, struct mesh_prefix p, u32 group, u32 peer,
		 u8 owner, u32 gen)
{
	struct fwd_route_cfg cfg = {
		.prefix = p,
		.group = group,
		.owner = owner,
		.gen = gen,
	};

	if (!group)
		cfg.peer = ip4(PEER(peer));
	return fwd_route_add(&t->fwd, &cfg, 1, UPSERT, &t->err);
}

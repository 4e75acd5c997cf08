// SPDX-License-Identifier: GPL-2.0
/* Who is heard first when more NHRP packets come than the worker takes. */
#include "engine/nhrp_priv.h"
#include "tests.h"

#define STRANGER	0xc6120000	/* 198.18.0.0 */
#define GUEST		0xc0000201	/* 192.0.2.1 */

static void no_work(struct work_struct *work)
{
}

static const struct fwd_ops no_tables;

static int input_init(struct kunit *test)
{
	struct mesh_dev *mesh = kunit_kzalloc(test, sizeof(*mesh), GFP_KERNEL);
	struct nhrp *nhrp = kunit_kzalloc(test, sizeof(*nhrp), GFP_KERNEL);
	struct net_device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);

	if (!mesh || !nhrp || !dev || fwd_init(&mesh->fwd, &no_tables, mesh, 1))
		return -ENOMEM;
	nhrp_input_init(nhrp);
	/* The same neighbours in every run. */
	memset(&nhrp->in.key, 0, sizeof(nhrp->in.key));
	INIT_DELAYED_WORK(&nhrp->work, no_work);
	nhrp->mesh = mesh;
	mesh->nhrp = nhrp;
	/* That counts what it drops. */
	mesh->dev = dev;
	test->priv = nhrp;
	mesh->counters = alloc_percpu(struct mesh_counters);
	return mesh->counters ? 0 : -ENOMEM;
}

static void input_exit(struct kunit *test)
{
	struct nhrp *nhrp = test->priv;

	if (!nhrp)
		return;
	cancel_delayed_work_sync(&nhrp->work);
	nhrp_input_purge(nhrp);
	fwd_destroy(&nhrp->mesh->fwd);
	free_percpu(nhrp->mesh->counters);
}

/* So many packets, each from the next address. */
static void come(struct nhrp *nhrp, u32 from, unsigned int n)
{
	struct mesh_addr addr;
	struct sk_buff *skb;

	while (n--) {
		mesh_addr_from_ip4(&addr, cpu_to_be32(from++));
		skb = alloc_skb(1, GFP_KERNEL);
		if (!skb)
			return;
		local_bh_disable();
		rcu_read_lock();
		nhrp_input(nhrp->mesh, skb, &addr);
		rcu_read_unlock();
		local_bh_enable();
	}
}

static void turn(struct nhrp *nhrp, unsigned int max)
{
	fwd_lock(&nhrp->mesh->fwd);
	nhrp_input_feed(nhrp, max);
	fwd_unlock(&nhrp->mesh->fwd);
}

static void expect_waiting(struct kunit *test, unsigned int again,
			   unsigned int strangers)
{
	struct nhrp *nhrp = test->priv;

	KUNIT_EXPECT_EQ(test, skb_queue_len(&nhrp->in.known), 0u);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&nhrp->in.again), again);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&nhrp->in.strangers), strangers);
}

static void expect_lost(struct kunit *test, u64 n)
{
	struct nhrp *nhrp = test->priv;

	KUNIT_EXPECT_EQ(test, mesh_counter_read(nhrp->mesh->counters,
						MESH_C_NHRP_QUEUE_FULL), n);
}

/* The queue is full, and who comes in vain is remembered. */
static void crowd(struct nhrp *nhrp)
{
	come(nhrp, STRANGER, NHRP_INPUT_MAX + 1);
	turn(nhrp, NHRP_STRANGERS_SHARE);
	come(nhrp, STRANGER, NHRP_STRANGERS_SHARE);
}

static void again_test(struct kunit *test)
{
	struct nhrp *nhrp = test->priv;

	crowd(nhrp);
	expect_lost(test, 1);
	expect_waiting(test, 0, NHRP_INPUT_MAX);
	come(nhrp, GUEST, 2);
	expect_lost(test, 3);
	expect_waiting(test, 0, NHRP_INPUT_MAX);
	come(nhrp, GUEST, 1);
	come(nhrp, GUEST + 2, 1);
	expect_lost(test, 4);
	expect_waiting(test, 1, NHRP_INPUT_MAX);
	/* Before those who have waited for longer. */
	turn(nhrp, NHRP_STRANGERS_SHARE);
	expect_waiting(test, 0, NHRP_INPUT_MAX - NHRP_STRANGERS_SHARE + 1);
	/* Where there is room nobody is asked whether he was here. */
	come(nhrp, GUEST, 1);
	expect_waiting(test, 0, NHRP_INPUT_MAX - NHRP_STRANGERS_SHARE + 2);
}

/* Of those who come again many may be made up as well. */
static void share_test(struct kunit *test)
{
	struct nhrp *nhrp = test->priv;

	crowd(nhrp);
	come(nhrp, GUEST, 100);
	come(nhrp, GUEST, 100);
	expect_waiting(test, 100, NHRP_INPUT_MAX);
	turn(nhrp, 64);
	expect_waiting(test, 100 - (64 - NHRP_STRANGERS_SHARE / 2),
		       NHRP_INPUT_MAX - NHRP_STRANGERS_SHARE / 2);
	KUNIT_EXPECT_TRUE(test, nhrp_input_waits(nhrp));
	turn(nhrp, 64);
	expect_waiting(test, 0, NHRP_INPUT_MAX - NHRP_STRANGERS_SHARE / 2 - 20);
	KUNIT_EXPECT_FALSE(test, nhrp_input_waits(nhrp));
	come(nhrp, STRANGER, NHRP_STRANGERS_SHARE / 2 + 20);
	come(nhrp, GUEST, NHRP_INPUT_MAX + 1);
	come(nhrp, GUEST, NHRP_INPUT_MAX + 1);
	expect_waiting(test, NHRP_INPUT_MAX, NHRP_INPUT_MAX);
}

/* Down, nothing waits, and nobody is remembered. */
static void purge_test(struct kunit *test)
{
	struct nhrp *nhrp = test->priv;

	crowd(nhrp);
	come(nhrp, GUEST, 1);
	come(nhrp, GUEST, 1);
	nhrp_input_purge(nhrp);
	expect_waiting(test, 0, 0);
	crowd(nhrp);
	come(nhrp, GUEST, 1);
	expect_waiting(test, 0, NHRP_INPUT_MAX);
}

static struct kunit_case nhrp_input_cases[] = {
	KUNIT_CASE(again_test),
	KUNIT_CASE(share_test),
	KUNIT_CASE(purge_test),
	{}
};

struct kunit_suite nhrp_input_test_suite = {
	.name = "nhrp_input",
	.init = input_init,
	.exit = input_exit,
	.test_cases = nhrp_input_cases,
};

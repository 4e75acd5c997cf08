// SPDX-License-Identifier: GPL-2.0
/* Next hops that traffic makes wait to be asked for. */
#include "engine/nhrp_priv.h"
#include "tests.h"

#define PACKETS	20

static void no_work(struct work_struct *work)
{
}

static int want_init(struct kunit *test)
{
	struct mesh_dev *mesh = kunit_kzalloc(test, sizeof(*mesh), GFP_KERNEL);
	struct nhrp *nhrp = kunit_kzalloc(test, sizeof(*nhrp), GFP_KERNEL);

	if (!mesh || !nhrp || nhrp_wants_init(nhrp))
		return -ENOMEM;
	/* The same slots in every run. */
	memset(&nhrp->wants.limit->key, 0, sizeof(nhrp->wants.limit->key));
	INIT_DELAYED_WORK(&nhrp->work, no_work);
	nhrp->mesh = mesh;
	mesh->nhrp = nhrp;
	test->priv = nhrp;
	return 0;
}

static void want_exit(struct kunit *test)
{
	struct nhrp *nhrp = test->priv;

	if (!nhrp)
		return;
	cancel_delayed_work_sync(&nhrp->work);
	nhrp_wants_exit(nhrp);
}

static void want(struct nhrp *nhrp, u32 ip)
{
	struct mesh_addr addr;

	mesh_addr_from_ip4(&addr, cpu_to_be32(ip));
	nhrp_want(nhrp->mesh, &addr);
}

/* The packets of a flow name it once an interval, however many they are. */
static void again_test(struct kunit *test)
{
	struct nhrp *nhrp = test->priv;
	u32 began = jiffies_to_msecs(jiffies);
	unsigned int i;

	for (i = 0; i < PACKETS; i++)
		want(nhrp, 0x0a000001);
	KUNIT_EXPECT_GE(test, nhrp->wants.n, 1u);
	KUNIT_EXPECT_LE(test, nhrp->wants.n,
			1 + (jiffies_to_msecs(jiffies) - began) / NHRP_WANT_INTERVAL);
	want(nhrp, 0x0a000002);
	KUNIT_EXPECT_GE(test, nhrp->wants.n, 2u);
}

static void many_test(struct kunit *test)
{
	struct nhrp *nhrp = test->priv;
	unsigned int i;

	for (i = 0; i < 4 * NHRP_WANTS_MAX; i++)
		want(nhrp, 0x0a000001 + i);
	KUNIT_EXPECT_EQ(test, nhrp->wants.n, (unsigned int)NHRP_WANTS_MAX);
}

static struct kunit_case nhrp_want_cases[] = {
	KUNIT_CASE(again_test),
	KUNIT_CASE(many_test),
	{}
};

struct kunit_suite nhrp_want_test_suite = {
	.name = "nhrp_want",
	.init = want_init,
	.exit = want_exit,
	.test_cases = nhrp_want_cases,
};

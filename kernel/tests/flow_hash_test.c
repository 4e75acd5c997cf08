// SPDX-License-Identifier: GPL-2.0
/*
 * What flows are hashed to: which of them alike, and how evenly.
 *
 * Seeds are constants, so that what is even today is even tomorrow.
 */
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sched.h>

#include "engine/flow.h"
#include "packet.h"
#include "tables.h"
#include "tests.h"

#define FLOWS BIT(20)
/* Of endpoints in buckets: 16 of these in each of 32 of those. */
#define BINS 512
/* Ways out of each node of the three tiers, and nodes of the last one. */
#define WAYS 3
#define NODES (1 + WAYS + WAYS * WAYS)

#define L3 (MESH_HASH_FIELDS_SRC | MESH_HASH_FIELDS_DST)
#define INNER_L4 (FLOW_L4 << FLOW_INNER_SHIFT)

static u32 hash(u32 fields, bool symmetric, const struct flow *flow)
{
	const struct flow_policy policy = {
		.seed = PACKET_SEED,
		.fields = fields,
		.symmetric = symmetric,
	};

	return flow_hash(&policy, flow);
}

static void flow_hash_fields(struct kunit *test)
{
	const struct flow_layer base = layer6(CLIENT, SERVER, IPPROTO_UDP, 1, 2, 3);
	const struct flow_layer other[] = {
		layer6(ROUTER, SERVER, IPPROTO_UDP, 1, 2, 3),
		layer6(CLIENT, ROUTER, IPPROTO_UDP, 1, 2, 3),
		layer6(CLIENT, SERVER, IPPROTO_TCP, 1, 2, 3),
		layer6(CLIENT, SERVER, IPPROTO_UDP, 1, 2, 4),
		layer6(CLIENT, SERVER, IPPROTO_UDP, 9, 2, 3),
		layer6(CLIENT, SERVER, IPPROTO_UDP, 1, 9, 3),
	};
	unsigned int bit, i;

	/* Each field counts where it is chosen, and there only, in either layer. */
	for (bit = 0; bit < 2 * ARRAY_SIZE(other); bit++) {
		for (i = 0; i < 2 * ARRAY_SIZE(other); i++) {
			struct flow one = plain(base), two = one;

			if (i < ARRAY_SIZE(other))
				two.own = other[i];
			else
				two.inner = other[i - ARRAY_SIZE(other)];
			KUNIT_EXPECT_EQ_MSG(test,
					    hash(BIT(bit), false, &one) ==
					    hash(BIT(bit), false, &two),
					    bit != i, "field %u, change of %u",
					    bit, i);
		}
	}
}

static void flow_hash_seed(struct kunit *test)
{
	struct flow flow = plain(layer4(CLIENT, SERVER, IPPROTO_UDP, 1, 2));
	unsigned int i;

	for (i = 0; i < PACKET_POLICIES; i++) {
		struct flow_policy other = packet_policies[i];

		other.seed++;
		KUNIT_EXPECT_NE_MSG(test, flow_hash(&packet_policies[i], &flow),
				    flow_hash(&other, &flow), "policy %u", i);
	}
}

/* IPv4 and IPv6 flows that look alike are two. */
static void flow_hash_family(struct kunit *test)
{
	struct flow four = plain(layer4(CLIENT, SERVER, IPPROTO_UDP, 1, 2));
	struct flow six = four;

	six.own.key.len = 16;
	KUNIT_EXPECT_NE(test, hash(FLOW_L4, false, &four),
			hash(FLOW_L4, false, &six));
	KUNIT_EXPECT_NE(test, hash(FLOW_L4, true, &four),
			hash(FLOW_L4, true, &six));
}

static void flow_hash_symmetric(struct kunit *test)
{
	static const u32 fields[] = {
		FLOW_L4, L3, INNER_L4, FLOW_L4 | INNER_L4,
		MESH_HASH_FIELDS_SPORT | MESH_HASH_FIELDS_DPORT,
	};
	unsigned int i, port;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		for (port = 1; port < 100; port++) {
			struct flow there = tunnelled(
				layer4(HEAD, TAIL, IPPROTO_UDP, port, 50),
				layer6(SERVER, CLIENT, IPPROTO_TCP, 50, port, 1));
			struct flow back = tunnelled(
				layer4(TAIL, HEAD, IPPROTO_UDP, 50, port),
				layer6(CLIENT, SERVER, IPPROTO_TCP, port, 50, 2));

			KUNIT_EXPECT_EQ_MSG(test, hash(fields[i], true, &there),
					    hash(fields[i], true, &back),
					    "fields %x, port %u", fields[i],
					    port);
			if (port != 50)
				KUNIT_EXPECT_NE(test,
						hash(fields[i], false, &there),
						hash(fields[i], false, &back));
		}
	}
}

/* An address that talks to itself: the ports alone tell the two directions. */
static void flow_hash_symmetric_self(struct kunit *test)
{
	struct flow there = plain(layer4(CLIENT, CLIENT, IPPROTO_UDP, 1, 2));
	struct flow back = plain(layer4(CLIENT, CLIENT, IPPROTO_UDP, 2, 1));

	KUNIT_EXPECT_EQ(test, hash(FLOW_L4, true, &there),
			hash(FLOW_L4, true, &back));
}

static void flow_hash_rules(struct kunit *test)
{
	static const struct {
		struct flow_policy policy;
		bool good;
	} policies[] = {
		{ { .fields = 0 }, false },
		{ { .fields = 0, .symmetric = true }, false },
		{ { .fields = MESH_HASH_FIELDS_SRC }, true },
		{ { .fields = MESH_HASH_FIELDS_SRC, .symmetric = true }, false },
		{ { .fields = MESH_HASH_FIELDS_PROTO, .symmetric = true }, true },
		{ { .fields = L3 | MESH_HASH_FIELDS_SPORT, .symmetric = true },
		  false },
		{ { .fields = L3 | MESH_HASH_FIELDS_INNER_DST,
		    .symmetric = true }, false },
		{ { .fields = L3, .symmetric = true }, true },
		{ { .fields = FLOW_L4 | INNER_L4, .symmetric = true }, true },
		{ { .fields = FLOW_L4 | MESH_HASH_FIELDS_FLOWLABEL }, true },
		{ { .fields = FLOW_L4 | MESH_HASH_FIELDS_FLOWLABEL,
		    .symmetric = true }, false },
		{ { .fields = L3 | MESH_HASH_FIELDS_INNER_FLOWLABEL,
		    .symmetric = true }, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(policies); i++)
		KUNIT_EXPECT_EQ_MSG(test, !flow_policy_fault(&policies[i].policy),
				    policies[i].good, "policy %u", i);
}

static void set_host(struct flow_layer *layer, u32 n)
{
	__be32 host = cpu_to_be32(n);

	memcpy(layer->key.src + layer->key.len - sizeof(host), &host,
	       sizeof(host));
}

/* Hosts and ports that follow each other, as they do. */
static void vary_ports(struct flow *f, u32 i)
{
	set_host(&f->own, 0x0a000000 + (i >> 10));
	f->own.key.sport = htons(32768 + (i & 1023));
}

static void vary_hosts(struct flow *f, u32 i)
{
	set_host(&f->own, 0x0a000000 + i);
}

static void vary_labels(struct flow *f, u32 i)
{
	f->own.label = htonl(i);
}

static void vary_inner(struct flow *f, u32 i)
{
	set_host(&f->inner, 0x0a000000 + (i >> 10));
	f->inner.key.sport = htons(32768 + (i & 1023));
}

struct spread {
	const char *name;
	bool v6;
	struct flow_policy policy;
	void (*vary)(struct flow *f, u32 i);
};

#define SPREAD(name_, v6_, fields_, symmetric_, vary_)			\
	{								\
		.name = name_, .v6 = v6_, .vary = vary_,		\
		.policy = { PACKET_SEED, fields_, symmetric_ },		\
	}

static const struct spread spreads[] = {
	SPREAD("l4", false, FLOW_L4, false, vary_ports),
	SPREAD("l4 of IPv6", true, FLOW_L4, false, vary_ports),
	SPREAD("l4, symmetric", false, FLOW_L4, true, vary_ports),
	SPREAD("l3", false, L3, false, vary_hosts),
	SPREAD("flow label", true, MESH_HASH_FIELDS_FLOWLABEL, false, vary_labels),
	SPREAD("inner", false, INNER_L4, false, vary_inner),
};

static void spread_describe(const struct spread *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(spreads, spreads, spread_describe);

/*
 * Pearson's chi-square of counts that should be even.  Where they are random, its
 * mean is one less than there are bins, its variance twice that: beyond five
 * standard deviations something is uneven.
 */
static void expect_even(struct kunit *test, const char *what, const u32 *count,
			u32 bins)
{
	u64 squares = 0, chi, most = bins - 1 + 5 * int_sqrt(2 * (bins - 1));
	u32 i;

	for (i = 0; i < bins; i++)
		squares += (u64)count[i] * count[i];
	chi = div_u64(squares * bins, FLOWS) - FLOWS;
	kunit_info(test, "%s: chi-square %llu of %llu", what, chi, most);
	KUNIT_EXPECT_LE_MSG(test, chi, most, "%s", what);
}

/* Groups pick by the low bits, endpoints by the high ones of a mix. */
static void flow_hash_spread(struct kunit *test)
{
	const struct spread *s = test->param_value;
	u32 *low = kunit_kcalloc(test, GROUP_BUCKETS + BINS, sizeof(u32), GFP_KERNEL);
	struct flow flow = plain(s->v6 ?
		layer6(CLIENT, SERVER, IPPROTO_UDP, 1, 53, 0) :
		layer4(CLIENT, SERVER, IPPROTO_UDP, 1, 53));
	u32 *both = low + GROUP_BUCKETS, i;

	KUNIT_ASSERT_NOT_NULL(test, low);
	for (i = 0; i < FLOWS; i++) {
		u32 value;

		s->vary(&flow, i);
		value = flow_hash(&s->policy, &flow);
		low[value % GROUP_BUCKETS]++;
		both[(endpoint_mix(value) >> 28) * 32 + value % 32]++;
		if (!(i & 1023))
			cond_resched();
	}
	expect_even(test, "buckets", low, GROUP_BUCKETS);
	expect_even(test, "endpoints in buckets", both, BINS);
}

/* Which way node @n sends a flow; all have the same group. */
static unsigned int way_of(const struct group *g, const struct flow *flow,
			   u32 seed)
{
	const struct flow_policy policy = { .seed = seed, .fields = FLOW_L4 };
	struct fwd_hit hit = { .group = g };
	struct fwd_path path;

	return fwd_pick(&hit, flow_hash(&policy, flow), &path) ?
		       path.peer->addr.b[3] - 1 : WAYS;
}

/*
 * A million flows through three tiers of nodes, of which one sends to the three
 * behind it: @count of those that each node sends each way.
 */
static void send_through(struct kunit *test, const u32 *seed,
			 u32 (*count)[WAYS])
{
	struct tables *t = test->priv;
	struct flow flow = plain(layer4(CLIENT, SERVER, IPPROTO_UDP, 1, 53));
	const struct group *g = fwd_group(&t->fwd, 1);
	unsigned int tier, node, way;
	u32 i;

	memset(count, 0, NODES * sizeof(*count));
	for (i = 0; i < FLOWS; i++) {
		vary_ports(&flow, i);
		rcu_read_lock();
		for (tier = 0, node = 0; tier < 3; tier++) {
			way = way_of(g, &flow, seed[node]);
			if (way >= WAYS)
				break;
			count[node][way]++;
			node = node * WAYS + 1 + way;
		}
		rcu_read_unlock();
		if (!(i & 1023))
			cond_resched();
	}
}

static void group_of_ways(struct kunit *test)
{
	static const u16 weight[WAYS] = { 1, 1, 1 };
	unsigned int i;

	for (i = 1; i <= WAYS; i++)
		tables_peer_one(test, i);
	KUNIT_ASSERT_EQ(test, tables_group(test->priv, 1, 1, weight, WAYS), 0);
}

/* By default each node has a random seed of its own. */
TABLES_TEST(flow_hash_tiers)
{
	u32 seed[NODES], count[NODES][WAYS], n, w, sum;

	group_of_ways(test);
	for (n = 0; n < NODES; n++)
		seed[n] = n * 0x9e3779b1 + PACKET_SEED;
	send_through(test, seed, count);
	for (n = 0; n < NODES; n++) {
		for (w = 0, sum = 0; w < WAYS; w++)
			sum += count[n][w];
		for (w = 0; w < WAYS; w++) {
			KUNIT_EXPECT_GE_MSG(test, count[n][w] * 100 * WAYS,
					    sum * 98, "node %u, way %u", n, w);
			KUNIT_EXPECT_LE_MSG(test, count[n][w] * 100 * WAYS,
					    sum * 102, "node %u, way %u", n, w);
		}
	}
}

/* What they are for: with one seed a node behind another has one way only. */
TABLES_TEST(flow_hash_one_seed)
{
	u32 seed[NODES] = {}, count[NODES][WAYS], w;

	group_of_ways(test);
	send_through(test, seed, count);
	for (w = 0; w < WAYS; w++)
		KUNIT_EXPECT_EQ(test, count[1 + w][w], count[0][w]);
}

static struct kunit_case flow_hash_cases[] = {
	KUNIT_CASE(flow_hash_fields),
	KUNIT_CASE(flow_hash_seed),
	KUNIT_CASE(flow_hash_family),
	KUNIT_CASE(flow_hash_symmetric),
	KUNIT_CASE(flow_hash_symmetric_self),
	KUNIT_CASE(flow_hash_rules),
	KUNIT_CASE_PARAM(flow_hash_spread, spreads_gen_params),
	KUNIT_CASE(flow_hash_tiers),
	KUNIT_CASE(flow_hash_one_seed),
	{}
};

struct kunit_suite flow_hash_test_suite = {
	.name = "flow_hash",
	.init = tables_init,
	.exit = tables_exit,
	.test_cases = flow_hash_cases,
};

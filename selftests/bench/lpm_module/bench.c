// SPDX-License-Identifier: GPL-2.0
/*
 * Look-ups in the kernel: the prefix table, BPF's LPM trie and the kernel's own FIB, of
 * the same prefixes.  All is done while the module is loaded, which then fails with
 * ECANCELED; the log has a line "ROUND ROW SUBJECT METRIC VALUE" for each figure.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bpf.h>
#include <linux/kernel_read_file.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/ipv6_stubs.h>
#include <net/net_namespace.h>

#include "feed.h"
#include "tables/lpm.h"

#define SLICE		(1U << 14)	/* of a set of keys, which is a multiple of it */
#define MEASURE_NS	50000000	/* one figure of one round, at least */

static char *file;
module_param(file, charp, 0400);
MODULE_PARM_DESC(file, "what feed.c has written");
static int map = -1;
module_param(map, int, 0400);
MODULE_PARM_DESC(map, "descriptor of an empty LPM trie of BPF's");
static int rounds = 5;
module_param(rounds, int, 0400);
MODULE_PARM_DESC(rounds, "how often each figure is taken");

struct item {
	struct lpm_entry e;
	struct mesh_prefix p;
};

/* A key of BPF's. */
struct bpf_key {
	u32 len;
	u8 addr[16];
};

static const struct feed *feed;
static const struct feed_net *nets;
static const u8 *keys;
static u32 octets;
static struct bpf_map *trie;
static struct fib_table *fib4;
static struct fib6_table *fib6;
static DEFINE_MUTEX(lock);
static struct lpm_memory memory = { .max = SIZE_MAX };
static struct lpm table;
/* Nobody knows it to be 0: it ties a look-up to the one before. */
static u32 zero;
/* Read by nobody, but the compiler does not know. */
static unsigned long sink;

/*
 * Look-ups, and how long the prefix is that was found; -1 for none.
 */

static struct lpm_entry *mesh_look(const u8 *addr)
{
	return lpm_lookup(&table, addr);
}

static int mesh_len(const u8 *addr)
{
	struct lpm_entry *e = mesh_look(addr);

	return e ? e->len : -1;
}

/* Its own length is the value of each prefix. */
static const u32 *bpf_look(const u8 *addr)
{
	struct bpf_key key = { .len = octets * 8 };

	memcpy(key.addr, addr, octets);
	return trie->ops->map_lookup_elem(trie, &key);
}

static int bpf_len(const u8 *addr)
{
	const u32 *len = bpf_look(addr);

	return len ? *len : -1;
}

static int fib4_len(const u8 *addr)
{
	struct fib_result res;
	struct flowi4 fl = { 0 };

	memcpy(&fl.daddr, addr, sizeof(fl.daddr));
	return fib_table_lookup(fib4, &fl, &res, FIB_LOOKUP_NOREF) ? -1 : res.prefixlen;
}

static struct fib6_info *fib6_look(const u8 *addr)
{
	struct fib6_result res = { 0 };
	struct flowi6 fl = { 0 };

	memcpy(&fl.daddr, addr, sizeof(fl.daddr));
	ipv6_stub->fib6_table_lookup(&init_net, fib6, 0, &fl, &res, 0);
	return res.f6i;
}

static int fib6_len(const u8 *addr)
{
	struct fib6_info *info = fib6_look(addr);

	return info == init_net.ipv6.fib6_null_entry ? -1 : info->fib6_dst.plen;
}

/* Calls are the subject's own, not by a pointer: that would cost more than some of them. */
#define LOOPS(name, look)						\
static void name##_single(const u8 *key)				\
{									\
	unsigned long last = 0, sum = 0, never = READ_ONCE(zero);	\
	const u32 size = octets;					\
	u32 i;								\
									\
	for (i = 0; i < SLICE; i++) {					\
		last = (unsigned long)look(key + (i + (last & never)) * size); \
		sum += last;						\
	}								\
	WRITE_ONCE(sink, sum);						\
}									\
									\
static void name##_independent(const u8 *key)				\
{									\
	const u32 size = octets;					\
	unsigned long sum = 0;						\
	u32 i;								\
									\
	for (i = 0; i < SLICE; i++)					\
		sum += (unsigned long)look(key + i * size);		\
	WRITE_ONCE(sink, sum);						\
}

LOOPS(mesh, mesh_look)
LOOPS(bpf, bpf_look)
LOOPS(fib4, fib4_len)
LOOPS(fib6, fib6_look)

typedef void loop_fn(const u8 *key);

/**
 * struct subject - a table
 * @name: as in the figures
 * @octets: of its addresses; 0 for one of both families
 * @len: of the prefix that it finds
 * @single: each look-up waits for the one before
 * @independent: the processor may work at several
 */
struct subject {
	const char *name;
	u32 octets;
	int (*len)(const u8 *addr);
	loop_fn *single;
	loop_fn *independent;
};

#define SUBJECT(of, name, octets) { name, octets, of##_len, of##_single, of##_independent }

static const struct subject subjects[] = {
	SUBJECT(mesh, "kernel_mesh", 0),
	SUBJECT(bpf, "kernel_bpf_lpm", 0),
	SUBJECT(fib4, "kernel_fib", 4),
	SUBJECT(fib6, "kernel_fib", 16),
};

static bool here(const struct subject *s)
{
	return !s->octets || s->octets == octets;
}

static const u8 *key_at(u32 set, u32 i)
{
	return keys + ((size_t)set * feed->keys + i % feed->keys) * octets;
}

static void measure_one(const char *row, const char *name, const struct subject *s,
			loop_fn *loop, u32 set)
{
	u64 start = ktime_get_ns(), took, rate;
	u32 looked = 0;

	do {
		rcu_read_lock_bh();
		loop(key_at(set, looked));
		rcu_read_unlock_bh();
		looked += SLICE;
		took = ktime_get_ns() - start;
		cond_resched();
	} while (took < MEASURE_NS);
	/* Hundredths of a million a second. */
	rate = div64_u64((u64)looked * 100000, took);
	pr_info("%s/%s %s mlps %llu.%02llu\n", row, name, s->name, rate / 100, rate % 100);
}

static int measure(int round, u32 set)
{
	static const char *const names[] = { "uniform", "drawn", "zipf" };
	const struct subject *s;
	char row[32];

	snprintf(row, sizeof(row), "%d ipv%d/%s", round, octets == 4 ? 4 : 6, names[set]);
	for (s = subjects; s < subjects + ARRAY_SIZE(subjects); s++) {
		if (!here(s))
			continue;
		if (fatal_signal_pending(current))
			return -EINTR;
		measure_one(row, "single", s, s->single, set);
		measure_one(row, "independent", s, s->independent, set);
	}
	return 0;
}

static int measure_all(void)
{
	int round, err = 0;
	u32 set;

	for (round = 1; !err && round <= rounds; round++)
		for (set = 0; !err && set < FEED_SETS; set++)
			err = measure(round, set);
	return err ?: -ECANCELED;
}

/* All find the same, or their figures are not of one thing. */
static int compare(const struct subject *s)
{
	int want, saw;
	u32 set, k;

	for (set = 0; set < FEED_SETS; set++)
		for (k = 0; k < SLICE; k++) {
			rcu_read_lock_bh();
			want = mesh_len(key_at(set, k));
			saw = s->len(key_at(set, k));
			rcu_read_unlock_bh();
			cond_resched();
			if (saw == want)
				continue;
			pr_err("set %u key %u (%*ph): kernel_mesh /%d, %s /%d\n", set, k,
			       (int)octets, key_at(set, k), want, s->name, saw);
			return -EINVAL;
		}
	return 0;
}

static int compare_all(void)
{
	const struct subject *s;
	int err = 0;

	for (s = subjects; !err && s < subjects + ARRAY_SIZE(subjects); s++)
		if (here(s))
			err = compare(s);
	return err;
}

static int add(struct item *item, const struct feed_net *net)
{
	struct bpf_key key = { .len = net->len };
	struct lpm_entry *old;
	u32 len = net->len;
	int err;

	mesh_addr_set(&item->p.addr, net->addr, octets);
	item->p.len = net->len;
	item->e.source = LPM_ROUTE;
	err = lpm_insert(&table, &item->p, &item->e, &old);
	if (err)
		return err;
	memcpy(key.addr, net->addr, octets);
	rcu_read_lock_bh();
	err = trie->ops->map_update_elem(trie, &key, &len, BPF_ANY);
	rcu_read_unlock_bh();
	cond_resched();
	return err;
}

static int fill(struct item *item)
{
	int err;
	u32 i;

	for (i = 0; i < feed->prefixes; i++) {
		err = add(&item[i], &nets[i]);
		if (err) {
			pr_err("prefix %u is refused: %d\n", i, err);
			return err;
		}
	}
	return 0;
}

static void empty(void)
{
	struct lpm_entry *e;

	while ((e = lpm_next(&table, NULL, LPM_ROUTE)))
		lpm_remove(&table, &container_of(e, struct item, e)->p, LPM_ROUTE);
	lpm_destroy(&table);
	rcu_barrier();
}

static int run(void)
{
	struct item *item = vcalloc(feed->prefixes, sizeof(*item));
	int err;

	if (!item)
		return -ENOMEM;
	mutex_lock(&lock);
	lpm_init(&table, octets * 8, &memory, &lock);
	err = fill(item);
	if (!err)
		err = compare_all();
	if (!err)
		err = measure_all();
	empty();
	mutex_unlock(&lock);
	vfree(item);
	return err;
}

static int __init bench_init(void)
{
	void *data = NULL;
	ssize_t size;
	int err;

	size = kernel_read_file_from_path(file, 0, &data, INT_MAX, NULL, READING_UNKNOWN);
	if (size < 0)
		return size;
	feed = data;
	octets = feed->bits / 8;
	nets = data + sizeof(*feed);
	keys = (const u8 *)(nets + feed->prefixes);
	trie = bpf_map_get(map);
	if (IS_ERR(trie)) {
		vfree(data);
		return PTR_ERR(trie);
	}
	fib4 = fib_new_table(&init_net, RT_TABLE_MAIN);
	fib6 = fib6_get_table(&init_net, RT_TABLE_MAIN);
	err = fib4 && fib6 ? run() : -ENOENT;
	bpf_map_put(trie);
	vfree(data);
	return err;
}
module_init(bench_init);

MODULE_DESCRIPTION("Prefix tables beside each other");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(BPF_INTERNAL);

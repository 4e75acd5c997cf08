// SPDX-License-Identifier: GPL-2.0
/*
 * The longest-prefix table against a plain list of the same entries, with
 * allocations that fail.  Each operation is an octet and its operands.
 */
#include <linux/rcupdate.h>

#include "fuzz.h"
#include "tables/lpm.h"

#define ENTRIES 64

struct item {
	struct lpm_entry e;
	struct mesh_prefix prefix;
	bool used;
};

struct world {
	struct mutex lock;
	struct lpm_memory memory;
	struct lpm table;
	struct item item[ENTRIES];
	u8 bits;
};

/* Few distinct octets, so that prefixes nest, and now and then any at all. */
static void take_addr(struct input *in, u8 bits, struct mesh_addr *a)
{
	static const u8 octets[] = { 0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff };
	u8 b[16] = { 0 }, pick = take8(in);
	unsigned int i;

	b[0] = 10;
	if (pick & 1)
		b[0] = take8(in);
	for (i = 1; i < bits / 8u; i++)
		b[i] = octets[(pick >> (i % 5)) & 7];
	if (pick & 2)
		b[bits / 8 - 1] = take8(in);
	mesh_addr_set(a, b, bits / 8);
}

static void take_prefix(struct input *in, u8 bits, struct mesh_prefix *p)
{
	take_addr(in, bits, &p->addr);
	p->len = take8(in) % (bits + 1);
	mesh_prefix_mask(p);
}

static struct item *find(struct world *w, const struct mesh_prefix *p, u8 source)
{
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		if (w->item[i].used && w->item[i].e.source == source &&
		    mesh_prefix_equal(&w->item[i].prefix, p))
			return &w->item[i];
	return NULL;
}

static struct item *unused(struct world *w)
{
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		if (!w->item[i].used)
			return &w->item[i];
	return NULL;
}

static void insert(struct world *w, struct input *in, bool reserve)
{
	struct item *item = unused(w), *was;
	struct lpm_entry *old = NULL;
	struct mesh_prefix p;
	bool reserved = false;

	take_prefix(in, w->bits, &p);
	if (!item)
		return;
	item->prefix = p;
	item->e.source = take_below(in, LPM_SOURCES);
	item->e.hidden &= item->e.source == LPM_HOST;
	was = find(w, &p, item->e.source);
	if (reserve) {
		if (lpm_reserve(&w->table))
			return;
		reserved = true;
	}
	/* What takes the place of another needs none. */
	if (reserved && (was || take8(in) & 1)) {
		lpm_unreserve(&w->table);
		reserved = false;
		if (!was)
			return;
	}
	if (lpm_insert(&w->table, &p, &item->e, &old)) {
		must(!reserved && !was);
		return;
	}
	must(old == (was ? &was->e : NULL) && item->e.len == p.len);
	if (was)
		was->used = false;
	item->used = true;
}

static void take_out(struct world *w, struct input *in)
{
	struct mesh_prefix p;
	struct item *was;
	u8 source;

	take_prefix(in, w->bits, &p);
	source = take_below(in, LPM_SOURCES);
	was = find(w, &p, source);
	must(lpm_get(&w->table, &p, source) == (was ? &was->e : NULL));
	must(lpm_remove(&w->table, &p, source) == (was ? &was->e : NULL));
	if (was)
		was->used = false;
}

static void look_up(struct world *w, struct input *in)
{
	const struct item *best = NULL;
	struct lpm_entry *e;
	struct mesh_addr a;
	unsigned int i;
	u8 sources;

	take_addr(in, w->bits, &a);
	sources = take8(in) & LPM_ALL;
	for (i = 0; i < ENTRIES; i++) {
		const struct item *item = &w->item[i];

		if (!item->used || item->e.hidden || !(sources & BIT(item->e.source)) ||
		    !mesh_prefix_match(&item->prefix, &a))
			continue;
		if (!best || item->prefix.len > best->prefix.len ||
		    (item->prefix.len == best->prefix.len &&
		     item->e.source > best->e.source))
			best = item;
	}
	rcu_read_lock();
	e = lpm_lookup_sources(&w->table, a.b, sources);
	rcu_read_unlock();
	must(e == (best ? &best->e : NULL));
}

static int order(const struct mesh_prefix *a, const struct mesh_prefix *b)
{
	int d = memcmp(a->addr.b, b->addr.b, MESH_ADDR_MAX);

	return d ? d : (int)a->len - (int)b->len;
}

static const struct item *item_after(const struct world *w, const struct mesh_prefix *after,
				     u8 source)
{
	const struct item *next = NULL;
	unsigned int i;

	for (i = 0; i < ENTRIES; i++) {
		const struct item *item = &w->item[i];

		if (!item->used || item->e.source != source ||
		    (after && order(&item->prefix, after) <= 0))
			continue;
		if (!next || order(&item->prefix, &next->prefix) < 0)
			next = item;
	}
	return next;
}

static void walk(struct world *w, struct input *in)
{
	u8 source = take_below(in, LPM_SOURCES), how = take8(in);
	const struct mesh_prefix *after = NULL;
	struct lpm_entry *found[ENTRIES];
	u32 max = 1 + (how >> 1) % ENTRIES, n, i;
	struct mesh_prefix from;

	take_prefix(in, w->bits, &from);
	if (!(how & 1))
		after = &from;
	n = lpm_walk(&w->table, after, source, found, max);
	must(n <= max);
	for (i = 0; i < max; i++) {
		const struct item *next = item_after(w, after, source);

		if (!next)
			break;
		must(i < n && found[i] == &next->e);
		after = &next->prefix;
	}
	must(i == n);
}

/* What hosts may do, and keep when they are put in. */
static void hide(struct world *w, struct input *in)
{
	struct item *item = &w->item[take_below(in, ENTRIES)];

	if (!item->used || item->e.source == LPM_HOST)
		item->e.hidden = !item->e.hidden;
}

static void check_counts(const struct world *w)
{
	u32 count[LPM_SOURCES] = { 0 };
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		if (w->item[i].used)
			count[w->item[i].e.source]++;
	must(!memcmp(count, w->table.count, sizeof(count)));
}

static void step(struct world *w, struct input *in)
{
	switch (take_below(in, 10)) {
	case 0:
	case 1:
		insert(w, in, false);
		break;
	case 2:
		insert(w, in, true);
		break;
	case 3:
		take_out(w, in);
		break;
	case 4:
		look_up(w, in);
		break;
	case 5:
		walk(w, in);
		break;
	case 6:
		host_fail_alloc(1 + take_below(in, 4));
		break;
	case 7:
		rcu_barrier();
		break;
	case 8:
		hide(w, in);
		break;
	case 9:
		w->memory.max = take8(in) & 1 ? SIZE_MAX : w->memory.used + 64 * take8(in);
		break;
	}
	check_counts(w);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct world w = { .bits = 0 };
	unsigned int i;

	w.bits = take8(&in) & 1 ? 128 : 32;
	mutex_init(&w.lock);
	w.memory.max = SIZE_MAX;
	lpm_init(&w.table, w.bits, &w.memory, &w.lock);
	mutex_lock(&w.lock);
	while (in.left)
		step(&w, &in);
	host_fail_alloc(0);
	for (i = 0; i < ENTRIES; i++)
		if (w.item[i].used)
			must(lpm_remove(&w.table, &w.item[i].prefix,
					w.item[i].e.source) == &w.item[i].e);
	lpm_destroy(&w.table);
	must(!w.memory.used);
	mutex_unlock(&w.lock);
	mutex_destroy(&w.lock);
	rcu_barrier();
	must(!host_allocated());
	return 0;
}

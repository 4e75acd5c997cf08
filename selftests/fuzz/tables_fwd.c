// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of a device under a sequence of changes, some of which are refused
 * or run out of memory: those leave everything as it was.  Where an address leads
 * is compared with a plain walk over all that is in the tables.
 */
#include <linux/rcupdate.h>

#include "fuzz.h"
#include "tables/fwd.h"

#define ENDPOINTS 6
#define MEMBERS 5
#define BATCH 4

static unsigned int events;

static void on_event(struct fwd *fwd, enum fwd_verb verb, enum fwd_kind kind,
		     const void *obj)
{
	events++;
}

static int endpoint_init(struct endpoint *ep, void *ctx)
{
	u64 *mark = endpoint_priv(ep);
	void *own = host_alloc(1);

	*mark = (uintptr_t)own;
	return own ? 0 : -ENOMEM;
}

static void endpoint_gone(struct rcu_head *rcu)
{
	struct endpoint *ep = container_of(rcu, struct endpoint, rcu);
	u64 *mark = endpoint_priv(ep);

	host_free((void *)(uintptr_t)*mark);
	host_free(ep);
}

static u32 now;

static u32 clock_now(void)
{
	return now;
}

static const struct fwd_ops ops = {
	.endpoint = {
		.priv_size = sizeof(u64),
		.init = endpoint_init,
		.free = endpoint_gone,
	},
	.clock = clock_now,
	.event = on_event,
};

/* Everything that there is, in one number */

static u64 mix(u64 sum, const void *data, size_t len)
{
	const u8 *b = data;

	while (len--)
		sum = (sum ^ *b++) * 0x100000001b3ULL;
	return sum;
}

#define MIX(sum, value) ({						\
	typeof(value) __v = (value);					\
	mix(sum, &__v, sizeof(__v)); })

static u64 mix_prefix(u64 sum, const struct mesh_prefix *p)
{
	return mix(MIX(sum, p->len), p->addr.b, p->addr.len);
}

static u64 mix_peer(u64 sum, const struct peer *peer, struct mutex *lock)
{
	const struct endpoint_set *set = peer_set(peer, lock);
	unsigned int i;

	sum = mix(sum, peer->addr.b, peer->addr.len);
	sum = MIX(MIX(MIX(sum, peer->origins), peer->live), peer->routes);
	sum = MIX(MIX(sum, peer->unique), peer->priority);
	for (i = 0; i < PEER_ORIGINS; i++)
		sum = MIX(sum, peer_expires(peer, i));
	for (i = 0; set && i < set->n; i++) {
		const struct endpoint_slot *s = &set->slot[i];

		sum = mix(sum, s->ep->nbma.b, s->ep->nbma.len);
		sum = MIX(MIX(MIX(sum, s->until), s->weight), s->tier);
		sum = MIX(MIX(MIX(sum, (u8)s->origin), s->ep->up), s->ep->users);
	}
	return sum;
}

static u64 mix_group(u64 sum, const struct group *g)
{
	unsigned int i;

	sum = MIX(MIX(MIX(MIX(sum, g->id), g->owner), g->routes), g->active);
	for (i = 0; i < g->n; i++)
		sum = MIX(MIX(MIX(sum, g->member[i].peer), g->member[i].weight),
			  g->member[i].taken);
	for (i = 0; i < g->n_tiers; i++) {
		const struct group_table *t = g->tier[i].table;

		sum = mix(sum, t->bucket, t->mask + 1);
	}
	return sum;
}

static u64 digest(struct fwd *fwd)
{
	const struct shortcut *s;
	const struct group *g;
	const struct route *r;
	const struct peer *p;
	u64 sum = events;
	u32 at;

	for (p = fwd_peer_next(fwd, NULL); p; p = fwd_peer_next(fwd, &p->addr))
		sum = mix_peer(sum, p, &fwd->lock);
	for (g = fwd_group_next(fwd, NULL); g; g = fwd_group_next(fwd, &at)) {
		at = g->id;
		sum = mix_group(sum, g);
	}
	for (r = fwd_route_next(fwd, NULL); r; r = fwd_route_next(fwd, &r->prefix))
		sum = MIX(MIX(MIX(MIX(mix_prefix(sum, &r->prefix), r->group), r->peer),
			      r->e.gen), r->e.owner);
	for (s = fwd_shortcut_next(fwd, NULL); s;
	     s = fwd_shortcut_next(fwd, &s->prefix))
		sum = MIX(MIX(mix_prefix(sum, &s->prefix), s->peer), s->expires);
	return sum;
}

/* What has to hold of all of it */

static void check_peer(struct fwd *fwd, const struct peer *peer)
{
	const struct endpoint_set *set = peer_set(peer, &fwd->lock);
	const struct shortcut *s;
	const struct route *r;
	u32 routes = 0, total = 0;
	unsigned int i;

	for (r = fwd_route_next(fwd, NULL); r; r = fwd_route_next(fwd, &r->prefix))
		routes += r->peer == peer;
	must(routes == peer->routes);
	must(peer->origins || routes || !hlist_empty(&peer->groups));
	must(peer->live == (set && set->live));
	must(!set || peer->origins);
	hlist_for_each_entry(s, &peer->shortcuts, of_peer)
		must(s->peer == peer && peer->origins);
	for (i = 0; set && i < set->n; i++) {
		must(set->slot[i].ep->peer == peer && set->slot[i].ep->users);
		must(peer->origins & BIT(set->slot[i].origin));
		if (i < set->live)
			total += set->slot[i].weight;
		must(i >= set->live || set->slot[i].ep->up);
	}
	must(!set || total == set->total);
}

/* Standing by or not, a tier's table leads to who lives. */
static u32 check_tier(const struct group_tier *tier)
{
	const struct group_table *t = tier->table;
	u32 taken[MEMBERS] = { 0 }, at, waiting = 0;
	unsigned int i, live = 0;

	for (i = 0; i < tier->n; i++) {
		must(tier->member[i].of == tier && tier->member[i].tier == tier->tier);
		must(t->peer[i] == tier->member[i].peer);
		live += t->peer[i]->live;
	}
	must(tier->live == live);
	for (at = 0; live && at <= t->mask; at++) {
		must(t->bucket[at] < tier->n && t->peer[t->bucket[at]]->live);
		must(tier->want[at] < tier->n && t->peer[tier->want[at]]->live);
		taken[t->bucket[at]]++;
		waiting += t->bucket[at] != tier->want[at];
	}
	for (i = 0; i < tier->n; i++)
		must(tier->member[i].taken == taken[i]);
	return waiting;
}

static void check_group(struct fwd *fwd, const struct group *g)
{
	const struct group_tier *active = NULL;
	const struct route *r;
	u32 routes = 0, taken = 0;
	unsigned int i;

	for (r = fwd_route_next(fwd, NULL); r; r = fwd_route_next(fwd, &r->prefix))
		routes += r->group == g;
	must(routes == g->routes);
	for (i = 0; i < g->n; i++) {
		must(g->member[i].group == g);
		must(fwd_peer(fwd, &g->member[i].peer->addr) == g->member[i].peer);
		taken += group_member_buckets(&g->member[i]);
	}
	for (i = 0; i < g->n_tiers; i++) {
		u32 waiting = check_tier(&g->tier[i]);

		if (!active && g->tier[i].live)
			active = &g->tier[i];
		must(waiting == (active == &g->tier[i] ? g->waiting : 0));
	}
	must(!g->waiting == list_empty(&g->of_fwd));
	must(!g->waiting || (active && g->idle.span));
	must(g->active == active);
	must(rcu_access_pointer(g->table) == (active ? active->table : NULL));
	must(taken == (active ? g->size : 0));
}

static void check_all(struct fwd *fwd)
{
	u32 n[FWD_KINDS] = { 0 }, at;
	const struct shortcut *s;
	const struct group *g;
	const struct route *r;
	const struct peer *p;

	for (p = fwd_peer_next(fwd, NULL); p; p = fwd_peer_next(fwd, &p->addr)) {
		check_peer(fwd, p);
		n[FWD_PEER]++;
	}
	for (g = fwd_group_next(fwd, NULL); g; g = fwd_group_next(fwd, &at)) {
		at = g->id;
		check_group(fwd, g);
		n[FWD_GROUP]++;
	}
	for (r = fwd_route_next(fwd, NULL); r; r = fwd_route_next(fwd, &r->prefix))
		n[FWD_ROUTE]++;
	for (s = fwd_shortcut_next(fwd, NULL); s;
	     s = fwd_shortcut_next(fwd, &s->prefix)) {
		must(s->peer->origins);
		must(!s->group || (!s->group->id && s->group->n > 1));
		if (s->group)
			check_group(fwd, s->group);
		n[FWD_SHORTCUT]++;
	}
	for (at = 0; at < FWD_KINDS; at++)
		must(n[at] == fwd_count(fwd, at));
}

/* Operands: few, so that changes meet; some of them no good */

static struct mesh_addr take_peer(struct input *in)
{
	u8 pick = take8(in);

	if (pick == 0xff)
		return fuzz_ip4(0xe0000001);
	return pick & 0x80 ? fuzz_ip6(pick & 7) : fuzz_ip4(0x0a000000 + (pick & 15));
}

static struct mesh_addr take_nbma(struct input *in)
{
	u8 pick = take8(in);

	return pick & 0x80 ? fuzz_ip6(pick & 15) : fuzz_ip4(0xc0000200 + (pick & 31));
}

static struct mesh_prefix take_prefix(struct input *in)
{
	struct mesh_prefix p = { .addr = take_peer(in) };
	u8 len = take8(in);

	p.len = mesh_addr_bits(&p.addr) - (len & 7);
	if (len & 0x40)
		p.len = len;
	if (!(len & 0x80))
		mesh_prefix_mask(&p);
	return p;
}

static void check_refused(int ret, const struct fwd_error *err)
{
	must(!ret || err->text);
}

static int set_peer(struct fwd *fwd, struct input *in)
{
	struct endpoint_cfg ep[ENDPOINTS];
	struct fwd_error err = { NULL };
	struct fwd_peer_cfg cfg = {
		.addr = take_peer(in),
		.origin = take_below(in, PEER_ORIGINS),
		.n = take_below(in, ENDPOINTS + 1),
		.ep = ep,
	};
	u8 how = take8(in);
	unsigned int i;
	int ret;

	cfg.lease.expires = how;
	for (i = 0; i < cfg.n; i++)
		ep[i] = (struct endpoint_cfg) {
			.nbma = take_nbma(in),
			.weight = take8(in),
			.tier = how >> 6,
		};
	ret = fwd_peer_set(fwd, &cfg, how & 3 ? FWD_CREATE | FWD_REPLACE : how >> 4, &err);
	check_refused(ret, &err);
	return ret;
}

static unsigned int take_members(struct input *in, struct member_cfg *member)
{
	unsigned int i, n = take_below(in, MEMBERS + 1);

	for (i = 0; i < n; i++) {
		u8 how;

		member[i].peer = take_peer(in);
		how = take8(in);
		member[i].weight = how & 15;
		member[i].tier = how >> 6;
	}
	return n;
}

static int set_group(struct fwd *fwd, struct input *in)
{
	struct member_cfg member[MEMBERS];
	struct fwd_error err = { NULL };
	struct fwd_group_cfg cfg = {
		.id = take_below(in, 5),
		.owner = 1,
		.member = member,
		.n = take_members(in, member),
	};
	u8 how = take8(in);
	int ret;

	cfg.buckets = how & 8 ? GROUP_BUCKETS_MIN << (how >> 7) : 0;
	cfg.idle = how & 16 ? GROUP_IDLE_KEEP : how & 32 ? 40 : 0;
	ret = fwd_group_set(fwd, &cfg, FWD_CREATE | FWD_REPLACE, &err);
	check_refused(ret, &err);
	return ret;
}

static int add_routes(struct fwd *fwd, struct input *in)
{
	struct fwd_route_cfg cfg[BATCH];
	struct fwd_error err = { NULL };
	unsigned int n = take_below(in, BATCH) + 1, i;
	int ret;

	memset(cfg, 0, sizeof(cfg));
	for (i = 0; i < n; i++) {
		u8 how;

		cfg[i].prefix = take_prefix(in);
		how = take8(in);
		cfg[i].owner = how & 3;
		cfg[i].gen = how >> 2 & 3;
		cfg[i].group = how >> 4 & 3;
		if (!cfg[i].group || how & 0x80)
			cfg[i].peer = take_peer(in);
	}
	ret = fwd_route_add(fwd, cfg, n, FWD_CREATE | FWD_REPLACE, &err);
	check_refused(ret, &err);
	return ret;
}

static int set_shortcut(struct fwd *fwd, struct input *in)
{
	struct member_cfg member[MEMBERS];
	struct fwd_error err = { NULL };
	struct fwd_shortcut_cfg cfg = {
		.prefix = take_prefix(in),
		.member = member,
		.n = take_members(in, member),
		.expires = take8(in),
	};
	int ret = fwd_shortcut_set(fwd, &cfg, &err);

	check_refused(ret, &err);
	return ret;
}

static int take_out(struct fwd *fwd, struct input *in)
{
	struct fwd_error err = { NULL };
	struct mesh_prefix p;
	struct mesh_addr a;
	int ret;

	switch (take_below(in, 4)) {
	case 0:
		a = take_peer(in);
		ret = fwd_peer_del(fwd, &a, take_below(in, PEER_ORIGINS), &err);
		break;
	case 1:
		ret = fwd_group_del(fwd, take_below(in, 5), &err);
		break;
	case 2:
		p = take_prefix(in);
		ret = fwd_route_del(fwd, &p, take_below(in, 3), &err);
		break;
	default:
		p = take_prefix(in);
		ret = fwd_shortcut_del(fwd, &p, &err);
		break;
	}
	check_refused(ret, &err);
	return ret;
}

static int sweep(struct fwd *fwd, struct input *in)
{
	u8 how = take8(in);
	struct fwd_sweep routes = {
		.owner = how >> 2 & 3,
		.all = how & 1,
		.keep = how >> 4,
	};

	switch (how & 3) {
	case 0:
	case 1:
		while (fwd_route_sweep(fwd, &routes, 3))
			;
		break;
	case 2:
		fwd_shortcut_flush(fwd);
		break;
	case 3:
		rcu_barrier();
		break;
	}
	return 0;
}

static int set_limits(struct fwd *fwd, struct input *in)
{
	u8 how = take8(in);

	fwd->limits.peers = how & 3 ? FWD_LIMIT_PEERS : how >> 2;
	fwd->limits.groups = how & 4 ? FWD_LIMIT_GROUPS : how >> 5;
	fwd->limits.routes = how & 8 ? FWD_LIMIT_ROUTES : how >> 5;
	fwd->limits.shortcuts = how & 16 ? FWD_LIMIT_SHORTCUTS : how >> 5;
	fwd->memory.max = how & 32 ? FWD_LIMIT_MEMORY : fwd->memory.used;
	return 0;
}

static int set_endpoint(struct fwd *fwd, struct input *in)
{
	struct mesh_addr addr = take_peer(in), nbma = take_nbma(in);
	struct fwd_error err = { NULL };
	int ret = fwd_endpoint_set(fwd, &addr, &nbma, take8(in) & 1, &err);

	check_refused(ret, &err);
	return ret;
}

/* Where an address leads */

static void consider(const struct mesh_prefix *p, const struct mesh_addr *dst,
		     const struct lpm_entry *e, const struct lpm_entry **best)
{
	if (!mesh_prefix_match(p, dst))
		return;
	if (!*best || p->len > (*best)->len ||
	    (p->len == (*best)->len && e->source > (*best)->source))
		*best = e;
}

static const struct lpm_entry *find_best(struct fwd *fwd,
					 const struct mesh_addr *dst)
{
	const struct lpm_entry *best = NULL;
	const struct shortcut *s;
	const struct route *r;
	const struct peer *p;
	struct mesh_prefix host;

	for (p = fwd_peer_next(fwd, NULL); p; p = fwd_peer_next(fwd, &p->addr)) {
		mesh_prefix_host(&host, &p->addr);
		if (p->origins)
			consider(&host, dst, &p->host, &best);
	}
	for (r = fwd_route_next(fwd, NULL); r; r = fwd_route_next(fwd, &r->prefix))
		consider(&r->prefix, dst, &r->e, &best);
	for (s = fwd_shortcut_next(fwd, NULL); s;
	     s = fwd_shortcut_next(fwd, &s->prefix))
		consider(&s->prefix, dst, &s->e, &best);
	return best;
}

static void look_up(struct fwd *fwd, struct input *in)
{
	struct mesh_addr dst = take_peer(in);
	u32 hash = take16(in) * 0x9e3779b1u;
	const struct lpm_entry *best = find_best(fwd, &dst);
	const struct endpoint *ep;
	struct fwd_path path;
	struct fwd_hit hit;

	rcu_read_lock();
	must(fwd_lookup(fwd, dst.b, dst.len, &hit) == (best != NULL));
	if (best) {
		must(hit.entry == best);
		must(fwd_pick(&hit, hash, &path) == (path.ep != NULL));
		must(!path.ep || (path.ep->up && path.ep->peer == path.peer));
		must(!path.peer || path.peer->live == (path.ep != NULL));
		if (hit.stats)
			stats_add(hit.stats, 1, 100);
		if (hit.group)
			group_used(hit.group, hash, now);
	}
	dst = take_nbma(in);
	for (ep = endpoint_first(&fwd->endpoints, &dst); ep;
	     ep = endpoint_next(&fwd->endpoints, (struct endpoint *)ep))
		must(mesh_addr_equal(&ep->nbma, &dst) && ep->users);
	rcu_read_unlock();
}

static int (*const change[])(struct fwd *fwd, struct input *in) = {
	set_peer, set_group, add_routes, set_shortcut, take_out, sweep,
	set_limits, set_endpoint,
};

static void step(struct fwd *fwd, struct input *in)
{
	u8 what = take8(in);
	u64 before;

	if (what & 0x40)
		host_fail_alloc(1 + (what >> 3 & 7));
	if (what & 0x80) {
		look_up(fwd, in);
		return;
	}
	before = digest(fwd);
	if (change[what % ARRAY_SIZE(change)](fwd, in))
		must(digest(fwd) == before);
	host_fail_alloc(0);
	check_all(fwd);
	now += what >> 3 & 7;
	if (what & 0x20) {
		fwd_groups_settle(fwd);
		check_all(fwd);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct fwd fwd;

	host_fail_alloc(take8(&in) & 1);
	if (!fwd_init(&fwd, &ops, NULL, 0x5eed)) {
		fwd_lock(&fwd);
		while (in.left)
			step(&fwd, &in);
		fwd_unlock(&fwd);
		host_fail_alloc(0);
		fwd_destroy(&fwd);
	}
	rcu_barrier();
	must(!host_allocated());
	return 0;
}

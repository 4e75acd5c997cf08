// SPDX-License-Identifier: GPL-2.0
/*
 * A mesh of hubs and sites to which things happen: the input is the script, an
 * octet an event and its operands.  Packets stay on the wire until an event
 * brings, loses, repeats or changes one, so that any order is possible.
 */
#include "fuzz.h"
#include "nhrp_fix.h"
#include "nhrp_world.h"

static struct sim_node *take_node(struct world *w, struct input *in)
{
	return world_node(w, take_below(in, SIM_NODES));
}

/* Nodes, hosts behind them, and what is nowhere. */
static struct mesh_addr take_dst(struct input *in)
{
	u8 pick = take8(in);
	unsigned int site = pick & 3;

	switch (pick >> 2 & 3) {
	case 0:
		return sim_proto(site);
	case 1:
		return fuzz_ip6(site);
	case 2:
		return sim_ip4(0x0a000000 + (site << 16) + (pick >> 4));
	default:
		return sim_ip4(0x0a100000 + site);
	}
}

static u64 take_ms(struct input *in)
{
	static const u32 ms[] = { 1, 500, 1000, 3000, 10000, 30000, 64000, 200000 };

	return ms[take8(in) % ARRAY_SIZE(ms)];
}

/* What happens to packets */

static void on_wire(struct world *w, struct input *in)
{
	struct mesh_addr elsewhere = sim_nbma(9);
	u8 what = take8(in);
	unsigned int at;
	struct sim_packet *p;

	if (!w->sim.n)
		return;
	at = take8(in) % w->sim.n;
	p = world_packet(w, at);
	switch (what % 5) {
	case 0:
		world_arrive(w, at, NULL);
		break;
	case 1:
		world_lose(w, at);
		break;
	case 2:
		world_repeat(w, at);
		break;
	case 3:
		p->buf[take16(in) % p->len] ^= take8(in);
		nhrp_fix(p->buf, p->len);
		break;
	case 4:
		world_arrive(w, at, &elsewhere);
		break;
	}
}

/* What an administrator does */

static void configure(struct world *w, struct input *in)
{
	static const u16 holds[] = { 3, 4, 10, 30, 600, 7200, 65535 };
	static const u32 limits[] = { 0, 1, 2, 3, 1024 };
	struct sim_node *node = take_node(w, in);
	struct nhrp_config cfg = node->fsm.cfg;
	u8 what = take8(in), value = take8(in);

	switch (what % 8) {
	case 0:
		cfg.holding_time = holds[value % ARRAY_SIZE(holds)];
		break;
	case 1:
		cfg.server = value & 1;
		break;
	case 2:
		cfg.shortcut = value & 1;
		break;
	case 3:
		cfg.unique = value & 1 && cfg.n_homes < 2;
		break;
	case 4:
		cfg.secret_len = value % 3;
		memset(cfg.secret, 'a', sizeof(cfg.secret));
		break;
	case 5:
		cfg.max_peers = limits[value % ARRAY_SIZE(limits)];
		break;
	case 6:
		cfg.max_shortcuts = limits[value % ARRAY_SIZE(limits)];
		break;
	case 7:
		cfg.max_queries = limits[value % ARRAY_SIZE(limits)];
		cfg.max_answers = limits[value / 8 % ARRAY_SIZE(limits)];
		break;
	}
	nhrp_fsm_configure(&node->fsm, w->sim.now, &cfg);
}

static void rekey_node(struct world *w, struct sim_node *node, u8 what)
{
	struct nhrp_key key = {
		.id = 1 + (what >> 2 & 3),
		.len = NHRP_KEY_MIN,
		.accept_only = what & 0x20,
	};

	memset(key.secret, what >> 6, sizeof(key.secret));
	switch (what % 4) {
	case 0:
		nhrp_fsm_key_del(&node->fsm, w->sim.now, key.id);
		break;
	case 1:
		nhrp_fsm_key_set(&node->fsm, w->sim.now, key.id, key.accept_only);
		break;
	default:
		nhrp_fsm_key_add(&node->fsm, w->sim.now, &key);
		break;
	}
}

/* Keys that others may have, too: ids and secrets are few. */
static void rekey(struct world *w, struct input *in)
{
	struct sim_node *node = take_node(w, in);
	u8 what = take8(in);
	unsigned int i;

	for (i = 0; i < SIM_NODES; i++)
		if (what & 0x10 || i == node->index)
			rekey_node(w, world_node(w, i), what);
}

static void server(struct world *w, struct input *in)
{
	struct sim_node *node = take_node(w, in);
	unsigned int with = take_below(in, SIM_NODES);
	struct nhrp_nhs_cfg cfg = { .nbma = sim_nbma(with) };
	struct mesh_addr proto = sim_proto(with);
	u8 how = take8(in);

	if (how & 2)
		cfg.proto = proto;
	cfg.priority = how >> 2 & 3;
	if (how & 0x80)
		nhrp_fsm_nhs_alive(&node->fsm, w->sim.now, &proto, how & 0x40);
	else if (how & 1)
		nhrp_fsm_nhs_del(&node->fsm, w->sim.now, &cfg.nbma);
	else
		nhrp_fsm_nhs_add(&node->fsm, w->sim.now, &cfg);
}

static void forget(struct world *w, struct input *in)
{
	struct sim_node *node = take_node(w, in);
	struct mesh_prefix prefix = { .addr = take_dst(in) };
	u8 what = take8(in);

	switch (what % 3) {
	case 0:
		nhrp_fsm_shortcut_flush(&node->fsm, U32_MAX);
		break;
	case 1:
		prefix.len = what / 4 % (mesh_addr_bits(&prefix.addr) + 1);
		mesh_prefix_mask(&prefix);
		nhrp_fsm_shortcut_del(&node->fsm, &prefix);
		break;
	case 2:
		nhrp_fsm_peer_del(&node->fsm, &prefix.addr);
		break;
	}
}

/* What becomes of a node */

static void readdress(struct world *w, struct input *in)
{
	struct sim_node *node = take_node(w, in);
	u8 what = take8(in);

	switch (what % 4) {
	case 0:
		node->ip6 = !node->ip6;
		nhrp_fsm_addr_changed(&node->fsm, w->sim.now);
		break;
	case 1:
		/* Its own, another's, or one that is new. */
		node->proto = sim_proto(what / 4 % 8);
		nhrp_fsm_addr_changed(&node->fsm, w->sim.now);
		break;
	case 2:
		node->nbma = sim_nbma(what / 4 % 8);
		nhrp_fsm_underlay_changed(&node->fsm, w->sim.now);
		break;
	case 3:
		/* Unnoticed by the node itself. */
		node->nbma = sim_nbma(what / 4 % 8);
		break;
	}
}

/* By which underlay addresses it is reached, and says that it is. */
static void connect(struct world *w, struct input *in)
{
	struct sim_node *node = take_node(w, in);
	struct nhrp_config cfg = node->fsm.cfg;
	const struct mesh_addr home[] = {
		sim_nbma(node->index), sim_nbma6(node->index),
		sim_nbma(4 + node->index), sim_nbma6(4 + node->index),
	};
	u8 what = take8(in), homes = take8(in);
	unsigned int i;

	node->unreached = what & 1;
	node->other.len = 0;
	if (what & 2)
		node->other = sim_nbma6(node->index);
	node->seen.len = 0;
	if (what & 4) {
		node->nbma = sim_nbma(node->index);
		node->seen = sim_nbma(8 + (what >> 6));
	}
	nhrp_fsm_underlay_changed(&node->fsm, w->sim.now);
	if (!(what & 8))
		return;
	for (i = 0, cfg.n_homes = 0; i < ARRAY_SIZE(home); i++) {
		if (!(homes & 1u << i))
			continue;
		cfg.home[cfg.n_homes].preference = homes >> 4;
		cfg.home[cfg.n_homes++].nbma = home[i];
	}
	cfg.unique = cfg.unique && cfg.n_homes < 2;
	nhrp_fsm_configure(&node->fsm, w->sim.now, &cfg);
}

/*
 * Who has which network behind it, as far as it knows; some are behind another
 * device of its host.
 */
static void move_lans(struct world *w, struct input *in)
{
	struct sim_node *node = take_node(w, in);
	u8 what = take8(in);

	node->deprecated = what & 1;
	node->twin = what & 2;
	node->split = what & 4 ? 0x0a000000 + (node->index << 16) : 0;
	/* Sites 1 to 3. */
	node->beyond = what >> 2 & 0xe;
	node->sibling = what >> 6;
}

static void set_mood(struct world *w, struct input *in)
{
	static const u8 lans[] = { 0, 16, 24, 32, SIM_LAN_NONE };
	struct sim_node *node = take_node(w, in);
	u8 what = take8(in);

	node->fail = what & 1;
	node->used = what & 2;
	node->lan = lans[what / 4 % ARRAY_SIZE(lans)];
	node->default_len = what / 32;
}

static void go_up_or_down(struct world *w, struct input *in)
{
	struct sim_node *node = take_node(w, in);

	if (take8(in) & 1) {
		world_reboot(w, node->index);
	} else if (node->fsm.up) {
		nhrp_fsm_down(&node->fsm, w->sim.now);
		check_down(node);
	} else {
		nhrp_fsm_up(&node->fsm, w->sim.now);
	}
}

static void traffic(struct world *w, struct input *in)
{
	unsigned int node = take_below(in, SIM_NODES);
	struct mesh_addr src = take_dst(in), dst = take_dst(in);
	u8 how = take8(in);

	if (how & 1)
		nhrp_fsm_resolve(&world_node(w, node)->fsm, w->sim.now, &dst);
	else
		world_indicate(w, node, &src, &dst, how);
}

/* Bounds and clocks that a node shares with what else is there. */
static void surround(struct world *w, struct input *in)
{
	static const u32 budgets[] = { 0, 1, 3, 6 };
	static const s64 skews[] = { 0, 30, -30, 100, -100, 7200, -7200, 1 };
	struct sim_node *node = take_node(w, in);
	u8 what = take8(in);

	node->budget = budgets[what % ARRAY_SIZE(budgets)];
	/* Never below what it has already been charged for. */
	if (node->budget)
		node->budget = max(node->budget, node->charged);
	node->skew = skews[what / 4 % ARRAY_SIZE(skews)] * 1000000;
}

/* What the engine hears of. */
static void news(struct world *w, struct input *in)
{
	struct sim_node *node = take_node(w, in);
	struct mesh_prefix prefix = { .addr = take_dst(in) };
	u8 what = take8(in);

	switch (what % 3) {
	case 0:
		prefix.len = what / 4 % (mesh_addr_bits(&prefix.addr) + 1);
		mesh_prefix_mask(&prefix);
		nhrp_fsm_route_changed(&node->fsm, w->sim.now, &prefix);
		break;
	case 1:
		nhrp_fsm_routes_changed(&node->fsm, w->sim.now);
		break;
	case 2:
		nhrp_fsm_peers_changed(&node->fsm, w->sim.now);
		break;
	}
}

static void rare(struct world *w, struct input *in)
{
	switch (take_below(in, 8)) {
	case 0:
		host_fail_alloc(1 + take_below(in, 4));
		break;
	case 1:
		go_up_or_down(w, in);
		break;
	case 2:
		rekey(w, in);
		break;
	case 3:
	case 4:
		news(w, in);
		break;
	case 5:
		move_lans(w, in);
		break;
	case 6:
		connect(w, in);
		break;
	case 7:
		surround(w, in);
		break;
	}
}

static void event(struct world *w, struct input *in)
{
	switch (take_below(in, 16)) {
	case 0:
	case 1:
	case 2:
		on_wire(w, in);
		break;
	case 3:
	case 4:
		world_settle(w);
		break;
	case 5:
	case 6:
		world_advance(w, take_ms(in));
		break;
	case 7:
		world_jump(w, take_ms(in) * 60);
		break;
	case 8:
	case 9:
		traffic(w, in);
		break;
	case 10:
		configure(w, in);
		break;
	case 11:
		server(w, in);
		break;
	case 12:
		forget(w, in);
		break;
	case 13:
		readdress(w, in);
		break;
	case 14:
		set_mood(w, in);
		break;
	case 15:
		rare(w, in);
		break;
	}
}

/* Two hubs that know each other, and two sites that know both. */
static void join(struct world *w)
{
	const struct nhrp_nhs_cfg hub[2] = {
		{ .nbma = sim_nbma(0) }, { .nbma = sim_nbma(3) },
	};
	unsigned int i;

	for (i = 0; i < SIM_NODES; i++) {
		struct sim_node *node = world_node(w, i);
		struct nhrp_config cfg = node->fsm.cfg;

		cfg.server = i == 0 || i == 3;
		nhrp_fsm_configure(&node->fsm, w->sim.now, &cfg);
		if (i != 0)
			nhrp_fsm_nhs_add(&node->fsm, w->sim.now, &hub[0]);
		if (i != 3)
			nhrp_fsm_nhs_add(&node->fsm, w->sim.now, &hub[1]);
		nhrp_fsm_up(&node->fsm, w->sim.now);
	}
	world_settle(w);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct world *w = world_begin();

	if (take8(&in) & 1)
		join(w);
	world_check(w);
	while (in.left) {
		event(w, &in);
		world_check(w);
	}
	world_end(w);
	return 0;
}

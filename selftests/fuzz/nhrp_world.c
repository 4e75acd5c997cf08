// SPDX-License-Identifier: GPL-2.0
#include "nhrp_world.h"

/* Rounds in which everything that is due has been done: else it never is. */
#define ROUNDS_MAX 20000
#define SETTLE_MAX 256

static struct world world;

struct world *world_begin(void)
{
	memset(world.check, 0, sizeof(world.check));
	world.touched = ~0u;
	sim_init(&world.sim);
	return &world;
}

void world_end(struct world *w)
{
	unsigned int i;

	host_fail_alloc(0);
	for (i = 0; i < SIM_NODES; i++) {
		nhrp_fsm_down(&w->sim.node[i].fsm, w->sim.now);
		check_node(&w->check[i], &w->sim.node[i]);
		check_down(&w->sim.node[i]);
	}
	sim_exit(&w->sim);
	must(!host_allocated());
}

void world_reboot(struct world *w, unsigned int node)
{
	sim_reboot(&w->sim, node);
	memset(w->sim.node[node].sent, 0, sizeof(w->sim.node[node].sent));
	memset(&w->check[node], 0, sizeof(w->check[node]));
}

void world_check(struct world *w)
{
	unsigned int i;

	for (i = 0; i < SIM_NODES; i++)
		if (w->touched & 1u << i)
			check_node(&w->check[i], &w->sim.node[i]);
	w->touched = 0;
}

void world_hand(struct world *w, unsigned int node, const struct mesh_addr *from,
		const u8 *buf, size_t len)
{
	check_packet(&w->check[node], world_node(w, node), buf, len);
	sim_inject(&w->sim, node, from, buf, len);
}

/* Most of a packet's room is empty. */
static void copy_packet(struct sim_packet *to, const struct sim_packet *from)
{
	memcpy(to, from, offsetof(struct sim_packet, buf) + from->len);
}

void world_lose(struct world *w, unsigned int at)
{
	for (; at; at--)
		copy_packet(world_packet(w, at), world_packet(w, at - 1));
	w->sim.head = (w->sim.head + 1) % SIM_WIRE;
	w->sim.n--;
}

void world_repeat(struct world *w, unsigned int at)
{
	if (w->sim.n < SIM_WIRE)
		copy_packet(world_packet(w, w->sim.n++), world_packet(w, at));
}

void world_arrive(struct world *w, unsigned int at, const struct mesh_addr *from)
{
	const struct sim_packet *wire = world_packet(w, at);
	struct input in = { wire->buf, wire->len };
	u8 *buf = take_copy(&in, wire->len);
	struct sim_packet p;
	unsigned int i;

	memcpy(&p, wire, offsetof(struct sim_packet, buf));
	world_lose(w, at);
	for (i = 0; i < SIM_NODES; i++) {
		if (!sim_reached(&w->sim, i, &p))
			continue;
		check_packet(&w->check[i], world_node(w, i), buf, p.len);
		sim_bring(&w->sim, i, &p, from ? from : &p.from, buf);
	}
	free(buf);
}

void world_settle(struct world *w)
{
	unsigned int left = SETTLE_MAX;

	while (w->sim.n && left--)
		world_arrive(w, 0, NULL);
}

/* When somebody wants to be called again. */
static u64 run_due(struct world *w)
{
	unsigned int rounds = ROUNDS_MAX, i;
	u64 next;

	do {
		must(rounds--);
		next = NHRP_NEVER;
		for (i = 0; i < SIM_NODES; i++) {
			struct sim_node *node = world_node(w, i);

			node->next = nhrp_fsm_run(&node->fsm, w->sim.now);
			next = min(next, node->next);
		}
	} while (next <= w->sim.now);
	return next;
}

void world_advance(struct world *w, u64 ms)
{
	u64 end = w->sim.now + ms, next;

	while ((next = run_due(w)) <= end)
		w->sim.now = next;
	w->sim.now = end;
}

void world_jump(struct world *w, u64 ms)
{
	unsigned int i;

	w->sim.now += ms;
	for (i = 0; i < SIM_NODES; i++)
		w->check[i].jumped = w->sim.now;
	run_due(w);
}

void world_indicate(struct world *w, unsigned int node,
		    const struct mesh_addr *src, const struct mesh_addr *dst,
		    size_t len)
{
	u8 *pkt = calloc(1, 64 + len);

	if (src->len == 4) {
		pkt[0] = 0x45;
		memcpy(pkt + 12, src->b, 4);
		memcpy(pkt + 16, dst->b, 4);
	} else {
		pkt[0] = 0x60;
		memcpy(pkt + 8, src->b, 16);
		memcpy(pkt + 24, dst->b, 16);
	}
	nhrp_fsm_indicate(&world_node(w, node)->fsm, w->sim.now, pkt, len);
	free(pkt);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "nhrp_sim.h"

struct mesh_addr sim_ip4(u32 ip)
{
	struct mesh_addr a;

	mesh_addr_from_ip4(&a, cpu_to_be32(ip));
	return a;
}

struct mesh_addr sim_proto(unsigned int index)
{
	return sim_ip4(0x0a000000 + index);
}

struct mesh_addr sim_nbma(unsigned int index)
{
	return sim_ip4(0xc0000200 + index);
}

struct mesh_addr sim_proto6(unsigned int index)
{
	u8 b[16] = { 0xfd, [15] = index };
	struct mesh_addr a;

	mesh_addr_set(&a, b, sizeof(b));
	return a;
}

struct mesh_addr sim_nbma6(unsigned int index)
{
	u8 b[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = index };
	struct mesh_addr a;

	mesh_addr_set(&a, b, sizeof(b));
	return a;
}

static struct mesh_addr underlay(const struct sim_node *node)
{
	return node->nbma.len ? node->nbma : sim_nbma(node->index);
}

/* Where others see it. */
static struct mesh_addr outside(const struct sim_node *node)
{
	return node->seen.len ? node->seen : underlay(node);
}

/* Underway */

/* Scattered, so that no rhythm of the protocol falls in step with it. */
static bool lost(struct sim *sim)
{
	u32 roll = ++sim->count * 0x9e3779b1u;

	return sim->lose && (roll >> 16) % sim->lose == 0;
}

/* NULL: the wire has no room for it. */
static struct sim_packet *underway(struct sim *sim, const struct mesh_addr *from,
				   const void *buf, size_t len)
{
	struct sim_packet *p;

	if (sim->n == SIM_WIRE) {
		sim->overrun++;
		return NULL;
	}
	p = &sim->wire[(sim->head + sim->n++) % SIM_WIRE];
	p->from = *from;
	p->handed = false;
	p->len = len;
	memcpy(p->buf, buf, len);
	return p;
}

static void op_send(void *ctx, const struct mesh_addr *nbma, const void *buf,
		    size_t len)
{
	struct sim_node *node = ctx;
	struct sim *sim = node->sim;
	struct mesh_addr from = outside(node);
	u8 type = ((const u8 *)buf)[17];
	unsigned int copies = sim->twice ? 2 : 1;

	node->sent[type]++;
	memcpy(node->last[type], buf, len);
	node->last_len[type] = len;
	if (lost(sim) || node->mute || node->unreached)
		return;
	if (node->other.len == nbma->len)
		from = node->other;
	while (copies--) {
		struct sim_packet *p = underway(sim, &from, buf, len);

		if (p)
			p->to = *nbma;
	}
}

static void op_hand_over(void *ctx, u32 device, const void *buf, size_t len,
			 const struct mesh_addr *from, enum nhrp_trust trust)
{
	struct sim_node *node = ctx;
	struct sim_packet *p = underway(node->sim, from, buf, len);

	if (!p)
		return;
	p->handed = true;
	p->sibling = device;
	p->trust = trust;
}

/* What a node knows of itself */

static bool op_proto_addr(void *ctx, u8 alen, struct mesh_addr *addr)
{
	const struct sim_node *node = ctx;

	if (alen == 4)
		*addr = node->proto.len ? node->proto : sim_proto(node->index);
	else
		*addr = sim_proto6(node->index);
	return alen == 4 || node->ip6;
}

static bool op_nbma_addr(void *ctx, const struct mesh_addr *to,
			 struct mesh_addr *addr)
{
	const struct sim_node *node = ctx;

	*addr = underlay(node);
	if (node->other.len && node->other.len == to->len)
		*addr = node->other;
	return !node->unreached &&
	       (addr->len == to->len || (addr->len == 4 && !node->other.len));
}

static bool op_nbma_own(void *ctx, u8 alen, struct mesh_addr *addr)
{
	const struct sim_node *node = ctx;

	*addr = underlay(node);
	if (node->other.len == alen)
		*addr = node->other;
	return addr->len == alen;
}

static bool op_is_own(void *ctx, const struct mesh_addr *addr)
{
	struct mesh_addr own;

	return op_proto_addr(ctx, addr->len, &own) && mesh_addr_equal(addr, &own);
}

static void add_ways(const struct nhrp_peer *peer, struct nhrp_route *route)
{
	unsigned int i;

	route->vouched = peer->origin == NHRP_ORIGIN_REGISTERED;
	for (i = 0; i < peer->n; i++)
		route->way[route->n++] = (struct nhrp_way) {
			.proto = peer->proto,
			.nbma = peer->ep[i].nbma,
			.preference = peer->ep[i].preference,
		};
}

static bool by_peer(const struct sim_node *node, const struct mesh_addr *proto,
		    struct nhrp_route *route)
{
	unsigned int i;

	for (i = 0; i < node->n_peers; i++) {
		if (!mesh_addr_equal(&node->peer[i].proto, proto))
			continue;
		route->type = NHRP_ROUTE_MESH;
		route->proto = *proto;
		route->nbma = node->peer[i].ep[0].nbma;
		add_ways(&node->peer[i], route);
		return true;
	}
	return false;
}

/* Which site has an address, or has it on its LAN. */
static unsigned int site_of(const struct mesh_addr *dst)
{
	if (dst->len != 4 || dst->b[0] != 10 || dst->b[2])
		return 0;
	return dst->b[1] ? dst->b[1] : dst->b[3];
}

static bool beyond(const struct sim_node *node, const struct mesh_addr *dst)
{
	unsigned int site = site_of(dst);

	return site < SIM_NODES && node->beyond & BIT(site);
}

static bool split(const struct sim_node *node, const struct mesh_addr *dst)
{
	struct mesh_prefix half = { .addr = sim_ip4(node->split), .len = 25 };

	return node->split && mesh_prefix_match(&half, dst);
}

/*
 * 10.N.0.0/24 is the LAN of site N; from a site everything else is the hub's.  What
 * is no LAN is an address of the overlay.
 */
static void op_route(void *ctx, const struct mesh_addr *dst,
		     struct nhrp_route *route)
{
	const struct sim_node *node = ctx;
	unsigned int site = dst->len == 4 && dst->b[0] == 10 && !dst->b[2] ?
			    dst->b[1] : 0;
	struct mesh_addr via = sim_proto(node->fsm.cfg.server ? site : 0);

	memset(route, 0, sizeof(*route));
	route->plen = mesh_addr_bits(dst);
	if (op_is_own(ctx, dst)) {
		route->type = NHRP_ROUTE_LOCAL;
	} else if (beyond(node, dst)) {
		route->type = NHRP_ROUTE_DOMAIN;
		route->device = node->sibling;
	} else if (by_peer(node, dst, route)) {
		return;
	} else if (site && site == node->index) {
		route->plen = split(node, dst) ? 25 :
			      node->lan ? node->lan : 24;
		route->deprecated = node->deprecated;
		if (node->lan != SIM_LAN_NONE)
			route->type = NHRP_ROUTE_LOCAL;
	} else if (node->index || site) {
		route->plen = node->index ? node->default_len : 24;
		by_peer(node, &via, route);
		via = sim_proto(3);
		if (node->twin && site == 2)
			by_peer(node, &via, route);
	} else {
		route->type = NHRP_ROUTE_VACANT;
	}
}

/* What a node is told */

static int op_peer_learn(void *ctx, const struct nhrp_peer *peer)
{
	struct sim_node *node = ctx;
	struct nhrp_peer *at;

	if (node->fail)
		return -ENOMEM;
	at = (struct nhrp_peer *)sim_peer(node, &peer->proto, peer->origin);
	if (!at && node->n_peers == SIM_PEERS)
		return -ENOSPC;
	if (!at)
		at = &node->peer[node->n_peers++];
	*at = *peer;
	return 0;
}

static void op_peer_forget(void *ctx, const struct mesh_addr *proto,
			   enum nhrp_origin origin)
{
	struct sim_node *node = ctx;
	struct nhrp_peer *at;

	at = (struct nhrp_peer *)sim_peer(node, proto, origin);
	if (at)
		*at = node->peer[--node->n_peers];
}

static struct nhrp_shortcut_info *shortcut(struct sim_node *node,
					   const struct mesh_prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < node->n_shortcuts; i++)
		if (mesh_prefix_equal(&node->shortcut[i].prefix, prefix))
			return &node->shortcut[i];
	return NULL;
}

static int op_shortcut_set(void *ctx, const struct nhrp_shortcut_info *sc,
			   const struct nhrp_hop *hop, unsigned int n)
{
	struct sim_node *node = ctx;
	struct nhrp_shortcut_info *at = shortcut(node, &sc->prefix);

	if (node->fail)
		return -ENOMEM;
	if (!at && node->n_shortcuts == SIM_SHORTCUTS)
		return -ENOSPC;
	if (!at)
		at = &node->shortcut[node->n_shortcuts++];
	*at = *sc;
	node->n_hops = n;
	memcpy(node->hop, hop, n * sizeof(*hop));
	node->sets++;
	return 0;
}

static void op_shortcut_del(void *ctx, const struct mesh_prefix *prefix)
{
	struct sim_node *node = ctx;
	struct nhrp_shortcut_info *at = shortcut(node, prefix);

	if (at)
		*at = node->shortcut[--node->n_shortcuts];
	node->dels++;
}

static bool op_shortcut_used(void *ctx, const struct mesh_prefix *prefix)
{
	const struct sim_node *node = ctx;

	return node->used;
}

static bool op_charge(void *ctx)
{
	struct sim_node *node = ctx;

	if (node->budget && node->charged == node->budget)
		return false;
	node->charged++;
	return true;
}

static void op_uncharge(void *ctx)
{
	struct sim_node *node = ctx;

	node->charged--;
}

static void op_nhs_changed(void *ctx, const struct nhrp_nhs_info *nhs)
{
	struct sim_node *node = ctx;

	node->changes++;
}

void sim_mac(void *ctx, const u8 *secret, size_t secret_len, const void *buf,
	     size_t len, u8 *code)
{
	const u8 *data = buf;
	u64 sum = secret_len;
	size_t i;

	for (i = 0; i < secret_len; i++)
		sum = (sum ^ secret[i]) * 0x100000001b3ull;
	for (i = 0; i < len; i++)
		sum = (sum ^ data[i]) * 0x100000001b3ull;
	for (i = 0; i < NHRP_MAC_LEN; i++)
		code[i] = sum >> i % 8 * 8;
}

static u64 op_wall_clock(void *ctx)
{
	const struct sim_node *node = ctx;

	return node->sim->now * 1000 + SIM_WALL + node->skew;
}

static u64 op_nonce(void *ctx)
{
	struct sim_node *node = ctx;

	return ((u64)node->index << 32) + ++node->nonces;
}

static void op_refused(void *ctx, const struct mesh_addr *from,
		       enum nhrp_auth_fault fault)
{
	struct sim_node *node = ctx;

	node->fault = fault;
}

static const struct nhrp_ops sim_ops = {
	.send = op_send,
	.hand_over = op_hand_over,
	.proto_addr = op_proto_addr,
	.nbma_addr = op_nbma_addr,
	.nbma_own = op_nbma_own,
	.charge = op_charge,
	.uncharge = op_uncharge,
	.is_own = op_is_own,
	.route = op_route,
	.peer_learn = op_peer_learn,
	.peer_forget = op_peer_forget,
	.shortcut_set = op_shortcut_set,
	.shortcut_del = op_shortcut_del,
	.shortcut_used = op_shortcut_used,
	.nhs_changed = op_nhs_changed,
	.mac = sim_mac,
	.wall_clock = op_wall_clock,
	.nonce = op_nonce,
	.refused = op_refused,
};

/* The world */

static void boot(struct sim_node *node)
{
	struct nhrp_config cfg;

	nhrp_config_default(&cfg);
	cfg.server = !node->index;
	node->next = NHRP_NEVER;
	nhrp_fsm_init(&node->fsm, &sim_ops, node, &cfg, 100 * (node->index + 1));
}

void sim_reboot(struct sim *sim, unsigned int index)
{
	struct sim_node *node = &sim->node[index];

	nhrp_fsm_exit(&node->fsm);
	node->n_peers = 0;
	node->n_shortcuts = 0;
	boot(node);
}

void sim_init(struct sim *sim)
{
	unsigned int i;

	/* Not the packets: they are most of it, and a fuzzer begins anew often. */
	memset(sim, 0, offsetof(struct sim, node));
	sim->now = 1000000;
	for (i = 0; i < SIM_NODES; i++) {
		struct sim_node *node = &sim->node[i];

		memset(node, 0, offsetof(struct sim_node, last));
		node->sim = sim;
		node->index = i;
		boot(node);
	}
}

void sim_exit(struct sim *sim)
{
	unsigned int i;

	for (i = 0; i < SIM_NODES; i++)
		nhrp_fsm_exit(&sim->node[i].fsm);
}

void sim_inject(struct sim *sim, unsigned int to, const struct mesh_addr *from,
		const void *buf, size_t len)
{
	struct sim_node *node = &sim->node[to];

	nhrp_fsm_rx(&node->fsm, sim->now, buf, len, from);
	node->next = nhrp_fsm_run(&node->fsm, sim->now);
}

bool sim_reached(const struct sim *sim, unsigned int index,
		 const struct sim_packet *p)
{
	const struct sim_node *node = &sim->node[index];
	struct mesh_addr here = sim_nbma(index);

	if (p->handed)
		return p->sibling == index;
	if (node->nbma.len)
		here = outside(node);
	/* Several nodes share one, and have a port each. */
	return (mesh_addr_equal(&here, &p->to) && here.port == p->to.port) ||
	       (node->other.len && mesh_addr_equal(&node->other, &p->to));
}

void sim_bring(struct sim *sim, unsigned int to, const struct sim_packet *p,
	       const struct mesh_addr *from, const void *buf)
{
	struct sim_node *node = &sim->node[to];

	if (!p->handed) {
		sim_inject(sim, to, from, buf, p->len);
		return;
	}
	nhrp_fsm_take(&node->fsm, sim->now, buf, p->len, from, p->trust);
	node->next = nhrp_fsm_run(&node->fsm, sim->now);
}

void sim_deliver(struct sim *sim)
{
	unsigned int i;

	while (sim->n) {
		struct sim_packet *p = &sim->wire[sim->head];

		sim->head = (sim->head + 1) % SIM_WIRE;
		sim->n--;
		for (i = 0; i < SIM_NODES; i++) {
			if (sim_reached(sim, i, p) && !sim->node[i].deaf &&
			    !sim->node[i].unreached)
				sim_bring(sim, i, p, &p->from, p->buf);
		}
	}
}

void sim_run(struct sim *sim, u64 ms)
{
	u64 end = sim->now + ms;
	unsigned int i;

	for (;;) {
		u64 next = NHRP_NEVER;

		sim_deliver(sim);
		for (i = 0; i < SIM_NODES; i++) {
			struct sim_node *node = &sim->node[i];

			if (node->frozen)
				continue;
			node->next = nhrp_fsm_run(&node->fsm, sim->now);
			next = min(next, node->next);
		}
		if (sim->n)
			continue;
		if (next > end)
			break;
		sim->now = max(sim->now, next);
	}
	sim->now = end;
}

void sim_up(struct sim *sim, unsigned int index)
{
	nhrp_fsm_up(&sim->node[index].fsm, sim->now);
}

int sim_serve(struct sim *sim, unsigned int index, unsigned int server,
	      u8 priority)
{
	struct nhrp_nhs_cfg cfg = {
		.nbma = sim_nbma(server),
		.priority = priority,
	};

	return nhrp_fsm_nhs_add(&sim->node[index].fsm, sim->now, &cfg);
}

void sim_join(struct sim *sim, unsigned int index)
{
	sim_serve(sim, index, 0, 0);
	sim_up(sim, index);
	sim_deliver(sim);
}

int sim_request(u8 *buf, u32 asker, u8 hops)
{
	struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REQUEST,
		.hops = hops,
		.flags = NHRP_FLAG_SRC_STABLE,
		.src_nbma = sim_nbma(1),
		.src_proto = sim_ip4(asker),
		.dst_proto = sim_ip4(0x0a020009),
	};
	struct nhrp_cie cie = { .hold = 600 };
	struct nhrp_builder b;

	nhrp_build_begin(&b, buf, NHRP_PACKET_MAX, &h);
	nhrp_build_cie(&b, &cie);
	return nhrp_build_end(&b);
}

void sim_redirect(struct sim *sim, unsigned int from, u32 dst)
{
	u8 pkt[64] = { 0x45 };
	struct mesh_addr src = sim_ip4(0x0a000005 + (from << 16));
	struct mesh_addr to = sim_ip4(dst);

	memcpy(pkt + 12, src.b, 4);
	memcpy(pkt + 16, to.b, 4);
	nhrp_fsm_indicate(&sim->node[0].fsm, sim->now, pkt, sizeof(pkt));
	sim_deliver(sim);
}

/* What came of it */

const struct nhrp_peer *sim_peer(const struct sim_node *node,
				 const struct mesh_addr *proto,
				 enum nhrp_origin origin)
{
	unsigned int i;

	for (i = 0; i < node->n_peers; i++)
		if (node->peer[i].origin == origin &&
		    mesh_addr_equal(&node->peer[i].proto, proto))
			return &node->peer[i];
	return NULL;
}

const struct nhrp_shortcut_info *sim_shortcut(const struct sim_node *node,
					      u32 ip, u8 len)
{
	struct mesh_prefix prefix = { .addr = sim_ip4(ip), .len = len };

	return shortcut((struct sim_node *)node, &prefix);
}

struct nhrp_reg_info sim_nhs(const struct sim_node *node)
{
	struct nhrp_nhs_info info = {};

	nhrp_fsm_nhs_at(&node->fsm, 0, &info);
	return info.reg[0];
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small world for the NHRP state machine: nodes with tables of their own, a
 * wire between them that may lose, repeat and keep packets, and one clock.
 *
 *	site 1 (10.0.0.1, 10.1.0.0/24) ---+
 *	site 2 (10.0.0.2, 10.2.0.0/24) ---+--- hub 0 (10.0.0.0)
 *	site 3 (10.0.0.3, 10.3.0.0/24) ---+
 *
 * Underlay addresses are 192.0.2.N and 2001:db8::N, IPv6 protocol addresses fd00::N.
 */
#ifndef _MESH_NHRP_SIM_H
#define _MESH_NHRP_SIM_H

#include "nhrp/nhrp_fsm.h"
#include "wire/nhrp_wire_mac.h"

#define SIM_NODES	4
#define SIM_PEERS	8
#define SIM_SHORTCUTS	8
#define SIM_WIRE	64
#define SIM_WALL	1700000000000000ull	/* µs, when the clock began */
#define SIM_LAN_NONE	255

struct sim;

/**
 * struct sim_node - one node
 * @sim: its world
 * @index: which one it is
 * @fsm: under test
 * @ip6: has an IPv6 protocol address
 * @proto: overrides the IPv4 protocol address, if of length 4
 * @nbma: overrides the underlay address, if there is one
 * @other: another underlay address, of the other family
 * @unreached: has no underlay address for the time
 * @seen: the underlay address that its translator gives it, if there is one
 * @lan: length of its LAN's prefix, 0: 24, or SIM_LAN_NONE
 * @deprecated: nobody else is to come to its LAN
 * @split: the /25 of this address, if any, has a route of its own
 * @twin: site 3 is on the LAN of site 2, too, and the hub knows it
 * @beyond: a bit for each site that lies behind another device of its host
 * @sibling: the node that is that device
 * @default_len: length of the prefix of the site's route to the hub
 * @mute: nothing that it sends arrives
 * @deaf: nothing arrives at it
 * @frozen: its timers do not fire
 * @used: its shortcuts carry traffic
 * @budget: what it may be charged for, 0: no bound
 * @charged: what it was charged for
 * @fail: peer_learn and shortcut_set say -ENOMEM
 * @next: when its state machine wants to run
 * @peer: what it was told, in the order of arrival
 * @n_peers: entries in use
 * @shortcut: likewise
 * @n_shortcuts: entries in use
 * @sent: packets sent, by type
 * @last_len: length of the last packet of each type that it sent
 * @hop: of the shortcut that was set last
 * @n_hops: how many
 * @sets: shortcut_set calls
 * @dels: shortcut_del calls
 * @changes: nhs_changed calls
 * @skew: how far its wall clock is ahead, µs
 * @nonces: numbers that it has drawn
 * @fault: why it did not believe the last packet that it did not believe
 * @last: the last packet of each type that it sent
 */
struct sim_node {
	struct sim *sim;
	unsigned int index;
	struct nhrp_fsm fsm;
	bool ip6;
	struct mesh_addr proto;
	struct mesh_addr nbma;
	struct mesh_addr other;
	bool unreached;
	struct mesh_addr seen;
	u8 lan;
	bool deprecated;
	u32 split;
	bool twin;
	u8 beyond;
	u8 sibling;
	u8 default_len;
	bool mute;
	bool deaf;
	bool frozen;
	bool used;
	unsigned int budget;
	unsigned int charged;
	bool fail;
	u64 next;
	struct nhrp_peer peer[SIM_PEERS];
	unsigned int n_peers;
	struct nhrp_shortcut_info shortcut[SIM_SHORTCUTS];
	unsigned int n_shortcuts;
	unsigned int sent[NHRP_TRAFFIC_INDICATION + 1];
	u16 last_len[NHRP_TRAFFIC_INDICATION + 1];
	struct nhrp_hop hop[NHRP_HOPS_MAX];
	unsigned int n_hops;
	unsigned int sets;
	unsigned int dels;
	unsigned int changes;
	s64 skew;
	u64 nonces;
	enum nhrp_auth_fault fault;
	u8 last[NHRP_TRAFFIC_INDICATION + 1][NHRP_PACKET_MAX];
};

/**
 * struct sim_packet - one underway
 * @to: underlay address
 * @from: where it is seen to come from
 * @handed: by a device to another one of its host
 * @sibling: which is that
 * @trust: what the first has asked of who sent it
 * @len: octets
 * @buf: they
 */
struct sim_packet {
	struct mesh_addr to;
	struct mesh_addr from;
	bool handed;
	u8 sibling;
	enum nhrp_trust trust;
	u16 len;
	u8 buf[NHRP_PACKET_MAX];
};

/**
 * struct sim - the world
 * @now: its clock, ms
 * @lose: one packet in so many is lost; 0: none
 * @twice: every packet arrives twice
 * @count: packets put on the wire
 * @overrun: packets that the wire had no room for
 * @head: the first packet underway
 * @n: how many there are
 * @node: hub and sites
 * @wire: packets underway, from @head on
 */
struct sim {
	u64 now;
	unsigned int lose;
	bool twice;
	unsigned int count;
	unsigned int overrun;
	unsigned int head;
	unsigned int n;
	struct sim_node node[SIM_NODES];
	struct sim_packet wire[SIM_WIRE];
};

struct mesh_addr sim_ip4(u32 ip);
struct mesh_addr sim_proto(unsigned int index);
struct mesh_addr sim_nbma(unsigned int index);
struct mesh_addr sim_proto6(unsigned int index);
struct mesh_addr sim_nbma6(unsigned int index);

/* Stands in for the real one: no secret, but it sees every octet of both. */
void sim_mac(void *ctx, const u8 *secret, size_t secret_len, const void *buf,
	     size_t len, u8 *code);

/* All nodes down, node 0 a server, its configuration still to be changed. */
void sim_init(struct sim *sim);
void sim_exit(struct sim *sim);
/* The node loses all that it knows, and is down. */
void sim_reboot(struct sim *sim, unsigned int index);
void sim_up(struct sim *sim, unsigned int index);
/* The site is to register with a server; what nhrp_fsm_nhs_add() says. */
int sim_serve(struct sim *sim, unsigned int index, unsigned int server,
	      u8 priority);
/* The site registers with the hub, which is up. */
void sim_join(struct sim *sim, unsigned int index);
/* Delivers what is underway and fires what is due, to that many ms from now. */
void sim_run(struct sim *sim, u64 ms);
/* Packets only; the clock stands. */
void sim_deliver(struct sim *sim);

/* Whether a packet that is underway comes to the node. */
bool sim_reached(const struct sim *sim, unsigned int index,
		 const struct sim_packet *p);
/* It does, with these octets, from there. */
void sim_bring(struct sim *sim, unsigned int to, const struct sim_packet *p,
	       const struct mesh_addr *from, const void *buf);
/* From an address to a node, now. */
void sim_inject(struct sim *sim, unsigned int to, const struct mesh_addr *from,
		const void *buf, size_t len);
/* What @asker would send to learn of something behind site 2. */
int sim_request(u8 *buf, u32 asker, u8 hops);
/* The hub sees a packet from one site's LAN to an address and redirects it. */
void sim_redirect(struct sim *sim, unsigned int from, u32 dst);

const struct nhrp_peer *sim_peer(const struct sim_node *node,
				 const struct mesh_addr *proto,
				 enum nhrp_origin origin);
const struct nhrp_shortcut_info *sim_shortcut(const struct sim_node *node,
					      u32 ip, u8 len);
/* Its IPv4 registration with its first server. */
struct nhrp_reg_info sim_nhs(const struct sim_node *node);

#endif

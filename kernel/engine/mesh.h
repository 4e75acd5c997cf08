/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One mesh device: what the engine's parts (configuration, transmit, receive,
 * NHRP) share.
 */
#ifndef _MESH_MESH_H
#define _MESH_MESH_H

#include <linux/netdevice.h>
#include <linux/workqueue.h>
#include <net/gro_cells.h>
#include <net/rtnetlink.h>

#include "counters.h"
#include "flow.h"
#include "tables/fwd.h"

#define MESH_KIND "mesh"

/* Lists of what is lent, see source.h. */
#define MESH_LENT_BITS 8

/* Next-hop servers whose peers are kept at hand, of both families. */
#define MESH_NHS_MAX 32

struct bfd;
struct decided;
struct mcast;
struct nhrp;
struct nhrp_budget;
struct rx_port;
struct rx_table;
struct mesh_dev;

/* Families of the underlay. */
enum mesh_family {
	MESH_IP4,
	MESH_IP6,
	MESH_FAMILIES,
};

static inline enum mesh_family mesh_family(const struct mesh_addr *addr)
{
	return addr->len == 16 ? MESH_IP6 : MESH_IP4;
}

/**
 * struct mesh_side - a device in one family of the underlay
 * @rx_node: in the underlay namespace's receive table, by @local
 * @encap: of which this is a part
 * @port: where GRE in UDP comes in, held; or NULL
 * @local: underlay source, or of length 0
 */
struct mesh_side {
	struct hlist_node rx_node;
	struct mesh_encap *encap;
	struct rx_port *port;
	struct mesh_addr local;
};

/**
 * struct mesh_encap - how packets are wrapped; never changes once published
 * @rcu: frees it
 * @side: by family of the underlay
 * @mesh: whose it is
 * @link: ifindex of the underlay device, or 0
 * @key: GRE key, network byte order
 * @has_key: whether there is one
 * @ttl: outer TTL, 0 inherits
 * @tos: outer TOS, 1 inherits
 * @pmtudisc: set DF outside, learn the path MTU
 * @ignore_df: inner DF does not matter
 * @fwmark: of the outer packets
 * @udp: to endpoints that say nothing else, GRE goes in UDP
 * @udp_csum: with a checksum, which IPv6 packets need to be taken, too
 * @udp_port: where GRE in UDP is taken, 0 for nowhere
 * @udp_source: where it leaves from, 0 for what tells flows apart
 * @bypass: what comes out only to be forwarded need not go through the IP stack
 * @source_policy: an enum mesh_source_policy, of what comes in
 * @flow: how flows are told apart
 */
struct mesh_encap {
	struct rcu_head rcu;
	struct mesh_side side[MESH_FAMILIES];
	struct mesh_dev *mesh;
	u32 link;
	__be32 key;
	bool has_key;
	u8 ttl;
	u8 tos;
	bool pmtudisc;
	bool ignore_df;
	u32 fwmark;
	bool udp;
	bool udp_csum;
	u16 udp_port;
	u16 udp_source;
	bool bypass;
	u8 source_policy;
	struct flow_policy flow;
};

/**
 * struct mesh_dev - a mesh device, the private part of its net_device
 * @dev: the device, in the overlay's namespace
 * @net: the underlay's namespace, where the device was made; the device goes
 *	when that goes
 * @rx: the receive table of @net
 * @budget: of what NHRP has learned on the devices of @net
 * @of_net: in the list of the devices of @net; under RTNL
 * @encap: swapped under the writer lock and the receive table's, read under RCU
 * @fwd: the tables; fwd_lock() is the writer lock of everything in the device,
 *	the NHRP engine included.  It is taken inside RTNL, never around it.
 * @nhs: live next-hop servers, the first @n_nhs slots; the writer's, read under
 *	RCU
 * @n_nhs: how many; readers find NULL in a slot where one has just gone
 * @lent: struct source, by endpoint; the writer's, read under RCU
 * @n_lent: how many; the writer's, readers need READ_ONCE
 * @nhrp: the NHRP engine, from init to the destructor
 * @bfd: liveness of the endpoints, from init to the destructor
 * @mcast: the replication of multicast, from init to the destructor
 * @settle: moves buckets of groups that have waited
 * @counters: drops by name
 * @decided: routes of what came in last, see decided.h
 * @cells: GRO of what was decapsulated
 * @dying: the device is being unregistered; set under the writer lock, and
 *	whoever takes that lock to change something looks at it first
 */
struct mesh_dev {
	struct net_device *dev;
	struct net *net;
	struct rx_table *rx;
	struct nhrp_budget *budget;
	struct list_head of_net;
	struct mesh_encap __rcu *encap;
	struct fwd fwd;
	struct peer __rcu *nhs[MESH_NHS_MAX];
	unsigned int n_nhs;
	struct hlist_head lent[1 << MESH_LENT_BITS];
	unsigned int n_lent;
	struct nhrp *nhrp;
	struct bfd *bfd;
	struct mcast *mcast;
	struct delayed_work settle;
	struct mesh_counters __percpu *counters;
	struct decided __percpu *decided;
	struct gro_cells cells;
	bool dying;
};

/*
 * Whether the device is in a family: where it has a local address in one alone,
 * it is not in the other.  So two devices of one link may differ by the one.
 */
static inline bool mesh_speaks(const struct mesh_encap *e, enum mesh_family f)
{
	return e->side[f].local.len || !e->side[!f].local.len;
}

static inline bool mesh_is_mesh(const struct net_device *dev)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, MESH_KIND);
}

static inline struct mesh_encap *mesh_encap_locked(const struct mesh_dev *mesh)
{
	return rcu_dereference_protected(mesh->encap,
					 lockdep_is_held(&mesh->fwd.lock));
}

/**
 * struct mesh_events - who wants to know of changes
 * @fwd: a peer, group, route or shortcut changed; under the writer lock
 * @nhs: a next-hop server (by NBMA address) was added, changed or removed;
 *	under the writer lock
 *
 * One listener, set before the first device can be made and never taken back
 * while there is one.
 */
struct mesh_events {
	void (*fwd)(struct mesh_dev *mesh, enum fwd_verb verb,
		    enum fwd_kind kind, const void *obj);
	void (*nhs)(struct mesh_dev *mesh, enum fwd_verb verb,
		    const struct mesh_addr *nbma);
};

extern const struct mesh_events *mesh_events;

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the NHRP engine (nhrp.c, nhrp_input.c, nhrp_fib.c, nhrp_key.c,
 * nhrp_route.c, nhrp_redirect.c, nhrp_want.c) know of each other.
 */
#ifndef _MESH_NHRP_PRIV_H
#define _MESH_NHRP_PRIV_H

#include <linux/ratelimit.h>
#include <linux/siphash.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>

#include "nhrp.h"

struct recent;

/**
 * struct nhrp_limiter - bounds what packets make the worker do
 * @rcu: frees it
 * @key: secret, so that nobody outside can choose whose slot he takes
 * @slots: of @slot
 * @slot: when something was last let through there, ms; 0: never.  Changed by
 *	compare-and-exchange alone.
 *
 * A slot lets one through an interval, whichever share it: so one may wait for
 * another, but never are there more than slots an interval, however many a
 * flood is made of.
 */
struct nhrp_limiter {
	struct rcu_head rcu;
	siphash_key_t key;
	u32 slots;
	atomic_t slot[];
};

/**
 * struct nhrp_redirect - who is told of a better way
 * @on: Traffic Indications are sent
 * @interval: least time between two for one source and destination, ms
 * @network: devices of the same number are one redirect domain; 0: by itself
 * @told: by source and destination prefix; swapped under the writer lock
 */
struct nhrp_redirect {
	bool on;
	u32 interval;
	u32 network;
	struct nhrp_limiter __rcu *told;
};

/* Packets that may wait in each queue. */
#define NHRP_INPUT_MAX		1024
/* Packets of a turn of the worker that are for strangers, whoever else waits. */
#define NHRP_STRANGERS_SHARE	16

/**
 * struct nhrp_input - NHRP packets that wait for the worker
 * @known: from endpoints of peers
 * @again: from strangers who have come in vain a moment ago
 * @strangers: from all others
 * @key: secret, so that nobody outside can choose for whom he is taken
 * @lock: of the rest
 * @crowded: somebody came in vain, and nobody remembers it
 * @missed: who has come in vain, once somebody has; or NULL
 */
struct nhrp_input {
	struct sk_buff_head known;
	struct sk_buff_head again;
	struct sk_buff_head strangers;
	siphash_key_t key;
	spinlock_t lock;
	bool crowded;
	struct recent *missed;
};

/* Next hops that may wait to be asked for, and how often one is named, ms. */
#define NHRP_WANTS_MAX		32
#define NHRP_WANT_INTERVAL	1000
#define NHRP_WANT_SLOTS		256

/**
 * struct nhrp_wants - next hops that traffic goes to and nobody knows
 * @limit: by address
 * @lock: of the rest; taken in softirq and by the worker
 * @n: entries in @addr
 * @addr: until the worker asks for them
 */
struct nhrp_wants {
	struct nhrp_limiter *limit;
	spinlock_t lock;
	unsigned int n;
	struct mesh_addr addr[NHRP_WANTS_MAX];
};

/* Prefixes that are told apart until the worker comes. */
#define NHRP_NEWS_MAX	64

/**
 * struct nhrp_listener - an engine among those that hear of a namespace's routes
 * @link: in the list of the namespace, while the device is up
 * @nhrp: the engine
 */
struct nhrp_listener {
	struct list_head link;
	struct nhrp *nhrp;
};

/**
 * struct nhrp_news - what has changed behind answers, until the worker knows
 * @overlay: listens to the namespace of the device
 * @underlay: to that of its packets, where it is another one
 * @lock: of the rest; taken in any context
 * @many: more routes than are named, or unknown ones
 * @peers: a peer or a group has changed
 * @n: entries in @prefix
 * @prefix: of the routes, where they are not too many
 */
struct nhrp_news {
	struct nhrp_listener overlay;
	struct nhrp_listener underlay;
	spinlock_t lock;
	bool many;
	bool peers;
	unsigned int n;
	struct mesh_prefix prefix[NHRP_NEWS_MAX];
};

/**
 * struct nhrp - the engine of one device
 * @mesh: the device
 * @all: in the list of all engines
 * @fsm: the state machine, under the writer lock
 * @in: NHRP packets that wait for the worker
 * @quotes: heads of packets to send Traffic Indications about
 * @work: the worker: packets, then timers
 * @ran: when the timers were last looked at, ms
 * @stale: an address of the device, or of the underlay, has changed
 * @news: of routes
 * @watch: the peer of a next-hop server has changed
 * @wants: next hops to be asked for
 * @redirect: the limiter
 * @complaints: of packets that are not believed, in the kernel's log
 */
struct nhrp {
	struct mesh_dev *mesh;
	struct list_head all;
	struct nhrp_fsm fsm;
	struct nhrp_input in;
	struct sk_buff_head quotes;
	struct delayed_work work;
	u64 ran;
	bool stale;
	struct nhrp_news news;
	bool watch;
	struct nhrp_wants wants;
	struct nhrp_redirect redirect;
	struct ratelimit_state complaints;
};

/* nhrp.c: has the worker run soon; from any context. */
void nhrp_kick(struct nhrp *nhrp);
/* Takes @skb into one of its queues, for the worker. */
void nhrp_enqueue(struct nhrp *nhrp, struct sk_buff_head *queue,
		  struct sk_buff *skb);

/* nhrp_input.c */
void nhrp_input_init(struct nhrp *nhrp);
/* Of what waits, and of who has come in vain, nothing is left. */
void nhrp_input_purge(struct nhrp *nhrp);
/* As nhrp_input(), from another device, which trusts in it so much. */
void nhrp_input_handed(struct nhrp *nhrp, struct sk_buff *skb,
		       const struct mesh_addr *from, enum nhrp_trust trust);
/*
 * Hands packets to the state machine, @max at most, which is at least
 * NHRP_STRANGERS_SHARE; how many.
 */
unsigned int nhrp_input_feed(struct nhrp *nhrp, unsigned int max);
/* There are some left of those that do not wait for strangers' turn. */
bool nhrp_input_waits(const struct nhrp *nhrp);

/* nhrp_fib.c: of the module; 0 or -errno. */
int nhrp_news_module_init(void);
void nhrp_news_module_exit(void);
/* Listens while the device is up. */
void nhrp_news_init(struct nhrp *nhrp);
void nhrp_news_start(struct nhrp *nhrp);
void nhrp_news_stop(struct nhrp *nhrp);
/* Tells the state machine of one change, or of many; false: there was none. */
bool nhrp_news_take(struct nhrp *nhrp);

/* nhrp_redirect.c: NULL for no memory. */
struct nhrp_limiter *nhrp_limiter_new(u32 slots);
/* False: somebody of that slot was let through within the interval, ms. */
bool nhrp_limiter_allows(struct nhrp_limiter *l, u64 hash, u32 interval);

/* nhrp_want.c: 0 or -ENOMEM. */
int nhrp_wants_init(struct nhrp *nhrp);
void nhrp_wants_exit(struct nhrp *nhrp);
/* Asks for one of them; false: there was none. */
bool nhrp_wants_take(struct nhrp *nhrp);

/* nhrp_key.c: authentication, as the state machine needs it done. */
void nhrp_op_mac(void *ctx, const u8 *secret, size_t secret_len,
		 const void *buf, size_t len, u8 *code);
u64 nhrp_op_wall_clock(void *ctx);
u64 nhrp_op_nonce(void *ctx);
void nhrp_op_refused(void *ctx, const struct mesh_addr *from,
		     enum nhrp_auth_fault fault);

/* nhrp_route.c: the state machine's questions about addresses and routes. */
bool nhrp_op_proto_addr(void *ctx, u8 alen, struct mesh_addr *addr);
bool nhrp_op_nbma_addr(void *ctx, const struct mesh_addr *to,
		       struct mesh_addr *addr);
bool nhrp_op_nbma_own(void *ctx, u8 alen, struct mesh_addr *addr);
bool nhrp_op_is_own(void *ctx, const struct mesh_addr *addr);
void nhrp_op_route(void *ctx, const struct mesh_addr *dst,
		   struct nhrp_route *route);

#endif

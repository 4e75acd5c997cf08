/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the NHRP engine (nhrp.c, nhrp_fib.c, nhrp_route.c,
 * nhrp_redirect.c) know of each other.
 */
#ifndef _MESH_NHRP_PRIV_H
#define _MESH_NHRP_PRIV_H

#include <linux/siphash.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>

#include "nhrp.h"

/* Slots of the limiter, a device: 4 octets each. */
#define NHRP_REDIRECT_SLOTS	1024

/**
 * struct nhrp_redirect - who was told of a better way lately
 * @on: Traffic Indications are sent
 * @interval: least time between two for one source and destination, ms
 * @key: secret, so that nobody outside can choose whose slot he takes
 * @slot: when a pair was last let through there, ms; 0: never.  Changed by
 *	compare-and-exchange alone.
 *
 * A slot lets one indication through an interval, whichever pairs share it:
 * so a pair may wait for another, but never is more sent than there are slots
 * an interval, however many pairs a flood is made of.
 */
struct nhrp_redirect {
	bool on;
	u32 interval;
	siphash_key_t key;
	atomic_t slot[NHRP_REDIRECT_SLOTS];
};

/* Prefixes that are told apart until the worker comes. */
#define NHRP_NEWS_MAX	64

/**
 * struct nhrp_news - routes that have changed, until the worker knows of it
 * @link: among the listeners of the overlay's namespace, while the device is up
 * @lock: of the rest; taken in any context
 * @many: more routes than are named, or unknown ones
 * @n: entries in @prefix
 * @prefix: of the routes, where they are not too many
 */
struct nhrp_news {
	struct list_head link;
	spinlock_t lock;
	bool many;
	unsigned int n;
	struct mesh_prefix prefix[NHRP_NEWS_MAX];
};

/**
 * struct nhrp - the engine of one device
 * @mesh: the device
 * @fsm: the state machine, under the writer lock
 * @input: NHRP packets that wait for the worker
 * @quotes: heads of packets to send Traffic Indications about
 * @work: the worker: packets, then timers
 * @ran: when the timers were last looked at, ms
 * @stale: an address of the device has changed
 * @news: of routes
 * @redirect: the limiter
 */
struct nhrp {
	struct mesh_dev *mesh;
	struct nhrp_fsm fsm;
	struct sk_buff_head input;
	struct sk_buff_head quotes;
	struct delayed_work work;
	u64 ran;
	bool stale;
	struct nhrp_news news;
	struct nhrp_redirect redirect;
};

/* nhrp.c: has the worker run soon; from any context. */
void nhrp_kick(struct nhrp *nhrp);

/* nhrp_fib.c: of the module; 0 or -errno. */
int nhrp_news_module_init(void);
void nhrp_news_module_exit(void);
/* Listens while the device is up. */
void nhrp_news_init(struct nhrp *nhrp);
void nhrp_news_start(struct nhrp *nhrp);
void nhrp_news_stop(struct nhrp *nhrp);
/* Tells the state machine of one change, or of many; false: there was none. */
bool nhrp_news_take(struct nhrp *nhrp);

/* nhrp_route.c: the state machine's questions about addresses and routes. */
bool nhrp_op_proto_addr(void *ctx, u8 alen, struct mesh_addr *addr);
bool nhrp_op_nbma_addr(void *ctx, const struct mesh_addr *to,
		       struct mesh_addr *addr);
bool nhrp_op_is_own(void *ctx, const struct mesh_addr *addr);
void nhrp_op_route(void *ctx, const struct mesh_addr *dst,
		   struct nhrp_route *route);

#endif

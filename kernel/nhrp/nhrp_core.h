/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the NHRP state machine (nhrp_fsm.c, nhrp_msg.c,
 * nhrp_error.c, nhrp_auth.c, nhrp_nhs.c, nhrp_client.c, nhrp_server.c,
 * nhrp_grey.c, nhrp_query.c, nhrp_resolve.c, nhrp_cache.c, nhrp_answer.c,
 * nhrp_purge.c, nhrp_nat.c) know of each other.
 */
#ifndef _MESH_NHRP_CORE_H
#define _MESH_NHRP_CORE_H

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "nhrp_fsm.h"
#include "wire/nhrp_wire_mac.h"

#define NHRP_MSEC		1000ULL
#define NHRP_HOPS		255
#define NHRP_RETRY_MAX		64	/* s, of registrations */
#define NHRP_NHS_TRIES		3	/* unanswered requests: it is down */
#define NHRP_NHS_SPARE		64	/* s, a server is kept beside a better one */
#define NHRP_NHS_REFIND		2	/* s, in which all who watch one find it again */
#define NHRP_QUERY_TRIES	5
#define NHRP_REFUSAL_MIN	3	/* s a refusal stands, doubling */
#define NHRP_REFUSAL_MAX	60
#define NHRP_HOLD_UNTRACKED	60	/* s, of an answer we cannot purge */

static inline unsigned int nhrp_family(const struct mesh_addr *a)
{
	return a->len == 4 ? 0 : 1;
}

static inline u8 nhrp_family_len(unsigned int family)
{
	return family ? 16 : 4;
}

static inline int nhrp_addr_cmp(const struct mesh_addr *a,
				const struct mesh_addr *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->b, b->b, a->len);
}

static inline int nhrp_prefix_cmp(const struct mesh_prefix *a,
				  const struct mesh_prefix *b)
{
	int d = nhrp_addr_cmp(&a->addr, &b->addr);

	return d ? d : (int)a->len - (int)b->len;
}

enum nhrp_timer_kind {
	NHRP_TIMER_REG,
	NHRP_TIMER_BINDING,
	NHRP_TIMER_SHORTCUT,
	NHRP_TIMER_QUERY,
	NHRP_TIMER_ANSWER,
};

struct nhrp_timer {
	struct rb_node node;
	u64 at;
	u8 kind;
};

/**
 * struct nhrp_reg - the registration of one own address with one server
 * @timer: retry, or renewal
 * @nhs: with whom
 * @state: as shown
 * @own: address registered or being registered; none: nothing to do
 * @from: own underlay address when the last request was sent
 * @proto: the server's protocol address, once it has answered
 * @id: of the request; 0: what it says has changed since
 * @pending: a request awaits its answer
 * @moved: where we were has to be taken back first, as we are unique there
 * @lost: somebody who watches the server says that it is not reached
 * @tries: requests since the last success
 * @code: of the last refusal; 0: none
 * @expires: when the server forgets us; 0: it does not know us
 * @settled: when a server that was away may be counted on again; 0: it is
 * @spare: when it stopped being needed, as a better one answers; 0: it is
 */
struct nhrp_reg {
	struct nhrp_timer timer;
	struct nhrp_nhs *nhs;
	enum nhrp_nhs_state state;
	struct mesh_addr own;
	struct mesh_addr from;
	struct mesh_addr proto;
	u32 id;
	bool pending;
	bool moved;
	bool lost;
	u8 tries;
	u8 code;
	u64 expires;
	u64 settled;
	u64 spare;
};

static inline bool nhrp_resting(const struct nhrp_reg *reg)
{
	return reg->state == NHRP_NHS_IDLE || reg->state == NHRP_NHS_STANDBY;
}

struct nhrp_nhs {
	struct list_head link;
	struct nhrp_nhs_cfg cfg;
	struct nhrp_reg reg[NHRP_FAMILIES];
};

/*
 * A protocol address bound to endpoints; @shortcuts (legs) lead to it.  There is
 * one for each peer, of thousands: it holds of struct nhrp_peer what is asked for.
 */
struct nhrp_binding {
	struct rb_node node;
	struct nhrp_timer timer;
	struct list_head shortcuts;
	struct mesh_addr proto;
	u8 origin;
	bool unique;
	bool nat;
	u8 n;
	struct nhrp_endpoint ep[];
};

struct nhrp_shortcut;

/* A shortcut's place among those that lead to a binding. */
struct nhrp_leg {
	struct list_head of_binding;
	struct nhrp_shortcut *shortcut;
};

/*
 * @dst: what was asked for when it was made, to be asked for again.
 * @checked: whether it is used has been looked at since it was answered.
 * @n: peers that it leads to; it goes with the first of them that does
 */
struct nhrp_shortcut {
	struct rb_node node;
	struct nhrp_timer timer;
	struct mesh_addr dst;
	bool checked;
	u8 n;
	struct nhrp_shortcut_info info;
	struct nhrp_leg leg[];
};

enum nhrp_query_state {
	NHRP_QUERY_WAITING,
	NHRP_QUERY_REFUSED,	/* not asked again until the timer fires */
	NHRP_QUERY_LINGERING,	/* kept for the length of the next refusal */
};

struct nhrp_query {
	struct rb_node node;
	struct nhrp_timer timer;
	enum nhrp_query_state state;
	struct mesh_addr dst;
	struct mesh_addr own;
	struct mesh_addr via;	/* where the last request went */
	struct mesh_addr home;	/* of another family than that; or none */
	u32 id;
	u8 tries;
	u8 refusal;	/* s, of the last one; 0: none yet */
};

enum nhrp_answer_state {
	NHRP_ANSWER_HELD,
	NHRP_ANSWER_DOUBTED,	/* a route has changed: may hold no more */
	NHRP_ANSWER_OVER,	/* holds no more: to be purged */
	NHRP_ANSWER_PURGED,	/* and that awaits its confirmation */
};

/*
 * A question that is answered.
 * @asker: protocol address of who asks
 * @nbma: where the answer goes
 * @dst: what is asked for
 * @unique: about that address alone, and only if there is one answer
 * @others: the answer is about other nodes
 */
struct nhrp_ask {
	struct mesh_addr asker;
	struct mesh_addr nbma;
	struct mesh_addr dst;
	bool unique;
	bool others;
};

/*
 * What was answered to whom, and has to be purged when it ends.
 * @sum: of the answer, nhrp_answer_sum()
 * @expires: when who asked forgets it (ms)
 * @id: of the purge, which was sent @tries times
 */
struct nhrp_answer {
	struct rb_node node;
	struct nhrp_timer timer;
	enum nhrp_answer_state state;
	struct nhrp_ask ask;
	struct mesh_prefix prefix;
	u32 sum;
	u8 tries;
	u32 id;
	u64 expires;
};

/*
 * A received packet and what came with it; @handed: from a device of the same
 * domain, which has seen of its source what @trust says.
 */
struct nhrp_rx {
	struct nhrp_packet p;
	const struct mesh_addr *from;
	bool handed;
	enum nhrp_trust trust;
};

/* The packet's source is not the one it names: an address translator. */
static inline bool nhrp_translated(const struct nhrp_rx *rx)
{
	return rx->p.h.src_nbma.len &&
	       !mesh_addr_equal(&rx->p.h.src_nbma, rx->from);
}

/* nhrp_fsm.c */
/* For what others make us hold; false: no more, which was counted. */
bool nhrp_charge(struct nhrp_fsm *fsm);
/* As it was charged for: frees an object of that, too. */
void nhrp_uncharge(struct nhrp_fsm *fsm, const void *object);
void nhrp_timer_set(struct nhrp_fsm *fsm, struct nhrp_timer *t, u64 at);
void nhrp_timer_stop(struct nhrp_fsm *fsm, struct nhrp_timer *t);

static inline void nhrp_timer_init(struct nhrp_timer *t,
				   enum nhrp_timer_kind kind)
{
	RB_CLEAR_NODE(&t->node);
	t->kind = kind;
}

/* nhrp_msg.c */
/* Ourselves as a client, seen from @to; false: no address of that length. */
bool nhrp_own_cie(struct nhrp_fsm *fsm, u8 alen, const struct mesh_addr *to,
		  struct nhrp_cie *cie);
/*
 * @h: what is to stand in it; the hops are set, and the source's underlay address
 * where there is none.
 */
void nhrp_begin(struct nhrp_fsm *fsm, struct nhrp_builder *b,
		struct nhrp_head *h, const struct mesh_addr *to);
/* Our homes with addresses of @len octets, the best first; NULL behind the last. */
const struct nhrp_endpoint *nhrp_home(const struct nhrp_config *cfg, u8 len,
				      unsigned int at);
/* Ourselves, as @cie has it, once for each of those, or once if there is none. */
void nhrp_build_homes(struct nhrp_fsm *fsm, struct nhrp_builder *b, u8 len,
		      struct nhrp_cie *cie);
void nhrp_request_exts(struct nhrp_builder *b);
/* Starts the reply of that type from whatever the request says. */
void nhrp_reply_begin(struct nhrp_fsm *fsm, struct nhrp_builder *b,
		      const struct nhrp_rx *rx, struct nhrp_head *h);
void nhrp_reply_exts(struct nhrp_fsm *fsm, struct nhrp_builder *b,
		     const struct nhrp_rx *rx);
/* Adds authentication and the end, and sends. */
void nhrp_finish(struct nhrp_fsm *fsm, struct nhrp_builder *b,
		 const struct mesh_addr *to);
/* The source of an IP packet, and where it goes; false: it is none. */
bool nhrp_quoted(const u8 *pkt, size_t len, struct mesh_addr *src,
		 struct mesh_addr *dst);
void nhrp_send_error(struct nhrp_fsm *fsm, const struct nhrp_rx *rx, u16 code,
		     u16 offset);
void nhrp_forward(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		  const struct nhrp_route *route);

/* nhrp_error.c */
void nhrp_error_indication(struct nhrp_fsm *fsm, const struct nhrp_rx *rx);

/* nhrp_auth.c */
void nhrp_auth_init(struct nhrp_auth *auth);
void nhrp_auth_exit(struct nhrp_fsm *fsm);
/* What goes into the packet to be signed; NULL: nothing is signed. */
const struct nhrp_mac *nhrp_auth_begin(struct nhrp_fsm *fsm,
				       struct nhrp_mac *mac);
/* Signs the packet in fsm->tx, which was begun so. */
void nhrp_auth_seal(struct nhrp_fsm *fsm, size_t len);
/* What we ask for. */
enum nhrp_trust nhrp_auth_demand(const struct nhrp_fsm *fsm);
/* Whether to believe it; if not, that was counted and told. */
bool nhrp_auth_rx(struct nhrp_fsm *fsm, const struct nhrp_rx *rx);

/* nhrp_nat.c */
/* Where the source of a request is; true: it is seen there, behind a translator. */
bool nhrp_nat_asker(const struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		    struct mesh_addr *nbma);
/* Puts the peer that a reply names to where it is seen, if that is elsewhere. */
void nhrp_nat_answer(const struct nhrp_rx *rx, struct nhrp_peer *peer);
/* What we as a server know of where the author of a packet is seen. */
bool nhrp_nat_known(const struct nhrp_fsm *fsm, const struct nhrp_packet *p,
		    struct nhrp_cie *cie);
/*
 * Whether we as a server have to carry what goes from one to where a route leads:
 * one of them can be reached by nobody else.
 */
bool nhrp_nat_hides(const struct nhrp_fsm *fsm, const struct mesh_addr *asker,
		    const struct nhrp_route *route);
/* Where a translator has been found: its mapping is for one of our ports alone. */
void nhrp_nat_mark(struct mesh_addr *seen);
/* Both have registered with us from behind translators. */
bool nhrp_nat_both(const struct nhrp_fsm *fsm, const struct mesh_addr *a,
		   const struct mesh_addr *b);

/* nhrp_client.c: one registration */
void nhrp_reg_timeout(struct nhrp_fsm *fsm, struct nhrp_reg *reg);
/* Asks now, as what there is to say is new. */
void nhrp_reg_start(struct nhrp_fsm *fsm, struct nhrp_reg *reg);
/* The question that is pending, once more; its timer runs on. */
void nhrp_reg_repeat(struct nhrp_fsm *fsm, struct nhrp_reg *reg);
/* A watcher's word on whether the server is reached; asks the server itself. */
void nhrp_reg_alive(struct nhrp_fsm *fsm, struct nhrp_reg *reg, bool alive);
/* Takes it back at a server that knows of it, and rests in @state. */
void nhrp_reg_withdraw(struct nhrp_fsm *fsm, struct nhrp_reg *reg,
		       enum nhrp_nhs_state state);
void nhrp_reg_info(const struct nhrp_reg *reg, struct nhrp_reg_info *info);
void nhrp_registration_reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx);
/* Somebody reports that the request came to nothing; whether that is believed. */
bool nhrp_reg_failed(struct nhrp_fsm *fsm, const struct nhrp_head *request,
		     const struct mesh_addr *from);

/* nhrp_nhs.c: the servers, and which of them to register with */
void nhrp_nhs_info(const struct nhrp_nhs *nhs, struct nhrp_nhs_info *info);
bool nhrp_nhs_is(const struct nhrp_fsm *fsm, const struct mesh_addr *nbma);
/*
 * Something about the registrations of a family has changed: takes up those
 * that are needed now, rests those that are not.
 */
void nhrp_nhs_choose(struct nhrp_fsm *fsm, unsigned int family);
/* True where some server reaches us by another underlay address now. */
bool nhrp_client_refresh(struct nhrp_fsm *fsm, bool again);
/* The same; @changed: NULL for any number of routes */
bool nhrp_client_route_changed(struct nhrp_fsm *fsm,
			       const struct mesh_prefix *changed);
void nhrp_client_down(struct nhrp_fsm *fsm);
void nhrp_client_exit(struct nhrp_fsm *fsm);

/* nhrp_server.c */
bool nhrp_has_endpoint(const struct nhrp_endpoint *ep, unsigned int n,
		       const struct mesh_addr *nbma);
/* Unless it is known already, is none at all, or there is no room. */
void nhrp_peer_add(struct nhrp_peer *peer, const struct mesh_addr *nbma,
		   u8 preference);
void nhrp_registration_request(struct nhrp_fsm *fsm, const struct nhrp_rx *rx);

/* nhrp_grey.c */
/* A newcomer's request is not to be answered, as he has to ask twice. */
bool nhrp_grey_defers(struct nhrp_fsm *fsm, const struct mesh_addr *proto,
		      const struct mesh_addr *from);
void nhrp_grey_exit(struct nhrp_fsm *fsm);

/* nhrp_cache.c: bindings and shortcuts */
/* Who may have kept where we are is told to forget it. */
void nhrp_cache_purge_own(struct nhrp_fsm *fsm);
struct nhrp_binding *nhrp_binding_find(const struct nhrp_fsm *fsm,
				       const struct mesh_addr *proto,
				       enum nhrp_origin origin);
/* -ENOSPC, -ENOMEM or what peer_learn says; then all is as it was. */
int nhrp_binding_learn(struct nhrp_fsm *fsm, struct nhrp_peer *peer);
void nhrp_binding_drop(struct nhrp_fsm *fsm, struct nhrp_binding *b);
void nhrp_binding_timeout(struct nhrp_fsm *fsm, struct nhrp_binding *b);
void nhrp_bindings_drop_origin(struct nhrp_fsm *fsm, enum nhrp_origin origin);
void nhrp_shortcut_timeout(struct nhrp_fsm *fsm, struct nhrp_shortcut *s);
bool nhrp_shortcut_covers(const struct nhrp_fsm *fsm,
			  const struct mesh_addr *dst);
/* To peers that have been learned just before. */
int nhrp_shortcut_learn(struct nhrp_fsm *fsm, const struct mesh_addr *dst,
			struct nhrp_shortcut_info *info,
			const struct nhrp_hop *hop, unsigned int n);
void nhrp_shortcut_drop(struct nhrp_fsm *fsm, struct nhrp_shortcut *s);
/* The shortcut that was made for @dst, other than @but, is over. */
void nhrp_shortcut_outdated(struct nhrp_fsm *fsm, const struct mesh_addr *dst,
			    const struct mesh_prefix *but);
void nhrp_cache_purge(struct nhrp_fsm *fsm, const struct mesh_prefix *prefix,
		      const struct mesh_addr *by);
void nhrp_cache_down(struct nhrp_fsm *fsm);
void nhrp_cache_exit(struct nhrp_fsm *fsm);

/* nhrp_query.c */
/* @again: an existing shortcut is to be renewed. */
int nhrp_query_start(struct nhrp_fsm *fsm, const struct mesh_addr *dst,
		     bool again);
void nhrp_query_timeout(struct nhrp_fsm *fsm, struct nhrp_query *q);
void nhrp_queries_exit(struct nhrp_fsm *fsm);
/* Somebody reports that the question came to nothing; whether that is believed. */
bool nhrp_query_failed(struct nhrp_fsm *fsm, const struct nhrp_head *request,
		       u16 code, const struct mesh_addr *from);
void nhrp_resolution_reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx);
void nhrp_traffic_indication(struct nhrp_fsm *fsm, const struct nhrp_rx *rx);

/* nhrp_resolve.c */
/* Whether a question is answered here, and not passed on. */
bool nhrp_speaks_for(const struct nhrp_fsm *fsm, const struct mesh_addr *dst,
		     u16 flags, const struct nhrp_route *route);
/* Another one than before: another answer. */
u32 nhrp_answer_sum(struct nhrp_fsm *fsm, const struct nhrp_ask *ask,
		    const struct nhrp_route *route);
void nhrp_resolution_request(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
			     const struct nhrp_route *route);

/* nhrp_answer.c */
/* False: no room, and so it cannot be purged. */
bool nhrp_answer_remember(struct nhrp_fsm *fsm, const struct nhrp_ask *ask,
			  const struct mesh_prefix *prefix, u32 sum);
void nhrp_answer_timeout(struct nhrp_fsm *fsm, struct nhrp_answer *a);
/* Somebody reports that the purge came to nothing; whether that is believed. */
bool nhrp_answer_failed(struct nhrp_fsm *fsm, const struct mesh_prefix *prefix,
			const struct mesh_addr *asker, u32 id,
			const struct mesh_addr *from);
/* Who asked has confirmed that purge. */
void nhrp_answer_purged(struct nhrp_fsm *fsm, const struct mesh_prefix *prefix,
			const struct mesh_addr *asker, u32 id);
/* All are looked at again; @over: they hold no more. */
void nhrp_answers_doubt(struct nhrp_fsm *fsm, bool over);
void nhrp_answers_route_changed(struct nhrp_fsm *fsm,
				const struct mesh_prefix *changed);
/* Purges all before it returns, and forgets them. */
void nhrp_answers_down(struct nhrp_fsm *fsm);
void nhrp_answers_exit(struct nhrp_fsm *fsm);

/* nhrp_purge.c */
/*
 * As we leave: with our own address, which may be bound beside the prefix.  No
 * reply is asked for: nobody would be there to wait for it.
 */
void nhrp_send_purge(struct nhrp_fsm *fsm, const struct mesh_addr *nbma,
		     const struct mesh_addr *own, const struct mesh_addr *dst,
		     const struct mesh_prefix *prefix);
/* That prefix alone, to be confirmed; the id of the request. */
u32 nhrp_ask_purge(struct nhrp_fsm *fsm, const struct mesh_addr *nbma,
		   const struct mesh_addr *own, const struct mesh_addr *dst,
		   const struct mesh_prefix *prefix);
void nhrp_purge_request(struct nhrp_fsm *fsm, const struct nhrp_rx *rx);
void nhrp_purge_reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx);
/* Somebody reports that one of ours came to nothing; whether that is believed. */
bool nhrp_purge_failed(struct nhrp_fsm *fsm, const struct nhrp_packet *request,
		       const struct mesh_addr *from);

#endif

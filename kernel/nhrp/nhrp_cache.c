// SPDX-License-Identifier: GPL-2.0
/* Bindings and shortcuts: what is known of others, for as long as they said. */
#include <linux/sched.h>

#include "nhrp_core.h"

static int binding_cmp(const struct nhrp_binding *b,
		       const struct mesh_addr *proto, enum nhrp_origin origin)
{
	int d = nhrp_addr_cmp(proto, &b->proto);

	return d ? d : (int)origin - (int)b->origin;
}

struct nhrp_binding *nhrp_binding_find(const struct nhrp_fsm *fsm,
				       const struct mesh_addr *proto,
				       enum nhrp_origin origin)
{
	struct rb_node *n = fsm->bindings.rb_node;

	while (n) {
		struct nhrp_binding *b = rb_entry(n, struct nhrp_binding, node);
		int d = binding_cmp(b, proto, origin);

		if (!d)
			return b;
		n = d < 0 ? n->rb_left : n->rb_right;
	}
	return NULL;
}

static void binding_link(struct nhrp_fsm *fsm, struct nhrp_binding *new)
{
	struct rb_node **link = &fsm->bindings.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		if (binding_cmp(rb_entry(parent, struct nhrp_binding, node),
				&new->proto, new->origin) < 0)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&new->node, parent, link);
	rb_insert_color(&new->node, &fsm->bindings);
	fsm->n_bindings++;
}

/* Anybody may ask and so be kept: a part is left to those who register. */
static bool binding_room(const struct nhrp_fsm *fsm, enum nhrp_origin origin)
{
	u32 max = fsm->cfg.max_peers;

	if (origin == NHRP_ORIGIN_RESOLVED)
		max -= max / 4;
	return fsm->n_bindings < max;
}

/* One that takes an older one's place takes its share of the bound, too. */
static void binding_discard(struct nhrp_fsm *fsm, struct nhrp_binding *b,
			    bool in_place)
{
	if (in_place)
		kfree(b);
	else
		nhrp_uncharge(fsm, b);
}

static struct nhrp_binding *binding_new(struct nhrp_fsm *fsm,
					const struct nhrp_peer *peer,
					bool in_place, int *err)
{
	struct nhrp_binding *b;

	*err = -ENOSPC;
	if (!in_place && !nhrp_charge(fsm))
		return NULL;
	b = kzalloc(struct_size(b, ep, peer->n), GFP_KERNEL);
	if (!b) {
		binding_discard(fsm, b, in_place);
		fsm->stats.nomem++;
		*err = -ENOMEM;
		return NULL;
	}
	INIT_LIST_HEAD(&b->shortcuts);
	nhrp_timer_init(&b->timer, NHRP_TIMER_BINDING);
	b->proto = peer->proto;
	b->origin = peer->origin;
	b->n = peer->n;
	return b;
}

static void binding_unlink(struct nhrp_fsm *fsm, struct nhrp_binding *b)
{
	nhrp_timer_stop(fsm, &b->timer);
	rb_erase(&b->node, &fsm->bindings);
	fsm->n_bindings--;
}

static void binding_free(struct nhrp_fsm *fsm, struct nhrp_binding *b)
{
	binding_unlink(fsm, b);
	nhrp_uncharge(fsm, b);
}

/* Takes the place of what was known before, too. */
static void binding_enter(struct nhrp_fsm *fsm, struct nhrp_binding *b,
			  struct nhrp_binding *old)
{
	if (old) {
		while (!list_empty(&old->shortcuts))
			list_move_tail(old->shortcuts.next, &b->shortcuts);
		binding_unlink(fsm, old);
		kfree(old);
	}
	binding_link(fsm, b);
}

int nhrp_binding_learn(struct nhrp_fsm *fsm, struct nhrp_peer *peer)
{
	struct nhrp_binding *b, *old;
	int err = 0;

	old = nhrp_binding_find(fsm, &peer->proto, peer->origin);
	if (!old && !binding_room(fsm, peer->origin)) {
		fsm->stats.table_full++;
		return -ENOSPC;
	}
	b = old && old->n == peer->n ? old :
		binding_new(fsm, peer, old, &err);
	if (!b)
		return err;
	peer->expires = fsm->now + peer->hold * NHRP_MSEC;
	err = fsm->ops->peer_learn(fsm->ctx, peer);
	if (err) {
		if (b != old)
			binding_discard(fsm, b, old);
		if (err == -ENOSPC)
			fsm->stats.table_full++;
		else
			fsm->stats.nomem++;
		return err;
	}
	b->unique = peer->unique;
	b->nat = peer->nat;
	memcpy(b->ep, peer->ep, peer->n * sizeof(peer->ep[0]));
	if (b != old)
		binding_enter(fsm, b, old);
	nhrp_timer_set(fsm, &b->timer, peer->expires);
	return 0;
}

/* Its shortcuts go first: never does one lead to a peer that is gone. */
void nhrp_binding_drop(struct nhrp_fsm *fsm, struct nhrp_binding *b)
{
	struct nhrp_leg *leg, *next;

	list_for_each_entry_safe(leg, next, &b->shortcuts, of_binding) {
		nhrp_shortcut_drop(fsm, leg->shortcut);
		cond_resched();
	}
	fsm->ops->peer_forget(fsm->ctx, &b->proto, b->origin);
	binding_free(fsm, b);
}

/* What still leads to it has a timer of its own, and goes before it. */
void nhrp_binding_timeout(struct nhrp_fsm *fsm, struct nhrp_binding *b)
{
	struct nhrp_leg *last;

	if (list_empty(&b->shortcuts)) {
		nhrp_binding_drop(fsm, b);
		return;
	}
	last = list_last_entry(&b->shortcuts, struct nhrp_leg, of_binding);
	nhrp_timer_set(fsm, &b->timer, last->shortcut->timer.at);
}

void nhrp_bindings_drop_origin(struct nhrp_fsm *fsm, enum nhrp_origin origin)
{
	struct rb_node *n, *next;

	for (n = rb_first(&fsm->bindings); n; n = next) {
		struct nhrp_binding *b = rb_entry(n, struct nhrp_binding, node);

		next = rb_next(n);
		if (b->origin == origin)
			nhrp_binding_drop(fsm, b);
		cond_resched();
	}
}

static struct nhrp_shortcut *shortcut_find(const struct nhrp_fsm *fsm,
					   const struct mesh_prefix *prefix)
{
	struct rb_node *n = fsm->shortcuts.rb_node;

	while (n) {
		struct nhrp_shortcut *s = rb_entry(n, struct nhrp_shortcut, node);
		int d = nhrp_prefix_cmp(prefix, &s->info.prefix);

		if (!d)
			return s;
		n = d < 0 ? n->rb_left : n->rb_right;
	}
	return NULL;
}

/* The first one at or after a prefix. */
static struct nhrp_shortcut *shortcut_from(const struct nhrp_fsm *fsm,
					   const struct mesh_prefix *prefix)
{
	struct rb_node *n = fsm->shortcuts.rb_node;
	struct nhrp_shortcut *best = NULL;

	while (n) {
		struct nhrp_shortcut *s = rb_entry(n, struct nhrp_shortcut, node);

		if (nhrp_prefix_cmp(prefix, &s->info.prefix) <= 0) {
			best = s;
			n = n->rb_left;
		} else {
			n = n->rb_right;
		}
	}
	return best;
}

static struct nhrp_shortcut *shortcut_after(struct nhrp_shortcut *s)
{
	struct rb_node *n = rb_next(&s->node);

	return n ? rb_entry(n, struct nhrp_shortcut, node) : NULL;
}

static void shortcut_link(struct nhrp_fsm *fsm, struct nhrp_shortcut *new)
{
	struct rb_node **link = &fsm->shortcuts.rb_node, *parent = NULL;
	const struct mesh_prefix *prefix = &new->info.prefix;

	while (*link) {
		struct nhrp_shortcut *s;

		parent = *link;
		s = rb_entry(parent, struct nhrp_shortcut, node);
		if (nhrp_prefix_cmp(prefix, &s->info.prefix) < 0)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&new->node, parent, link);
	rb_insert_color(&new->node, &fsm->shortcuts);
	fsm->plens[nhrp_family(&prefix->addr)][prefix->len]++;
	fsm->n_shortcuts++;
}

static void shortcut_free(struct nhrp_fsm *fsm, struct nhrp_shortcut *s)
{
	unsigned int i;

	nhrp_timer_stop(fsm, &s->timer);
	fsm->plens[nhrp_family(&s->info.prefix.addr)][s->info.prefix.len]--;
	for (i = 0; i < s->n; i++)
		list_del(&s->leg[i].of_binding);
	rb_erase(&s->node, &fsm->shortcuts);
	fsm->n_shortcuts--;
	nhrp_uncharge(fsm, s);
}

void nhrp_shortcut_drop(struct nhrp_fsm *fsm, struct nhrp_shortcut *s)
{
	fsm->ops->shortcut_del(fsm->ctx, &s->info.prefix);
	shortcut_free(fsm, s);
}

/* From the longest prefix length in use down; *@len is where to go on. */
static struct nhrp_shortcut *shortcut_cover(const struct nhrp_fsm *fsm,
					    const struct mesh_addr *dst,
					    int *len)
{
	const u32 *plens = fsm->plens[nhrp_family(dst)];

	while (*len >= 0) {
		struct mesh_prefix p = { .addr = *dst, .len = *len };
		struct nhrp_shortcut *s;

		if (!plens[(*len)--])
			continue;
		mesh_prefix_mask(&p);
		s = shortcut_find(fsm, &p);
		if (s)
			return s;
	}
	return NULL;
}

bool nhrp_shortcut_covers(const struct nhrp_fsm *fsm,
			  const struct mesh_addr *dst)
{
	int len = mesh_addr_bits(dst);

	return shortcut_cover(fsm, dst, &len);
}

void nhrp_shortcut_outdated(struct nhrp_fsm *fsm, const struct mesh_addr *dst,
			    const struct mesh_prefix *but)
{
	int len = mesh_addr_bits(dst);
	struct nhrp_shortcut *s;

	while ((s = shortcut_cover(fsm, dst, &len)))
		if (mesh_addr_equal(&s->dst, dst) &&
		    !(but && mesh_prefix_equal(&s->info.prefix, but)))
			nhrp_shortcut_drop(fsm, s);
}

/* Time for an answer to come before the end. */
static u64 renewal_margin(const struct nhrp_shortcut_info *info)
{
	u64 hold = info->hold * NHRP_MSEC;

	return min(max(hold / 10, 3 * NHRP_MSEC), hold / 2);
}

static struct nhrp_shortcut *shortcut_new(struct nhrp_fsm *fsm, unsigned int n,
					  int *err)
{
	struct nhrp_shortcut *s;
	unsigned int i;

	*err = -ENOSPC;
	if (!nhrp_charge(fsm))
		return NULL;
	s = kzalloc(struct_size(s, leg, n), GFP_KERNEL);
	if (!s) {
		nhrp_uncharge(fsm, s);
		fsm->stats.nomem++;
		*err = -ENOMEM;
		return NULL;
	}
	s->n = n;
	for (i = 0; i < n; i++) {
		INIT_LIST_HEAD(&s->leg[i].of_binding);
		s->leg[i].shortcut = s;
	}
	nhrp_timer_init(&s->timer, NHRP_TIMER_SHORTCUT);
	return s;
}

/* Has it shown, in place of what was shown for that prefix. */
static int shortcut_show(struct nhrp_fsm *fsm, struct nhrp_shortcut_info *info,
			 const struct nhrp_hop *hop, unsigned int n,
			 const struct nhrp_shortcut *old)
{
	int err = -ENOSPC;

	if (old || fsm->n_shortcuts < fsm->cfg.max_shortcuts)
		err = fsm->ops->shortcut_set(fsm->ctx, info, hop, n);
	if (err == -ENOSPC)
		fsm->stats.table_full++;
	else if (err)
		fsm->stats.nomem++;
	return err;
}

int nhrp_shortcut_learn(struct nhrp_fsm *fsm, const struct mesh_addr *dst,
			struct nhrp_shortcut_info *info,
			const struct nhrp_hop *hop, unsigned int n)
{
	struct nhrp_shortcut *s, *old = shortcut_find(fsm, &info->prefix);
	struct nhrp_binding *via[NHRP_HOPS_MAX];
	unsigned int i;
	int err;

	for (i = 0; i < n; i++) {
		via[i] = nhrp_binding_find(fsm, &hop[i].proto,
					   NHRP_ORIGIN_RESOLVED);
		if (!via[i])
			return -ENOENT;
	}
	s = old && old->n == n ? old : shortcut_new(fsm, n, &err);
	if (!s)
		return err;
	info->expires = fsm->now + info->hold * NHRP_MSEC;
	err = shortcut_show(fsm, info, hop, n, old);
	if (err) {
		if (s != old)
			nhrp_uncharge(fsm, s);
		return err;
	}
	if (old && s != old)
		shortcut_free(fsm, old);
	s->info = *info;
	s->dst = *dst;
	s->checked = false;
	if (s != old)
		shortcut_link(fsm, s);
	for (i = 0; i < n; i++)
		list_move_tail(&s->leg[i].of_binding, &via[i]->shortcuts);
	nhrp_timer_set(fsm, &s->timer, info->expires - renewal_margin(info));
	return 0;
}

void nhrp_shortcut_timeout(struct nhrp_fsm *fsm, struct nhrp_shortcut *s)
{
	bool renew = !s->checked && fsm->cfg.shortcut &&
		     fsm->ops->shortcut_used(fsm->ctx, &s->info.prefix);
	u64 end = s->info.expires;

	s->checked = true;
	/* A clock that has jumped leaves the question its time all the same. */
	if (renew)
		end = max(end, fsm->now + renewal_margin(&s->info));
	if (end <= fsm->now) {
		nhrp_shortcut_drop(fsm, s);
		return;
	}
	nhrp_timer_set(fsm, &s->timer, end);
	if (renew)
		nhrp_query_start(fsm, &s->dst, true);
}

static bool inside(const struct mesh_prefix *outer,
		   const struct mesh_prefix *inner)
{
	return inner->len >= outer->len &&
	       mesh_prefix_match(outer, &inner->addr);
}

void nhrp_cache_purge(struct nhrp_fsm *fsm, const struct mesh_prefix *prefix,
		      const struct mesh_addr *by)
{
	struct nhrp_shortcut *s, *next;
	struct nhrp_binding *b;

	for (s = shortcut_from(fsm, prefix);
	     s && mesh_prefix_match(prefix, &s->info.prefix.addr); s = next) {
		next = shortcut_after(s);
		if (inside(prefix, &s->info.prefix))
			nhrp_shortcut_drop(fsm, s);
	}
	if (prefix->len != mesh_addr_bits(&prefix->addr))
		return;
	b = nhrp_binding_find(fsm, &prefix->addr, NHRP_ORIGIN_RESOLVED);
	if (b)
		nhrp_binding_drop(fsm, b);
	/* Only its owner takes a registration back. */
	b = nhrp_binding_find(fsm, &prefix->addr, NHRP_ORIGIN_REGISTERED);
	if (b && mesh_addr_equal(by, &b->proto))
		nhrp_binding_drop(fsm, b);
}

/*
 * Who was asked, or has asked, may have kept where the question came from.  A
 * server has what we register instead, and would forget that, too.
 */
void nhrp_cache_purge_own(struct nhrp_fsm *fsm)
{
	struct rb_node *n;

	for (n = rb_first(&fsm->bindings); n; n = rb_next(n)) {
		const struct nhrp_binding *b =
			rb_entry(n, struct nhrp_binding, node);
		struct mesh_addr own;
		struct mesh_prefix prefix;

		if (b->origin != NHRP_ORIGIN_RESOLVED ||
		    nhrp_nhs_is(fsm, &b->ep[0].nbma) ||
		    !fsm->ops->proto_addr(fsm->ctx, b->proto.len, &own))
			continue;
		mesh_prefix_host(&prefix, &own);
		nhrp_send_purge(fsm, &b->ep[0].nbma, &own, &b->proto, &prefix);
	}
}

void nhrp_cache_down(struct nhrp_fsm *fsm)
{
	nhrp_cache_purge_own(fsm);
	nhrp_fsm_shortcut_flush(fsm, U32_MAX);
	nhrp_bindings_drop_origin(fsm, NHRP_ORIGIN_RESOLVED);
	nhrp_bindings_drop_origin(fsm, NHRP_ORIGIN_REGISTERED);
}

void nhrp_cache_exit(struct nhrp_fsm *fsm)
{
	struct rb_node *n;

	while ((n = rb_first(&fsm->shortcuts))) {
		shortcut_free(fsm, rb_entry(n, struct nhrp_shortcut, node));
		cond_resched();
	}
	while ((n = rb_first(&fsm->bindings))) {
		binding_free(fsm, rb_entry(n, struct nhrp_binding, node));
		cond_resched();
	}
}

int nhrp_fsm_shortcut_del(struct nhrp_fsm *fsm, const struct mesh_prefix *p)
{
	struct nhrp_shortcut *s = shortcut_find(fsm, p);

	if (!s)
		return -ENOENT;
	nhrp_shortcut_drop(fsm, s);
	return 0;
}

u32 nhrp_fsm_shortcut_flush(struct nhrp_fsm *fsm, u32 max)
{
	struct rb_node *at;
	u32 n = 0;

	for (; n < max && (at = rb_first(&fsm->shortcuts)); n++) {
		nhrp_shortcut_drop(fsm, rb_entry(at, struct nhrp_shortcut,
						 node));
		cond_resched();
	}
	return n;
}

int nhrp_fsm_peer_del(struct nhrp_fsm *fsm, const struct mesh_addr *proto)
{
	static const enum nhrp_origin origins[] = {
		NHRP_ORIGIN_RESOLVED, NHRP_ORIGIN_REGISTERED,
	};
	int err = -ENOENT;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(origins); i++) {
		struct nhrp_binding *b = nhrp_binding_find(fsm, proto,
							   origins[i]);

		if (!b)
			continue;
		nhrp_binding_drop(fsm, b);
		err = 0;
	}
	return err;
}

bool nhrp_fsm_shortcut_next(const struct nhrp_fsm *fsm, bool first,
			    struct nhrp_shortcut_info *info)
{
	struct mesh_prefix from = {};
	struct nhrp_shortcut *s;

	if (!first)
		from = info->prefix;
	s = shortcut_from(fsm, &from);
	if (s && !first && mesh_prefix_equal(&s->info.prefix, &from))
		s = shortcut_after(s);
	if (!s)
		return false;
	*info = s->info;
	return true;
}

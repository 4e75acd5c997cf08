// SPDX-License-Identifier: GPL-2.0
/* Resolution, the side of who answers. */
#include "nhrp_core.h"

/* Ourselves: each of our homes, or else what we are seen by. */
static bool own_entry(struct nhrp_fsm *fsm, const struct nhrp_ask *ask,
		      unsigned int at, struct nhrp_cie *cie)
{
	const struct nhrp_endpoint *home = nhrp_home(&fsm->cfg, ask->nbma.len,
						     at);

	if (!nhrp_own_cie(fsm, ask->dst.len, &ask->nbma, cie))
		return false;
	if (!home)
		return !at;
	cie->nbma = home->nbma;
	cie->preference = home->preference;
	return true;
}

/*
 * Entries of the answer to a question, from *@at on.  Who asks is not told of
 * itself, as it has a way there of its own, nor of what its packet's family
 * cannot name.
 */
static bool next_entry(struct nhrp_fsm *fsm, const struct nhrp_ask *ask,
		       const struct nhrp_route *route, unsigned int *at,
		       struct nhrp_cie *cie)
{
	if (route->type == NHRP_ROUTE_LOCAL)
		return own_entry(fsm, ask, (*at)++, cie);
	while (*at < route->n) {
		const struct nhrp_way *way = &route->way[(*at)++];

		if (mesh_addr_equal(&way->proto, &ask->asker) ||
		    way->nbma.len != ask->nbma.len)
			continue;
		*cie = (struct nhrp_cie) {
			.preference = way->preference,
			.hold = fsm->cfg.holding_time,
			.nbma = way->nbma,
			.proto = way->proto,
		};
		return true;
	}
	return false;
}

static void answer_prefix(const struct nhrp_ask *ask,
			  const struct nhrp_route *route,
			  struct mesh_prefix *prefix)
{
	mesh_prefix_host(prefix, &ask->dst);
	if (route->plen && !ask->unique)
		prefix->len = route->plen;
	mesh_prefix_mask(prefix);
}

/* FNV-1a: it tells an answer from what it was, nobody else looks at it. */
static u32 mix(u32 sum, const void *data, size_t len)
{
	const u8 *b = data;

	while (len--)
		sum = (sum ^ *b++) * 0x01000193;
	return sum;
}

u32 nhrp_answer_sum(struct nhrp_fsm *fsm, const struct nhrp_ask *ask,
		    const struct nhrp_route *route)
{
	struct mesh_prefix prefix;
	unsigned int at = 0;
	struct nhrp_cie cie;
	u32 sum;

	answer_prefix(ask, route, &prefix);
	sum = mix(0x811c9dc5, &prefix.len, sizeof(prefix.len));
	while (next_entry(fsm, ask, route, &at, &cie)) {
		sum = mix(sum, cie.proto.b, cie.proto.len);
		sum = mix(sum, cie.nbma.b, cie.nbma.len);
		sum = mix(sum, &cie.preference, sizeof(cie.preference));
	}
	return sum;
}

/*
 * A server answers for a peer that it knows at first hand; and, as only it
 * knows them all, about what lies behind several or behind several endpoints,
 * unless an answer of authority is wanted.
 */
bool nhrp_speaks_for(const struct nhrp_fsm *fsm, const struct mesh_addr *dst,
		     u16 flags, const struct nhrp_route *route)
{
	if (route->type != NHRP_ROUTE_MESH)
		return route->type == NHRP_ROUTE_LOCAL && !route->deprecated;
	if (!fsm->cfg.server || !route->vouched || !route->n)
		return false;
	return mesh_addr_equal(dst, &route->proto) ||
	       (route->n > 1 && !(flags & NHRP_FLAG_AUTHORITATIVE));
}

/* Why there is no answer; 0: there is one. */
static u8 refusal(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		  const struct nhrp_ask *ask, const struct nhrp_route *route)
{
	unsigned int at = 0, n = 0;
	struct mesh_addr from;
	struct nhrp_cie cie;

	if (nhrp_nat_hides(fsm, &ask->asker, route)) {
		fsm->stats.nat_port++;
		return NHRP_CIE_NO_BINDING;
	}
	if (!nhrp_speaks_for(fsm, &ask->dst, rx->p.h.flags, route))
		return NHRP_CIE_NO_BINDING;
	if (!ask->others && !fsm->cfg.shortcut)
		return NHRP_CIE_PROHIBITED;
	while (next_entry(fsm, ask, route, &at, &cie))
		n++;
	if (!n) {
		fsm->stats.no_family += !fsm->ops->nbma_addr(fsm->ctx, &ask->nbma,
							     &from);
		return NHRP_CIE_NO_BINDING;
	}
	return n > 1 && ask->unique ? NHRP_CIE_NOT_UNIQUE : 0;
}

static void refuse(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		   const struct nhrp_ask *ask, u8 code)
{
	struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REPLY,
		.flags = rx->p.h.flags | NHRP_FLAG_AUTHORITATIVE,
		.dst_proto = ask->dst,
	};
	struct nhrp_cie cie = { .code = code };
	struct nhrp_builder b;
	struct mesh_addr from;

	fsm->stats.refused++;
	nhrp_reply_begin(fsm, &b, rx, &h);
	nhrp_build_cie(&b, &cie);
	nhrp_reply_exts(fsm, &b, rx);
	/* Who is in no family of ours is told as we were asked. */
	nhrp_finish(fsm, &b, fsm->ops->nbma_addr(fsm->ctx, &ask->nbma, &from) ?
			     &ask->nbma : rx->from);
}

/* @hold: at most, s */
static void answer(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		   const struct nhrp_ask *ask, const struct nhrp_route *route,
		   const struct mesh_prefix *prefix, u16 hold)
{
	struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REPLY,
		.flags = rx->p.h.flags | NHRP_FLAG_DST_STABLE,
		.dst_proto = ask->dst,
	};
	unsigned int at = 0;
	struct nhrp_builder b;
	struct nhrp_cie cie;
	bool both = false;

	if (!ask->others || mesh_addr_equal(&ask->dst, &route->proto))
		h.flags |= NHRP_FLAG_AUTHORITATIVE;
	nhrp_reply_begin(fsm, &b, rx, &h);
	while (next_entry(fsm, ask, route, &at, &cie)) {
		cie.prefix = ask->unique ? NHRP_PREFIX_HOST : prefix->len;
		cie.hold = min(cie.hold, hold);
		both |= nhrp_nat_both(fsm, &ask->asker, &cie.proto);
		nhrp_build_cie(&b, &cie);
	}
	fsm->stats.nat_both += both;
	nhrp_reply_exts(fsm, &b, rx);
	nhrp_finish(fsm, &b, &ask->nbma);
}

static void learn_asker(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
			const struct mesh_addr *nbma)
{
	const struct nhrp_head *h = &rx->p.h;
	struct nhrp_peer peer = {
		.proto = h->src_proto,
		.origin = NHRP_ORIGIN_RESOLVED,
	};
	const struct nhrp_binding *b;
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;

	if (!(h->flags & NHRP_FLAG_SRC_STABLE) ||
	    !nhrp_cie_first(&rx->p, &it, &cie) || !cie.hold)
		return;
	peer.hold = cie.hold;
	peer.mtu = cie.mtu;
	/* A question names one of its homes; an answer has named them all. */
	b = nhrp_binding_find(fsm, &peer.proto, peer.origin);
	if (b && nhrp_has_endpoint(b->ep, b->n, nbma)) {
		peer.n = b->n;
		memcpy(peer.ep, b->ep, b->n * sizeof(b->ep[0]));
	}
	nhrp_peer_add(&peer, nbma, 0);
	if (peer.n)
		nhrp_binding_learn(fsm, &peer);
}

void nhrp_resolution_request(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
			     const struct nhrp_route *route)
{
	const struct nhrp_head *h = &rx->p.h;
	struct nhrp_ask ask = {
		.asker = h->src_proto,
		.dst = h->dst_proto,
		.unique = h->flags & NHRP_FLAG_UNIQUE,
		.others = route->type != NHRP_ROUTE_LOCAL,
	};
	u16 hold = fsm->cfg.holding_time;
	struct mesh_prefix prefix;
	struct mesh_addr asker;
	u8 code;

	/* Its translator may let in nobody to whom it has not sent itself. */
	ask.nbma = nhrp_nat_asker(fsm, rx, &asker) ? *rx->from : asker;
	code = refusal(fsm, rx, &ask, route);
	answer_prefix(&ask, route, &prefix);
	if (!code && !nhrp_answer_remember(fsm, &ask, &prefix,
					   nhrp_answer_sum(fsm, &ask, route))) {
		/*
		 * Of others nothing is said that cannot be taken back; one by
		 * itself can be asked instead.
		 */
		if (ask.others && mesh_addr_equal(&ask.dst, &route->proto)) {
			nhrp_forward(fsm, rx, route);
			return;
		}
		if (ask.others)
			code = NHRP_CIE_NO_RESOURCES;
		hold = min_t(u16, hold, NHRP_HOLD_UNTRACKED);
	}
	if (code) {
		refuse(fsm, rx, &ask, code);
		return;
	}
	if (!ask.others)
		learn_asker(fsm, rx, &asker);
	answer(fsm, rx, &ask, route, &prefix, hold);
}

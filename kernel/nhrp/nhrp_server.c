// SPDX-License-Identifier: GPL-2.0
/* The server's side of registration. */
#include "nhrp_core.h"

bool nhrp_has_endpoint(const struct nhrp_endpoint *ep, unsigned int n,
		       const struct mesh_addr *nbma)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (mesh_addr_equal(&ep[i].nbma, nbma))
			return true;
	return false;
}

static bool same_endpoints(const struct nhrp_binding *b,
			   const struct nhrp_peer *peer)
{
	unsigned int i;

	for (i = 0; i < b->n; i++)
		if (!nhrp_has_endpoint(peer->ep, peer->n, &b->ep[i].nbma))
			return false;
	return b->n == peer->n;
}

void nhrp_peer_add(struct nhrp_peer *peer, const struct mesh_addr *nbma,
		   u8 preference)
{
	if (!nbma->len || mesh_addr_any(nbma) ||
	    nhrp_has_endpoint(peer->ep, peer->n, nbma) ||
	    peer->n == NHRP_ENDPOINTS_MAX)
		return;
	peer->ep[peer->n].nbma = *nbma;
	peer->ep[peer->n++].preference = preference;
}

/* A host prefix in any of its three spellings, of the client's own address. */
static bool own_host(const struct nhrp_packet *p, const struct nhrp_cie *cie)
{
	if (cie->proto.len && !mesh_addr_equal(&cie->proto, &p->h.src_proto))
		return false;
	return nhrp_cie_bits(p, cie) == mesh_addr_bits(&p->h.src_proto);
}

/* The one that it was sent from is where it is seen; others are as they say. */
static struct mesh_addr home_of(const struct nhrp_rx *rx,
				const struct nhrp_cie *cie)
{
	struct mesh_addr seen = *rx->from;

	if (cie->nbma.len && !mesh_addr_equal(&cie->nbma, &rx->p.h.src_nbma))
		return cie->nbma;
	if (nhrp_translated(rx))
		nhrp_nat_mark(&seen);
	return seen;
}

/* What the request asks to be kept; the code to refuse it with, or 0. */
static u8 collect(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		  struct nhrp_peer *peer)
{
	const struct nhrp_head *h = &rx->p.h;
	struct nhrp_cie_iter it;
	struct mesh_addr home;
	struct nhrp_cie cie;
	bool more;

	peer->proto = h->src_proto;
	peer->origin = NHRP_ORIGIN_REGISTERED;
	peer->unique = h->flags & NHRP_FLAG_REG_UNIQUE;
	peer->nat = nhrp_translated(rx);
	if (!fsm->cfg.server || fsm->ops->is_own(fsm->ctx, &h->src_proto))
		return NHRP_CIE_PROHIBITED;
	for (more = nhrp_cie_first(&rx->p, &it, &cie); more;
	     more = nhrp_cie_next(&it, &cie)) {
		if (!own_host(&rx->p, &cie))
			return NHRP_CIE_PROHIBITED;
		if (!peer->hold || cie.hold < peer->hold)
			peer->hold = cie.hold;
		peer->mtu = cie.mtu;
		home = home_of(rx, &cie);
		nhrp_peer_add(peer, &home, cie.preference);
	}
	if (peer->unique && peer->n > 1)
		return NHRP_CIE_NOT_UNIQUE;
	return peer->n ? 0 : NHRP_CIE_PROHIBITED;
}

static u8 admit(struct nhrp_fsm *fsm, struct nhrp_peer *peer)
{
	struct nhrp_binding *b = nhrp_binding_find(fsm, &peer->proto,
						   NHRP_ORIGIN_REGISTERED);

	if (b && b->unique && !same_endpoints(b, peer))
		return NHRP_CIE_ALREADY_REGISTERED;
	if (!peer->hold) {
		if (b)
			nhrp_binding_drop(fsm, b);
		return 0;
	}
	return nhrp_binding_learn(fsm, peer) ? NHRP_CIE_NO_RESOURCES : 0;
}

static void reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx, u8 code)
{
	struct nhrp_head h = {
		.type = NHRP_REGISTRATION_REPLY,
		.flags = rx->p.h.flags,
		.dst_proto = rx->p.h.dst_proto,
	};
	struct nhrp_cie_iter it;
	struct nhrp_builder b;
	struct nhrp_cie cie;
	bool more;

	/* The client may have written its own address, for want of ours. */
	fsm->ops->proto_addr(fsm->ctx, rx->p.h.src_proto.len, &h.dst_proto);
	nhrp_reply_begin(fsm, &b, rx, &h);
	for (more = nhrp_cie_first(&rx->p, &it, &cie); more;
	     more = nhrp_cie_next(&it, &cie)) {
		cie.code = code;
		nhrp_build_cie(&b, &cie);
	}
	nhrp_reply_exts(fsm, &b, rx);
	nhrp_finish(fsm, &b, rx->from);
}

void nhrp_registration_request(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	struct nhrp_peer peer = { .n = 0 };
	u8 code;

	if (!rx->p.cies) {
		fsm->stats.malformed++;
		return;
	}
	code = collect(fsm, rx, &peer);
	if (!code && peer.hold &&
	    !nhrp_binding_find(fsm, &peer.proto, NHRP_ORIGIN_REGISTERED) &&
	    nhrp_grey_defers(fsm, &peer.proto, rx->from)) {
		fsm->stats.deferred++;
		return;
	}
	if (!code)
		code = admit(fsm, &peer);
	if (code)
		fsm->stats.refused++;
	else if (peer.nat)
		fsm->stats.nat++;
	reply(fsm, rx, code);
}

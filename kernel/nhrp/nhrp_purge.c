// SPDX-License-Identifier: GPL-2.0
/* Purges, sent and received. */
#include "nhrp_core.h"

/* @beside: also what is bound to our own address. */
static u32 send_purge(struct nhrp_fsm *fsm, u16 flags,
		      const struct mesh_addr *nbma, const struct mesh_addr *own,
		      const struct mesh_addr *dst,
		      const struct mesh_prefix *prefix, bool beside)
{
	struct nhrp_head h = {
		.type = NHRP_PURGE_REQUEST,
		.flags = flags,
		.id = ++fsm->req_id,
		.src_proto = *own,
		.dst_proto = dst->len ? *dst : *own,
	};
	struct nhrp_cie cie = { .prefix = prefix->len, .proto = prefix->addr };
	struct nhrp_builder b;

	nhrp_begin(fsm, &b, &h, nbma);
	nhrp_build_cie(&b, &cie);
	if (beside && !mesh_addr_equal(&prefix->addr, own)) {
		cie.proto = *own;
		cie.prefix = mesh_addr_bits(own);
		nhrp_build_cie(&b, &cie);
	}
	nhrp_request_exts(&b);
	nhrp_finish(fsm, &b, nbma);
	return h.id;
}

void nhrp_send_purge(struct nhrp_fsm *fsm, const struct mesh_addr *nbma,
		     const struct mesh_addr *own, const struct mesh_addr *dst,
		     const struct mesh_prefix *prefix)
{
	send_purge(fsm, NHRP_FLAG_NO_REPLY, nbma, own, dst, prefix, true);
}

u32 nhrp_ask_purge(struct nhrp_fsm *fsm, const struct mesh_addr *nbma,
		   const struct mesh_addr *own, const struct mesh_addr *dst,
		   const struct mesh_prefix *prefix)
{
	return send_purge(fsm, 0, nbma, own, dst, prefix, false);
}

static void purge_reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	struct nhrp_head h = {
		.type = NHRP_PURGE_REPLY,
		.flags = rx->p.h.flags,
		.dst_proto = rx->p.h.dst_proto,
	};
	struct nhrp_cie_iter it;
	struct nhrp_builder b;
	struct nhrp_cie cie;
	bool more;

	nhrp_reply_begin(fsm, &b, rx, &h);
	for (more = nhrp_cie_first(&rx->p, &it, &cie); more;
	     more = nhrp_cie_next(&it, &cie))
		nhrp_build_cie(&b, &cie);
	nhrp_reply_exts(fsm, &b, rx);
	nhrp_finish(fsm, &b, rx->from);
}

/* What a purge says of it; false: no address, and so nothing that we heed. */
static bool purged_prefix(const struct nhrp_packet *p,
			  const struct nhrp_cie *cie,
			  struct mesh_prefix *prefix)
{
	prefix->addr = cie->proto;
	prefix->len = nhrp_cie_bits(p, cie);
	mesh_prefix_mask(prefix);
	return cie->proto.len;
}

void nhrp_purge_request(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	const struct nhrp_head *h = &rx->p.h;
	struct mesh_prefix prefix;
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;
	bool more;

	/* The whole table is not one client's to purge. */
	for (more = nhrp_cie_first(&rx->p, &it, &cie); more;
	     more = nhrp_cie_next(&it, &cie))
		if (purged_prefix(&rx->p, &cie, &prefix))
			nhrp_cache_purge(fsm, &prefix, &h->src_proto);
	if (!(h->flags & NHRP_FLAG_NO_REPLY))
		purge_reply(fsm, rx);
}

void nhrp_purge_reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	const struct nhrp_head *h = &rx->p.h;
	struct mesh_prefix prefix;
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;
	bool more;

	for (more = nhrp_cie_first(&rx->p, &it, &cie); more;
	     more = nhrp_cie_next(&it, &cie))
		if (purged_prefix(&rx->p, &cie, &prefix))
			nhrp_answer_purged(fsm, &prefix, &h->dst_proto, h->id);
}

/*
 * Of one that asks for no reply nothing is remembered: there is nothing to end,
 * so that it does for our own to bear our address.
 */
bool nhrp_purge_failed(struct nhrp_fsm *fsm, const struct nhrp_packet *request,
		       const struct mesh_addr *from)
{
	const struct nhrp_head *h = &request->h;
	struct mesh_prefix prefix;
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;

	if (h->flags & NHRP_FLAG_NO_REPLY) {
		if (!fsm->ops->is_own(fsm->ctx, &h->src_proto))
			return false;
		fsm->stats.purge_failed++;
		return true;
	}
	return nhrp_cie_first(request, &it, &cie) &&
	       purged_prefix(request, &cie, &prefix) &&
	       nhrp_answer_failed(fsm, &prefix, &h->dst_proto, h->id, from);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Nodes behind an address translator: what they say of themselves is of no use
 * to others, and Cisco's extension 9 says where they are seen.
 */
#include "nhrp_core.h"

/* What the extension says of a protocol address. */
static bool seen_as(const struct nhrp_packet *p, const struct mesh_addr *proto,
		    struct mesh_addr *nbma)
{
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;
	struct nhrp_ext ext;
	bool more;

	if (!nhrp_ext_find(p, NHRP_EXT_NAT, &ext))
		return false;
	for (more = nhrp_ext_cie_first(&ext, &it, &cie); more;
	     more = nhrp_cie_next(&it, &cie)) {
		if (cie.nbma.len && mesh_addr_equal(&cie.proto, proto)) {
			*nbma = cie.nbma;
			return true;
		}
	}
	return false;
}

/* A node that has registered here from behind a translator, or NULL. */
static const struct nhrp_binding *behind(const struct nhrp_fsm *fsm,
					 const struct mesh_addr *proto)
{
	const struct nhrp_binding *b;

	b = nhrp_binding_find(fsm, proto, NHRP_ORIGIN_REGISTERED);
	return b && b->nat ? b : NULL;
}

/*
 * Behind a translator of ports, of which one is good for packets from here alone:
 * what NHRP says of a node has no room for that.
 */
static bool hidden(const struct nhrp_fsm *fsm, const struct mesh_addr *proto)
{
	const struct nhrp_binding *b = behind(fsm, proto);

	return b && b->ep[0].nbma.wrap == MESH_WRAP_NAT;
}

bool nhrp_nat_hides(const struct nhrp_fsm *fsm, const struct mesh_addr *asker,
		    const struct nhrp_route *route)
{
	unsigned int i;

	if (!fsm->cfg.server || (route->type != NHRP_ROUTE_MESH &&
				 route->type != NHRP_ROUTE_DOMAIN))
		return false;
	if (hidden(fsm, asker) || hidden(fsm, &route->proto))
		return true;
	for (i = 0; i < route->n; i++)
		if (hidden(fsm, &route->way[i].proto))
			return true;
	return false;
}

void nhrp_nat_mark(struct mesh_addr *seen)
{
	if (seen->wrap == MESH_WRAP_UDP)
		seen->wrap = MESH_WRAP_NAT;
}

bool nhrp_nat_asker(const struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		    struct mesh_addr *nbma)
{
	const struct nhrp_head *h = &rx->p.h;
	const struct nhrp_binding *b;

	if (seen_as(&rx->p, &h->src_proto, nbma))
		return true;
	/* It may have asked us at first hand. */
	b = behind(fsm, &h->src_proto);
	if (b) {
		*nbma = b->ep[0].nbma;
		return true;
	}
	*nbma = h->src_nbma.len ? h->src_nbma : *rx->from;
	return false;
}

/* No hop has written itself down, and who answers is who it is about. */
static bool straight(const struct nhrp_packet *p, const struct mesh_addr *proto)
{
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;
	struct nhrp_ext ext;

	return nhrp_ext_find(p, NHRP_EXT_REVERSE_RECORD, &ext) && !ext.len &&
	       nhrp_ext_find(p, NHRP_EXT_RESPONDER, &ext) &&
	       nhrp_ext_cie_first(&ext, &it, &cie) &&
	       mesh_addr_equal(&cie.proto, proto);
}

void nhrp_nat_answer(const struct nhrp_rx *rx, struct nhrp_peer *peer)
{
	struct mesh_addr seen = *rx->from;
	unsigned int i;

	if (!seen_as(&rx->p, &peer->proto, &seen) &&
	    !straight(&rx->p, &peer->proto))
		return;
	for (i = 0; i < peer->n; i++)
		if (mesh_addr_equal(&peer->ep[i].nbma, &seen))
			return;
	peer->n = 0;
	nhrp_nat_mark(&seen);
	nhrp_peer_add(peer, &seen, 0);
}

bool nhrp_nat_known(const struct nhrp_fsm *fsm, const struct nhrp_packet *p,
		    struct nhrp_cie *cie)
{
	const struct mesh_addr *who = &p->h.src_proto;
	const struct nhrp_binding *b;
	struct nhrp_cie_iter it;
	struct nhrp_cie first;

	if (nhrp_type_is_reply(p->h.type)) {
		if (!nhrp_cie_first(p, &it, &first))
			return false;
		who = first.proto.len ? &first.proto : &p->h.dst_proto;
	}
	b = behind(fsm, who);
	if (!b)
		return false;
	memset(cie, 0, sizeof(*cie));
	cie->nbma = b->ep[0].nbma;
	cie->proto = *who;
	return true;
}

bool nhrp_nat_both(const struct nhrp_fsm *fsm, const struct mesh_addr *a,
		   const struct mesh_addr *b)
{
	return behind(fsm, a) && behind(fsm, b);
}

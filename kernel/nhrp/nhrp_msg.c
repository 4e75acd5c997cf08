// SPDX-License-Identifier: GPL-2.0
#include "nhrp_core.h"

bool nhrp_own_cie(struct nhrp_fsm *fsm, u8 alen, const struct mesh_addr *to,
		  struct nhrp_cie *cie)
{
	memset(cie, 0, sizeof(*cie));
	cie->hold = fsm->cfg.holding_time;
	return fsm->ops->proto_addr(fsm->ctx, alen, &cie->proto) &&
	       fsm->ops->nbma_addr(fsm->ctx, to, &cie->nbma);
}

/*
 * Our entry for the extensions of @rx as it goes on to @to: a packet names
 * underlay addresses of its own family alone, whichever it travels by.
 */
static bool record_cie(struct nhrp_fsm *fsm, const struct nhrp_rx *rx, u8 alen,
		       const struct mesh_addr *to, struct nhrp_cie *cie)
{
	const struct nhrp_head *h = &rx->p.h;

	if (to->len != nhrp_afn_len(h->afn))
		to = &h->src_nbma;
	memset(cie, 0, sizeof(*cie));
	cie->hold = fsm->cfg.holding_time;
	if (!fsm->ops->nbma_addr(fsm->ctx, to, &cie->nbma))
		cie->nbma.len = 0;
	return fsm->ops->proto_addr(fsm->ctx, alen, &cie->proto);
}

void nhrp_begin(struct nhrp_fsm *fsm, struct nhrp_builder *b,
		struct nhrp_head *h, const struct mesh_addr *to)
{
	h->hops = NHRP_HOPS;
	if (!h->src_nbma.len &&
	    !fsm->ops->nbma_addr(fsm->ctx, to, &h->src_nbma))
		memset(&h->src_nbma, 0, sizeof(h->src_nbma));
	nhrp_build_begin(b, fsm->tx, sizeof(fsm->tx), h);
}

/* Whether a home comes before another one, in the order of preference. */
static bool before(const struct nhrp_config *cfg, unsigned int a, unsigned int b)
{
	if (cfg->home[a].preference != cfg->home[b].preference)
		return cfg->home[a].preference > cfg->home[b].preference;
	return a < b;
}

const struct nhrp_endpoint *nhrp_home(const struct nhrp_config *cfg, u8 len,
				      unsigned int at)
{
	unsigned int i, k;

	for (i = 0; i < cfg->n_homes; i++) {
		unsigned int rank = 0;

		if (cfg->home[i].nbma.len != len)
			continue;
		for (k = 0; k < cfg->n_homes; k++)
			rank += cfg->home[k].nbma.len == len && before(cfg, k, i);
		if (rank == at)
			return &cfg->home[i];
	}
	return NULL;
}

void nhrp_build_homes(struct nhrp_fsm *fsm, struct nhrp_builder *b, u8 len,
		      struct nhrp_cie *cie)
{
	const struct nhrp_endpoint *home;
	unsigned int at;

	for (at = 0; (home = nhrp_home(&fsm->cfg, len, at)); at++) {
		cie->nbma = home->nbma;
		cie->preference = home->preference;
		nhrp_build_cie(b, cie);
	}
	if (!at)
		nhrp_build_cie(b, cie);
}

void nhrp_request_exts(struct nhrp_builder *b)
{
	nhrp_build_ext(b, NHRP_EXT_FORWARD_RECORD | NHRP_EXT_COMPULSORY);
	nhrp_build_ext(b, NHRP_EXT_REVERSE_RECORD | NHRP_EXT_COMPULSORY);
	nhrp_build_ext(b, NHRP_EXT_RESPONDER | NHRP_EXT_COMPULSORY);
}

void nhrp_reply_begin(struct nhrp_fsm *fsm, struct nhrp_builder *b,
		      const struct nhrp_rx *rx, struct nhrp_head *h)
{
	h->afn = rx->p.h.afn;
	h->pro_type = rx->p.h.pro_type;
	h->id = rx->p.h.id;
	h->hops = NHRP_HOPS;
	h->src_nbma = rx->p.h.src_nbma;
	h->src_proto = rx->p.h.src_proto;
	nhrp_build_begin(b, fsm->tx, sizeof(fsm->tx), h);
}

/*
 * To a client that registers: the address that it is seen by, if it is another
 * one.  Who asked for a resolution would take an entry here for the answer's.
 */
static void reply_nat(struct nhrp_builder *b, const struct nhrp_rx *rx,
		      const struct nhrp_ext *ext)
{
	struct nhrp_cie seen = {
		.nbma = *rx->from,
		.proto = rx->p.h.src_proto,
	};

	if (rx->p.h.type != NHRP_REGISTRATION_REQUEST) {
		nhrp_build_ext(b, NHRP_EXT_NAT);
		return;
	}
	nhrp_build_copy_ext(b, ext);
	if (nhrp_translated(rx))
		nhrp_build_cie(b, &seen);
}

void nhrp_reply_exts(struct nhrp_fsm *fsm, struct nhrp_builder *b,
		     const struct nhrp_rx *rx)
{
	struct nhrp_cie own;
	struct nhrp_ext ext;
	bool more;

	for (more = nhrp_ext_first(&rx->p, &ext); more; more = nhrp_ext_next(&ext)) {
		switch (ext.type) {
		case NHRP_EXT_AUTH:
			break;
		case NHRP_EXT_VENDOR:
			if (!nhrp_ext_is_mac(&ext))
				nhrp_build_copy_ext(b, &ext);
			break;
		case NHRP_EXT_NAT:
			reply_nat(b, rx, &ext);
			break;
		case NHRP_EXT_RESPONDER:
			nhrp_build_ext(b, ext.type | NHRP_EXT_COMPULSORY);
			if (record_cie(fsm, rx, rx->p.h.src_proto.len, rx->from, &own))
				nhrp_build_cie(b, &own);
			break;
		default:
			nhrp_build_copy_ext(b, &ext);
		}
	}
}

static void count_tx(struct nhrp_stats *stats, u8 type)
{
	switch (type) {
	case NHRP_RESOLUTION_REQUEST:
	case NHRP_RESOLUTION_REPLY:
		stats->resolve_tx++;
		break;
	case NHRP_REGISTRATION_REQUEST:
	case NHRP_REGISTRATION_REPLY:
		stats->register_tx++;
		break;
	case NHRP_PURGE_REQUEST:
	case NHRP_PURGE_REPLY:
		stats->purge_tx++;
		break;
	case NHRP_ERROR_INDICATION:
		stats->error_tx++;
		break;
	case NHRP_TRAFFIC_INDICATION:
		stats->redirect_tx++;
		break;
	}
}

void nhrp_finish(struct nhrp_fsm *fsm, struct nhrp_builder *b,
		 const struct mesh_addr *to)
{
	struct nhrp_mac mac;
	int len;

	if (fsm->cfg.secret_len)
		nhrp_build_auth(b, fsm->cfg.secret, fsm->cfg.secret_len);
	if (nhrp_auth_begin(fsm, &mac))
		nhrp_build_mac(b, &mac);
	len = nhrp_build_end(b);
	if (len < 0) {
		fsm->stats.unsupported++;
		return;
	}
	nhrp_auth_seal(fsm, len);
	fsm->stats.tx++;
	count_tx(&fsm->stats, ((const struct nhrp_wire_fixed *)fsm->tx)->type);
	fsm->ops->send(fsm->ctx, to, fsm->tx, len);
}

void nhrp_send_error(struct nhrp_fsm *fsm, const struct nhrp_rx *rx, u16 code,
		     u16 offset)
{
	struct nhrp_head h = {
		.type = NHRP_ERROR_INDICATION,
		.error = code,
		.error_offset = offset,
		.dst_proto = rx->p.h.src_proto,
	};
	struct nhrp_builder b;

	/* A reply's source is who has asked, not who sent it. */
	if (!nhrp_type_has_cies(rx->p.h.type) ||
	    nhrp_type_is_reply(rx->p.h.type) ||
	    !fsm->ops->proto_addr(fsm->ctx, h.dst_proto.len, &h.src_proto))
		return;
	nhrp_begin(fsm, &b, &h, rx->from);
	nhrp_build_payload(&b, rx->p.buf, min_t(size_t, rx->p.len, NHRP_QUOTE_MAX));
	nhrp_finish(fsm, &b, rx->from);
}

/*
 * Secrets are each device's own: what another one of this host is handed shows
 * none, but comes with what was asked for here.
 */
static void forward_auth(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
			 const struct nhrp_route *route,
			 struct nhrp_forward *how, struct nhrp_mac *mac)
{
	if (route->type == NHRP_ROUTE_DOMAIN) {
		how->bare = true;
		return;
	}
	if (fsm->cfg.secret_len) {
		how->key = fsm->cfg.secret;
		how->key_len = fsm->cfg.secret_len;
		how->add = rx->handed;
	}
	how->mac = nhrp_auth_begin(fsm, mac);
}

void nhrp_forward(struct nhrp_fsm *fsm, const struct nhrp_rx *rx,
		  const struct nhrp_route *route)
{
	u16 record = nhrp_type_is_reply(rx->p.h.type) ?
		     NHRP_EXT_REVERSE_RECORD : NHRP_EXT_FORWARD_RECORD;
	struct nhrp_forward how = { .key = NULL };
	struct nhrp_cie own, seen;
	struct nhrp_mac mac;
	int len;

	if (mesh_addr_same_node(&route->nbma, rx->from)) {
		fsm->stats.looped++;
		nhrp_send_error(fsm, rx, NHRP_ERROR_LOOP, 0);
		return;
	}
	if (record_cie(fsm, rx, rx->p.h.dst_proto.len, &route->nbma, &own)) {
		if (nhrp_record_has(&rx->p, record, &own.proto)) {
			fsm->stats.loop_record++;
			nhrp_send_error(fsm, rx, NHRP_ERROR_LOOP, 0);
			return;
		}
		how.record = &own;
	}
	if (nhrp_nat_known(fsm, &rx->p, &seen)) {
		how.seen = &seen;
		if (rx->p.h.type == NHRP_RESOLUTION_REPLY &&
		    nhrp_nat_both(fsm, &rx->p.h.src_proto, &seen.proto))
			fsm->stats.nat_both++;
	}
	forward_auth(fsm, rx, route, &how, &mac);
	len = nhrp_build_forward(fsm->tx, sizeof(fsm->tx), &rx->p, &how);
	if (len == -EHOSTUNREACH) {
		fsm->stats.hop_exceeded++;
		nhrp_send_error(fsm, rx, NHRP_ERROR_HOP_COUNT, 0);
	} else if (len < 0) {
		fsm->stats.unsupported++;
	} else if (route->type == NHRP_ROUTE_DOMAIN) {
		fsm->ops->hand_over(fsm->ctx, route->device, fsm->tx, len,
				    rx->from, rx->trust);
	} else {
		nhrp_auth_seal(fsm, len);
		fsm->stats.forwarded++;
		fsm->stats.tx++;
		fsm->ops->send(fsm->ctx, &route->nbma, fsm->tx, len);
	}
}

bool nhrp_quoted(const u8 *pkt, size_t len, struct mesh_addr *src,
		 struct mesh_addr *dst)
{
	if (len >= 20 && pkt[0] >> 4 == 4)
		return mesh_addr_set(src, pkt + 12, 4) &&
		       mesh_addr_set(dst, pkt + 16, 4);
	if (len >= 40 && pkt[0] >> 4 == 6)
		return mesh_addr_set(src, pkt + 8, 16) &&
		       mesh_addr_set(dst, pkt + 24, 16);
	return false;
}

void nhrp_fsm_indicate(struct nhrp_fsm *fsm, u64 now, const void *pkt,
		       size_t len)
{
	struct nhrp_head h = { .type = NHRP_TRAFFIC_INDICATION };
	struct nhrp_route route = { .type = NHRP_ROUTE_NONE };
	struct nhrp_builder b;
	struct mesh_addr dst;

	fsm->now = now;
	if (!fsm->up || !nhrp_quoted(pkt, len, &h.dst_proto, &dst) ||
	    !fsm->ops->proto_addr(fsm->ctx, dst.len, &h.src_proto))
		return;
	fsm->ops->route(fsm->ctx, &h.dst_proto, &route);
	if (route.type != NHRP_ROUTE_MESH)
		return;
	nhrp_begin(fsm, &b, &h, &route.nbma);
	nhrp_build_payload(&b, pkt, min_t(size_t, len, NHRP_QUOTE_MAX));
	nhrp_finish(fsm, &b, &route.nbma);
}

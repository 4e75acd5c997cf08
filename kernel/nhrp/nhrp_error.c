// SPDX-License-Identifier: GPL-2.0
/*
 * Error indications about packets of ours.  Whoever sends one ends a question of
 * ours, as a negative answer does, or has a purge not be repeated: so it has to
 * quote that, and to come by the way that it went.
 */
#include "nhrp_core.h"

static void count_code(struct nhrp_stats *stats, u16 code)
{
	switch (code) {
	case NHRP_ERROR_EXT_UNKNOWN:
		stats->error_extension++;
		break;
	case NHRP_ERROR_LOOP_FRR:
	case NHRP_ERROR_LOOP:
		stats->error_loop++;
		break;
	case NHRP_ERROR_UNREACHABLE:
		stats->error_unreachable++;
		break;
	case NHRP_ERROR_AUTH:
		stats->error_auth++;
		break;
	case NHRP_ERROR_HOP_COUNT:
		stats->error_hops++;
		break;
	default:
		stats->error_other++;
	}
}

static bool concerns(struct nhrp_fsm *fsm, const struct nhrp_packet *quoted,
		     u16 code, const struct mesh_addr *from)
{
	switch (quoted->h.type) {
	case NHRP_RESOLUTION_REQUEST:
		return nhrp_query_failed(fsm, &quoted->h, code, from);
	case NHRP_REGISTRATION_REQUEST:
		return nhrp_reg_failed(fsm, &quoted->h, from);
	case NHRP_PURGE_REQUEST:
		return nhrp_purge_failed(fsm, quoted, from);
	}
	return false;
}

void nhrp_error_indication(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	const struct nhrp_packet *p = &rx->p;
	struct nhrp_packet quoted;

	if (nhrp_parse_quoted(&quoted, p->buf + p->tail, p->tail_len) &&
	    concerns(fsm, &quoted, p->h.error, rx->from))
		count_code(&fsm->stats, p->h.error);
	else
		fsm->stats.error_stray++;
}

// SPDX-License-Identifier: GPL-2.0
/* The client's side of registration: one family with one server. */
#include "nhrp_core.h"

/* s, to the next request after so many that were not answered. */
static unsigned int backoff(unsigned int tries)
{
	return tries < 6 ? 1u << tries : NHRP_RETRY_MAX;
}

/* The server's protocol address, as far as it is known. */
static bool server_proto(const struct nhrp_reg *reg, struct mesh_addr *proto)
{
	unsigned int f = reg - reg->nhs->reg;

	if (reg->nhs->cfg.proto.len == nhrp_family_len(f))
		*proto = reg->nhs->cfg.proto;
	else
		*proto = reg->proto;
	return proto->len;
}

void nhrp_reg_info(const struct nhrp_reg *reg, struct nhrp_reg_info *info)
{
	info->state = reg->state;
	info->code = reg->code;
	info->expires = reg->expires;
	info->settling = reg->settled;
	server_proto(reg, &info->proto);
}

static void set_state(struct nhrp_fsm *fsm, struct nhrp_reg *reg,
		      enum nhrp_nhs_state state)
{
	struct nhrp_nhs_info info;

	if (reg->state == state)
		return;
	reg->state = state;
	nhrp_nhs_info(reg->nhs, &info);
	fsm->ops->nhs_changed(fsm->ctx, &info);
}

/* One server may stand behind several addresses: all of them are its peer's. */
static void publish(struct nhrp_fsm *fsm, const struct mesh_addr *proto)
{
	struct nhrp_peer peer = {
		.proto = *proto,
		.origin = NHRP_ORIGIN_NHS,
		.hold = fsm->cfg.holding_time,
		.priority = U8_MAX,
	};
	unsigned int f = nhrp_family(proto);
	struct nhrp_nhs *nhs;

	list_for_each_entry(nhs, &fsm->nhs, link) {
		const struct nhrp_reg *reg = &nhs->reg[f];

		if (!reg->expires || !mesh_addr_equal(&reg->proto, proto) ||
		    peer.n == NHRP_ENDPOINTS_MAX)
			continue;
		if (!reg->settled && !reg->lost)
			peer.priority = min(peer.priority, nhs->cfg.priority);
		nhrp_peer_add(&peer, &nhs->cfg.nbma,
			      U8_MAX - nhs->cfg.priority);
		peer.expires = max(peer.expires, reg->expires);
	}
	if (!peer.n)
		fsm->ops->peer_forget(fsm->ctx, proto, NHRP_ORIGIN_NHS);
	else if (fsm->ops->peer_learn(fsm->ctx, &peer))
		fsm->stats.nomem++;
}

static void forget_server(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	struct mesh_addr proto = reg->proto;

	memset(&reg->proto, 0, sizeof(reg->proto));
	reg->expires = 0;
	reg->settled = 0;
	reg->lost = false;
	if (proto.len)
		publish(fsm, &proto);
}

static void send_request(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	const struct mesh_addr *to = &reg->nhs->cfg.nbma;
	struct nhrp_cie cie = {
		.prefix = fsm->cfg.unique ? NHRP_PREFIX_HOST :
					    mesh_addr_bits(&reg->own),
		.hold = fsm->cfg.holding_time,
	};
	struct nhrp_cie server = { .nbma = *to };
	struct nhrp_head h = {
		.type = NHRP_REGISTRATION_REQUEST,
		.flags = NHRP_FLAG_NAT |
			 (fsm->cfg.unique ? NHRP_FLAG_REG_UNIQUE : 0),
		.id = reg->id,
		.src_proto = reg->own,
	};
	struct nhrp_builder b;

	if (server_proto(reg, &h.dst_proto)) {
		server.proto = h.dst_proto;
	} else {
		h.dst_proto = reg->own;
		server.proto.len = reg->own.len;
	}

	nhrp_begin(fsm, &b, &h, to);
	reg->from = h.src_nbma;
	nhrp_build_homes(fsm, &b, to->len, &cie);
	nhrp_request_exts(&b);
	nhrp_build_ext(&b, NHRP_EXT_NAT);
	nhrp_build_cie(&b, &server);
	nhrp_finish(fsm, &b, to);
}

/*
 * An id stands for what a request says.  Ids follow the wall clock, so that they
 * do not go back over a reload; where more were needed than seconds have passed,
 * a renewal that says the same again keeps its own.
 */
static u32 request_id(struct nhrp_fsm *fsm, const struct nhrp_reg *reg)
{
	u32 clock = fsm->id_seed + (fsm->now - fsm->born) / NHRP_MSEC;

	if (fsm->reg_id < clock)
		fsm->reg_id = clock;
	else if (!reg->id)
		fsm->reg_id++;
	else
		return reg->id;
	return fsm->reg_id;
}

static void purge(struct nhrp_fsm *fsm, const struct nhrp_reg *reg)
{
	struct mesh_prefix prefix;
	struct mesh_addr to;

	mesh_prefix_host(&prefix, &reg->own);
	server_proto(reg, &to);
	nhrp_send_purge(fsm, &reg->nhs->cfg.nbma, &reg->own, &to, &prefix);
}

void nhrp_reg_repeat(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	/* Each time: what was sent before there was a way is lost. */
	if (reg->moved)
		purge(fsm, reg);
	send_request(fsm, reg);
}

static void try(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	u64 next = fsm->now + backoff(reg->tries) * NHRP_MSEC;

	if (!reg->pending)
		reg->id = request_id(fsm, reg);
	reg->pending = true;
	if (reg->tries < U8_MAX)
		reg->tries++;
	nhrp_reg_repeat(fsm, reg);
	nhrp_timer_set(fsm, &reg->timer, next);
}

static bool given_up(const struct nhrp_fsm *fsm, const struct nhrp_reg *reg)
{
	return reg->pending && (reg->tries >= NHRP_NHS_TRIES ||
				(reg->expires && reg->expires <= fsm->now));
}

void nhrp_reg_timeout(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	if (reg->spare && fsm->now - reg->spare >= NHRP_NHS_SPARE * NHRP_MSEC) {
		nhrp_reg_withdraw(fsm, reg, NHRP_NHS_STANDBY);
		return;
	}
	if (reg->settled && reg->settled <= fsm->now) {
		reg->settled = 0;
		if (reg->proto.len)
			publish(fsm, &reg->proto);
	}
	if (given_up(fsm, reg)) {
		/* Who watches it tells when it is back, as long as it is known. */
		if (!reg->lost)
			forget_server(fsm, reg);
		set_state(fsm, reg, NHRP_NHS_DOWN);
	}
	try(fsm, reg);
	nhrp_nhs_choose(fsm, nhrp_family(&reg->own));
}

void nhrp_reg_start(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	reg->pending = false;
	reg->tries = 0;
	reg->id = 0;
	if (nhrp_resting(reg))
		set_state(fsm, reg, NHRP_NHS_PROBING);
	try(fsm, reg);
}

void nhrp_reg_alive(struct nhrp_fsm *fsm, struct nhrp_reg *reg, bool alive)
{
	if (reg->lost == !alive)
		return;
	reg->lost = !alive;
	if (!alive)
		set_state(fsm, reg, NHRP_NHS_DOWN);
	else
		reg->settled = fsm->now + NHRP_NHS_REFIND * NHRP_MSEC;
	publish(fsm, &reg->proto);
	nhrp_reg_start(fsm, reg);
}

void nhrp_reg_withdraw(struct nhrp_fsm *fsm, struct nhrp_reg *reg,
		       enum nhrp_nhs_state state)
{
	nhrp_timer_stop(fsm, &reg->timer);
	/* What is pending may have been granted just now. */
	if (reg->pending || reg->expires > fsm->now)
		purge(fsm, reg);
	forget_server(fsm, reg);
	reg->pending = false;
	reg->moved = false;
	reg->code = 0;
	reg->spare = 0;
	set_state(fsm, reg, state);
}

static struct nhrp_reg *find_reg(struct nhrp_fsm *fsm, const struct nhrp_head *h)
{
	unsigned int f = nhrp_family(&h->src_proto);
	struct nhrp_nhs *nhs;

	list_for_each_entry(nhs, &fsm->nhs, link) {
		struct nhrp_reg *reg = &nhs->reg[f];

		if (reg->pending && reg->id == h->id &&
		    mesh_addr_equal(&reg->own, &h->src_proto))
			return reg;
	}
	return NULL;
}

/*
 * It was away, and others that come back to it do so by a retry: until then what
 * we send by it would be lost.  They have waited about as long as we have.
 */
static u64 settle(const struct nhrp_fsm *fsm, const struct nhrp_reg *reg)
{
	if (reg->state == NHRP_NHS_UP || reg->tries <= 1)
		return reg->settled;
	return fsm->now + backoff(reg->tries - 1) * NHRP_MSEC;
}

static void registered(struct nhrp_fsm *fsm, struct nhrp_reg *reg,
		       const struct mesh_addr *proto, u16 hold)
{
	struct mesh_addr old = reg->proto;
	u64 renewal;

	if (!hold || hold > fsm->cfg.holding_time)
		hold = fsm->cfg.holding_time;
	reg->moved = false;
	reg->settled = settle(fsm, reg);
	reg->tries = 0;
	reg->proto = *proto;
	reg->expires = fsm->now + hold * NHRP_MSEC;
	renewal = fsm->now + hold * NHRP_MSEC / 3;
	if (reg->settled)
		renewal = min(renewal, reg->settled);
	nhrp_timer_set(fsm, &reg->timer, renewal);
	if (proto->len)
		publish(fsm, proto);
	if (old.len && !mesh_addr_equal(&old, proto))
		publish(fsm, &old);
	set_state(fsm, reg, NHRP_NHS_UP);
	/* What was said when we left the old place may have had no way to go. */
	if (fsm->moved)
		nhrp_cache_purge_own(fsm);
	fsm->moved = false;
}

/* The timer of the request runs on: the next one waits for twice as long. */
static void refused(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	forget_server(fsm, reg);
	set_state(fsm, reg, NHRP_NHS_DOWN);
}

bool nhrp_reg_failed(struct nhrp_fsm *fsm, const struct nhrp_head *request,
		     const struct mesh_addr *from)
{
	struct nhrp_reg *reg = find_reg(fsm, request);

	if (!reg || !mesh_addr_equal(&reg->nhs->cfg.nbma, from))
		return false;
	reg->pending = false;
	reg->code = 0;
	refused(fsm, reg);
	nhrp_nhs_choose(fsm, nhrp_family(&reg->own));
	return true;
}

void nhrp_registration_reply(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	const struct nhrp_head *h = &rx->p.h;
	struct nhrp_reg *reg = find_reg(fsm, h);
	struct mesh_addr proto = h->dst_proto;
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;

	if (!reg) {
		fsm->stats.stale++;
		return;
	}
	if (!nhrp_cie_first(&rx->p, &it, &cie)) {
		fsm->stats.malformed++;
		return;
	}
	reg->pending = false;
	reg->code = cie.code;
	/* A server that echoes our own address does not tell its own. */
	if (mesh_addr_equal(&proto, &reg->own))
		server_proto(reg, &proto);
	if (cie.code)
		refused(fsm, reg);
	else
		registered(fsm, reg, &proto, cie.hold);
	nhrp_nhs_choose(fsm, nhrp_family(&reg->own));
}

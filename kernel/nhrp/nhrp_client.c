// SPDX-License-Identifier: GPL-2.0
/* The client's side of registration. */
#include "nhrp_core.h"

/* The server's protocol address, as far as it is known. */
static bool server_proto(const struct nhrp_reg *reg, struct mesh_addr *proto)
{
	unsigned int f = reg - reg->nhs->reg;

	if (reg->nhs->proto_cfg.len == nhrp_family_len(f))
		*proto = reg->nhs->proto_cfg;
	else
		*proto = reg->proto;
	return proto->len;
}

static void nhs_info(const struct nhrp_nhs *nhs, struct nhrp_nhs_info *info)
{
	unsigned int f;

	info->nbma = nhs->nbma;
	info->proto = nhs->proto_cfg;
	for (f = 0; f < NHRP_FAMILIES; f++) {
		const struct nhrp_reg *reg = &nhs->reg[f];

		info->reg[f].state = reg->state;
		info->reg[f].code = reg->code;
		info->reg[f].expires = reg->expires;
		server_proto(reg, &info->reg[f].proto);
	}
}

static void set_state(struct nhrp_fsm *fsm, struct nhrp_reg *reg,
		      enum nhrp_nhs_state state)
{
	struct nhrp_nhs_info info;

	if (reg->state == state)
		return;
	reg->state = state;
	nhs_info(reg->nhs, &info);
	fsm->ops->nhs_changed(fsm->ctx, &info);
}

/* One server may stand behind several addresses: all of them are its peer's. */
static void publish(struct nhrp_fsm *fsm, const struct mesh_addr *proto)
{
	struct nhrp_peer peer = {
		.proto = *proto,
		.origin = NHRP_ORIGIN_NHS,
		.hold = fsm->cfg.holding_time,
	};
	unsigned int f = nhrp_family(proto);
	struct nhrp_nhs *nhs;

	list_for_each_entry(nhs, &fsm->nhs, link) {
		const struct nhrp_reg *reg = &nhs->reg[f];

		if (!reg->expires || !mesh_addr_equal(&reg->proto, proto) ||
		    peer.n == NHRP_ENDPOINTS_MAX)
			continue;
		peer.ep[peer.n++].nbma = nhs->nbma;
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
	if (proto.len)
		publish(fsm, &proto);
}

static void send_request(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	const struct mesh_addr *to = &reg->nhs->nbma;
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
	nhrp_build_cie(&b, &cie);
	nhrp_request_exts(&b);
	nhrp_build_ext(&b, NHRP_EXT_NAT);
	nhrp_build_cie(&b, &server);
	nhrp_finish(fsm, &b, to);
}

static void try(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	unsigned int s = reg->tries < 6 ? 1u << reg->tries : NHRP_RETRY_MAX;

	if (!reg->pending)
		reg->id = ++fsm->reg_id;
	reg->pending = true;
	if (reg->tries < U8_MAX)
		reg->tries++;
	send_request(fsm, reg);
	nhrp_timer_set(fsm, &reg->timer, fsm->now + s * NHRP_MSEC);
}

void nhrp_reg_timeout(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	if (reg->pending && reg->expires && reg->expires <= fsm->now) {
		forget_server(fsm, reg);
		set_state(fsm, reg, NHRP_NHS_DOWN);
	}
	if (reg->pending && reg->tries >= NHRP_NHS_TRIES)
		set_state(fsm, reg, NHRP_NHS_DOWN);
	try(fsm, reg);
}

static void start(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	reg->pending = false;
	reg->tries = 0;
	if (reg->state == NHRP_NHS_IDLE)
		set_state(fsm, reg, NHRP_NHS_PROBING);
	try(fsm, reg);
}

static void withdraw(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	struct mesh_prefix prefix;

	nhrp_timer_stop(fsm, &reg->timer);
	if (reg->expires > fsm->now) {
		mesh_prefix_host(&prefix, &reg->own);
		nhrp_send_purge(fsm, &reg->nhs->nbma, &reg->own, &reg->proto,
				&prefix);
	}
	forget_server(fsm, reg);
	memset(&reg->own, 0, sizeof(reg->own));
	reg->pending = false;
	reg->code = 0;
	set_state(fsm, reg, NHRP_NHS_IDLE);
}

static void refresh(struct nhrp_fsm *fsm, struct nhrp_nhs *nhs, bool again)
{
	struct mesh_addr own;
	unsigned int f;

	for (f = 0; f < NHRP_FAMILIES; f++) {
		struct nhrp_reg *reg = &nhs->reg[f];

		if (!fsm->ops->proto_addr(fsm->ctx, nhrp_family_len(f), &own))
			memset(&own, 0, sizeof(own));
		if (mesh_addr_equal(&own, &reg->own)) {
			if (again && own.len)
				start(fsm, reg);
			continue;
		}
		withdraw(fsm, reg);
		reg->own = own;
		if (own.len)
			start(fsm, reg);
	}
}

void nhrp_client_refresh(struct nhrp_fsm *fsm, bool again)
{
	struct nhrp_nhs *nhs;

	if (!fsm->up)
		return;
	list_for_each_entry(nhs, &fsm->nhs, link)
		refresh(fsm, nhs, again);
}

void nhrp_client_down(struct nhrp_fsm *fsm)
{
	struct nhrp_nhs *nhs;
	unsigned int f;

	list_for_each_entry(nhs, &fsm->nhs, link)
		for (f = 0; f < NHRP_FAMILIES; f++)
			withdraw(fsm, &nhs->reg[f]);
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

static void registered(struct nhrp_fsm *fsm, struct nhrp_reg *reg,
		       const struct mesh_addr *proto, u16 hold)
{
	struct mesh_addr old = reg->proto;

	if (!hold || hold > fsm->cfg.holding_time)
		hold = fsm->cfg.holding_time;
	reg->tries = 0;
	reg->proto = *proto;
	reg->expires = fsm->now + hold * NHRP_MSEC;
	nhrp_timer_set(fsm, &reg->timer, fsm->now + hold * NHRP_MSEC / 3);
	if (proto->len)
		publish(fsm, proto);
	if (old.len && !mesh_addr_equal(&old, proto))
		publish(fsm, &old);
	set_state(fsm, reg, NHRP_NHS_UP);
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
	if (cie.code) {
		set_state(fsm, reg, NHRP_NHS_DOWN);
		return;
	}
	/* A server that echoes our own address does not tell its own. */
	if (mesh_addr_equal(&proto, &reg->own))
		server_proto(reg, &proto);
	registered(fsm, reg, &proto, cie.hold);
}

static struct nhrp_nhs *find_nhs(struct nhrp_fsm *fsm,
				 const struct mesh_addr *nbma)
{
	struct nhrp_nhs *nhs;

	list_for_each_entry(nhs, &fsm->nhs, link)
		if (mesh_addr_equal(&nhs->nbma, nbma))
			return nhs;
	return NULL;
}

int nhrp_fsm_nhs_add(struct nhrp_fsm *fsm, u64 now,
		     const struct mesh_addr *nbma,
		     const struct mesh_addr *proto)
{
	struct nhrp_nhs *nhs;
	unsigned int f;

	fsm->now = now;
	if (find_nhs(fsm, nbma))
		return -EEXIST;
	if (fsm->n_nhs >= NHRP_MAX_NHS)
		return -ENOSPC;
	nhs = kzalloc(sizeof(*nhs), GFP_KERNEL);
	if (!nhs)
		return -ENOMEM;
	nhs->nbma = *nbma;
	if (proto)
		nhs->proto_cfg = *proto;
	for (f = 0; f < NHRP_FAMILIES; f++) {
		nhs->reg[f].nhs = nhs;
		nhrp_timer_init(&nhs->reg[f].timer, NHRP_TIMER_REG);
	}
	list_add_tail(&nhs->link, &fsm->nhs);
	fsm->n_nhs++;
	if (fsm->up)
		refresh(fsm, nhs, false);
	return 0;
}

static void nhs_free(struct nhrp_fsm *fsm, struct nhrp_nhs *nhs)
{
	list_del(&nhs->link);
	fsm->n_nhs--;
	kfree(nhs);
}

int nhrp_fsm_nhs_del(struct nhrp_fsm *fsm, u64 now,
		     const struct mesh_addr *nbma)
{
	struct nhrp_nhs *nhs = find_nhs(fsm, nbma);
	unsigned int f;

	fsm->now = now;
	if (!nhs)
		return -ENOENT;
	for (f = 0; f < NHRP_FAMILIES; f++)
		withdraw(fsm, &nhs->reg[f]);
	nhs_free(fsm, nhs);
	return 0;
}

void nhrp_client_exit(struct nhrp_fsm *fsm)
{
	struct nhrp_nhs *nhs, *next;
	unsigned int f;

	list_for_each_entry_safe(nhs, next, &fsm->nhs, link) {
		for (f = 0; f < NHRP_FAMILIES; f++)
			nhrp_timer_stop(fsm, &nhs->reg[f].timer);
		nhs_free(fsm, nhs);
	}
}

bool nhrp_fsm_nhs_at(const struct nhrp_fsm *fsm, unsigned int pos,
		     struct nhrp_nhs_info *info)
{
	const struct nhrp_nhs *nhs;

	list_for_each_entry(nhs, &fsm->nhs, link)
		if (!pos--) {
			nhs_info(nhs, info);
			return true;
		}
	return false;
}

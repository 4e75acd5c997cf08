// SPDX-License-Identifier: GPL-2.0
/*
 * The next-hop servers of a client.  Of those with the lowest priority that has
 * one that answers, all are registered with; and beside them, as long as one of
 * theirs is late with an answer, those of the next priority, so that they know
 * of us by the time we need them.
 */
#include "nhrp_core.h"

void nhrp_nhs_info(const struct nhrp_nhs *nhs, struct nhrp_nhs_info *info)
{
	unsigned int f;

	info->cfg = nhs->cfg;
	for (f = 0; f < NHRP_FAMILIES; f++)
		nhrp_reg_info(&nhs->reg[f], &info->reg[f]);
}

/* One that has not been asked yet is trusted to answer. */
static bool sound(const struct nhrp_reg *reg)
{
	return reg->own.len && reg->state != NHRP_NHS_DOWN && !reg->lost &&
	       !reg->settled && !(reg->pending && reg->tries > 1);
}

static void need(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	reg->spare = 0;
	if (nhrp_resting(reg))
		nhrp_reg_start(fsm, reg);
}

/*
 * Others come back to the better server only when they find that it is there,
 * which takes them as long as a retry: until then they reach us by this one.
 */
static void spare(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	u64 end = fsm->now + NHRP_NHS_SPARE * NHRP_MSEC;

	if (reg->state != NHRP_NHS_UP) {
		nhrp_reg_withdraw(fsm, reg, NHRP_NHS_STANDBY);
	} else if (!reg->spare) {
		reg->spare = fsm->now;
		nhrp_timer_set(fsm, &reg->timer, min(reg->timer.at, end));
	}
}

void nhrp_nhs_choose(struct nhrp_fsm *fsm, unsigned int family)
{
	unsigned int best = U8_MAX;
	struct nhrp_nhs *nhs;

	list_for_each_entry(nhs, &fsm->nhs, link) {
		if (sound(&nhs->reg[family])) {
			best = nhs->cfg.priority;
			break;
		}
	}
	list_for_each_entry(nhs, &fsm->nhs, link) {
		struct nhrp_reg *reg = &nhs->reg[family];

		if (!reg->own.len)
			continue;
		if (nhs->cfg.priority <= best)
			need(fsm, reg);
		else
			spare(fsm, reg);
	}
}

/*
 * Without an address, or a way to the server, there is nothing to say; but the
 * retries that begin then find the new one soon after it is there.
 */
static bool moved(struct nhrp_fsm *fsm, const struct nhrp_reg *reg)
{
	struct mesh_addr from;

	if (!fsm->ops->nbma_addr(fsm->ctx, &reg->nhs->cfg.nbma, &from))
		memset(&from, 0, sizeof(from));
	return !mesh_addr_equal(&from, &reg->from);
}

/* What was registered there has to be taken back first where it is unique. */
static void start_elsewhere(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	if (fsm->cfg.unique && reg->expires)
		reg->moved = true;
	nhrp_reg_start(fsm, reg);
}

static bool reg_refresh(struct nhrp_fsm *fsm, struct nhrp_reg *reg,
			const struct mesh_addr *own, bool again)
{
	bool elsewhere = false;

	if (!mesh_addr_equal(own, &reg->own)) {
		nhrp_reg_withdraw(fsm, reg, NHRP_NHS_IDLE);
		reg->own = *own;
	} else if (!nhrp_resting(reg)) {
		elsewhere = moved(fsm, reg);
		if (elsewhere)
			start_elsewhere(fsm, reg);
		else if (again)
			nhrp_reg_start(fsm, reg);
	}
	return elsewhere;
}

bool nhrp_client_refresh(struct nhrp_fsm *fsm, bool again)
{
	bool elsewhere = false;
	struct mesh_addr own;
	struct nhrp_nhs *nhs;
	unsigned int f;

	if (!fsm->up)
		return false;
	for (f = 0; f < NHRP_FAMILIES; f++) {
		if (!fsm->ops->proto_addr(fsm->ctx, nhrp_family_len(f), &own))
			memset(&own, 0, sizeof(own));
		list_for_each_entry(nhs, &fsm->nhs, link)
			elsewhere |= reg_refresh(fsm, &nhs->reg[f], &own, again);
		nhrp_nhs_choose(fsm, f);
	}
	return elsewhere;
}

/*
 * An address comes before the route by which a question from there can leave; and
 * without any change of address a route may lead out by another one.  That there
 * is none is no news yet: it may be about to be replaced.
 */
static bool reg_reroute(struct nhrp_fsm *fsm, struct nhrp_reg *reg)
{
	struct mesh_addr from;

	if (nhrp_resting(reg))
		return false;
	if (reg->from.len &&
	    fsm->ops->nbma_addr(fsm->ctx, &reg->nhs->cfg.nbma, &from) &&
	    !mesh_addr_equal(&from, &reg->from)) {
		start_elsewhere(fsm, reg);
		return true;
	}
	if (reg->pending)
		nhrp_reg_repeat(fsm, reg);
	return false;
}

bool nhrp_client_route_changed(struct nhrp_fsm *fsm,
			       const struct mesh_prefix *changed)
{
	bool elsewhere = false;
	struct nhrp_nhs *nhs;
	unsigned int f;

	list_for_each_entry(nhs, &fsm->nhs, link) {
		if (changed && !mesh_prefix_match(changed, &nhs->cfg.nbma))
			continue;
		for (f = 0; f < NHRP_FAMILIES; f++)
			elsewhere |= reg_reroute(fsm, &nhs->reg[f]);
	}
	return elsewhere;
}

static void nhs_down(struct nhrp_fsm *fsm, struct nhrp_nhs *nhs)
{
	unsigned int f;

	for (f = 0; f < NHRP_FAMILIES; f++) {
		nhrp_reg_withdraw(fsm, &nhs->reg[f], NHRP_NHS_IDLE);
		memset(&nhs->reg[f].own, 0, sizeof(nhs->reg[f].own));
	}
}

void nhrp_client_down(struct nhrp_fsm *fsm)
{
	struct nhrp_nhs *nhs;

	list_for_each_entry(nhs, &fsm->nhs, link)
		nhs_down(fsm, nhs);
}

static struct nhrp_nhs *nhs_find(const struct nhrp_fsm *fsm,
				 const struct mesh_addr *nbma)
{
	struct nhrp_nhs *nhs;

	list_for_each_entry(nhs, &fsm->nhs, link)
		if (mesh_addr_equal(&nhs->cfg.nbma, nbma))
			return nhs;
	return NULL;
}

bool nhrp_nhs_is(const struct nhrp_fsm *fsm, const struct mesh_addr *nbma)
{
	return nhs_find(fsm, nbma);
}

/* Behind those that are as good. */
static void nhs_link(struct nhrp_fsm *fsm, struct nhrp_nhs *new)
{
	struct nhrp_nhs *nhs;

	list_for_each_entry(nhs, &fsm->nhs, link)
		if (nhs->cfg.priority > new->cfg.priority)
			break;
	list_add_tail(&new->link, &nhs->link);
	fsm->n_nhs++;
}

int nhrp_fsm_nhs_add(struct nhrp_fsm *fsm, u64 now,
		     const struct nhrp_nhs_cfg *cfg)
{
	struct nhrp_nhs *nhs;
	unsigned int f;

	fsm->now = now;
	if (nhs_find(fsm, &cfg->nbma))
		return -EEXIST;
	if (fsm->n_nhs >= NHRP_MAX_NHS)
		return -ENOSPC;
	nhs = kzalloc(sizeof(*nhs), GFP_KERNEL_ACCOUNT);
	if (!nhs)
		return -ENOMEM;
	nhs->cfg = *cfg;
	for (f = 0; f < NHRP_FAMILIES; f++) {
		nhs->reg[f].nhs = nhs;
		nhrp_timer_init(&nhs->reg[f].timer, NHRP_TIMER_REG);
	}
	nhs_link(fsm, nhs);
	nhrp_client_refresh(fsm, false);
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
	struct nhrp_nhs *nhs = nhs_find(fsm, nbma);
	unsigned int f;

	fsm->now = now;
	if (!nhs)
		return -ENOENT;
	nhs_down(fsm, nhs);
	nhs_free(fsm, nhs);
	for (f = 0; f < NHRP_FAMILIES; f++)
		nhrp_nhs_choose(fsm, f);
	return 0;
}

void nhrp_fsm_nhs_alive(struct nhrp_fsm *fsm, u64 now,
			const struct mesh_addr *proto, bool alive)
{
	unsigned int f = nhrp_family(proto);
	struct nhrp_nhs *nhs;

	fsm->now = now;
	list_for_each_entry(nhs, &fsm->nhs, link)
		if (nhs->reg[f].expires &&
		    mesh_addr_equal(&nhs->reg[f].proto, proto))
			nhrp_reg_alive(fsm, &nhs->reg[f], alive);
	nhrp_nhs_choose(fsm, f);
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
			nhrp_nhs_info(nhs, info);
			return true;
		}
	return false;
}

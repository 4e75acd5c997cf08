// SPDX-License-Identifier: GPL-2.0
/* Purges, and the memory of answers that they are sent for. */
#include "nhrp_core.h"

static int answer_cmp(const struct mesh_addr *asker,
		      const struct mesh_prefix *prefix,
		      const struct nhrp_answer *a)
{
	int d = nhrp_addr_cmp(asker, &a->asker);

	return d ? d : nhrp_prefix_cmp(prefix, &a->prefix);
}

static struct nhrp_answer *answer_find(struct nhrp_fsm *fsm,
				       const struct mesh_addr *asker,
				       const struct mesh_prefix *prefix,
				       struct rb_node **parent,
				       struct rb_node ***link)
{
	*link = &fsm->answers.rb_node;
	*parent = NULL;
	while (**link) {
		struct nhrp_answer *a = rb_entry(**link, struct nhrp_answer,
						 node);
		int d = answer_cmp(asker, prefix, a);

		if (!d)
			return a;
		*parent = **link;
		*link = d < 0 ? &(*parent)->rb_left : &(*parent)->rb_right;
	}
	return NULL;
}

bool nhrp_answer_remember(struct nhrp_fsm *fsm, const struct mesh_addr *asker,
			  const struct mesh_addr *nbma,
			  const struct mesh_prefix *prefix)
{
	struct rb_node *parent, **link;
	struct nhrp_answer *a = answer_find(fsm, asker, prefix, &parent, &link);

	if (!a) {
		if (fsm->n_answers >= fsm->cfg.max_answers) {
			fsm->stats.table_full++;
			return false;
		}
		a = kzalloc(sizeof(*a), GFP_KERNEL);
		if (!a) {
			fsm->stats.nomem++;
			return false;
		}
		nhrp_timer_init(&a->timer, NHRP_TIMER_ANSWER);
		a->asker = *asker;
		a->prefix = *prefix;
		rb_link_node(&a->node, parent, link);
		rb_insert_color(&a->node, &fsm->answers);
		fsm->n_answers++;
	}
	a->nbma = *nbma;
	nhrp_timer_set(fsm, &a->timer,
		       fsm->now + fsm->cfg.holding_time * NHRP_MSEC);
	return true;
}

void nhrp_answer_drop(struct nhrp_fsm *fsm, struct nhrp_answer *a)
{
	nhrp_timer_stop(fsm, &a->timer);
	rb_erase(&a->node, &fsm->answers);
	fsm->n_answers--;
	kfree(a);
}

void nhrp_answers_purge(struct nhrp_fsm *fsm)
{
	struct mesh_addr own;
	struct rb_node *n;

	while ((n = rb_first(&fsm->answers))) {
		struct nhrp_answer *a = rb_entry(n, struct nhrp_answer, node);

		if (fsm->ops->proto_addr(fsm->ctx, a->asker.len, &own))
			nhrp_send_purge(fsm, &a->nbma, &own, &a->asker,
					&a->prefix);
		nhrp_answer_drop(fsm, a);
	}
}

void nhrp_answers_exit(struct nhrp_fsm *fsm)
{
	struct rb_node *n;

	while ((n = rb_first(&fsm->answers)))
		nhrp_answer_drop(fsm, rb_entry(n, struct nhrp_answer, node));
}

/*
 * With our own address, which may be bound beside the prefix.  No reply is
 * asked for: nobody would be there to wait for it.
 */
void nhrp_send_purge(struct nhrp_fsm *fsm, const struct mesh_addr *nbma,
		     const struct mesh_addr *own, const struct mesh_addr *dst,
		     const struct mesh_prefix *prefix)
{
	struct nhrp_head h = {
		.type = NHRP_PURGE_REQUEST,
		.flags = NHRP_FLAG_NO_REPLY,
		.id = ++fsm->req_id,
		.src_proto = *own,
		.dst_proto = dst->len ? *dst : *own,
	};
	struct nhrp_cie cie = { .prefix = prefix->len, .proto = prefix->addr };
	struct nhrp_builder b;

	nhrp_begin(fsm, &b, &h, nbma);
	nhrp_build_cie(&b, &cie);
	if (!mesh_addr_equal(&prefix->addr, own)) {
		cie.proto = *own;
		cie.prefix = mesh_addr_bits(own);
		nhrp_build_cie(&b, &cie);
	}
	nhrp_request_exts(&b);
	nhrp_finish(fsm, &b, nbma);
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

void nhrp_purge_request(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	const struct nhrp_head *h = &rx->p.h;
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;
	bool more;

	for (more = nhrp_cie_first(&rx->p, &it, &cie); more;
	     more = nhrp_cie_next(&it, &cie)) {
		struct mesh_prefix prefix = {
			.addr = cie.proto,
			.len = nhrp_cie_bits(&rx->p, &cie),
		};

		/* No address: the whole table is not one client's to purge. */
		if (!cie.proto.len)
			continue;
		mesh_prefix_mask(&prefix);
		nhrp_cache_purge(fsm, &prefix, &h->src_proto);
	}
	if (!(h->flags & NHRP_FLAG_NO_REPLY))
		purge_reply(fsm, rx);
}

// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"
#include "batch.h"

#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

/* An ack's text, and one route, fit any message that a caller may wish for. */
#define BATCH_MIN 256
#define BATCH_DEFAULT 32768

/* What one change takes at most. */
#define CHANGE_MAX (sizeof(struct mesh_change) + NLA_HDRLEN + 2 * MESH_ADDR_ROOM + \
		    2 * (NLA_HDRLEN + 4))
/* Memory of changes: a little for a few, then ever more. */
#define BLOCK_MIN 2048
#define BLOCK_MAX (1 << 20)

int mesh_route_batch_new(struct mesh_route_batch **batch, struct mesh_ctx *ctx,
			 unsigned int ifindex, const struct mesh_route_opts *opts)
{
	struct mesh_route_batch *b = calloc(1, sizeof(*b));
	int err;

	if (!b)
		return mesh_fail(ctx, -ENOMEM, "%s", strerror(ENOMEM));
	b->ctx = ctx;
	b->ifindex = ifindex;
	err = mesh_opts_copy(ctx, &b->opts, sizeof(b->opts), opts);
	if (!err && mesh_route_flags(b->opts.mode) < 0)
		err = mesh_fail(ctx, -EINVAL, "no such mode of a route: %d", b->opts.mode);
	if (err) {
		free(b);
		return err;
	}
	if (!b->opts.batch_size)
		b->opts.batch_size = BATCH_DEFAULT;
	if (b->opts.batch_size < BATCH_MIN)
		b->opts.batch_size = BATCH_MIN;
	*batch = b;
	return 0;
}

static void batch_clear(struct mesh_route_batch *batch)
{
	while (batch->first) {
		struct mesh_block *b = batch->first;

		batch->first = b->next;
		free(b);
	}
	batch->last = NULL;
	batch->at = 0;
	batch->pending = 0;
}

void mesh_route_batch_free(struct mesh_route_batch *batch)
{
	if (!batch)
		return;
	batch_clear(batch);
	free(batch);
}

/* Where the next change goes; NULL for no memory. */
static struct mesh_change *batch_room(struct mesh_route_batch *batch)
{
	struct mesh_block *b = batch->last;
	size_t room = BLOCK_MIN;

	if (b && b->room - b->len >= CHANGE_MAX)
		return (void *)(b->data + b->len);
	if (b)
		room = b->room < BLOCK_MAX ? 2 * b->room : BLOCK_MAX;
	b = malloc(sizeof(*b) + room);
	if (!b)
		return NULL;
	*b = (struct mesh_block){ .room = room };
	if (batch->last)
		batch->last->next = b;
	else
		batch->first = b;
	batch->last = b;
	return (void *)b->data;
}

static char *put(char *to, int type, const void *data, size_t len)
{
	struct nlattr *a = (void *)to;

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memcpy(to + NLA_HDRLEN, data, len);
	memset(to + a->nla_len, 0, NLA_ALIGN(a->nla_len) - a->nla_len);
	return to + NLA_ALIGN(a->nla_len);
}

static void put_entry(struct mesh_change *change, const struct mesh_prefix *prefix,
		      const struct mesh_target *target)
{
	struct nlattr *nest = (void *)change->entry;
	char *to = change->entry + NLA_HDRLEN;

	to = put(to, MESH_A_ENTRY_PREFIX, prefix->addr.bytes, prefix->addr.len);
	to = put(to, MESH_A_ENTRY_PREFIX_LEN, &prefix->len, sizeof(prefix->len));
	if (target->group)
		to = put(to, MESH_A_ENTRY_GROUP, &target->group, sizeof(target->group));
	if (target->peer.len)
		to = put(to, MESH_A_ENTRY_PEER, target->peer.bytes, target->peer.len);
	change->len = to - change->entry;
	nest->nla_type = NLA_F_NESTED | MESH_A_ROUTE_ENTRY;
	nest->nla_len = change->len;
}

static int gather(struct mesh_route_batch *batch, const struct mesh_prefix *prefix,
		  const struct mesh_target *target, bool del)
{
	struct mesh_change *change;

	if (!mesh_addr_valid(&prefix->addr))
		return mesh_fail_attr(batch->ctx, -EINVAL, "prefix",
				      "an address of 4 or 16 octets is needed");
	if (target->peer.len && !mesh_addr_valid(&target->peer))
		return mesh_fail_attr(batch->ctx, -EINVAL, "peer",
				      "an address of 4 or 16 octets is needed");
	change = batch_room(batch);
	if (!change)
		return mesh_fail(batch->ctx, -ENOMEM, "%s", strerror(ENOMEM));
	*change = (struct mesh_change){ .del = del };
	put_entry(change, prefix, target);
	batch->last->len += sizeof(*change) + change->len;
	batch->pending++;
	return 0;
}

int mesh_route_batch_set(struct mesh_route_batch *batch, const struct mesh_prefix *prefix,
			 const struct mesh_target *target)
{
	return gather(batch, prefix, target, false);
}

int mesh_route_batch_del(struct mesh_route_batch *batch, const struct mesh_prefix *prefix)
{
	return gather(batch, prefix, &(struct mesh_target){ 0 }, true);
}

size_t mesh_route_batch_pending(const struct mesh_route_batch *batch)
{
	return batch->pending;
}

/* Where one is among the changes. */
struct cursor {
	struct mesh_block *block;
	size_t at;
};

static struct cursor batch_begin(const struct mesh_route_batch *batch)
{
	return (struct cursor){ batch->first, batch->at };
}

/* The next one that is pending, or NULL. */
static struct mesh_change *cursor_next(struct cursor *c)
{
	while (c->block) {
		struct mesh_change *change = (void *)(c->block->data + c->at);

		if (c->at == c->block->len) {
			c->block = c->block->next;
			c->at = 0;
			continue;
		}
		c->at += sizeof(*change) + change->len;
		if (!change->dropped)
			return change;
	}
	return NULL;
}

size_t mesh_batch_fill(const struct mesh_route_batch *batch, struct mesh_msg *m)
{
	struct cursor c = batch_begin(batch);
	const struct mesh_change *change = cursor_next(&c);
	size_t size = batch->opts.batch_size;
	bool del = change->del;
	size_t n;

	mesh_msg_init(m, batch->ctx, del ? MESH_CMD_ROUTE_DEL : MESH_CMD_ROUTE_NEW,
		      del ? 0 : mesh_route_flags(batch->opts.mode),
		      batch->ifindex, size);
	if (batch->opts.owner)
		mesh_put_u8(m, MESH_A_ROUTE_OWNER, batch->opts.owner);
	if (!del)
		mesh_put_u32(m, MESH_A_ROUTE_GENERATION, batch->opts.generation);
	for (n = 0; change && !m->err; n++) {
		if (change->del != del ||
		    nlmsg_hdr(m->nl)->nlmsg_len + change->len > size)
			break;
		mesh_put_entry(m, change->entry, change->len);
		change = cursor_next(&c);
	}
	return n;
}

void mesh_batch_done(struct mesh_route_batch *batch, size_t n)
{
	struct cursor c = batch_begin(batch);

	batch->pending -= n;
	if (!batch->pending) {
		batch_clear(batch);
		return;
	}
	while (n--)
		cursor_next(&c);
	while (batch->first != c.block) {
		struct mesh_block *b = batch->first;

		batch->first = b->next;
		free(b);
	}
	batch->at = c.at;
}

int mesh_route_batch_commit(struct mesh_route_batch *batch, size_t *failed)
{
	if (failed)
		*failed = SIZE_MAX;
	while (batch->pending) {
		struct mesh_msg m;
		size_t n = mesh_batch_fill(batch, &m);
		int err = mesh_call(&m, NULL, NULL);

		if (err) {
			if (failed && batch->ctx->attr_index < n)
				*failed = batch->ctx->attr_index;
			return err;
		}
		mesh_batch_done(batch, n);
	}
	return 0;
}

int mesh_route_batch_drop(struct mesh_route_batch *batch, size_t index)
{
	struct cursor c = batch_begin(batch);
	struct mesh_change *change;

	if (index >= batch->pending)
		return mesh_fail(batch->ctx, -EINVAL, "no change %zu is pending", index);
	do {
		change = cursor_next(&c);
	} while (index--);
	change->dropped = true;
	if (!--batch->pending)
		batch_clear(batch);
	return 0;
}

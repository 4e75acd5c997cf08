// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"
#include "batch.h"

#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

/* An ack's text, and one route, fit any message that a caller may wish for. */
#define BATCH_MIN 256
#define BATCH_DEFAULT 32768

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

void mesh_route_batch_free(struct mesh_route_batch *batch)
{
	if (!batch)
		return;
	free(batch->changes);
	free(batch);
}

static int gather(struct mesh_route_batch *batch, const struct mesh_change *change)
{
	if (!mesh_addr_valid(&change->prefix.addr))
		return mesh_fail_attr(batch->ctx, -EINVAL, "prefix",
				      "an address of 4 or 16 octets is needed");
	if (change->target.peer.len && !mesh_addr_valid(&change->target.peer))
		return mesh_fail_attr(batch->ctx, -EINVAL, "peer",
				      "an address of 4 or 16 octets is needed");
	if (batch->n == batch->room) {
		size_t room = batch->room ? batch->room * 2 : 64;
		struct mesh_change *changes;

		changes = realloc(batch->changes, room * sizeof(*changes));
		if (!changes)
			return mesh_fail(batch->ctx, -ENOMEM, "%s", strerror(ENOMEM));
		batch->changes = changes;
		batch->room = room;
	}
	batch->changes[batch->n++] = *change;
	return 0;
}

int mesh_route_batch_set(struct mesh_route_batch *batch, const struct mesh_prefix *prefix,
			 const struct mesh_target *target)
{
	return gather(batch, &(struct mesh_change){ .prefix = *prefix, .target = *target });
}

int mesh_route_batch_del(struct mesh_route_batch *batch, const struct mesh_prefix *prefix)
{
	return gather(batch, &(struct mesh_change){ .prefix = *prefix, .del = true });
}

size_t mesh_route_batch_pending(const struct mesh_route_batch *batch)
{
	return batch->n - batch->done;
}

static size_t entry_size(const struct mesh_change *change)
{
	size_t size = NLA_HDRLEN + NLA_HDRLEN + change->prefix.addr.len + NLA_HDRLEN + 4;

	if (change->target.group)
		size += NLA_HDRLEN + 4;
	if (change->target.peer.len)
		size += NLA_HDRLEN + change->target.peer.len;
	return size;
}

static void put_entry(struct mesh_msg *m, const struct mesh_change *change)
{
	struct nlattr *nest = mesh_nest(m, MESH_A_ROUTE_ENTRY);

	mesh_put(m, MESH_A_ENTRY_PREFIX, change->prefix.addr.bytes, change->prefix.addr.len);
	mesh_put_u8(m, MESH_A_ENTRY_PREFIX_LEN, change->prefix.len);
	mesh_put_target(m, MESH_A_ENTRY_GROUP, MESH_A_ENTRY_PEER, &change->target);
	mesh_nest_end(m, nest);
}

size_t mesh_batch_fill(const struct mesh_route_batch *batch, struct mesh_msg *m)
{
	const struct mesh_change *first = batch->changes + batch->done;
	size_t pending = mesh_route_batch_pending(batch);
	size_t size = batch->opts.batch_size;
	size_t n;

	mesh_msg_init(m, batch->ctx, first->del ? MESH_CMD_ROUTE_DEL : MESH_CMD_ROUTE_NEW,
		      first->del ? 0 : mesh_route_flags(batch->opts.mode),
		      batch->ifindex, size);
	if (batch->opts.owner)
		mesh_put_u8(m, MESH_A_ROUTE_OWNER, batch->opts.owner);
	if (!first->del)
		mesh_put_u32(m, MESH_A_ROUTE_GENERATION, batch->opts.generation);
	for (n = 0; n < pending && !m->err; n++) {
		const struct mesh_change *change = first + n;

		if (change->del != first->del ||
		    nlmsg_hdr(m->nl)->nlmsg_len + entry_size(change) > size)
			break;
		put_entry(m, change);
	}
	return n;
}

int mesh_route_batch_commit(struct mesh_route_batch *batch, size_t *failed)
{
	if (failed)
		*failed = SIZE_MAX;
	while (mesh_route_batch_pending(batch)) {
		struct mesh_msg m;
		size_t n = mesh_batch_fill(batch, &m);
		int err = mesh_call(&m, NULL, NULL);

		if (err) {
			if (failed && batch->ctx->attr_index < n)
				*failed = batch->ctx->attr_index;
			return err;
		}
		batch->done += n;
	}
	batch->n = 0;
	batch->done = 0;
	return 0;
}

int mesh_route_batch_drop(struct mesh_route_batch *batch, size_t index)
{
	struct mesh_change *change;

	if (index >= mesh_route_batch_pending(batch))
		return mesh_fail(batch->ctx, -EINVAL, "no change %zu is pending", index);
	/* What is before moves up: the one at fault is within the next message. */
	change = batch->changes + batch->done;
	memmove(change + 1, change, index * sizeof(*change));
	batch->done++;
	return 0;
}

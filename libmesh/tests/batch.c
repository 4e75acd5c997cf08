// SPDX-License-Identifier: LGPL-2.1
#include "request.h"
#include "tap.h"

#include <stdlib.h>

static struct mesh_ctx ctx;

static size_t entries(const struct mesh_msg *m)
{
	return mesh_count(nlmsg_hdr(m->nl), MESH_A_ROUTE_ENTRY);
}

/* Every entry of @m is the change that follows from @first. */
static bool in_order(const struct mesh_msg *m, size_t first)
{
	const struct nlattr *nla;
	int rem;

	nlmsg_for_each_attr(nla, nlmsg_hdr(m->nl), GENL_HDRLEN, rem) {
		struct nlattr *tb[MESH_A_ENTRY_MAX + 1];
		struct mesh_prefix prefix;
		struct mesh_prefix want;

		if (nla_type(nla) != MESH_A_ROUTE_ENTRY)
			continue;
		mesh_nested(nla, tb, MESH_A_ENTRY_MAX);
		prefix.addr = mesh_get_addr(tb[MESH_A_ENTRY_PREFIX]);
		prefix.len = mesh_u8(tb[MESH_A_ENTRY_PREFIX_LEN]);
		want = nth_prefix(first++);
		if (mesh_prefix_cmp(&prefix, &want))
			return false;
	}
	return true;
}

static void gather(struct mesh_route_batch *b, size_t from, size_t to, bool del)
{
	struct mesh_target target = peer_target();

	for (size_t i = from; i < to; i++) {
		struct mesh_prefix prefix = nth_prefix(i);

		if (del)
			mesh_route_batch_del(b, &prefix);
		else
			mesh_route_batch_set(b, &prefix, &target);
	}
}

static void test_split(size_t batch_size, size_t n)
{
	MESH_OPTS(mesh_route_opts, opts, .owner = 11, .generation = 5, .batch_size = batch_size);
	size_t limit = !batch_size ? 32768 : batch_size < 256 ? 256 : batch_size;
	struct mesh_route_batch *b;
	bool fits = true;
	bool ordered = true;
	size_t messages = 0;
	size_t done = 0;

	mesh_route_batch_new(&b, &ctx, 7, &opts);
	gather(b, 0, n, false);
	is_number((long long)mesh_route_batch_pending(b), (long long)n, "all are pending");
	while (mesh_route_batch_pending(b)) {
		struct mesh_msg m;
		size_t count = mesh_batch_fill(b, &m);

		if (!count || m.err)
			break;
		fits = fits && nlmsg_hdr(m.nl)->nlmsg_len <= limit && entries(&m) == count;
		ordered = ordered && in_order(&m, done);
		done += count;
		mesh_batch_done(b, count);
		messages++;
		nlmsg_free(m.nl);
	}
	is_number((long long)done, (long long)n, "all went into messages");
	ok(fits, "no message is beyond %zu octets", limit);
	ok(ordered, "every change is there once and in order");
	ok(n < 2000 || messages > 1, "in %zu messages", messages);
	mesh_route_batch_free(b);
}

static void test_kinds(void)
{
	MESH_OPTS(mesh_route_opts, opts, .owner = 11, .generation = 5, .mode = MESH_ROUTE_ADD);
	struct nlattr *tb[MESH_A_ROUTE_MAX + 1];
	struct mesh_route_batch *b;
	struct mesh_msg m;
	int flags;

	mesh_route_batch_new(&b, &ctx, 7, &opts);
	gather(b, 0, 3, false);
	gather(b, 3, 5, true);
	gather(b, 5, 6, false);

	is_number((long long)mesh_batch_fill(b, &m), 3, "up to the first of the other kind");
	is_number(m.cmd, MESH_CMD_ROUTE_NEW, "which are set");
	flags = nlmsg_hdr(m.nl)->nlmsg_flags;
	ok((flags & NLM_F_CREATE) && (flags & NLM_F_EXCL), "to be made and not there yet");
	mesh_attrs(nlmsg_hdr(m.nl), tb, MESH_A_ROUTE_MAX);
	is_number(mesh_u32(tb[MESH_A_ROUTE_IFINDEX]), 7, "the device");
	is_number(mesh_u8(tb[MESH_A_ROUTE_OWNER]), 11, "the owner");
	is_number(mesh_u32(tb[MESH_A_ROUTE_GENERATION]), 5, "the generation");
	nlmsg_free(m.nl);

	mesh_batch_done(b, 3);
	is_number((long long)mesh_batch_fill(b, &m), 2, "the deletions");
	is_number(m.cmd, MESH_CMD_ROUTE_DEL, "as such");
	ok(in_order(&m, 3), "in order");
	mesh_attrs(nlmsg_hdr(m.nl), tb, MESH_A_ROUTE_MAX);
	ok(!tb[MESH_A_ROUTE_GENERATION], "without a generation");
	nlmsg_free(m.nl);
	mesh_route_batch_free(b);
}

static void test_drop(void)
{
	struct mesh_route_batch *b;
	struct mesh_msg m;

	mesh_route_batch_new(&b, &ctx, 7, NULL);
	gather(b, 0, 5, false);
	is_number(mesh_route_batch_drop(b, 5), -EINVAL, "nothing is pending there");
	is_number(mesh_route_batch_drop(b, 0), 0, "the first is dropped");
	is_number((long long)mesh_route_batch_pending(b), 4, "one less");
	mesh_batch_fill(b, &m);
	ok(in_order(&m, 1), "the rest in order");
	nlmsg_free(m.nl);
	is_number(mesh_route_batch_drop(b, 3), 0, "the last is dropped");
	mesh_batch_fill(b, &m);
	ok(entries(&m) == 3 && in_order(&m, 1), "those before it stay");
	nlmsg_free(m.nl);
	mesh_batch_done(b, 2);
	mesh_route_batch_drop(b, 0);
	is_number((long long)mesh_route_batch_pending(b), 0, "none is left");
	mesh_route_batch_free(b);
}

/* Wherever the dropped ones stand, the others come once and in order. */
static void test_drop_many(void)
{
	struct mesh_route_batch *b;
	size_t done = 0, n = 600, wrong = 0;

	mesh_route_batch_new(&b, &ctx, 7, NULL);
	gather(b, 0, n, false);
	while (mesh_route_batch_pending(b)) {
		struct mesh_msg m;
		size_t count;

		/* The third of each message, as if the kernel had refused it. */
		if (mesh_route_batch_pending(b) > 2)
			wrong += mesh_route_batch_drop(b, 2) != 0;
		count = mesh_batch_fill(b, &m);
		nlmsg_free(m.nl);
		mesh_batch_done(b, count > 2 ? 2 : count);
		done += count > 2 ? 2 : count;
		/* It stood where the next one begins. */
		if (!mesh_route_batch_pending(b))
			break;
		mesh_batch_fill(b, &m);
		wrong += !in_order(&m, done / 2 * 3);
		nlmsg_free(m.nl);
	}
	is_number((long long)wrong, 0, "dropped ones are passed over");
	is_number((long long)done, (long long)(n - n / 3), "and nothing else");
	mesh_route_batch_free(b);
}

static void test_bad(void)
{
	MESH_OPTS(mesh_route_opts, opts, .mode = (enum mesh_route_mode)9);
	struct mesh_prefix prefix = nth_prefix(0);
	struct mesh_target target = peer_target();
	struct mesh_route_batch *b = NULL;

	is_number(mesh_route_batch_new(&b, &ctx, 7, &opts), -EINVAL, "a mode that is none");
	mesh_route_batch_new(&b, &ctx, 7, NULL);
	prefix.addr.len = 3;
	is_number(mesh_route_batch_set(b, &prefix, &target), -EINVAL, "a prefix of 3 octets");
	is_text(mesh_error_attr(&ctx), "prefix", "is named");
	prefix = nth_prefix(0);
	target.peer.len = 17;
	is_number(mesh_route_batch_set(b, &prefix, &target), -EINVAL, "a peer of 17 octets");
	is_text(mesh_error_attr(&ctx), "peer", "is named");
	is_number((long long)mesh_route_batch_pending(b), 0, "nothing is pending");
	is_number(mesh_route_batch_commit(b, NULL), 0, "nothing to commit");
	mesh_route_batch_free(b);
}

int main(void)
{
	ctx = offline_ctx();
	test_split(0, 10000);
	test_split(1, 100);
	test_split(1000, 5000);
	test_split(0, 1);
	test_kinds();
	test_drop();
	test_drop_many();
	test_bad();
	return tap_end();
}

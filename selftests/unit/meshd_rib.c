// SPDX-License-Identifier: GPL-2.0
/*
 * What the route table writes to the module, against a record of it that
 * refuses what the module refuses.
 */
#include <errno.h>
#include <stdlib.h>

#include "log.h"
#include "meshd_frame.h"
#include "meshd_tap.h"
#include "rib.h"

#define DEV 3
#define GROUPS 8
#define NETS 256

/* Routes by the second octet of 10.X.0.0/16, on device DEV + [i]. */
static struct record {
	struct {
		uint32_t id;
		unsigned int n;
		uint8_t last[8];
		uint16_t weight[8];
	} group[GROUPS];
	struct {
		bool there;
		uint32_t generation;
		struct mesh_target target;
	} route[2][NETS];
	int group_adds, group_sets, group_dels;
	int writes, deletes, sweeps;
	int refuse;	/* errno for the next routes */
	uint8_t absent;	/* 10.0.0.X is no peer, whatever the table thinks */
} mod;

static struct rib *rib;

static int group_at(uint32_t id)
{
	for (int i = 0; i < GROUPS; i++)
		if (mod.group[i].id == id)
			return i;
	return -1;
}

static int group_put(int at, uint32_t id, const struct mesh_member *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (m[i].protocol.bytes[3] == mod.absent)
			return -ENOENT;
	mod.group[at].id = id;
	mod.group[at].n = n;
	for (size_t i = 0; i < n; i++) {
		mod.group[at].last[i] = m[i].protocol.bytes[3];
		mod.group[at].weight[i] = m[i].weight;
	}
	return 0;
}

static int group_add(void *ctx, uint32_t ifindex, uint32_t id,
		     const struct mesh_member *m, size_t n)
{
	(void)ctx;
	(void)ifindex;
	if (group_at(id) >= 0)
		return -EEXIST;
	mod.group_adds++;
	return group_put(group_at(0), id, m, n);
}

static int group_set(void *ctx, uint32_t ifindex, uint32_t id,
		     const struct mesh_member *m, size_t n)
{
	(void)ctx;
	(void)ifindex;
	if (group_at(id) < 0)
		return -ENOENT;
	mod.group_sets++;
	return group_put(group_at(id), id, m, n);
}

static int group_del(void *ctx, uint32_t ifindex, uint32_t id)
{
	int at = group_at(id);

	(void)ctx;
	(void)ifindex;
	if (at < 0)
		return -ENOENT;
	for (int i = 0; i < NETS; i++)
		if (mod.route[0][i].there && mod.route[0][i].target.group == id)
			return -EBUSY;
	mod.group_dels++;
	mod.group[at].id = 0;
	return 0;
}

static void routes(void *ctx, uint32_t ifindex, uint32_t generation,
		   struct rib_change *c, size_t n)
{
	(void)ctx;
	for (size_t i = 0; i < n; i++) {
		uint8_t net = c[i].prefix.addr.bytes[1];
		bool del = !c[i].target.group && !c[i].target.peer.len;

		c[i].error = mod.refuse;
		if (c[i].error)
			continue;
		if (c[i].target.group && group_at(c[i].target.group) < 0)
			c[i].error = -ENOENT;
		if (c[i].error)
			continue;
		mod.writes += !del;
		mod.deletes += del;
		mod.route[ifindex - DEV][net].there = !del;
		mod.route[ifindex - DEV][net].generation = generation;
		mod.route[ifindex - DEV][net].target = c[i].target;
	}
}

static int sweep(void *ctx, uint32_t ifindex, uint32_t generation)
{
	(void)ctx;
	mod.sweeps++;
	for (int i = 0; i < NETS; i++)
		if (mod.route[ifindex - DEV][i].generation != generation)
			mod.route[ifindex - DEV][i].there = false;
	return 0;
}

static const struct rib_sink sink = {
	.group_add = group_add,
	.group_set = group_set,
	.group_del = group_del,
	.routes = routes,
	.sweep = sweep,
};

static struct mesh_addr addr(uint8_t last)
{
	return (struct mesh_addr){ .len = 4, .bytes = { 10, 0, 0, last } };
}

static void peer(uint8_t last, bool known)
{
	struct mesh_addr a = addr(last);

	rib_peer_set(rib, DEV, &a, known);
}

static void begin(void)
{
	static const uint32_t tables[] = { 254 };
	const struct rib_opts opts = {
		.sink = &sink, .tables = tables, .n_tables = 1,
		.max_routes = 100,
	};

	memset(&mod, 0, sizeof(mod));
	rib = rib_new(&opts);
	rib_dev_add(rib, DEV);
	for (uint8_t i = 1; i <= 3; i++)
		peer(i, true);
	rib_begin(rib);
}

static void flush(void)
{
	for (int i = 0; i < 100 && rib_dirty(rib); i++)
		rib_flush(rib);
	ok(!rib_dirty(rib), "a flush comes to an end");
}

static void counts_reset(void)
{
	mod.group_adds = mod.group_sets = mod.group_dels = 0;
	mod.writes = mod.deletes = 0;
}

static void on_msg(const struct fpm_msg *msg, void *arg)
{
	(void)arg;
	rib_message(rib, msg);
}

static void tell(struct frame *f)
{
	struct fpm_error err;

	if (fpm_frame_parse(f->buf, f->len, on_msg, NULL, &err)) {
		printf("Bail out! the test's frame is bad: %s\n", err.text);
		exit(1);
	}
}

static void tell_nh(uint32_t id, uint32_t ifindex, uint8_t last)
{
	struct frame f;

	frame_begin(&f);
	frame_nexthop(&f, id, ifindex, last);
	tell(&f);
}

static void tell_group(uint32_t id, uint32_t a, uint32_t b, uint8_t weight)
{
	const struct nexthop_grp grp[] = { { .id = a, .weight = weight - 1 },
					   { .id = b } };
	struct frame f;

	frame_begin(&f);
	frame_group(&f, id, grp, b ? 2 : 1);
	tell(&f);
}

static void tell_route(uint16_t type, uint8_t net, uint32_t id)
{
	struct frame f;

	frame_begin(&f);
	frame_route_id(&f, type, net, id);
	tell(&f);
}

static void tell_three(void)
{
	for (uint8_t i = 1; i <= 3; i++)
		tell_nh(i, DEV, i);
}

static uint32_t group_of(uint8_t net)
{
	return mod.route[0][net].there ? mod.route[0][net].target.group : 0;
}

static uint8_t peer_of(uint8_t net)
{
	const struct mesh_target *t = &mod.route[0][net].target;

	return mod.route[0][net].there && t->peer.len ? t->peer.bytes[3] : 0;
}

/* Members as digits: {1, 3} is 13. */
static int members_of(uint8_t net)
{
	int at = group_of(net) ? group_at(group_of(net)) : -1, digits = 0;

	for (unsigned int i = 0; at >= 0 && i < mod.group[at].n; i++)
		digits = digits * 10 + mod.group[at].last[i];
	return digits;
}

static void test_single_and_group(void)
{
	begin();
	tell_three();
	tell_group(12, 1, 2, 3);
	flush();
	is(mod.group_adds, 0, "next hops without routes are not the module's");
	tell_route(RTM_NEWROUTE, 50, 1);
	tell_route(RTM_NEWROUTE, 51, 12);
	flush();
	is(peer_of(50), 1, "one next hop is a peer");
	is(members_of(51), 12, "two are a group");
	is(mod.group[group_at(group_of(51))].weight[0], 3, "with its weight");
	tell_group(13, 1, 2, 3);
	tell_route(RTM_NEWROUTE, 52, 13);
	flush();
	is(group_of(52), group_of(51), "another id for the same: the same group");
	tell_route(RTM_DELROUTE, 51, 0);
	flush();
	ok(members_of(52) == 12 && !group_of(51), "which stays while it is used");
	tell_route(RTM_DELROUTE, 52, 0);
	flush();
	is(mod.group_dels, 1, "and then goes");
	rib_free(rib);
}

static void test_replace(void)
{
	struct frame f;

	begin();
	tell_three();
	tell_route(RTM_NEWROUTE, 50, 1);
	flush();
	counts_reset();
	frame_begin(&f);
	frame_route_id(&f, RTM_DELROUTE, 50, 0);
	frame_route_id(&f, RTM_NEWROUTE, 50, 2);
	tell(&f);
	flush();
	is(mod.deletes, 0, "deleted and added in one frame: nothing is deleted");
	is(mod.writes, 1, "but replaced, once");
	is(peer_of(50), 2, "by the new next hop");
	rib_free(rib);
}

static void test_id_changes(void)
{
	begin();
	tell_three();
	tell_group(12, 1, 2, 1);
	for (uint8_t net = 50; net < 60; net++)
		tell_route(RTM_NEWROUTE, net, 12);
	flush();
	counts_reset();
	tell_group(12, 1, 3, 1);
	flush();
	is(members_of(59), 13, "an id with other members: the group has them");
	is(mod.writes + mod.deletes, 0, "and no route is touched");
	is(mod.group_sets, 1, "by one change");
	tell_nh(3, DEV, 2);
	flush();
	is(members_of(50), 12, "a member that means another gateway, alike");
	is(mod.writes + mod.deletes, 0, "and no route is touched");
	counts_reset();
	tell_group(12, 1, 3, 5);
	flush();
	is(mod.group[group_at(group_of(50))].weight[0], 5, "other weights, alike");
	is(mod.group_sets, 1, "by one change");
	tell_group(12, 1, 0, 1);
	flush();
	is(members_of(50), 1, "a group that shrinks to one stays a group");
	is(mod.writes + mod.deletes, 0, "and no route is touched");
	rib_free(rib);
}

static void test_pending(void)
{
	struct rib_stats s;

	begin();
	tell_three();
	tell_nh(9, DEV, 9);
	tell_group(19, 1, 9, 1);
	tell_route(RTM_NEWROUTE, 50, 9);
	tell_route(RTM_NEWROUTE, 51, 19);
	flush();
	ok(!mod.route[0][50].there, "no route to what is no peer");
	is(members_of(51), 1, "a group of those that are");
	rib_stats(rib, &s);
	is(s.pending, 1, "one route waits");
	counts_reset();
	peer(9, true);
	flush();
	is(peer_of(50), 9, "until the peer comes");
	is(members_of(51), 19, "and joins its group");
	is(mod.writes, 1, "of which no route is touched");
	peer(9, false);
	flush();
	ok(!mod.route[0][50].there, "when it goes, its route goes");
	is(members_of(51), 1, "and the group goes on without it");
	rib_free(rib);
}

static void test_feed_again(void)
{
	struct rib_stats s;
	uint32_t group;

	begin();
	tell_three();
	tell_group(12, 1, 2, 1);
	tell_route(RTM_NEWROUTE, 50, 12);
	tell_route(RTM_NEWROUTE, 51, 12);
	tell_route(RTM_NEWROUTE, 52, 1);
	flush();
	group = group_of(50);
	counts_reset();

	rib_begin(rib);
	/* A new zebra gives its ids anew: 12 is now somebody else. */
	tell_nh(12, DEV, 3);
	tell_route(RTM_NEWROUTE, 52, 12);
	flush();
	is(members_of(50), 12, "an id of a new feed means nothing to old routes");
	is(peer_of(52), 3, "and to new ones what it says now");
	tell_nh(21, DEV, 1);
	tell_nh(22, DEV, 2);
	tell_group(30, 21, 22, 1);
	tell_route(RTM_NEWROUTE, 50, 30);
	flush();
	is(group_of(50), group, "what is said again keeps its group");
	is(mod.group_adds + mod.group_sets + mod.group_dels, 0, "unchanged");
	is(mod.route[0][50].generation, 2, "in the new generation");
	is(mod.route[0][51].generation, 1, "what is not, stays in the old one");
	rib_stats(rib, &s);
	is(s.stale, 1, "and is counted as stale");
	is(mod.deletes, 0, "nothing was deleted");

	rib_sweep(rib);
	ok(!mod.route[0][51].there, "swept");
	is(members_of(50), 12, "and the rest is as it was");
	rib_stats(rib, &s);
	is(s.routes, 2, "and remembered");
	is(s.stale, 0, "with nothing stale");
	rib_free(rib);
}

static void test_restart(void)
{
	const struct mesh_member m[] = {
		{ .protocol = addr(1), .weight = 1 },
		{ .protocol = addr(2), .weight = 1 },
	};
	const struct mesh_group left = {
		.ifindex = DEV, .id = RIB_GROUP_FIRST + 5, .members = m,
		.n_members = 2,
	}, orphan = {
		.ifindex = DEV, .id = RIB_GROUP_FIRST + 6, .members = m,
		.n_members = 1,
	};

	begin();
	rib_group_found(rib, &left);
	rib_group_found(rib, &orphan);
	group_put(0, left.id, m, 2);
	group_put(1, orphan.id, m, 1);
	rib_generation_found(rib, 41);
	rib_begin(rib);
	tell_three();
	tell_group(12, 1, 2, 1);
	tell_route(RTM_NEWROUTE, 50, 12);
	flush();
	is(group_of(50), left.id, "a group of an earlier life is taken over");
	is(mod.route[0][50].generation, 42, "and its generation carried on");
	tell_group(13, 1, 3, 1);
	tell_route(RTM_NEWROUTE, 51, 13);
	flush();
	ok(group_of(51) > orphan.id, "new ids are beyond the old ones");
	ok(group_at(orphan.id) >= 0, "nothing is deleted before the sweep");
	rib_sweep(rib);
	ok(group_at(orphan.id) < 0, "what nobody took over is, by the sweep");
	rib_free(rib);
}

static void test_refused(void)
{
	struct rib_stats s;

	begin();
	tell_three();
	tell_route(RTM_NEWROUTE, 50, 1);
	flush();
	mod.refuse = -ENOSPC;
	tell_route(RTM_NEWROUTE, 50, 2);
	flush();
	rib_stats(rib, &s);
	is(s.refused, 1, "a refused route is counted");
	is(peer_of(50), 1, "what it was to replace stays");
	tell_route(RTM_DELROUTE, 50, 0);
	flush();
	mod.refuse = 0;
	rib_retry(rib);
	flush();
	ok(!mod.route[0][50].there, "a refused deletion is tried again");
	mod.absent = 3;
	tell_group(13, 1, 3, 1);
	tell_route(RTM_NEWROUTE, 51, 13);
	flush();
	ok(!mod.route[0][51].there, "no route to a group that was refused");
	mod.absent = 0;
	rib_retry(rib);
	flush();
	is(members_of(51), 13, "until it is taken");
	rib_free(rib);
}

static void test_devices(void)
{
	struct mesh_addr a = addr(1);
	struct rib_stats s;

	begin();
	tell_nh(1, DEV, 1);
	tell_nh(2, DEV + 1, 1);
	tell_nh(3, 77, 1);
	tell_group(12, 1, 2, 1);
	tell_route(RTM_NEWROUTE, 50, 12);
	tell_route(RTM_NEWROUTE, 51, 3);
	flush();
	ok(mod.route[0][50].there && !mod.route[1][50].there,
	   "of two next hops, only what is on a mesh device");
	rib_stats(rib, &s);
	is(s.ignored, 1, "a route elsewhere is ignored and counted");
	rib_dev_add(rib, DEV + 1);
	rib_peer_set(rib, DEV + 1, &a, true);
	flush();
	ok(mod.route[0][50].there && mod.route[1][50].there,
	   "a second mesh device gets its part");
	rib_dev_del(rib, DEV);
	memset(mod.route[0], 0, sizeof(mod.route[0]));
	counts_reset();
	flush();
	is(mod.deletes, 0, "nothing is written to a device that is gone");
	rib_dev_add(rib, DEV);
	peer(1, true);
	flush();
	is(peer_of(50), 1, "and all when it is back");
	rib_free(rib);
}

static void test_bounds(void)
{
	struct rib_stats s;

	begin();
	tell_three();
	for (int net = 0; net < 120; net++)
		tell_route(RTM_NEWROUTE, net, 1);
	flush();
	rib_stats(rib, &s);
	is(s.routes, 100, "no more routes than max-routes");
	tell_route(RTM_NEWROUTE, 200, 99);
	tell_route(RTM_DELROUTE, 210, 0);
	tell_group(98, 97, 96, 1);
	flush();
	rib_free(rib);
	begin();
	tell_route(RTM_NEWROUTE, 50, 5);
	flush();
	ok(!mod.route[0][50].there, "an id that was not told leads nowhere");
	tell_nh(5, DEV, 2);
	flush();
	is(peer_of(50), 2, "until it is");
	rib_free(rib);
}

int main(void)
{
	log_setup(LOG_LEVEL_ERROR, false);
	test_single_and_group();
	test_replace();
	test_id_changes();
	test_pending();
	test_feed_again();
	test_restart();
	test_refused();
	test_devices();
	test_bounds();
	return tap_end();
}

// SPDX-License-Identifier: LGPL-2.1
/*
 * The library against the live module, in a network namespace of its own:
 *   live NETNS [UNLOAD LOAD]	a namespace without mesh devices, and the commands
 *				that take the module away and bring it back
 */
#include <mesh/mesh.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define OWNER 77
#define ROUTES 2500

static struct mesh_ctx *ctx;
static unsigned int ifindex;

static struct mesh_addr addr(const char *text)
{
	struct mesh_addr a = { 0 };

	mesh_addr_parse(text, &a);
	return a;
}

static struct mesh_prefix prefix(unsigned int n)
{
	return (struct mesh_prefix){
		.addr = { 4, { 10, 1 + n / 256, n % 256, 0 } },
		.len = 24,
	};
}

static void done(int err, const char *what)
{
	if (!ok(!err, "%s", what))
		printf("# saw %s\n", mesh_strerror(ctx));
}

static int count_route(const struct mesh_route *route, void *arg)
{
	if (route->owner == OWNER)
		++*(unsigned int *)arg;
	return 0;
}

static unsigned int routes(void)
{
	struct mesh_route_filter filter = { .sz = sizeof(filter) };
	unsigned int n = 0;
	int err;

	filter.ifindex = ifindex;
	filter.owner = OWNER;
	err = mesh_route_dump(ctx, &filter, count_route, &n);
	if (err)
		printf("# dump: %s\n", mesh_strerror(ctx));
	return n;
}

static int note_dev(const struct mesh_dev *dev, void *arg)
{
	*(struct mesh_dev *)arg = *dev;
	return 0;
}

static int note_path(const struct mesh_path *path, void *arg)
{
	*(struct mesh_path *)arg = *path;
	return 0;
}

/* A device that hashes what is inside of tunnels tells where that goes. */
static void test_hash(void)
{
	MESH_OPTS(mesh_dev_opts, opts,
		  .set = MESH_DEV_HASH_FIELDS | MESH_DEV_HASH_SYMMETRIC,
		  .hash_fields = MESH_HASH_INNER, .hash_symmetric = true);
	MESH_OPTS(mesh_flow, there, .ip_proto = 47, .inner_ip_proto = 17,
		  .inner_sport = 7, .inner_dport = 9);
	MESH_OPTS(mesh_flow, back, .ip_proto = 4, .inner_ip_proto = 17,
		  .inner_sport = 9, .inner_dport = 7);
	struct mesh_path one = { 0 }, two = { 0 };
	struct mesh_dev dev = { 0 };

	there.dst = addr("10.0.0.2");
	back.dst = addr("2001:db8::2");
	there.inner_src = back.inner_dst = addr("192.0.2.7");
	there.inner_dst = back.inner_src = addr("192.0.2.9");
	done(mesh_dev_set(ctx, ifindex, &opts), "a flow hash is chosen");
	done(mesh_dev_get(ctx, ifindex, note_dev, &dev), "it is asked of");
	is_number(dev.hash_fields, MESH_HASH_INNER, "its fields are there");
	ok(dev.hash_symmetric, "and that it is symmetric");
	done(mesh_route_lookup(ctx, ifindex, &there, note_path, &one), "a tunnelled flow is asked for");
	done(mesh_route_lookup(ctx, ifindex, &back, note_path, &two), "and its answers in another tunnel");
	is_number(one.hash, two.hash, "they have one hash");
	back.inner_dport = 8;
	done(mesh_route_lookup(ctx, ifindex, &back, note_path, &two), "another flow is asked for");
	ok(one.hash != two.hash, "it has another");
	opts.hash_fields = MESH_HASH_L4;
	opts.hash_symmetric = false;
	done(mesh_dev_set(ctx, ifindex, &opts), "the usual hash is chosen again");
}

static void test_device(void)
{
	MESH_OPTS(mesh_dev_opts, opts,
		  .set = MESH_DEV_KEY | MESH_DEV_LOCAL | MESH_DEV_LOCAL6, .key = 9);
	struct mesh_dev dev = { 0 };
	struct mesh_endpoint endpoint = { .nbma = addr("192.0.2.2"), .weight = 1 };
	struct mesh_addr peer = addr("10.0.0.2");
	unsigned int again = 0;
	char name[MESH_IFNAME_STRLEN];

	opts.local = addr("192.0.2.1");
	opts.local6 = addr("2001:db8::1");
	done(mesh_dev_add(ctx, "live0", &opts, &ifindex), "a device is made");
	done(mesh_dev_get(ctx, ifindex, note_dev, &dev), "it is asked of");
	is_number(mesh_addr_cmp(&dev.local6, &opts.local6), 0, "its IPv6 address is there");
	done(mesh_link_index(ctx, "live0", &again), "its index is found");
	is_number(again, ifindex, "by its name");
	done(mesh_link_name(ctx, ifindex, name), "its name is found");
	is_text(name, "live0", "by its index");
	done(mesh_peer_add(ctx, ifindex, &peer, &endpoint, 1), "a peer is made");
	is_number(mesh_dev_del(ctx, 1), -EOPNOTSUPP, "lo is no mesh device");
}

static struct mesh_route_batch *gather(uint32_t generation, unsigned int n)
{
	MESH_OPTS(mesh_route_opts, opts, .owner = OWNER, .generation = generation);
	struct mesh_target target = { .peer = addr("10.0.0.2") };
	struct mesh_route_batch *b = NULL;

	done(mesh_route_batch_new(&b, ctx, ifindex, &opts), "a batch is begun");
	for (unsigned int i = 0; i < n; i++) {
		struct mesh_prefix p = prefix(i);

		mesh_route_batch_set(b, &p, &target);
	}
	return b;
}

static void test_batch(void)
{
	struct mesh_target nobody = { .peer = addr("10.0.0.99") };
	struct mesh_route_batch *b = gather(1, ROUTES);
	struct mesh_prefix p = prefix(ROUTES);
	size_t failed = 0;

	done(mesh_route_batch_commit(b, &failed), "a batch of many messages is applied");
	ok(failed == SIZE_MAX, "none is at fault");
	is_number(routes(), ROUTES, "all routes are there");
	for (unsigned int i = 0; i < 10; i++) {
		p = prefix(i);
		mesh_route_batch_del(b, &p);
	}
	p = prefix(ROUTES);
	mesh_route_batch_set(b, &p, &nobody);
	p = prefix(ROUTES + 1);
	mesh_route_batch_set(b, &p, &(struct mesh_target){ .peer = addr("10.0.0.2") });
	is_number(mesh_route_batch_commit(b, &failed), -ENOENT, "a route to nobody is refused");
	is_text(mesh_error_attr(ctx), "entry[0].peer", "by its attribute");
	ok(!strstr(mesh_strerror(ctx), "(entry"), "whose place is said once");
	is_number((long long)failed, 0, "it is the first that is pending");
	is_number(routes(), ROUTES - 10, "the deletions before it are done");
	done(mesh_route_batch_drop(b, failed), "it is dropped");
	done(mesh_route_batch_commit(b, &failed), "the rest is applied");
	is_number(routes(), ROUTES - 9, "and there");
	mesh_route_batch_free(b);
}

static void test_sweep(void)
{
	struct mesh_route_batch *b = gather(2, 1000);
	uint32_t deleted = 0;

	done(mesh_route_batch_commit(b, NULL), "a thousand routes come again, of a new generation");
	mesh_route_batch_free(b);
	is_number(routes(), ROUTES + 1, "the old ones are still there");
	done(mesh_route_sweep(ctx, ifindex, OWNER, 2, &deleted), "they are swept");
	is_number(deleted, ROUTES + 1 - 1000, "their number is told");
	is_number(routes(), 1000, "the new ones stay");
	done(mesh_route_flush(ctx, ifindex, OWNER, &deleted), "all are flushed");
	is_number(deleted, 1000, "their number is told");
	is_number(routes(), 0, "none is left");
}

static int stop_at_two(const struct mesh_peer *peer, void *arg)
{
	(void)peer;
	return ++*(int *)arg == 2 ? 4711 : 0;
}

static int nested(const struct mesh_peer *peer, void *arg)
{
	/* A call with the context of the dump that calls back. */
	if (!mesh_peer_get(ctx, ifindex, &peer->protocol, stop_at_two, &(int){ 0 }))
		++*(int *)arg;
	return 0;
}

static void test_callbacks(void)
{
	struct mesh_endpoint endpoint = { .nbma = addr("192.0.2.3"), .weight = 1 };
	struct mesh_addr peer = addr("10.0.0.3");
	int n = 0;

	mesh_peer_add(ctx, ifindex, &peer, &endpoint, 1);
	peer = addr("10.0.0.4");
	mesh_peer_add(ctx, ifindex, &peer, &endpoint, 1);
	is_number(mesh_peer_dump(ctx, NULL, stop_at_two, &n), 4711, "a callback ends a dump");
	is_number(n, 2, "at once");
	n = 0;
	done(mesh_peer_dump(ctx, NULL, nested, &n), "a callback makes calls");
	is_number(n, 3, "for each peer");
}

static int count_peer(const struct mesh_peer *peer, void *arg)
{
	(void)peer;
	++*(int *)arg;
	return 0;
}

static void test_flush(void)
{
	struct mesh_endpoint endpoint = { .nbma = addr("192.0.2.3"), .weight = 1 };
	struct mesh_peer_flushed flushed = { 9, 9 };
	struct mesh_target target = { .peer = addr("10.0.0.2") };
	struct mesh_peer_filter filter = { .sz = sizeof(filter) };
	struct mesh_prefix p = prefix(1);
	struct mesh_addr peer;
	int n = 0;

	done(mesh_route_set(ctx, ifindex, &p, &target, NULL), "a route to a peer is set");
	done(mesh_peer_flush(ctx, ifindex, MESH_PEER_RESOLVED, &flushed), "what was resolved is flushed");
	ok(!flushed.deleted && !flushed.kept, "nothing was");
	done(mesh_peer_flush(ctx, ifindex, 0, &flushed), "all peers are flushed");
	is_number(flushed.deleted, 2, "their number is told");
	is_number(flushed.kept, 1, "and that of those that are in use");
	filter.ifindex = ifindex;
	mesh_peer_dump(ctx, &filter, count_peer, &n);
	is_number(n, 1, "which are still there");
	mesh_route_del(ctx, ifindex, &p, 0);
	peer = addr("10.0.0.3");
	mesh_peer_add(ctx, ifindex, &peer, &endpoint, 1);
	is_number(mesh_peer_flush(ctx, 1, 0, NULL), -EOPNOTSUPP, "lo has no peers to flush");
}

struct heard {
	int add;
	int change;
	int del;
};

static int hear(const struct mesh_event *event, void *arg)
{
	struct heard *heard = arg;

	if (!event->route)
		return 0;
	heard->add += event->type == MESH_EVENT_ADD;
	heard->change += event->type == MESH_EVENT_CHANGE;
	heard->del += event->type == MESH_EVENT_DEL;
	return 0;
}

/* Until there is nothing for a second. */
static int process(void)
{
	struct pollfd pfd = { .fd = mesh_event_fd(ctx), .events = POLLIN };
	int total = 0;
	int ret;

	while (poll(&pfd, 1, 1000) > 0) {
		ret = mesh_event_process(ctx);
		if (ret < 0)
			return ret;
		total += ret;
	}
	return total;
}

static void test_events(void)
{
	MESH_OPTS(mesh_event_opts, small, .rcvbuf = 4096);
	struct mesh_target target = { .peer = addr("10.0.0.2") };
	struct mesh_prefix p = prefix(7);
	struct mesh_route_batch *b;
	struct heard heard = { 0 };

	is_number(mesh_event_process(ctx), -ENOTCONN, "no events without subscription");
	is_number(mesh_event_fd(ctx), -ENOTCONN, "and no descriptor");
	done(mesh_event_subscribe(ctx, hear, &heard, NULL), "subscribed");
	is_number(mesh_event_subscribe(ctx, hear, &heard, NULL), -EALREADY, "only once");
	is_number(mesh_event_process(ctx), 0, "nothing has happened");
	mesh_route_set(ctx, ifindex, &p, &target, NULL);
	target.peer = addr("10.0.0.3");
	mesh_route_set(ctx, ifindex, &p, &target, NULL);
	mesh_route_del(ctx, ifindex, &p, 0);
	is_number(process(), 3, "three events");
	ok(heard.add == 1 && heard.change == 1 && heard.del == 1, "of three kinds");
	mesh_event_unsubscribe(ctx);

	done(mesh_event_subscribe(ctx, hear, &heard, &small), "subscribed with a small buffer");
	b = gather(3, 1000);
	done(mesh_route_batch_commit(b, NULL), "a thousand routes");
	mesh_route_batch_free(b);
	is_number(process(), -ENOBUFS, "events were lost, and that is told");
	ok(process() >= 0, "the next call goes on");
	is_number(routes(), 1000, "a dump tells how things are");
	mesh_event_unsubscribe(ctx);
}

static int ignore_stats(const struct mesh_stats *stats, void *arg)
{
	for (size_t i = 0; i < stats->n_counters; i++)
		*(int *)arg += !strcmp(stats->counters[i].name, "drop-tx-no-peer");
	return 0;
}

static void test_rest(void)
{
	int found = 0;

	done(mesh_stats_get(ctx, ifindex, ignore_stats, &found), "counters are read");
	is_number(found, 1, "each has its name once");
	done(mesh_dev_del(ctx, ifindex), "the device is deleted");
	is_number(mesh_dev_del(ctx, ifindex), -ENODEV, "and gone");
}

static int found(const struct mesh_dev *dev, void *arg)
{
	*(int *)arg += !strcmp(dev->ifname, "live1");
	return 0;
}

/* A context that lives longer than the module, with its subscription. */
static void test_reload(const char *unload, const char *load)
{
	MESH_OPTS(mesh_dev_opts, opts, .set = MESH_DEV_LOCAL, .local = addr("192.0.2.1"));
	struct mesh_target target = { .peer = addr("10.0.0.2") };
	struct mesh_endpoint endpoint = { .nbma = addr("192.0.2.2"), .weight = 1 };
	struct mesh_prefix p = prefix(7);
	struct heard heard = { 0 };
	int n = 0;

	done(mesh_event_subscribe(ctx, hear, &heard, NULL), "subscribed before a reload");
	is_number(system(unload), 0, "the module goes");
	is_number(mesh_dev_dump(ctx, found, &n), -ENOENT, "without it a dump fails");
	is_text(mesh_strerror(ctx), "no mesh family: is the module loaded?", "and says why");
	is_number(system(load), 0, "the module comes again");
	is_number(process(), -ENOBUFS, "the subscriber is told to look anew");
	done(mesh_dev_add(ctx, "live1", &opts, &ifindex), "a device is made");
	done(mesh_dev_dump(ctx, found, &n), "a dump works");
	is_number(n, 1, "and finds it");
	mesh_peer_add(ctx, ifindex, &target.peer, &endpoint, 1);
	done(mesh_route_set(ctx, ifindex, &p, &target, NULL), "a route is set");
	ok(process() > 0 && heard.add == 1, "the subscriber hears of it");
	mesh_event_unsubscribe(ctx);

	is_number(system(unload), 0, "the module goes with its device");
	is_number(system(load), 0, "and comes, unseen by the context");
	done(mesh_dev_add(ctx, "live1", &opts, &ifindex), "a device is made, with the old id");
	is_number(mesh_peer_del(ctx, ifindex, &target.peer), -ENOENT, "what is not there is not");
	is_text(mesh_error_attr(ctx), "protocol", "in the words of the module");
	done(mesh_dev_del(ctx, ifindex), "the device is deleted");
}

int main(int argc, char **argv)
{
	MESH_OPTS(mesh_open_opts, opts, .netns = argc > 1 ? argv[1] : NULL);
	struct mesh_ctx *none;

	is_number(mesh_open(&none, &(struct mesh_open_opts){
			.sz = sizeof(opts), .netns = "no-such-netns" }),
		  -ENOENT, "an unknown namespace is refused");
	if (!ok(!mesh_open(&ctx, &opts), "a context is opened"))
		return tap_end();
	test_device();
	test_hash();
	test_batch();
	test_sweep();
	test_callbacks();
	test_flush();
	test_events();
	test_rest();
	if (argc > 3)
		test_reload(argv[2], argv[3]);
	mesh_close(ctx);
	return tap_end();
}

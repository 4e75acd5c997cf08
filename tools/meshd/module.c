// SPDX-License-Identifier: GPL-2.0
#include "module.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "list.h"
#include "log.h"

/* While a device cannot be read, and what was refused is not taken: ms. */
#define RETRY_MS 1000

/* A device; not @ready until its tables could be read. */
struct device {
	struct list all;
	uint32_t ifindex;
	char name[MESH_IFNAME_STRLEN];
	bool ready;
};

struct module {
	struct mesh_ctx *ctx;
	struct rib *rib;
	struct list devices;
	uv_loop_t *loop;
	uv_timer_t retry;
	uv_poll_t *events;
	bool complained;
	uint8_t owner;
	char last[256];
};

static void sink_log(struct module *m, const char *what, uint32_t ifindex,
		     uint32_t id, int ret)
{
	char line[sizeof(m->last)];

	if (!ret) {
		log_debug("%s group %u of device %u", what, id, ifindex);
		return;
	}
	snprintf(line, sizeof(line), "cannot %s group %u of device %u: %s",
		 what, id, ifindex, mesh_strerror(m->ctx));
	/* Retries fail alike: said once. */
	log_line(strcmp(line, m->last) ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG,
		 "%s", line);
	strcpy(m->last, line);
}

static int sink_group_add(void *ctx, uint32_t ifindex, uint32_t id,
			  const struct mesh_member *member, size_t n)
{
	struct module *m = ctx;
	int ret = mesh_group_add(m->ctx, ifindex, id, member, n);

	if (ret != -EEXIST)
		sink_log(m, "add", ifindex, id, ret);
	return ret;
}

static int sink_group_set(void *ctx, uint32_t ifindex, uint32_t id,
			  const struct mesh_member *member, size_t n)
{
	struct module *m = ctx;
	int ret = mesh_group_set(m->ctx, ifindex, id, member, n);

	sink_log(m, "set", ifindex, id, ret);
	return ret;
}

static int sink_group_del(void *ctx, uint32_t ifindex, uint32_t id)
{
	struct module *m = ctx;
	int ret = mesh_group_del(m->ctx, ifindex, id);

	if (ret != -ENOENT)
		sink_log(m, "delete", ifindex, id, ret);
	return ret;
}

static bool change_is_del(const struct rib_change *c)
{
	return !c->target.group && !c->target.peer.len;
}

static void change_refused(struct module *m, uint32_t ifindex,
			   struct rib_change *c, int error)
{
	char text[MESH_PREFIX_STRLEN];

	c->error = error;
	if (change_is_del(c) && error == -ENOENT)
		return;
	log_line(c->again ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR,
		 "route %s of device %u refused: %s",
		 mesh_prefix_format(&c->prefix, text), ifindex,
		 mesh_strerror(m->ctx));
}

/* Commits what @batch holds of @order, leaving out one by one what is refused. */
static void batch_commit(struct module *m, uint32_t ifindex,
			 struct mesh_route_batch *batch,
			 struct rib_change **order, size_t n)
{
	size_t bad, done = 0;
	int ret;

	while ((ret = mesh_route_batch_commit(batch, &bad))) {
		size_t left = mesh_route_batch_pending(batch);

		done = n - left;
		if (bad >= left) {
			change_refused(m, ifindex, order[done], ret);
			for (; done < n; done++)
				order[done]->error = ret;
			return;
		}
		change_refused(m, ifindex, order[done + bad], ret);
		mesh_route_batch_drop(batch, bad);
		memmove(&order[done + bad], &order[done + bad + 1],
			(n - done - bad - 1) * sizeof(*order));
		n--;
	}
}

/* New routes first: a packet finds the new longer prefix or the old shorter. */
static size_t batch_gather(struct mesh_route_batch *batch,
			   struct rib_change *change, size_t n, bool del,
			   struct rib_change **order, size_t at)
{
	for (size_t i = 0; i < n; i++) {
		struct rib_change *c = &change[i];

		if (change_is_del(c) != del)
			continue;
		c->error = del ? mesh_route_batch_del(batch, &c->prefix) :
			   mesh_route_batch_set(batch, &c->prefix, &c->target);
		if (!c->error)
			order[at++] = c;
	}
	return at;
}

static void sink_routes(void *ctx, uint32_t ifindex, uint32_t generation,
			struct rib_change *change, size_t n)
{
	struct module *m = ctx;
	struct mesh_route_opts opts = {
		.sz = sizeof(opts),
		.owner = m->owner,
		.generation = generation,
		.mode = MESH_ROUTE_REPLACE,
	};
	struct rib_change **order = xcalloc(n, sizeof(*order));
	struct mesh_route_batch *batch;
	size_t k;
	int ret = mesh_route_batch_new(&batch, m->ctx, ifindex, &opts);

	if (ret) {
		for (size_t i = 0; i < n; i++)
			change[i].error = ret;
		free(order);
		return;
	}
	k = batch_gather(batch, change, n, false, order, 0);
	k = batch_gather(batch, change, n, true, order, k);
	batch_commit(m, ifindex, batch, order, k);
	mesh_route_batch_free(batch);
	free(order);
	log_debug("device %u: %zu routes written", ifindex, n);
}

static int sink_sweep(void *ctx, uint32_t ifindex, uint32_t generation)
{
	struct module *m = ctx;
	uint32_t deleted = 0;
	int ret = mesh_route_sweep(m->ctx, ifindex, m->owner, generation,
				   &deleted);

	if (ret)
		log_error("cannot sweep device %u: %s", ifindex,
			  mesh_strerror(m->ctx));
	else
		log_info("device %u: swept %u stale routes", ifindex, deleted);
	return ret;
}

const struct rib_sink *module_sink(void)
{
	static const struct rib_sink sink = {
		.group_add = sink_group_add,
		.group_set = sink_group_set,
		.group_del = sink_group_del,
		.routes = sink_routes,
		.sweep = sink_sweep,
	};

	return &sink;
}

static int on_peer(const struct mesh_peer *peer, void *arg)
{
	struct module *m = arg;

	rib_peer_set(m->rib, peer->ifindex, &peer->protocol, true);
	return 0;
}

static int on_group(const struct mesh_group *group, void *arg)
{
	struct module *m = arg;

	rib_group_found(m->rib, group);
	return 0;
}

static int on_route(const struct mesh_route *route, void *arg)
{
	struct module *m = arg;

	rib_generation_found(m->rib, route->generation);
	return 0;
}

static int on_event(const struct mesh_event *event, void *arg)
{
	struct module *m = arg;

	if (event->peer)
		rib_peer_set(m->rib, event->peer->ifindex,
			     &event->peer->protocol,
			     event->type != MESH_EVENT_DEL);
	return 0;
}

static int peers_read(struct module *m, uint32_t ifindex)
{
	MESH_OPTS(mesh_peer_filter, filter, .ifindex = ifindex);
	int ret;

	rib_peers_begin(m->rib, ifindex);
	ret = mesh_peer_dump(m->ctx, &filter, on_peer, m);
	/* An interrupted dump names who is there, but not who is not. */
	if (!ret)
		rib_peers_end(m->rib, ifindex);
	return ret == -EINTR ? 0 : ret;
}

/* What is there, and what an earlier life left: peers, groups, generation. */
static int device_read(struct module *m, struct device *dev)
{
	MESH_OPTS(mesh_route_filter, filter, .ifindex = dev->ifindex,
		  .owner = m->owner);
	int ret;

	rib_dev_add(m->rib, dev->ifindex);
	ret = peers_read(m, dev->ifindex);
	if (!ret)
		ret = mesh_group_dump(m->ctx, dev->ifindex, on_group, m);
	if (!ret || ret == -EINTR)
		ret = mesh_route_dump(m->ctx, &filter, on_route, m);
	if (ret && ret != -EINTR) {
		rib_dev_del(m->rib, dev->ifindex);
		return ret;
	}
	dev->ready = true;
	log_info("mesh device %s (%u) is fed", dev->name, dev->ifindex);
	return 0;
}

static void resync(struct module *m)
{
	struct list *i, *n;

	log_info("events were lost, reading all peers anew");
	list_each(i, n, &m->devices) {
		struct device *dev = entry_of(i, struct device, all);

		if (dev->ready)
			peers_read(m, dev->ifindex);
	}
}

static void on_events(uv_poll_t *poll, int status, int events)
{
	struct module *m = poll->data;
	int ret = mesh_event_process(m->ctx);

	(void)events;
	/* Lost events are an error of the socket, at which the loop stops. */
	if (status < 0)
		uv_poll_start(poll, UV_READABLE, on_events);
	if (ret == -ENOBUFS)
		resync(m);
	else if (ret < 0)
		log_error("cannot read events: %s", mesh_strerror(m->ctx));
}

static int subscribe(struct module *m)
{
	int ret;

	if (m->events)
		return 0;
	ret = mesh_event_subscribe(m->ctx, on_event, m, NULL);
	if (ret)
		return ret;
	m->events = xcalloc(1, sizeof(*m->events));
	uv_poll_init(m->loop, m->events, mesh_event_fd(m->ctx));
	m->events->data = m;
	return uv_poll_start(m->events, UV_READABLE, on_events);
}

static void events_closed(uv_handle_t *handle)
{
	free(handle);
}

static void unsubscribe(struct module *m)
{
	if (!m->events)
		return;
	uv_close((uv_handle_t *)m->events, events_closed);
	m->events = NULL;
	mesh_event_unsubscribe(m->ctx);
}

static void devices_read(struct module *m)
{
	bool waiting = false;
	struct list *i, *n;

	list_each(i, n, &m->devices) {
		struct device *dev = entry_of(i, struct device, all);
		int ret = 0;

		if (!dev->ready)
			ret = subscribe(m);
		if (!dev->ready && !ret)
			ret = device_read(m, dev);
		waiting |= ret;
		if (ret && !m->complained)
			log_error("cannot read mesh device %s: %s; trying on",
				  dev->name, mesh_strerror(m->ctx));
	}
	m->complained = waiting;
}

static void on_retry(uv_timer_t *timer)
{
	struct module *m = timer->data;

	devices_read(m);
	rib_retry(m->rib);
}

static struct device *device_find(struct module *m, uint32_t ifindex)
{
	struct list *i, *n;

	list_each(i, n, &m->devices) {
		struct device *dev = entry_of(i, struct device, all);

		if (dev->ifindex == ifindex)
			return dev;
	}
	return NULL;
}

void module_dev_add(struct module *m, uint32_t ifindex, const char *name)
{
	struct device *dev = device_find(m, ifindex);

	if (!dev) {
		dev = xcalloc(1, sizeof(*dev));
		dev->ifindex = ifindex;
		list_add(&dev->all, &m->devices);
	}
	snprintf(dev->name, sizeof(dev->name), "%s", name);
	if (!dev->ready)
		devices_read(m);
}

void module_dev_del(struct module *m, uint32_t ifindex)
{
	struct device *dev = device_find(m, ifindex);

	if (!dev)
		return;
	log_info("mesh device %s (%u) is gone", dev->name, ifindex);
	rib_dev_del(m->rib, ifindex);
	list_del(&dev->all);
	free(dev);
}

struct module *module_new(uv_loop_t *loop, uint8_t owner)
{
	struct module *m = xcalloc(1, sizeof(*m));
	int ret = mesh_open(&m->ctx, NULL);

	if (ret) {
		log_error("cannot open libmesh: %s", strerror(-ret));
		free(m);
		return NULL;
	}
	m->loop = loop;
	m->owner = owner;
	list_init(&m->devices);
	uv_timer_init(loop, &m->retry);
	m->retry.data = m;
	return m;
}

void module_rib(struct module *m, struct rib *rib)
{
	m->rib = rib;
	uv_timer_start(&m->retry, on_retry, RETRY_MS, RETRY_MS);
}

static void on_closed(uv_handle_t *handle)
{
	struct module *m = handle->data;

	mesh_close(m->ctx);
	while (!list_empty(&m->devices)) {
		struct device *dev = entry_of(m->devices.next, struct device,
					      all);

		list_del(&dev->all);
		free(dev);
	}
	free(m);
}

void module_close(struct module *m)
{
	if (!m)
		return;
	unsubscribe(m);
	uv_close((uv_handle_t *)&m->retry, on_closed);
}

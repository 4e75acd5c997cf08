// SPDX-License-Identifier: GPL-2.0
#include "nhs.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "announce.h"
#include "log.h"
#include "mem.h"

/* Addresses of a name that are used; a device has at most 16 servers. */
#define ADDRS_MAX 16
/* After a failure, unless the interval is shorter: ms. */
#define RETRY_MS 5000
/* Of rtnetlink's protocol numbers, as for anycast routes: it is meshd's own. */
#define OWNER ANNOUNCE_PROTO

/*
 * @n: addresses as last resolved; those stay while the name cannot be.
 * @known: it has been resolved once.
 * @due: when to resolve it, ms of the loop.
 */
struct name {
	const struct nhs_spec *spec;
	struct nhs_names *all;
	uv_getaddrinfo_t request;
	struct mesh_addr addrs[ADDRS_MAX];
	size_t n;
	bool known;
	bool asking;
	uint64_t due;
};

/*
 * @asking: names that are being resolved.
 * @closed: the timer is; what is asked may still be waited for.
 */
struct nhs_names {
	uv_loop_t *loop;
	uv_timer_t timer;
	struct mesh_ctx *ctx;
	size_t n;
	size_t asking;
	bool closing;
	bool closed;
	char said[256];
	struct name name[];
};

/* A failure goes on until something changes: it is said once. */
static void complain(struct nhs_names *all, const char *name, const char *what)
{
	char line[sizeof(all->said)];

	snprintf(line, sizeof(line), "next-hop server %s: %s", name, what);
	log_line(strcmp(line, all->said) ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG, "%s", line);
	strcpy(all->said, line);
}

static bool stands_for(const struct name *name, const struct mesh_addr *addr)
{
	for (size_t i = 0; i < name->n; i++)
		if (!mesh_addr_cmp(&name->addrs[i], addr))
			return true;
	return false;
}

/* The best name of the device that stands for the address, or NULL. */
static const struct name *name_of(const struct nhs_names *all, const char *dev,
				  const struct mesh_addr *addr)
{
	const struct name *best = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const struct name *name = &all->name[i];

		if (!strcmp(name->spec->dev, dev) && stands_for(name, addr) &&
		    (!best || name->spec->priority < best->spec->priority))
			best = name;
	}
	return best;
}

static bool all_known(const struct nhs_names *all, const char *dev)
{
	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->name[i].spec->dev, dev) && !all->name[i].known)
			return false;
	return true;
}

/* Where a server of ours has no name any more, or another priority. */
struct stale {
	const struct nhs_names *all;
	const char *dev;
	struct mesh_addr addrs[ADDRS_MAX];
	size_t n;
};

static int find_stale(const struct mesh_nhs *nhs, void *arg)
{
	struct stale *s = arg;
	const struct name *name = name_of(s->all, s->dev, &nhs->nbma);

	if (nhs->owner != OWNER || s->n == ADDRS_MAX)
		return 0;
	if (name ? name->spec->priority != nhs->priority : all_known(s->all, s->dev))
		s->addrs[s->n++] = nhs->nbma;
	return 0;
}

static int add(struct nhs_names *all, unsigned int ifindex, const struct name *name,
	       const struct mesh_addr *addr)
{
	MESH_OPTS(mesh_nhs_opts, opts, .protocol = name->spec->protocol,
		  .priority = name->spec->priority, .owner = OWNER);
	char text[MESH_ADDR_STRLEN];
	int err = mesh_nhs_add_opts(all->ctx, ifindex, addr, &opts);

	if (err == -EEXIST)
		return 0;
	if (err)
		complain(all, name->spec->name, mesh_strerror(all->ctx));
	else
		log_info("next-hop server %s of %s is %s", name->spec->name, name->spec->dev,
			 mesh_addr_format(addr, text));
	return err;
}

/* Makes a device's servers those that its names stand for.  0 or -errno. */
static int sync_device(struct nhs_names *all, const char *dev)
{
	struct stale stale = { .all = all, .dev = dev };
	char text[MESH_ADDR_STRLEN];
	unsigned int ifindex;
	int err;

	err = mesh_link_index(all->ctx, dev, &ifindex);
	if (!err)
		err = mesh_nhs_dump(all->ctx, ifindex, find_stale, &stale);
	if (err) {
		complain(all, dev, mesh_strerror(all->ctx));
		return err;
	}
	/* New ones first where there is room: so that one is always there. */
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->name[i].n; k++)
			if (name_of(all, dev, &all->name[i].addrs[k]) == &all->name[i])
				err = add(all, ifindex, &all->name[i], &all->name[i].addrs[k]);
	for (size_t i = 0; i < stale.n; i++) {
		const struct name *name = name_of(all, dev, &stale.addrs[i]);

		if (!mesh_nhs_del(all->ctx, ifindex, &stale.addrs[i]))
			log_info("next-hop server %s of %s is no more",
				 mesh_addr_format(&stale.addrs[i], text), dev);
		if (name)
			err = add(all, ifindex, name, &stale.addrs[i]);
	}
	return err;
}

static void take(struct name *name, const struct addrinfo *ai)
{
	name->n = 0;
	for (; ai && name->n < ADDRS_MAX; ai = ai->ai_next) {
		struct mesh_addr *addr = &name->addrs[name->n];

		memset(addr, 0, sizeof(*addr));
		if (ai->ai_family == AF_INET) {
			addr->len = 4;
			memcpy(addr->bytes, &((struct sockaddr_in *)ai->ai_addr)->sin_addr, 4);
		} else if (ai->ai_family == AF_INET6) {
			addr->len = 16;
			memcpy(addr->bytes, &((struct sockaddr_in6 *)ai->ai_addr)->sin6_addr, 16);
		}
		if (addr->len)
			name->n++;
	}
	name->known = true;
}

static void on_timer(uv_timer_t *timer);

static void schedule(struct nhs_names *all)
{
	uint64_t now = uv_now(all->loop), next = UINT64_MAX;

	for (size_t i = 0; i < all->n; i++)
		if (!all->name[i].asking && all->name[i].due < next)
			next = all->name[i].due;
	if (next != UINT64_MAX)
		uv_timer_start(&all->timer, on_timer, next > now ? next - now : 0, 0);
}

static void free_when_idle(struct nhs_names *all)
{
	if (!all->closed || all->asking)
		return;
	mesh_close(all->ctx);
	free(all);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *ai)
{
	struct name *name = request->data;
	struct nhs_names *all = name->all;
	unsigned int wait = name->spec->interval;
	bool failed = status;

	name->asking = false;
	all->asking--;
	if (all->closing) {
		uv_freeaddrinfo(ai);
		free_when_idle(all);
		return;
	}
	if (status)
		complain(all, name->spec->name, uv_strerror(status));
	else
		take(name, ai);
	uv_freeaddrinfo(ai);
	if (!status)
		failed = sync_device(all, name->spec->dev);
	if (failed && wait > RETRY_MS)
		wait = RETRY_MS;
	name->due = uv_now(all->loop) + wait;
	schedule(all);
}

static void on_timer(uv_timer_t *timer)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct nhs_names *all = timer->data;
	uint64_t now = uv_now(all->loop);

	for (size_t i = 0; i < all->n; i++) {
		struct name *name = &all->name[i];
		int err;

		if (name->asking || name->due > now)
			continue;
		err = uv_getaddrinfo(all->loop, &name->request, on_resolved,
				     name->spec->name, NULL, &hints);
		name->due = now + RETRY_MS;
		if (err) {
			complain(all, name->spec->name, uv_strerror(err));
			continue;
		}
		name->asking = true;
		all->asking++;
	}
	schedule(all);
}

struct nhs_names *nhs_names_new(uv_loop_t *loop, const struct nhs_spec *specs, size_t n)
{
	struct nhs_names *all = xcalloc(1, sizeof(*all) + n * sizeof(all->name[0]));
	int err = mesh_open(&all->ctx, NULL);

	if (err) {
		log_error("cannot open a netlink socket: %s", strerror(-err));
		free(all);
		return NULL;
	}
	all->loop = loop;
	all->n = n;
	uv_timer_init(loop, &all->timer);
	all->timer.data = all;
	for (size_t i = 0; i < n; i++) {
		all->name[i].spec = &specs[i];
		all->name[i].all = all;
		all->name[i].request.data = &all->name[i];
	}
	nhs_names_device(all);
	return all;
}

void nhs_names_device(struct nhs_names *all)
{
	for (size_t i = 0; i < all->n; i++)
		all->name[i].due = 0;
	schedule(all);
}

static void on_closed(uv_handle_t *handle)
{
	struct nhs_names *all = handle->data;

	all->closed = true;
	free_when_idle(all);
}

void nhs_names_close(struct nhs_names *all)
{
	all->closing = true;
	for (size_t i = 0; i < all->n; i++)
		if (all->name[i].asking)
			uv_cancel((uv_req_t *)&all->name[i].request);
	uv_close((uv_handle_t *)&all->timer, on_closed);
}

// SPDX-License-Identifier: GPL-2.0
#include "vip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "list.h"
#include "log.h"
#include "vip_spec.h"

/**
 * struct vip - an anycast address
 * @all: in vips->all
 * @vips: its owner
 * @cfg: how it is checked
 * @health: what the checks came to
 * @timer: to the next check
 * @drain: to the end of the address, after its route
 * @check: under way, or NULL
 * @began: when it began, loop time
 * @changed: when it came up or went down, seconds since 1970
 * @checks: results
 * @failures: of these
 * @failing: the last check failed
 * @has_address: the device holds it
 * @deprecated: for who uses it already
 * @has_route: it is announced
 * @leaving: it is to be freed once it is drained
 * @handles: that are not closed
 * @reason: of the last failure
 */
struct vip {
	struct list all;
	struct vips *vips;
	struct vip_cfg cfg;
	struct health health;
	uv_timer_t timer;
	uv_timer_t drain;
	struct check *check;
	uint64_t began;
	time_t changed;
	uint64_t checks;
	uint64_t failures;
	bool failing;
	bool has_address;
	bool deprecated;
	bool has_route;
	bool leaving;
	unsigned int handles;
	char reason[160];
	char name[MESH_PREFIX_STRLEN];
};

struct vips {
	uv_loop_t *loop;
	struct announce *announce;
	struct list all;
	void (*done)(void *arg);
	void *arg;
};

struct vips *vips_new(uv_loop_t *loop, struct announce *announce)
{
	struct vips *vips = xcalloc(1, sizeof(*vips));

	vips->loop = loop;
	vips->announce = announce;
	list_init(&vips->all);
	return vips;
}

static void on_closed(uv_handle_t *handle)
{
	struct vip *vip = handle->data;
	struct vips *vips = vip->vips;

	if (--vip->handles)
		return;
	list_del(&vip->all);
	free(vip->cfg.check.target);
	free(vip);
	if (vips->done && list_empty(&vips->all))
		vips->done(vips->arg);
}

static void vip_end(struct vip *vip)
{
	uv_close((uv_handle_t *)&vip->timer, on_closed);
	uv_close((uv_handle_t *)&vip->drain, on_closed);
}

static void address_del(struct vip *vip)
{
	if (vip->has_address)
		announce_address_end(vip->vips->announce, &vip->cfg.address);
	vip->has_address = false;
	vip->deprecated = false;
	if (vip->leaving)
		vip_end(vip);
}

static void on_drained(uv_timer_t *timer)
{
	address_del(timer->data);
}

/* What is tried in vain is tried again with the next good result. */
static void announce(struct vip *vip)
{
	struct announce *a = vip->vips->announce;
	const struct mesh_prefix *p = &vip->cfg.address;

	uv_timer_stop(&vip->drain);
	if ((!vip->has_address || vip->deprecated) &&
	    !announce_address(a, p, false)) {
		vip->has_address = true;
		vip->deprecated = false;
	}
	if (vip->has_address && !vip->has_route)
		vip->has_route = !announce_route(a, p, true);
}

/*
 * Deprecated first: when the route goes the module looks again at what it told of
 * the address, which is there until it is drained.
 */
static int route_del(struct vip *vip)
{
	struct announce *a = vip->vips->announce;
	const struct mesh_prefix *p = &vip->cfg.address;

	if (!vip->deprecated)
		vip->deprecated = !announce_address(a, p, true);
	return announce_route(a, p, false);
}

static void withdraw(struct vip *vip)
{
	int ret = vip->has_route ? route_del(vip) : 0;

	/* The address stays as long as its route does, unless all must go. */
	if (ret && !vip->leaving)
		return;
	if (vip->has_route && vip->cfg.drain)
		uv_timer_start(&vip->drain, on_drained, vip->cfg.drain, 0);
	else if (!uv_is_active((uv_handle_t *)&vip->drain))
		address_del(vip);
	vip->has_route = false;
}

static void on_check(void *arg, const char *why);

static void on_timer(uv_timer_t *timer)
{
	struct vip *vip = timer->data;

	vip->began = uv_now(vip->vips->loop);
	vip->check = check_start(vip->vips->loop, &vip->cfg.check, on_check, vip);
}

/* A row of failures for one reason is one line. */
static void vip_failed(struct vip *vip, const char *why)
{
	bool same = vip->failing && !strcmp(vip->reason, why);

	log_line(same ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
		 "%s: check failed: %s", vip->name, why);
	vip->failing = true;
	vip->failures++;
	snprintf(vip->reason, sizeof(vip->reason), "%s", why);
}

static void on_check(void *arg, const char *why)
{
	struct vip *vip = arg;
	uint64_t took = uv_now(vip->vips->loop) - vip->began;
	bool turned = health_result(&vip->health, !why);

	vip->check = NULL;
	vip->checks++;
	if (why)
		vip_failed(vip, why);
	else
		vip->failing = false;
	if (turned) {
		vip->changed = time(NULL);
		log_info("%s is %s", vip->name, vip->health.up ?
			 "up: it is announced" : "down: it is withdrawn");
	}
	if (vip->health.up)
		announce(vip);
	else
		withdraw(vip);
	uv_timer_start(&vip->timer, on_timer, took < vip->cfg.interval ?
		       vip->cfg.interval - took : 0, 0);
}

static struct vip *vip_find(const struct vips *vips, const struct mesh_prefix *p)
{
	struct list *i, *n;

	list_each(i, n, &vips->all) {
		struct vip *vip = entry_of(i, struct vip, all);

		if (!mesh_prefix_cmp(&vip->cfg.address, p))
			return vip;
	}
	return NULL;
}

int vip_add(struct vips *vips, const struct vip_spec *spec, char *error)
{
	struct vip_cfg cfg;
	struct vip *vip;
	int ret = vip_spec_read(spec, &cfg, error);

	if (ret)
		return ret;
	vip = vip_find(vips, &cfg.address);
	if (vip) {
		snprintf(error, VIP_ERROR_LEN, "address \"%s\" is %s", spec->address,
			 vip->leaving ? "still being withdrawn" : "there already");
		free(cfg.check.target);
		return vip->leaving ? -EAGAIN : -EEXIST;
	}
	vip = xcalloc(1, sizeof(*vip));
	vip->vips = vips;
	vip->cfg = cfg;
	vip->health.rise = cfg.rise;
	vip->health.fall = cfg.fall;
	vip->changed = time(NULL);
	vip->handles = 2;
	mesh_prefix_format(&cfg.address, vip->name);
	uv_timer_init(vips->loop, &vip->timer);
	uv_timer_init(vips->loop, &vip->drain);
	vip->timer.data = vip;
	vip->drain.data = vip;
	list_add(&vip->all, &vips->all);
	uv_timer_start(&vip->timer, on_timer, 0, 0);
	log_info("%s is checked every %u ms by %s %s", vip->name, cfg.interval,
		 check_kind_name(cfg.check.kind), cfg.check.target);
	return 0;
}

static void vip_leave(struct vip *vip)
{
	if (vip->leaving)
		return;
	vip->leaving = true;
	uv_timer_stop(&vip->timer);
	if (vip->check)
		check_cancel(vip->check);
	vip->check = NULL;
	withdraw(vip);
}

int vip_del(struct vips *vips, const char *address, char *error)
{
	struct mesh_prefix p;
	struct vip *vip;
	int ret = vip_address_read(address, &p, error);

	if (ret)
		return ret;
	vip = vip_find(vips, &p);
	if (!vip || vip->leaving) {
		snprintf(error, VIP_ERROR_LEN, "address \"%s\" is not there",
			 address);
		return -ENOENT;
	}
	log_info("%s is deleted", vip->name);
	vip_leave(vip);
	return 0;
}

int vip_spec_check(const struct vip_spec *spec, char *error)
{
	struct vip_cfg cfg;
	int ret = vip_spec_read(spec, &cfg, error);

	if (!ret)
		free(cfg.check.target);
	return ret;
}

static const char *state_name(const struct vip *vip)
{
	if (vip->leaving)
		return "leaving";
	if (vip->health.up)
		return vip->has_route ? "up" : "failed";
	return uv_is_active((uv_handle_t *)&vip->drain) ? "draining" : "down";
}

static json_t *vip_show(const struct vip *vip)
{
	const struct vip_cfg *cfg = &vip->cfg;
	json_t *o = json_pack("{s:s, s:s, s:b, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:I, s:I, s:I}",
			      "address", vip->name,
			      "state", state_name(vip),
			      "announced", vip->has_route,
			      "check", check_kind_name(cfg->check.kind),
			      "target", cfg->check.target,
			      "interval", cfg->interval,
			      "timeout", cfg->check.timeout,
			      "drain", cfg->drain,
			      "rise", cfg->rise,
			      "fall", cfg->fall,
			      "since", (json_int_t)vip->changed,
			      "checks", (json_int_t)vip->checks,
			      "failures", (json_int_t)vip->failures);

	if (o && cfg->check.status)
		json_object_set_new(o, "status", json_integer(cfg->check.status));
	if (o && *vip->reason)
		json_object_set_new(o, "last-failure", json_string(vip->reason));
	return o;
}

json_t *vips_show(const struct vips *vips)
{
	json_t *array = json_array();
	struct list *i, *n;

	list_each(i, n, &vips->all)
		json_array_append_new(array,
				      vip_show(entry_of(i, struct vip, all)));
	return array;
}

void vips_shutdown(struct vips *vips, void (*done)(void *arg), void *arg)
{
	struct list *i, *n;

	vips->done = done;
	vips->arg = arg;
	list_each(i, n, &vips->all)
		vip_leave(entry_of(i, struct vip, all));
	if (list_empty(&vips->all))
		done(arg);
}

void vips_free(struct vips *vips)
{
	free(vips);
}

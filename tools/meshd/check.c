// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_int.h"
#include "mem.h"

static const struct {
	const char *name;
	const struct check_ops *ops;
} kinds[] = {
	[CHECK_TCP] = { "tcp", &check_tcp_ops },
	[CHECK_HTTP] = { "http", &check_http_ops },
	[CHECK_COMMAND] = { "command", &check_command_ops },
};

const char *check_kind_name(enum check_kind kind)
{
	return kinds[kind].name;
}

const char *check_target_bad(enum check_kind kind, const char *target)
{
	return kinds[kind].ops->bad(target);
}

bool check_endpoint(const char *text, struct sockaddr_storage *addr)
{
	const char *colon = strrchr(text, ':');
	char host[64], *end;
	unsigned long port;
	size_t len;

	if (!colon || colon == text)
		return false;
	port = strtoul(colon + 1, &end, 10);
	len = colon - text;
	if (!colon[1] || *end || !port || port > 65535 || len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	if (host[0] != '[')
		return !uv_ip4_addr(host, port, (struct sockaddr_in *)addr);
	if (host[len - 1] != ']')
		return false;
	host[len - 1] = '\0';
	return !uv_ip6_addr(host + 1, port, (struct sockaddr_in6 *)addr);
}

void check_hold(struct check *check)
{
	check->handles++;
}

void check_drop(struct check *check)
{
	if (!--check->handles)
		free(check);
}

static void on_closed(uv_handle_t *handle)
{
	check_drop(handle->data);
}

void check_cancel(struct check *check)
{
	if (check->started)
		check->ops->stop(check);
	uv_close((uv_handle_t *)&check->timer, on_closed);
}

void check_result(struct check *check, const char *fmt, ...)
{
	va_list ap;

	if (fmt) {
		va_start(ap, fmt);
		vsnprintf(check->why, sizeof(check->why), fmt, ap);
		va_end(ap);
	}
	check_cancel(check);
	/* Its memory is there until the loop has closed the timer. */
	check->done(check->arg, fmt ? check->why : NULL);
}

static void on_timer(uv_timer_t *timer)
{
	struct check *check = timer->data;

	if (check->started)
		check_result(check, "%s within %u ms", check->ops->late,
			     check->cfg->timeout);
	else
		check_result(check, "%s", check->why);
}

struct check *check_start(uv_loop_t *loop, const struct check_cfg *cfg,
			  check_done done, void *arg)
{
	struct check *check = xcalloc(1, sizeof(*check));
	const char *why;

	check->ops = kinds[cfg->kind].ops;
	check->cfg = cfg;
	check->done = done;
	check->arg = arg;
	check->loop = loop;
	check->handles = 1;
	uv_timer_init(loop, &check->timer);
	check->timer.data = check;
	why = check->ops->start(check);
	check->started = !why;
	if (why)
		snprintf(check->why, sizeof(check->why), "%s", why);
	uv_timer_start(&check->timer, on_timer, why ? 0 : cfg->timeout, 0);
	return check;
}

bool health_result(struct health *h, bool ok)
{
	if (ok == h->up) {
		h->streak = 0;
		return false;
	}
	if (++h->streak < (h->up ? h->fall : h->rise))
		return false;
	h->up = ok;
	h->streak = 0;
	return true;
}

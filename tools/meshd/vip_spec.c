// SPDX-License-Identifier: GPL-2.0
#include "vip_spec.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "duration.h"
#include "mem.h"

#define TIMEOUT_MAX_MS	(60 * 1000)
#define INTERVAL_MIN_MS	10
#define COUNT_MAX	1000

static int __attribute__((format(printf, 2, 3)))
wrong(char *error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error, VIP_ERROR_LEN, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static bool all_zero(const struct mesh_addr *a)
{
	for (int i = 0; i < a->len; i++)
		if (a->bytes[i])
			return false;
	return true;
}

static bool unicast(const struct mesh_addr *a)
{
	if (all_zero(a))
		return false;
	if (a->len == 4)
		return a->bytes[0] != 127 && a->bytes[0] < 224;
	return a->bytes[0] != 0xff &&
	       !(a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80);
}

int vip_address_read(const char *text, struct mesh_prefix *p, char *error)
{
	int ret;

	if (!text)
		return wrong(error, "no address; right would be 192.0.2.10/32");
	ret = mesh_prefix_parse(text, p);
	if (ret == -ERANGE)
		return wrong(error, "address \"%s\": the prefix length is too long",
			     text);
	if (ret)
		return wrong(error, "address \"%s\" is none; right would be 192.0.2.10/32 or 2001:db8::10/128",
			     text);
	if (p->len != p->addr.len * 8)
		return wrong(error, "address \"%s\": an anycast address has prefix length %u, not %u",
			     text, p->addr.len * 8, p->len);
	if (!unicast(&p->addr))
		return wrong(error, "address \"%s\" cannot be announced: it is not a global unicast address",
			     text);
	return 0;
}

static int read_time(const char *name, const char *text, unsigned int otherwise,
		     unsigned int min, unsigned int max, unsigned int *ms,
		     char *error)
{
	*ms = otherwise;
	if (text && duration_parse(text, ms))
		return wrong(error, "%s \"%s\" is no time; right would be 200ms, 1s or 1m",
			     name, text);
	if (*ms < min || *ms > max)
		return wrong(error, "%s %ums is out of range: %ums to %ums",
			     name, *ms, min, max);
	return 0;
}

static int read_count(const char *name, const unsigned int *given,
		      unsigned int otherwise, unsigned int *count, char *error)
{
	*count = given ? *given : otherwise;
	if (!*count || *count > COUNT_MAX)
		return wrong(error, "%s %u is out of range: 1 to %u", name,
			     *count, COUNT_MAX);
	return 0;
}

static int read_check(const struct vip_spec *spec, struct check_cfg *check,
		      char *error)
{
	const char *target = spec->tcp ? spec->tcp :
			     spec->http ? spec->http : spec->command;
	const char *bad;

	if (!!spec->tcp + !!spec->http + !!spec->command != 1)
		return wrong(error, "%s check; right is one of tcp ADDRESS:PORT, http URL or command COMMAND",
			     target ? "more than one" : "no");
	check->kind = spec->tcp ? CHECK_TCP :
		      spec->http ? CHECK_HTTP : CHECK_COMMAND;
	if (spec->status && check->kind != CHECK_HTTP)
		return wrong(error, "status is for http checks only");
	if (spec->status && (spec->status < 100 || spec->status > 599))
		return wrong(error, "status %u is out of range: 100 to 599",
			     spec->status);
	bad = check_target_bad(check->kind, target);
	if (bad)
		return wrong(error, "%s \"%s\" %s", check_kind_name(check->kind),
			     target, bad);
	check->status = spec->status;
	check->target = (char *)target;
	return 0;
}

int vip_spec_read(const struct vip_spec *spec, struct vip_cfg *cfg, char *error)
{
	int ret;

	memset(cfg, 0, sizeof(*cfg));
	ret = vip_address_read(spec->address, &cfg->address, error);
	if (!ret)
		ret = read_check(spec, &cfg->check, error);
	if (!ret)
		ret = read_time("interval", spec->interval, 1000,
				INTERVAL_MIN_MS, 3600 * 1000, &cfg->interval,
				error);
	if (!ret)
		ret = read_time("timeout", spec->timeout, 1000, 1,
				TIMEOUT_MAX_MS, &cfg->check.timeout, error);
	if (!ret)
		ret = read_time("drain", spec->drain, 1000, 0, TIMEOUT_MAX_MS,
				&cfg->drain, error);
	if (!ret)
		ret = read_count("rise", spec->rise, 2, &cfg->rise, error);
	if (!ret)
		ret = read_count("fall", spec->fall, 3, &cfg->fall, error);
	if (!ret)
		cfg->check.target = xstrdup(cfg->check.target);
	return ret;
}

// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Netlink policies as the kernel tells them; older uapi headers stop short. */
#include <linux/netlink.h>

const char *mesh_strerror(const struct mesh_ctx *ctx)
{
	return ctx->error;
}

const char *mesh_error_attr(const struct mesh_ctx *ctx)
{
	return ctx->attr[0] ? ctx->attr : NULL;
}

static void clear(struct mesh_ctx *ctx)
{
	ctx->attr[0] = '\0';
	ctx->attr_index = SIZE_MAX;
}

int mesh_fail(struct mesh_ctx *ctx, int err, const char *fmt, ...)
{
	va_list ap;

	clear(ctx);
	va_start(ap, fmt);
	vsnprintf(ctx->error, sizeof(ctx->error), fmt, ap);
	va_end(ap);
	return err;
}

int mesh_fail_attr(struct mesh_ctx *ctx, int err, const char *attr, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	clear(ctx);
	va_start(ap, fmt);
	vsnprintf(ctx->error, sizeof(ctx->error), fmt, ap);
	va_end(ap);
	snprintf(ctx->attr, sizeof(ctx->attr), "%s", attr);
	n = strlen(ctx->error);
	snprintf(ctx->error + n, sizeof(ctx->error) - n, " (attribute %s)", attr);
	return err;
}

static const struct mesh_attr_name *lookup(const struct mesh_attr_set *set, size_t type)
{
	if (!set || type >= set->n || !set->names[type].name)
		return NULL;
	return &set->names[type];
}

__attribute__((format(printf, 2, 3)))
static void append(struct mesh_ctx *ctx, const char *fmt, ...)
{
	size_t n = strlen(ctx->attr);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ctx->attr + n, sizeof(ctx->attr) - n, fmt, ap);
	va_end(ap);
}

static void append_name(struct mesh_ctx *ctx, const struct mesh_attr_name *name, int type)
{
	const char *dot = ctx->attr[0] ? "." : "";

	if (name)
		append(ctx, "%s%s", dot, name->name);
	else
		append(ctx, "%s#%d", dot, type);
}

/* How many of @type stand before @nla in its nest. */
static size_t index_of(const struct nlattr *head, const struct nlattr *nla)
{
	size_t index = 0;

	for (; head < nla; head = (const void *)((const char *)head + NLA_ALIGN(head->nla_len)))
		index += nla_type(head) == nla_type(nla);
	return index;
}

/*
 * Walks from the outermost attribute of the request to the one at @offset;
 * the set of what lies inside it, for a missing attribute's name.
 */
static const struct mesh_attr_set *walk(struct mesh_ctx *ctx, const struct nlmsghdr *request,
					size_t header, const struct mesh_attr_set *set,
					size_t offset)
{
	const char *base = (const char *)request;
	size_t pos = NLMSG_HDRLEN + NLMSG_ALIGN(header);
	const struct nlattr *head = (const void *)(base + pos);
	int end = (int)request->nlmsg_len - (int)pos;
	const struct nlattr *nla = head;
	const struct mesh_attr_name *name;

	while (nla_ok(nla, end)) {
		pos = (const char *)nla - base;
		if (offset >= pos + nla->nla_len) {
			nla = nla_next(nla, &end);
			continue;
		}
		name = lookup(set, nla_type(nla));
		append_name(ctx, name, nla_type(nla));
		if (name && name->multi) {
			size_t index = index_of(head, nla);

			append(ctx, "[%zu]", index);
			if (ctx->attr_index == SIZE_MAX)
				ctx->attr_index = index;
		}
		set = name ? name->nested : NULL;
		if (offset < pos + NLA_HDRLEN || !set)
			return set;
		end = nla_len(nla);
		head = nla_data(nla);
		nla = head;
	}
	return set;
}

/* What the kernel's policy would have taken, as far as it says so. */
static void allowed(const struct nlattr *policy, char *text, size_t size)
{
	struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX + 1];
	uint64_t min = 0;

	text[0] = '\0';
	if (!policy)
		return;
	mesh_nested(policy, tb, NL_POLICY_TYPE_ATTR_MAX);
	if (tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U]) {
		if (tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U])
			min = mesh_u64(tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U]);
		snprintf(text, size, ", allowed: %llu to %llu", (unsigned long long)min,
			 (unsigned long long)mesh_u64(tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U]));
	} else if (tb[NL_POLICY_TYPE_ATTR_MASK]) {
		snprintf(text, size, ", allowed bits: 0x%llx",
			 (unsigned long long)mesh_u64(tb[NL_POLICY_TYPE_ATTR_MASK]));
	} else if (tb[NL_POLICY_TYPE_ATTR_MAX_LENGTH]) {
		snprintf(text, size, ", allowed length: %u to %u",
			 mesh_u32(tb[NL_POLICY_TYPE_ATTR_MIN_LENGTH]),
			 mesh_u32(tb[NL_POLICY_TYPE_ATTR_MAX_LENGTH]));
	}
}

/* The kernel counts entries in its text, for clients that know no paths. */
static int without_entry(const struct mesh_ctx *ctx, const char *text, int len)
{
	char said[32];
	int n = snprintf(said, sizeof(said), " (entry %zu)", ctx->attr_index);

	return len > n && !memcmp(text + len - n, said, n) ? len - n : len;
}

int mesh_fail_ack(struct mesh_ctx *ctx, int err, const struct nlmsghdr *request,
		  size_t header, const struct mesh_attr_set *set,
		  const void *tlvs, size_t len)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	const char *text = strerror(-err);
	const char *missing = "";
	char range[64];
	int textlen;

	clear(ctx);
	nla_parse(tb, NLMSGERR_ATTR_MAX, (struct nlattr *)tlvs, (int)len, NULL);
	textlen = strlen(text);
	if (tb[NLMSGERR_ATTR_MSG] && nla_len(tb[NLMSGERR_ATTR_MSG]) > 0) {
		text = nla_data(tb[NLMSGERR_ATTR_MSG]);
		textlen = strnlen(text, nla_len(tb[NLMSGERR_ATTR_MSG]));
	}
	if (tb[NLMSGERR_ATTR_MISS_TYPE]) {
		int type = mesh_u32(tb[NLMSGERR_ATTR_MISS_TYPE]);

		if (tb[NLMSGERR_ATTR_MISS_NEST])
			set = walk(ctx, request, header, set,
				   mesh_u32(tb[NLMSGERR_ATTR_MISS_NEST]));
		append_name(ctx, lookup(set, type), type);
		missing = " is missing";
	} else if (tb[NLMSGERR_ATTR_OFFS] && set) {
		walk(ctx, request, header, set, mesh_u32(tb[NLMSGERR_ATTR_OFFS]));
	}
	allowed(tb[NLMSGERR_ATTR_POLICY], range, sizeof(range));
	if (ctx->attr[0])
		snprintf(ctx->error, sizeof(ctx->error), "%.*s (attribute %s%s%s)",
			 without_entry(ctx, text, textlen), text, ctx->attr, missing, range);
	else
		snprintf(ctx->error, sizeof(ctx->error), "%.*s", textlen, text);
	return err;
}

// SPDX-License-Identifier: GPL-2.0
#include "args.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

static const char *label(const struct arg *arg)
{
	return arg->word ? arg->word : arg->name;
}

static const struct arg *find(const struct arg *args, size_t n, const char *word)
{
	const struct arg *bare = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!args[i].word)
			bare = &args[i];
		else if (!strcmp(args[i].word, word))
			return &args[i];
	}
	return bare;
}

static int unknown(struct cmd *c, const struct arg *args, size_t n, const char *word)
{
	char words[512] = "";

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(words);

		snprintf(words + len, sizeof(words) - len, "%s%s", i ? ", " : "",
			 label(&args[i]));
	}
	return usage_error(c, "\"%s\" is not known here; known are: %s", word, words);
}

static int missing(struct cmd *c, const struct arg *arg)
{
	if (arg->word)
		return usage_error(c, "%s %s is needed", arg->word, arg->name);
	return usage_error(c, "%s is needed", arg->name);
}

int args_parse(struct cmd *c, const struct arg *args, size_t n, char **argv, void *to)
{
	bool seen[ARGS_MAX] = { false };
	int status;

	for (; *argv; argv++) {
		const struct arg *arg = find(args, n, *argv);
		const char *value = *argv;

		if (!arg || (!arg->word && seen[arg - args] && !arg->many))
			return unknown(c, args, n, *argv);
		if (seen[arg - args] && !arg->many)
			return usage_error(c, "%s is given twice", arg->word);
		if (arg->word && !arg->alone) {
			value = *++argv;
			if (!value)
				return usage_error(c, "%s needs a value: %s %s", arg->word,
						   arg->word, arg->name);
		}
		seen[arg - args] = true;
		status = arg->parse(c, arg, value, (char *)to + arg->offset);
		if (status)
			return status;
	}
	for (size_t i = 0; i < n; i++)
		if (args[i].needed && !seen[i])
			return missing(c, &args[i]);
	return EXIT_OK;
}

int parse_text(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	(void)c;
	(void)arg;
	*(const char **)to = value;
	return EXIT_OK;
}

int parse_addr(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	if (mesh_addr_parse(value, to))
		return usage_error(c, "%s: \"%s\" is no address, as 192.0.2.1 or 2001:db8::1",
				   label(arg), value);
	return EXIT_OK;
}

int parse_prefix(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	int err = mesh_prefix_parse(value, to);

	if (err == -ERANGE)
		return usage_error(c, "%s: the length of \"%s\" is beyond the address's %s bits",
				   label(arg), value, strchr(value, ':') ? "128" : "32");
	if (err)
		return usage_error(c, "%s: \"%s\" is no prefix, as 192.0.2.0/24 or 2001:db8::/32",
				   label(arg), value);
	return EXIT_OK;
}

int parse_number(struct cmd *c, const struct arg *arg, const char *value,
		 uint64_t min, uint64_t max, uint64_t *to)
{
	char *end;

	errno = 0;
	*to = strtoull(value, &end, 0);
	if (*value < '0' || *value > '9' || *end || errno || *to < min || *to > max)
		return usage_error(c, "%s: \"%s\" is no number from %llu to %llu", label(arg),
				   value, (unsigned long long)min, (unsigned long long)max);
	return EXIT_OK;
}

int parse_u8(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	uint64_t n;
	int status = parse_number(c, arg, value, 0, UINT8_MAX, &n);

	*(uint8_t *)to = n;
	return status;
}

int parse_u16(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	uint64_t n;
	int status = parse_number(c, arg, value, 0, UINT16_MAX, &n);

	*(uint16_t *)to = n;
	return status;
}

int parse_u32(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	uint64_t n;
	int status = parse_number(c, arg, value, 0, UINT32_MAX, &n);

	*(uint32_t *)to = n;
	return status;
}

int parse_switch(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	bool on = !strcmp(value, "on");

	if (!on && strcmp(value, "off"))
		return usage_error(c, "%s: \"%s\" is neither on nor off", label(arg), value);
	*(bool *)to = on;
	return EXIT_OK;
}

int parse_source(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	for (uint8_t i = MESH_SOURCE_ACCEPT; i <= MESH_SOURCE_STRICT; i++)
		if (!strcmp(value, source_name(i))) {
			*(uint8_t *)to = i;
			return EXIT_OK;
		}
	return usage_error(c, "%s: \"%s\" is none of accept, registered, strict",
			   label(arg), value);
}

int parse_encap(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	bool udp = !strcmp(value, "udp");

	if (!udp && strcmp(value, "gre"))
		return usage_error(c, "%s: \"%s\" is neither gre nor udp", label(arg), value);
	*(uint8_t *)to = udp ? MESH_WRAPPING_UDP : MESH_WRAPPING_GRE;
	return EXIT_OK;
}

int parse_link(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	int err = link_index(c, value, to);

	if (!err)
		return EXIT_OK;
	if (err == -EINVAL || err == -ENODEV)
		return usage_error(c, "%s: %s", label(arg), mesh_strerror(c->mesh));
	return refused(c, value);
}

int parse_owner(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	int owner = owner_number(value);

	if (owner < 1)
		return usage_error(c, "%s: \"%s\" is no routing protocol: a name as static or bgp, or 1 to 255",
				   label(arg), value);
	*(uint8_t *)to = owner;
	return EXIT_OK;
}

int parse_origin(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	static const char *const names[] = { "static", "nhs", "registered", "resolved" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(value, names[i])) {
			*(uint32_t *)to |= 1u << i;
			return EXIT_OK;
		}
	return usage_error(c, "%s: \"%s\" is none of static, nhs, registered, resolved",
			   label(arg), value);
}

int parse_hash(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	uint32_t *fields = to;
	size_t len;

	*fields = 0;
	for (;; value += len + 1) {
		uint32_t some;

		len = strcspn(value, ",");
		some = hash_fields(value, len);
		if (!some)
			return usage_error(c, "%s: \"%.*s\" is no field: l3, l4, inner, or some of src, dst, proto, flowlabel, sport, dport, inner-src and so on, with commas",
					   label(arg), (int)len, value);
		*fields |= some;
		if (!value[len])
			return EXIT_OK;
	}
}

int parse_ip_proto(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	static const struct {
		const char *name;
		uint8_t number;
	} protos[] = {
		{ "icmp", 1 }, { "tcp", 6 }, { "udp", 17 }, { "gre", 47 }, { "esp", 50 },
		{ "icmpv6", 58 }, { "sctp", 132 }, { "udplite", 136 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(protos); i++)
		if (!strcmp(value, protos[i].name)) {
			*(uint8_t *)to = protos[i].number;
			return EXIT_OK;
		}
	if (*value < '0' || *value > '9')
		return usage_error(c, "%s: \"%s\" is no protocol: tcp, udp, icmp, icmpv6, sctp, udplite, gre, esp or 0 to 255",
				   label(arg), value);
	return parse_u8(c, arg, value, to);
}

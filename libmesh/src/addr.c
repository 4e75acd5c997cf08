// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

int mesh_addr_parse(const char *text, struct mesh_addr *addr)
{
	struct mesh_addr a = { 0 };

	if (inet_pton(AF_INET, text, a.bytes) == 1)
		a.len = 4;
	else if (inet_pton(AF_INET6, text, a.bytes) == 1)
		a.len = 16;
	else
		return -EINVAL;
	*addr = a;
	return 0;
}

char *mesh_addr_format(const struct mesh_addr *addr, char *text)
{
	if (addr->len == 4)
		inet_ntop(AF_INET, addr->bytes, text, MESH_ADDR_STRLEN);
	else if (addr->len == 16)
		inet_ntop(AF_INET6, addr->bytes, text, MESH_ADDR_STRLEN);
	else
		strcpy(text, "none");
	return text;
}

int mesh_addr_cmp(const struct mesh_addr *a, const struct mesh_addr *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->len <= 16 ? a->len : 16);
}

bool mesh_addr_valid(const struct mesh_addr *addr)
{
	return addr && (addr->len == 4 || addr->len == 16);
}

/* Digits only: strtoul() would also take signs and spaces. */
static int parse_len(const char *text, unsigned int max, uint8_t *len)
{
	unsigned int value = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		value = value * 10 + (*text - '0');
		if (value > max)
			return -ERANGE;
	}
	*len = value;
	return 0;
}

int mesh_prefix_parse(const char *text, struct mesh_prefix *prefix)
{
	const char *slash = strchr(text, '/');
	char host[MESH_ADDR_STRLEN];
	struct mesh_prefix p;
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	int err;

	if (n >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, n);
	host[n] = '\0';
	err = mesh_addr_parse(host, &p.addr);
	if (err)
		return err;
	p.len = p.addr.len * 8;
	if (slash)
		err = parse_len(slash + 1, p.len, &p.len);
	if (!err)
		*prefix = p;
	return err;
}

char *mesh_prefix_format(const struct mesh_prefix *prefix, char *text)
{
	size_t n;

	mesh_addr_format(&prefix->addr, text);
	n = strlen(text);
	snprintf(text + n, MESH_PREFIX_STRLEN - n, "/%u", prefix->len);
	return text;
}

int mesh_prefix_cmp(const struct mesh_prefix *a, const struct mesh_prefix *b)
{
	int diff = mesh_addr_cmp(&a->addr, &b->addr);

	return diff ? diff : (int)a->len - (int)b->len;
}

// SPDX-License-Identifier: GPL-2.0
#include "names.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct link_name {
	struct link_name *next;
	unsigned int ifindex;
	char name[MESH_IFNAME_STRLEN];
};

static struct link_name *remember(struct cmd *c, unsigned int ifindex)
{
	struct link_name *l = calloc(1, sizeof(*l));

	if (l) {
		l->ifindex = ifindex;
		l->next = c->links;
		c->links = l;
	}
	return l;
}

const char *link_name(struct cmd *c, unsigned int ifindex)
{
	struct link_name *l;

	for (l = c->links; l; l = l->next)
		if (l->ifindex == ifindex)
			return l->name;
	l = remember(c, ifindex);
	if (!l)
		return "?";
	if (mesh_link_name(c->mesh, ifindex, l->name))
		snprintf(l->name, sizeof(l->name), "if%u", ifindex);
	return l->name;
}

int link_index(struct cmd *c, const char *name, unsigned int *ifindex)
{
	struct link_name *l;
	int err;

	for (l = c->links; l; l = l->next)
		if (!strcmp(l->name, name)) {
			*ifindex = l->ifindex;
			return 0;
		}
	err = mesh_link_index(c->mesh, name, ifindex);
	l = err ? NULL : remember(c, *ifindex);
	if (l)
		snprintf(l->name, sizeof(l->name), "%s", name);
	return err;
}

void link_names_free(struct cmd *c)
{
	while (c->links) {
		struct link_name *next = c->links->next;

		free(c->links);
		c->links = next;
	}
}

/* Those that rtnetlink.h has; a file of iproute2's may name more. */
static const struct {
	const char *name;
	uint8_t number;
} owners[] = {
	{ "redirect", 1 }, { "kernel", 2 }, { "boot", 3 }, { "static", 4 }, { "gated", 8 },
	{ "ra", 9 }, { "mrt", 10 }, { "zebra", 11 }, { "bird", 12 }, { "dnrouted", 13 },
	{ "xorp", 14 }, { "ntk", 15 }, { "dhcp", 16 }, { "mrouted", 17 }, { "keepalived", 18 },
	{ "babel", 42 }, { "openr", 99 }, { "bgp", 186 }, { "isis", 187 }, { "ospf", 188 },
	{ "rip", 189 }, { "eigrp", 192 },
};

/* Looks in a file of iproute2's for @name, or where that is NULL for @number. */
static bool search_file(const char *path, const char *name, int number, int *found, char *buf)
{
	FILE *f = fopen(path, "re");
	char line[256];
	char word[24];
	bool hit = false;
	int n;

	while (f && !hit && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %i %23s", &n, word) != 2 || n < 0 || n > 255)
			continue;
		hit = name ? !strcmp(word, name) : n == number;
		if (hit && found)
			*found = n;
		if (hit && buf)
			strcpy(buf, word);
	}
	if (f)
		fclose(f);
	return hit;
}

static bool search_files(const char *name, int number, int *found, char *buf)
{
	glob_t files = { 0 };
	bool hit = false;

	glob("/etc/iproute2/rt_protos", 0, NULL, &files);
	glob("/etc/iproute2/rt_protos.d/*.conf", GLOB_APPEND, NULL, &files);
	glob("/usr/share/iproute2/rt_protos", GLOB_APPEND, NULL, &files);
	for (size_t i = 0; i < files.gl_pathc && !hit; i++)
		hit = search_file(files.gl_pathv[i], name, number, found, buf);
	globfree(&files);
	return hit;
}

int owner_number(const char *name)
{
	char *end;
	int found;
	long n;

	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if (!strcmp(owners[i].name, name))
			return owners[i].number;
	if (*name >= '0' && *name <= '9') {
		n = strtol(name, &end, 0);
		return *end || n > 255 ? -1 : (int)n;
	}
	return search_files(name, 0, &found, NULL) ? found : -1;
}

const char *owner_name(struct cmd *c, uint8_t owner)
{
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if (owners[i].number == owner)
			return owners[i].name;
	/* A table has many routes of one owner. */
	if (c->owner != owner && !search_files(NULL, owner, NULL, c->owner_text))
		snprintf(c->owner_text, sizeof(c->owner_text), "%u", owner);
	c->owner = owner;
	return c->owner_text;
}

/* Words that stand for several fields before those that stand for one. */
static const struct {
	const char *word;
	uint32_t fields;
} hash_words[] = {
	{ "l3", MESH_HASH_L3 },
	{ "l4", MESH_HASH_L4 },
	{ "inner", MESH_HASH_INNER },
	{ "src", MESH_HASH_SRC },
	{ "dst", MESH_HASH_DST },
	{ "proto", MESH_HASH_PROTO },
	{ "flowlabel", MESH_HASH_FLOWLABEL },
	{ "sport", MESH_HASH_SPORT },
	{ "dport", MESH_HASH_DPORT },
	{ "inner-src", MESH_HASH_INNER_SRC },
	{ "inner-dst", MESH_HASH_INNER_DST },
	{ "inner-proto", MESH_HASH_INNER_PROTO },
	{ "inner-flowlabel", MESH_HASH_INNER_FLOWLABEL },
	{ "inner-sport", MESH_HASH_INNER_SPORT },
	{ "inner-dport", MESH_HASH_INNER_DPORT },
};

uint32_t hash_fields(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(hash_words); i++)
		if (strlen(hash_words[i].word) == len && !memcmp(hash_words[i].word, word, len))
			return hash_words[i].fields;
	return 0;
}

void print_hash(struct cmd *c, const char *key, const char *before, uint32_t fields)
{
	uint32_t left = fields;

	out_list(c->out, key);
	for (size_t i = 0; i < ARRAY_SIZE(hash_words); i++) {
		uint32_t some = hash_words[i].fields;
		bool single = !(some & (some - 1));

		if (single ? !(left & some) : fields != some)
			continue;
		out_string(c->out, NULL, before, hash_words[i].word);
		before = ",";
		left &= ~some;
	}
	out_list_end(c->out);
}

const char *source_name(uint8_t policy)
{
	static const char *const names[] = {
		[MESH_SOURCE_ACCEPT] = "accept",
		[MESH_SOURCE_REGISTERED] = "registered",
		[MESH_SOURCE_STRICT] = "strict",
	};

	return policy < ARRAY_SIZE(names) ? names[policy] : "unknown";
}

void print_dev(struct cmd *c, unsigned int ifindex)
{
	out_string(c->out, "dev", " dev ", link_name(c, ifindex));
}

void print_addr(struct cmd *c, const char *key, const char *before,
		const struct mesh_addr *addr)
{
	char text[MESH_ADDR_STRLEN];

	if (addr->len)
		out_string(c->out, key, before, mesh_addr_format(addr, text));
}

void print_prefix(struct cmd *c, const char *key, const char *before,
		  const struct mesh_prefix *prefix)
{
	char text[MESH_PREFIX_STRLEN];

	out_string(c->out, key, before, mesh_prefix_format(prefix, text));
}

void print_origins(struct cmd *c, const char *key, const char *before, uint32_t origins)
{
	static const char *const names[] = { "static", "nhs", "registered", "resolved" };

	out_list(c->out, key);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (origins & (1u << i)) {
			out_string(c->out, NULL, before, names[i]);
			before = ",";
		}
	out_list_end(c->out);
}

void print_owner(struct cmd *c, uint8_t owner)
{
	out_string(c->out, "owner", " owner ", owner_name(c, owner));
}

void print_counters(struct cmd *c, const struct mesh_counters *counters, bool rx)
{
	if (!c->statistics && !out_is_json(c->out))
		return;
	out_object(c->out, "counters");
	if (rx) {
		out_uint(c->out, "rx-packets", "\n    rx packets ", counters->rx_packets);
		out_uint(c->out, "rx-bytes", " bytes ", counters->rx_bytes);
	}
	out_uint(c->out, "tx-packets", "\n    tx packets ", counters->tx_packets);
	out_uint(c->out, "tx-bytes", " bytes ", counters->tx_bytes);
	out_object_end(c->out);
}

int shown(struct cmd *c, int err, const char *what)
{
	out_table_end(c->out);
	return err ? refused(c, what) : EXIT_OK;
}

// SPDX-License-Identifier: GPL-2.0
#include "config.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "duration.h"
#include "log.h"
#include "mem.h"

#define PORT 2620
#define TABLE_MAIN 254
#define HOLD_MS (120 * 1000)
#define MAX_ROUTES 1000000
#define NHS_INTERVAL_MS (60 * 1000)

struct yaml_feed {
	char *listen;
	unsigned int *port;
	char *user;
	char *hold;
	char *settle;
	unsigned int *owner;
	unsigned int *max_routes;
	unsigned int *tables;
	unsigned int tables_count;
};

struct yaml_check {
	char *tcp;
	char *http;
	char *command;
	unsigned int *status;
};

struct yaml_vip {
	char *address;
	struct yaml_check check;
	char *interval;
	char *timeout;
	char *drain;
	unsigned int *rise;
	unsigned int *fall;
};

struct yaml_nhs {
	char *name;
	char *dev;
	char *protocol;
	char *interval;
	unsigned int *priority;
};

struct config_yaml {
	struct yaml_feed *feed;
	struct yaml_nhs *nhs;
	unsigned int nhs_count;
	struct yaml_vip *vips;
	unsigned int vips_count;
};

#define OPT		CYAML_FLAG_OPTIONAL
#define POINTER		CYAML_FLAG_POINTER
#define STRING(key, type, member, flags) \
	CYAML_FIELD_STRING_PTR(key, POINTER | (flags), struct type, member, \
			       1, CYAML_UNLIMITED)
#define NUMBER(key, type, member) \
	CYAML_FIELD_UINT_PTR(key, POINTER | OPT, struct type, member)

static const cyaml_schema_value_t table_schema = {
	CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, unsigned int),
};

static const cyaml_schema_field_t feed_fields[] = {
	STRING("listen", yaml_feed, listen, OPT),
	NUMBER("port", yaml_feed, port),
	STRING("user", yaml_feed, user, OPT),
	STRING("hold", yaml_feed, hold, OPT),
	STRING("settle", yaml_feed, settle, OPT),
	NUMBER("owner", yaml_feed, owner),
	NUMBER("max-routes", yaml_feed, max_routes),
	CYAML_FIELD_SEQUENCE("tables", POINTER | OPT, struct yaml_feed, tables,
			     &table_schema, 1, 256),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t check_fields[] = {
	STRING("tcp", yaml_check, tcp, OPT),
	STRING("http", yaml_check, http, OPT),
	STRING("command", yaml_check, command, OPT),
	NUMBER("status", yaml_check, status),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t vip_fields[] = {
	STRING("address", yaml_vip, address, 0),
	CYAML_FIELD_MAPPING("check", CYAML_FLAG_DEFAULT, struct yaml_vip, check,
			    check_fields),
	STRING("interval", yaml_vip, interval, OPT),
	STRING("timeout", yaml_vip, timeout, OPT),
	STRING("drain", yaml_vip, drain, OPT),
	NUMBER("rise", yaml_vip, rise),
	NUMBER("fall", yaml_vip, fall),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t vip_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_vip, vip_fields),
};

static const cyaml_schema_field_t nhs_fields[] = {
	STRING("name", yaml_nhs, name, 0),
	STRING("dev", yaml_nhs, dev, 0),
	STRING("protocol", yaml_nhs, protocol, OPT),
	STRING("interval", yaml_nhs, interval, OPT),
	NUMBER("priority", yaml_nhs, priority),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t nhs_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_nhs, nhs_fields),
};

static const cyaml_schema_field_t top_fields[] = {
	CYAML_FIELD_MAPPING_PTR("feed", POINTER | OPT, struct config_yaml, feed,
				feed_fields),
	CYAML_FIELD_SEQUENCE("nhs", POINTER | OPT, struct config_yaml, nhs,
			     &nhs_schema, 0, CYAML_UNLIMITED),
	CYAML_FIELD_SEQUENCE("vips", POINTER | OPT, struct config_yaml, vips,
			     &vip_schema, 0, CYAML_UNLIMITED),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t top_schema = {
	CYAML_VALUE_MAPPING(POINTER, struct config_yaml, top_fields),
};

static void on_cyaml(cyaml_log_t level, void *ctx, const char *fmt, va_list ap)
{
	char line[512];

	(void)level;
	vsnprintf(line, sizeof(line), fmt, ap);
	line[strcspn(line, "\n")] = '\0';
	log_error("%s: %s", (const char *)ctx, line);
}

static cyaml_config_t cyaml_setup(const char *path)
{
	return (cyaml_config_t){
		.log_fn = on_cyaml,
		.log_ctx = (void *)path,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
	};
}

static void known_keys(const char *path, const char *where,
		       const cyaml_schema_field_t *field)
{
	char line[256] = "";

	for (; field->key; field++) {
		size_t len = strlen(line);

		snprintf(line + len, sizeof(line) - len, "%s%s",
			 len ? ", " : "", field->key);
	}
	log_error("%s: keys %s are %s", path, where, line);
}

static int load(const char *path, struct config_yaml **yaml)
{
	const cyaml_config_t setup = cyaml_setup(path);
	cyaml_err_t ret = cyaml_load_file(path, &setup, &top_schema,
					  (cyaml_data_t **)yaml, NULL);

	if (!ret)
		return 0;
	log_error("%s: %s", path, cyaml_strerror(ret));
	if (ret == CYAML_ERR_INVALID_KEY) {
		known_keys(path, "at the top", top_fields);
		known_keys(path, "of feed", feed_fields);
		known_keys(path, "of an entry of nhs", nhs_fields);
		known_keys(path, "of an entry of vips", vip_fields);
		known_keys(path, "of check", check_fields);
	}
	return -1;
}

static int set_number(const char *path, const char *name,
		      const unsigned int *given, unsigned int otherwise,
		      unsigned int max, unsigned int *value)
{
	*value = given ? *given : otherwise;
	if (*value && *value <= max)
		return 0;
	log_error("%s: feed: %s %u is out of range: 1 to %u", path, name,
		  *value, max);
	return -1;
}

static int set_time(const char *path, const char *name, const char *given,
		    unsigned int otherwise, unsigned int *ms)
{
	*ms = otherwise;
	if (!given || !duration_parse(given, ms))
		return 0;
	log_error("%s: feed: %s \"%s\" is no time; right would be 500ms, 30s or 2m",
		  path, name, given);
	return -1;
}

static int set_listen(const char *path, const char *listen)
{
	struct mesh_addr addr;

	if (!mesh_addr_parse(listen, &addr))
		return 0;
	log_error("%s: feed: listen \"%s\" is no address; right would be 127.0.0.1",
		  path, listen);
	return -1;
}

static int set_feed(struct config *c, const char *path, struct yaml_feed *y)
{
	static uint32_t main_table = TABLE_MAIN;
	unsigned int port, owner, max;

	c->feed.listen = y->listen ? y->listen : "127.0.0.1";
	c->feed.user = y->user ? y->user : "frr";
	c->tables = y->tables ? y->tables : &main_table;
	c->n_tables = y->tables ? y->tables_count : 1;
	if (set_listen(path, c->feed.listen) ||
	    set_number(path, "port", y->port, PORT, 65535, &port) ||
	    set_number(path, "owner", y->owner, CONFIG_OWNER, 255, &owner) ||
	    set_number(path, "max-routes", y->max_routes, MAX_ROUTES, 1u << 30,
		       &max) ||
	    set_time(path, "hold", y->hold, HOLD_MS, &c->feed.hold) ||
	    set_time(path, "settle", y->settle, 0, &c->feed.settle))
		return -1;
	c->feed.port = port;
	c->owner = owner;
	c->max_routes = max;
	return 0;
}

static void set_vip(struct vip_spec *spec, const struct yaml_vip *y)
{
	spec->address = y->address;
	spec->tcp = y->check.tcp;
	spec->http = y->check.http;
	spec->command = y->check.command;
	spec->status = y->check.status ? *y->check.status : 0;
	spec->interval = y->interval;
	spec->timeout = y->timeout;
	spec->drain = y->drain;
	spec->rise = y->rise;
	spec->fall = y->fall;
}

static bool same_address(const char *a, const char *b)
{
	struct mesh_prefix p, q;

	return !mesh_prefix_parse(a, &p) && !mesh_prefix_parse(b, &q) &&
	       !mesh_prefix_cmp(&p, &q);
}

static int set_vips(struct config *c, const char *path)
{
	char error[VIP_ERROR_LEN];

	c->n_vips = c->yaml->vips_count;
	c->vips = xcalloc(c->n_vips, sizeof(*c->vips));
	for (size_t i = 0; i < c->n_vips; i++) {
		set_vip(&c->vips[i], &c->yaml->vips[i]);
		if (vip_spec_check(&c->vips[i], error)) {
			log_error("%s: vips[%zu]: %s", path, i, error);
			return -1;
		}
		for (size_t k = 0; k < i; k++) {
			if (!same_address(c->vips[i].address,
					  c->vips[k].address))
				continue;
			log_error("%s: vips[%zu]: address \"%s\" is vips[%zu]'s already",
				  path, i, c->vips[i].address, k);
			return -1;
		}
	}
	return 0;
}

static int set_server(struct nhs_spec *spec, const char *path, size_t i,
		      const struct yaml_nhs *y)
{
	unsigned int priority = y->priority ? *y->priority : 0;

	spec->name = y->name;
	spec->dev = y->dev;
	spec->priority = priority;
	spec->interval = NHS_INTERVAL_MS;
	if (priority > UINT8_MAX)
		log_error("%s: nhs[%zu]: priority %u is out of range: 0 to 255", path, i,
			  priority);
	else if (y->protocol && mesh_addr_parse(y->protocol, &spec->protocol))
		log_error("%s: nhs[%zu]: protocol \"%s\" is no address; right would be 10.0.0.1",
			  path, i, y->protocol);
	else if (y->interval && (duration_parse(y->interval, &spec->interval) ||
				 !spec->interval))
		log_error("%s: nhs[%zu]: interval \"%s\" is no time; right would be 500ms, 30s or 2m",
			  path, i, y->interval);
	else
		return 0;
	return -1;
}

static int set_servers(struct config *c, const char *path)
{
	c->n_nhs = c->yaml->nhs_count;
	c->nhs = xcalloc(c->n_nhs, sizeof(*c->nhs));
	for (size_t i = 0; i < c->n_nhs; i++)
		if (set_server(&c->nhs[i], path, i, &c->yaml->nhs[i]))
			return -1;
	return 0;
}

int config_read(struct config *config, const char *path, bool optional)
{
	struct yaml_feed none = { 0 };

	memset(config, 0, sizeof(*config));
	if (optional && access(path, F_OK) && errno == ENOENT)
		return set_feed(config, path, &none);
	if (access(path, R_OK)) {
		log_error("%s: %s", path, strerror(errno));
		return -1;
	}
	if (load(path, &config->yaml))
		return -1;
	/* A file of comments alone is a good one. */
	if (!config->yaml)
		return set_feed(config, path, &none);
	if (set_feed(config, path, config->yaml->feed ? config->yaml->feed :
		     &none) || set_vips(config, path) || set_servers(config, path))
		return -1;
	return 0;
}

void config_free(struct config *config)
{
	const cyaml_config_t setup = cyaml_setup("meshd.yaml");

	if (config->yaml)
		cyaml_free(&setup, &top_schema, config->yaml, 0);
	free(config->vips);
	free(config->nhs);
}

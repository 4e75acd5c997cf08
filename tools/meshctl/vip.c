// SPDX-License-Identifier: GPL-2.0
/* Anycast addresses: meshd has them, its socket is described in meshd/control.h. */
#include "meshctl.h"

#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "args.h"

#define MESHD_SOCKET	"mesh/meshd"
#define MESHD_PATIENCE_S 10

struct vip_args {
	const char *address;
	bool check;
	const char *tcp;
	const char *http;
	const char *command;
	uint32_t status;
	uint32_t rise;
	uint32_t fall;
	bool has_status;
	bool has_rise;
	bool has_fall;
	const char *interval;
	const char *timeout;
	const char *drain;
};

static int parse_check(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	(void)c;
	(void)arg;
	(void)value;
	*(bool *)to = true;
	return EXIT_OK;
}

/* 0 is given too, for meshd to refuse. */
static int parse_given(struct cmd *c, const struct arg *arg, const char *value, void *to)
{
	struct vip_args *a = (void *)((char *)to - arg->offset);

	if (to == &a->status)
		a->has_status = true;
	else if (to == &a->rise)
		a->has_rise = true;
	else
		a->has_fall = true;
	return parse_u32(c, arg, value, to);
}

#define VIP(word, member, parse, name, ...) \
	ARG(word, struct vip_args, member, parse, name, ##__VA_ARGS__)

static const struct arg add_args[] = {
	VIP(NULL, address, parse_text, "ADDRESS", .needed = true),
	VIP("check", check, parse_check, "check", .alone = true, .needed = true),
	VIP("tcp", tcp, parse_text, "ADDRESS:PORT"),
	VIP("http", http, parse_text, "URL"),
	VIP("command", command, parse_text, "COMMAND"),
	VIP("status", status, parse_given, "NUMBER"),
	VIP("interval", interval, parse_text, "TIME"),
	VIP("timeout", timeout, parse_text, "TIME"),
	VIP("drain", drain, parse_text, "TIME"),
	VIP("rise", rise, parse_given, "NUMBER"),
	VIP("fall", fall, parse_given, "NUMBER"),
};

static const struct arg address_args[] = {
	VIP(NULL, address, parse_text, "ADDRESS", .needed = true),
};

static const struct arg show_args[] = {
	VIP(NULL, address, parse_text, "ADDRESS"),
};

static int meshd_connect(void)
{
	const struct timeval patience = { .tv_sec = MESHD_PATIENCE_S };
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -errno;
	/* Abstract: the name begins behind a NUL and ends without one. */
	memcpy(sa.sun_path + 1, MESHD_SOCKET, strlen(MESHD_SOCKET));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&sa, offsetof(struct sockaddr_un, sun_path) +
		     1 + strlen(MESHD_SOCKET)))
		return fd;
	error = -errno;
	close(fd);
	return error;
}

static json_t *meshd_talk(int fd, const json_t *request)
{
	FILE *f = fdopen(fd, "r+");
	json_t *answer = NULL;
	char *line = NULL;
	size_t size = 0;

	if (!f) {
		close(fd);
		return NULL;
	}
	if (!json_dumpf(request, f, JSON_COMPACT) && fputc('\n', f) != EOF && !fflush(f) &&
	    getline(&line, &size, f) > 0)
		answer = json_loads(line, 0, NULL);
	free(line);
	fclose(f);
	return answer;
}

/* Asks meshd; takes @request. On EXIT_OK the answer is the caller's. */
static int meshd_ask(struct cmd *c, json_t *request, json_t **answer)
{
	int status = EXIT_OK;
	int fd = meshd_connect();

	if (fd < 0) {
		json_decref(request);
		if (fd == -ECONNREFUSED)
			return refused_because(c, "no meshd runs in this network namespace");
		return refused_because(c, "meshd: %s", strerror(-fd));
	}
	*answer = meshd_talk(fd, request);
	json_decref(request);
	if (!*answer)
		return refused_because(c, "meshd gives no answer");
	if (!json_is_true(json_object_get(*answer, "ok"))) {
		const char *why = json_string_value(json_object_get(*answer, "error"));

		status = refused_because(c, "%s", why ? why : "meshd refuses");
		json_decref(*answer);
	}
	return status;
}

static void put_text(json_t *request, const char *key, const char *value)
{
	if (value)
		json_object_set_new(request, key, json_string(value));
}

static void put_number(json_t *request, const char *key, bool given, uint32_t value)
{
	if (given)
		json_object_set_new(request, key, json_integer(value));
}

static int vip_add(struct cmd *c, char **argv)
{
	struct vip_args a = { 0 };
	int status = args_parse(c, add_args, ARRAY_SIZE(add_args), argv, &a);
	json_t *request, *answer;

	if (status)
		return status;
	request = json_pack("{s:s}", "op", "vip-add");
	put_text(request, "address", a.address);
	put_text(request, "tcp", a.tcp);
	put_text(request, "http", a.http);
	put_text(request, "command", a.command);
	put_text(request, "interval", a.interval);
	put_text(request, "timeout", a.timeout);
	put_text(request, "drain", a.drain);
	put_number(request, "status", a.has_status, a.status);
	put_number(request, "rise", a.has_rise, a.rise);
	put_number(request, "fall", a.has_fall, a.fall);
	status = meshd_ask(c, request, &answer);
	if (!status)
		json_decref(answer);
	return status;
}

static int vip_del(struct cmd *c, char **argv)
{
	struct vip_args a = { 0 };
	int status = args_parse(c, address_args, ARRAY_SIZE(address_args), argv, &a);
	json_t *request, *answer;

	if (status)
		return status;
	request = json_pack("{s:s}", "op", "vip-del");
	put_text(request, "address", a.address);
	status = meshd_ask(c, request, &answer);
	if (!status)
		json_decref(answer);
	return status;
}

static void show_text(struct cmd *c, const json_t *vip, const char *key, const char *before)
{
	const char *value = json_string_value(json_object_get(vip, key));

	if (value)
		out_string(c->out, key, before, value);
}

static uint64_t number(const json_t *vip, const char *key)
{
	return json_integer_value(json_object_get(vip, key));
}

static void show_vip(struct cmd *c, const json_t *vip)
{
	out_object(c->out, NULL);
	show_text(c, vip, "address", "");
	show_text(c, vip, "state", " state ");
	out_flag(c->out, "announced", NULL, json_is_true(json_object_get(vip, "announced")));
	show_text(c, vip, "check", " check ");
	show_text(c, vip, "target", " ");
	if (json_object_get(vip, "status"))
		out_uint(c->out, "status", " status ", number(vip, "status"));
	out_msec(c->out, "interval", " interval ", number(vip, "interval"));
	out_msec(c->out, "timeout", " timeout ", number(vip, "timeout"));
	out_msec(c->out, "drain", " drain ", number(vip, "drain"));
	out_uint(c->out, "rise", " rise ", number(vip, "rise"));
	out_uint(c->out, "fall", " fall ", number(vip, "fall"));
	out_uint(c->out, "since", NULL, number(vip, "since"));
	out_uint(c->out, "checks", c->statistics ? " checks " : NULL, number(vip, "checks"));
	out_uint(c->out, "failures", c->statistics ? " failures " : NULL,
		 number(vip, "failures"));
	show_text(c, vip, "last-failure", "\n    last failure: ");
	out_object_end(c->out);
}

/* "192.0.2.10" is meshd's "192.0.2.10/32". */
static bool same_address(const char *a, const char *b)
{
	struct mesh_prefix p, q;

	return !mesh_prefix_parse(a, &p) && !mesh_prefix_parse(b, &q) &&
	       !mesh_prefix_cmp(&p, &q);
}

static int vip_show(struct cmd *c, char **argv)
{
	struct vip_args a = { 0 };
	int status = args_parse(c, show_args, ARRAY_SIZE(show_args), argv, &a);
	json_t *answer, *vip;
	bool found = false;
	size_t i;

	if (!status)
		status = meshd_ask(c, json_pack("{s:s}", "op", "vip-show"), &answer);
	if (status)
		return status;
	out_table(c->out);
	json_array_foreach(json_object_get(answer, "vips"), i, vip) {
		const char *address = json_string_value(json_object_get(vip, "address"));

		if (a.address && !same_address(a.address, address ? address : ""))
			continue;
		show_vip(c, vip);
		found = true;
	}
	out_table_end(c->out);
	json_decref(answer);
	if (a.address && !found)
		return refused_because(c, "address \"%s\" is not there", a.address);
	return EXIT_OK;
}

static const struct command commands[] = {
	{ "show", vip_show, "vip show [ADDRESS]" },
	{ "add", vip_add,
	  "vip add ADDRESS check { tcp ADDRESS:PORT | http URL [status N] | command COMMAND }\n"
	  "              [interval TIME] [timeout TIME] [rise N] [fall N] [drain TIME]" },
	{ "del", vip_del, "vip del ADDRESS" },
};

const struct object object_vip = {
	"vip", "anycast addresses that meshd announces", commands, ARRAY_SIZE(commands), "show",
};

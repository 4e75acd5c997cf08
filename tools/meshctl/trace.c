// SPDX-License-Identifier: GPL-2.0
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing"

const char *const trace_words[] = { "path", "transmit", "receive", "redirect", "drop" };

_Static_assert(ARRAY_SIZE(trace_words) == TRACE_WORDS, "words");

struct trace {
	struct cmd *c;
	int fd;			/* the pipe, or -1 */
	char dir[64];		/* the instance */
	size_t len;		/* of the line that has begun */
	char line[1024];
};

static int write_file(const struct trace *t, const char *name, const char *text)
{
	char path[sizeof(t->dir) + 64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", t->dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = write(fd, text, strlen(text));
		close(fd);
	}
	if (n < 0)
		return refused_because(t->c, "%s: %s", path, strerror(errno));
	return EXIT_OK;
}

/* A device's name says nothing without its namespace, of which tracefs knows all. */
static int choose(const struct trace *t, unsigned int wanted)
{
	struct stat self;
	char text[64];
	int status;

	if (stat("/proc/self/ns/net", &self))
		return refused_because(t->c, "/proc/self/ns/net: %s", strerror(errno));
	snprintf(text, sizeof(text), "netns == %lu", (unsigned long)self.st_ino);
	status = write_file(t, "events/mesh/filter", text);
	for (size_t i = 0; i < TRACE_WORDS && !status; i++) {
		snprintf(text, sizeof(text), "events/mesh/mesh_%s/enable", trace_words[i]);
		if (wanted & (1u << i))
			status = write_file(t, text, "1");
	}
	return status;
}

static int open_pipe(struct trace *t)
{
	char path[sizeof(t->dir) + 16];

	snprintf(path, sizeof(path), "%s/trace_pipe", t->dir);
	t->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (t->fd < 0)
		return refused_because(t->c, "%s: %s", path, strerror(errno));
	return EXIT_OK;
}

int trace_open(struct cmd *c, unsigned int wanted, struct trace **to)
{
	struct trace *t = calloc(1, sizeof(*t));
	int status;

	if (!t)
		return refused_because(c, "%s", strerror(errno));
	t->c = c;
	t->fd = -1;
	snprintf(t->dir, sizeof(t->dir), TRACEFS "/instances/meshctl-%ld", (long)getpid());
	if (mkdir(t->dir, 0700)) {
		status = refused_because(c, "%s: %s", t->dir, strerror(errno));
		free(t);
		return status;
	}
	status = open_pipe(t);
	if (!status)
		status = choose(t, wanted);
	if (status)
		trace_close(t);
	else
		*to = t;
	return status;
}

int trace_fd(const struct trace *t)
{
	return t->fd;
}

void trace_close(struct trace *t)
{
	if (!t)
		return;
	if (t->fd >= 0)
		close(t->fd);
	rmdir(t->dir);
	free(t);
}

static void print_field(struct out *o, char *key, const char *value)
{
	static const char mapped[] = "::ffff:";
	char before[32], *end, *c;
	uint64_t number;

	/* For programs that put events together; "::" is no address. */
	if (!strcmp(key, "netns") || !strcmp(key, "skbaddr") || !strcmp(value, "::"))
		return;
	for (c = key; *c; c++)
		if (*c == '_')
			*c = '-';
	if (!strncmp(value, mapped, strlen(mapped)) && strchr(value, '.'))
		value += strlen(mapped);
	snprintf(before, sizeof(before), " %s ", key);
	number = strtoull(value, &end, 0);
	if (*end || end == value)
		out_string(o, key, before, value);
	else if (value[1] == 'x')
		out_hex(o, key, before, number);
	else
		out_uint(o, key, before, number);
}

/*
 * "PROGRAM-1 [000] ..s1. 12.3: mesh_drop: dev=mesh0 netns=…": what a program is called
 * is its own affair, behind it nothing else looks like an event's name.
 */
static void print_line(struct cmd *c, char *line)
{
	static const char prefix[] = ": mesh_";
	char *event = NULL, *at, *key, *value;

	for (at = line; (at = strstr(at, prefix)); at += strlen(prefix))
		event = at + strlen(prefix);
	if (!event) {
		if (strstr(line, " EVENTS]"))
			print_overrun(c);
		return;
	}
	at = event;
	out_object(c->out, NULL);
	out_string(c->out, "object", "", "packet");
	out_string(c->out, "event", " ", strsep(&at, ":"));
	while ((key = strsep(&at, " "))) {
		value = strchr(key, '=');
		if (!value)
			continue;
		*value = '\0';
		print_field(c->out, key, value + 1);
	}
	out_object_end(c->out);
}

/* Of a line that is longer than any event's the rest is dropped. */
static void take(struct trace *t, const char *buf, size_t n)
{
	for (; n--; buf++) {
		if (*buf != '\n') {
			if (t->len + 1 < sizeof(t->line))
				t->line[t->len++] = *buf;
			continue;
		}
		t->line[t->len] = '\0';
		t->len = 0;
		print_line(t->c, t->line);
	}
}

int trace_print(struct trace *t)
{
	char buf[4096];
	ssize_t n = read(t->fd, buf, sizeof(buf));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? EXIT_OK :
			refused_because(t->c, "trace_pipe: %s", strerror(errno));
	take(t, buf, n);
	out_flush();
	return EXIT_OK;
}

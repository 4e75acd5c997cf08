// SPDX-License-Identifier: GPL-2.0
#include "batch.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "route.h"

#define WORDS_MAX 512
/* Lines gathered at most, so that an error is told near its line. */
#define GATHER_MAX 4096

struct batch {
	const char *path;
	unsigned long line;
	char where[300];
	bool force;

	struct mesh_route_batch *routes;	/* NULL when none are gathered */
	unsigned int ifindex;
	struct mesh_route_opts opts;
	unsigned long lines[GATHER_MAX];	/* of the pending changes */
	size_t n;
};

const char *batch_where(const struct batch *b)
{
	return b->where;
}

static void set_where(struct batch *b, unsigned long line)
{
	snprintf(b->where, sizeof(b->where), "%s:%lu", b->path, line);
}

/* Takes out of lines[] what is not pending any more. */
static void forget_applied(struct batch *b)
{
	size_t pending = mesh_route_batch_pending(b->routes);

	memmove(b->lines, b->lines + b->n - pending, pending * sizeof(b->lines[0]));
	b->n = pending;
}

static int blame(struct cmd *c, size_t failed)
{
	struct batch *b = c->batch;

	set_where(b, b->lines[failed < b->n ? failed : 0]);
	c->object = "route";
	refused(c, NULL);
	set_where(b, b->line);
	return EXIT_REFUSED;
}

static int commit(struct cmd *c)
{
	struct batch *b = c->batch;
	int status = EXIT_OK;
	size_t failed;

	if (!b->routes)
		return EXIT_OK;
	while (mesh_route_batch_commit(b->routes, &failed)) {
		forget_applied(b);
		status = blame(c, failed);
		if (!b->force || failed >= b->n)
			break;
		mesh_route_batch_drop(b->routes, failed);
		memmove(b->lines + failed, b->lines + failed + 1,
			(b->n - failed - 1) * sizeof(b->lines[0]));
		b->n--;
	}
	mesh_route_batch_free(b->routes);
	b->routes = NULL;
	b->n = 0;
	return status;
}

static bool fits(const struct batch *b, const struct route_args *args, bool del)
{
	return b->routes && b->n < GATHER_MAX && b->ifindex == args->ifindex &&
	       b->opts.owner == args->opts.owner &&
	       (del || (b->opts.generation == args->opts.generation &&
			b->opts.mode == args->opts.mode));
}

int batch_route(struct cmd *c, const struct route_args *args, bool del)
{
	struct batch *b = c->batch;
	int status = EXIT_OK;
	int err;

	if (!fits(b, args, del)) {
		status = commit(c);
		if (status && !b->force)
			return status;
		b->ifindex = args->ifindex;
		b->opts = args->opts;
		if (mesh_route_batch_new(&b->routes, c->mesh, args->ifindex, &args->opts))
			return refused(c, args->text);
	}
	err = del ? mesh_route_batch_del(b->routes, &args->prefix) :
		    mesh_route_batch_set(b->routes, &args->prefix, &args->target);
	if (err)
		return refused(c, args->text);
	b->lines[b->n++] = b->line;
	return status;
}

static bool gathers(char **argv)
{
	return argv[1] && !strcmp(argv[0], "route") &&
	       (!strcmp(argv[1], "add") || !strcmp(argv[1], "replace") ||
		!strcmp(argv[1], "del"));
}

static int run_line(struct cmd *c, char *line)
{
	char *argv[WORDS_MAX + 1];
	int status = EXIT_OK;
	size_t n = 0;
	char *save;
	char *word;

	for (word = strtok_r(line, " \t\r\n", &save); word && *word != '#';
	     word = strtok_r(NULL, " \t\r\n", &save)) {
		if (n == WORDS_MAX)
			return usage_error(c, "more than %d words", WORDS_MAX);
		argv[n++] = word;
	}
	argv[n] = NULL;
	if (!n)
		return EXIT_OK;
	/* Every other command may depend on the routes before it, and change devices. */
	if (!gathers(argv)) {
		link_names_free(c);
		status = commit(c);
	}
	if (status && !c->batch->force)
		return status;
	n = run_command(c, argv);
	return n ? (int)n : status;
}

static int run_lines(struct cmd *c, FILE *f)
{
	struct batch *b = c->batch;
	int status = EXIT_OK;
	char *line = NULL;
	size_t room = 0;
	int ret;

	while ((b->force || !status) && getline(&line, &room, f) >= 0) {
		set_where(b, ++b->line);
		ret = run_line(c, line);
		status = ret ? ret : status;
	}
	free(line);
	/* What stood before a line that is wrong is done, as without a batch. */
	ret = commit(c);
	return ret ? ret : status;
}

int batch_run(struct cmd *c, const char *path, bool force)
{
	bool standard = !strcmp(path, "-");
	FILE *f = standard ? stdin : fopen(path, "re");
	int status;

	if (!f)
		return usage_error(c, "%s: %s", path, strerror(errno));
	c->batch = calloc(1, sizeof(*c->batch));
	if (!c->batch)
		return refused_because(c, "%s", strerror(ENOMEM));
	c->batch->path = standard ? "stdin" : path;
	c->batch->force = force;
	status = run_lines(c, f);
	free(c->batch);
	c->batch = NULL;
	if (!standard)
		fclose(f);
	return status;
}

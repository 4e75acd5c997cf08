// SPDX-License-Identifier: GPL-2.0
#include "meshctl.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "names.h"

static const struct object *const objects[] = {
	&object_dev, &object_peer, &object_nhs, &object_key, &object_group, &object_route,
	&object_shortcut, &object_monitor, &object_stats, &object_vip,
};

static void message(struct cmd *c, const char *what, const char *fmt, va_list ap)
{
	out_flush();
	fputs("meshctl: ", stderr);
	if (c->batch)
		fprintf(stderr, "%s: ", batch_where(c->batch));
	if (c->object)
		fputs(c->object, stderr);
	if (c->command)
		fprintf(stderr, " %s", c->command);
	if (what)
		fprintf(stderr, " %s", what);
	if (c->object)
		fputs(": ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int usage_error(struct cmd *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(c, NULL, fmt, ap);
	va_end(ap);
	return EXIT_USAGE;
}

int refused_because(struct cmd *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(c, NULL, fmt, ap);
	va_end(ap);
	return EXIT_REFUSED;
}

__attribute__((format(printf, 3, 4)))
static void about(struct cmd *c, const char *what, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(c, what, fmt, ap);
	va_end(ap);
}

int refused(struct cmd *c, const char *what)
{
	about(c, what, "%s", mesh_strerror(c->mesh));
	return EXIT_REFUSED;
}

static void print_usage(FILE *f, const struct object *object)
{
	for (size_t i = 0; i < object->n_commands; i++)
		fprintf(f, "%s meshctl %s\n", i ? "      " : "Usage:",
			object->commands[i].usage);
}

static void print_help(FILE *f)
{
	fputs("Usage: meshctl [OPTION…] OBJECT COMMAND [ARGUMENTS]\n"
	      "       meshctl [OPTION…] -batch FILE\n"
	      "       meshctl OBJECT help\n"
	      "\nOptions:\n"
	      "  -j, -json        print JSON\n"
	      "  -p, -pretty      with -j, over many lines\n"
	      "  -s, -statistics  print counters too\n"
	      "  -n, -netns NAME  in this network namespace\n"
	      "  -b, -batch FILE  run commands from a file, - for standard input\n"
	      "  -f, -force       with -batch, go on after a command that fails\n"
	      "  -V, -version\n"
	      "  -h, -help\n"
	      "\nObjects:\n", f);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		fprintf(f, "  %-9s %s\n", objects[i]->name, objects[i]->summary);
}

static const struct object *find_object(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		if (!strcmp(objects[i]->name, name))
			return objects[i];
	return NULL;
}

static const struct command *find_command(const struct object *object, const char *name)
{
	for (size_t i = 0; name && i < object->n_commands; i++)
		if (!strcmp(object->commands[i].name, name))
			return &object->commands[i];
	return NULL;
}

static int run_object(struct cmd *c, const struct object *object, char **argv)
{
	const struct command *command;
	int status;

	c->object = object->name;
	if (*argv && !strcmp(*argv, "help")) {
		print_usage(stdout, object);
		return EXIT_OK;
	}
	command = find_command(object, *argv);
	if (command)
		argv++;
	else if (object->otherwise && (!*argv || object->n_commands == 1))
		command = find_command(object, object->otherwise);
	if (!command) {
		status = *argv ? usage_error(c, "\"%s\" is no command of it", *argv) :
			 usage_error(c, "a command is needed");
		print_usage(stderr, object);
		return status;
	}
	c->command = command->name;
	return command->run(c, argv);
}

int run_command(struct cmd *c, char **argv)
{
	const struct object *object = find_object(*argv);
	int status;

	if (object) {
		status = run_object(c, object, argv + 1);
	} else if (!strcmp(*argv, "help")) {
		print_help(stdout);
		status = EXIT_OK;
	} else {
		status = usage_error(c, "\"%s\" is no object; see meshctl help", *argv);
	}
	c->object = NULL;
	c->command = NULL;
	return status;
}

static int enter_netns(struct cmd *c, const char *name)
{
	char path[512];
	int status = EXIT_OK;
	int fd;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/run/netns/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return usage_error(c, "network namespace \"%s\": %s", name, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		status = refused_because(c, "network namespace \"%s\": %s", name,
					 strerror(errno));
	close(fd);
	return status;
}

struct options {
	bool json;
	bool pretty;
	bool force;
	const char *netns;
	const char *batch;
	bool done;	/* -h or -V was all */
};

static int read_options(struct cmd *c, int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "statistics", no_argument, NULL, 's' },
		{ "netns", required_argument, NULL, 'n' },
		{ "batch", required_argument, NULL, 'b' },
		{ "force", no_argument, NULL, 'f' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	while ((opt = getopt_long_only(argc, argv, "+jpsn:b:fVh", longs, NULL)) != -1) {
		switch (opt) {
		case 'j':
			o->json = true;
			break;
		case 'p':
			o->pretty = true;
			break;
		case 's':
			c->statistics = true;
			break;
		case 'n':
			o->netns = optarg;
			break;
		case 'b':
			o->batch = optarg;
			break;
		case 'f':
			o->force = true;
			break;
		case 'V':
			puts("meshctl " VERSION);
			o->done = true;
			break;
		case 'h':
			print_help(stdout);
			o->done = true;
			break;
		default:
			return EXIT_USAGE;
		}
	}
	return EXIT_OK;
}

static int run(struct cmd *c, const struct options *o, char **argv)
{
	int status = o->netns ? enter_netns(c, o->netns) : EXIT_OK;
	int err;

	if (status)
		return status;
	if (!*argv && !o->batch) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	err = mesh_open(&c->mesh, NULL);
	if (err)
		return refused_because(c, "netlink: %s", strerror(-err));
	c->out = out_new(!o->json ? OUT_TEXT : o->pretty ? OUT_JSON_PRETTY : OUT_JSON);
	status = o->batch ? batch_run(c, o->batch, o->force) : run_command(c, argv);
	out_free(c->out);
	link_names_free(c);
	mesh_close(c->mesh);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct cmd c = { 0 };
	int status = read_options(&c, argc, argv, &o);

	if (!status && !o.done)
		status = run(&c, &o, argv + optind);
	if ((fflush(stdout) || ferror(stdout)) && !status) {
		fprintf(stderr, "meshctl: writing: %s\n", strerror(errno));
		status = EXIT_REFUSED;
	}
	return status;
}

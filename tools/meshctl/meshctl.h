/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MESHCTL_H
#define MESHCTL_H

#include <mesh/mesh.h>

#include "print.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Exit statuses, as iproute2's. */
enum {
	EXIT_OK,
	EXIT_USAGE,	/* the command line is wrong */
	EXIT_REFUSED,	/* the kernel, or meshd, said no */
};

struct batch;

/* What every command is handed. */
struct cmd {
	struct mesh_ctx *mesh;
	struct out *out;
	struct batch *batch;	/* NULL outside of -batch */
	const char *object;	/* the words of the command, for messages */
	const char *command;
	bool statistics;	/* -s */
	struct link_name *links;
	uint8_t owner;		/* whose name is in owner_text, 0 for none */
	char owner_text[24];
};

struct command {
	const char *name;
	/* argv begins behind the command and ends with NULL; an exit status. */
	int (*run)(struct cmd *c, char **argv);
	const char *usage;	/* lines of help, without the word meshctl */
};

struct object {
	const char *name;
	const char *summary;
	const struct command *commands;
	size_t n_commands;
	const char *otherwise;	/* command where none is named, or NULL */
};

extern const struct object object_dev;
extern const struct object object_peer;
extern const struct object object_nhs;
extern const struct object object_key;
extern const struct object object_group;
extern const struct object object_route;
extern const struct object object_shortcut;
extern const struct object object_monitor;
extern const struct object object_stats;
extern const struct object object_vip;

/* Runs the command line argv, ended by NULL; an exit status. */
int run_command(struct cmd *c, char **argv);

/* Say on standard error what is wrong; the exit status. */
__attribute__((format(printf, 2, 3)))
int usage_error(struct cmd *c, const char *fmt, ...);
/* As libmesh has it, after the name of what the command was about (or NULL). */
int refused(struct cmd *c, const char *what);
__attribute__((format(printf, 2, 3)))
int refused_because(struct cmd *c, const char *fmt, ...);

#endif

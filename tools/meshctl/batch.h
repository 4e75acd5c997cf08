/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MESHCTL_BATCH_H
#define MESHCTL_BATCH_H

#include "meshctl.h"

struct route_args;

/* Runs the commands of a file ("-": standard input), one a line. */
int batch_run(struct cmd *c, const char *path, bool force);
/*
 * Gathers a change of a route: lines of one device, owner, generation and
 * mode that follow each other go to the kernel together.
 */
int batch_route(struct cmd *c, const struct route_args *args, bool del);
/* "FILE:LINE" of the command that runs, for messages. */
const char *batch_where(const struct batch *b);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MESHCTL_TRACE_H
#define MESHCTL_TRACE_H

#include "meshctl.h"

/*
 * What the module's tracepoints tell of packets, see Documentation/tracepoints.rst:
 * read from an instance of tracefs, which somebody has to close again.
 */
struct trace;

/* Without their prefix. */
extern const char *const trace_words[];
enum { TRACE_WORDS = 5 };

/* Watches those of this network namespace (bits of trace_words[]); an exit status. */
int trace_open(struct cmd *c, unsigned int wanted, struct trace **to);
/* Readable when there is something to print. */
int trace_fd(const struct trace *t);
/* Prints what there is; an exit status. */
int trace_print(struct trace *t);
/* @t may be NULL. */
void trace_close(struct trace *t);

/* Says that events were lost. */
void print_overrun(struct cmd *c);

#endif

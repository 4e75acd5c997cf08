/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the programs that the tests and benches send traffic with have in common.
 * Who includes it has defined _GNU_SOURCE.
 */
#ifndef _MESH_LAB_TOOL_H
#define _MESH_LAB_TOOL_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

/* What failed, and why: errno. */
static inline __attribute__((noreturn)) void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(2);
}

static inline uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* Seconds. */
static inline double now(void)
{
	return now_ns() / 1e9;
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Checks whether a service is healthy, and what follows from several. */
#ifndef MESHD_CHECK_H
#define MESHD_CHECK_H

#include <stdbool.h>
#include <uv.h>

enum check_kind {
	CHECK_TCP,
	CHECK_HTTP,
	CHECK_COMMAND,
};

/**
 * struct check_cfg - what is checked
 * @kind: how
 * @target: ADDRESS:PORT, URL or command line
 * @status: of HTTP, that counts as success; 0 for any 2xx
 * @timeout: ms
 */
struct check_cfg {
	enum check_kind kind;
	char *target;
	unsigned int status;
	unsigned int timeout;
};

/* One run of a check. */
struct check;

/* @why is NULL on success. */
typedef void (*check_done)(void *arg, const char *why);

/* Empty text, or what is wrong with the target. */
const char *check_target_bad(enum check_kind kind, const char *target);
/*
 * Starts a run; @done is called once, never before this returns. @cfg outlives
 * the run.
 */
struct check *check_start(uv_loop_t *loop, const struct check_cfg *cfg,
			  check_done done, void *arg);
/* Ends a run whose @done was not called; it will not be. */
void check_cancel(struct check *check);
const char *check_kind_name(enum check_kind kind);

/**
 * struct health - what a row of results amounts to
 * @rise: successes in a row that make it up
 * @fall: failures in a row that make it down
 * @streak: results in a row that speak against @up
 * @up: now
 */
struct health {
	unsigned int rise;
	unsigned int fall;
	unsigned int streak;
	bool up;
};

/* Whether this result changed @up. */
bool health_result(struct health *h, bool ok);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* What check.c and the kinds of checks share. */
#ifndef MESHD_CHECK_INT_H
#define MESHD_CHECK_INT_H

#include "check.h"

/**
 * struct check_ops - a kind of check
 * @bad: what is wrong with a target, or NULL
 * @start: begins; NULL, or why it cannot
 * @stop: ends what @start began, whether it came to a result or not
 * @late: what it is called when it takes too long
 */
struct check_ops {
	const char *(*bad)(const char *target);
	const char *(*start)(struct check *check);
	void (*stop)(struct check *check);
	const char *late;
};

struct check {
	const struct check_ops *ops;
	const struct check_cfg *cfg;
	check_done done;
	void *arg;
	uv_loop_t *loop;
	uv_timer_t timer;
	unsigned int handles;
	bool started;
	char why[160];
	void *impl;
};

extern const struct check_ops check_tcp_ops;
extern const struct check_ops check_http_ops;
extern const struct check_ops check_command_ops;

/* The result; @fmt NULL is success. Stops and, in time, frees the check. */
void check_result(struct check *check, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A kind's own handle keeps the check alive until it is closed. */
void check_hold(struct check *check);
void check_drop(struct check *check);
/* "ADDRESS:PORT" or "[ADDRESS]:PORT"; whether it is one. */
bool check_endpoint(const char *text, struct sockaddr_storage *addr);

#endif

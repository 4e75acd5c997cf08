/* SPDX-License-Identifier: GPL-2.0 */
/* Anycast addresses, announced while their checks pass. */
#ifndef MESHD_VIP_H
#define MESHD_VIP_H

#include <jansson.h>
#include <uv.h>

#include "announce.h"

/* Room for what is wrong with a request or a line of the configuration. */
#define VIP_ERROR_LEN 256

/**
 * struct vip_spec - an anycast address as people write it
 * @address: "192.0.2.10/32"; the length may be left out
 * @tcp: ADDRESS:PORT that must take a connection; one of these three is given
 * @http: URL that must answer
 * @command: shell command that must end with status 0
 * @status: HTTP status that is success; 0: any 2xx
 * @interval: "200ms", "1s", "1m" from one check to the next (default 1s)
 * @timeout: of a check, not beyond a minute (default 1s)
 * @drain: for how long the address outlives its route (default 1s)
 * @rise: successes in a row that bring it up; 0: 2
 * @fall: failures in a row that take it down; 0: 3
 *
 * Members that are NULL have their default.
 */
struct vip_spec {
	const char *address;
	const char *tcp;
	const char *http;
	const char *command;
	unsigned int status;
	const char *interval;
	const char *timeout;
	const char *drain;
	const unsigned int *rise;
	const unsigned int *fall;
};

struct vips;

struct vips *vips_new(uv_loop_t *loop, struct announce *announce);
/* 0, or -errno and @error says what is wrong and what would be right. */
int vip_add(struct vips *vips, const struct vip_spec *spec, char *error);
int vip_del(struct vips *vips, const char *address, char *error);
/* Whether @spec is right, and nothing more. */
int vip_spec_check(const struct vip_spec *spec, char *error);
/* An array; the caller's. */
json_t *vips_show(const struct vips *vips);
/*
 * Withdraws all routes at once and the addresses when they are drained; then
 * @done is called.
 */
void vips_shutdown(struct vips *vips, void (*done)(void *arg), void *arg);
void vips_free(struct vips *vips);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Whose a TCP connection from this very machine is. */
#ifndef MESHD_FEED_CRED_H
#define MESHD_FEED_CRED_H

#include <sys/types.h>
#include <uv.h>

/*
 * 0 with the uid of the socket at the other end; -EREMOTE where that is on
 * another machine; -ENOENT where it is on this one and connected no more, so
 * that nobody can say whose it was.
 */
int feed_cred_uid(const uv_tcp_t *tcp, uid_t *uid);

#endif

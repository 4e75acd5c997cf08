// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DUMP_RETRIES 4

/*
 * Copies an option structure of the caller's version into one of ours: what
 * it does not know is zero, what we do not know must be.
 */
int mesh_opts_copy(struct mesh_ctx *ctx, void *dst, size_t size, const void *src)
{
	size_t given;

	memset(dst, 0, size);
	if (!src)
		return 0;
	memcpy(&given, src, sizeof(given));
	if (given < sizeof(given))
		return mesh_fail(ctx, -EINVAL, "an option structure without its size");
	for (size_t i = size; i < given; i++)
		if (((const char *)src)[i])
			return mesh_fail(ctx, -EINVAL, "an option that this libmesh does not know");
	memcpy(dst, src, given < size ? given : size);
	return 0;
}

static int netns_open(const struct mesh_open_opts *opts)
{
	char path[512];
	int fd;

	if (opts->use_netns_fd && opts->netns)
		return -EINVAL;
	if (opts->use_netns_fd) {
		fd = fcntl(opts->netns_fd, F_DUPFD_CLOEXEC, 0);
	} else {
		int n = snprintf(path, sizeof(path), "%s%s",
				 strchr(opts->netns, '/') ? "" : "/run/netns/", opts->netns);

		if (n >= (int)sizeof(path))
			return -ENAMETOOLONG;
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	return fd < 0 ? -errno : fd;
}

static int set_up(struct mesh_ctx *ctx, const struct mesh_open_opts *user)
{
	struct mesh_open_opts opts;
	int err = mesh_opts_copy(ctx, &opts, sizeof(opts), user);

	if (err)
		return err;
	ctx->dump_retries = opts.dump_retries ? opts.dump_retries : DUMP_RETRIES;
	if (opts.netns || opts.use_netns_fd) {
		ctx->netns_fd = netns_open(&opts);
		if (ctx->netns_fd < 0)
			return ctx->netns_fd;
	}
	/* Both at once: where entering the namespace fails is then here. */
	err = mesh_sock_open(ctx, &ctx->genl, NETLINK_GENERIC);
	return err ? err : mesh_sock_open(ctx, &ctx->rtnl, NETLINK_ROUTE);
}

int mesh_open(struct mesh_ctx **ctx, const struct mesh_open_opts *opts)
{
	struct mesh_ctx *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->netns_fd = -1;
	mesh_fail(c, 0, "no error");
	c->rcvbuf = malloc(MESH_RCVBUF);
	err = c->rcvbuf ? set_up(c, opts) : -ENOMEM;
	if (err)
		mesh_close(c);
	else
		*ctx = c;
	return err;
}

void mesh_close(struct mesh_ctx *ctx)
{
	if (!ctx)
		return;
	mesh_event_unsubscribe(ctx);
	mesh_sock_close(&ctx->rtnl);
	mesh_sock_close(&ctx->genl);
	if (ctx->netns_fd >= 0)
		close(ctx->netns_fd);
	free(ctx->rcvbuf);
	free(ctx);
}

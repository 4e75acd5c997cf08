// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <linux/genetlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define RCVBUF_DEFAULT (1 << 20)
/* Datagrams of one call: an endless stream must not hold the caller's loop. */
#define PROCESS_MAX 1024

static int join(struct mesh_ctx *ctx, const char *family, const char *name)
{
	int group = genl_ctrl_resolve_grp(ctx->genl.nl, family, name);
	int err;

	if (group < 0)
		return mesh_fail(ctx, mesh_from_nle(group), "looking for the group %s of %s: %s",
				 name, family, nl_geterror(group));
	err = nl_socket_add_membership(ctx->events.nl, group);
	if (err)
		return mesh_fail(ctx, mesh_from_nle(err), "joining the group %s of %s: %s",
				 name, family, nl_geterror(err));
	return 0;
}

/* A module that goes takes its group along with all memberships. */
static int join_events(struct mesh_ctx *ctx)
{
	int err = mesh_family_resolve(ctx);

	return err ? err : join(ctx, MESH_FAMILY_NAME, MESH_MCGRP_EVENTS);
}

/* First the news of families: a module that comes while we join is not missed. */
static int join_all(struct mesh_ctx *ctx)
{
	int err = join(ctx, "nlctrl", "notify");

	return err ? err : join_events(ctx);
}

int mesh_event_subscribe(struct mesh_ctx *ctx, mesh_event_fn fn, void *arg,
			 const struct mesh_event_opts *opts)
{
	struct mesh_event_opts o;
	int size;
	int err = mesh_opts_copy(ctx, &o, sizeof(o), opts);

	if (err)
		return err;
	if (ctx->events.nl)
		return mesh_fail(ctx, -EALREADY, "subscribed already");
	err = mesh_sock_open(ctx, &ctx->events, NETLINK_GENERIC);
	if (err)
		return err;
	size = o.rcvbuf && o.rcvbuf < INT32_MAX ? (int)o.rcvbuf : RCVBUF_DEFAULT;
	if (setsockopt(nl_socket_get_fd(ctx->events.nl), SOL_SOCKET, SO_RCVBUFFORCE,
		       &size, sizeof(size)))
		setsockopt(nl_socket_get_fd(ctx->events.nl), SOL_SOCKET, SO_RCVBUF,
			   &size, sizeof(size));
	ctx->event_fn = fn;
	ctx->event_arg = arg;
	ctx->event_buf = malloc(MESH_RCVBUF);
	err = ctx->event_buf ? join_all(ctx) : mesh_fail(ctx, -ENOMEM, "%s", strerror(ENOMEM));
	if (err)
		mesh_event_unsubscribe(ctx);
	return err;
}

void mesh_event_unsubscribe(struct mesh_ctx *ctx)
{
	mesh_sock_close(&ctx->events);
	free(ctx->event_buf);
	ctx->event_buf = NULL;
}

int mesh_event_fd(const struct mesh_ctx *ctx)
{
	return ctx->events.nl ? nl_socket_get_fd(ctx->events.nl) : -ENOTCONN;
}

struct sink {
	struct mesh_ctx *ctx;
	struct mesh_event event;
};

static int emit(struct sink *sink)
{
	return sink->ctx->event_fn(&sink->event, sink->ctx->event_arg);
}

static int on_peer(const struct mesh_peer *peer, void *arg)
{
	struct sink *sink = arg;

	sink->event.peer = peer;
	return emit(sink);
}

static int on_nhs(const struct mesh_nhs *nhs, void *arg)
{
	struct sink *sink = arg;

	sink->event.nhs = nhs;
	return emit(sink);
}

static int on_route(const struct mesh_route *route, void *arg)
{
	struct sink *sink = arg;

	sink->event.route = route;
	return emit(sink);
}

static int on_shortcut(const struct mesh_shortcut *shortcut, void *arg)
{
	struct sink *sink = arg;

	sink->event.shortcut = shortcut;
	return emit(sink);
}

/* 1 for an event handled, 0 for a message that is none of ours. */
static int handle(struct mesh_ctx *ctx, const struct nlmsghdr *nlh, int *ret)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	struct sink sink = { .ctx = ctx };

	if (nlh->nlmsg_type != ctx->family || nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return 0;
	switch (genl->cmd) {
	case MESH_CMD_PEER_ADD_NTF ... MESH_CMD_PEER_DEL_NTF:
		sink.event.type = (enum mesh_event_type)(genl->cmd - MESH_CMD_PEER_ADD_NTF);
		*ret = mesh_peer_deliver(nlh, on_peer, &sink);
		return 1;
	case MESH_CMD_NHS_ADD_NTF ... MESH_CMD_NHS_DEL_NTF:
		sink.event.type = (enum mesh_event_type)(genl->cmd - MESH_CMD_NHS_ADD_NTF);
		*ret = mesh_nhs_deliver(nlh, on_nhs, &sink);
		return 1;
	case MESH_CMD_SHORTCUT_ADD_NTF ... MESH_CMD_SHORTCUT_DEL_NTF:
		sink.event.type = (enum mesh_event_type)(genl->cmd - MESH_CMD_SHORTCUT_ADD_NTF);
		*ret = mesh_shortcut_deliver(nlh, on_shortcut, &sink);
		return 1;
	case MESH_CMD_ROUTE_ADD_NTF ... MESH_CMD_ROUTE_DEL_NTF:
		sink.event.type = (enum mesh_event_type)(genl->cmd - MESH_CMD_ROUTE_ADD_NTF);
		*ret = mesh_route_deliver(nlh, on_route, &sink);
		return 1;
	}
	return 0;
}

/* The family of the module was registered, again if we knew it. */
static bool is_arrival(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	struct nlattr *tb[CTRL_ATTR_MAX + 1];

	if (nlh->nlmsg_type != GENL_ID_CTRL || nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) ||
	    genl->cmd != CTRL_CMD_NEWFAMILY)
		return false;
	mesh_attrs(nlh, tb, CTRL_ATTR_MAX);
	return tb[CTRL_ATTR_FAMILY_NAME] &&
	       !nla_strcmp(tb[CTRL_ATTR_FAMILY_NAME], MESH_FAMILY_NAME);
}

/* The arrival of the module may be among what was lost. */
static int lost(struct mesh_ctx *ctx, const char *why)
{
	int err = join_events(ctx);

	/* There is nothing to join until it comes, and that will be told. */
	if (err && err != -ENOENT)
		return err;
	return mesh_fail(ctx, -ENOBUFS, "%s", why);
}

int mesh_event_process(struct mesh_ctx *ctx)
{
	int handled = 0;

	if (!ctx->events.nl)
		return mesh_fail(ctx, -ENOTCONN, "not subscribed to events");
	for (int i = 0; i < PROCESS_MAX; i++) {
		ssize_t n = mesh_sock_recv(&ctx->events, ctx->event_buf, MSG_DONTWAIT);
		const struct nlmsghdr *nlh = (const void *)ctx->event_buf;
		int ret = 0;

		if (n == -EAGAIN)
			break;
		if (n == -ENOBUFS)
			return lost(ctx, "events were lost");
		if (n < 0)
			return mesh_fail(ctx, n, "receiving events: %s", strerror(-n));
		for (; NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n)) {
			if (is_arrival(nlh))
				return lost(ctx, "the module was loaded anew, and is empty");
			handled += handle(ctx, nlh, &ret);
			if (ret)
				return ret;
		}
	}
	return handled;
}

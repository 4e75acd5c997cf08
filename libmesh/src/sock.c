// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

#include <fcntl.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A datagram is at most MESH_RCVBUF long, and most of them half of it. */
#define BLOCK (16 * MESH_RCVBUF)

/* libnl folds errno into its own codes; unfold those that it hands out here. */
int mesh_from_nle(int nle)
{
	static const struct {
		int nle;
		int err;
	} codes[] = {
		{ NLE_NOMEM, ENOMEM },		{ NLE_PERM, EPERM },
		{ NLE_OBJ_NOTFOUND, ENOENT },	{ NLE_NOACCESS, EACCES },
		{ NLE_BAD_SOCK, EBADF },	{ NLE_AF_NOSUPPORT, EAFNOSUPPORT },
		{ NLE_INVAL, EINVAL },		{ NLE_MSGSIZE, EMSGSIZE },
		{ NLE_EXIST, EADDRINUSE },	{ NLE_INTR, EINTR },
		{ NLE_NODEV, ENODEV },		{ NLE_AGAIN, EAGAIN },
	};

	nle = abs(nle);
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].nle == nle)
			return -codes[i].err;
	return -EIO;
}

static int sock_connect(struct mesh_sock *sock, int protocol)
{
	int one = 1;
	int err;
	int fd;

	sock->nl = nl_socket_alloc();
	if (!sock->nl)
		return -ENOMEM;
	err = nl_connect(sock->nl, protocol);
	if (err) {
		mesh_sock_close(sock);
		return mesh_from_nle(err);
	}
	fd = nl_socket_get_fd(sock->nl);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	/* Offsets of attributes are into our message: it need not come back. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	return 0;
}

int mesh_sock_open(struct mesh_ctx *ctx, struct mesh_sock *sock, int protocol)
{
	int home = -1;
	int err;

	if (sock->nl)
		return 0;
	if (ctx->netns_fd >= 0) {
		home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
		if (home < 0)
			return mesh_fail(ctx, -errno, "the own network namespace: %s",
					 strerror(errno));
		if (setns(ctx->netns_fd, CLONE_NEWNET)) {
			err = mesh_fail(ctx, -errno, "entering the network namespace: %s",
					strerror(errno));
			close(home);
			return err;
		}
	}
	err = sock_connect(sock, protocol);
	if (err)
		mesh_fail(ctx, err, "netlink socket: %s", strerror(-err));
	if (home >= 0) {
		if (setns(home, CLONE_NEWNET))
			err = mesh_fail(ctx, -errno, "back into the own network namespace: %s",
					strerror(errno));
		close(home);
	}
	if (err)
		mesh_sock_close(sock);
	return err;
}

void mesh_sock_close(struct mesh_sock *sock)
{
	nl_socket_free(sock->nl);
	sock->nl = NULL;
}

int mesh_family_resolve(struct mesh_ctx *ctx)
{
	int id;
	int err;

	err = mesh_sock_open(ctx, &ctx->genl, NETLINK_GENERIC);
	if (err)
		return err;
	id = genl_ctrl_resolve(ctx->genl.nl, MESH_FAMILY_NAME);
	if (id == -NLE_OBJ_NOTFOUND)
		return mesh_fail(ctx, -ENOENT, "no mesh family: is the module loaded?");
	if (id < 0)
		return mesh_fail(ctx, mesh_from_nle(id), "looking for the mesh family: %s",
				 nl_geterror(id));
	ctx->family = id;
	return 0;
}

int mesh_family(struct mesh_ctx *ctx)
{
	return ctx->family ? 0 : mesh_family_resolve(ctx);
}

ssize_t mesh_sock_recv(const struct mesh_sock *sock, char *buf, int flags)
{
	struct sockaddr_nl from;
	struct iovec iov = { buf, MESH_RCVBUF };
	struct msghdr mh = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	do {
		n = recvmsg(nl_socket_get_fd(sock->nl), &mh, flags);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid));
	if (n < 0)
		return -errno;
	if (mh.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	return n;
}

const struct nlmsghdr *mesh_reply_first(const struct mesh_reply *reply, size_t len)
{
	const struct mesh_block *b = reply->first;

	return b && b->len >= len ? (const void *)b->data : NULL;
}

void mesh_reply_free(struct mesh_reply *reply)
{
	while (reply->first) {
		struct mesh_block *b = reply->first;

		reply->first = b->next;
		free(b);
	}
	reply->last = NULL;
}

/* Where the next datagram goes, with MESH_RCVBUF octets; NULL for no memory. */
static char *reply_room(struct mesh_reply *reply)
{
	struct mesh_block *b = reply->last;
	size_t room;

	if (b && b->room - b->len >= MESH_RCVBUF)
		return b->data + b->len;
	/* Most answers are a few messages. */
	room = b ? BLOCK : MESH_RCVBUF;
	b = malloc(sizeof(*b) + room);
	if (!b)
		return NULL;
	*b = (struct mesh_block){ .room = room };
	if (reply->last)
		reply->last->next = b;
	else
		reply->first = b;
	reply->last = b;
	return b->data;
}

/* Keeps a message of the datagram that was received there. */
static void reply_keep(struct mesh_reply *reply, const struct nlmsghdr *nlh)
{
	struct mesh_block *b = reply->last;
	size_t len = nlh->nlmsg_len;
	char *to = b->data + b->len;

	if (to != (const char *)nlh)
		memmove(to, nlh, len);
	memset(to + len, 0, NLMSG_ALIGN(len) - len);
	b->len += NLMSG_ALIGN(len);
}

struct exchange {
	struct mesh_ctx *ctx;
	const struct nlmsghdr *request;
	size_t header;
	const struct mesh_attr_set *set;
	struct mesh_reply *reply;
	bool interrupted;
	bool done;
};

/* The end of a dump, and an acknowledgement, bear an errno and attributes. */
static int finish(struct exchange *x, const struct nlmsghdr *nlh)
{
	size_t skip = sizeof(int);
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN;
	const char *data = NLMSG_DATA(nlh);
	int err = 0;

	x->done = true;
	if (len >= sizeof(int))
		memcpy(&err, data, sizeof(err));
	if (!err)
		return 0;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *e = NLMSG_DATA(nlh);

		skip = sizeof(*e);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && len >= sizeof(*e))
			skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || skip > len)
		skip = len;
	return mesh_fail_ack(x->ctx, err, x->request, x->header, x->set, data + skip, len - skip);
}

static int take(struct exchange *x, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_seq != x->request->nlmsg_seq)
		return 0;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		x->interrupted = true;
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
	case NLMSG_DONE:
		return finish(x, nlh);
	case NLMSG_NOOP:
		return 0;
	}
	if (x->reply)
		reply_keep(x->reply, nlh);
	return 0;
}

int mesh_transact(struct mesh_ctx *ctx, struct mesh_sock *sock, struct nl_msg *msg,
		  size_t header, const struct mesh_attr_set *set,
		  struct mesh_reply *reply)
{
	struct nlmsghdr *request = nlmsg_hdr(msg);
	struct exchange x = {
		.ctx = ctx,
		.request = request,
		.header = header,
		.set = set,
		.reply = reply,
	};
	int err = 0;

	request->nlmsg_seq = ++sock->seq;
	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (send(nl_socket_get_fd(sock->nl), request, request->nlmsg_len, 0) < 0)
		return mesh_fail(ctx, -errno, "sending to the kernel: %s", strerror(errno));
	while (!err && !x.done) {
		char *buf = reply ? reply_room(reply) : ctx->rcvbuf;
		const struct nlmsghdr *nlh = (const void *)buf;
		ssize_t n;

		if (!buf)
			return mesh_fail(ctx, -ENOMEM, "%s", strerror(ENOMEM));
		n = mesh_sock_recv(sock, buf, 0);
		if (n < 0)
			return mesh_fail(ctx, n, "receiving from the kernel: %s", strerror(-n));
		for (; !err && NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n))
			err = take(&x, nlh);
	}
	if (!err && x.interrupted)
		err = mesh_fail(ctx, -EINTR, "the table changed while it was read");
	return err;
}

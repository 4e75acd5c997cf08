// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "check_int.h"
#include "mem.h"

struct tcp {
	uv_tcp_t tcp;
	uv_connect_t req;
	struct check *check;
};

static const char *tcp_bad(const char *target)
{
	struct sockaddr_storage addr;

	return check_endpoint(target, &addr) ? NULL :
	       "is no ADDRESS:PORT, as 127.0.0.1:80 or [::1]:80";
}

static void on_closed(uv_handle_t *handle)
{
	struct tcp *tcp = handle->data;

	check_drop(tcp->check);
	free(tcp);
}

static void on_connect(uv_connect_t *req, int status)
{
	struct tcp *tcp = req->data;

	/* Closed by tcp_stop(): the result is known already. */
	if (status == UV_ECANCELED)
		return;
	if (status)
		check_result(tcp->check, "%s", uv_strerror(status));
	else
		check_result(tcp->check, NULL);
}

static void tcp_stop(struct check *check)
{
	struct tcp *tcp = check->impl;

	uv_close((uv_handle_t *)&tcp->tcp, on_closed);
}

static const char *tcp_start(struct check *check)
{
	struct tcp *tcp = xcalloc(1, sizeof(*tcp));
	struct sockaddr_storage addr;
	int ret;

	tcp->check = check;
	tcp->req.data = tcp;
	check->impl = tcp;
	check_hold(check);
	check_endpoint(check->cfg->target, &addr);
	uv_tcp_init(check->loop, &tcp->tcp);
	tcp->tcp.data = tcp;
	ret = uv_tcp_connect(&tcp->req, &tcp->tcp, (struct sockaddr *)&addr,
			     on_connect);
	if (!ret)
		return NULL;
	tcp_stop(check);
	return uv_strerror(ret);
}

const struct check_ops check_tcp_ops = {
	.bad = tcp_bad,
	.start = tcp_start,
	.stop = tcp_stop,
	.late = "no connection",
};

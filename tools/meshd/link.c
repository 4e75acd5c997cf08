// SPDX-License-Identifier: GPL-2.0
#include "link.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>

#include "list.h"
#include "log.h"

#define KIND "mesh"
/* A burst of link changes before zebra's next frame is read. */
#define RCVBUF (1 << 20)

struct known {
	struct list all;
	uint32_t ifindex;
	bool seen;
};

struct link_watch {
	uv_poll_t poll;
	struct nl_sock *sock;
	const struct link_ops *ops;
	void *arg;
	struct list known;
};

static struct known *known_find(struct link_watch *w, uint32_t ifindex)
{
	struct list *i, *n;

	list_each(i, n, &w->known) {
		struct known *k = entry_of(i, struct known, all);

		if (k->ifindex == ifindex)
			return k;
	}
	return NULL;
}

static void known_del(struct link_watch *w, struct known *k)
{
	if (!k)
		return;
	w->ops->del(w->arg, k->ifindex);
	list_del(&k->all);
	free(k);
}

static bool is_mesh(struct nlattr *info)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1];

	return info && !nla_parse_nested(tb, IFLA_INFO_MAX, info, NULL) &&
	       tb[IFLA_INFO_KIND] && !nla_strcmp(tb[IFLA_INFO_KIND], KIND);
}

static void link_seen(struct link_watch *w, uint32_t ifindex, const char *name)
{
	struct known *k = known_find(w, ifindex);

	if (!k) {
		k = xcalloc(1, sizeof(*k));
		k->ifindex = ifindex;
		list_add(&k->all, &w->known);
		w->ops->add(w->arg, ifindex, name);
	}
	k->seen = true;
}

static int on_msg(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct nlattr *tb[IFLA_MAX + 1];
	struct link_watch *w = arg;
	struct ifinfomsg *ifi;

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return NL_OK;
	if (nlmsg_parse(nlh, sizeof(*ifi), tb, IFLA_MAX, NULL))
		return NL_OK;
	ifi = nlmsg_data(nlh);
	/* Bridges tell of their ports in messages of their own family. */
	if (ifi->ifi_family != AF_UNSPEC)
		return NL_OK;
	if (nlh->nlmsg_type == RTM_DELLINK)
		known_del(w, known_find(w, ifi->ifi_index));
	else if (is_mesh(tb[IFLA_LINKINFO]) && tb[IFLA_IFNAME])
		link_seen(w, ifi->ifi_index, nla_get_string(tb[IFLA_IFNAME]));
	return NL_OK;
}

/* Reads what is there from the start, after which only changes are told. */
static int link_dump(struct link_watch *w)
{
	struct ifinfomsg all = { .ifi_family = AF_UNSPEC };
	struct list *i, *n;
	int ret;

	list_each(i, n, &w->known)
		entry_of(i, struct known, all)->seen = false;
	nl_socket_set_nonblocking(w->sock);
	ret = nl_send_simple(w->sock, RTM_GETLINK, NLM_F_DUMP, &all, sizeof(all));
	if (ret < 0)
		return ret;
	link_watch_drain(w);
	list_each(i, n, &w->known) {
		struct known *k = entry_of(i, struct known, all);

		if (!k->seen)
			known_del(w, k);
	}
	return 0;
}

void link_watch_drain(struct link_watch *w)
{
	int ret;

	do {
		ret = nl_recvmsgs_default(w->sock);
	} while (ret >= 0 || ret == -NLE_INTR || ret == -NLE_DUMP_INTR);
	if (ret == -NLE_NOMEM) {
		log_info("link changes were lost, reading all devices anew");
		link_dump(w);
	} else if (ret != -NLE_AGAIN) {
		log_error("cannot read link changes: %s", nl_geterror(ret));
	}
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	link_watch_drain(poll->data);
}

static void on_closed(uv_handle_t *handle)
{
	struct link_watch *w = handle->data;

	nl_socket_free(w->sock);
	while (!list_empty(&w->known)) {
		struct known *k = entry_of(w->known.next, struct known, all);

		list_del(&k->all);
		free(k);
	}
	free(w);
}

struct link_watch *link_watch_new(uv_loop_t *loop, const struct link_ops *ops,
				  void *arg)
{
	struct link_watch *w = xcalloc(1, sizeof(*w));
	int ret;

	w->ops = ops;
	w->arg = arg;
	list_init(&w->known);
	w->sock = nl_socket_alloc();
	if (!w->sock) {
		free(w);
		return NULL;
	}
	nl_socket_disable_seq_check(w->sock);
	nl_socket_modify_cb(w->sock, NL_CB_VALID, NL_CB_CUSTOM, on_msg, w);
	ret = nl_connect(w->sock, NETLINK_ROUTE);
	if (!ret)
		ret = nl_socket_add_membership(w->sock, RTNLGRP_LINK);
	if (!ret)
		ret = link_dump(w);
	if (ret) {
		log_error("cannot watch network devices: %s", nl_geterror(ret));
		nl_socket_free(w->sock);
		free(w);
		return NULL;
	}
	nl_socket_set_buffer_size(w->sock, RCVBUF, 0);
	uv_poll_init(loop, &w->poll, nl_socket_get_fd(w->sock));
	w->poll.data = w;
	uv_poll_start(&w->poll, UV_READABLE, on_readable);
	return w;
}

void link_watch_close(struct link_watch *w)
{
	if (w)
		uv_close((uv_handle_t *)&w->poll, on_closed);
}

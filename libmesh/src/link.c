// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"
#include "link.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

struct nl_msg *mesh_link_msg(struct mesh_ctx *ctx, uint16_t type, int flags,
			     unsigned int ifindex, const char *name)
{
	struct ifinfomsg ifi = { .ifi_index = (int)ifindex };
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && !nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) &&
	    (!name || !nla_put_string(msg, IFLA_IFNAME, name)))
		return msg;
	nlmsg_free(msg);
	mesh_fail(ctx, -ENOMEM, "%s", strerror(ENOMEM));
	return NULL;
}

int mesh_link_call(struct mesh_ctx *ctx, struct nl_msg *msg, struct mesh_reply *reply)
{
	int err = mesh_transact(ctx, &ctx->rtnl, msg, sizeof(struct ifinfomsg), NULL, reply);

	nlmsg_free(msg);
	return err;
}

static int check_name(struct mesh_ctx *ctx, const char *name)
{
	size_t n = strlen(name);

	if (n && n < MESH_IFNAME_STRLEN)
		return 0;
	return mesh_fail(ctx, -EINVAL, "\"%s\" is no name of a device: 1 to %d characters",
			 name, MESH_IFNAME_STRLEN - 1);
}

/* An index or a name, whichever is given, to a link's message in @reply. */
static int get_link(struct mesh_ctx *ctx, unsigned int ifindex, const char *name,
		    struct mesh_reply *reply)
{
	struct nl_msg *msg = mesh_link_msg(ctx, RTM_GETLINK, 0, ifindex, name);
	int err;

	if (!msg)
		return -ENOMEM;
	err = mesh_link_call(ctx, msg, reply);
	if (err == -ENODEV && name)
		return mesh_fail(ctx, err, "no device named %s", name);
	if (!err && !mesh_reply_first(reply, NLMSG_LENGTH(sizeof(struct ifinfomsg))))
		return mesh_fail(ctx, -EIO, "an empty answer");
	return err;
}

int mesh_link_index(struct mesh_ctx *ctx, const char *name, unsigned int *ifindex)
{
	struct mesh_reply reply = { 0 };
	int err = check_name(ctx, name);

	if (err)
		return err;
	err = get_link(ctx, 0, name, &reply);
	if (!err) {
		const struct ifinfomsg *ifi = NLMSG_DATA(mesh_reply_first(&reply, 0));

		*ifindex = ifi->ifi_index;
	}
	mesh_reply_free(&reply);
	return err;
}

int mesh_link_name(struct mesh_ctx *ctx, unsigned int ifindex, char *name)
{
	struct nlattr *tb[IFLA_IFNAME + 1];
	struct mesh_reply reply = { 0 };
	int err;

	if (!ifindex)
		return mesh_fail(ctx, -ENODEV, "no device has index 0");
	err = get_link(ctx, ifindex, NULL, &reply);
	if (!err) {
		nlmsg_parse((struct nlmsghdr *)mesh_reply_first(&reply, 0), sizeof(struct ifinfomsg), tb,
			    IFLA_IFNAME, NULL);
		if (tb[IFLA_IFNAME])
			nla_strlcpy(name, tb[IFLA_IFNAME], MESH_IFNAME_STRLEN);
		else
			err = mesh_fail(ctx, -EIO, "a device without a name");
	}
	mesh_reply_free(&reply);
	return err;
}

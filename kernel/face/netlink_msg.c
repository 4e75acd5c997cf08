// SPDX-License-Identifier: GPL-2.0
/*
 * Messages out: answers, dumps, events.
 */
#include <net/sock.h>

#include "netlink_priv.h"
#include "engine/nhrp.h"

#define MSG_MAX		65536	/* holds a group of GROUP_MEMBERS_MAX */
#define SKIP_MAX	1024	/* filtered objects in one hold of the lock */
#define DUMP_STEP	64	/* objects found by one walk from the top */

struct sk_buff *mesh_nl_msg(u32 portid, u32 seq, u8 cmd, struct mesh_dev *mesh,
			    mesh_nl_fill *fill, const void *obj)
{
	size_t size = GENLMSG_DEFAULT_SIZE;

	for (;; size = MSG_MAX) {
		struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);
		void *hdr;
		int err;

		if (!skb)
			return ERR_PTR(-ENOMEM);
		hdr = genlmsg_put(skb, portid, seq, &mesh_nl_family, 0, cmd);
		err = hdr ? fill(skb, mesh, obj) : -EMSGSIZE;
		if (!err) {
			genlmsg_end(skb, hdr);
			return skb;
		}
		nlmsg_free(skb);
		if (err != -EMSGSIZE || size == MSG_MAX)
			return ERR_PTR(err);
	}
}

int mesh_nl_answer(struct genl_info *info, struct mesh_dev *mesh,
		   mesh_nl_fill *fill, const void *obj)
{
	struct sk_buff *answer = mesh_nl_msg(info->snd_portid, info->snd_seq,
					     info->genlhdr->cmd, mesh, fill,
					     obj);

	mesh_nl_close(mesh);
	if (IS_ERR(answer))
		return PTR_ERR(answer);
	return genlmsg_reply(answer, info);
}

int mesh_nl_answer_found(struct genl_info *info, struct mesh_dev *mesh,
			 mesh_nl_fill *fill, const void *obj, int key,
			 const char *none)
{
	if (obj)
		return mesh_nl_answer(info, mesh, fill, obj);
	mesh_nl_close(mesh);
	return mesh_nl_refuse(info->extack, -ENOENT, info->attrs[key], none);
}

int mesh_nl_answer_dev(struct genl_info *info, mesh_nl_fill *fill)
{
	struct mesh_dev *mesh = mesh_nl_open(info);

	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	return mesh_nl_answer(info, mesh, fill, NULL);
}

/*
 * Dumps
 */

static int dump_msg(struct sk_buff *skb, struct netlink_callback *cb,
		    struct mesh_dev *mesh, mesh_nl_fill *fill, const void *obj)
{
	const struct genlmsghdr *request = nlmsg_data(cb->nlh);
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &mesh_nl_family, NLM_F_MULTI, request->cmd);
	if (!hdr)
		return -EMSGSIZE;
	if (fill(skb, mesh, obj)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

int mesh_nl_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		     struct mesh_dev *mesh, mesh_nl_fill *fill, const void *obj)
{
	int err = dump_msg(skb, cb, mesh, fill, obj);

	/* What does not fit alone would never fit. */
	if (err != -EMSGSIZE || skb->len ||
	    pskb_expand_head(skb, 0, MSG_MAX, GFP_KERNEL))
		return err;
	return dump_msg(skb, cb, mesh, fill, obj);
}

/* -EAGAIN: the lock was held long enough. */
static int dump_table(struct sk_buff *skb, struct netlink_callback *cb,
		      struct mesh_dev *mesh, const struct mesh_nl_walk *walk)
{
	struct mesh_nl_cursor *cur = mesh_nl_cursor(cb);
	struct lpm_entry *entry[DUMP_STEP];
	unsigned int skipped = 0;
	u32 n, i;

	do {
		n = fwd_walk(&mesh->fwd, walk->kind, cur->inside ? &cur->key : NULL,
			     entry, DUMP_STEP);
		for (i = 0; i < n; i++) {
			const void *obj = fwd_object(walk->kind, entry[i]);
			int err = 0;

			if (!walk->shown || walk->shown(obj, cur->filter))
				err = mesh_nl_dump_one(skb, cb, mesh, walk->fill, obj);
			else
				skipped++;
			if (err)
				return err;
			fwd_key(walk->kind, obj, &cur->key);
			cur->inside = true;
		}
		if (skipped >= SKIP_MAX)
			return -EAGAIN;
	} while (n == DUMP_STEP);
	return 0;
}

/* One device, from the cursor on; -EMSGSIZE where the message is full. */
static int dump_dev(struct sk_buff *skb, struct netlink_callback *cb,
		    struct net_device *dev, const struct mesh_nl_walk *walk)
{
	struct mesh_nl_cursor *cur = mesh_nl_cursor(cb);
	struct mesh_dev *mesh;
	int err;

	do {
		cond_resched();
		mesh = mesh_nl_lock(dev);
		if (!mesh) {
			cb->seq += cur->inside;
			return 0;
		}
		if (walk->device) {
			err = walk->device(skb, cb, mesh);
		} else if (walk->kind == FWD_KINDS) {
			err = mesh_nl_dump_one(skb, cb, mesh, walk->fill, NULL);
		} else {
			if (cur->inside && mesh->fwd.seq[walk->kind] != cur->seq)
				cb->seq++;
			err = dump_table(skb, cb, mesh, walk);
			cur->seq = mesh->fwd.seq[walk->kind];
		}
		fwd_unlock(&mesh->fwd);
	} while (err == -EAGAIN);
	return err;
}

/* The mesh device of the least index from @from on, with a reference. */
static struct net_device *dev_from(struct net *net, int from)
{
	struct net_device *dev, *best = NULL;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev)
		if (dev->ifindex >= from && mesh_is_mesh(dev) &&
		    (!best || dev->ifindex < best->ifindex))
			best = dev;
	dev_hold(best);
	rcu_read_unlock();
	return best;
}

static int dump_filters(struct netlink_callback *cb,
			const struct mesh_nl_walk *walk)
{
	struct mesh_nl_cursor *cur = mesh_nl_cursor(cb);
	const struct nlattr *a;
	int rem;

	nlmsg_for_each_attr(a, cb->nlh, GENL_HDRLEN, rem) {
		int type = nla_type(a);

		if (type == MESH_NL_IFINDEX || type == MESH_NL_IFNAME)
			continue;
		if (!walk->filter || type != walk->filter)
			return mesh_nl_refuse(cb->extack, -EINVAL, a,
					      "a dump cannot be narrowed by this attribute");
		cur->filter = nla_len(a) == sizeof(u8) ? nla_get_u8(a) :
							 nla_get_u32(a);
	}
	return 0;
}

static int dump_start(struct net *net, struct netlink_callback *cb,
		      const struct mesh_nl_walk *walk)
{
	struct mesh_nl_cursor *cur = mesh_nl_cursor(cb);
	const struct nlattr *ifindex, *ifname;
	struct net_device *dev;
	int err = dump_filters(cb, walk);

	if (err)
		return err;
	ifindex = nlmsg_find_attr(cb->nlh, GENL_HDRLEN, MESH_NL_IFINDEX);
	ifname = nlmsg_find_attr(cb->nlh, GENL_HDRLEN, MESH_NL_IFNAME);
	if (ifindex || ifname) {
		dev = mesh_nl_dev(net, ifindex, ifname, cb->extack);
		if (IS_ERR(dev))
			return PTR_ERR(dev);
		cur->single = true;
		cur->ifindex = dev->ifindex;
		dev_put(dev);
	}
	cur->started = true;
	cb->seq = 1;
	return 0;
}

/*
 * cb->seq counts interruptions: a table that changed, or a device that went,
 * while the walk was in it.
 */
int mesh_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		 const struct mesh_nl_walk *walk)
{
	struct mesh_nl_cursor *cur = mesh_nl_cursor(cb);
	struct net *net = sock_net(cb->skb->sk);
	struct net_device *dev;
	int err = 0;

	if (!cur->started) {
		err = dump_start(net, cb, walk);
		if (err)
			return err;
	}
	while ((dev = dev_from(net, cur->ifindex))) {
		if (dev->ifindex != cur->ifindex) {
			cb->seq += cur->inside;
			cur->inside = false;
			if (cur->single) {
				dev_put(dev);
				break;
			}
			cur->ifindex = dev->ifindex;
		}
		err = dump_dev(skb, cb, dev, walk);
		dev_put(dev);
		if (err)
			break;
		cur->inside = false;
		cur->ifindex++;
		if (cur->single)
			break;
	}
	return err == -EMSGSIZE && skb->len ? skb->len : err;
}

/*
 * Events
 */

static void notify(struct mesh_dev *mesh, u8 cmd, mesh_nl_fill *fill,
		   const void *obj)
{
	struct sk_buff *skb;
	struct net *net;

	/* The device may be on its way to another namespace. */
	rcu_read_lock();
	net = maybe_get_net(dev_net(mesh->dev));
	rcu_read_unlock();
	if (!net)
		return;
	if (genl_has_listeners(&mesh_nl_family, net, MESH_NLGRP_EVENTS)) {
		skb = mesh_nl_msg(0, 0, cmd, mesh, fill, obj);
		if (IS_ERR(skb))
			genl_set_err(&mesh_nl_family, net, 0,
				     MESH_NLGRP_EVENTS, -ENOBUFS);
		else
			genlmsg_multicast_netns(&mesh_nl_family, net, skb, 0,
						MESH_NLGRP_EVENTS, GFP_KERNEL);
	}
	put_net(net);
}

static void event_fwd(struct mesh_dev *mesh, enum fwd_verb verb,
		      enum fwd_kind kind, const void *obj)
{
	switch (kind) {
	case FWD_PEER:
		notify(mesh, MESH_CMD_PEER_ADD_NTF + verb, mesh_nl_peer_fill,
		       obj);
		break;
	case FWD_ROUTE:
		notify(mesh, MESH_CMD_ROUTE_ADD_NTF + verb, mesh_nl_route_fill,
		       obj);
		break;
	case FWD_SHORTCUT:
		notify(mesh, MESH_CMD_SHORTCUT_ADD_NTF + verb,
		       mesh_nl_shortcut_fill, obj);
		break;
	default:
		break;
	}
}

static void event_nhs(struct mesh_dev *mesh, enum fwd_verb verb,
		      const struct mesh_addr *nbma)
{
	struct nhrp_nhs_info info;

	/* Of a server that is gone there is no more to tell than its key. */
	if (nhrp_nhs_get(mesh, nbma, &info)) {
		memset(&info, 0, sizeof(info));
		info.cfg.nbma = *nbma;
	}
	notify(mesh, MESH_CMD_NHS_ADD_NTF + verb, mesh_nl_nhs_fill, &info);
}

const struct mesh_events mesh_nl_events = {
	.fwd = event_fwd,
	.nhs = event_nhs,
};

/* The verbs and each word's notifications come in one order. */
#define ALIKE(word)							\
	static_assert((int)MESH_CMD_##word##_ADD_NTF + FWD_CHANGED ==	\
			      MESH_CMD_##word##_CHANGE_NTF &&		\
		      (int)MESH_CMD_##word##_ADD_NTF + FWD_REMOVED ==	\
			      MESH_CMD_##word##_DEL_NTF)
ALIKE(PEER);
ALIKE(NHS);
ALIKE(SHORTCUT);
ALIKE(ROUTE);
#undef ALIKE

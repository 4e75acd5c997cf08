// SPDX-License-Identifier: GPL-2.0
/*
 * The family, and how a request names its device.
 */
#include <linux/sched/signal.h>

#include "compat.h"
#include "netlink.h"
#include "netlink_priv.h"

static const struct genl_multicast_group groups[] = {
	[MESH_NLGRP_EVENTS] = { .name = MESH_MCGRP_EVENTS },
};

struct genl_family mesh_nl_family __ro_after_init = {
	.name = MESH_FAMILY_NAME,
	.version = MESH_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = mesh_nl_ops,
	.n_ops = ARRAY_SIZE(mesh_nl_ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	/* From there on the flags of -new requests would be refused. */
	.resv_start_op = MESH_CMD_MAX + 1,
};

#define ALIKE(word)							\
	static_assert(MESH_NL_IFINDEX == (int)MESH_A_##word##_IFINDEX &&	\
		      MESH_NL_IFNAME == (int)MESH_A_##word##_IFNAME)
ALIKE(DEV);
ALIKE(PEER);
ALIKE(NHS);
ALIKE(GROUP);
ALIKE(ROUTE);
ALIKE(SHORTCUT);
ALIKE(STATS);
ALIKE(KEY);
#undef ALIKE

int __init netlink_init(void)
{
	mesh_events = &mesh_nl_events;
	return genl_register_family(&mesh_nl_family);
}

void netlink_exit(void)
{
	genl_unregister_family(&mesh_nl_family);
}

int mesh_nl_refuse(struct netlink_ext_ack *extack, int code,
		   const struct nlattr *bad, const char *text)
{
	if (extack) {
		extack->_msg = text;
		NL_SET_BAD_ATTR(extack, bad);
	}
	return code;
}

int mesh_nl_refuse_entry(struct netlink_ext_ack *extack, int code,
			 const struct nlattr *bad, const char *text, int index)
{
	if (extack) {
		compat_extack_entry(extack, text, index);
		NL_SET_BAD_ATTR(extack, bad);
	}
	return code;
}

int mesh_nl_refuse_fwd(struct genl_info *info, int code,
		       const struct mesh_nl_source *from,
		       const struct fwd_error *fe)
{
	const struct nlattr *bad;

	from += fe->field;
	if (!from->inner)
		return mesh_nl_refuse(info->extack, code,
				      from->attr ? info->attrs[from->attr] :
						   NULL, fe->text);
	bad = mesh_nl_inner(mesh_nl_nth(info, from->attr, fe->index),
			    from->inner);
	return mesh_nl_refuse_entry(info->extack, code, bad, fe->text,
				    fe->index);
}

static struct net_device *find(struct net *net, const struct nlattr *ifindex,
			       const struct nlattr *ifname)
{
	if (ifindex)
		return dev_get_by_index(net, nla_get_u32(ifindex));
	return dev_get_by_name(net, nla_data(ifname));
}

static bool goes_by_name(struct net *net, struct net_device *dev,
			 const char *name)
{
	struct net_device *named = dev_get_by_name(net, name);

	dev_put(named);
	return named == dev;
}

struct net_device *mesh_nl_dev(struct net *net, const struct nlattr *ifindex,
			       const struct nlattr *ifname,
			       struct netlink_ext_ack *extack)
{
	const struct nlattr *by = ifindex ? ifindex : ifname;
	struct net_device *dev;
	int err;

	if (!by) {
		NL_SET_ERR_ATTR_MISS(extack, NULL, MESH_NL_IFINDEX);
		return ERR_PTR(mesh_nl_refuse(extack, -EINVAL, NULL,
					      "name the device by ifindex or ifname"));
	}
	dev = find(net, ifindex, ifname);
	if (!dev)
		return ERR_PTR(mesh_nl_refuse(extack, -ENODEV, by,
					      "there is no such device in this namespace"));
	err = 0;
	if (!mesh_is_mesh(dev))
		err = mesh_nl_refuse(extack, -EOPNOTSUPP, by,
				     "not a mesh device");
	else if (ifindex && ifname && !goes_by_name(net, dev, nla_data(ifname)))
		err = mesh_nl_refuse(extack, -EINVAL, ifname,
				     "ifindex and ifname name different devices");
	if (!err)
		return dev;
	dev_put(dev);
	return ERR_PTR(err);
}

struct mesh_dev *mesh_nl_lock(struct net_device *dev)
{
	struct mesh_dev *mesh = netdev_priv(dev);

	fwd_lock(&mesh->fwd);
	if (!mesh->dying)
		return mesh;
	fwd_unlock(&mesh->fwd);
	return NULL;
}

struct mesh_dev *mesh_nl_open(struct genl_info *info)
{
	struct nlattr *ifindex = info->attrs[MESH_NL_IFINDEX];
	struct nlattr *ifname = info->attrs[MESH_NL_IFNAME];
	struct net_device *dev;
	struct mesh_dev *mesh;

	dev = mesh_nl_dev(genl_info_net(info), ifindex, ifname, info->extack);
	if (IS_ERR(dev))
		return ERR_CAST(dev);
	mesh = mesh_nl_lock(dev);
	if (mesh)
		return mesh;
	dev_put(dev);
	return ERR_PTR(mesh_nl_refuse(info->extack, -ENODEV,
				      ifindex ? ifindex : ifname,
				      "the device is being deleted"));
}

void mesh_nl_close(struct mesh_dev *mesh)
{
	struct net_device *dev = mesh->dev;

	fwd_unlock(&mesh->fwd);
	dev_put(dev);
}

int mesh_nl_yield(struct genl_info *info, struct mesh_dev *mesh)
{
	struct net_device *dev = mesh->dev;
	int err;

	fwd_unlock(&mesh->fwd);
	cond_resched();
	/* Who asked is being killed: netlink sends no ack for this code. */
	err = -EINTR;
	if (!fatal_signal_pending(current)) {
		if (mesh_nl_lock(dev))
			return 0;
		err = mesh_nl_refuse(info->extack, -ENODEV, NULL,
				     "the device is being deleted");
	}
	dev_put(dev);
	return err;
}

int mesh_nl_change(struct genl_info *info, mesh_nl_change_fn *fn,
		   const void *cfg, u32 flags,
		   const struct mesh_nl_source *from)
{
	struct mesh_dev *mesh = mesh_nl_open(info);
	struct fwd_error fe = { 0 };
	int err;

	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	err = fn(mesh, cfg, flags, &fe);
	mesh_nl_close(mesh);
	return err ? mesh_nl_refuse_fwd(info, err, from, &fe) : 0;
}

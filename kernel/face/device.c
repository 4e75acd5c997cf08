// SPDX-License-Identifier: GPL-2.0
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <net/addrconf.h>
#include <net/ip_tunnels.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "compat.h"
#include "engine/bfd.h"
#include "engine/config.h"
#include "engine/decided.h"
#include "device.h"
#include "engine/encap.h"
#include "engine/mcast.h"
#include "wire/gre_wire.h"
#include "wire/udp_wire.h"
#include "engine/nhrp.h"
#include "engine/rx.h"
#include "engine/rx_port.h"
#include "engine/settle.h"
#include "engine/trace.h"
#include "engine/tx.h"
#include "engine/vrf.h"

/* With a key. */
#define OVERHEAD (sizeof(struct iphdr) + GRE_WIRE_MIN + 4)

/**
 * struct device_net - what each namespace has
 * @rx: receive table of the devices whose underlay it is
 * @budget: what those devices may learn together
 * @devices: those devices, wherever they are now; under RTNL
 * @vrf: for devices that are here now
 */
struct device_net {
	struct rx_table rx;
	struct nhrp_budget budget;
	struct list_head devices;
	struct vrf_net vrf;
};

static unsigned int net_id;

static void fwd_event(struct fwd *fwd, enum fwd_verb verb, enum fwd_kind kind,
		      const void *obj)
{
	struct mesh_dev *mesh = fwd->ctx;

	if (kind == FWD_PEER) {
		tx_peer_changed(mesh, verb, (struct peer *)obj);
		bfd_peer_changed(mesh, verb, obj);
		nhrp_peer_changed(mesh, obj);
	}
	if (kind == FWD_GROUP)
		settle_group_changed(mesh, obj);
	if (kind == FWD_SHORTCUT)
		trace_mesh_shortcut(mesh, verb, obj);
	if (kind == FWD_GROUP || (kind == FWD_PEER && verb != FWD_ADDED))
		nhrp_peers_changed(mesh);
	else if (kind == FWD_ROUTE)
		nhrp_route_changed(mesh, &((const struct route *)obj)->prefix);
	mesh_events->fwd(mesh, verb, kind, obj);
}

static const struct fwd_ops fwd_ops = {
	.endpoint = {
		.priv_size = sizeof(struct encap_route),
		.init = encap_endpoint_init,
		.free = encap_endpoint_free,
	},
	.clock = settle_clock,
	.event = fwd_event,
};

static struct mesh_counters __percpu *counters_alloc(void)
{
	struct mesh_counters __percpu *counters;
	int cpu;

	counters = alloc_percpu_gfp(struct mesh_counters, GFP_KERNEL_ACCOUNT);
	if (!counters)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(counters, cpu)->syncp);
	return counters;
}

static int init_parts(struct mesh_dev *mesh)
{
	int err;

	settle_init(mesh);
	err = fwd_init(&mesh->fwd, &fwd_ops, mesh, get_random_u32());
	if (err)
		return err;
	mesh->counters = counters_alloc();
	err = -ENOMEM;
	if (!mesh->counters)
		goto no_counters;
	err = decided_init(mesh);
	if (err)
		goto no_decided;
	err = config_init(mesh);
	if (err)
		goto no_config;
	err = gro_cells_init(&mesh->cells, mesh->dev);
	if (err)
		goto no_cells;
	err = mcast_init(mesh);
	if (err)
		goto no_mcast;
	err = nhrp_init(mesh);
	if (err)
		goto no_nhrp;
	err = bfd_init(mesh);
	if (err)
		goto no_bfd;
	return 0;

no_bfd:
	nhrp_exit(mesh);
no_nhrp:
	mcast_exit(mesh);
no_mcast:
	gro_cells_destroy(&mesh->cells);
no_cells:
	config_exit(mesh);
no_config:
	decided_exit(mesh);
no_decided:
	free_percpu(mesh->counters);
no_counters:
	fwd_destroy(&mesh->fwd);
	return err;
}

static void exit_parts(struct mesh_dev *mesh)
{
	bfd_exit(mesh);
	nhrp_exit(mesh);
	/* Whom both find dead makes buckets wait. */
	settle_exit(mesh);
	mcast_exit(mesh);
	gro_cells_destroy(&mesh->cells);
	config_exit(mesh);
	decided_exit(mesh);
	free_percpu(mesh->counters);
	fwd_destroy(&mesh->fwd);
}

static int device_ndo_init(struct net_device *dev)
{
	struct mesh_dev *mesh = netdev_priv(dev);
	struct device_net *dn = net_generic(mesh->net, net_id);
	int err;

	netdev_lockdep_set_classes(dev);
	mesh->rx = &dn->rx;
	mesh->budget = &dn->budget;
	err = init_parts(mesh);
	if (err)
		return err;
	err = rx_table_get(mesh->rx);
	if (err) {
		exit_parts(mesh);
		return err;
	}
	list_add_tail(&mesh->of_net, &dn->devices);
	return 0;
}

/*
 * First phase of the end: nobody finds the device any more, and who holds it
 * changes nothing.  Before the second, device_free(), come a grace period and
 * the return of every reference.
 */
static void device_ndo_uninit(struct net_device *dev)
{
	struct mesh_dev *mesh = netdev_priv(dev);

	fwd_lock(&mesh->fwd);
	mesh->dying = true;
	rx_table_unbind(mesh->rx, mesh);
	/* No socket tells its packets to a device any more: see rx_table_find(). */
	rx_port_release(mesh->rx, mesh_encap_locked(mesh));
	fwd_unlock(&mesh->fwd);
	list_del(&mesh->of_net);
	rx_table_put(mesh->rx);
}

static void device_free(struct net_device *dev)
{
	exit_parts(netdev_priv(dev));
}

/*
 * A hub sends packets back by the device they came in on, which must not have
 * the stack tell senders of a better gateway: NHRP does that.  The sysctl of
 * the device counts only where that of all devices is off.
 */
static int device_open(struct net_device *dev)
{
	struct in_device *in4 = __in_dev_get_rtnl(dev);
	struct inet6_dev *in6 = __in6_dev_get(dev);
	struct mesh_dev *mesh = netdev_priv(dev);

	if (in4) {
		IN_DEV_CONF_SET(in4, SEND_REDIRECTS, false);
		IPV4_DEVCONF_ALL(dev_net(dev), SEND_REDIRECTS) = false;
	}
	if (in6)
		in6->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	fwd_lock(&mesh->fwd);
	nhrp_up(mesh);
	bfd_up(mesh);
	fwd_unlock(&mesh->fwd);
	return 0;
}

static int device_stop(struct net_device *dev)
{
	struct mesh_dev *mesh = netdev_priv(dev);

	fwd_lock(&mesh->fwd);
	bfd_down(mesh);
	nhrp_down(mesh);
	fwd_unlock(&mesh->fwd);
	mcast_down(mesh);
	/* No packet comes in any more, and the next ones may do so elsewhere. */
	decided_forget(mesh);
	return 0;
}

static int device_iflink(const struct net_device *dev)
{
	const struct mesh_dev *mesh = netdev_priv(dev);
	const struct mesh_encap *encap;
	int link = 0;

	rcu_read_lock();
	encap = rcu_dereference(mesh->encap);
	if (encap)
		link = encap->link;
	rcu_read_unlock();
	if (!link && net_eq(mesh->net, dev_net(dev)))
		return dev->ifindex;
	return link;
}

static const struct net_device_ops device_ops = {
	.ndo_init = device_ndo_init,
	.ndo_uninit = device_ndo_uninit,
	.ndo_open = device_open,
	.ndo_stop = device_stop,
	.ndo_start_xmit = tx_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
	.ndo_get_iflink = device_iflink,
};

static void device_drvinfo(struct net_device *dev,
			   struct ethtool_drvinfo *info)
{
	strscpy(info->driver, MESH_KIND, sizeof(info->driver));
}

static const struct ethtool_ops device_ethtool = {
	.get_drvinfo = device_drvinfo,
	.get_link = ethtool_op_get_link,
};

static void device_setup(struct net_device *dev)
{
	const netdev_features_t features = NETIF_F_SG | NETIF_F_FRAGLIST |
					   NETIF_F_HIGHDMA | NETIF_F_HW_CSUM |
					   NETIF_F_GSO_SOFTWARE;
	struct mesh_dev *mesh = netdev_priv(dev);

	mesh->dev = dev;
	dev->netdev_ops = &device_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->ethtool_ops = &device_ethtool;
	dev->priv_destructor = device_free;
	dev->needs_free_netdev = true;
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->features |= features;
	dev->hw_features |= features;
	dev->hw_enc_features |= features;
	compat_set_lltx(dev);
	netif_keep_dst(dev);
	/*
	 * Who forwards a packet to the device copies it where it has less room: so no
	 * more than most need, beside an Ethernet header.  outer_xmit() learns of others.
	 */
	dev->needed_headroom = ALIGN(OVERHEAD, HH_DATA_MOD);
	dev->mtu = ETH_DATA_LEN - OVERHEAD;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU - OVERHEAD - UDP_WIRE_LEN;
}

static int device_validate(struct nlattr *tb[], struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	if (data) {
		NL_SET_ERR_MSG(extack,
			       "a mesh device is configured through the mesh family, not here");
		return -EINVAL;
	}
	return 0;
}

static int device_new(struct net *src_net, struct net_device *dev,
		      struct nlattr *tb[], struct nlattr *data[],
		      struct netlink_ext_ack *extack)
{
	struct mesh_dev *mesh = netdev_priv(dev);

	mesh->net = src_net;
	return register_netdevice(dev);
}

static struct net *device_link_net(const struct net_device *dev)
{
	const struct mesh_dev *mesh = netdev_priv(dev);

	return READ_ONCE(mesh->net);
}

static struct rtnl_link_ops link_ops __read_mostly = {
	.kind = MESH_KIND,
	.priv_size = sizeof(struct mesh_dev),
	.setup = device_setup,
	.validate = device_validate,
	.newlink = device_new,
	.get_link_net = device_link_net,
};

static int __net_init device_net_init(struct net *net)
{
	struct device_net *dn = net_generic(net, net_id);

	rx_table_init(&dn->rx, net, rx_hook_ops);
	nhrp_budget_init(&dn->budget);
	INIT_LIST_HEAD(&dn->devices);
	return 0;
}

/* Devices whose underlay goes, whatever namespace they were moved to. */
static void __net_exit device_net_exit(struct list_head *nets)
{
	struct mesh_dev *mesh;
	LIST_HEAD(gone);
	struct net *net;

	rtnl_lock();
	list_for_each_entry(net, nets, exit_list) {
		struct device_net *dn = net_generic(net, net_id);

		list_for_each_entry(mesh, &dn->devices, of_net)
			unregister_netdevice_queue(mesh->dev, &gone);
	}
	unregister_netdevice_many(&gone);
	rtnl_unlock();
	list_for_each_entry(net, nets, exit_list)
		vrf_exit(&((struct device_net *)net_generic(net, net_id))->vrf,
			 net);
}

static struct pernet_operations net_ops = {
	.init = device_net_init,
	.exit_batch = device_net_exit,
	.id = &net_id,
	.size = sizeof(struct device_net),
};

static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	const struct netdev_notifier_changeupper_info *info = ptr;
	struct device_net *dn;

	if (event != NETDEV_CHANGEUPPER || !mesh_is_mesh(dev) ||
	    !info->linking || !netif_is_l3_master(info->upper_dev))
		return NOTIFY_DONE;
	dn = net_generic(dev_net(dev), net_id);
	return notifier_from_errno(vrf_join(&dn->vrf, dev_net(dev)));
}

static struct notifier_block device_nb = {
	.notifier_call = device_event,
};

int device_init(void)
{
	int err = register_pernet_device(&net_ops);

	if (err)
		return err;
	err = register_netdevice_notifier(&device_nb);
	if (err)
		goto err_pernet;
	err = rtnl_link_register(&link_ops);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_netdevice_notifier(&device_nb);
err_pernet:
	unregister_pernet_device(&net_ops);
	return err;
}

void device_exit(void)
{
	rtnl_link_unregister(&link_ops);
	unregister_netdevice_notifier(&device_nb);
	unregister_pernet_device(&net_ops);
}

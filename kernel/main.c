// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

#include "face/device.h"
#include "face/netlink.h"
#include "engine/nhrp.h"

static int __init mesh_module_init(void)
{
	int err = nhrp_module_init();

	if (err)
		return err;
	err = netlink_init();
	if (err)
		goto no_netlink;
	err = device_init();
	if (err)
		goto no_device;
	return 0;

no_device:
	netlink_exit();
no_netlink:
	nhrp_module_exit();
	return err;
}

static void __exit mesh_module_exit(void)
{
	device_exit();
	netlink_exit();
	nhrp_module_exit();
	/* Peers, groups and routes may wait for their grace period still. */
	rcu_barrier();
}

module_init(mesh_module_init);
module_exit(mesh_module_exit);

MODULE_DESCRIPTION("Multipoint tunnel mesh: GRE, NHRP and weighted next-hop groups");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("mesh");
MODULE_ALIAS_GENL_FAMILY("mesh");

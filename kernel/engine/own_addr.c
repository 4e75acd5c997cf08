// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <net/addrconf.h>

#include "own_addr.h"

static bool own_ip4(const struct net_device *dev, struct mesh_addr *addr)
{
	const struct in_device *in_dev;
	const struct in_ifaddr *ifa;
	bool found = false;

	rcu_read_lock();
	in_dev = __in_dev_get_rcu(dev);
	ifa = in_dev ? rcu_dereference(in_dev->ifa_list) : NULL;
	if (ifa) {
		mesh_addr_from_ip4(addr, ifa->ifa_local);
		found = true;
	}
	rcu_read_unlock();
	return found;
}

static bool own_ip6(const struct net_device *dev, struct mesh_addr *addr)
{
	const struct inet6_ifaddr *ifa;
	struct inet6_dev *idev;
	bool found = false;

	rcu_read_lock();
	idev = __in6_dev_get(dev);
	if (idev) {
		read_lock_bh(&idev->lock);
		list_for_each_entry(ifa, &idev->addr_list, if_list) {
			if (ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL)
				continue;
			mesh_addr_set(addr, &ifa->addr, sizeof(ifa->addr));
			found = true;
			break;
		}
		read_unlock_bh(&idev->lock);
	}
	rcu_read_unlock();
	return found;
}

bool own_addr(const struct net_device *dev, u8 alen, struct mesh_addr *addr)
{
	return alen == 4 ? own_ip4(dev, addr) : own_ip6(dev, addr);
}

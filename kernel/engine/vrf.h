/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mesh devices in a VRF: by which of its devices a forwarded packet came.
 *
 * A VRF writes itself into skb_iif, and what it overwrote is lost before the
 * packet comes to the device's transmit.  A hook on the way of what leaves by a
 * mesh device writes it back.
 */
#ifndef _MESH_VRF_H
#define _MESH_VRF_H

#include <net/net_namespace.h>

/**
 * struct vrf_net - of an overlay namespace
 * @hooked: the hooks are there, from the first mesh device in a VRF on; under
 *	RTNL
 */
struct vrf_net {
	bool hooked;
};

/* A mesh device of the namespace joins a VRF; under RTNL.  0 or -errno. */
int vrf_join(struct vrf_net *vrf, struct net *net);
/* The namespace or the module goes; no mesh device is left there. */
void vrf_exit(struct vrf_net *vrf, struct net *net);

#endif

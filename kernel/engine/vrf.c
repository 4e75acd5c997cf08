// SPDX-License-Identifier: GPL-2.0
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "mesh.h"
#include "vrf.h"

static unsigned int restore(struct sk_buff *skb,
			    const struct nf_hook_state *state, int slave)
{
	if (slave && mesh_is_mesh(state->out))
		skb->skb_iif = slave;
	return NF_ACCEPT;
}

static unsigned int hook_ip4(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return restore(skb, state, inet_sdif(skb));
}

static unsigned int hook_ip6(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return restore(skb, state, inet6_sdif(skb));
}

/* After every filter: whoever matches on skb_iif sees the VRF as ever. */
static const struct nf_hook_ops hooks[] = {
	{
		.hook = hook_ip4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP_PRI_LAST,
	}, {
		.hook = hook_ip6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP6_PRI_LAST,
	},
};

int vrf_join(struct vrf_net *vrf, struct net *net)
{
	int err;

	ASSERT_RTNL();
	if (vrf->hooked)
		return 0;
	err = nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
	vrf->hooked = !err;
	return err;
}

void vrf_exit(struct vrf_net *vrf, struct net *net)
{
	if (vrf->hooked)
		nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
	vrf->hooked = false;
}

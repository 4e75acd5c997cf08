#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 240
#
# Beside ip_gre, connection tracking and packet filters, on the same addresses.
#
#	A 100.64.1.2 --- isp --- B 100.64.2.2

. "$(dirname "$0")/lib.sh"

set_up_mesh()
{
	local host n

	load_mesh
	for host in A B; do
		n=$([[ $host == A ]] && echo 2 || echo 1)
		cloud_mesh $host
		mesh $host peer add 10.0.0.$n dev mesh0 nbma 100.64.$n.2
	done
}

set_up_gre()
{
	local host n own

	for host in A B; do
		own=$([[ $host == A ]] && echo 1 || echo 2)
		n=$((3 - own))
		ip_on $host link add fixed0 type gre local 100.64.$own.2 \
			remote 100.64.$n.2 key 7
		ip_on $host link add nokey0 type gre local 100.64.$own.2 remote 100.64.$n.2
		ip_on $host link add multi0 type gre local 100.64.$own.2 key 8
		topo_addr $host fixed0 10.7.0.$own/24
		topo_addr $host nokey0 10.9.0.$own/24
		topo_addr $host multi0 10.8.0.$own/24
		ip_on $host link set fixed0 up
		ip_on $host link set nokey0 up
		ip_on $host link set multi0 up
		ip_on $host neigh add 10.8.0.$n lladdr 100.64.$n.2 dev multi0
	done
}

all_reach()
{
	local net

	for net in 10.0.0 10.7.0 10.8.0 10.9.0; do
		expect_ok "A to B by $net" pings A $net.2
		expect_ok "B to A by $net" pings B $net.1
	done
}

cloud_underlay
cloud_node A 1
cloud_node B 2
[[ $MESH_ON == native ]] || rmmod ip_gre gre 2>/dev/null

claim "ip_gre's tunnels and ours carry traffic, ip_gre loaded after us"
set_up_mesh
modprobe ip_gre || bail "no ip_gre here"
set_up_gre
all_reach

claim "ours takes no packet of ip_gre's"
expect_between "packets received" 2 20 "$(counter B rx-packets)"
expect_eq "drops" 0 "$(counter B drop-rx-protocol)"

claim "and with ip_gre loaded before us"
ip_on A link del mesh0
ip_on B link del mesh0
unload_mesh
set_up_mesh
all_reach

claim "a stateful filter lets answers in"
on_host A nft -f - <<END
table ip filter {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established accept
		icmp type echo-request accept
		counter comment "dropped"
	}
}
END
expect_ok "A, filtered, to B" pings A 10.0.0.2
expect_ok "and again" pings A 10.0.0.2

claim "what it does not let in is not ours either"
before=$(counter A rx-packets)
on_host A nft flush chain ip filter input
on_host A nft add rule ip filter input ip protocol gre counter drop
expect_fail "A to B" pings A 10.0.0.2 -W1
expect_eq "packets received" "$before" "$(counter A rx-packets)"
expect_match "the rule's own counter" 'packets [1-9]' "$(on_host A nft list table ip filter)"
on_host A nft delete table ip filter

claim "connection tracking keeps an entry for what we claim"
on_host B nft -f - <<END
table ip track {
	chain prerouting {
		type filter hook prerouting priority raw;
		iifname "mesh0" notrack
	}
	chain input {
		type filter hook input priority filter;
		ip protocol gre ct state new counter comment "new"
		ip protocol gre ct state established counter comment "established"
	}
	chain output {
		type filter hook output priority raw;
		notrack
	}
}
END
tracked()
{
	local saw

	saw=$(on_host B cat /proc/sys/net/netfilter/nf_conntrack_count)
	echo "$saw entries"
	((saw >= 1))
}
expect_ok "A to B" pings A 10.0.0.2
expect_ok "an entry" tracked
expect_match "a new packet was seen" 'packets [1-9].*"new"' \
	"$(on_host B nft list chain ip track input)"

claim "xfrm policy that demands IPsec is not got round"
expect_ok "policy" ip_on B xfrm policy add src 100.64.1.2 dst 100.64.2.2 proto gre dir in \
	tmpl src 100.64.1.2 dst 100.64.2.2 proto esp mode transport
expect_fail "A to B in clear" pings A 10.0.0.2 -W1
expect_between "drop-rx-policy" 1 10 "$(counter B drop-rx-policy)"

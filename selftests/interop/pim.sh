#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: 6.12
#
# FRR's pimd over the mesh: its hellos and joins are multicast, and so is what a
# listener joins for. On a kernel that routes multicast.
#
#	source --- hub (1, the rendezvous point) === site1 (11)
#	                                         === site2 (12) --- listener

. "$(dirname "$0")/../net/lib.sh"

GROUP=239.1.1.1

load_mesh
cloud_underlay
cloud_hub hub 1
cloud_site site1 11 hub
cloud_site site2 12 hub
cloud_lan hub source
cloud_lan site2 listener
cloud_registered 10 site1 hub
cloud_registered 10 site2 hub
cloud_static_route hub site2 site2
topo_route site2 10.1.0.0/24 via 10.0.0.1 dev mesh0
on_host listener sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0

# pim HOST - a router of multicast on its mesh device and its LAN
pim()
{
	ip_on "$1" link set mesh0 multicast on
	frr_start "$1" pimd <<CONFIG
ip pim rp 10.0.0.1 224.0.0.0/4
interface mesh0
 ip pim
 ip pim hello 1 4
interface lan
 ip pim
 ip igmp
CONFIG
}

# neighbours_are HOST ADDRESSES - in one line
neighbours_are()
{
	local saw

	saw=$(frr_vtysh "$1" "show ip pim neighbor json" |
		jq -r '.mesh0 // {} | keys | sort | join(" ")')
	echo "neighbours of $1: $saw"
	[[ $saw == "$2" ]]
}

claim "without replication there are no neighbours"
for host in hub site1 site2; do
	pim $host
done
before=$(counter hub drop-tx-multicast)
wait_for 20 "the hub's hellos are dropped" counter_reaches hub drop-tx-multicast $((before + 3))
expect_ok "the hub has none" neighbours_are hub ""

claim "with it the hub and both sites are"
mesh hub dev set mesh0 multicast registered
mesh site1 dev set mesh0 multicast nhs
mesh site2 dev set mesh0 multicast nhs
wait_for 30 "the hub's neighbours" neighbours_are hub "10.0.0.11 10.0.0.12"
wait_for 20 "site1's" neighbours_are site1 10.0.0.1
wait_for 20 "site2's" neighbours_are site2 10.0.0.1

# heard - by whom, of what the source calls
heard()
{
	grep 'bytes from' "$TOPO_DIR/source/call.log"
}

joined()
{
	frr_vtysh hub "show ip mroute json" |
		jq -e --arg group $GROUP '.[$group][].oil.mesh0' >/dev/null
}

claim "what a listener has joined for goes to it"
bg_on source call ping -t 8 -i 0.2 $GROUP
expect_fail "the hub knows a listener" joined
ip_on listener addr add $GROUP/32 dev eth0 autojoin
wait_for 20 "the hub knows a listener" joined
wait_for_match 20 "an answer" "from $(cloud_lan_host site2):" heard
expect_eq "others that answer" "" "$(heard | grep -v "from $(cloud_lan_host site2):")"

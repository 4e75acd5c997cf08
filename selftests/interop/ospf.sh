#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
#
# FRR's ospfd over the mesh: its hellos are multicast. A hub and two sites become
# neighbours and learn each other's LAN.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2

. "$(dirname "$0")/../net/lib.sh"

load_mesh
cloud_underlay
cloud_hub hub 1 multicast registered
cloud_site site1 11 hub
cloud_site site2 12 hub
cloud_lan site1 host1
cloud_lan site2 host2
cloud_registered 10 site1 hub
cloud_registered 10 site2 hub

# ospf HOST - a router with all its interfaces in area 0
ospf()
{
	local n=${_cloud_number[$1]}

	ip_on "$1" link set mesh0 multicast on
	frr_start "$1" "ospfd" <<CONFIG
interface mesh0
 ip ospf network point-to-multipoint
 ip ospf hello-interval 1
 ip ospf dead-interval 15
 ip ospf area 0
interface lan
 ip ospf area 0
 ip ospf passive
router ospf
 ospf router-id 10.0.0.$n
CONFIG
}

# full HOST - its neighbours in state Full, in one line
full()
{
	frr_vtysh "$1" "show ip ospf neighbor json" |
		jq -r '[.neighbors | to_entries[] | select(.value[0] |
			(.nbrState // .state // "") | startswith("Full")) | .key] | sort | join(" ")'
}

full_is()
{
	local saw

	saw=$(full "$1")
	echo "full neighbours of $1: $saw"
	[[ $saw == "$2" ]]
}

claim "without replication there are no neighbours"
mesh hub dev set mesh0 multicast off
for host in hub site1 site2; do
	ospf $host
done
before=$(counter hub drop-tx-multicast)
wait_for 20 "the hub's hellos are dropped" counter_reaches hub drop-tx-multicast $((before + 3))
expect_eq "full neighbours of the hub" "" "$(full hub)"

claim "with it the hub and both sites are"
mesh hub dev set mesh0 multicast registered
mesh site1 dev set mesh0 multicast nhs
mesh site2 dev set mesh0 multicast nhs
wait_for 60 "the hub's neighbours" full_is hub "10.0.0.11 10.0.0.12"
wait_for 20 "site1's" full_is site1 10.0.0.1
wait_for 20 "site2's" full_is site2 10.0.0.1

claim "what they learn carries packets between the LANs"
wait_for_match 30 "a route by OSPF" '10\.12\.0\.0/24 .*via 10\.0\.0\.1 dev mesh0 proto ospf' \
	ip_on site1 route show
wait_for_match 30 "the way back" '10\.11\.0\.0/24 .*via 10\.0\.0\.1 dev mesh0 proto ospf' \
	ip_on site2 route show
wait_for 20 "host1 to host2" pings host1 10.12.0.2

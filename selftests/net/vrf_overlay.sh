#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# The overlay in a VRF, at a hub and at a site: redirects, shortcuts and the way
# by the server are what they are without.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2
#
# At site1 and the hub, mesh0 and the LAN are in the VRF red.

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
# A device that is enslaved goes down and up: what it knew is forgotten.
in_vrf()
{
	ip_on $1 link add red type vrf table 100
	ip_on $1 link set red up
	ip_on $1 link set mesh0 master red
	topo_route $1 10.0.0.0/8 dev mesh0 vrf red
	topo_route $1 fd00::/16 dev mesh0 vrf red
}

cloud_hub hub 1 redirect-interval 200
in_vrf hub
cloud_site site1 11 hub
in_vrf site1
cloud_site site2 12 hub
cloud_lan site1 host1
cloud_lan site2 host2
ip_on site1 link set lan master red
cloud_registered 10 site1 hub
cloud_registered 10 site2 hub
cloud_static_route site2 site1 hub
for n in 11 12; do
	mesh hub route add 10.$n.0.0/24 dev mesh0 peer 10.0.0.$n
	mesh hub route add fd00:$n::/64 dev mesh0 peer fd00::$n
done
flow_echo host2 10.12.0.2 7000 v4
flow_echo host2 fd00:12::2 7000 v6

run()
{
	flow_send host1 "$1" 7000 count 500 interval 2000 linger $((1000 * TOPO_PATIENCE))
}

claim "what a site forwards from its LAN goes by the server where no table knows it"
mesh site1 dev set mesh0 shortcut off
mesh site2 dev set mesh0 shortcut off
mesh hub dev set mesh0 redirect off
for to in 10.12.0.2 fd00:12::2; do
	report=$(run $to)
	nothing_lost "$report" site1 hub site2
	expect_eq "hops saved to $to" 0 "$(flow_field "$report" '.ttl_last - .ttl_first')"
done

claim "a hub that forwards in a VRF redirects, and a shortcut comes of it"
mesh hub dev set mesh0 redirect on
mesh site1 dev set mesh0 shortcut on
mesh site2 dev set mesh0 shortcut on
before=$(counter hub nhrp-redirect-tx)
for to in 10.12.0.2 fd00:12::2; do
	report=$(run $to)
	nothing_lost "$report" site1 hub site2
	expect_eq "hops saved to $to" 1 "$(flow_field "$report" '.ttl_last - .ttl_first')"
done
expect_between "indications" $((before + 2)) $((before + 50)) "$(counter hub nhrp-redirect-tx)"

claim "a server never gets back what it sent"
mesh hub route add 10.99.0.0/16 dev mesh0 peer 10.0.0.11
before=$(counter site1 drop-tx-no-peer)
expect_fail "nobody answers" on_host host1 ping -n -c1 -W1 10.99.0.1
wait_for 5 "site1 drops it when it comes back" counter_reaches site1 drop-tx-no-peer $((before + 1))

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 180
#
# Where all nodes look strictly at what they are sent, shortcuts come and go as ever,
# and nothing is lost.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay delay 1ms
cloud_hub hub 1 redirect-interval 200 source-policy strict
cloud_two_sites hub
for pair in "site1 site2" "site2 site1"; do
	read -r site other <<<"$pair"
	mesh $site dev set mesh0 source-policy strict
	cloud_kernel_route $site $other hub
done
flow_echo host2 10.12.0.2 7000 v4
flow_echo host2 fd00:12::2 7000 v6

# whole ADDRESS - a flow of two seconds
whole()
{
	local report

	report=$(flow_send host1 "$1" 7000 count 2000 interval 1000 \
		linger $((1000 * TOPO_PATIENCE)))
	nothing_lost "$report" site1 hub site2
}

no_drops()
{
	local host

	for host in hub site1 site2; do
		expect_eq "strange to $host" "0 0" \
			"$(counter $host drop-rx-stranger) $(counter $host drop-rx-source)"
	done
}

claim "a flow goes by the hub, then direct, and loses nothing"
whole 10.12.0.2
expect_ok "the shortcut" has_shortcut site1 "10.12.0.0/24 10.0.0.12"
whole fd00:12::2
expect_ok "the shortcut" has_shortcut site1 "fd00:12::/64 fd00::12"
no_drops

claim "one direction by the hub, the other by a shortcut"
mesh site2 dev set mesh0 shortcut off
mesh site2 shortcut flush dev mesh0
whole 10.12.0.2
whole fd00:12::2
expect_eq "shortcuts of site2" "" "$(shortcuts site2)"
expect_ok "that of site1" has_shortcut site1 "10.12.0.0/24 10.0.0.12"
no_drops
mesh site2 dev set mesh0 shortcut on

claim "shortcuts are flushed under a flow, and it loses nothing"
flow_start host1 flush 10.12.0.2 7000 interval 1000 linger $((1000 * TOPO_PATIENCE))
for site in site1 site2 site1; do
	mesh $site shortcut flush dev mesh0
	wait_for 5 "a shortcut" not no_shortcut $site 10.1
done
nothing_lost "$(flow_stop flush)" site1 hub site2
no_drops

claim "who takes another one's address is found out, by the hub and by the far site"
topo_addr site1 lo 10.13.0.1/32
before=$(counter hub drop-rx-source)
mesh site1 shortcut flush dev mesh0
mesh site1 dev set mesh0 shortcut off
on_host site1 ping -n -c1 -W1 -I 10.13.0.1 10.12.0.2 >/dev/null
wait_for 5 "the hub drops" counter_reaches hub drop-rx-source $((before + 1))
before=$(counter site2 drop-rx-source)
mesh site1 peer add 10.0.0.12 dev mesh0 nbma 100.64.12.2
mesh site1 route add 10.12.0.0/24 dev mesh0 peer 10.0.0.12
on_host site1 ping -n -c1 -W1 -I 10.13.0.1 10.12.0.2 >/dev/null
wait_for 5 "site2 drops" counter_reaches site2 drop-rx-source $((before + 1))

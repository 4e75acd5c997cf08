#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# Next-hop servers with priorities: a hub dies under a flow that goes over it, and
# comes back.
#
#	host1 --- site1 (11) === hub1 (1), hub2 (2) === site2 (12) --- host2

. "$(dirname "$0")/lib.sh"

STATE='.[0].registrations[] | select(.family == "inet") | .state'

# state SITE HUB - of its registration there
state()
{
	answer "$1" "$STATE" nhs show "$(cloud_nbma "$2")" dev mesh0
}

# state_is SITE HUB STATE
state_is()
{
	answer_is "$1" "$STATE" "$3" nhs show "$(cloud_nbma "$2")" dev mesh0
}

# carries SITE HUB COUNT - so many packets have gone to the hub by now
carries()
{
	local saw

	saw=$(peer_counter "$1" "$(cloud_overlay "$2")" tx-packets)
	echo "packets of $1 to $2: $saw"
	((saw >= $3))
}

load_mesh
cloud_underlay
for n in 1 2; do
	cloud_hub hub$n $n holdtime 6
	# So that the flow stays on the hub.
	mesh hub$n dev set mesh0 redirect off
done
for n in 1 2; do
	cloud_site site$n 1$n
	cloud_lan site$n host$n
	mesh site$n dev set mesh0 holdtime 6
	mesh site$n nhs add "$(cloud_nbma hub1)" dev mesh0 priority 10
	mesh site$n nhs add "$(cloud_nbma hub2)" dev mesh0 priority 20
done
for hub in hub1 hub2; do
	# By the gateway: a hub need not know the sites yet.
	cloud_kernel_route $hub site1 site1
	cloud_kernel_route $hub site2 site2
done
# A route out of the device without a gateway: the servers carry it.
topo_route site1 10.12.0.0/24 dev mesh0
topo_route site2 10.11.0.0/24 dev mesh0
flow_echo host2 10.12.0.2 7000 far

goes_by()
{
	path_is "$1" peer "$(cloud_overlay "$2")" "$3"
}

claim "the servers of the best priority are registered with, the others rest"
cloud_registered 10 site1 hub1
cloud_registered 10 site2 hub1
for site in site1 site2; do
	expect_eq "$site with hub1" up "$(state $site hub1)"
	expect_eq "$site with hub2" standby "$(state $site hub2)"
	expect_fail "hub2 knows $site" cloud_is_registered $site hub2
done
expect_eq "priority, as shown" "10 20" "$(ask site1 -j nhs show dev mesh0 |
	jq -r 'map(.priority) | join(" ")')"
expect_ok "hub1 carries what nothing else leads to" goes_by site1 hub1 10.12.0.2

claim "a hub that dies under a flow: the other one carries it"
flow_send host1 10.12.0.2 7000 count 2400 interval 5000 linger 1000 >"$TOPO_DIR/dies.json" &
client=$!
wait_for 10 "the flow goes by hub1" carries site1 hub1 50
ip_on isp link set hub1 down
wait_for 20 "site1 goes by hub2" goes_by site1 hub2 10.12.0.2
wait_for 20 "site2 goes by hub2" goes_by site2 hub2 10.11.0.2
expect_eq "hub2's registration" up "$(state site1 hub2)"
expect_eq "hub1's" down "$(state site1 hub1)"
answered()
{
	flow_field "$(flow_send host1 10.12.0.2 7000 count 20 interval 5000 linger 2000)" .lost
}
expect_eq "packets lost once hub2 carries" 0 "$(answered)"
wait $client
lost=$(flow_field "$(<"$TOPO_DIR/dies.json")" .lost)
note "lost while nobody knew: $lost of 2400"
expect_between "packets lost" 1 2300 "$lost"

claim "back to the better one when it returns, and nothing is lost by that"
before=$(peer_counter site1 "$(cloud_overlay hub2)" tx-packets)
flow_send host1 10.12.0.2 7000 count 6400 interval 5000 linger 2000 >"$TOPO_DIR/back.json" &
client=$!
wait_for 10 "the flow goes by hub2" carries site1 hub2 $((before + 50))
ip_on isp link set hub1 up
wait_for 40 "hub1 answers" state_is site1 hub1 up
expect_ok "hub2 carries, until others will have found it" goes_by site1 hub2 10.12.0.2
asked=$(counter hub2 nhrp-resolve-rx)
topo_route site1 10.77.0.0/24 via 10.0.0.77 dev mesh0
on_host site1 ping -n -c1 -W1 10.77.0.1 >"$TOPO_DIR/ping" 2>&1
wait_for 5 "and is asked questions" counter_reaches hub2 nhrp-resolve-rx $((asked + 1))
wait_for 40 "site1 is back" goes_by site1 hub1 10.12.0.2
wait_for 40 "site2 is back" goes_by site2 hub1 10.11.0.2
expect_eq "hub2 is kept for those who are not" up "$(state site1 hub2)"
wait $client
nothing_lost "$(<"$TOPO_DIR/back.json")" site1 site2 hub1 hub2

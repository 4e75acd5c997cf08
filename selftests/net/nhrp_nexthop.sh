#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
#
# Routes by a next hop that nobody knows yet, as BGP gives them that leaves the
# next hop unchanged.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2
#
# The hub sends no indications.

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
cloud_hub hub 1
mesh hub dev set mesh0 redirect off
cloud_site site1 11 hub
cloud_site site2 12 hub
cloud_lan site1 host1
cloud_lan site2 host2
for site in site1 site2; do
	cloud_registered 10 $site hub
	cloud_static_route hub $site $site
	mesh $site dev set mesh0 holdtime 6
done
mesh hub dev set mesh0 holdtime 6
cloud_kernel_route site1 site2 site2
cloud_kernel_route site2 site1 site1
flow_echo host2 10.12.0.2 7000 v4
flow_echo host2 fd00:12::2 7000 v6

run()
{
	flow_send host1 "$1" 7000 count 500 interval 1000 \
		linger $((1000 * TOPO_PATIENCE))
}

expect_eq "at first" nhs "$(path site1 kind 10.12.0.2)"

claim "traffic by the server makes the next hop known, and loses nothing (IPv4)"
report=$(run 10.12.0.2)
nothing_lost "$report" site1 hub site2
wait_for 5 "the next hop is known" path_is site1 kind gateway 10.12.0.2
expect_eq "which" 10.0.0.12 "$(path site1 peer 10.12.0.2)"
expect_eq "the hub's answer" "10.0.0.12/32 10.0.0.12" \
	"$(shortcuts site1 | tr ',' '\n' | grep 10.0.0.12/32)"

claim "and in IPv6"
report=$(run fd00:12::2)
nothing_lost "$report" site1 hub site2
wait_for 5 "the next hop is known" path_is site1 kind gateway fd00:12::2

claim "it stays known for as long as it is used"
flow_start host1 long 10.12.0.2 7000 interval 10000 \
	linger $((1000 * TOPO_PATIENCE))
asked=$(counter site1 nhrp-resolve-tx)
wait_for 20 "two renewals" counter_reaches site1 nhrp-resolve-tx $((asked + 4))
expect_eq "still" gateway "$(path site1 kind 10.12.0.2)"
report=$(flow_stop long)
nothing_lost "$report" site1 hub site2

claim "unused it is forgotten, and nothing is lost by that"
wait_for 20 "it is forgotten" path_is site1 kind nhs 10.12.0.2
report=$(run 10.12.0.2)
nothing_lost "$report" site1 hub site2

claim "a next hop that nobody knows is asked for now and then only"
topo_route site1 10.99.0.0/24 via 10.0.0.99 dev mesh0
negative=$(counter site1 nhrp-negative)
flow_send host1 10.99.0.2 7000 count 1000 interval 1000 linger 1 >"$TOPO_DIR/vain"
wait_for 5 "it is refused" counter_reaches site1 nhrp-negative $((negative + 1))
expect_between "and not often" 1 3 $(($(counter site1 nhrp-negative) - negative))

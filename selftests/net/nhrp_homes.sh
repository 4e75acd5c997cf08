#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# A site that is to be found at two homes at once.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2
#
# site1 has a second underlay address, 100.64.111.2.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/bfd_lib.sh"

two_by_hub
flow_echo host1 10.11.0.2 7000 near

claim "a device with homes registers all of them"
topo_addr isp site1 100.64.111.1/30
topo_addr site1 eth0 100.64.111.2/30
mesh site1 dev set mesh0 local any link eth0 home 100.64.11.2 home 100.64.111.2 tier 1
wait_for 5 "both are known" endpoints_are hub 10.0.0.11 "100.64.11.2 0, 100.64.111.2 1"
expect_eq "homes, as shown" "100.64.11.2 0, 100.64.111.2 1" "$(ask site1 -j dev show mesh0 |
	jq -r '.[0].homes | map("\(.nbma) \(.tier)") | join(", ")')"
expect_eq "the better one is used" 100.64.11.2 "$(path hub nbma 10.11.0.2)"

claim "those of one tier share the flows"
mesh site1 dev set mesh0 home 100.64.11.2 home 100.64.111.2
wait_for 5 "both are alike" endpoints_are hub 10.0.0.11 "100.64.11.2 0, 100.64.111.2 0"
used=$(for ((port = 1; port <= 40; port++)); do
	echo "route get 10.11.0.2 dev mesh0 src 10.12.0.2 proto udp sport $port dport 7000"
done | ask hub -j -batch - | jq -r '.[0].nbma' | sort -u)
expect_eq "addresses in use" $'100.64.11.2\n100.64.111.2' "$used"
expect_eq "packets lost" 0 \
	"$(flow_field "$(flow_send host2 10.11.0.2 7000 count 100 interval 5000 flows 8 linger 2000)" .lost)"

# A flow from host2 under which site2 has a shortcut, to both homes.
to_both()
{
	mesh site1 dev set mesh0 home 100.64.11.2 home 100.64.111.2 tier 1
	wait_for 5 "the hub knows both" endpoints_are hub 10.0.0.11 "100.64.11.2 0, 100.64.111.2 1"
	paced_flow host2 "$1" 10.11.0.2
	wait_for 10 "the shortcut" has_shortcut site2 "10.11.0.0/24 10.0.0.11"
	wait_for 10 "site2 knows both" endpoints_are site2 10.0.0.11 "100.64.11.2 0, 100.64.111.2 1"
	expect_eq "the one in use" 100.64.11.2 "$(path site2 nbma 10.11.0.2)"
}

claim "a shortcut leads to both; the one that carries nothing goes: no packet is lost"
mesh hub dev set mesh0 redirect on redirect-interval 50
to_both second
ip_on site1 addr del 100.64.111.2/30 dev eth0
mesh site1 dev set mesh0 home 100.64.11.2
wait_for 10 "site2 is told" endpoints_are site2 10.0.0.11 "100.64.11.2 0"
wait_for 10 "the shortcut is there" has_shortcut site2 "10.11.0.0/24 10.0.0.11"
bfd_goes_on second
nothing_lost "$(flow_stop second)" site2 hub site1

claim "the one that carries the flow dies: what is lost is bounded by BFD's intervals"
topo_addr site1 eth0 100.64.111.2/30
bfd_on hub site1 site2
to_both first
watches site2 10.0.0.11 100.64.11.2 100.64.111.2
watches site1 10.0.0.12 100.64.12.2
cut site2 100.64.11.2
wait_for 5 "it is down" endpoint_is site2 10.0.0.11 100.64.11.2 down
bfd_goes_on first
lost_until_noticed first
expect_eq "the one in use" 100.64.111.2 "$(path site2 nbma 10.11.0.2)"
mend site2
mesh hub dev set mesh0 redirect off
for node in hub site1 site2; do
	mesh $node dev set mesh0 bfd off
done
mesh site2 shortcut flush dev mesh0
mesh site1 shortcut flush dev mesh0

claim "what cannot be is refused"
expect_fail_with "unique registration" ask site1 dev set mesh0 unique on
expect_fail_with "given twice" ask site1 dev set mesh0 home 100.64.11.2 home 100.64.11.2
expect_eq "and changes nothing" 2 "$(ask site1 -j dev show mesh0 | jq '.[0].homes | length')"
mesh site1 dev set mesh0 home none
wait_for 5 "one is left" endpoints_are hub 10.0.0.11 "100.64.11.2 255"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.12
# limit: 240
#
# Registration with next-hop servers: how it comes, stays, goes and is refused.
#
#	hub1 (1), hub2 (2) === site1 (11), site2 (12)

. "$(dirname "$0")/lib.sh"

# state NODE HUB FAMILY [FIELD] - of a registration
state()
{
	ask "$1" -j nhs show "$(cloud_nbma "$2")" dev mesh0 |
		jq -r ".[0].registrations[] | select(.family == \"$3\") | .${4:-state} // \"-\""
}

state_is()
{
	local saw

	saw=$(state "$1" "$2" "$3")
	echo "$1's registration with $2, $3: $saw"
	[[ $saw == "$4" ]]
}

load_mesh
cloud_underlay
nhrp_watch
cloud_hub hub1 1 holdtime 600
cloud_hub hub2 2 holdtime 600
cloud_site site1 11 hub1 hub2

claim "a site registers both families with every server"
cloud_registered 5 site1 hub1 hub2
for family in inet inet6; do
	expect_eq "state of $family" up "$(state site1 hub1 $family)"
done
expect_eq "hub1's protocol address, learnt" 10.0.0.1 "$(state site1 hub1 inet protocol)"
expect_eq "hub2's" fd00::2 "$(state site1 hub2 inet6 protocol)"
expect_ok "site1 to hub1" pings site1 10.0.0.1
expect_ok "hub2 to site1" pings hub2 fd00::11

claim "it renews at a third of the holding time"
mesh site1 dev set mesh0 holdtime 6
ip_on site1 link set mesh0 down
ip_on site1 link set mesh0 up
cloud_registered 5 site1 hub1 hub2
before=$(counter site1 nhrp-register-tx)
start=$EPOCHREALTIME
# Two servers and two families: four requests every two seconds.
wait_for 20 "three rounds of requests" counter_reaches site1 nhrp-register-tx $((before + 12))
took=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')
expect_between "seconds for three rounds" 3.5 $((7 + TOPO_PATIENCE)) "$took"
expect_between "ms left of the binding at hub1" 2000 6000 \
	"$(ask hub1 -j peer show 10.0.0.11 dev mesh0 | jq '.[0].expires')"

claim "a server that forgot everything learns of the site again"
ip_on hub1 link del mesh0
cloud_mesh hub1 server on redirect on holdtime 600
cloud_registered 8 site1 hub1
wait_for 5 "up again" state_is site1 hub1 inet up

claim "a server that is away is down, and found again"
ip_on hub1 link set mesh0 down
wait_for 15 "down" state_is site1 hub1 inet down
expect_eq "the other is up" up "$(state site1 hub2 inet)"
ip_on hub1 link set mesh0 up
wait_for 15 "up" state_is site1 hub1 inet up

claim "a device that goes down withdraws at once"
mesh site1 dev set mesh0 holdtime 600
ip_on site1 link set mesh0 down
wait_for 2 "hub1 has forgotten it" not cloud_is_registered site1 hub1
wait_for 2 "hub2 too, and IPv6" not cloud_is_registered site1 hub2 fd00::11
ip_on site1 link set mesh0 up
cloud_registered 5 site1 hub1 hub2

claim "so does a server's removal, at that server"
mesh site1 nhs del "$(cloud_nbma hub1)" dev mesh0
wait_for 2 "hub1 has forgotten it" not cloud_is_registered site1 hub1
expect_ok "hub2 has not" cloud_is_registered site1 hub2
mesh site1 nhs add "$(cloud_nbma hub1)" dev mesh0
cloud_registered 5 site1 hub1

claim "an address that changes is registered in place of the old one"
ip_on site1 addr del 10.0.0.11/24 dev mesh0
wait_for 5 "the old one is gone" not cloud_is_registered site1 hub1
wait_for 5 "the family is idle" state_is site1 hub1 inet idle
topo_addr site1 mesh0 10.0.0.11/24
cloud_registered 5 site1 hub1

claim "without the right password nobody registers"
mesh hub1 dev set mesh0 auth secret
cloud_site site2 12 hub1
wait_for 10 "nhrp-bad-auth counts" counter_reaches hub1 nhrp-bad-auth 2
expect_fail "site2 is registered" cloud_is_registered site2 hub1
mesh site2 dev set mesh0 auth wrong
before=$(counter hub1 nhrp-bad-auth)
wait_for 15 "a wrong one is counted" counter_reaches hub1 nhrp-bad-auth $((before + 1))
expect_fail "site2 is registered" cloud_is_registered site2 hub1
mesh site2 dev set mesh0 auth secret
cloud_registered 15 site2 hub1
expect_no_match "nor is it shown" secret "$(ask hub1 -j dev show mesh0)"
mesh hub1 dev set mesh0 auth ""
mesh site2 dev set mesh0 auth ""

claim "a unique binding is not taken over from another place"
mesh site1 dev set mesh0 unique on
mesh site1 nhs del "$(cloud_nbma hub2)" dev mesh0
mesh site1 nhs add "$(cloud_nbma hub2)" dev mesh0
cloud_registered 5 site1 hub2
ip_on site2 addr flush dev mesh0
topo_addr site2 mesh0 10.0.0.11/24
mesh site2 nhs add "$(cloud_nbma hub2)" dev mesh0
wait_for 5 "site2 is refused" state_is site2 hub2 inet down
expect_eq "code" 14 "$(state site2 hub2 inet code)"
expect_match "hub2 keeps site1" '"100\.64\.11\.2"' \
	"$(ask hub2 -j peer show 10.0.0.11 dev mesh0)"
ip_on site2 addr flush dev mesh0

claim "max-peers bounds what a server takes"
mesh hub2 dev set mesh0 max-peers 2
topo_addr site2 mesh0 10.0.0.12/24
wait_for 5 "site2 is refused" state_is site2 hub2 inet down
expect_between "nhrp-table-full" 1 100 "$(counter hub2 nhrp-table-full)"
expect_ok "site1 stays" cloud_is_registered site1 hub2

claim "max-learned bounds it for all devices of a namespace"
learned()
{
	ask hub2 -j dev show "${2:-mesh0}" | jq ".[0].\"$1\""
}
mesh hub2 dev set mesh0 max-learned "$(learned learned)"
mesh hub2 dev set mesh0 max-peers 100
wait_for 15 "refusals are counted" counter_reaches hub2 nhrp-net-full 1
expect_fail "site2 is registered" cloud_is_registered site2 hub2
expect_ok "site1 stays" cloud_is_registered site1 hub2
expect_ok "another device" ask hub2 dev add mesh9 local 100.64.2.2 key 9
expect_eq "has the same bound" "$(learned max-learned)" "$(learned max-learned mesh9)"
expect_fail_with "max-learned" ask hub2 dev set mesh9 max-learned 0
mesh hub2 dev set mesh9 max-learned 1000
# Its next try may be a minute away.
mesh site2 nhs del "$(cloud_nbma hub2)" dev mesh0
mesh site2 nhs add "$(cloud_nbma hub2)" dev mesh0
wait_for 5 "site2 is taken" cloud_is_registered site2 hub2

nhrp_watched 20

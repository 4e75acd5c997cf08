#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# One cloud over IPv4 and IPv6: who has which, and what goes between them.
#
#	host4 --- site4 (14, IPv4) ===+
#	host6 --- site6 (16, IPv6) ===+=== hub (1, both)
#	host7 --- site7 (17, both, registered by IPv6) ===+

. "$(dirname "$0")/lib.sh"

UNDERLAY=46
load_mesh
cloud_underlay
cloud_hub hub 1 redirect-interval 200
for row in "4 4" "6 6" "7 46"; do
	read -r n family <<<"$row"
	cloud_node site$n 1$n $family
	cloud_mesh site$n
	[[ $n == 4 ]] && nhs=$(cloud_nbma hub) || nhs=$(cloud_nbma6 hub)
	mesh site$n nhs add "$nhs" dev mesh0
	cloud_lan site$n host$n
done
for site in site4 site6 site7; do
	cloud_registered 10 $site hub
	cloud_static_route hub $site $site
	for other in site4 site6 site7; do
		[[ $site == "$other" ]] || cloud_static_route $site $other hub
	done
done

nbma_of()
{
	ask "$1" -j peer show "$2" dev mesh0 | jq -r '.[0].endpoints[].nbma'
}

run()
{
	flow_send "$1" "$2" 7000 count "${3:-500}" interval 1000 linger $((1000 * TOPO_PATIENCE))
}

has_shortcut()
{
	ask "$1" shortcut show dev mesh0 | grep -F "$2"
}

claim "a hub of both families takes registrations over both"
expect_eq "site4's endpoint" 100.64.14.2 "$(nbma_of hub 10.0.0.14)"
expect_eq "site6's endpoint" 2001:db8:16::2 "$(nbma_of hub 10.0.0.16)"
expect_eq "site6's own source" 2001:db8:16::2 "$(path site6 source 10.0.0.1)"

claim "two sites without a family in common stay with the hub, whole"
flow_echo host6 10.16.0.2 7000 six
answered=$(counter site4 nhrp-resolve-rx)
report=$(run host4 10.16.0.2)
nothing_lost "$report" site4 hub site6
expect_eq "hops saved" 0 "$(flow_field "$report" '.ttl_last - .ttl_first')"
wait_for 5 "site4 hears that there is no way" counter_reaches site4 nhrp-resolve-rx $((answered + 1))
expect_eq "shortcuts" 0 "$(ask site4 -j shortcut show dev mesh0 | jq length)"
expect_eq "what decides at site6, the other way" route "$(path site6 kind 10.14.0.2)"
expect_eq "packets that could not be sent" 0 "$(counter site6 drop-tx-no-route)"

claim "two sites with one have a shortcut in that"
flow_echo host7 10.17.0.2 7000 seven
report=$(run host6 10.17.0.2 1000)
nothing_lost "$report" site6 hub site7
expect_eq "hops saved" 1 "$(flow_field "$report" '.ttl_last - .ttl_first')"
expect_ok "there" has_shortcut site6 10.17.0.0/24
expect_ok "and back" has_shortcut site7 10.16.0.0/24
expect_eq "its endpoint" 2001:db8:17::2 "$(nbma_of site6 10.0.0.17)"

claim "who has both asks in the other one, where the far site has not its server's"
flow_echo host4 10.14.0.2 7000 four
report=$(run host7 10.14.0.2 1000)
nothing_lost "$report" site7 hub site4
expect_eq "hops saved" 1 "$(flow_field "$report" '.ttl_last - .ttl_first')"
expect_ok "the shortcut" has_shortcut site7 10.14.0.0/24
expect_eq "its endpoint" 100.64.14.2 "$(nbma_of site7 10.0.0.14)"
expect_between "asked in the other family" 1 2 "$(counter site7 nhrp-other-family)"
expect_between "refused in the first" 1 2 "$(counter site4 nhrp-no-family)"

claim "a peer with an endpoint of each family has its flows spread over both"
mesh hub peer add 10.0.0.17 dev mesh0 nbma 100.64.17.2 nbma 2001:db8:17::2
for sport in {1..12}; do
	ask hub -j route get 10.0.0.17 dev mesh0 src 10.0.0.1 proto udp sport $sport dport 7 |
		jq -r '.[0] | .nbma + " from " + .source'
done >"$TOPO_DIR/spread"
expect_eq "endpoints, each with a source of its family" \
	"100.64.17.2 from 100.64.1.2, 2001:db8:17::2 from 2001:db8:1::2" \
	"$(sort -u "$TOPO_DIR/spread" | paste -sd, | sed 's/,/, /')"
for run in 1 2 3 4; do
	expect_ok "ping $run" pings hub 10.0.0.17
done

claim "a device of one family neither sends nor takes what is of the other"
topo_addr site4 eth0 2001:db8:14::2/64
topo_addr isp site4 2001:db8:14::1/64
topo_route site4 default via 2001:db8:14::1
mesh site4 peer add 10.0.0.99 dev mesh0 nbma 2001:db8:1::2
expect_eq "no source" - "$(path site4 source 10.0.0.99)"
before=$(counter site4 drop-tx-no-route)
expect_match "the sender is told" nreachable "$(on_host site4 ping -n -c1 -W2 10.0.0.99)"
expect_between "drop-tx-no-route" $((before + 1)) $((before + 3)) "$(counter site4 drop-tx-no-route)"
mesh site4 dev set mesh0 local6 2001:db8:14::2
expect_eq "a source, once it is in both" 2001:db8:14::2 "$(path site4 source 10.0.0.99)"

claim "two devices of one link and key differ by either address"
mesh hub dev set mesh0 local6 any link eth0
topo_addr hub eth0 100.64.1.66/32
expect_ok "IPv4 alone, twice" ask hub dev add mesh1 \
	local 100.64.1.66 link eth0 key 42
mesh site7 dev set mesh0 local6 any link eth0
expect_ok "IPv6 alone, beside IPv4 alone" ask site7 dev add mesh1 \
	local6 2001:db8:17::2 link eth0 key 42
expect_fail_with "(attribute local6)" ask site7 dev set mesh0 local6 2001:db8:17::2

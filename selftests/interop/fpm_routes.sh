#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.12
# limit: 300
#
# Routes of a real zebra, by FPM, in the module.
#
#	S (hub 1) === P1 (11), P2 (12), P3 (13), registered with S
#
# All three have 10.98.0.1 and tell S so by BGP, P1 with three times the
# bandwidth of the others.

. "$(dirname "$0")/fpm_lib.sh"

# peer_bgp HOST AS BANDWIDTH
peer_bgp()
{
	frr_start "$1" bgpd <<-EOF
	route-map OUT permit 10
	 set extcommunity bandwidth $3
	router bgp $2
	 bgp router-id 10.0.0.${_cloud_number[$1]}
	 no bgp ebgp-requires-policy
	 no bgp network import-check
	 neighbor 10.0.0.1 remote-as 65001
	 neighbor 10.0.0.1 timers connect 1
	 address-family ipv4 unicast
	  neighbor 10.0.0.1 route-map OUT out
	EOF
}

# peer_tells HOST AS [no]
peer_tells()
{
	frr_vtysh "$1" "configure terminal" "router bgp $2" \
		"address-family ipv4 unicast" "${3:-} network 10.98.0.1/32" >/dev/null
}

neighbours()
{
	local n

	for n in 11 12 13; do
		cat <<-EOF
		 neighbor 10.0.0.$n remote-as 650$n
		 neighbor 10.0.0.$n timers connect 1
		EOF
	done
}

load_mesh
cloud_underlay
anycast_sites prompt_echo

topo_link S lan P3 lan
topo_addr S lan 10.97.0.1/24
meshd_start S -v
frr_start S "bgpd staticd" -M dplane_fpm_nl <<EOF
fpm address 127.0.0.1
ip route 10.61.0.0/16 10.0.0.11
ip route 10.62.0.0/16 10.0.0.77
ip route 10.63.0.0/16 10.0.0.12
ip route 10.63.0.0/16 10.0.0.77
ip route 10.64.0.0/16 10.97.0.9
ip route 10.65.0.0/16 10.0.0.12
ip route 10.65.0.0/16 10.97.0.9
ipv6 route fd61::/48 fd00::12
router bgp 65001
 bgp router-id 10.0.0.1
 bgp bestpath as-path multipath-relax
 no bgp ebgp-requires-policy
$(neighbours)
EOF

claim "one next hop is a route to that peer, IPv4 and IPv6"
wait_for 30 "the static route" route_peer_is S 10.61.0.0/16 10.0.0.11
expect_eq "owner" zebra "$(route S 10.61.0.0/16 | jq -r .owner)"
wait_for 5 "the IPv6 route" route_peer_is S fd61::/48 fd00::12

claim "a next hop that is no peer is waited for, the others carry the traffic"
wait_for 5 "one of two next hops" members_are S 10.63.0.0/16 10.0.0.12
expect_fail "route by the unknown peer alone" has_route S 10.62.0.0/16
expect_match "what meshd says" 'next hop 10\.0\.0\.77 .* is no peer yet' "$(meshd_log S)"
expect_eq "lines about it" 1 "$(meshd_log S | grep -c '10\.0\.0\.77.*no peer')"
expect_eq "routes that wait" 1 "$(feed S pending)"
mesh S peer add 10.0.0.77 dev mesh0 nbma 100.64.13.2
wait_for 5 "the route that waited" route_peer_is S 10.62.0.0/16 10.0.0.77
wait_for 5 "both next hops" members_are S 10.63.0.0/16 "10.0.0.12 10.0.0.77"
expect_eq "routes that wait" 0 "$(feed S pending)"

claim "next hops elsewhere are left to the kernel"
expect_fail "route by the LAN" has_route S 10.64.0.0/16
wait_for 5 "the half that is by the mesh" route_peer_is S 10.65.0.0/16 10.0.0.12
expect_between "routes ignored" 1 100 "$(feed S ignored)"

claim "a prefix by BGP comes with its paths"
peer_bgp P1 65011 300
peer_bgp P2 65012 100
peer_bgp P3 65013 300
peer_tells P2 65012
wait_for 30 "one path" route_peer_is S 10.98.0.1/32 10.0.0.12
peer_tells P1 65011
wait_for 30 "two paths" members_are S 10.98.0.1/32 "10.0.0.11 10.0.0.12"

claim "their weights are BGP's bandwidths"
saw=$(ask S -j group show "$(route S 10.98.0.1/32 | jq .group)" dev mesh0)
expect_eq "three to one" true \
	"$(jq '.[0].members | sort_by(.protocol) | (.[0].weight / .[1].weight - 3 | fabs) < 0.2' <<<"$saw")"
report=$(flow_send S 10.98.0.1 7000 src 10.0.0.1 count 400 flows 400 interval 500 \
	linger $((1000 * TOPO_PATIENCE)))
expect_eq "lost" 0 "$(flow_field "$report" .lost)"
expect_between "flows by P1" 260 340 "$(flow_field "$report" '.names.P1 // 0')"

claim "routes with the same next hops share a group"
frr_vtysh S "configure terminal" "ip route 10.66.0.0/16 10.0.0.12" \
	"ip route 10.66.0.0/16 10.0.0.77" >/dev/null
wait_for 5 "a second route" members_are S 10.66.0.0/16 "10.0.0.12 10.0.0.77"
expect_eq "group" "$(route S 10.63.0.0/16 | jq .group)" "$(route S 10.66.0.0/16 | jq .group)"

claim "next hops that come and go under traffic lose no packet"
prompt_begin flows 16
peer_tells P3 65013
wait_for 30 "three paths" members_are S 10.98.0.1/32 "10.0.0.11 10.0.0.12 10.0.0.13"
peer_tells P1 65011 no
wait_for 30 "two paths" members_are S 10.98.0.1/32 "10.0.0.12 10.0.0.13"
peer_tells P2 65012 no
wait_for 30 "one path" route_peer_is S 10.98.0.1/32 10.0.0.13
prompt_end

claim "a withdrawn route goes, and its groups with the last route"
peer_tells P3 65013 no
wait_for 30 "no path" not has_route S 10.98.0.1/32
expect_eq "groups, of 10.63 and 10.66" 1 "$(ask S -j group show dev mesh0 | jq length)"
expect_eq "refused by the module" 0 "$(feed S refused)"

claim "a second meshd ends and names the first"
expect_fail_with "pid $MESHD" on_host S meshd

claim "routes stay when meshd ends"
meshd_end TERM
expect_ok "the route is there" has_route S 10.61.0.0/16

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 300
#
# FRR and meshd die and come back while traffic flows.
#
#	S (hub 1) === P1 (11), registered with S
#
# S has 10.98.0.1 by BGP from P1, and two static routes, one of which is taken
# away while zebra is dead. All of FRR on S is killed, as its watchfrr restarts
# all: bgpd does not tell a new zebra what it told the old one.

. "$(dirname "$0")/fpm_lib.sh"

generation()
{
	_find "$(ask S -j route show "$1" dev mesh0 2>/dev/null)" generation
	echo "$_found"
}

generation_is()
{
	local saw

	saw=$(generation "$1")
	echo "generation of $1: $saw"
	[[ $saw == "$2" ]]
}

# settle SECONDS - how long zebra has to be silent
settle()
{
	printf 'feed:\n  settle: %ss\n' $(($1 * TOPO_PATIENCE)) >"$TOPO_DIR/meshd.yaml"
}

load_mesh
cloud_underlay
cloud_hub S 1
cloud_site P1 11 S
topo_addr P1 lo 10.98.0.1/32
prompt_echo P1 10.98.0.1 7000 P1
cloud_registered 10 P1 S
settle 6
meshd_start S --config "$TOPO_DIR/meshd.yaml"
frr_start P1 bgpd <<EOF
router bgp 65011
 bgp router-id 10.0.0.11
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 10.0.0.1 remote-as 65001
 neighbor 10.0.0.1 timers connect 1
 address-family ipv4 unicast
  network 10.98.0.1/32
EOF
frr_start S "bgpd staticd" -M dplane_fpm_nl -r -K 120 <<EOF
fpm address 127.0.0.1
ip route 10.61.0.0/16 10.0.0.11
ip route 10.62.0.0/16 10.0.0.11
router bgp 65001
 bgp router-id 10.0.0.1
 no bgp ebgp-requires-policy
 neighbor 10.0.0.11 remote-as 65011
 neighbor 10.0.0.11 timers connect 1
EOF
wait_for 30 "the BGP route" route_peer_is S 10.98.0.1/32 10.0.0.11
wait_for 10 "the static one" has_route S 10.62.0.0/16
first=$(generation 10.98.0.1/32)

claim "FRR is killed and comes back: no packet is lost"
prompt_begin
for daemon in zebra bgpd staticd; do
	frr_kill S $daemon
done
wait_for 10 "meshd has seen it" feed_is S feed.connected false
expect_ok "the route stays" has_route S 10.98.0.1/32
sed -i '/10.62/d' /etc/frr/S/frr.conf
ip_on S route del 10.62.0.0/16
frr_daemon S zebra -M dplane_fpm_nl -r -K 120
frr_daemon S bgpd
frr_daemon S staticd
frr_reload S
wait_for 60 "the BGP route, said again" generation_is 10.98.0.1/32 $((first + 1))
wait_for_match 60 "and learned by bgpd" valid \
	frr_vtysh S "show bgp ipv4 unicast 10.98.0.1/32 json"
prompt_end

claim "what zebra does not say again is swept"
wait_for 60 "10.62 is gone" not has_route S 10.62.0.0/16
expect_ok "10.98 is there" has_route S 10.98.0.1/32
expect_ok "10.61 is there" has_route S 10.61.0.0/16

claim "meshd is killed and comes back: no packet is lost, the generation goes on"
prompt_begin
meshd_end KILL
# Nothing has to converge this time.
settle 2
expect_ok "the route stays" has_route S 10.98.0.1/32
meshd_start S --config "$TOPO_DIR/meshd.yaml"
wait_for 60 "the BGP route, said again" generation_is 10.98.0.1/32 $((first + 2))
prompt_end
wait_for 60 "its sweep" feed_is S feed.stale false
expect_ok "10.61 is there" has_route S 10.61.0.0/16
expect_eq "refused by the module" 0 "$(feed S refused)"

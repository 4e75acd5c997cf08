#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# A site that moves to another underlay address, and who is told.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2

. "$(dirname "$0")/lib.sh"

two_by_hub
flow_echo host1 10.11.0.2 7000 near
mesh site1 dev set mesh0 local any link eth0

# move ADDRESS GATEWAY - the only underlay address of site1 is another one now
move()
{
	topo_addr isp site1 "$2/30"
	ip_on site1 addr flush dev eth0
	topo_addr site1 eth0 "$1/30"
	topo_route site1 default via "$2"
}

claim "a site whose underlay address changes is found at the new one at once"
flow_send host2 10.11.0.2 7000 count 1000 interval 5000 linger 2000 >"$TOPO_DIR/moves.json" &
client=$!
move 100.64.112.2 100.64.112.1
wait_for 4 "the hub knows" endpoints_are hub 10.0.0.11 "100.64.112.2 255"
wait $client
report=$(<"$TOPO_DIR/moves.json")
expect_between "lost of 1000, 5 ms each" 0 600 "$(flow_field "$report" .lost)"
note "lost: $(flow_field "$report" .lost), the longest gap $(flow_field "$report" .gap_ms) ms"

claim "who has resolved it is told to forget where it was"
mesh hub dev set mesh0 redirect on
flow_start host2 resolves 10.11.0.2 7000 interval 5000 linger $((1000 * TOPO_PATIENCE))
wait_for 10 "the shortcut" has_shortcut site2 "10.11.0.0/24 10.0.0.11"
flow_stop resolves >"$TOPO_DIR/resolves.json"
# No other comes of what is underway.
mesh hub dev set mesh0 redirect off
expect_eq "where it is" "100.64.112.2 255" "$(endpoints site2 10.0.0.11)"
purges=$(counter site2 nhrp-purge-rx)
move 100.64.114.2 100.64.114.1
wait_for 5 "site2 hears of it" counter_reaches site2 nhrp-purge-rx $((purges + 1))
wait_for 5 "the shortcut is gone" no_shortcut site2 10.11.0.0
# Also what went by no route, as the new address was there before that.
wait_for 10 "the old address, too" not endpoints_are site2 10.0.0.11 "100.64.112.2 255"

claim "so is one whose binding is unique"
mesh site1 dev set mesh0 unique on
wait_for 5 "it is unique" eval 'ask hub -j peer show 10.0.0.11 dev mesh0 | grep -q "\"unique\": *true"'
move 100.64.113.2 100.64.113.1
wait_for 4 "the hub knows" endpoints_are hub 10.0.0.11 "100.64.113.2 255"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
#
# Shortcuts to an anycast address go when it is withdrawn, not when it has been
# drained: until then they would keep traffic from the next site that has it.
#
#	host1 --- site1 (11) === hub (1) === site2 (12), which has the addresses

. "$(dirname "$0")/lib.sh"

VIP=192.0.2.10
VIP6=2001:db8:99::10

# leads_to NODE NEXT-NODE - the routes that BGP would make
leads_to()
{
	local via via6

	via=$(cloud_overlay "$2")
	via6=$(cloud_overlay6 "$2")
	topo_route "$1" $VIP via "$via" dev mesh0
	topo_route "$1" $VIP6 via "$via6" dev mesh0
	mesh "$1" route add $VIP/32 dev mesh0 peer "$via"
	mesh "$1" route add $VIP6/128 dev mesh0 peer "$via6"
}

vips_are()
{
	local saw

	saw=$(ask site2 -j vip show)
	echo "$saw"
	[[ $saw =~ '"state":"'$1'"'.*'"state":"'$1'"' ]]
}

shortcuts_lead_there()
{
	has_shortcut site1 "$VIP/32 10.0.0.12" &&
		has_shortcut site1 "$VIP6/128 fd00::12"
}

load_mesh
cloud_underlay delay 1ms
cloud_hub hub 1 redirect-interval 50
cloud_site site1 11 hub
cloud_site site2 12 hub
cloud_lan site1 host1
for site in site1 site2; do
	cloud_registered 10 $site hub
done
cloud_static_route hub site1 site1
cloud_static_route site2 site1 hub
leads_to site1 hub
leads_to hub site2
bg_on site2 meshd meshd
wait_for 10 "meshd is ready" grep -q '^meshd: ready' "$TOPO_DIR/site2/meshd.log"
flow_echo site2 127.0.0.1 8080 service
service=$BG
for address in $VIP $VIP6; do
	mesh site2 vip add $address check tcp 127.0.0.1:8080 interval 500ms \
		timeout 30s rise 1 fall 1 drain 60s
done
wait_for 10 "the addresses" vips_are up
flow_echo site2 $VIP 7000 v4
flow_echo site2 $VIP6 7000 v6
flow_start host1 v4 $VIP 7000 interval 10000 linger $((1000 * TOPO_PATIENCE))
flow_start host1 v6 $VIP6 7000 interval 10000 linger $((1000 * TOPO_PATIENCE))

claim "shortcuts to an address go when it is withdrawn, though it is held still"
wait_for 10 "the shortcuts" shortcuts_lead_there
refused=$(counter site2 nhrp-refused)
kill -KILL "$service"
wait_for 10 "none is left" no_shortcut site1 /
expect_ok "held" vips_are draining

claim "nor is it told to who asks while others' routes lead there yet"
wait_for 10 "a refusal of each" counter_reaches site2 nhrp-refused $((refused + 2))
expect_ok "no shortcut" no_shortcut site1 /
expect_ok "held" vips_are draining

claim "an address that is back before it was drained is told again"
flow_echo site2 127.0.0.1 8080 service
wait_for 20 "the shortcuts" shortcuts_lead_there

claim "who used it lost nothing"
for flow in v4 v6; do
	nothing_lost "$(flow_stop $flow)" site1 hub site2
done

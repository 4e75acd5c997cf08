#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# A flow with a packet each millisecond between two sites: none is lost while its
# shortcut comes, is renewed and goes, and whatever else dies meanwhile.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2
#	                     === hub2 (2) ===
#
# site1 has its route to the other LAN from zebra, by meshd.

. "$(dirname "$0")/fpm_lib.sh"

HOLD=9
WANT="10.12.0.0/24 10.0.0.12"

load_mesh
cloud_underlay
cloud_hub hub 1 redirect-interval 50
cloud_hub hub2 2
cloud_site site1 11 hub hub2
cloud_site site2 12 hub hub2
cloud_lan site1 host1
cloud_lan site2 host2
for site in site1 site2; do
	cloud_registered 10 $site hub hub2
	cloud_static_route hub $site $site
	mesh $site dev set mesh0 holdtime $HOLD
done
cloud_static_route site2 site1 hub
meshd_start site1
frr_start site1 staticd -M dplane_fpm_nl <<'CONFIG'
fpm address 127.0.0.1
ip route 10.12.0.0/24 10.0.0.1
CONFIG
wait_for 30 "the route by zebra and meshd" has_route site1 10.12.0.0/24
flow_echo host2 10.12.0.2 7000 far

comes()
{
	wait_for 5 "the shortcut comes ($1)" has_shortcut site1 "$WANT"
}

# holds LEAST MOST - ms that the shortcut holds yet
holds()
{
	local saw

	saw=$(ask site1 -j shortcut show dev mesh0 |
		jq '.[] | select(.prefix == "10.12.0.0/24").expires')
	echo "holds $saw ms"
	((${saw:-0} >= $1 && ${saw:-0} <= $2))
}

claim "set-up, flush, deletion and purge lose nothing"
stream_begin
comes "set-up"
for _ in 1 2 3; do
	mesh site1 shortcut flush dev mesh0
	comes "after a flush"
done
mesh site1 shortcut del 10.12.0.0/24 dev mesh0
comes "after a deletion"
purges=$(counter site1 nhrp-purge-rx)
topo_route site2 10.12.0.128/25 via 10.12.0.2
wait_for 5 "the purge" counter_reaches site1 nhrp-purge-rx $((purges + 1))
comes "after a purge"
stream_end site1 hub site2

claim "renewal and expiry lose nothing"
stream_begin
comes "for this flow"
# It is renewed three seconds before its end.
wait_for 12 "it grows old" holds 1 6000
told=$(counter site1 nhrp-redirect-rx)
wait_for 12 "a renewal" holds 6001 $((HOLD * 1000))
expect_ok "it is there" has_shortcut site1 "$WANT"
expect_eq "and nobody had to tell of it" "$told" "$(counter site1 nhrp-redirect-rx)"
mesh site1 dev set mesh0 shortcut off
wait_for $((HOLD + 3)) "it expires" no_shortcut site1 10.12.0.0
mesh site1 dev set mesh0 shortcut on
comes "after its expiry"
stream_end site1 hub site2

claim "daemons that are killed and a hub that begins anew lose nothing"
stream_begin
comes "for this flow"
frr_kill site1 zebra
frr_kill site1 staticd
meshd_end KILL
ip_on hub2 link del mesh0
cloud_mesh hub2 server on redirect on
# At the next renewal at the latest.
cloud_registered $((HOLD + 3)) site1 hub2
expect_ok "the shortcut is there" has_shortcut site1 "$WANT"
stream_end site1 hub site2

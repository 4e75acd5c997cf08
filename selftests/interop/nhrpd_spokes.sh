#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 400
#
# Our hub with sites of FRR's nhrpd beside one of ours.
#
#	hub (1) === frr1 (21), frr2 (22) of nhrpd; site (11) of ours
#
# What nhrpd 8.4 does otherwise than we, and what is made of it, stands in
# Documentation/interop.rst.

NHRPD_HOLD=15
. "$(dirname "$0")/nhrpd_lib.sh"

load_mesh
cloud_underlay
nhrp_watch
cloud_hub hub 1 holdtime 600
cloud_site site 11 hub
mesh site dev set mesh0 holdtime 15
for row in "frr1 21" "frr2 22"; do
	nhrpd_site $row hub
done

claim "nhrpd registers with our hub, in both families"
for name in frr1 frr2 site; do
	cloud_registered 15 $name hub
	cloud_lan $name host_$name
	site_route hub $name $name
	[[ $name == site ]] || expect_eq "where it is" "$(cloud_nbma $name)" \
		"$(ask hub -j peer show "$(cloud_overlay $name)" dev mesh0 |
			jq -r '.[0].endpoints[0].nbma')"
	node_route $name 10.0.0.0/8 fd00::/16 hub
done
for name in frr1 frr2; do
	expect_ok "our hub in its cache" nhrpd_knows $name 10.0.0.1 nhs 100.64.1.2
	expect_ok "in IPv6" nhrpd_knows $name fd00::1 nhs 100.64.1.2
	expect_ok "its server" nhrpd_has $name ip nhs nbma 100.64.1.2 protocol 10.0.0.1
	expect_ok "in IPv6" nhrpd_has $name ipv6 nhs nbma 100.64.1.2 protocol fd00::1
	expect_ok "its link" nhrpd_link $name 100.64.1.2
	expect_ok "hub to $name" pings hub "$(cloud_overlay $name)" -I 10.0.0.1
	expect_ok "in IPv6" pings hub "$(cloud_overlay6 $name)" -I fd00::1
done

claim "shortcuts between every pair, and no packet is lost for them"
all_meet 4 frr1 frr2 site

claim "and in IPv6"
all_meet 6 frr1 frr2 site

claim "a site of nhrpd's that dies is forgotten when its holding time is over"
frr_kill frr2 nhrpd
wait_for 20 "by our hub" not cloud_is_registered frr2 hub
wait_for 20 "its shortcut, too" no_shortcut site 10.22.0.0
wait_for 20 "by nhrpd" not nhrpd_knows frr1 10.0.0.22 dynamic 100.64.22.2

claim "one of ours that goes is forgotten by our hub at once, by nhrpd later"
purged=$(counter hub nhrp-purge-rx)
ip_on site link set mesh0 down
# It would expire soon, too.
wait_for 5 "purged, both families" counter_reaches hub nhrp-purge-rx $((purged + 2))
expect_fail "forgotten" cloud_is_registered site hub
wait_for 20 "expired" not nhrpd_knows frr1 10.0.0.11 dynamic 100.64.11.2

claim "nhrpd 8.4 knows no password: a hub that has one takes nothing from it"
refused=$(counter hub nhrp-bad-auth)
mesh hub dev set mesh0 auth sesame
wait_for 20 "counted" counter_reaches hub nhrp-bad-auth $((refused + 1))
wait_for 20 "forgotten" not cloud_is_registered frr1 hub

nhrp_watched 50

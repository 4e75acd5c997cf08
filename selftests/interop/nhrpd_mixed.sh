#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 400
#
# Two hubs, one of each kind, and sites behind either.
#
#	site1 (11), frr1 (21) === hub1 (1) === hub2 (2) === site2 (12)
#
# hub2 and frr1 are nhrpd's. hub1 is a client of hub2 as well.

. "$(dirname "$0")/nhrpd_lib.sh"

load_mesh
cloud_underlay
nhrp_watch
nhrpd_hub hub2 2
cloud_hub hub1 1
mesh hub1 nhs add 100.64.2.2 dev mesh0
nhrpd_site frr1 21 hub1
cloud_site site1 11 hub1
cloud_site site2 12 hub2

claim "each is registered with its hub, and our hub with nhrpd's"
cloud_registered 15 site1 hub1
cloud_registered 15 frr1 hub1
for name in hub1 site2; do
	wait_for 15 "$name in its cache" \
		nhrpd_knows hub2 "$(cloud_overlay $name)" dynamic "$(cloud_nbma $name)"
	wait_for 15 "in IPv6" \
		nhrpd_knows hub2 "$(cloud_overlay6 $name)" dynamic "$(cloud_nbma $name)"
done
for row in "site1 hub1" "frr1 hub1" "site2 hub2"; do
	read -r name hub <<<"$row"
	cloud_lan $name host_$name
	site_route $hub $name $name
	node_route $name 10.0.0.0/8 fd00::/16 $hub
done
node_route hub2 10.0.0.0/8 fd00::/16 hub1
site_route hub1 site2 hub2
node_route hub1 10.0.0.12/32 fd00::12/128 hub2

claim "shortcuts between every pair, through hubs of both kinds"
all_meet 4 site1 frr1 site2

claim "and in IPv6"
all_meet 6 site1 frr1 site2

nhrp_watched 50

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 400
#
# Sites behind address translators, nhrpd's and ours, with our hub.
#
#	hub (1) === translator --- frr (21) of nhrpd
#	        === translator --- site1 (11) of ours
#	        === site2 (12) of ours
#
# To itself a translated site is 192.168.N.2, to others 100.64.N.2.

. "$(dirname "$0")/nhrpd_lib.sh"

# translated NAME N - a node as cloud_node makes it, behind a translator
translated()
{
	local name=$1 n=$2 nat=nat_$1

	_cloud_number[$name]=$n
	_cloud_family[$name]=4
	topo_host "$name" "$nat"
	topo_link "$name" eth0 "$nat" inside
	topo_link "$nat" eth0 isp "$name"
	topo_addr "$name" eth0 "192.168.$n.2/24"
	topo_addr "$nat" inside "192.168.$n.1/24"
	topo_addr "$nat" eth0 "100.64.$n.2/30"
	topo_addr isp "$name" "100.64.$n.1/30"
	topo_route "$name" default via "192.168.$n.1"
	topo_route "$nat" default via "100.64.$n.1"
	on_host "$nat" nft -f - <<-END || bail "no translator for $name"
	table ip nat {
		chain in {
			type nat hook prerouting priority dstnat
			iifname eth0 ip protocol gre dnat to 192.168.$n.2
		}
		chain out {
			type nat hook postrouting priority srcnat
			oifname eth0 snat to 100.64.$n.2
		}
	}
	END
}

# led_to SITE OTHER - the underlay address of the site's shortcut to the other
led_to()
{
	ask "$1" -j shortcut show dev mesh0 |
		jq -r --arg p "$(cloud_lan_prefix "$2")" '.[] | select(.prefix == $p).nbma'
}

load_mesh
cloud_underlay
nhrp_watch
cloud_hub hub 1 holdtime 600
translated frr 21
nhrpd_join frr hub
translated site1 11
ask site1 dev add mesh0 local 192.168.11.2 key 42 ||
	bail "cannot make the mesh device of site1"
topo_addr site1 mesh0 10.0.0.11/24 fd00::11/64
ip_on site1 link set mesh0 up
mesh site1 nhs add 100.64.1.2 dev mesh0
cloud_site site2 12 hub

claim "the hub has them where it sees them"
for name in frr site1 site2; do
	cloud_registered 15 $name hub
	expect_eq "where $name is" "$(cloud_nbma $name)" \
		"$(ask hub -j peer show "$(cloud_overlay $name)" dev mesh0 |
			jq -r '.[0].endpoints[0].nbma')"
	cloud_lan $name host_$name
	site_route hub $name $name
	node_route $name 10.0.0.0/8 fd00::/16 hub
done

claim "shortcuts between every pair go where the other is seen"
all_meet 4 frr site1 site2
for row in "site1 frr" "site1 site2" "site2 frr" "site2 site1"; do
	read -r from to <<<"$row"
	expect_eq "from $from to $to" "$(cloud_nbma $to)" "$(led_to $from $to)"
done
for name in site1 site2; do
	expect_ok "from frr to $name" nhrpd_knows frr "$(cloud_overlay $name)" \
		dynamic "$(cloud_nbma $name)"
done

nhrp_watched 30

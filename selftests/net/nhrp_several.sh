#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# Answers with several entries: a prefix behind two sites, and a site with two
# endpoints.
#
#	host1 --- site1 (11) === hub (1) === site2 (12), site3 (13)
#
# site2 and site3 both have 10.50.0.2; site2 is at 100.64.12.2 and 100.64.112.2.

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
cloud_hub hub 1 redirect-interval 50
for site in site1:11 site2:12 site3:13; do
	cloud_site ${site%:*} ${site#*:} hub
done
cloud_lan site1 host1
for site in site1 site2 site3; do
	cloud_registered 10 $site hub
done
for site in site2 site3; do
	topo_addr $site lo 10.50.0.2/32
	topo_route $site 10.50.0.0/24 dev lo
	cloud_kernel_route $site site1 hub
	flow_echo $site 10.50.0.2 7000 $site
done
cloud_static_route hub site1 site1
mesh hub group add 1 dev mesh0 member 10.0.0.12 member 10.0.0.13
mesh hub route add 10.50.0.0/24 dev mesh0 group 1
topo_route hub 10.50.0.0/24 dev mesh0
topo_route site1 10.50.0.0/24 via 10.0.0.1 dev mesh0

run()
{
	flow_send host1 10.50.0.2 7000 count 640 flows 32 interval 1000 \
		linger $((1000 * TOPO_PATIENCE))
}

names()
{
	flow_field "$1" '.names | keys | join(" ")'
}

endpoints()
{
	ask site1 -j peer show 10.0.0.12 dev mesh0 |
		jq -r '[.[0].endpoints[].nbma] | sort | join(" ")'
}

endpoints_are()
{
	local saw

	saw=$(endpoints)
	echo "endpoints of site2, as site1 knows them: $saw"
	[[ $saw == "$1" ]]
}

claim "a prefix behind two sites gets one shortcut to both"
run >"$TOPO_DIR/first"
wait_for 5 "the shortcut" has_shortcut site1 "10.50.0.0/24 10.0.0.12"
hub_sent=$(peer_counter hub 10.0.0.13 tx-packets)
report=$(run)
nothing_lost "$report" site1 hub site2 site3
expect_eq "who has answered" "site2 site3" "$(names "$report")"
expect_eq "all of it direct" 0 "$(flow_field "$report" '.ttl_last - .ttl_first')"
expect_between "packets that the hub has sent to site3 meanwhile" 0 20 \
	$(($(peer_counter hub 10.0.0.13 tx-packets) - hub_sent))
shares=$(flow_field "$report" '.names | map(. / 20) | sort | .[0]')
expect_between "flows of the lesser one, of 32" 6 16 "$shares"

claim "when the hub's group changes, what it had said is purged"
mesh hub group set 1 dev mesh0 member 10.0.0.13
wait_for 5 "the shortcut goes" no_shortcut site1 10.50.0.0
report=$(run)
nothing_lost "$report" site1 hub site2 site3
# Of its one route left the hub lets the site speak itself.
wait_for 5 "it comes, to the other" has_shortcut site1 "10.50.0.2/32 10.0.0.13"
expect_eq "who answers" site3 "$(names "$(run)")"

claim "a site with two endpoints is sent to at both"
topo_addr site2 eth0 100.64.112.2/32
topo_route isp 100.64.112.2/32 via 100.64.12.2
mesh site2 dev set mesh0 local any link eth0
wait_for 5 "site2 is there" cloud_is_registered site2 hub
mesh site2 route add 10.11.0.0/24 dev mesh0 peer 10.0.0.1
mesh hub peer add 10.0.0.12 dev mesh0 nbma 100.64.12.2 nbma 100.64.112.2
mesh hub group set 1 dev mesh0 member 10.0.0.12
mesh site1 shortcut flush dev mesh0
run >/dev/null
wait_for 5 "it comes" has_shortcut site1 "10.50.0.0/24 10.0.0.12"
expect_ok "both are known" endpoints_are "100.64.112.2 100.64.12.2"
used=$(for port in $(seq 20000 20031); do
	path site1 nbma 10.50.0.2 src 10.11.0.2 proto udp sport $port dport 7000
done | sort -u | tr '\n' ' ')
expect_eq "and used" "100.64.112.2 100.64.12.2 " "$used"

claim "one of them goes away under 32 flows: nothing is lost"
flow_start host1 away 10.50.0.2 7000 flows 32 interval 1000 \
	linger $((1000 * TOPO_PATIENCE))
mesh hub peer set 10.0.0.12 dev mesh0 nbma 100.64.12.2
wait_for 5 "it is not used any more" endpoints_are 100.64.12.2
wait_for 5 "the shortcut is there again" has_shortcut site1 "10.50.0.2/32 10.0.0.12"
ip_on site2 address del 100.64.112.2/32 dev eth0
nothing_lost "$(flow_stop away)" site1 hub site2

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
#
# Answers with several entries: a prefix behind two sites.
#
#	host1 --- site1 (11) === hub (1) === site2 (12), site3 (13)
#
# site2 and site3 both have 10.50.0.2.

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
saw=$(ask site1 -j shortcut show dev mesh0)
expect_eq "shown with both, each with its tier" "10.0.0.12 1 255, 10.0.0.13 1 255" \
	"$(jq -r '.[0].members | map("\(.protocol) \(.weight) \(.tier)") | join(", ")' <<<"$saw")"
expect_eq "and with half of the buckets, more or less" true \
	"$(jq '.[0].members | map(.buckets) | max - min < add / 10' <<<"$saw")"
expect_match "in text, too" "member 10.0.0.13 weight 1 tier 255 buckets [45]" \
	"$(ask site1 shortcut show dev mesh0)"
shares=$(flow_field "$report" '.names | map(. / 20) | sort | .[0]')
expect_between "flows of the lesser one, of 32" 6 16 "$shares"

claim "a question that goes round in a loop is ended by an error, which is counted"
mesh hub route add 10.60.0.0/24 dev mesh0 peer 10.0.0.12
topo_route hub 10.60.0.0/24 via 10.0.0.12 dev mesh0
topo_route site1 10.60.0.0/24 via 10.0.0.1 dev mesh0
topo_route site2 10.60.0.0/24 via 10.0.0.1 dev mesh0
flow_send host1 10.60.0.9 7000 count 1 linger 1 >"$TOPO_DIR/loop"
wait_for 5 "site1 is told" counter_reaches site1 nhrp-error-loop 1
expect_between "would have gone back, at site2" 1 2 "$(counter site2 nhrp-looped)"
expect_eq "errors about nothing" 0 "$(counter site1 nhrp-error-stray)"

claim "so is one to which the hub has no way"
topo_route hub unreachable 10.61.0.0/24
topo_route site1 10.61.0.0/24 via 10.0.0.1 dev mesh0
topo_route site1 10.62.0.0/24 via 10.61.0.9 dev mesh0 onlink
negative=$(counter site1 nhrp-negative)
flow_send host1 10.62.0.9 7000 count 1 linger 1 >"$TOPO_DIR/nowhere"
wait_for 5 "site1 is told" counter_reaches site1 nhrp-error-unreachable 1
expect_eq "the hub has counted it" 1 "$(counter hub nhrp-no-route)"
expect_eq "answers that refuse it" "$negative" "$(counter site1 nhrp-negative)"
expect_eq "errors about nothing" 0 "$(counter site1 nhrp-error-stray)"

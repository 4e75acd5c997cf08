#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 150
#
# Liveness: an endpoint that is dead is noticed, and traffic goes another way.
#
#	host1 --- site1 (11) === hub1 (1), hub2 (2) === site2 (12) --- host2
#
# site2 is reached at a second underlay address, 100.64.112.2, too.

. "$(dirname "$0")/lib.sh"

INTERVAL=100

load_mesh
cloud_underlay delay 1ms
for n in 1 2; do
	cloud_hub hub$n $n redirect-interval 200
done
cloud_site site1 11 hub1 hub2
cloud_site site2 12 hub1 hub2
cloud_lan site1 host1
cloud_lan site2 host2
nodes="hub1 hub2 site1 site2"
for site in site1 site2; do
	cloud_registered 10 $site hub1 hub2
done
for hub in hub1 hub2; do
	cloud_static_route $hub site1 site1
	cloud_static_route $hub site2 site2
done
# Of the sites the kernel's routes say no more than the device.
for family in 10.12.0.0/24 fd00:12::/64; do
	topo_route site1 $family dev mesh0
done
for family in 10.11.0.0/24 fd00:11::/64; do
	topo_route site2 $family dev mesh0
done
flow_echo host2 10.12.0.2 7000 lan

# session HOST PEER FIELD [NBMA] - of the first endpoint, or of that one
session()
{
	ask "$1" -j peer show "$2" dev mesh0 |
		jq -r --arg nbma "${4:-}" '.[0].endpoints |
			map(select($nbma == "" or .nbma == $nbma)) | .[0].session.'"$3"
}

session_is()
{
	local saw

	saw=$(session "$1" "$2" "$3" "${5:-}")
	echo "$3 of the session of $1 with $2 ${5:-}: $saw"
	[[ $saw == "$4" ]]
}

endpoint_is()
{
	local saw

	saw=$(ask "$1" -j peer show "$2" dev mesh0 |
		jq -r --arg nbma "$3" '.[0].endpoints[] | select(.nbma == $nbma) | .state')
	echo "endpoint $3 of $2 on $1: $saw"
	[[ $saw == "$4" ]]
}

sessions_are()
{
	local saw

	saw=$(ask "$1" -j dev show mesh0 | jq '.[0]."bfd-sessions"')
	echo "sessions of $1: $saw"
	[[ $saw == "$2" ]]
}

shortcut_to()
{
	ask "$1" -j shortcut show dev mesh0 | grep -q "\"$2\""
}

primed()
{
	flow_send host1 10.12.0.2 7000 count 100 interval 1000 linger 100 >/dev/null
	shortcut_to site1 10.12.0.0/24 && shortcut_to site2 10.11.0.0/24
}

# cut NODE NODE, mend NODE NODE - the underlay's path between two, both ways
cut()
{
	on_host isp nft add table inet "cut_$1_$2"
	on_host isp nft "add chain inet cut_$1_$2 forward {
		type filter hook forward priority 0; }"
	on_host isp nft add rule inet "cut_$1_$2" forward \
		ip saddr "$(cloud_nbma "$1")" ip daddr "$(cloud_nbma "$2")" drop
	on_host isp nft add rule inet "cut_$1_$2" forward \
		ip saddr "$(cloud_nbma "$2")" ip daddr "$(cloud_nbma "$1")" drop
}

mend()
{
	on_host isp nft delete table inet "cut_$1_$2"
}

# flow_through COUNT FLOWS COMMAND… - a packet each ms, and the command when a
# third has passed; the report is in $report
flow_through()
{
	local count=$1 flows=$2 client before
	shift 2

	before=$(peer_counter_of_link host1 tx)
	flow_send host1 10.12.0.2 7000 count "$count" flows "$flows" interval 1000 \
		linger $((1000 * TOPO_PATIENCE)) >"$TOPO_DIR/flow.json" &
	client=$!
	wait_for 30 "a third has passed" sent_since $((before + count / 3))
	"$@"
	wait $client
	report=$(<"$TOPO_DIR/flow.json")
}

peer_counter_of_link()
{
	on_host "$1" cat "/sys/class/net/eth0/statistics/$2_packets"
}

sent_since()
{
	(($(peer_counter_of_link host1 tx) >= $1))
}

# The multiplier's three intervals, the way there and back, and what was under
# way meanwhile; the flow has a packet a millisecond.
bound=$((3 * INTERVAL + 20))

claim "sessions come up by themselves where both ends have BFD on"
for node in $nodes; do
	mesh $node dev set mesh0 bfd on bfd-interval $INTERVAL
done
for site in site1 site2; do
	for hub in hub1 hub2; do
		wait_for 5 "$site watches $hub" session_is $site "$(cloud_overlay $hub)" state up
		wait_for 5 "in IPv6" session_is $site "$(cloud_overlay6 $hub)" state up
		wait_for 5 "$hub watches $site" session_is $hub "$(cloud_overlay $site)" state up
	done
done
wait_for 5 "the intervals are agreed on" \
	session_is site1 10.0.0.1 detection $((3 * INTERVAL))
wait_for 5 "shortcuts" primed
wait_for 5 "one for the peer that was resolved" session_is site1 10.0.0.12 state up
wait_for 5 "and back" session_is site2 10.0.0.11 state up

claim "a cut path under a shortcut: by the hub within three intervals"
bg_on site1 monitor meshctl -j monitor peer
downs=$(counter site1 bfd-down)
flow_through 2400 1 cut site1 site2
expect_between "packets lost" 1 $bound "$(flow_field "$report" .lost)"
expect_ok "the endpoint is down" endpoint_is site1 10.0.0.12 100.64.12.2 down
expect_match "and it says why" 'time-expired|neighbour-down' \
	"$(session site1 10.0.0.12 diag)"
expect_eq "what decides now" nhs "$(path site1 kind 10.12.0.2)"
expect_eq "and for the node itself" nhs "$(path site1 kind 10.0.0.12)"
expect_eq "sessions that went down" $((downs + 1)) "$(counter site1 bfd-down)"
wait_for_match 5 "the event" '"state": ?"down"' cat "$TOPO_DIR/site1/monitor.log"
report=$(flow_send host1 10.12.0.2 7000 count 300 interval 1000 linger $((1000 * TOPO_PATIENCE)))
nothing_lost "$report" site1 hub1 hub2 site2

claim "mended, the shortcut has the flow back, and nothing is lost"
flow_through 4000 1 mend site1 site2
nothing_lost "$report" site1 hub1 hub2 site2
wait_for 5 "the endpoint is up" endpoint_is site1 10.0.0.12 100.64.12.2 up
wait_for 5 "the shortcut carries it" path_is site1 kind shortcut 10.12.0.2

claim "a hub that dies under a flow is left for the other"
for site in site1 site2; do
	mesh $site dev set mesh0 shortcut off
	mesh $site shortcut flush dev mesh0
	mesh $site peer flush dev mesh0 origin resolved
done
die()
{
	ip_on hub1 link set eth0 down
}
flow_through 2400 8 die
expect_between "packets lost" 1 $bound "$(flow_field "$report" .lost)"
for site in site1 site2; do
	expect_ok "$site knows" endpoint_is $site 10.0.0.1 100.64.1.2 down
	expect_eq "the server of $site" 10.0.0.2 "$(path $site peer 10.99.0.1)"
done
report=$(flow_send host1 10.12.0.2 7000 count 300 interval 1000 linger $((1000 * TOPO_PATIENCE)))
nothing_lost "$report" site1 hub2 site2

claim "and serves again when it is back"
ip_on hub1 link set eth0 up
topo_route hub1 default via 100.64.1.1
wait_for 10 "it is up" endpoint_is site1 10.0.0.1 100.64.1.2 up

claim "who turns it off is not down"
mesh hub1 dev set mesh0 bfd off
wait_for 10 "hub1 has no session" sessions_are hub1 0
wait_for 5 "site1 was told" session_is site1 10.0.0.1 proven false
expect_eq "why" neighbour-down "$(session site1 10.0.0.1 diag)"
expect_ok "its endpoint stays up" endpoint_is site1 10.0.0.1 100.64.1.2 up
mesh hub1 dev set mesh0 bfd on
wait_for 5 "and up again" session_is site1 10.0.0.1 state up

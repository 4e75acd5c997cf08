#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 180
#
# A group with an idle time: flows that are in use stay, until they are silent.
#
#	S (hub 1) === P1 (11), P2 (12), P3 (13), registered with S
#
#	T, which nobody is registered with: its group has no idle time, and tells
#	where flows are to be in the end
#
# 10.98.0.1 is an address that all three have.

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
anycast_three
topo_host T
mesh T dev add mesh0 hash-seed 7
for n in 11 12 13; do
	mesh T peer add 10.0.0.$n dev mesh0 nbma 192.0.2.$n
done
mesh T group add 1 dev mesh0 buckets 4096 member 10.0.0.11 member 10.0.0.12 member 10.0.0.13
mesh T route add 10.98.0.1/32 dev mesh0 group 1

# members HOST - "SPORT BUCKET PEER" of the 40 flows that are in use
members()
{
	printf "route get 10.98.0.1 dev mesh0 src 10.0.0.1 proto udp dport 7000 sport %s\n" \
		{33001..33040} | ask "$1" -j -batch - | jq -r '.[] | "\(.bucket) \(.peer)"' |
		paste -d' ' <(seq 33001 33040) -
}

waiting()
{
	ask S -j group show 1 dev mesh0 | jq '.[0].waiting'
}

none_waits()
{
	local saw

	saw=$(waiting)
	echo "buckets that wait: $saw"
	((saw == 0))
}

claim "an idle time is set, kept and shown"
mesh S group add 1 dev mesh0 idle-time 600000 buckets 4096 \
	member 10.0.0.11 member 10.0.0.12
mesh S group set 1 dev mesh0 member 10.0.0.12 member 10.0.0.11
expect_eq "idle time, buckets, waiting" "600000 4096 0" \
	"$(ask S -j group show 1 dev mesh0 | jq -r '.[0] | "\(."idle-time") \(.buckets) \(.waiting)"')"
expect_match "in text" "buckets 4096 routes 0 idle-time 600000 waiting 0" \
	"$(ask S group show 1 dev mesh0)"

claim "who is new gets none of the flows that are in use, and the others' at once"
mesh S route add 10.98.0.1/32 dev mesh0 group 1
flow_start S used 10.98.0.1 7000 src 10.0.0.1 sport 33001 flows 40 interval 5000 \
	linger $((1000 * TOPO_PATIENCE))
sent=$(peer_counter S 10.0.0.11 tx-packets)
moves_on()
{
	(($(peer_counter S 10.0.0.11 tx-packets) - sent > 100))
}
wait_for 20 "the flows have begun" moves_on
members S >"$TOPO_DIR/before"
mesh S group set 1 dev mesh0 member 10.0.0.11 member 10.0.0.12 member 10.0.0.13
members S >"$TOPO_DIR/after"
members T >"$TOPO_DIR/end"
expect_ok "each is where it was" cmp "$TOPO_DIR/before" "$TOPO_DIR/after"
expect_between "buckets that wait, of 40 or less" 1 40 "$(waiting)"
expect_eq "those of the flows that the newcomer is to have" \
	"$(awk '$3 == "10.0.0.13" { print $2 }' "$TOPO_DIR/end" | sort -u | wc -l)" "$(waiting)"
report=$(flow_send S 10.98.0.1 7000 src 10.0.0.1 sport 34001 flows 100 count 100 interval 500 \
	linger $((1000 * TOPO_PATIENCE)))
expect_between "of a hundred new flows, by P3" 15 55 "$(flow_field "$report" '.names.P3 // 0')"

claim "a member that dies has nothing wait, and who is back waits"
before=$(grep -c '10\.0\.0\.12$' "$TOPO_DIR/after")
ip_on P2 link set mesh0 down
wait_for 5 "P2 is withdrawn" not cloud_is_registered P2 S
expect_eq "flows still by P2, of $before" 0 "$(members S | grep -c '10\.0\.0\.12$')"
ip_on P2 link set mesh0 up
cloud_registered 10 P2 S
expect_eq "flows by P2 again" 0 "$(members S | grep -c '10\.0\.0\.12$')"
expect_between "buckets that wait, of those of 140 flows" 1 140 "$(waiting)"

claim "when the flows are silent all is as without an idle time"
report=$(flow_stop used)
expect_between "packets lost while P2 went" 0 50 "$(flow_field "$report" .lost)"
mesh S group set 1 dev mesh0 idle-time 500 member 10.0.0.11 member 10.0.0.12 member 10.0.0.13
wait_for 10 "no bucket waits any more" none_waits
members S >"$TOPO_DIR/after"
expect_ok "each is where the other node has it" cmp "$TOPO_DIR/end" "$TOPO_DIR/after"

claim "an idle time of more than a day is refused, and a number of buckets that is no power"
expect_fail_with "attribute idle-time" ask S group set 1 dev mesh0 idle-time 86400001 \
	member 10.0.0.11
expect_fail_with "attribute buckets" ask S group set 1 dev mesh0 buckets 5000 member 10.0.0.11
expect_fail_with "attribute buckets" ask S group set 1 dev mesh0 buckets 64 member 10.0.0.11
expect_fail_with "attribute buckets" ask S group set 1 dev mesh0 buckets 131072 member 10.0.0.11

claim "a device may go while buckets wait"
mesh S group set 1 dev mesh0 idle-time 600000 member 10.0.0.11 member 10.0.0.12
flow_send S 10.98.0.1 7000 src 10.0.0.1 sport 35001 flows 40 count 40 interval 500 \
	linger $((1000 * TOPO_PATIENCE)) >/dev/null
mesh S group set 1 dev mesh0 member 10.0.0.11 member 10.0.0.12 member 10.0.0.13
expect_between "buckets that wait, of those of all 180 flows" 1 180 "$(waiting)"
expect_ok "it goes" ip_on S link del mesh0

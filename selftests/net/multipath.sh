#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.12
# limit: 240
#
# Groups: how flows spread, that they stay, and what moves them.
#
#	S (hub 1) === P1 (11), P2 (12), P3 (13), registered with S
#	T, which nobody is registered with: what it would do is asked only
#
# 10.98.0.1 is an address that all three have.

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
anycast_three

spread()
{
	flow_send S 10.98.0.1 7000 src 10.0.0.1 interval 500 linger $((1000 * TOPO_PATIENCE)) "$@"
}

share()
{
	flow_field "$1" ".names.$2 // 0"
}

claim "two members of equal weight carry half of 600 flows each"
mesh S group add 1 dev mesh0 member 10.0.0.11 member 10.0.0.12
mesh S route add 10.98.0.1/32 dev mesh0 group 1
report=$(spread count 600 flows 600)
expect_eq "lost" 0 "$(flow_field "$report" .lost)"
expect_between "flows by P1" 250 350 "$(share "$report" P1)"
expect_between "flows by P2" 250 350 "$(share "$report" P2)"

claim "weights of 3 and 1 are kept to within 5 % of the flows"
mesh S group set 1 dev mesh0 member 10.0.0.11 weight 3 member 10.0.0.12 weight 1
report=$(spread count 800 flows 800)
expect_between "flows by P1" 560 640 "$(share "$report" P1)"
expect_between "flows by P2" 160 240 "$(share "$report" P2)"
saw=$(ask S -j group show 1 dev mesh0)
expect_eq "buckets, three to one" true \
	"$(jq '.[0].members | (.[0].buckets / .[1].buckets - 3 | fabs) < 0.1' <<<"$saw")"

claim "a flow keeps its path"
mesh S group set 1 dev mesh0 member 10.0.0.11 member 10.0.0.12 member 10.0.0.13
for sport in 31001 31002 31003 31004; do
	report=$(spread count 40 flows 1 sport $sport)
	expect_eq "members that served flow $sport" 1 "$(flow_field "$report" '.names | length')"
done

claim "meshctl route get names the member that the flow takes"
declare -A name=([10.0.0.11]=P1 [10.0.0.12]=P2 [10.0.0.13]=P3)
for sport in 32001 32002 32003 32004 32005 32006 32007 32008; do
	peer=$(path S peer 10.98.0.1 src 10.0.0.1 proto udp sport $sport dport 7000)
	before=$(peer_counter S "$peer" tx-packets)
	expect_eq "who answers flow $sport" "${name[$peer]}" \
		"$(answers_from S 10.98.0.1 src 10.0.0.1 sport $sport)"
	expect_between "packets counted for $peer" 1 5 \
		$(($(peer_counter S "$peer" tx-packets) - before))
done

# members [HOST] - "SPORT PEER" of 60 flows
members()
{
	printf 'route get 10.98.0.1 dev mesh0 src 10.0.0.1 proto udp dport 7000 sport %s\n' \
		{33001..33060} | ask "${1:-S}" -j -batch - | jq -r '.[].peer' |
		paste -d' ' <(seq 33001 33060) -
}

claim "the fragments of a datagram take one path"
declare -A before=()
for peer in "${!name[@]}"; do
	before[$peer]=$(peer_counter S "$peer" tx-packets)
done
expect_ok "12 datagrams in three fragments each" raw S udp 10.0.0.1 10.98.0.1 7001 4000 34000 12
sum=0
for peer in "${!name[@]}"; do
	got=$(($(peer_counter S "$peer" tx-packets) - before[$peer]))
	expect_eq "fragments by $peer beyond whole datagrams" 0 $((got % 3))
	sum=$((sum + got))
done
expect_eq "fragments in all" 36 $sum

# others_moved PEER FILE - flows of FILE that are of somebody else now than in all
others_moved()
{
	grep -v "${1//./\\.}\$" "$TOPO_DIR/all" | grep -vcFxf "$2"
}

claim "a member that goes takes only its own flows along"
members >"$TOPO_DIR/all"
ip_on P2 link set mesh0 down
wait_for 5 "P2 is withdrawn" not cloud_is_registered P2 S
members >"$TOPO_DIR/two"
expect_eq "flows still by P2" 0 "$(grep -c '10\.0\.0\.12$' "$TOPO_DIR/two")"
expect_eq "flows of the others that moved" 0 "$(others_moved 10.0.0.12 "$TOPO_DIR/two")"
expect_between "flows that had to move" 1 59 "$(grep -c '10\.0\.0\.12$' "$TOPO_DIR/all")"
report=$(spread count 200 flows 200)
expect_eq "lost" 0 "$(flow_field "$report" .lost)"

claim "and has them back when it is back"
ip_on P2 link set mesh0 up
cloud_registered 10 P2 S
members >"$TOPO_DIR/again"
expect_ok "each flow is where it was" cmp "$TOPO_DIR/all" "$TOPO_DIR/again"

claim "so does one that is taken out of the group, and put back elsewhere in the list"
mesh S group set 1 dev mesh0 member 10.0.0.11 member 10.0.0.12
members >"$TOPO_DIR/two"
expect_eq "flows of the others that moved" 0 "$(others_moved 10.0.0.13 "$TOPO_DIR/two")"
expect_eq "flows still by P3" 0 "$(grep -c '10\.0\.0\.13$' "$TOPO_DIR/two")"
mesh S group set 1 dev mesh0 member 10.0.0.13 member 10.0.0.12 member 10.0.0.11
members >"$TOPO_DIR/again"
expect_ok "each flow is where it was" cmp "$TOPO_DIR/all" "$TOPO_DIR/again"

claim "another node with these members and this seed sends each flow the same way"
topo_host T
mesh T dev add mesh0 hash-seed 7
for n in 13 11 12; do
	mesh T peer add 10.0.0.$n dev mesh0 nbma 192.0.2.$n
done
mesh T group add 9 dev mesh0 member 10.0.0.12 member 10.0.0.13 member 10.0.0.11
mesh T route add 10.98.0.1/32 dev mesh0 group 9
members T >"$TOPO_DIR/there"
expect_ok "each flow" cmp "$TOPO_DIR/all" "$TOPO_DIR/there"

# buckets PEER - that lead to it
buckets()
{
	ask S -j group show 1 dev mesh0 |
		jq --arg peer "$1" '.[0].members[] | select(.protocol == $peer).buckets'
}

claim "a weight that grows by a hundredth takes that much, from each of the others"
mesh S group set 1 dev mesh0 member 10.0.0.11 weight 100 member 10.0.0.12 weight 100 \
	member 10.0.0.13 weight 100
before[10.0.0.11]=$(buckets 10.0.0.11) before[10.0.0.13]=$(buckets 10.0.0.13)
mesh S group set 1 dev mesh0 member 10.0.0.11 weight 100 member 10.0.0.12 weight 100 \
	member 10.0.0.13 weight 101
expect_between "buckets that came to P3, of 16384" 1 164 \
	$(($(buckets 10.0.0.13) - before[10.0.0.13]))
expect_between "of them from P1" 1 100 $((before[10.0.0.11] - $(buckets 10.0.0.11)))
mesh S group set 1 dev mesh0 member 10.0.0.11 member 10.0.0.12 member 10.0.0.13

claim "another seed deals the flows anew"
mesh S dev set mesh0 hash-seed 8
members >"$TOPO_DIR/reseeded"
expect_between "flows that moved" 20 60 "$(grep -vcFxf "$TOPO_DIR/all" "$TOPO_DIR/reseeded")"

claim "a lower tier is used while it lives"
mesh S group set 1 dev mesh0 member 10.0.0.11 tier 1 member 10.0.0.12 tier 0
expect_eq "members of the flows" 10.0.0.12 "$(members | cut -d' ' -f2 | sort -u)"
ip_on P2 link set mesh0 down
wait_for 5 "the next tier takes over" path_is S peer 10.0.0.11 10.98.0.1

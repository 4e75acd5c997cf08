#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.12
# cpus: 2
# limit: 240
#
# Tables change while packets look into them: nothing that stays is ever gone.
#
#	A 100.64.1.2 === isp === B (2), C (3)

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
cloud_node A 1
cloud_mesh A
n=2
for host in B C; do
	cloud_node $host $n
	cloud_mesh $host
	mesh A peer add 10.0.0.$n dev mesh0 nbma 100.64.$n.2
	mesh $host peer add 10.0.0.1 dev mesh0 nbma 100.64.1.2
	topo_addr $host lo 10.70.0.1/32 10.71.0.1/32
	flow_echo $host 10.70.0.1 7000 $host
	n=$((n + 1))
done
topo_route A 10.64.0.0/10 dev mesh0 src 10.0.0.1

# routes GENERATION PEER - 1500 of them around those of the traffic
routes()
{
	local i j

	for i in {0..5}; do
		for j in {0..249}; do
			echo "route replace 10.$((70 + i)).$j.0/24 dev mesh0 peer $2 owner 77 generation $1"
		done
	done
	echo "route replace 10.70.0.1/32 dev mesh0 peer $2 owner 77 generation $1"
}
routes 1 10.0.0.2 >"$TOPO_DIR/one"
routes 2 10.0.0.3 >"$TOPO_DIR/two"
sed 's/replace \([^ ]*\) .*/del \1 dev mesh0 owner 77/; /10.70.0/d' \
	"$TOPO_DIR/one" >"$TOPO_DIR/del"

count_routes()
{
	ask A -j route show dev mesh0 owner 77 | jq length
}

claim "a batch of routes goes in"
expect_ok "first generation" ask A -batch "$TOPO_DIR/one"
expect_eq "routes" 1501 "$(count_routes)"

# A round: all replaced, all but the traffic's deleted, all made again.
round()
{
	ask A -batch "$TOPO_DIR/two" &&
		ask A -batch "$TOPO_DIR/del" &&
		ask A -batch "$TOPO_DIR/one"
}

claim "routes are replaced, deleted and made under traffic, which loses nothing"
flow_send A 10.70.0.1 7000 count 6000 interval 1000 flows 32 linger $((1000 * TOPO_PATIENCE)) \
	>"$TOPO_DIR/flow.json" &
client=$!
rounds=0
while kill -0 $client 2>/dev/null; do
	expect_ok "a round of changes" round || break
	rounds=$((rounds + 1))
done
wait $client
report=$(<"$TOPO_DIR/flow.json")
note "$rounds rounds of 4500 changes"
expect_between "rounds" 1 100000 $rounds
nothing_lost "$report" A B C
expect_eq "both peers served, one after the other" 2 "$(flow_field "$report" '.names | length')"

claim "a sweep takes the old generation and leaves the new"
expect_ok "second generation" ask A -batch "$TOPO_DIR/two"
mesh A route replace 10.76.0.0/24 dev mesh0 peer 10.0.0.2 owner 77 generation 1
mesh A route replace 10.77.0.0/24 dev mesh0 peer 10.0.0.2 owner 78 generation 1
flow_send A 10.70.0.1 7000 count 1000 interval 1000 linger $((1000 * TOPO_PATIENCE)) \
	>"$TOPO_DIR/flow.json" &
client=$!
mesh A route sweep dev mesh0 owner 77 generation 2
wait $client
expect_eq "routes of the new generation" 1501 "$(count_routes)"
expect_no_match "routes of the old one" '10\.76\.0\.0/24' "$(ask A route show dev mesh0)"
expect_match "routes of another owner" '10\.77\.0\.0/24' "$(ask A route show dev mesh0)"
nothing_lost "$(<"$TOPO_DIR/flow.json")" A B C

claim "a group's members change under traffic, which loses nothing"
mesh A group add 9 dev mesh0 member 10.0.0.2 member 10.0.0.3
mesh A route replace 10.70.0.1/32 dev mesh0 group 9 owner 77 generation 2
flow_send A 10.70.0.1 7000 count 3000 interval 1000 flows 32 linger $((1000 * TOPO_PATIENCE)) \
	>"$TOPO_DIR/flow.json" &
client=$!
while kill -0 $client 2>/dev/null; do
	mesh A group set 9 dev mesh0 member 10.0.0.2
	mesh A group set 9 dev mesh0 member 10.0.0.3 weight 5 member 10.0.0.2
	mesh A peer set 10.0.0.2 dev mesh0 nbma 100.64.2.2 weight 2
	mesh A peer set 10.0.0.2 dev mesh0 nbma 100.64.2.2
done
wait $client
nothing_lost "$(<"$TOPO_DIR/flow.json")" A B C

claim "an address that goes under traffic stops it, and nothing more"
before=$(counter A tx-packets)
flow_send A 10.70.0.1 7000 count 1000 interval 1000 linger 0 >"$TOPO_DIR/flow.json" &
client=$!
wait_for 5 "traffic flows" counter_reaches A tx-packets $((before + 50))
ip_on A addr del 100.64.1.2/30 dev eth0
ip_on A addr del 10.0.0.1/24 dev mesh0
wait $client
topo_addr A eth0 100.64.1.2/30
topo_addr A mesh0 10.0.0.1/24
topo_route A default via 100.64.1.1
ip_on A route replace 10.64.0.0/10 dev mesh0 src 10.0.0.1
wait_for 5 "traffic again" pings A 10.0.0.2

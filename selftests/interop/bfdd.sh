#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# FRR's bfdd at the other end of our liveness: it sees a neighbour on its tunnel.
#
#	A, mesh0 10.0.0.1 ===== 10.0.0.2 tunnel0 of ip_gre, bfdd, B

. "$(dirname "$0")/../lab/topo.sh"

load_mesh
modprobe ip_gre || bail "no ip_gre here"
topo_host A B
topo_link A eth0 B eth0
topo_addr A eth0 192.0.2.1/24
topo_addr B eth0 192.0.2.2/24
ask A dev add mesh0 local 192.0.2.1 key 42 bfd on bfd-interval 200 ||
	bail "no mesh device"
topo_addr A mesh0 10.0.0.1/24 fd00::1/64
ip_on A link set mesh0 up
ip_on B link add tunnel0 type gre local 192.0.2.2 remote 192.0.2.1 key 42 ttl 64 ||
	bail "no tunnel of ip_gre"
ip_on B link set tunnel0 up
topo_addr B tunnel0 10.0.0.2/24 fd00::2/64
for peer in 10.0.0.2 fd00::2; do
	ask A peer add $peer dev mesh0 nbma 192.0.2.2 bfd on ||
		bail "no peer $peer"
done
frr_start B bfdd <<-EOF
	bfd
	 peer 10.0.0.1 local-address 10.0.0.2 interface tunnel0
	  detect-multiplier 4
	  receive-interval 300
	  transmit-interval 300
	  no shutdown
	 !
	 peer fd00::1 local-address fd00::2 interface tunnel0
	  no shutdown
	 !
EOF

# ours PEER FILTER - of the endpoint
ours()
{
	ask A -j peer show "$1" dev mesh0 | jq -r ".[0].endpoints[0]$2"
}

ours_is()
{
	local saw

	saw=$(ours "$1" "$2")
	echo "$2 of $1 on A: $saw"
	[[ $saw == "$3" ]]
}

# theirs ADDRESS FIELD
theirs()
{
	frr_vtysh B "show bfd peers json" |
		jq -r --arg peer "$1" --arg field "$2" \
			'.[] | select(.peer == $peer) | .[$field]'
}

theirs_is()
{
	local saw

	saw=$(theirs "$1" "$2")
	echo "$2 of $1 on B: $saw"
	[[ $saw == "$3" ]]
}

stat_of()
{
	ask A -j stats show dev mesh0 | jq ".[0].counters[\"$1\"]"
}

claim "the session is up at both ends, in IPv4 and in IPv6"
for pair in "10.0.0.2 10.0.0.1" "fd00::2 fd00::1"; do
	read -r peer self <<<"$pair"
	wait_for 10 "bfdd sees $self up" theirs_is "$self" status up
	wait_for 10 "we see $peer up" ours_is "$peer" .session.state up
done

claim "each has the other's intervals"
for field in remote-transmit-interval remote-receive-interval; do
	wait_for 10 "bfdd has ours" theirs_is 10.0.0.1 $field 200
done
expect_eq "our multiplier" 3 "$(theirs 10.0.0.1 remote-detect-multiplier)"
wait_for 10 "we have theirs" ours_is 10.0.0.2 .session.detection 1200

claim "a new interval is polled for, and bfdd answers"
downs=$(stat_of bfd-down)
ask A dev set mesh0 bfd-interval 400
wait_for 10 "bfdd has it" theirs_is 10.0.0.1 remote-transmit-interval 400
wait_for 10 "so have we" ours_is 10.0.0.2 .session.detection 1600
expect_eq "sessions that went down" "$downs" "$(stat_of bfd-down)"

claim "a session that bfdd shuts down is no failure"
frr_vtysh B "configure terminal" bfd \
	"peer 10.0.0.1 local-address 10.0.0.2 interface tunnel0" shutdown
wait_for 10 "we know" ours_is 10.0.0.2 .session.state down
expect_eq "why" neighbour-down "$(ours 10.0.0.2 .session.diag)"
expect_eq "the endpoint" up "$(ours 10.0.0.2 .state)"
frr_vtysh B "configure terminal" bfd \
	"peer 10.0.0.1 local-address 10.0.0.2 interface tunnel0" "no shutdown"
wait_for 10 "up again" ours_is 10.0.0.2 .session.state up
wait_for 10 "there too" theirs_is 10.0.0.1 status up

claim "a bfdd that dies is noticed"
frr_kill B bfdd
wait_for 10 "the endpoint is down" ours_is 10.0.0.2 .state down
expect_eq "why" time-expired "$(ours 10.0.0.2 .session.diag)"
wait_for 10 "that of IPv6 too" ours_is fd00::2 .state down

claim "one that comes back brings the endpoint back"
frr_daemon B bfdd
frr_reload B
wait_for 20 "up" ours_is 10.0.0.2 .state up
wait_for 10 "bfdd agrees" theirs_is 10.0.0.1 status up

claim "we leave in good order"
ask A dev set mesh0 bfd off
wait_for 10 "bfdd was told" theirs_is 10.0.0.1 status down
expect_eq "why" "administratively down" "$(theirs 10.0.0.1 remote-diagnostic)"
expect_eq "our endpoint" up "$(ours 10.0.0.2 .state)"
for bad in bfd-malformed bfd-stray bfd-far; do
	expect_eq "$bad" 0 "$(stat_of $bad)"
done

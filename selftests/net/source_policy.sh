#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 180
#
# Whose packets are let in: everybody's, those of peers, or of these those that come
# from where an answer might go.
#
#	A (1) server ---+
#	B (2), C (3) ---isp	peers of A
#	D (4) ----------+	a stranger

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
n=1
for host in A B C D; do
	cloud_node $host $n
	cloud_mesh $host
	n=$((n + 1))
done
mesh A dev set mesh0 server on
for n in 2 3; do
	mesh A peer add 10.0.0.$n dev mesh0 nbma 100.64.$n.2
	mesh A peer add fd00::$n dev mesh0 nbma 100.64.$n.2
done

# Packets with nothing in them, which nobody answers.
packet()
{
	local source=$1 i words=() hex

	if [[ $source != *:* ]]; then
		printf -v hex '%02x' ${source//./ }
		echo 200008000000002a450000140000000040010000${hex}0a000001
		return
	fi
	IFS=: read -ra words <<<"${source/::/:+:}"
	hex=
	for i in "${words[@]}"; do
		[[ $i == + ]] && printf -v i '%*s' $((4 * (9 - ${#words[@]}))) && i=${i// /0}
		((${#i} >= 4)) || printf -v i '%04x' $((16#$i))
		hex+=$i
	done
	echo 200086dd0000002a6000000000003b40${hex}fd000000000000000000000000000001
}

# from HOST SOURCE… - a packet from each of these inner sources, to A
from()
{
	local host=$1 source packets=()
	shift

	for source in "$@"; do
		packets+=("$(packet "$source")")
	done
	raw "$host" gre "$(cloud_nbma "$host")" 100.64.1.2 "${packets[@]}"
}

# What A has dropped for where it came from.
strange()
{
	echo "$(counter A drop-rx-stranger) $(counter A drop-rx-source)"
}

# takes HOST SOURCE… - and drops none
takes()
{
	local before dropped

	before=$(counter A rx-packets)
	dropped=$(strange)
	from "$@"
	wait_for 5 "packets of $* taken" counter_reaches A rx-packets $((before + $# - 1))
	expect_eq "dropped of $*" "$dropped" "$(strange)"
}

# drops_as REASON HOST SOURCE… - and takes none
drops_as()
{
	local reason=$1 before taken
	shift

	before=$(counter A "drop-rx-$reason")
	taken=$(counter A rx-packets)
	from "$@"
	wait_for 5 "packets of $* dropped" counter_reaches A "drop-rx-$reason" $((before + $# - 1))
	expect_eq "of $* taken" "$taken" "$(counter A rx-packets)"
}

claim "by default everybody who knows the key is heard"
expect_eq "what meshctl shows" accept "$(ask A -j dev show mesh0 | jq -r '.[0]["source-policy"]')"
takes D 10.0.0.4 fd00::4 192.0.2.7
takes B 192.0.2.7 2001:db8::7

claim "registered: peers only, whatever they send; NHRP is heard"
mesh A dev set mesh0 source-policy registered
expect_eq "what meshctl shows" registered \
	"$(ask A -j dev show mesh0 | jq -r '.[0]["source-policy"]')"
drops_as stranger D 10.0.0.4 fd00::4 10.0.0.2
takes B 10.0.0.2 fd00::2 192.0.2.7 2001:db8::7
mesh D nhs add 100.64.1.2 dev mesh0
cloud_registered 10 D A
takes D 10.0.0.4 fd00::4 192.0.2.7
expect_ok "D to A" pings D 10.0.0.1

claim "strict: one's own address, and no other one's"
mesh A dev set mesh0 source-policy strict
takes B 10.0.0.2 fd00::2 fe80::2
takes D 10.0.0.4 fd00::4
drops_as source B 10.0.0.3 10.0.0.4 10.0.0.1 192.0.2.7 fd00::3 2001:db8::7
mesh D nhs del 100.64.1.2 dev mesh0
wait_for 5 "D is gone" not cloud_is_registered D A
drops_as stranger D 10.0.0.4 fd00::4

claim "strict: what is behind a peer by a route, the longest one"
mesh A -batch - <<-EOF
	route add 10.50.0.0/16 dev mesh0 peer 10.0.0.2
	route add 10.50.9.0/24 dev mesh0 peer 10.0.0.3
	route add fd00:50::/32 dev mesh0 peer fd00::2
	route add fd00:50:9::/48 dev mesh0 peer fd00::3
EOF
takes B 10.50.1.1 fd00:50::1
drops_as source B 10.50.9.1 fd00:50:9::1
takes C 10.50.9.1 fd00:50:9::1
drops_as source C 10.50.1.1 fd00:50::1

claim "strict: each member of a group may send, one that stands by, too"
mesh A -batch - <<-EOF
	group add 5 dev mesh0 member 10.0.0.2 member 10.0.0.3 tier 1
	route add 10.51.0.0/16 dev mesh0 group 5
	route add fd00:51::/32 dev mesh0 group 5
EOF
takes B 10.51.1.1 fd00:51::1
takes C 10.51.1.1 fd00:51::1
drops_as stranger D 10.51.1.1 fd00:51::1
mesh A group set 5 dev mesh0 member 10.0.0.3
drops_as source B 10.51.1.1 fd00:51::1
takes C 10.51.1.1 fd00:51::1

claim "strict: behind a default route is all that nobody else has"
mesh A -batch - <<-EOF
	route add 0.0.0.0/0 dev mesh0 peer 10.0.0.3
	route add ::/0 dev mesh0 peer fd00::3
EOF
takes C 192.0.2.7 2001:db8::7
drops_as source C 10.50.1.1 10.0.0.2 fd00:50::1
drops_as source B 192.0.2.7 2001:db8::7
mesh A -batch - <<-EOF
	route del 0.0.0.0/0 dev mesh0
	route del ::/0 dev mesh0
EOF

claim "strict: each next hop of the kernel's route may send"
topo_ip A <<-EOF
	route add 10.60.0.0/16 nexthop via 10.0.0.2 dev mesh0 nexthop via 10.0.0.3 dev mesh0
	route add fd00:60::/32 nexthop via fd00::2 dev mesh0 nexthop via fd00::3 dev mesh0
	nexthop add id 1 via 10.0.0.2 dev mesh0
	nexthop add id 2 via 10.0.0.3 dev mesh0
	nexthop add id 3 group 1/2
	nexthop add id 11 via fd00::2 dev mesh0
	nexthop add id 12 via fd00::3 dev mesh0
	nexthop add id 13 group 11/12
	route add 10.61.0.0/16 nhid 3
	route add fd00:61::/32 nhid 13
	route add 10.62.0.0/16 via 10.0.0.2 dev mesh0
	route add fd00:62::/32 via fd00::2 dev mesh0
EOF
for host in B C; do
	takes $host 10.60.1.1 fd00:60::1 10.61.1.1 fd00:61::1
done
takes B 10.62.1.1 fd00:62::1
drops_as source C 10.62.1.1 fd00:62::1
mesh A peer add 10.0.0.4 dev mesh0 nbma 100.64.4.2
drops_as source D 10.60.1.1 fd00:60::1 10.61.1.1 fd00:61::1 10.62.1.1
mesh A peer del 10.0.0.4 dev mesh0

claim "strict: a next-hop server passes on what others send"
mesh C dev set mesh0 server on
drops_as source C 192.0.2.7 2001:db8::7
mesh A nhs add 100.64.3.2 dev mesh0
cloud_registered 10 A C
takes C 192.0.2.7 2001:db8::7 10.0.0.2
drops_as source B 192.0.2.7

claim "a policy that is none is refused"
expect_fail_with "none of accept, registered, strict" ask A dev set mesh0 source-policy some

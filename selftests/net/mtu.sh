#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 240
#
# Path MTU: what is too big is told to its sender with the right figure.
#
#	hostA --- A === isp === B --- hostB	isp and B: from 1500 to 1400 octets
#
# Outer header and GRE header with a key are 28 octets, with IPv6 48, in UDP 8 more.

. "$(dirname "$0")/lib.sh"

ENCAP=${ENCAP:-gre}
[[ $UNDERLAY == 6 ]] && over=48 fragment='frag \(' || over=28 fragment='flags \[\+\]'
[[ $ENCAP == gre ]] || over=$((over + 8))
whole=$((1500 - over))
narrow=$((1400 - over))

load_mesh
cloud_underlay
cloud_node A 1
cloud_node B 2
cloud_mesh A encap $ENCAP
cloud_mesh B encap $ENCAP
cloud_lan A hostA
cloud_lan B hostB
mesh A peer add 10.0.0.2 dev mesh0 nbma "$(cloud_nbma B)"
mesh B peer add 10.0.0.1 dev mesh0 nbma "$(cloud_nbma A)"
topo_route A 10.2.0.0/24 via 10.0.0.2 dev mesh0
topo_route B 10.1.0.0/24 via 10.0.0.1 dev mesh0
for pair in "A B 2" "B A 1"; do
	read -r host other n <<<"$pair"
	mesh $host peer add fd00::$n dev mesh0 nbma "$(cloud_nbma "$other")"
	mesh $host route add "fd00:$n::/64" dev mesh0 peer fd00::$n
	topo_route $host "fd00:$n::/64" via fd00::$n dev mesh0
done
wait_for 10 "IPv4 from host to host" pings hostA 10.2.0.2
wait_for 10 "IPv6 from host to host" pings hostA fd00:2::2

# try SIZE ADDRESS - with DF, SIZE octets of IP
try()
{
	local header=28

	[[ $2 == *:* ]] && header=48
	on_host hostA ping -n -c1 -W$TOPO_PATIENCE -M do -s $(($1 - header)) "$2" 2>&1
}

claim "there is room for the outer headers"
expect_ok "a packet of $whole octets" try $whole 10.2.0.2
expect_match "a greater one is told of $whole" "mtu ?= ?$whole" "$(try $((whole + 1)) 10.2.0.2)"
on_host hostA ip route flush cache

claim "a path that shrinks is learnt of, and told on in IPv4"
before=$(counter A drop-tx-too-big)
ip_on isp link set B mtu 1400
ip_on B link set eth0 mtu 1400
wait_for_match 10 "the sender is told of $narrow" "mtu ?= ?$narrow" try $whole 10.2.0.2
wait_for 5 "drop-tx-too-big counts" counter_reaches A drop-tx-too-big $((before + 1))
expect_eq "what meshctl says" $narrow "$(path A mtu 10.2.0.2)"
on_host hostA ip route flush cache
expect_ok "$narrow octets pass" try $narrow 10.2.0.2
expect_match "one more does not" "mtu ?= ?$narrow" "$(try $((narrow + 1)) 10.2.0.2)"

claim "and in IPv6"
expect_ok "$narrow octets pass" try $narrow fd00:2::2
wait_for_match 10 "the sender is told of $narrow" "mtu ?[=:] ?$narrow" try $((narrow + 1)) fd00:2::2

claim "a packet that may be fragmented gets through a narrow path"
wait_for 10 "1472 octets without DF" pings hostA 10.2.0.2 -M dont -s 1444
expect_ok "3000 octets without DF" pings hostA 10.2.0.2 -M dont -s 2972

claim "TCP gets through whole"
head -c 2000000 /dev/urandom >"$TOPO_DIR/sent"
bg_on hostB take python3 "$NET/raw.py" take 9000 "$TOPO_DIR/received"
sink=$BG
listens()
{
	on_host hostB ss -Htln "sport = :9000" | grep -q .
}
wait_for 10 "the receiver listens" listens
capture A mesh0 tcp tcp dst port 9000
expect_ok "sending" raw hostA give 10.2.0.2 9000 "$TOPO_DIR/sent"
wait_for 20 "the receiver has it all" _is_gone $sink
expect_ok "they are the same" cmp "$TOPO_DIR/sent" "$TOPO_DIR/received"
capture_stop tcp
longest=$(tcpdump -n -q -r "$TOPO_DIR/tcp.pcap" 2>/dev/null |
	sed -n 's/.* tcp \([0-9]*\)$/\1/p' | sort -n | tail -n1)
expect_between "octets of the largest segment given to the device (GSO)" 3000 65535 "$longest"

claim "without path MTU discovery the outer packet is fragmented"
mesh A dev set mesh0 nopmtudisc
capture B eth0 outer proto 47 or udp port 4754 or ip6 proto 44
expect_ok "1472 octets without DF" pings hostA 10.2.0.2 -M dont -s 1444
capture_stop outer
expect_match "in fragments" "$fragment" "$(tcpdump -n -v -r "$TOPO_DIR/outer.pcap" 2>/dev/null)"

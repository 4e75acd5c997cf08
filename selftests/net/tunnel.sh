#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 240
#
# Static peers: who hears whom, where a packet goes, what its outer header says.
#
#	A (1) ---+
#	B (2) ---isp
#	C (3) ---+	overlay 10.0.0.N and fd00::N, key 42

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
declare -A nbma=() overlay=()
n=1
for host in A B C; do
	cloud_node $host $n
	nbma[$host]=$(cloud_nbma $host)
	overlay[$host]=10.0.0.$n
	cloud_mesh $host
	n=$((n + 1))
done
for host in A B C; do
	for other in A B C; do
		[[ $host != "$other" ]] || continue
		mesh $host peer add "${overlay[$other]}" dev mesh0 nbma "${nbma[$other]}"
		mesh $host peer add "fd00::${overlay[$other]##*.}" dev mesh0 \
			nbma "${nbma[$other]}"
	done
done

claim "static peers reach each other over IPv4 and IPv6"
expect_ok "A to B" pings A 10.0.0.2
expect_ok "A to C" pings A 10.0.0.3
expect_ok "C to B" pings C fd00::2
expect_ok "B to A" pings B fd00::1

claim "overlays with other keys, and one without, share the local address"
for row in "mesh1 43 10.1.0" "mesh2 none 10.2.0"; do
	read -r dev key net <<<"$row"
	for host in A B; do
		other=$([[ $host == A ]] && echo B || echo A)
		key_option=()
		[[ $key == none ]] || key_option=(key "$key")
		mesh $host dev add "$dev" $(cloud_local $host) "${key_option[@]}"
		topo_addr $host "$dev" "$net.${overlay[$host]##*.}/24"
		ip_on $host link set "$dev" up
		mesh $host peer add "$net.${overlay[$other]##*.}" dev "$dev" nbma "${nbma[$other]}"
	done
	expect_ok "A to B by $dev" pings A "$net.2"
	expect_ok "B to A by $dev" pings B "$net.1"
done
expect_ok "A to B by mesh0 still" pings A 10.0.0.2

claim "a packet with a key that nobody has is taken by nobody"
mesh A dev add mesh3 $(cloud_local A) key 99
topo_addr A mesh3 10.3.0.1/24
ip_on A link set mesh3 up
mesh A peer add 10.3.0.2 dev mesh3 nbma "${nbma[B]}"
topo_addr B lo 10.3.0.2/32
before="$(counter B rx-packets) $(counter B rx-packets mesh1) $(counter B rx-packets mesh2)"
expect_fail "A to B with key 99" on_host A ping -n -c2 -i0.2 -W1 10.3.0.2
expect_between "packets that A sent" 2 10 "$(counter A tx-packets mesh3)"
expect_eq "packets that B's devices received" "$before" \
	"$(counter B rx-packets) $(counter B rx-packets mesh1) $(counter B rx-packets mesh2)"

claim "two devices of the same address and key are refused"
expect_fail "same local and key" ask A dev add mesh4 $(cloud_local A) key 42
expect_fail "and the device is gone again" ip_on A link show mesh4
mesh A dev add mesh4 $(cloud_local A) key 44
expect_fail "by a change" ask A dev set mesh4 key 42
expect_match "which changes nothing" '"key": ?44' "$(ask A -j dev show mesh4)"
expect_ok "mesh0 is not disturbed" pings A 10.0.0.2

claim "an unknown destination is answered as unreachable, and counted"
before=$(counter A drop-tx-no-peer)
expect_match "IPv4" 'Unreachable' "$(on_host A ping -n -c1 -W2 10.0.0.77)"
expect_match "IPv6" 'nreachable' "$(on_host A ping -n -c1 -W2 fd00::77)"
expect_between "drop-tx-no-peer" $((before + 2)) $((before + 10)) "$(counter A drop-tx-no-peer)"
expect_eq "meshctl's answer" none "$(path A kind 10.0.0.77)"

claim "the longest prefix wins, whatever the order of addition"
for host in B C; do
	topo_addr $host lo 10.50.0.1/32 10.60.0.1/32
	flow_echo $host 10.50.0.1 7000 $host
	bg_on $host echo60 mesh-flow echo 10.60.0.1 7000 $host
	wait_for 10 "second echo server of $host" grep -q ready "$TOPO_DIR/$host/echo60.log"
done
topo_route A 10.50.0.0/16 dev mesh0
mesh A route add 10.50.0.0/24 dev mesh0 peer 10.0.0.3
mesh A route add 10.50.0.0/16 dev mesh0 peer 10.0.0.2
expect_eq "who answers" C "$(answers_from A 10.50.0.1)"
expect_eq "meshctl's answer" 10.0.0.3 "$(path A peer 10.50.0.1)"
mesh A route add 10.50.0.1/32 dev mesh0 peer 10.0.0.2
expect_eq "who answers with a /32" B "$(answers_from A 10.50.0.1)"
mesh A route del 10.50.0.1/32 dev mesh0
mesh A route del 10.50.0.0/24 dev mesh0
expect_eq "who answers by the /16" B "$(answers_from A 10.50.0.1)"
expect_eq "its prefix" 10.50.0.0/16 "$(path A prefix 10.50.0.1)"

claim "the gateway of the kernel's route decides where no entry does"
topo_route A 10.60.0.0/24 via 10.0.0.2 dev mesh0
expect_eq "who answers" B "$(answers_from A 10.60.0.1)"
expect_eq "kind" gateway "$(path A kind 10.60.0.1)"
mesh A route add 10.60.0.0/24 dev mesh0 peer 10.0.0.3
expect_eq "who answers with a route" C "$(answers_from A 10.60.0.1)"
expect_eq "kind" route "$(path A kind 10.60.0.1)"

claim "a route beats the host, the host beats the gateway"
expect_eq "kind of a peer's own address" host "$(path A kind 10.0.0.3)"
topo_route A 10.0.0.3/32 via 10.0.0.2 dev mesh0
expect_eq "peer in spite of another gateway" 10.0.0.3 "$(path A peer 10.0.0.3)"
mesh A route add 10.0.0.3/32 dev mesh0 peer 10.0.0.2
expect_eq "peer by a route" 10.0.0.2 "$(path A peer 10.0.0.3)"
mesh A route del 10.0.0.3/32 dev mesh0
ip_on A route del 10.0.0.3/32

claim "TTL and TOS of the outer header: inherited or fixed"
outer()
{
	local name=$1
	shift

	capture A eth0 "$name" proto 47
	pings A 10.0.0.2 "$@" >/dev/null
	capture_stop "$name"
	gre_headers "$name" | head -n1
}
mesh A dev set mesh0 ttl inherit tos inherit
expect_match "both inherited" "$(outer_like 0x28 33)" "$(outer inherit -t 33 -Q 0x28)"
mesh A dev set mesh0 ttl 77 tos 0x48
expect_match "both fixed" "$(outer_like 0x48 77)" "$(outer fixed -t 33 -Q 0x28)"
expect_match "the inner ECN bits with a fixed TOS" "$(outer_like 0x4a 77)" "$(outer ect -Q 0x2)"

claim "congestion met underway is seen inside"
capture B mesh0 inner icmp
topo_impair isp B loss 100% ecn
on_host A ping -n -c1 -W1 -Q 0x2 10.0.0.2 >/dev/null
topo_impair isp B
capture_stop inner
expect_match "CE in the inner header" 'tos 0x3' \
	"$(tcpdump -n -v -r "$TOPO_DIR/inner.pcap" 2>/dev/null)"

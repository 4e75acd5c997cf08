#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.1
# limit: 300
#
# Who sends GRE in UDP and who does not, at which port, and whose the port is. Hosts as
# in udp_lib.sh, and C 100.64.3.2, with plain GRE.

. "$(dirname "$0")/udp_lib.sh"

cloud_node C 3 46

claim "a plain peer and one in UDP, at once; and one that changes under traffic"
cloud_mesh C udp-port 4754
mesh A peer add 10.0.0.3 dev mesh0 nbma 100.64.3.2 encap gre
mesh C peer add 10.0.0.1 dev mesh0 nbma 100.64.1.2
capture isp C plain proto 47
expect_ok "A to C, plain" pings A 10.0.0.3
capture_stop plain
expect_between "plain packets" 2 9 "$(gre_headers plain | wc -l)"
expect_ok "A to B, in UDP" pings A 10.0.0.2
bg_on A ping ping -n -q -c400 -i0.01 10.0.0.3
pinging=$BG
for n in 1 2 3 4 5; do
	mesh A peer set 10.0.0.3 dev mesh0 nbma 100.64.3.2 encap udp
	mesh C peer set 10.0.0.1 dev mesh0 nbma 100.64.1.2 encap udp port 4754
	mesh A peer set 10.0.0.3 dev mesh0 nbma 100.64.3.2 encap gre
	mesh C peer set 10.0.0.1 dev mesh0 nbma 100.64.1.2 encap gre
done
mesh A peer set 10.0.0.3 dev mesh0 nbma 100.64.3.2 encap udp
wait_for 30 "400 packets" _is_gone $pinging
expect_match "none is lost" '400 received' "$(<"$TOPO_DIR/A/ping.log")"
expect_eq "what is shown of it" "udp 4754" \
	"$(ask A -j peer show 10.0.0.3 dev mesh0 | jq -r '.[0].endpoints[0] | "\(.encap) \(.port)"')"
expect_match "in text, too" ' up encap udp port 4754$' "$(ask A peer show 10.0.0.3 dev mesh0)"
expect_fail_with "a port is one of UDP" ask A peer set 10.0.0.3 dev mesh0 \
	nbma 100.64.3.2 encap gre port 4754

claim "a peer at another port, and a device that takes UDP at one"
mesh C dev set mesh0 udp-port 5555
expect_fail "A to C at the old port" on_host A ping -n -c1 -W1 10.0.0.3
mesh A peer set 10.0.0.3 dev mesh0 nbma 100.64.3.2 encap udp port 5555
expect_ok "A to C at the new one" pings A 10.0.0.3

claim "what no device takes is answered as if nobody had the port"
capture B eth0 icmp icmp
ip_on B link add g99 type gre local 100.64.2.2 remote 100.64.1.2 key 99 \
	encap fou encap-sport auto encap-dport 4754
topo_addr B g99 10.99.0.2/24
ip_on B link set g99 up
on_host B ping -n -c1 -W1 10.99.0.1 >/dev/null
capture_stop icmp
expect_match "told" 'udp port 4754 unreachable' "$(tcpdump -n -r "$TOPO_DIR/icmp.pcap" 2>/dev/null)"
expect_match "counted" 'UdpNoPorts +[1-9]' "$(on_host A nstat -asz UdpNoPorts)"
expect_ok "others are not disturbed" pings A 10.0.0.2

claim "a port that somebody else has is refused with a word, and nothing changes"
bg_on A holder python3 -c 'if True:
	import signal, socket
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("", 6000))
	print("bound", flush=True)
	signal.pause()'
holder=$BG
wait_for 10 "another socket" grep -q bound "$TOPO_DIR/A/holder.log"
expect_fail_with "another socket of the underlay's namespace has this UDP port" \
	ask A dev set mesh0 udp-port 6000
expect_match "it names the attribute" 'udp-port' "$(ask A dev set mesh0 udp-port 6000 2>&1)"
expect_eq "the port" 4754 "$(ask A -j dev show mesh0 | jq '.[0]["udp-port"]')"
expect_ok "A to B still" pings A 10.0.0.2
kill $holder
wait_for 10 "the other has left" _is_gone $holder
expect_ok "now it may be had" ask A dev set mesh0 udp-port 6000
expect_ok "and given back" ask A dev set mesh0 udp-port 4754
expect_ok "A to B again" pings A 10.0.0.2

claim "devices share a port; the last one that goes gives it back"
mesh A dev add mesh1 local 100.64.1.2 key 43 udp-port 4754
expect_eq "sockets" 2 "$(on_host A ss -Haun 'sport = :4754' | wc -l)"
bg_on B flood ping -n -q -f -c100000 10.0.0.1
flood=$BG
wait_for 10 "traffic" counter_reaches A rx-packets $(($(counter A rx-packets) + 20))
ip_on A link del mesh0
expect_eq "sockets of mesh1, which is in IPv4 alone" 1 "$(on_host A ss -Haun 'sport = :4754' | wc -l)"
cloud_mesh A encap udp
mesh A peer add 10.0.0.2 dev mesh0 nbma 100.64.2.2
wait_for 10 "B to A again" pings B 10.0.0.1
mesh A dev set mesh1 udp-port 0
mesh A dev set mesh0 encap gre udp-port 0
expect_eq "sockets" 0 "$(on_host A ss -Haun 'sport = :4754' | wc -l)"

claim "a namespace goes with its device, under traffic"
mesh A dev set mesh0 encap udp
wait_for 10 "B to A once more" pings B 10.0.0.1
ip netns del "${TOPO_PREFIX}A"
kill $flood 2>/dev/null
wait_for 10 "the flood has ended" _is_gone $flood

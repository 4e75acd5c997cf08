#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.1
# limit: 300
#
# GRE in UDP (RFC 8086) with the kernel's own: ip_gre in foo over UDP.
#
#	A 100.64.1.2, 2001:db8:1::2 --- isp --- B 100.64.2.2, 2001:db8:2::2	of fou
#	                             +--- C 100.64.3.2				plain GRE
#	overlay 10.0.0.N to B by IPv4, 10.6.0.N by IPv6; key 42

. "$(dirname "$0")/lib.sh"

# fou_gre [no] - B's tunnels to A, with a checksum or without
fou_gre()
{
	local csum=${1:-}encap-csum csum6=${1:-}encap-udp6-csum

	ip_on B link del g4 2>/dev/null
	ip_on B link del g6 2>/dev/null
	topo_ip B <<-EOF
		link add g4 type gre local 100.64.2.2 remote 100.64.1.2 key 42 ttl 64 encap fou encap-sport auto encap-dport 4754 $csum
		link add g6 type ip6gre local 2001:db8:2::2 remote 2001:db8:1::2 key 42 hoplimit 64 encap fou encap-sport auto encap-dport 4754 $csum6
		addr add 10.0.0.2/24 dev g4
		addr add 10.6.0.2/24 dev g6
		link set g4 up
		link set g6 up
	EOF
}

# both_ways WHAT
both_ways()
{
	wait_for 5 "A to B by IPv4, $1" pings A 10.0.0.2
	expect_ok "A to B by IPv4, $1" pings A 10.0.0.2
	expect_ok "B to A by IPv4, $1" pings B 10.0.0.1
	expect_ok "A to B by IPv6, $1" pings A 10.6.0.2
	expect_ok "B to A by IPv6, $1" pings B 10.6.0.1
}

# fields NAME FILTER FIELD… - of the packets of a capture, a line each
fields()
{
	local name=$1 filter=$2 field options=()
	shift 2

	for field; do
		options+=(-e "$field")
	done
	capture_read "$name" -o udp.check_checksum:TRUE -Y "$filter" -T fields \
		-E occurrence=f -E separator=' ' "${options[@]}"
}

# datagrams N - from A to B, from a port each
datagrams()
{
	raw A udp 10.0.0.1 10.0.0.2 7000 20 40000 "$1"
}

# stream FROM TO ADDRESS NAME - half a megabyte arrives as it left
stream()
{
	local sink

	listens()
	{
		on_host "$1" ss -Htln "sport = :9000" | grep -q .
	}
	bg_on "$2" "take$4" python3 "$NET/raw.py" take 9000 "$TOPO_DIR/received$4"
	sink=$BG
	wait_for 10 "the receiver listens" listens "$2"
	expect_ok "sending, $4" raw "$1" give "$3" 9000 "$TOPO_DIR/sent"
	wait_for 20 "the receiver has it all" _is_gone $sink
	expect_ok "it is the same, $4" cmp "$TOPO_DIR/sent" "$TOPO_DIR/received$4"
}

load_mesh
modprobe -qa fou fou6 ip_gre ip6_gre
cloud_underlay
cloud_node A 1 46
cloud_node B 2 46
cloud_node C 3 46
# What comes to a host is checked by the host, and sums are made before the cable.
for host in A B; do
	on_host $host ethtool -K eth0 tx off gro off >/dev/null
done
cloud_mesh A encap udp
topo_addr A mesh0 10.6.0.1/24
mesh A peer add 10.0.0.2 dev mesh0 nbma 100.64.2.2
mesh A peer add 10.6.0.2 dev mesh0 nbma 2001:db8:2::2
on_host B ip fou add port 4754 ipproto 47
on_host B ip fou add port 4754 ipproto 47 -6
fou_gre

claim "the kernel's own GRE in UDP is understood, and understands us"
capture B eth0 both udp port 4754
both_ways "with checksums"
datagrams 50
capture_stop both
expect_eq "packets that tshark reads as GRE in UDP, of all" \
	"$(fields both frame frame.number | wc -l)" \
	"$(fields both 'udp.dstport == 4754 && gre.key == 42 && !_ws.malformed' frame.number | wc -l)"
expect_eq "UDP checksums that are not right" "" \
	"$(fields both frame udp.checksum.status frame.number | grep -v '^1 ')"

claim "the source port tells flows apart, and one of them has one"
# A capture may miss some of what comes at once.
capture_read both -Y 'udp.dstport == 7000 && ip.src == 100.64.1.2' -T fields \
	-E occurrence=a -E aggregator=' ' -e udp.srcport | sort -u >"$TOPO_DIR/ports"
flows=$(wc -l <"$TOPO_DIR/ports")
expect_between "flows seen" 10 50 "$flows"
expect_between "their source ports" $((flows - 2)) "$flows" \
	"$(cut -d' ' -f1 "$TOPO_DIR/ports" | sort -u | wc -l)"
expect_between "the lowest one" 49152 65535 "$(sort -n "$TOPO_DIR/ports" | head -n1 | cut -d' ' -f1)"
capture A eth0 one udp dst port 4754 and src host 100.64.1.2
on_host A ping -n -q -c5 -i0.05 10.0.0.2 >/dev/null
capture_stop one
expect_eq "source ports of one flow" 1 "$(fields one udp udp.srcport | sort -u | wc -l)"
mesh A dev set mesh0 udp-source 5000
capture A eth0 fixed udp dst port 4754 and src host 100.64.1.2
datagrams 5
expect_ok "A to B from a fixed port" pings A 10.0.0.2
capture_stop fixed
expect_eq "source ports" 5000 "$(fields fixed udp udp.srcport | sort -u)"
mesh A dev set mesh0 udp-source flow

claim "TCP gets through whole, with segments cut and sums made by the host"
head -c 500000 /dev/urandom >"$TOPO_DIR/sent"
capture A mesh0 gso tcp dst port 9000
stream A B 10.0.0.2 there
stream A B 10.6.0.2 there6
capture_stop gso
longest=$(tcpdump -n -q -r "$TOPO_DIR/gso.pcap" 2>/dev/null |
	sed -n 's/.* tcp \([0-9]*\)$/\1/p' | sort -n | tail -n1)
expect_between "octets of the largest segment given to the device (GSO)" 3000 65535 "$longest"
stream B A 10.0.0.1 back
stream B A 10.6.0.1 back6

claim "what comes by the cable is put together before it is unwrapped"
on_host A ethtool -K eth0 gro on >/dev/null
capture A mesh0 gro tcp dst port 9000
stream B A 10.0.0.1 gro
stream B A 10.6.0.1 gro6
capture_stop gro
on_host A ethtool -K eth0 gro off >/dev/null
longest=$(tcpdump -n -q -r "$TOPO_DIR/gro.pcap" 2>/dev/null |
	sed -n 's/.* tcp \([0-9]*\)$/\1/p' | sort -n | tail -n1)
expect_between "octets of the largest segment (GRO)" 2000 65535 "$longest"

claim "without a checksum IPv6 packets are taken by who was told to"
fou_gre no
expect_ok "B to A by IPv4, where it may be left out" pings B 10.0.0.1
before=$(counter A drop-rx-checksum)
expect_fail "B to A by IPv6" on_host B ping -n -c1 -W1 10.6.0.1
expect_between "drop-rx-checksum" $((before + 1)) $((before + 2)) "$(counter A drop-rx-checksum)"
mesh A dev set mesh0 udp-csum off
capture B eth0 none udp port 4754
both_ways "without checksums"
capture_stop none
expect_eq "checksums" 0x0000 "$(fields none udp udp.checksum | sort -u)"
stream A B 10.6.0.2 nocsum6
mesh A dev set mesh0 udp-csum on
fou_gre

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

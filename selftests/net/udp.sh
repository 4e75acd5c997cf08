#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.1
# limit: 300
#
# GRE in UDP (RFC 8086) with the kernel's own, hosts as in udp_lib.sh.

. "$(dirname "$0")/udp_lib.sh"

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

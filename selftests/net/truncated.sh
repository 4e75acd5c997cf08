#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 120
#
# Packets that end anywhere, with options and extension headers: none is read past its
# end (KASAN sees to that), each is counted, and the device goes on.
#
#	A (1) === isp === B (2)

. "$(dirname "$0")/lib.sh"

known_pair
mesh B dev set mesh0 redirect on server on
expect_ok "A to B" pings A 10.0.0.2

# cut_at HEX FROM - that packet, cut at each octet from that one on
cut_at()
{
	raw A cut 100.64.1.2 100.64.2.2 "$@"
}

# drops_cut REASON N HEX FROM
drops_cut()
{
	local reason=$1 n=$2 before
	shift 2

	before=$(counter B "$reason")
	cut_at "$@"
	wait_for 5 "$reason counts $n" counter_reaches B "$reason" $((before + n))
	expect_eq "$reason" $((before + n)) "$(counter B "$reason")"
}

goes_on()
{
	expect_ok "A to B" pings A 10.0.0.2
	expect_ok "in IPv6" pings A fd00::2
}

# GRE headers with key 42; then UDP from port 9 to port 9 with 8 octets
gre4=200008000000002a gre6=200086dd0000002a
udp=00090009001000000102030405060708
from4=0a0000010a000002 from6=fd000000000000000000000000000001fd000000000000000000000000000002

claim "a GRE header that ends early is nobody's, or malformed"
before=$(ask B -j stats show dev mesh0 | jq -c '.[0].counters')
cut_at $gre4 0
expect_eq "counters" "$before" "$(ask B -j stats show dev mesh0 | jq -c '.[0].counters')"
# With a checksum and a sequence number it has 16.
drops_cut drop-rx-malformed 4 b0000800000000000000002a00000001 12
goes_on

claim "IPv4 of 0 to 43 octets, without options and with 40 of them"
drops_cut drop-rx-inner 36 ${gre4}450000240000000040110000$from4$udp 8
options=$(printf '01%.0s' {1..39})00
drops_cut drop-rx-inner 76 ${gre4}4f00004c0000000040110000$from4$options$udp 8
# An option that says it is longer than the header
raw A gre 100.64.1.2 100.64.2.2 ${gre4}4f00004c0000000040110000${from4}07ff04${options:6}$udp
goes_on

claim "IPv6 of 0 to 39 octets, and with extension headers that end anywhere"
drops_cut drop-rx-inner 40 ${gre6}6000000000101140$from6 8
# Hop-by-hop and destination options, a routing and a fragment header
headers=3c000104000000002b000104000000002c000400000000001100000000000001
taken=$(counter B rx-packets)
cut_at ${gre6}6000000000300040$from6$headers$udp 48
wait_for 5 "48 of them come to the stack" counter_reaches B rx-packets $((taken + 48))
goes_on

claim "what is to be passed on, and told of, may end anywhere as well"
topo_route B fd00:9::/64 via fd00::1 dev mesh0
taken=$(counter B rx-packets)
to6=fd000000000000000000000000000001fd000009000000000000000000000002
cut_at ${gre6}6000000000300040$to6$headers$udp 48
wait_for 5 "48 of them come to the stack" counter_reaches B rx-packets $((taken + 48))
goes_on

claim "NHRP that ends anywhere is malformed"
before=$(counter B nhrp-malformed)
nhrp=200020010000002a000108000000000000ff00340000001c0103040000020000000000016440010a0a0000010a000002
cut_at $nhrp 8
wait_for 5 "all are counted" counter_reaches B nhrp-malformed $((before + ${#nhrp} / 2 - 8))
goes_on

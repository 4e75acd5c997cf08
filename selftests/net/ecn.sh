#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 120
#
# Congestion marks as RFC 6040 has them: the inner one goes outside as it is; what is
# met underway goes inside, where it means something there.
#
#	A (1) === isp === B (2)

. "$(dirname "$0")/lib.sh"

known_pair
expect_ok "A to B" pings A 10.0.0.2

# outside NAME TO TOS… - TOS of the outer headers of a ping with each of these
outside()
{
	local name=$1 to=$2 tos
	shift 2

	capture B eth0 "$name" -Q in proto 47 or ip6 proto 47
	for tos in "$@"; do
		expect_ok "ping with TOS $tos" pings A "$to" -Q "$tos"
	done
	capture_stop "$name"
	gre_headers "$name" | grep -oE '(tos|class) 0x[0-9a-f]+' | cut -d' ' -f2 | paste -sd' '
}

inherited=(0x28 0x29 0x2a 0x2b)
fixed=(0x48 0x49 0x4a 0x4b)
! brief || inherited=(0x29) fixed=(0x4b)
for to in 10.0.0.2 fd00::2; do
	claim "the outer header has the mark of the packet inside, to $to"
	mesh A dev set mesh0 tos inherit
	expect_eq "TOS inherited" "${inherited[*]}" \
		"$(outside inherited-$to $to "${inherited[@]}")"
	mesh A dev set mesh0 tos 0x48
	expect_eq "TOS fixed" "${fixed[*]}" "$(outside fixed-$to $to "${fixed[@]/#0x4/0x2}")"
done

# "NUMBER:MARK …" of what came out at B; NUMBER is 4 times the outer mark and the inner
inside()
{
	capture_read inside -Y "$1" -T fields -E separator=: -e "$2" -e "$3" |
		while IFS=: read -r number mark; do
			echo "$((number)):$((mark))"
		done | paste -sd' '
}

claim "the inner header has what RFC 6040 makes of both"
before=$(counter B drop-rx-inner)
# Of whole packets tcpdump has room for eight.
capture B mesh0 inside -s 128
raw A marks "$(cloud_nbma A)" "$(cloud_nbma B)" 42
wait_for 5 "congestion that the flow cannot be told of" counter_reaches B drop-rx-inner $((before + 2))
capture_stop inside
expected="0:0 1:1 2:2 3:3 4:0 5:1 6:1 7:3 8:0 9:1 10:2 11:3 13:3 14:3 15:3"
expect_eq "IPv4" "$expected" "$(inside 'ip.proto==253 and not icmp' ip.id ip.dsfield.ecn)"
expect_eq "IPv6" "$expected" "$(inside ipv6.nxt==59 ipv6.flow ipv6.tclass.ecn)"
expect_eq "others dropped" $((before + 2)) "$(counter B drop-rx-inner)"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 180
#
# IPsec in transport mode, with static keys, comes and goes under traffic: nothing is
# lost, and while it is there nothing goes in the clear.
#
#	A (1) === isp === B (2)

. "$(dirname "$0")/lib.sh"

known_pair
a=$(cloud_nbma A) b=$(cloud_nbma B)
key=0x0123456789abcdef0123456789abcdef01234567

# on_both LINE… - of ip xfrm, at both ends
on_both()
{
	local line

	for line in "$@"; do
		ip_on A xfrm $line || fail "ip xfrm $line at A"
		ip_on B xfrm $line || fail "ip xfrm $line at B"
	done
}

# way VERB DIR HOST FROM TO - a policy
way()
{
	local template=()

	[[ $1 == delete ]] || template=(tmpl src "$4" dst "$5" proto esp mode transport reqid 1)
	ip_on "$3" xfrm policy "$1" dir "$2" src "$4" dst "$5" proto gre "${template[@]}" ||
		fail "policy $* is not done"
}

# Each step leaves both ends able to read what the other sends.
secure()
{
	on_both "state add src $a dst $b proto esp spi 0x100 reqid 1 mode transport aead rfc4106(gcm(aes)) $key 128" \
		"state add src $b dst $a proto esp spi 0x200 reqid 1 mode transport aead rfc4106(gcm(aes)) $key 128"
	way add out A "$a" "$b"
	way add out B "$b" "$a"
	# What was sent in the clear before has come by now.
	expect_ok "A to B" pings A 10.0.0.2
	expect_ok "B to A" pings B 10.0.0.1
	way add in B "$a" "$b"
	way add in A "$b" "$a"
}

open_again()
{
	way delete in A "$b" "$a"
	way delete in B "$a" "$b"
	way delete out A "$a" "$b"
	way delete out B "$b" "$a"
	expect_ok "A to B" pings A 10.0.0.2
	expect_ok "B to A" pings B 10.0.0.1
	on_both "state flush"
}

# wire NAME - what goes between the two, by protocol: of traffic that does not end, so
# many packets
wire()
{
	capture isp A "$1" -c 100 "proto 47 or proto 50 or ip6 proto 47 or ip6 proto 50"
	wait_for 10 "100 packets" _is_gone "$(<"$TOPO_DIR/$1.pid")"
	tcpdump -n -r "$TOPO_DIR/$1.pcap" 2>/dev/null | grep -oE 'GREv0|ESP' | sort -u | paste -sd' '
}

flow_start A stream 10.0.0.2 7000 interval 2000 linger $((2000 * TOPO_PATIENCE))
turns=(first second)
! brief || turns=(first)
for turn in "${turns[@]}"; do
	claim "IPsec comes, for the $turn time"
	expect_eq "in the clear so far" GREv0 "$(wire $turn-clear)"
	secure
	expect_eq "on the wire" ESP "$(wire $turn-secure)"

	claim "and goes, for the $turn time"
	open_again
	expect_eq "on the wire" GREv0 "$(wire $turn-open)"
done

claim "nothing of the traffic was lost"
nothing_lost "$(flow_stop stream)" A B

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 180
#
# Underlays of any MTU, from 576 to 65,535 octets: what fits passes whole, of what does
# not its sender is told.  The device itself takes 65,487, so that the other family's
# outer headers have room.
#
#	A (1) === isp === B (2)		28 octets of outer headers

. "$(dirname "$0")/lib.sh"

known_pair

# underlay MTU - on both links
underlay()
{
	local row

	for row in "A eth0" "isp A" "isp B" "B eth0"; do
		ip_on ${row% *} link set ${row#* } mtu "$1"
	done
}

mtus=(576 577 1279 1281 1308 4095 9001 65535)
! brief || mtus=(577 1308 65535)
for mtu in "${mtus[@]}"; do
	inner=$((mtu - 28 > 65487 ? 65487 : mtu - 28))
	claim "an underlay of $mtu octets takes $inner"
	underlay "$mtu"
	# More than fits, so that the path's MTU counts; below 1280 there would be no IPv6.
	device=$((inner + 20 > 65487 ? 65487 : inner + 20 < 1400 ? 1400 : inner + 20))
	ip_on A link set mesh0 mtu $device
	ip_on B link set mesh0 mtu $device
	expect_ok "what fits" pings A 10.0.0.2 -M "do" -s $((inner - 28))
	if ((mtu < 65535)); then
		saw=$(on_host A ping -n -c1 -W$TOPO_PATIENCE -M "do" -s $((inner - 27)) 10.0.0.2 2>&1)
		expect_match "of one octet more it is told" "mtu ?= ?$inner|message too long, mtu: ?$inner" "$saw"
	fi
	expect_ok "what may be cut" pings A 10.0.0.2 -M dont -s $((inner - 20))
	((inner < 1280)) || expect_ok "IPv6 that fits" pings A fd00::2 -M "do" -s $((inner - 48))
	((inner >= 1280)) || expect_ok "IPv6 of 1280 octets, which no sender makes smaller" \
		pings A fd00::2 -M "do" -s 1232
	ip_on A route flush cache
	ip_on A -6 route flush cache
done

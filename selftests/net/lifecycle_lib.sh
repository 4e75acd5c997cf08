# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of devices that come and go share, on top of net/lib.sh.
#
#	A 100.64.1.2 === isp === B 100.64.2.2

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

load_mesh
cloud_underlay
cloud_node A 1
cloud_node B 2

add_pair()
{
	cloud_mesh A
	cloud_mesh B
	mesh A peer add 10.0.0.2 dev mesh0 nbma 100.64.2.2
	mesh B peer add 10.0.0.1 dev mesh0 nbma 100.64.1.2
}

# traffic HOST ADDRESS - in the background until the host or the test ends
traffic()
{
	bg_on "$1" traffic mesh-flow send "$2" 7000 count 200000 interval 200 linger 0
}

end_traffic()
{
	kill -KILL $BG 2>/dev/null
	wait $BG 2>/dev/null
}

flowing()
{
	local before

	before=$(counter "$1" tx-packets)
	wait_for 5 "traffic flows" counter_reaches "$1" tx-packets $((before + 100))
}

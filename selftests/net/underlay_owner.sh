#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# A device that is given into a container stays in the underlay that its maker
# chose: the container's root sets what is the overlay's, and no more.
#
#	A (1) === isp === B (2); A's device in a user namespace of its own

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
cloud_node A 1
cloud_node B 2
cloud_mesh A link eth0
cloud_mesh B
mesh B peer add 10.0.0.1 dev mesh0 nbma "$(cloud_nbma A)"

bg_on A owner unshare --user --map-root-user --net sleep 600
owner=$BG
separate()
{
	[[ $(readlink "/proc/$owner/ns/net") != $(readlink "/proc/$$/ns/net") &&
		$(readlink "/proc/$owner/ns/user") != $(readlink "/proc/$$/ns/user") &&
		$(<"/proc/$owner/comm") == sleep ]]
}
wait_for 10 "the container is there" separate
ip_on A link set mesh0 netns "$owner"

# inside COMMAND… - as the container's root
inside()
{
	nsenter --target "$owner" --user --net --preserve-credentials "$@"
}

inside ip addr add 10.0.0.1/24 dev mesh0
inside ip link set mesh0 up

claim "the container's root sets what is the overlay's"
expect_ok "TTL" inside meshctl dev set mesh0 ttl 33
expect_ok "a peer" inside meshctl peer add 10.0.0.2 dev mesh0 nbma "$(cloud_nbma B)"
expect_ok "traffic" inside ping -n -c1 -W$((2 * TOPO_PATIENCE)) 10.0.0.2

claim "but not which packets of the underlay are the device's"
for option in "local 100.64.9.2" "local any" "local6 2001:db8::1" "link any" "key 43" \
	"fwmark 7"; do
	expect_fail_with "(attribute ${option%% *})" inside meshctl dev set mesh0 $option
done
expect_fail_with "(attribute no-key)" inside meshctl dev set mesh0 key none
expect_fail_with "underlay's namespace" inside meshctl dev set mesh0 key 43 ttl 44
expect_eq "nothing has changed" '["100.64.1.2",42,33]' \
	"$(inside meshctl -j dev show mesh0 | jq -c '.[0] | [.local, .key, .ttl]')"
expect_ok "traffic" inside ping -n -c1 -W$((2 * TOPO_PATIENCE)) 10.0.0.2

claim "the underlay's own root may, wherever the device is"
outside()
{
	nsenter --target "$owner" --net "$@"
}
expect_ok "another mark" outside meshctl dev set mesh0 fwmark 7
expect_eq "the mark" 7 "$(outside meshctl -j dev show mesh0 | jq '.[0].fwmark')"

# found_at ADDRESS - at the server, which remembers it for hours
found_at()
{
	local saw

	saw=$(ask B -j peer show 10.0.0.1 dev mesh0 | jq -r '.[0].endpoints[].nbma')
	echo "endpoints at B: $saw"
	[[ $saw == "$1" ]]
}

claim "a route of the underlay by another address is known to its server at once"
mesh B peer del 10.0.0.1 dev mesh0
mesh B dev set mesh0 server on
expect_ok "any address" outside meshctl dev set mesh0 local any fwmark 0
inside meshctl nhs add "$(cloud_nbma B)" dev mesh0
wait_for 10 "it registers" found_at 100.64.1.2
# Or a repetition would tell.
wait_for_match 10 "and is told so" '"state": ?"up"' inside meshctl -j nhs show dev mesh0
topo_addr isp A 100.64.101.1/30
topo_addr A eth0 100.64.101.2/30
wait_for 5 "it is there still" found_at 100.64.1.2
ip_on A route replace default via 100.64.101.1
wait_for 5 "it is found at the other one" found_at 100.64.101.2

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# limit: 240
#
# Devices in another namespace than their underlay's; either goes, under traffic.
# Hosts as in lifecycle_lib.sh, and T, a tenant beside A.

. "$(dirname "$0")/lifecycle_lib.sh"

claim "a device moved to another namespace keeps its underlay"
topo_host T
add_pair
flow_echo B 0.0.0.0 7000 B
ip_on A link set mesh0 netns "${TOPO_PREFIX}T"
topo_addr T mesh0 10.0.0.1/24
ip_on T link set mesh0 up
expect_ok "from the tenant to B" pings T 10.0.0.2
expect_ok "and from B" pings B 10.0.0.1
expect_match "meshctl sees it there" '10\.0\.0\.2' "$(ask T peer show dev mesh0)"
expect_eq "and not where it came from" 0 "$(ask A -j dev show | jq length)"

# drop_host HOST - its name goes, then who runs in it, and so it goes itself
drop_host()
{
	local pids

	pids=$(ip netns pids "$TOPO_PREFIX$1")
	ip netns del "$TOPO_PREFIX$1"
	[[ -z $pids ]] || kill -KILL $pids
	wait $BG 2>/dev/null
}

claim "the overlay's namespace goes under traffic"
traffic T 10.0.0.2
flowing T
drop_host T
expect_ok "the underlay lives on" pings A 100.64.2.2
expect_eq "B's device too" 1 "$(ask B -j dev show | jq length)"

claim "the underlay's namespace goes under traffic, and the device with it"
mesh B dev del mesh0
add_pair
ip netns add "${TOPO_PREFIX}T"
mkdir -p "$TOPO_DIR/T"
ip_on A link set mesh0 netns "${TOPO_PREFIX}T"
topo_addr T mesh0 10.0.0.1/24
ip_on T link set mesh0 up
traffic T 10.0.0.2
flowing T
drop_host A
gone()
{
	! ip_on T link show mesh0
}
wait_for 10 "the tenant's device is gone" gone
end_traffic
# For those who clean up.
ip netns add "${TOPO_PREFIX}A"

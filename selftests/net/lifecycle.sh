#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# limit: 240
#
# Devices come and go in any namespace, with and without traffic.
#
#	A 100.64.1.2 === isp === B 100.64.2.2, and T, a tenant beside A

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
cloud_node A 1
cloud_node B 2

claim "the device takes no options by rtnetlink, and says where they belong"
expect_ok "ip link add" ip_on A link add mesh0 type mesh
expect_match "point to point, without neighbours" 'POINTOPOINT.*NOARP|NOARP.*POINTOPOINT' \
	"$(ip_on A link show mesh0)"
expect_match "its kind" '"info_kind": ?"mesh"' "$(ip_on A -d -j link show mesh0)"
ip_on A link del mesh0
expect_fail "it is gone" ip_on A link show mesh0

claim "a device without any setting carries nothing and hurts nobody"
ip_on A link add bare0 type mesh
topo_addr A bare0 10.5.0.1/24
ip_on A link set bare0 up
expect_fail "ping" pings A 10.5.0.2 -W1
ip_on A link del bare0

claim "twenty devices in a namespace, each for itself"
for pair in "A 1 2" "B 2 1"; do
	read -r host own other <<<"$pair"
	for i in {1..20}; do
		echo "dev add m$i local 100.64.$own.2 key $i"
	done | mesh $host -batch -
	for i in {1..20}; do
		echo "addr add 10.4.$i.$own/24 dev m$i"
		echo "link set m$i up"
	done | ip_on $host -batch -
	for i in {1..20}; do
		echo "peer add 10.4.$i.$other dev m$i nbma 100.64.$other.2"
	done | mesh $host -batch -
done
for i in 1 7 20; do
	expect_ok "by m$i" pings A 10.4.$i.2
done
expect_eq "devices" 20 "$(ask A -j dev show | jq length)"
for i in {1..20}; do
	echo "link del m$i"
done >"$TOPO_DIR/delete"
ip_on A -batch "$TOPO_DIR/delete"
ip_on B -batch "$TOPO_DIR/delete"
expect_eq "devices after deletion" 0 "$(ask A -j dev show | jq length)"

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

claim "a device goes under traffic"
mesh B dev del mesh0
add_pair
traffic A 10.0.0.2
flowing A
mesh B dev del mesh0
mesh A dev del mesh0
end_traffic
add_pair
expect_ok "and another takes its place" pings A 10.0.0.2

claim "the underlay's namespace goes under traffic, and the device with it"
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

claim "the module takes its devices along, and comes again"
expect_eq "devices of B" 1 "$(ask B -j dev show | jq length)"
unload_mesh
expect_fail "B has a device" ip_on B link show mesh0
load_mesh
ip_on B link add mesh0 type mesh
ip_on B link del mesh0

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# limit: 240
#
# Devices come and go, with and without traffic, and so does the module. Hosts as in
# lifecycle_lib.sh.

. "$(dirname "$0")/lifecycle_lib.sh"

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

claim "a device goes under traffic"
add_pair
flow_echo B 0.0.0.0 7000 B
traffic A 10.0.0.2
flowing A
mesh B dev del mesh0
mesh A dev del mesh0
end_traffic
add_pair
expect_ok "and another takes its place" pings A 10.0.0.2

claim "the module takes its devices along, and comes again"
expect_eq "devices of B" 1 "$(ask B -j dev show | jq length)"
unload_mesh
expect_fail "B has a device" ip_on B link show mesh0
load_mesh
ip_on B link add mesh0 type mesh
ip_on B link del mesh0

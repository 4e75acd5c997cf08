#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
#
# A redirect domain: a hub with two devices, a site behind each.
#
#	                mesh0 100.64.1.2    mesh1 100.64.101.2
#	host1 --- site1 (11) ===== hub (1) ===== site2 (12) --- host2
#	          10.0.0.11                      10.0.1.12

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay delay 1ms
cloud_hub hub 1 redirect-interval 50
cloud_site site1 11 hub
cloud_lan site1 host1
cloud_registered 10 site1 hub

topo_addr hub lo 100.64.101.2/32
topo_route isp 100.64.101.2/32 via 100.64.1.2
mesh hub dev add mesh1 local 100.64.101.2 key 42 server on redirect on \
	redirect-interval 50
topo_addr hub mesh1 10.0.1.1/24 fd00:1::1/64
ip_on hub link set mesh1 up
cloud_node site2 12
mesh site2 dev add mesh0 local 100.64.12.2 key 42
topo_addr site2 mesh0 10.0.1.12/24 fd00:1::12/64
ip_on site2 link set mesh0 up
mesh site2 nhs add 100.64.101.2 dev mesh0
cloud_lan site2 host2

knows_site2()
{
	ask hub peer show "$1" dev mesh1 | grep registered
}
wait_for 10 "site2 is registered" knows_site2 10.0.1.12
wait_for 10 "and its IPv6 address" knows_site2 fd00:1::12
cloud_kernel_route hub site1 site1
cloud_kernel_route site1 site2 hub
topo_route hub 10.12.0.0/24 via 10.0.1.12 dev mesh1
topo_route hub fd00:12::/64 via fd00:1::12 dev mesh1
topo_route site2 10.11.0.0/24 via 10.0.1.1 dev mesh0
topo_route site2 fd00:11::/64 via fd00:1::1 dev mesh0
flow_echo host2 10.12.0.2 7000 v4
flow_echo host2 fd00:12::2 7000 v6

run()
{
	flow_send host1 "$1" 7000 count 1000 interval 1000 \
		linger $((1000 * TOPO_PATIENCE))
}

claim "without a number each device is by itself"
report=$(run 10.12.0.2)
nothing_lost "$report" site1 hub site2
expect_ok "no shortcut" no_shortcut site1 10.12.0.0
expect_eq "indications" 0 "$(counter hub nhrp-redirect-tx)"

claim "and so with different ones"
mesh hub dev set mesh0 network-id 7
mesh hub dev set mesh1 network-id 8
report=$(run 10.12.0.2)
nothing_lost "$report" site1 hub site2
expect_ok "no shortcut" no_shortcut site1 10.12.0.0

claim "with the same they are one domain (IPv4)"
mesh hub dev set mesh1 network-id 7
expect_eq "shown" 7 "$(ask hub -j dev show mesh1 | jq '.[0]."network-id"')"
report=$(run 10.12.0.2)
nothing_lost "$report" site1 hub site2
expect_ok "the shortcut" has_shortcut site1 "10.12.0.0/24 10.0.1.12"
expect_eq "hops saved" 1 "$(flow_field "$report" '.ttl_last - .ttl_first')"
expect_ok "the way back" has_shortcut site2 "10.11.0.0/24 10.0.0.11"

claim "and in IPv6"
report=$(run fd00:12::2)
nothing_lost "$report" site1 hub site2
expect_ok "the shortcut" has_shortcut site1 "fd00:12::/64 fd00:1::12"

claim "where keys are asked for, those of both devices are"
echo "the secret of both of them" >"$TOPO_DIR/key"
for row in "hub mesh0" "hub mesh1" "site1 mesh0" "site2 mesh0"; do
	read -r node dev <<<"$row"
	mesh $node key add 1 dev $dev file "$TOPO_DIR/key"
done
mesh site1 shortcut flush dev mesh0
missing=$(counter hub nhrp-auth-missing mesh1)
report=$(run 10.12.0.2)
nothing_lost "$report" site1 hub site2
wait_for 5 "the shortcut" has_shortcut site1 "10.12.0.0/24 10.0.1.12"
expect_eq "that lacked a code" "$missing" "$(counter hub nhrp-auth-missing mesh1)"

claim "one indication a source and destination prefix, however many addresses"
mesh site1 dev set mesh0 shortcut off
mesh site1 shortcut flush dev mesh0
mesh hub dev set mesh0 redirect-interval 4000000000
sent=$(counter hub nhrp-redirect-tx mesh0)
for i in $(seq 10 60); do
	topo_addr host2 eth0 "10.12.0.$i/24"
	echo "10.12.0.$i"
done >"$TOPO_DIR/addresses"
mesh hub route add 10.12.0.0/24 dev mesh1 peer 10.0.1.12
while read -r address; do
	expect_ok "$address" pings host1 "$address"
done <"$TOPO_DIR/addresses"
expect_between "indications" 0 1 $(($(counter hub nhrp-redirect-tx mesh0) - sent))
expect_ok "the rest were held back" counter_reaches hub nhrp-redirect-limited 50

claim "what the limit remembers is settable"
mesh hub dev set mesh0 max-redirects 1
expect_eq "shown" 1 "$(ask hub -j dev show mesh0 | jq '.[0]."max-redirects"')"
expect_fail_with "1 to 1048576" ask hub dev set mesh0 max-redirects 1048577
expect_fail "none at all" ask hub dev set mesh0 max-redirects 0
mesh hub dev set mesh0 max-redirects 1048576 redirect-interval 1000
expect_ok "and goes on" pings host1 10.12.0.2

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 120
#
# An underlay that is an overlay: refused, caught, or ended, and never a crash.
#
#	A (1) === isp === B (2)

. "$(dirname "$0")/lib.sh"

modprobe -a ip_gre || bail "no ip_gre"
known_pair
expect_ok "A to B" pings A 10.0.0.2

claim "a mesh device is not taken for an underlay"
expect_fail_with "cannot be the underlay" ask A dev add mesh1 link mesh0 key 43
expect_fail "nothing is left of it" ip_on A link show mesh1

# looped ADDRESS - A drops a packet there by that name
looped()
{
	local before

	before=$(counter A drop-tx-loop "$2")
	pings A "$1" -W1 >/dev/null
	wait_for 5 "$2 drops it" counter_reaches A drop-tx-loop $((before + 1)) "$2"
}

claim "a route that leads into a mesh device is caught, its own and another one"
mesh A dev add mesh1 key 43 $(cloud_local A)
topo_addr A mesh1 10.1.0.1/24
ip_on A link set mesh1 up
mesh A peer add 10.0.0.3 dev mesh0 nbma 203.0.113.3
mesh A peer add 10.1.0.3 dev mesh1 nbma 203.0.113.4
topo_route A 203.0.113.3 dev mesh0
topo_route A 203.0.113.4 dev mesh0
looped 10.0.0.3 mesh0
looped 10.1.0.3 mesh1

claim "traffic whose underlay turns into the mesh is dropped, and flows when it turns back"
flow_start A turned 10.0.0.2 7000 interval 1000 linger $((1000 * TOPO_PATIENCE))
before=$(counter A drop-tx-loop)
topo_route A 100.64.2.2 dev mesh0
wait_for 5 "it loops" counter_reaches A drop-tx-loop $((before + 20))
ip_on A route del 100.64.2.2
expect_ok "A to B" pings A 10.0.0.2
sent=$(counter A tx-packets)
wait_for 5 "it flows" counter_reaches A tx-packets $((sent + 100))
report=$(flow_stop turned)
expect_between "packets that B has answered" 100 1000000 \
	"$(flow_field "$report" '.sent - .lost - .refused')"

claim "mesh over ip_gre over the same mesh ends, and hurts nobody"
topo_ip A <<-EOF
	link add gre1 type gre local 10.0.0.1 remote 10.0.0.9
	addr add 172.16.0.1/24 dev gre1
	link set gre1 up
EOF
mesh A peer add 10.0.0.9 dev mesh0 nbma 172.16.0.9
for _ in 1 2 3; do
	on_host A ping -n -c1 -W1 10.0.0.9 >/dev/null
	on_host A ping -n -c1 -W1 172.16.0.9 >/dev/null
done
expect_ok "A to B" pings A 10.0.0.2
ip_on A link del gre1

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: 6.12
#
# What somebody makes a device hold is charged to his memory cgroup, which the debug
# kernel has not.
#
#	A 100.64.1.2 === isp

. "$(dirname "$0")/lib.sh"

ROUTES=10000

load_mesh
cloud_underlay
cloud_node A 1
cloud_mesh A
mesh A peer add 10.0.0.2 dev mesh0 nbma 100.64.2.2

user=/sys/fs/cgroup/mesh-user
echo +memory >"${user%/*}/cgroup.subtree_control" || bail "no memory controller"
mkdir "$user" || bail "no control group can be made"

# as_user COMMAND…
as_user()
{
	(
		echo "$BASHPID" >"$user/cgroup.procs"
		exec "$@"
	)
}

# The kernel's memory that the group is charged for, octets.
charged()
{
	awk '$1 == "slab" || $1 == "percpu" || $1 == "vmalloc" { sum += $2 }
		END { print sum }' "$user/memory.stat"
}

charged_below()
{
	local saw

	saw=$(charged)
	echo "charged: $saw"
	((saw < $1))
}

for ((i = 0; i < ROUTES; i++)); do
	echo "route add 10.$((64 + i / 4096)).$((i / 16 % 256)).$((i % 16 * 16))/28 dev mesh0 peer 10.0.0.2"
done >"$TOPO_DIR/routes"

claim "routes are charged to who adds them"
before=$(charged)
expect_ok "they are added" as_user ip netns exec "${TOPO_PREFIX}A" meshctl -batch "$TOPO_DIR/routes"
after=$(charged)
note "charged: $before, and then $after"
expect_between "octets of each" 200 2000 $(((after - before) / ROUTES))

claim "and credited when they are gone, whoever takes them away"
mesh A route flush dev mesh0
wait_for 20 "less is charged" charged_below $((before + (after - before) / 10))
rmdir "$user"

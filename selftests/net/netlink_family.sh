#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The live family does what its schema says, driven by the kernel's own client.
#
# on: debug 6.1
# limit: 180
. "$(dirname "$0")/../lab/topo.sh"
. "$(dirname "$0")/netlink_claims"

load_mesh
topo_host A B
topo_link A eth0 B eth0
topo_addr A eth0 192.0.2.1/24
topo_addr B eth0 192.0.2.2/24
ip_on A link add mesh0 type mesh || bail "no device"
ip_on A link add mesh1 type mesh || bail "no second device"
ip_on A addr add 10.0.0.1/32 dev mesh0
ip_on A link set mesh0 up

claims_of A netlink_family.py

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is wrong with a request is said, names its attribute, and changes nothing.
#
# on: debug
# limit: 180
. "$(dirname "$0")/../lab/topo.sh"
. "$(dirname "$0")/netlink_claims"

load_mesh
topo_host A
ip_on A link add mesh0 type mesh || bail "no device"
ip_on A link add mesh1 type mesh || bail "no second device"
ip_on A link add dummy0 type dummy

claims_of A netlink_bad_input.py

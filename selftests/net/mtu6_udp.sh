#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 300
#
# mtu.sh with GRE in UDP over an IPv6 underlay.

UNDERLAY=6
ENCAP=udp
. "$(dirname "$0")/mtu.sh"

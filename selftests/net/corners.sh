#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: 6.1 6.12
# limit: 240
#
# Corners of the datapath that have tests of their own on the debug kernel, in brief and
# one after the other between the same two nodes: on these kernels most of a test's time
# is its setting up.
#
#	A (1) === isp === B (2)

BRIEF=yes
corners=$(dirname "$0")
. "$corners/ecn.sh"
. "$corners/truncated.sh"
. "$corners/xfrm.sh"
. "$corners/mtu_odd.sh"
. "$corners/nested.sh"

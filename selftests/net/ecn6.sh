#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 120
#
# ecn.sh over an IPv6 underlay.

UNDERLAY=6
. "$(dirname "$0")/ecn.sh"

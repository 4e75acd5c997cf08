#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 300
#
# nhrp_shortcut.sh over an IPv6 underlay.

UNDERLAY=6
. "$(dirname "$0")/nhrp_shortcut.sh"

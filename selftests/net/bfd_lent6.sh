#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# bfd_lent.sh over an IPv6 underlay.

UNDERLAY=6
. "$(dirname "$0")/bfd_lent.sh"

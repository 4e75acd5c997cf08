#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# The address that a site with two providers lends to its packets while the provider
# of their route is dead: when there is none to lend. Hosts as in
# bfd_providers_lib.sh.

. "$(dirname "$0")/bfd_providers_lib.sh"

two_watched

claim "a device that is told its address, or has BFD off, has no other"
dies
wait_for 5 "it leaves by the other" both_leave_from "$A2"
mesh site1 dev set mesh0 "local$V" "$A1"
expect_no_match "with an address of its own" "$A2" "$(path site1 source 10.0.0.1)"
mesh site1 dev set mesh0 "local$V" any
is_back
wait_for 15 "shortcuts" primed
watches site1 10.0.0.1 "$HUB"
watches hub 10.0.0.11 "$A2"
dies
wait_for 5 "it leaves by the other" path_is site1 source "$A2" 10.0.0.1
mesh site1 dev set mesh0 bfd off
wait_for 5 "without BFD" path_is site1 source "$A1" 10.0.0.1
is_back
bfd_on site1
watches site1 10.0.0.1 "$HUB"
watches hub 10.0.0.11 "$A2"

claim "an address that goes while it is lent leaves none"
dies
wait_for 5 "it leaves by the other" path_is site1 source "$A2" 10.0.0.1
ip_on site1 addr del "$A2/$BITS" dev eth0
wait_for 5 "the hub is down" endpoint_is site1 10.0.0.1 "$HUB" down
topo_addr site1 eth0 "$A2/$BITS"
wait_for 10 "and up again from there" endpoint_is site1 10.0.0.1 "$HUB" up
expect_ok "it leaves by the other" path_is site1 source "$A2" 10.0.0.1

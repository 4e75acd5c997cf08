#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# A site with two providers, of which one dies without a word: what leaves the
# site goes by the other, from the address that is alive. Hosts as in
# bfd_providers_lib.sh.

. "$(dirname "$0")/bfd_providers_lib.sh"

flow_echo hub 10.0.0.1 7000 hub

# flows NAME - one over the shortcut and one to the hub, under way
flows()
{
	paced_flow host1 "$1-hub" 10.0.0.1
	bfd_flow "$1"
}

# none_from ADDRESS NAME - the flows go on, and NHRP for the asking, and nothing of it
# leaves site1 from there. BFD may, which leaves from either, always.
none_from()
{
	local before

	capture site1 eth0 "$2" -Q out -s 1600 "src host $1 and ip$V proto 47 and not ($BFD)"
	before=$(counter hub nhrp-register-rx)
	mesh site1 dev set mesh0 holdtime $((600 + ++_registrations))
	wait_for 5 "it registers, both families" counter_reaches hub nhrp-register-rx $((before + 2))
	bfd_goes_on "$2"
	capture_stop "$2"
	expect_eq "what leaves from $1" "" "$(capture_read "$2" -c 5)"
}
_registrations=0

claim "a site with two providers is watched by both, and sends by its route"
two_watched

claim "the provider of the route dies: within three intervals all goes by the other"
flows dead
dies
wait_for 5 "it leaves by the other" both_leave_from "$A2"
for node in hub site2; do
	wait_for 5 "$node notices" endpoint_is $node 10.0.0.11 "$A1" down
done
none_from "$A1" dead
lost_until_noticed dead
lost_until_noticed dead-hub
expect_eq "over the shortcut" shortcut "$(path site1 kind 10.12.0.2)"
expect_eq "and back over that" "shortcut $A2" \
	"$(path site2 kind 10.11.0.2) $(path site2 nbma 10.11.0.2)"
expect_ok "the hub is up" endpoint_is site1 10.0.0.1 "$HUB" up
expect_ok "though not by the route" session_is site1 10.0.0.1 "$HUB" state down

claim "it is back, and all is as before; nothing is lost"
flows back
is_back
wait_for 10 "it leaves by the route" both_leave_from "$A1"
for node in hub site2; do
	wait_for 10 "$node notices" endpoint_is $node 10.0.0.11 "$A1" up
done
none_from "$A2" back
nothing_lost "$(flow_stop back)" site1 hub site2
nothing_lost "$(flow_stop back-hub)" site1 hub

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
#
# The bounds of questions and of answers: what becomes of what finds no room, and of
# what is there when they are lowered.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay delay 1ms
cloud_hub hub 1 redirect-interval 50
cloud_two_sites hub
cloud_kernel_route site1 site2 hub
cloud_kernel_route site2 site1 hub
topo_addr site2 lan 10.12.1.1/24
topo_addr host2 eth0 10.12.1.2/24
topo_route site1 10.12.1.0/24 via 10.0.0.1 dev mesh0
topo_route hub 10.12.1.0/24 via 10.0.0.12 dev mesh0

# held HOST FIELD - of dev show
held()
{
	ask "$1" -j dev show mesh0 | jq ".[0].\"$2\""
}

held_is()
{
	local saw

	saw=$(held "$1" "$2")
	echo "$2 of $1: $saw"
	[[ $saw == "$3" ]]
}

# asked COMMAND… - traffic that a shorter way is indicated for, until COMMAND is true
asked()
{
	local last

	for last in 3 4 2; do
		on_host host1 ping -n -c1 -W0.1 "10.12.0.$last" >/dev/null
	done
	"$@"
}

claim "without room for a question none is asked, and traffic goes by the hub"
mesh site1 dev set mesh0 max-queries 0
wait_for 10 "it is counted" asked counter_reaches site1 nhrp-table-full 1
expect_eq "questions" 0 "$(held site1 queries)"
expect_ok "by the hub" pings host1 10.12.0.2
expect_ok "no shortcut" no_shortcut site1 10.12.0.0

claim "questions stay when their bound is lowered, and no other comes"
mesh hub dev set mesh0 auth nobody
mesh site1 dev set mesh0 max-queries 3
wait_for 10 "three that nobody answers" asked held_is site1 queries 3
mesh site1 dev set mesh0 max-queries 1
full=$(counter site1 nhrp-table-full)
pings host1 10.12.1.2 >/dev/null
wait_for 10 "there is no room for another" counter_reaches site1 nhrp-table-full $((full + 1))
expect_eq "questions" 3 "$(held site1 queries)"
mesh hub dev set mesh0 auth ""
wait_for 40 "they are answered" held_is site1 queries 0
expect_ok "a shortcut" has_shortcut site1 "10.12.0.0/24 10.0.0.12"

claim "answers stay when their bound is lowered; what cannot be remembered holds a minute"
answers=$(held site2 answers)
expect_between "answers" 1 2 "$answers"
mesh site2 dev set mesh0 max-answers 0
expect_eq "answers" "$answers" "$(held site2 answers)"
in_time()
{
	pings host1 10.12.1.2 >/dev/null
	has_shortcut site1 "10.12.1.0/24 10.0.0.12"
}
wait_for 10 "another answer" in_time
expires()
{
	ask site1 -j shortcut show "$1" dev mesh0 | jq '.[0].expires'
}
expect_between "ms that it holds" 1000 60000 "$(expires 10.12.1.0/24)"
expect_between "ms of the older one" 100000 7200000 "$(expires 10.12.0.0/24)"
expect_eq "answers" "$answers" "$(held site2 answers)"
expect_between "that found no room" 1 10 "$(counter site2 nhrp-table-full)"

claim "and is purged none the less, where it is remembered"
purged=$(counter site1 nhrp-purge-rx)
ip_on site2 addr flush dev lan
wait_for 5 "the older one" no_shortcut site1 10.12.0.0
expect_between "purges" $((purged + 1)) $((purged + 4)) "$(counter site1 nhrp-purge-rx)"

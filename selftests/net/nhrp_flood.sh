#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 180
#
# Registrations from made-up sources: the hub's tables stay in their bounds, flows go
# on, and sites still register.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2
#	                          |   |
#	             evil (66) ---+   +--- site3 (13)

. "$(dirname "$0")/lib.sh"

RATE=1500

two_by_hub max-peers 400 register-rate 20
flow_echo host2 10.12.0.2 7000 far
cloud_node evil 66
cloud_node site3 13
cloud_mesh site3

hub_peers()
{
	ask hub -j dev show mesh0 | jq '.[0].peers'
}

bg_on evil flood python3 "$NET/raw.py" register "$(cloud_nbma hub)" 42 $RATE 12
wait_for 10 "newcomers are asked to come again" counter_reaches hub nhrp-deferred 100

claim "a site that comes in the flood registers within two retries"
sent=$(counter site3 nhrp-register-tx)
mesh site3 nhs add "$(cloud_nbma hub)" dev mesh0
cloud_registered 10 site3 hub
expect_between "requests, of two families" 2 6 $(($(counter site3 nhrp-register-tx) - sent))

claim "a flow through the hub loses nothing"
nothing_lost "$(flow_send host1 10.12.0.2 7000 count 800 interval 5000 linger 2000)" \
	site1 hub site2

claim "those that were registered stay, and the tables in their bounds"
for site in site1 site2 site3; do
	expect_ok "$site" cloud_is_registered $site hub
done
expect_between "peers of the hub" 6 220 "$(hub_peers)"
expect_ok "those that came in vain are counted" counter_reaches hub nhrp-deferred 3000
note "deferred $(counter hub nhrp-deferred), queue full $(counter hub nhrp-queue-full)," \
	"peers $(hub_peers)"

claim "and half of the table is left, even to who comes slowly"
expect_eq "registrations refused for want of room" 0 "$(counter hub nhrp-table-full)"

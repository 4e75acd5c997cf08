#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 400
#
# A hub of FRR's nhrpd with our sites beside one of its own.
#
#	hub (1) of nhrpd === frr (21) of nhrpd; site1 (11), site2 (12) of ours,
#	and site3 (13), which has a password from its start

. "$(dirname "$0")/nhrpd_lib.sh"

# up SITE - its registrations with the hub are
up()
{
	local saw

	saw=$(ask "$1" -j nhs show 100.64.1.2 dev mesh0)
	echo "$saw"
	[[ $(jq -r '[.[0].registrations[].state] | join(" ")' <<<"$saw") == "up up" ]]
}

load_mesh
cloud_underlay
nhrp_watch
nhrpd_hub hub 1
nhrpd_site frr 21 hub
cloud_site site1 11 hub
cloud_site site2 12 hub

claim "our sites register with nhrpd, in both families"
for name in frr site1 site2; do
	wait_for 15 "$name in its cache" \
		nhrpd_knows hub "$(cloud_overlay $name)" dynamic "$(cloud_nbma $name)"
	wait_for 15 "in IPv6" \
		nhrpd_knows hub "$(cloud_overlay6 $name)" dynamic "$(cloud_nbma $name)"
	expect_ok "its link" nhrpd_link hub "$(cloud_nbma $name)"
	cloud_lan $name host_$name
	site_route hub $name $name
	node_route $name 10.0.0.0/8 fd00::/16 hub
done
for name in site1 site2; do
	mesh $name dev set mesh0 holdtime 15
	wait_for 5 "up" up $name
	expect_eq "the server's address, learnt" "10.0.0.1 fd00::1" \
		"$(ask $name -j nhs show 100.64.1.2 dev mesh0 |
			jq -r '[.[0].registrations[].protocol] | join(" ")')"
	expect_ok "$name to hub" pings $name 10.0.0.1
	expect_ok "in IPv6" pings $name fd00::1
done

claim "shortcuts between every pair, and no packet is lost for them"
all_meet 4 frr site1 site2

claim "and in IPv6"
all_meet 6 frr site1 site2

claim "one that shows a password is served: nhrpd 8.4 does not look at it"
cloud_node site3 13
cloud_mesh site3 auth sesame
mesh site3 nhs add "$(cloud_nbma hub)" dev mesh0
wait_for 10 "up" up site3
expect_eq "answers that are not believed" 0 "$(counter site3 nhrp-bad-auth)"

claim "a site that goes is forgotten when its holding time is over: nhrpd knows no purge"
ip_on site2 link set mesh0 down
for address in 10.0.0.12 fd00::12; do
	wait_for 20 "$address" not nhrpd_knows hub $address dynamic 100.64.12.2
done

nhrp_watched 50

claim "what showed the password has it on the wire"
expect_eq "passwords in registrations" "$(printf sesame | od -An -tx1 | tr -d ' \n')" "$(nhrp_read nhrp \
	-Y 'nhrp.hdr.op.type == 3 && nhrp.auth_ext.data' -T fields -E occurrence=f \
	-e nhrp.auth_ext.data | sort -u)"

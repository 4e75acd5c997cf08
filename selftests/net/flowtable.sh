#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: 6.12
#
# The kernel's short way from a LAN to the tunnel and back, a flowtable of nftables:
# it takes the packets of a flow, which goes on as without, by shortcuts too.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
cloud_hub hub 1 redirect-interval 1
cloud_two_sites hub
cloud_by_hub hub
for site in site1 site2; do
	on_host $site nft -f - <<-END || bail "no flowtable on $site"
		table inet fast {
			flowtable short {
				hook ingress priority 0
				devices = { lan, mesh0 }
			}
			chain forward {
				type filter hook forward priority 0
				meta l4proto udp counter flow add @short
			}
		}
	END
done
flow_echo host2 :: 7000 far
wait_for 20 "IPv4 from host to host" pings host1 10.12.0.2
wait_for 10 "IPv6 from host to host" pings host1 fd00:12::2

# forwarded SITE - UDP packets that the stack has forwarded there
forwarded()
{
	on_host "$1" nft list chain inet fast forward |
		sed -n 's/.* counter packets \([0-9]*\) .*/\1/p'
}

# flows ADDRESS SPORT - packets to it, of which few are the stack's to forward
flows()
{
	local report site
	local -A before=()

	for site in site1 site2; do
		before[$site]=$(forwarded $site)
	done
	flow_start host1 short "$1" 7000 interval 2000 sport "$2"
	wait_for 20 "a shortcut" shortcut_is_there
	mesh site1 shortcut flush dev mesh0
	wait_for 20 "another one" shortcut_is_there
	report=$(flow_stop short)
	nothing_lost "$report" site1 hub site2
	expect_between "packets sent" 200 1000000 "$(flow_field "$report" .sent)"
	for site in site1 site2; do
		expect_between "packets forwarded by the stack of $site" 1 20 \
			$(($(forwarded $site) - before[$site]))
	done
}

shortcut_is_there()
{
	[[ -n $(shortcuts site1) ]]
}

claim "a flow of IPv4 is taken by the flowtable, and finds its shortcut"
flows 10.12.0.2 20000

claim "and one of IPv6"
mesh site1 shortcut flush dev mesh0
flows fd00:12::2 20100

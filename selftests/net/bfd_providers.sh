#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# A site with two providers, of which one dies without a word: what leaves the
# site goes by the other, from the address that is alive.
#
#	             .-- first --.
#	host1 --- site1 (11)     isp === hub (1), site2 (12) --- host2
#	             '-- second -'
#
# Both providers are routers on one link of site1, each with a subnet there, and
# each takes packets from its own subnet only. The main route goes by the first.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/bfd_lib.sh"

case $UNDERLAY in
6)
	V=6
	A1=2001:db8:11::2 A2=2001:db8:111::2 GATEWAY=2001:db8:111::1 BITS=64
	BFD='(ip6[42:2] == 0x800 and ip6[70:2] == 3784) or (ip6[42:2] == 0x86dd and ip6[90:2] == 3784)'
	;;
*)
	V=
	A1=100.64.11.2 A2=100.64.111.2 GATEWAY=100.64.111.1 BITS=30
	BFD='(ip[22:2] == 0x800 and ip[50:2] == 3784) or (ip[22:2] == 0x86dd and ip[70:2] == 3784)'
	;;
esac

load_mesh
cloud_underlay delay 1ms
cloud_hub hub 1 redirect-interval 200
cloud_two_sites hub
cloud_static_route site1 site2 hub
cloud_static_route site2 site1 hub
flow_echo host2 10.12.0.2 7000 lan
flow_echo hub 10.0.0.1 7000 hub
HUB=$(cloud_nbma hub) SITE2=$(cloud_nbma site2)

# Neither answers for the other's address.
on_host isp sysctl -qw net.ipv4.conf.all.arp_ignore=1
ip_on isp link add link site1 name second type macvlan mode private
topo_addr isp second "$GATEWAY/$BITS"
ip_on isp link set second up
on_host isp nft -f - <<-END || bail "providers cannot filter"
	table inet providers {
		chain forward {
			type filter hook forward priority 0;
			iifname site1 ip$V saddr != $A1 drop
			iifname second ip$V saddr != $A2 drop
		}
	}
END
topo_addr site1 eth0 "$A2/$BITS"
topo_route site1 default via "$GATEWAY" table 2
ip_on site1 ${V:+-6} rule add from "$A2" lookup 2
mesh site1 dev set mesh0 "local$V" any link eth0
mesh site1 dev set mesh0 home "$A1" home "$A2" tier 1
bfd_on hub site1 site2

dies()
{
	on_host isp nft -f - <<-END || bail "the first provider cannot die"
		table inet dead {
			chain forward {
				type filter hook forward priority 0;
				iifname site1 drop
				oifname site1 drop
			}
		}
	END
}

is_back()
{
	on_host isp nft delete table inet dead
}

# both_leave_from ADDRESS - what goes over the shortcut and what goes to the hub
both_leave_from()
{
	path_is site1 source "$1" 10.12.0.2 && path_is site1 source "$1" 10.0.0.1
}

primed()
{
	flow_send host1 10.12.0.2 7000 count 100 interval 1000 linger 100 >/dev/null
	path_is site1 kind shortcut 10.12.0.2 && path_is site2 kind shortcut 10.11.0.2
}

# flows NAME - one over the shortcut and one to the hub, under way
flows()
{
	flow_start host1 "$1-hub" 10.0.0.1 7000 interval 1000 linger $((1000 * TOPO_PATIENCE))
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
	bfd_goes_on
	capture_stop "$2"
	expect_eq "what leaves from $1" "" "$(capture_read "$2" -c 5)"
}
_registrations=0

claim "a site with two providers is watched by both, and sends by its route"
wait_for 15 "shortcuts" primed
watches hub 10.0.0.11 "$A1" "$A2"
watches site2 10.0.0.11 "$A1" "$A2"
watches site1 10.0.0.1 "$HUB"
watches site1 10.0.0.12 "$SITE2"
wait_for 5 "it leaves by the route" both_leave_from "$A1"

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

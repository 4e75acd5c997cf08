# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A site with two providers, on top of net/lib.sh and bfd_lib.sh.
#
#	             .-- first --.
#	host1 --- site1 (11)     isp === hub (1), site2 (12) --- host2
#	             '-- second -'
#
# Both providers are routers on one link of site1, each with a subnet there, and
# each takes packets from its own subnet only. The main route goes by the first.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/bfd_lib.sh"

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
cloud_by_hub hub
flow_echo host2 10.12.0.2 7000 lan
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
	answer_is site1 '.[0].source' "$1"$'\n'"$1" -batch - <<-END
		route get 10.12.0.2 dev mesh0
		route get 10.0.0.1 dev mesh0
	END
}

primed()
{
	flow_send host1 10.12.0.2 7000 count 100 interval 1000 linger 100 >/dev/null
	path_is site1 kind shortcut 10.12.0.2 && path_is site2 kind shortcut 10.11.0.2
}

# two_watched - by both providers, and sending by the first
two_watched()
{
	wait_for 15 "shortcuts" primed
	watches hub 10.0.0.11 "$A1" "$A2"
	watches site2 10.0.0.11 "$A1" "$A2"
	watches site1 10.0.0.1 "$HUB"
	watches site1 10.0.0.12 "$SITE2"
	wait_for 5 "it leaves by the route" both_leave_from "$A1"
}

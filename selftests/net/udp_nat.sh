#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 300
#
# Two sites behind one translated address, with GRE in UDP, and a plain one.
#
#	hub (1) === isp === nat 100.64.9.2 --- site1 (11) 192.168.11.2
#	             |                     --- site2 (12) 192.168.12.2
#	             +===== site3 (13), plain GRE

. "$(dirname "$0")/lib.sh"

# hidden NAME N - a node behind the translator
hidden()
{
	local name=$1 n=$2

	_cloud_number[$name]=$n
	_cloud_family[$name]=4
	topo_host "$name"
	topo_link "$name" eth0 nat "$name"
	topo_addr "$name" eth0 "192.168.$n.2/24"
	topo_addr nat "$name" "192.168.$n.1/24"
	topo_route "$name" default via "192.168.$n.1"
	mesh "$name" dev add mesh0 local "192.168.$n.2" key 42 encap udp
	topo_addr "$name" mesh0 "10.0.0.$n/24" "fd00::$n/64"
	ip_on "$name" link set mesh0 up
	mesh "$name" nhs add "$(cloud_nbma hub)" dev mesh0
}

# endpoint HOST PEER FILTER - what jq's filter says of its first endpoint
endpoint()
{
	answer "$1" ".[0].endpoints[0] | $3" peer show "$2" dev mesh0
}

# endpoint_is HOST PEER FILTER VALUE
endpoint_is()
{
	answer_is "$1" ".[0].endpoints[0] | $3" "$4" peer show "$2" dev mesh0
}

# pair A B - ten packets of IPv4 and of IPv6, none lost
pair()
{
	local to

	for to in "$(cloud_overlay "$2")" "$(cloud_overlay6 "$2")"; do
		expect_match "$1 to $2 at $to" ' 10 received' \
			"$(on_host "$1" ping -n -q -c10 -i0.05 -W2 "$to")"
	done
}

load_mesh
cloud_underlay
cloud_hub hub 1 holdtime 600 udp-port 4754
cloud_node nat 9
on_host nat nft -f - <<-END || bail "no translator"
	table ip nat {
		chain out {
			type nat hook postrouting priority srcnat
			oifname eth0 masquerade
		}
	}
END
hidden site1 11
hidden site2 12
cloud_site site3 13 hub

claim "the hub has both at one address, each at a port, and the plain one plain"
for site in site1 site2 site3; do
	cloud_registered 15 $site hub
done
for site in site1 site2; do
	expect_eq "where $site is" "100.64.9.2 udp" \
		"$(endpoint hub "$(cloud_overlay $site)" '"\(.nbma) \(.encap)"')"
done
port1=$(endpoint hub 10.0.0.11 .port)
port2=$(endpoint hub 10.0.0.12 .port)
expect_fail "one port for both" test "$port1" == "$port2"
expect_eq "how site3 is reached" "100.64.13.2 gre" \
	"$(endpoint hub 10.0.0.13 '"\(.nbma) \(.encap)"')"

claim "the hub and each of them reach each other"
for site in site1 site2 site3; do
	pair hub $site
	pair $site hub
done

claim "what the hub sends to one behind the translator leaves from its port"
capture hub eth0 fixed udp and src host 100.64.1.2
raw hub udp 10.0.0.1 10.0.0.11 7000 20 40000 20
raw hub udp 10.0.0.1 10.0.0.12 7000 20 40000 20
capture_stop fixed
expect_eq "from and to" "$(printf '4754 %s\n' "$port1" "$port2" | sort)" \
	"$(capture_read fixed -T fields -E occurrence=f -E separator=' ' \
		-e udp.srcport -e udp.dstport | sort -u)"

claim "they reach each other, and the plain one, by the hub: nobody else can"
before=$(counter hub nhrp-nat-port)
for row in "site1 site2" "site2 site1" "site1 site3" "site3 site2"; do
	pair $row
done
wait_for 10 "nhrp-nat-port counts" counter_reaches hub nhrp-nat-port $((before + 1))
for row in "site1 site2" "site2 site1" "site1 site3" "site3 site2"; do
	pair $row
done
for site in site1 site2 site3; do
	expect_eq "shortcuts of $site" "" "$(shortcuts $site)"
done
expect_eq "packets taken for a loop" 0 "$(counter hub nhrp-looped)"

claim "what comes from one port is counted for who is there"
for site in site1 site2; do
	mesh $site dev set mesh0 udp-source 4754
done
pair site1 hub
rx1=$(peer_counter hub 10.0.0.11 rx-packets)
rx2=$(peer_counter hub 10.0.0.12 rx-packets)
on_host site1 ping -n -q -c50 -i0.02 10.0.0.1 >/dev/null
expect_between "packets of site1" $((rx1 + 50)) $((rx1 + 60)) \
	"$(peer_counter hub 10.0.0.11 rx-packets)"
expect_between "packets of site2" "$rx2" $((rx2 + 10)) \
	"$(peer_counter hub 10.0.0.12 rx-packets)"

claim "what one of them sends to many goes on to the other, and not back"
mesh hub dev set mesh0 multicast registered
mesh site1 dev set mesh0 multicast nhs
for site in site1 site2; do
	ip_on $site link set mesh0 multicast on
	capture $site mesh0 many-$site inbound and dst host 239.9.9.9
done
# The hub passes it on by the device it came by, as multicast routing would.
on_host hub tc qdisc add dev mesh0 clsact &&
	on_host hub tc filter add dev mesh0 ingress protocol ip u32 \
		match ip dst 239.9.9.9 action mirred egress redirect dev mesh0 ||
	bail "no tc"
heard()
{
	capture_read "many-$1" -T fields -e ip.src | sort -u
}
bg_on site1 call ping -L -i 0.2 -I mesh0 239.9.9.9
call=$BG
wait_for_match 10 "site2 hears it" '10\.0\.0\.11' heard site2
kill -INT "$call"
wait "$call"
capture_stop many-site1
capture_stop many-site2
expect_eq "site1 hears" "" "$(heard site1)"

claim "BFD finds both alive, and dead"
for site in hub site1 site2; do
	mesh $site dev set mesh0 bfd on bfd-interval 200
done
for site in site1 site2; do
	wait_for 10 "a session with $site" \
		endpoint_is hub "$(cloud_overlay $site)" .session.state up
done
ip_on site2 link set eth0 down
wait_for 10 "site2 is dead" endpoint_is hub 10.0.0.12 .state down
expect_eq "site1" up "$(endpoint hub 10.0.0.11 .state)"
pair hub site1

claim "a site that comes from another port is found there"
mesh site1 dev set mesh0 udp-port 4999 udp-source flow
wait_for 10 "the new port" not endpoint_is hub 10.0.0.11 .port "$port1"
wait_for 10 "the hub and site1" pings hub 10.0.0.11
pair hub site1
pair site1 hub

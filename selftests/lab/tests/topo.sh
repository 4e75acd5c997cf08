#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# on: debug 6.1
#
# The topology helper itself: links and what impairs them, captures, BGP between
# FRR and BIRD, IPsec between two strongSwans, and assertions that can fail.
#
#	A eth0 ---- eth0 B eth1 ---- eth0 C
#	  10.0.1.0/24        10.0.2.0/24

. "$(dirname "$0")/../topo.sh"

topo_host A B C
topo_link A eth0 B eth0 delay 10ms
topo_link B eth1 C eth0
topo_addr A eth0 10.0.1.1/24 2001:db8:1::1/64
topo_addr B eth0 10.0.1.2/24 2001:db8:1::2/64
topo_addr B eth1 10.0.2.2/24
topo_addr C eth0 10.0.2.3/24

claim "links carry both families, as slow as they were asked to be"
capture B eth0 wire icmp
expect_ok "IPv6" on_host A ping -c1 -W5 2001:db8:1::2
saw=$(on_host A ping -c3 -i0.2 -W5 10.0.1.2)
expect_match "three answers" '3 received' "$saw"
expect_between "round trip in ms" 20 400 \
	"$(sed -n 's,^rtt.* = \([0-9.]*\)/.*,\1,p' <<<"$saw")"

claim "a capture holds what passed, when it is read"
capture_stop wire
expect_eq "echo requests" 3 "$(capture_read wire -Y icmp.type==8 | wc -l)"

claim "FRR and BIRD exchange routes"
frr_start A "zebra bgpd staticd" <<-EOF
	log timestamp precision 3
	ip route 192.0.2.0/24 blackhole
	router bgp 65001
	 no bgp ebgp-requires-policy
	 neighbor 10.0.1.2 remote-as 65002
	 neighbor 10.0.1.2 timers connect 1
	 address-family ipv4 unicast
	  redistribute static
	 exit-address-family
EOF
bird_start B <<-EOF
	router id 10.0.1.2;
	protocol device { scan time 1; }
	protocol direct { ipv4; }
	protocol kernel { ipv4 { export all; }; }
	protocol bgp A {
		local 10.0.1.2 as 65002;
		neighbor 10.0.1.1 as 65001;
		connect retry time 1;
		connect delay time 1;
		ipv4 { import all; export all; };
	}
EOF
wait_for_match 30 "A's route in B's kernel" '192\.0\.2\.0/24.*proto bird' \
	ip_on B route show
wait_for_match 30 "B's route in FRR of A" '10\.0\.2\.0/24' \
	frr_vtysh A "show ip route bgp"

claim "two strongSwans agree on transport mode"
for pair in "B 10.0.2.2 10.0.2.3" "C 10.0.2.3 10.0.2.2"; do
	read -r host mine other <<<"$pair"
	strongswan_start "$host" <<-EOF
	connections {
		t {
			local_addrs = $mine
			remote_addrs = $other
			version = 2
			local { auth = psk }
			remote { auth = psk }
			children { t { mode = transport
				       start_action = trap } }
		}
	}
	secrets { ike-1 { secret = "between the two of us" } }
	EOF
done
wait_for_match 30 "pings through" '1 received' \
	on_host B ping -c1 -W2 10.0.2.3
expect_match "an established child" 'INSTALLED, TRANSPORT' \
	"$(swanctl_on C --list-sas)"

claim "an assertion that does not hold fails its test, and says why"
saw=$(TEST=inner bash -c '. "$0"; topo_host X; claim works
	expect_eq "a number" 4 5' "$LAB/topo.sh" 2>&1)
expect_eq "status" 1 $?
expect_match "line" '^not ok 1 - works' "$saw"
expect_match "expectation" '^# expected: 4' "$saw"
expect_match "observation" '^# saw: +5' "$saw"
expect_no_match "nothing left of it" X "$(ip netns list)"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
#
# The short way remembers what the IP stack has decided of packets between two
# addresses. Here that changes while they are sent: the very next one is treated as
# the stack would have it.

. "$(dirname "$0")/bypass_lib.sh"

# sent ADDRESS HOST - short ways there of ten packets and of what answers may come
sent()
{
	local before

	before=$(counter "$2" bypass)
	on_host host1 ping -n -q -c10 -i0.02 -W0.1 "$1" >"$TOPO_DIR/sent"
	echo $(($(counter "$2" bypass) - before))
}

claim "a route that is more exact counts at once, and no more when it has gone"
shorts "before" 20
ip_on hub route add unreachable 10.12.0.2
ip_on hub -6 route add unreachable fd00:12::2
expect_eq "by the short way (IPv4)" 0 "$(sent 10.12.0.2 hub)"
expect_eq "by the short way (IPv6)" 0 "$(sent fd00:12::2 hub)"
ip_on hub route del unreachable 10.12.0.2
ip_on hub -6 route del unreachable fd00:12::2
shorts "after" 20

claim "an address that becomes the hub's is no source and no destination of others"
ip_on hub address add 10.11.0.2/32 dev lo
expect_eq "its packets" 0 "$(sent 10.12.0.2 hub)"
ip_on hub address del 10.11.0.2/32 dev lo
shorts "between" 20
ip_on hub address add 10.12.0.2/32 dev lo
ip_on hub -6 address add fd00:12::2/128 dev lo nodad
expect_eq "to it (IPv4)" "" "$(try 10.12.0.2)"
expect_eq "to it (IPv6)" "" "$(try fd00:12::2)"
expect_eq "answered by the hub, short ways (IPv4)" 0 "$(short hub 10.12.0.2)"
expect_eq "answered by the hub, short ways (IPv6)" 0 "$(short hub fd00:12::2)"
ip_on hub address del 10.12.0.2/32 dev lo
ip_on hub -6 address del fd00:12::2/128 dev lo
shorts "after" 20

claim "so does a source filter, and that nothing is forwarded"
ip_on hub route del 10.11.0.0/24
# The answers leave by the default route.
expect_eq "without a way back" 20 "$(sent 10.12.0.2 hub)"
on_host hub sysctl -qw net.ipv4.conf.mesh0.rp_filter=1
expect_eq "where that is asked for" 0 "$(sent 10.12.0.2 hub)"
on_host hub sysctl -qw net.ipv4.conf.mesh0.rp_filter=0
expect_eq "and where it is not" 20 "$(sent 10.12.0.2 hub)"
on_host hub sysctl -qw net.ipv4.conf.mesh0.forwarding=0
expect_eq "without forwarding" 0 "$(sent 10.12.0.2 hub)"
on_host hub sysctl -qw net.ipv4.conf.mesh0.forwarding=1
topo_route hub 10.11.0.0/24 via 10.0.0.11 dev mesh0
shorts "after" 20

# to_other - how many of the packets went to the next hop that is not host2
to_other()
{
	tcpdump -e -n -r "$TOPO_DIR/flows.pcap" \
		ether dst 02:00:00:00:00:03 2>/dev/null | wc -l
}

claim "flows of two addresses are shared among next hops"
on_host site2 sysctl -qw net.ipv4.fib_multipath_hash_policy=1
topo_route site1 10.77.0.0/16 via 10.0.0.1 dev mesh0
topo_route hub 10.77.0.0/16 via 10.0.0.12 dev mesh0
ip_on site2 neigh add 10.12.0.3 lladdr 02:00:00:00:00:03 dev lan nud permanent
ip_on site2 route add 10.77.0.0/16 nexthop via 10.12.0.2 dev lan \
	nexthop via 10.12.0.3 dev lan
capture site2 lan flows \
	"udp dst port 9 and ether src $(on_host site2 cat /sys/class/net/lan/address)"
before=$(counter site2 bypass)
on_host host1 mesh-flow send 10.77.0.1 9 count 64 interval 200 flows 32 linger 0 >/dev/null
wait_for 5 "they come" counter_reaches site2 bypass $((before + 64))
capture_stop flows
expect_between "packets of 64 that go to the second one" 8 56 "$(to_other)"

claim "a rule counts at once"
expect_eq "before" 10 "$(short site2 10.12.0.2)"
ip_on site2 rule add from 10.11.0.0/24 prohibit
expect_eq "by the short way" 0 "$(sent 10.12.0.2 site2)"
ip_on site2 rule del from 10.11.0.0/24 prohibit
expect_eq "after" 10 "$(short site2 10.12.0.2)"
ip_on hub -6 rule add from fd00:11::/64 prohibit
expect_eq "by the short way (IPv6)" 0 "$(sent fd00:12::2 hub)"
ip_on hub -6 rule del from fd00:11::/64 prohibit
expect_eq "after (IPv6)" 20 "$(short hub fd00:12::2)"
claim_end

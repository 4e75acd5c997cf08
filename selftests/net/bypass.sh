#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# The short way of what comes out of the tunnel only to be forwarded: it is taken,
# it is left where somebody in the IP stack asks for the packets, and but for its
# counter nobody can tell.

. "$(dirname "$0")/bypass_lib.sh"

claim "what a hub forwards, and what a site hands to its LAN, takes the short way"
shorts "of ten packets and their answers" 20
expect_eq "at the site that they come to" 10 "$(short site2 10.12.0.2)"
expect_eq "in IPv6" 10 "$(short site2 fd00:12::2)"

claim "it can be switched off"
mesh hub dev set mesh0 bypass off
expect_match "what meshctl says" '"bypass": ?false' "$(ask hub -j dev show mesh0)"
shorts "off" 0
mesh hub dev set mesh0 bypass on
shorts "on again" 20

# accounts - what the hub has counted that has to be the same by both ways
accounts()
{
	counter hub rx-packets
	counter hub rx-bytes
	counter hub tx-packets
	counter hub tx-bytes
	peer_counter hub 10.0.0.11 rx-packets
	peer_counter hub 10.0.0.12 tx-packets
	peer_counter hub fd00::12 tx-packets
	# Received, forwarded
	on_host hub awk '/^Ip: [0-9]/ { print $4; print $7 }' /proc/net/snmp
	on_host hub awk '/OutForwDatagrams/ { print $2 }' /proc/net/snmp6
}

# grown - by what they grow when both families send
grown()
{
	local before after

	before=$(accounts)
	try 10.12.0.2
	try fd00:12::2
	after=$(accounts)
	paste <(echo "$before") <(echo "$after") | awk '{ print $2 - $1 }' | tr '\n' ' '
}

claim "counters are the same"
# What the hub says by itself is not always as much.
mesh hub dev set mesh0 redirect off
by_short=$(grown)
mesh hub dev set mesh0 bypass off
by_stack=$(grown)
mesh hub dev set mesh0 bypass on redirect on
expect_eq "of device, peers and IP" "$by_stack" "$by_short"
expect_match "and they count" '^40 [0-9]+ 40 ' "$by_short"

claim "redirects come as ever"
before=$(counter hub nhrp-redirect-tx)
shorts "by the short way" 20
wait_for 5 "an indication for each family" \
	counter_reaches hub nhrp-redirect-tx $((before + 2))

claim "netfilter sees what it asks for"
on_host hub nft -f - <<-END
	table inet seen {
		chain forward {
			type filter hook forward priority 0;
			counter
		}
	}
END
shorts "with a chain that looks at what is forwarded" 0
expect_match "and it counts" 'packets 40 ' "$(on_host hub nft list table inet seen)"
on_host hub nft delete table inet seen
on_host hub nft -f - <<-END
	table inet seen {
		chain behind {
			type filter hook postrouting priority 0;
			oifname "mesh0" counter
		}
	}
END
shorts "with one at the end of the output" 20
expect_match "and it counts" 'packets 40 ' "$(on_host hub nft list table inet seen)"
on_host hub nft add rule inet seen behind ip daddr 10.12.0.2 drop
expect_fail "what it does not let out" on_host host1 ping -n -c1 -W1 10.12.0.2
expect_ok "what it does" pings host1 fd00:12::2
on_host hub nft delete table inet seen
shorts "with neither" 20

claim "so does whoever has a policy, and a capture"
on_host hub ip xfrm policy add src 198.51.100.0/24 dst 198.51.100.0/24 dir fwd action block
shorts "with an IPsec policy" 0
on_host hub ip xfrm policy flush
capture hub mesh0 seen icmp
expect_eq "with a capture of the device" 0 "$(short hub 10.12.0.2)"
capture_stop seen
expect_eq "packets in and out that it has" 40 "$(tcpdump -n -r "$TOPO_DIR/seen.pcap" 2>/dev/null | wc -l)"
shorts "with neither" 20

claim "a queue on the device has its packets"
tc -n "${TOPO_PREFIX}hub" qdisc add dev mesh0 root netem limit 1000
shorts "up to the queue" 20
expect_match "in it" 'bytes 40 pkt' "$(tc -n "${TOPO_PREFIX}hub" -s qdisc show dev mesh0)"
tc -n "${TOPO_PREFIX}hub" qdisc del dev mesh0 root

claim "who is not to go on is told so by the hub"
for n in 1 2; do
	[[ $n == 1 ]] && to=10.12.0.2 from=10.0.0.1 || to=fd00:12::2 from=fd00::1
	expect_match "time exceeded" "From $from.*(Time to live|Hop limit)" \
		"$(on_host host1 ping -n -c1 -t2 -W$TOPO_PATIENCE $to)"
	expect_match "hops that are left" 'ttl=61' \
		"$(on_host host1 ping -n -c1 -W$TOPO_PATIENCE $to)"
done
ip_on hub link set mesh0 mtu 1300
expect_match "too big" 'From 10.0.0.1.*mtu ?= ?1300' \
	"$(on_host host1 ping -n -c1 -M do -s 1372 -W$TOPO_PATIENCE 10.12.0.2)"
expect_match "too big in IPv6" 'From fd00::1.*mtu ?[=:] ?1300' \
	"$(on_host host1 ping -n -c1 -M do -s 1352 -W$TOPO_PATIENCE fd00:12::2)"
on_host host1 ip route flush cache
expect_eq "what may be cut and is not answered" "" "$(try 10.12.0.2 -M dont -s 1372)"
ip_on hub link set mesh0 mtu 1472
on_host host1 ip -6 route flush cache
topo_route site1 10.99.0.0/16 via 10.0.0.1 dev mesh0
topo_route hub 10.99.0.0/16 dev mesh0
before=$(counter hub bypass)
expect_match "nobody's" 'From 10.0.0.1.*Host Unreachable' \
	"$(on_host host1 ping -n -c1 -W$TOPO_PATIENCE 10.99.0.1)"
expect_eq "which the device says, not the stack: short ways" $((before + 1)) \
	"$(counter hub bypass)"

claim "who is not to be believed is not"
on_host hub sysctl -qw net.ipv4.conf.mesh0.rp_filter=1
ip_on hub route del 10.11.0.0/24
before=$(counter hub bypass)
expect_fail "a source without a way back" on_host host1 ping -n -c1 -W1 10.12.0.2
expect_eq "short ways" "$before" "$(counter hub bypass)"
on_host hub sysctl -qw net.ipv4.conf.mesh0.rp_filter=0
topo_route hub 10.11.0.0/24 via 10.0.0.11 dev mesh0
on_host hub sysctl -qw net.ipv4.conf.mesh0.forwarding=0
expect_fail "through who does not forward" on_host host1 ping -n -c1 -W1 10.12.0.2
expect_eq "short ways" "$before" "$(counter hub bypass)"
on_host hub sysctl -qw net.ipv4.conf.mesh0.forwarding=1
# From 10.11.0.2 to 10.12.0.2, key 42: nine octets of UDP, and a checksum of IP that is wrong
capture host2 eth0 wrong 'udp port 9'
raw site1 gre 100.64.11.2 100.64.1.2 \
	200008000000002a4500001d00000000401100010a0b00020a0c00020009000900090000ff \
	200008000000002a4500001d00000000401166b60a0b00020a0c00020009000900090000ff
expect_ok "one that is sent after them" pings host1 10.12.0.2
capture_stop wrong
expect_eq "those that arrive" 1 "$(tcpdump -n -r "$TOPO_DIR/wrong.pcap" 2>/dev/null | wc -l)"

claim "a TCP stream in large segments arrives whole"
head -c 2000000 /dev/urandom >"$TOPO_DIR/sent"
bg_on host2 take python3 "$NET/raw.py" take 9000 "$TOPO_DIR/received"
sink=$BG
listens()
{
	on_host host2 ss -Htln "sport = :9000" | grep -q .
}
wait_for 10 "the receiver listens" listens
before=$(counter hub bypass)
expect_ok "sending" raw host1 give 10.12.0.2 9000 "$TOPO_DIR/sent"
wait_for 20 "the receiver has it all" _is_gone $sink
expect_ok "they are the same" cmp "$TOPO_DIR/sent" "$TOPO_DIR/received"
expect_between "short ways, of fewer packets than segments" 20 1000 \
	$(($(counter hub bypass) - before))
claim_end

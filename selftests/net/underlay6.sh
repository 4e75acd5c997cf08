#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.1
# limit: 240
#
# What IPv6 underneath has of its own: flow labels, other tunnels' headers,
# fragments of foreign make, redirects, IPsec's demand.
#
#	A (1) === isp === B (2)

UNDERLAY=6
. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
cloud_node A 1
cloud_node B 2
cloud_mesh A
cloud_mesh B
mesh A peer add 10.0.0.2 dev mesh0 nbma 2001:db8:2::2
mesh B peer add 10.0.0.1 dev mesh0 nbma 2001:db8:1::2

claim "the flow label is that of the inner flow"
capture A eth0 labels ip6 proto 47 and src host 2001:db8:1::2
raw A udp 10.0.0.1 10.0.0.2 9 100 3001 16
raw A udp 10.0.0.1 10.0.0.2 9 100 3001 16
capture_stop labels
capture_read labels -Y udp -T fields -e udp.srcport -e ipv6.flow | sort -u >"$TOPO_DIR/labels.txt"
expect_eq "flows, each of one label" 16 "$(wc -l <"$TOPO_DIR/labels.txt")"
expect_between "labels" 14 16 "$(cut -f2 "$TOPO_DIR/labels.txt" | sort -u | wc -l)"

claim "ip6_gre is understood, its tunnel encapsulation limit and its fragments"
mesh B dev set mesh0 key 9
ip_on A link add ext0 type ip6gre local 2001:db8:1::2 remote 2001:db8:2::2 key 9 encaplimit 4
topo_addr A ext0 10.7.0.1/24
topo_addr B mesh0 10.7.0.2/24
ip_on A link set ext0 up mtu 2000
mesh B peer add 10.7.0.1 dev mesh0 nbma 2001:db8:1::2
capture A eth0 foreign dst host 2001:db8:2::2
expect_ok "a ping" pings A 10.7.0.2
before=$(counter B rx-packets)
raw A udp 10.7.0.1 10.7.0.2 9 1900 3001 1
capture_stop foreign
expect_match "with the option" 'DSTOPT' "$(tcpdump -n -v -r "$TOPO_DIR/foreign.pcap" 2>/dev/null)"
ip_on A link del ext0

claim "what a foreign source has cut is put together, alone or after conntrack"
mesh B dev set mesh0 key 42
ip_on isp link set B mtu 1400
ip_on B link set eth0 mtu 1400
for way in "by ourselves" "by conntrack"; do
	[[ $way == *conntrack ]] && on_host B nft -f - <<-'END'
		table inet t {
			chain in {
				type filter hook input priority 0
				ct state invalid drop
			}
		}
	END
	wait_for 10 "3000 octets, put together $way" pings A 10.0.0.2 -M dont -s 2972
done

claim "an option that has to be heeded is left to the stack"
before=$(counter B rx-packets)
raw A gre6 2001:db8:1::2 2001:db8:2::2 1e0400000000 200008000000002a45
raw A gre6 2001:db8:1::2 2001:db8:2::2 9e0400000000 200008000000002a45
wait_for 5 "the first is ours, and malformed" counter_is B drop-rx-inner 1
expect_eq "and the second is not" 1 "$(counter B drop-rx-inner)"

claim "a redirect of our packets is followed"
on_host A sysctl -qw net.ipv6.conf.eth0.forwarding=0 net.ipv6.conf.eth0.accept_redirects=1
router=fe80::1 better=fe80::99
topo_addr isp A $router/64 $better/64
ip_on A -6 route replace default via $router dev eth0
expect_ok "before" pings A 10.0.0.2
raw isp redirect A $router 2001:db8:1::2 2001:db8:2::2 $better 42
follows()
{
	ip_on A -6 route get 2001:db8:2::2
}
wait_for_match 5 "the way that A takes" "via $better" follows
expect_ok "after" pings A 10.0.0.2

claim "where IPsec is demanded, clear text does not pass"
before=$(counter B drop-rx-policy)
expect_ok "policy" ip_on B xfrm policy add src 2001:db8:1::2 dst 2001:db8:2::2 proto gre dir in \
	tmpl src 2001:db8:1::2 dst 2001:db8:2::2 proto esp mode transport
expect_fail "A to B" on_host A ping -n -c1 -W1 10.0.0.2
expect_between "drop-rx-policy" $((before + 1)) $((before + 3)) "$(counter B drop-rx-policy)"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.1
# limit: 240
#
# Every way to lose a packet that can be brought about from outside is counted by
# its name, traced by it, and seen by whoever watches the kernel's own drops; what
# changes is told by meshctl monitor.
#
#	A 100.64.1.2 === isp === B 100.64.2.2

. "$(dirname "$0")/lib.sh"

load_mesh
trace_begin mesh/mesh_drop skb/kfree_skb
cloud_underlay
cloud_node A 1
cloud_node B 2
cloud_mesh A server on
cloud_mesh B
mesh A peer add 10.0.0.2 dev mesh0 nbma 100.64.2.2
mesh B peer add 10.0.0.1 dev mesh0 nbma 100.64.1.2
expect_ok "A to B" pings A 10.0.0.2

# A GRE header with key 42 and nothing more is 2000 PPPP 0000002a.
gre()
{
	raw A gre 100.64.1.2 100.64.2.2 "$@"
}
ip4=4500001400000000400100000a0000010a000002
nobody='NO_TX_TARGET|IP_OUTNOROUTES'

claim "what comes in wrong is dropped by name"
dropped B drop-rx-malformed 2 PKT_TOO_SMALL gre 300008000000002a 600008000000002a$ip4
dropped B drop-rx-checksum 1 IP_CSUM gre a0000800123400000000002a$ip4
dropped B drop-rx-protocol 2 UNHANDLED_PROTO gre 200065580000002a$ip4 200000000000002a
dropped B drop-rx-inner 4 IP_INHDR gre 200008000000002a 200008000000002a60${ip4:2} \
	200086dd0000002a$ip4 200008000000002a${ip4:0:30}
counts B nhrp-malformed 2 gre 200020010000002a 200020010000002a$ip4
expect_ok "a good one passes" pings A 10.0.0.2

claim "what is not for us is not counted"
before=$(ask B -j stats show dev mesh0)
gre 200008000000002b$ip4 00000800$ip4 200188 2001880b0000002a 20 2000080000
expect_eq "counters" "$before" "$(ask B -j stats show dev mesh0)"

claim "a device that is down drops"
ip_on B link set mesh0 down
dropped B drop-rx-down 2 DEV_READY gre 200008000000002a$ip4 200008000000002a$ip4
ip_on B link set mesh0 up
expect_ok "A to B again" pings A 10.0.0.2

claim "in the clear where IPsec is demanded is dropped by name"
ip_on B xfrm policy add dir in src 100.64.1.2 dst 100.64.2.2 proto gre \
	tmpl proto esp mode transport
dropped B drop-rx-policy 1 XFRM_POLICY gre 200008000000002a$ip4
ip_on B xfrm policy flush
expect_ok "A to B again" pings A 10.0.0.2

claim "what cannot go out is dropped by name"
dropped A drop-tx-no-peer 1 "$nobody" pings A 10.0.0.99 -W1
topo_route A 224.0.0.0/4 dev mesh0
dropped A drop-tx-multicast 1 "$nobody" pings A 224.1.2.3 -W1
dropped A drop-tx-protocol 1 UNHANDLED_PROTO raw A frame mesh0 0x88cc 0102030405060708
dropped A drop-tx-malformed 1 PKT_TOO_SMALL raw A frame mesh0 0x0800 45000014
mesh A dev set mesh0 ttl inherit
dropped A drop-tx-ttl 1 NOT_SPECIFIED raw A frame mesh0 0x0800 ${ip4/40010000/00010000}
mesh A dev set mesh0 ttl 64
mesh A peer add 10.0.0.3 dev mesh0 nbma 203.0.113.1
topo_route A unreachable 203.0.113.1
dropped A drop-tx-no-route 1 IP_OUTNOROUTES pings A 10.0.0.3 -W1
mesh A peer add 10.0.0.4 dev mesh0 nbma 203.0.113.2
topo_route A 203.0.113.2/32 dev mesh0
dropped A drop-tx-loop 1 NOT_SPECIFIED pings A 10.0.0.4 -W1
ip_on A link set eth0 mtu 1300
dropped A drop-tx-too-big 1 PKT_TOO_BIG on_host A ping -n -c1 -W1 -M "do" -s 1350 10.0.0.2
ip_on A link set eth0 mtu 1500

claim "a dead group drops by name"
mesh A peer del 10.0.0.2 dev mesh0
mesh B nhs add 100.64.1.2 dev mesh0
cloud_registered 10 B A
mesh A group add 5 dev mesh0 member 10.0.0.2
mesh A route add 10.55.0.0/24 dev mesh0 group 5
topo_route A 10.55.0.0/24 dev mesh0
mesh B nhs del 100.64.1.2 dev mesh0
wait_for 5 "B is gone" not cloud_is_registered B A
dropped A drop-tx-no-endpoint 1 "$nobody" pings A 10.55.0.1 -W1

trace_end

claim "packets are counted by device, peer and route"
mesh A peer add 10.0.0.2 dev mesh0 nbma 100.64.2.2
mesh A route add 10.56.0.0/24 dev mesh0 peer 10.0.0.2
topo_route A 10.56.0.0/24 dev mesh0
topo_addr B lo 10.56.0.1/32
device=$(counter A tx-packets)
peer=$(peer_counter A 10.0.0.2 tx-packets)
expect_ok "five pings" on_host A ping -n -q -c5 -i0.2 -W5 10.56.0.1
expect_eq "of the device" $((device + 5)) "$(counter A tx-packets)"
expect_eq "of the peer" $((peer + 5)) "$(peer_counter A 10.0.0.2 tx-packets)"
saw=$(ask A -j route show 10.56.0.0/24 dev mesh0 | jq -c '.[0].counters')
expect_eq "of the route" 5 "$(jq '."tx-packets"' <<<"$saw")"
expect_eq "its octets" 420 "$(jq '."tx-bytes"' <<<"$saw")"
expect_between "received of the peer" 5 100 "$(peer_counter A 10.0.0.2 rx-packets)"
expect_between "ip -s agrees" $((device + 5)) $((device + 5)) \
	"$(ip_on A -s -j link show mesh0 | jq '.[0].stats64.tx.packets')"

claim "meshctl monitor tells of peers, servers, routes"
bg_on A monitor meshctl monitor
told()
{
	wait_for_match 5 "$1" "$2" cat "$TOPO_DIR/A/monitor.log"
}
touch_peer()
{
	ask A peer add 10.0.0.50 dev mesh0 nbma 100.64.2.2
	ask A peer del 10.0.0.50 dev mesh0
	grep -q 'peer del.*10\.0\.0\.50' "$TOPO_DIR/A/monitor.log"
}
wait_for 5 "the monitor hears" touch_peer
mesh A peer add 10.0.0.51 dev mesh0 nbma 100.64.2.2
mesh A peer set 10.0.0.51 dev mesh0 nbma 100.64.2.2 nbma 100.64.3.2
mesh A route add 10.57.0.0/24 dev mesh0 peer 10.0.0.51
mesh A route replace 10.57.0.0/24 dev mesh0 peer 10.0.0.2
mesh A route del 10.57.0.0/24 dev mesh0
mesh A peer del 10.0.0.51 dev mesh0
mesh A nhs add 100.64.2.9 dev mesh0
mesh A nhs del 100.64.2.9 dev mesh0
told "peer added" 'peer add.*10\.0\.0\.51'
told "peer changed" 'peer change.*10\.0\.0\.51'
told "peer deleted" 'peer del.*10\.0\.0\.51'
told "route added" 'route add.*10\.57\.0\.0/24'
told "route changed" 'route change.*10\.57\.0\.0/24'
told "route deleted" 'route del.*10\.57\.0\.0/24'
told "server added" 'nhs add.*100\.64\.2\.9'
told "server deleted" 'nhs del.*100\.64\.2\.9'

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.12
#
# Purges: who was answered is told when a route behind the answer changes.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay delay 1ms
nhrp_watch
cloud_hub hub 1 redirect-interval 50
cloud_site site1 11 hub
cloud_site site2 12 hub
cloud_lan site1 host1
cloud_lan site2 host2
for site in site1 site2; do
	cloud_registered 10 $site hub
	cloud_static_route hub $site $site
done
cloud_by_hub hub
flow_echo host2 10.12.0.2 7000 v4
flow_echo host2 fd00:12::2 7000 v6

# primed ADDRESS "PREFIX PEER" - a few packets bring that shortcut about
primed()
{
	flow_send host1 "$1" 7000 count 20 interval 1000 linger 100 >/dev/null
	has_shortcut site1 "$2"
}

# lan2 ADDRESS… - the addresses that site2 has on its LAN
lan2()
{
	ip_on site2 address flush dev lan
	topo_addr site2 lan "$@" fe80::1/64
}

wait_for 10 "a shortcut" primed 10.12.0.2 "10.12.0.0/24 10.0.0.12"
wait_for 10 "and one in IPv6" primed fd00:12::2 "fd00:12::/64 fd00::12"

claim "routes that have nothing to do with an answer leave it alone"
sent=$(counter site2 nhrp-purge-tx)
for i in $(seq 0 199); do
	echo "route add 10.99.$i.0/24 via 10.12.0.2"
	echo "route add 10.98.0.0/$((i % 16 + 16)) via 10.12.0.2"
	echo "route del 10.98.0.0/$((i % 16 + 16))"
	echo "route add fd00:99:$i::/64 via fd00:12::2"
done >"$TOPO_DIR/routes"
expect_ok "many at once" ip_on site2 -b "$TOPO_DIR/routes"
ip_on site2 rule add from 10.77.0.0/16 lookup 77
ip_on site2 route add default via 10.12.0.2 metric 77
expect_ok "IPv4" has_shortcut site1 "10.12.0.0/24 10.0.0.12"
expect_ok "IPv6" has_shortcut site1 "fd00:12::/64 fd00::12"
expect_eq "purges sent" "$sent" "$(counter site2 nhrp-purge-tx)"

claim "a LAN that shrinks is purged and asked for anew"
before=$(counter site1 nhrp-purge-rx)
lan2 10.12.0.1/25 fd00:12::1/72
wait_for 5 "the shortcut goes" no_shortcut site1 10.12.0.0
wait_for 5 "in IPv6, too" no_shortcut site1 fd00:12::
expect_between "purges heard" 2 10 $(($(counter site1 nhrp-purge-rx) - before))
wait_for 10 "the new one" primed 10.12.0.2 "10.12.0.0/25 10.0.0.12"
wait_for 10 "in IPv6" primed fd00:12::2 "fd00:12::/72 fd00::12"

claim "so it is when a part of it has another way"
topo_route site2 10.12.0.64/26 via 10.0.0.1 dev mesh0
wait_for 5 "the shortcut goes" no_shortcut site1 10.12.0.0
ip_on site2 route del 10.12.0.64/26
wait_for 10 "and comes" primed 10.12.0.2 "10.12.0.0/25 10.0.0.12"

claim "so it is when its routes go"
ip_on site2 address flush dev lan
wait_for 5 "IPv4" no_shortcut site1 10.12.0.0
wait_for 5 "IPv6" no_shortcut site1 fd00:12::

claim "a purge is confirmed, and so sent once"
sent=$(counter site2 nhrp-purge-tx)
lan2 10.12.0.1/24 fd00:12::1/64
wait_for 10 "a shortcut" primed 10.12.0.2 "10.12.0.0/24 10.0.0.12"
received=$(counter site2 nhrp-purge-rx)
lan2 10.12.0.1/25 fd00:12::1/64
wait_for 5 "it is purged" no_shortcut site1 10.12.0.0
wait_for 5 "the confirmation" counter_reaches site2 nhrp-purge-rx $((received + 1))
expect_eq "purges sent" $((sent + 1)) "$(counter site2 nhrp-purge-tx)"

# More of them than are looked at in one turn, of which what matters is none: it is the
# greatest prefix, which goes first, and what went last is looked at first. Nothing else
# that is about the answer goes with it, as a subnet's broadcast address would; nor so
# much that all answers are looked at, as where there is more news than is told apart.
claim "so it is where it goes with many others at once"
ip_on site2 -6 address flush dev lan
ip_on site2 -6 route flush dev lan
ip_on site2 address flush dev lan
topo_addr site2 lan 10.12.0.1/32
topo_route site2 10.12.0.0/25 dev lan
wait_for 10 "the new one" primed 10.12.0.2 "10.12.0.0/25 10.0.0.12"
for i in $(seq 1 52); do
	echo "route add 10.3.$i.0/24 via 10.12.0.2"
done >"$TOPO_DIR/routes"
expect_ok "many" ip_on site2 -b "$TOPO_DIR/routes"
purged=$(counter site1 nhrp-purge-rx)
ip_on site2 link set lan down
wait_for 5 "it is purged" counter_reaches site1 nhrp-purge-rx $((purged + 1))
wait_for 5 "and gone" no_shortcut site1 10.12.0.0

nhrp_watched 20

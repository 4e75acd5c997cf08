#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 300
#
# Shortcuts: how they come, are kept and go, without the loss of a packet.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2
#
# site3 (13) has a LAN too, and no host.

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay delay 1ms
nhrp_watch
cloud_hub hub 1 redirect-interval 200
cloud_site site1 11 hub
cloud_site site2 12 hub
cloud_site site3 13 hub
cloud_lan site1 host1
cloud_lan site2 host2
cloud_lan site3 host3
for site in site1 site2 site3; do
	cloud_registered 10 $site hub
	cloud_static_route hub $site $site
	for other in site1 site2 site3; do
		[[ $site == "$other" ]] || cloud_static_route $site $other hub
	done
done
flow_echo host2 10.12.0.2 7000 v4
flow_echo host2 fd00:12::2 7000 v6
flow_echo host3 10.13.0.2 7000 third

# run COUNT [ADDRESS [US]] - a packet each ms from host1, or as rarely as is said
run()
{
	flow_send host1 "${2:-10.12.0.2}" 7000 count "$1" interval "${3:-1000}" \
		linger $((1000 * TOPO_PATIENCE))
}

# A few packets bring a shortcut about.
primed()
{
	flow_send host1 10.12.0.2 7000 count 100 interval 1000 linger 100 >/dev/null
	has_shortcut site1 "10.12.0.0/24 10.0.0.12"
}

whole()
{
	nothing_lost "$1" site1 hub site2
}

claim "a flow goes by the hub, then direct, and loses nothing (IPv4)"
report=$(run 2000)
whole "$report"
expect_eq "hops saved" 1 "$(flow_field "$report" '.ttl_last - .ttl_first')"
note "direct after $(flow_field "$report" .settled_ms) ms"
expect_ok "the shortcut is as wide as the far site's route" has_shortcut site1 "10.12.0.0/24 10.0.0.12"
expect_ok "the way back has one too" has_shortcut site2 "10.11.0.0/24 10.0.0.11"
expect_eq "what decides" shortcut "$(path site1 kind 10.12.0.2)"

claim "the same in IPv6"
report=$(run 2000 fd00:12::2)
whole "$report"
expect_eq "hops saved" 1 "$(flow_field "$report" '.ttl_last - .ttl_first')"
expect_ok "the shortcut" has_shortcut site1 "fd00:12::/64 fd00::12"

claim "a flush loses nothing, and the shortcut comes again"
flow_start host1 flush 10.12.0.2 7000 interval 1000 linger $((1000 * TOPO_PATIENCE))
for _ in 1 2 3; do
	mesh site1 shortcut flush dev mesh0
	wait_for 5 "a shortcut" has_shortcut site1 "10.12.0.0/24 10.0.0.12"
done
whole "$(flow_stop flush)"

claim "a shortcut that carries traffic outlives its holding time"
mesh site2 dev set mesh0 holdtime 6
mesh site1 dev set mesh0 holdtime 6
bg_on site1 monitor meshctl -j monitor shortcut peer
# The monitor is deaf until it has subscribed: something for it to hear.
listens()
{
	mesh site1 peer add 10.0.0.66 dev mesh0 nbma "$(cloud_nbma site3)"
	mesh site1 peer del 10.0.0.66 dev mesh0
	grep -q 10.0.0.66 "$TOPO_DIR/site1/monitor.log"
}
wait_for 5 "the monitor listens" listens
for site in site1 site2; do
	mesh $site shortcut flush dev mesh0
	# What was resolved is held for longer than we want to wait.
	mesh $site peer flush dev mesh0 origin resolved
done
wait_for 5 "a first shortcut" primed
wait_for_match 5 "the event of its addition" '"event": ?"add".*10\.12\.0\.0' \
	cat "$TOPO_DIR/site1/monitor.log"
heard=$(wc -l <"$TOPO_DIR/site1/monitor.log")
before=$(counter site1 nhrp-resolve-tx)
report=$(run 2000 10.12.0.2 5000)
whole "$report"
expect_eq "hops saved" 0 "$(flow_field "$report" '.ttl_last - .ttl_first')"
# Every three seconds a request of ours, and an answer to one of theirs.
expect_between "resolution packets sent meanwhile" 4 \
	$((4 + 4 * $(flow_field "$report" '.seconds | ceil') / 3)) $(($(counter site1 nhrp-resolve-tx) - before))
# It may go when all has passed.
expect_eq "not deleted meanwhile" "" "$(tail -n +$((heard + 1)) "$TOPO_DIR/site1/monitor.log" |
	jq -c 'select(.event == "del" and .prefix == "10.12.0.0/24" and
		.counters."tx-packets" < 2000)')"

claim "one that carries none expires, and nothing is lost by that"
wait_for 15 "it expires" no_shortcut site1 10.12.0.0
report=$(run 300)
whole "$report"

claim "a far device that goes down has its shortcuts purged at once"
mesh site2 dev set mesh0 holdtime 600
mesh site1 shortcut flush dev mesh0
wait_for 5 "a shortcut" primed
ip_on site2 link set mesh0 down
wait_for 3 "it is gone" no_shortcut site1 10.12.0.0
ip_on site2 link set mesh0 up
cloud_registered 10 site2 hub
cloud_kernel_route site2 site1 hub
cloud_kernel_route site2 site3 hub

claim "a bound of one shortcut keeps the other flow at the hub, whole"
mesh site1 dev set mesh0 max-shortcuts 1
mesh site1 shortcut flush dev mesh0
wait_for 5 "the first" primed
report=$(run 1000 10.13.0.2)
whole "$report"
expect_eq "all of it by the hub" 0 "$(flow_field "$report" '.ttl_last - .ttl_first')"
expect_eq "shortcuts" 1 "$(ask site1 -j shortcut show dev mesh0 | jq length)"
mesh site1 dev set mesh0 max-shortcuts 1000

claim "who does not follow indications gets only so many"
for site in site1 site2 site3; do
	mesh $site dev set mesh0 shortcut off
	mesh $site shortcut flush dev mesh0
done
mesh hub dev set mesh0 redirect-interval 1000
sent=$(counter hub nhrp-redirect-tx)
limited=$(counter hub nhrp-redirect-limited)
report=$(run 2000 10.13.0.2)
whole "$report"
sent=$(($(counter hub nhrp-redirect-tx) - sent))
limited=$(($(counter hub nhrp-redirect-limited) - limited))
# There and back are two pairs; one more for an interval that has begun.
seconds=$(flow_field "$report" '.seconds | ceil')
expect_between "indications sent" 2 $((2 * (seconds + 1))) $sent
# The hub may have passed on a few more, as an answer that came too late.
expect_between "with those that were held back" 4000 4040 $((sent + limited))

claim "what no table names goes by the server"
mesh site1 peer flush dev mesh0 origin resolved
expect_eq "what decides" nhs "$(path site1 kind 10.0.0.12)"
expect_eq "by whom" 10.0.0.1 "$(path site1 peer 10.0.0.12)"
expect_ok "site1 to site2" pings site1 10.0.0.12
expect_ok "in IPv6" pings site1 fd00::12

nhrp_watched 20

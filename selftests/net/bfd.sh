#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# Liveness of a resolved peer: the flow leaves a dead shortcut for the hub, and
# comes back; who turns BFD off, or never spoke it, is not down.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/bfd_lib.sh"

load_mesh
cloud_underlay delay 1ms
cloud_hub hub 1 redirect-interval 200
cloud_site site1 11 hub
cloud_site site2 12 hub
cloud_lan site1 host1
cloud_lan site2 host2
for site in site1 site2; do
	cloud_registered 10 $site hub
	cloud_static_route hub $site $site
done
cloud_by_hub hub
flow_echo host2 10.12.0.2 7000 lan

primed()
{
	flow_send host1 10.12.0.2 7000 count 100 interval 1000 linger 100 >/dev/null
	path_is site1 kind shortcut 10.12.0.2 && path_is site2 kind shortcut 10.11.0.2
}

claim "a far end that never speaks BFD keeps its endpoint up"
bfd_on hub
wait_for 5 "there are sessions" sessions_are hub 4
wait_for 5 "they are sent" counter_reaches hub bfd-tx 8
expect_ok "the endpoint is up" endpoint_is hub 10.0.0.11 100.64.11.2 up
expect_ok "its session is not" session_is hub 10.0.0.11 100.64.11.2 state down
expect_ok "and never was" session_is hub 10.0.0.11 100.64.11.2 proven false

claim "sessions come up by themselves where both ends have BFD on"
bfd_on site1 site2
for site in 11 12; do
	wait_for 5 "the hub's" session_is hub 10.0.0.$site 100.64.$site.2 state up
	wait_for 5 "in IPv6" session_is hub fd00::$site 100.64.$site.2 state up
	wait_for 5 "the site's" session_is site$((site - 10)) 10.0.0.1 100.64.1.2 state up
done
wait_for 5 "the intervals are agreed on" \
	session_is site1 10.0.0.1 100.64.1.2 detection $((3 * INTERVAL))
wait_for 5 "shortcuts" primed
wait_for 5 "one for the peer that was resolved" \
	session_is site1 10.0.0.12 100.64.12.2 state up
wait_for 5 "and back" session_is site2 10.0.0.11 100.64.11.2 state up

claim "a cut path under a shortcut: by the hub within three intervals"
bg_on site1 monitor meshctl -j monitor peer
downs=$(counter site1 bfd-down)
bfd_flow cut
cut site1 100.64.12.2
wait_for 5 "the endpoint is down" endpoint_is site1 10.0.0.12 100.64.12.2 down
wait_for 5 "and back" endpoint_is site2 10.0.0.11 100.64.11.2 down
bfd_goes_on cut
lost_until_noticed cut
expect_match "the session says why" 'time-expired|neighbour-down' \
	"$(endpoint site1 10.0.0.12 .session.diag 100.64.12.2)"
expect_eq "what decides now" route "$(path site1 kind 10.12.0.2)"
expect_eq "for the node itself" nhs "$(path site1 kind 10.0.0.12)"
expect_eq "sessions that went down" $((downs + 1)) "$(counter site1 bfd-down)"
wait_for_match 5 "the event" '"state": ?"down"' cat "$TOPO_DIR/site1/monitor.log"

claim "mended, the shortcut has the flow back, and nothing is lost"
bfd_flow mended
mend site1
wait_for 5 "the endpoint is up" endpoint_is site1 10.0.0.12 100.64.12.2 up
wait_for 5 "and back" endpoint_is site2 10.0.0.11 100.64.11.2 up
bfd_goes_on mended
report=$(flow_stop mended)
nothing_lost "$report" site1 hub site2
expect_ok "the shortcut carries it" path_is site1 kind shortcut 10.12.0.2

claim "who turns it off is not down"
bfd_flow off
mesh hub dev set mesh0 bfd off
wait_for 10 "the hub has no session" sessions_are hub 0
expect_ok "site1 was told" session_is site1 10.0.0.1 100.64.1.2 proven false
expect_ok "its endpoint stays up" endpoint_is site1 10.0.0.1 100.64.1.2 up
nothing_lost "$(flow_stop off)" site1 hub site2
bfd_on hub
wait_for 5 "and up again" session_is site1 10.0.0.1 100.64.1.2 state up

# The hub, which hears nothing, says so: down does not last, until that comes.
cut_off()
{
	local saw

	saw=$(endpoint site1 10.0.0.1 .session.state 100.64.1.2)
	echo "the session with the hub: $saw"
	[[ $saw == down || $saw == init ]]
}

claim "its packets go where data goes: a changed route, a changed mark"
topo_route site1 blackhole 100.64.1.2
wait_for 5 "no way to the hub" cut_off
ip_on site1 route del blackhole 100.64.1.2
wait_for 5 "there is one again" session_is site1 10.0.0.1 100.64.1.2 state up
topo_route site1 blackhole 100.64.1.2 table 5
ip_on site1 rule add fwmark 5 lookup 5
expect_ok "the mark is not used" session_is site1 10.0.0.1 100.64.1.2 state up
mesh site1 dev set mesh0 fwmark 5
wait_for 5 "no way with the mark" cut_off
mesh site1 dev set mesh0 fwmark 0
wait_for 5 "there is one without" session_is site1 10.0.0.1 100.64.1.2 state up

claim "a changed interval is told without a session going down"
downs=$(counter site1 bfd-down)
mesh hub dev set mesh0 bfd-interval 250 bfd-multiplier 4
wait_for 5 "site1 knows" session_is site1 10.0.0.1 100.64.1.2 detection 1000
expect_eq "sessions that went down" "$downs" "$(counter site1 bfd-down)"

claim "a bound of two sessions is kept"
mesh hub dev set mesh0 bfd off max-bfd 2
wait_for 10 "none" sessions_are hub 0
mesh hub dev set mesh0 bfd on
expect_ok "two" sessions_are hub 2
expect_ok "the others are counted" counter_reaches hub bfd-table-full 2

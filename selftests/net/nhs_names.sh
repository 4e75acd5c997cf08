#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 120
#
# Next-hop servers by name: meshd resolves them and hands them down.
#
#	hub1 (1), hub2 (2) === site1 (11, meshd)

. "$(dirname "$0")/lib.sh"

ETC=/etc/netns/${TOPO_PREFIX}site1

# name ADDRESS… - what hub.test stands for from now on
name()
{
	local address

	for address in "$@"; do
		echo "$address hub.test"
	done >"$ETC/hosts"
}

meshd_start()
{
	bg_on site1 "$1" meshd --config "$TOPO_DIR/meshd.yaml"
	MESHD=$BG
	wait_for_match 20 "meshd is ready" ready cat "$TOPO_DIR/site1/$1.log"
}

meshd_log()
{
	cat "$TOPO_DIR/site1/$1.log"
}

is_gone()
{
	! kill -0 "$1" 2>/dev/null
}

# servers - of site1, with their priorities
servers()
{
	ask site1 -j nhs show dev mesh0 | jq -r 'map("\(.nbma) \(.priority)") | sort | join(", ")'
}

servers_are()
{
	local saw

	saw=$(servers)
	echo "servers of site1: $saw"
	[[ $saw == "$1" ]]
}

load_mesh
cloud_underlay
cloud_hub hub1 1
cloud_hub hub2 2
mkdir -p "$ETC"
echo "hosts: files" >"$ETC/nsswitch.conf"
name 100.64.1.2
cat >"$TOPO_DIR/meshd.yaml" <<-EOF2
	nhs:
	  - name: hub.test
	    dev: mesh0
	    priority: 7
	    interval: 500ms
EOF2
cloud_site site1 11

claim "a name's address becomes a server"
meshd_start first
wait_for 10 "it is there" servers_are "100.64.1.2 7"
cloud_registered 10 site1 hub1
expect_match "who added it" '"owner": ?(77|"[^"]*77|"mesh[^"]*")' "$(ask site1 -j nhs show dev mesh0)"

claim "another address takes its place"
name 100.64.2.2
wait_for 10 "it is there, and the old one is not" servers_are "100.64.2.2 7"
cloud_registered 10 site1 hub2
wait_for 5 "hub1 has forgotten the site" not cloud_is_registered site1 hub1

claim "all addresses of a name are servers"
name 100.64.1.2 100.64.2.2
wait_for 10 "both are there" servers_are "100.64.1.2 7, 100.64.2.2 7"
cloud_registered 10 site1 hub1 hub2

claim "a name that cannot be resolved keeps what it had"
name
wait_for_match 10 "the log" "next-hop server hub.test: " meshd_log first
expect_ok "both are there" servers_are "100.64.1.2 7, 100.64.2.2 7"

claim "a device that is made anew gets them back"
name 100.64.1.2
wait_for 10 "one" servers_are "100.64.1.2 7"
ip_on site1 link del mesh0
cloud_mesh site1
wait_for 10 "it is there again" servers_are "100.64.1.2 7"
cloud_registered 10 site1 hub1

claim "servers outlive meshd, and the next one takes them over"
mesh site1 nhs add 100.64.66.2 dev mesh0 priority 9
kill -KILL "$MESHD"
wait_for 10 "it is gone" is_gone "$MESHD"
expect_ok "they stay" servers_are "100.64.1.2 7, 100.64.66.2 9"
name 100.64.2.2
meshd_start second
wait_for 10 "its own are renewed, others stay" servers_are "100.64.2.2 7, 100.64.66.2 9"

claim "it ends when it is told to"
kill "$MESHD"
wait_for 20 "it is gone" is_gone "$MESHD"
expect_ok "the servers stay" servers_are "100.64.2.2 7, 100.64.66.2 9"

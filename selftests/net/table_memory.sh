#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
#
# The bound of what a device's tables take: what is refused, what is told, and what is
# given back.
#
#	A 100.64.1.2 === isp

. "$(dirname "$0")/lib.sh"

FULL="take as much memory as its limit allows"

load_mesh
cloud_underlay
cloud_node A 1
cloud_mesh A
mesh A peer add 10.0.0.2 dev mesh0 nbma 100.64.2.2

# shown FIELD - of dev show
shown()
{
	ask A -j dev show mesh0 | jq ".[0].\"$1\""
}

# The routes that there are, as they are in the file.
routes()
{
	ask A -j route show dev mesh0 | jq -r '.[].prefix' | sort
}

prefixes()
{
	awk '{ print $3 }' "$@" | sort
}

# Each far from the others, so that little is shared.
for ((i = 0; i < 10000; i++)); do
	echo "route add 10.$((64 + i % 64)).$((i / 64)).$((i % 251))/32 dev mesh0 peer 10.0.0.2"
done >"$TOPO_DIR/many"

claim "the bound is set and shown"
expect_eq "at first, KiB" 262144 "$(shown max-memory)"
mesh A dev set mesh0 max-memory 1024
expect_eq "now" 1024 "$(shown max-memory)"
expect_match "in text" 'memory [0-9]+/1024' "$(ask A dev show mesh0)"

claim "beyond it routes are refused, and nothing of their message goes in"
expect_fail_with "$FULL" ask A -batch "$TOPO_DIR/many"
n=$(shown routes)
expect_between "routes" 1000 9000 "$n"
head -n "$n" "$TOPO_DIR/many" >"$TOPO_DIR/in"
expect_eq "those in front" "$(prefixes "$TOPO_DIR/in")" "$(routes)"
# The room that the refused ones asked for is not kept.
expect_between "KiB" $((n * 40 / 1024)) $((n * 100 / 1024)) "$(shown memory)"

claim "where some are deleted others find room"
awk 'NR % 2 { print "route del", $3, "dev mesh0" }' "$TOPO_DIR/in" >"$TOPO_DIR/del"
tail -n +$((n + 1)) "$TOPO_DIR/many" | head -n $((n / 4)) >"$TOPO_DIR/more"
expect_ok "deleted" ask A -batch "$TOPO_DIR/del"
expect_ok "added" ask A -batch "$TOPO_DIR/more"
expect_eq "routes" "$({
	awk 'NR % 2 == 0 { print $3 }' "$TOPO_DIR/in"
	prefixes "$TOPO_DIR/more"
} | sort)" "$(routes)"
expect_between "KiB" 100 1024 "$(shown memory)"

claim "below what is there it takes nothing away"
n=$(shown routes)
mesh A dev set mesh0 max-memory 1
expect_eq "routes" "$n" "$(shown routes)"
expect_ok "one is replaced" ask A route replace 10.65.0.1/32 dev mesh0 peer 10.0.0.2
for ((i = 0; i < 20000; i++)); do
	echo "route add 10.$((130 + i / 5000)).$((i / 32 % 256)).$((i % 32 * 8))/30 dev mesh0 peer 10.0.0.2"
done >"$TOPO_DIR/others"
expect_fail_with "$FULL" ask A -batch "$TOPO_DIR/others"
mesh A route flush dev mesh0
expect_eq "routes" 0 "$(shown routes)"
expect_fail_with "$FULL" ask A peer add 2001:db8::2 dev mesh0 nbma 100.64.2.2

claim "what has been emptied keeps no more than one piece of memory"
mesh A dev set mesh0 max-memory 262144
expect_between "KiB" 1 70 "$(shown memory)"
expect_ok "and there is room" ask A peer add 2001:db8::2 dev mesh0 nbma 100.64.2.2

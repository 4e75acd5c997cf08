# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of meshd's feed share, on top of net/lib.sh.

. "$(dirname "${BASH_SOURCE[0]}")/../net/lib.sh"

# Debian's own, readable by everyone, and fast to start.
PYTHON="/usr/bin/python3 -I"

# meshd_start HOST [OPTION…] - meshd, ready; its process id is in $MESHD
meshd_start()
{
	local host=$1
	shift

	bg_on "$host" meshd meshd "$@"
	wait_for 10 "meshd of $host is ready" \
		grep -q '^meshd: ready' "$TOPO_DIR/$host/meshd.log"
	MESHD=$(feed "$host" pid)
}

# meshd_end SIGNAL - ends the meshd that was started last
meshd_end()
{
	kill "-$1" "$MESHD" || fail "meshd $MESHD runs no more"
	wait_for 20 "meshd has ended" _is_gone "$MESHD"
}

meshd_log()
{
	cat "$TOPO_DIR/$1/meshd.log"
}

# meshd_ask HOST REQUEST - one line of JSON
meshd_ask()
{
	on_host "$1" $PYTHON "$TOP/selftests/interop/meshd_ask.py" "$2"
}

# feed HOST FIELD - of meshd's status, as "installed" or "feed.frames"
feed()
{
	meshd_ask "$1" '{"op": "status"}' | jq -r ".status.$2"
}

feed_is()
{
	local saw

	saw=$(feed "$1" "$2")
	echo "$2 of $1's feed: $saw"
	[[ $saw == "$3" ]]
}

# route HOST PREFIX - as the module has it, JSON or nothing
route()
{
	ask "$1" -j route show "$2" dev mesh0 2>/dev/null |
		jq -c '.[0] // empty'
}

has_route()
{
	ask "$1" route show "$2" dev mesh0 2>/dev/null | read -r
}

route_peer_is()
{
	local saw

	saw=$(ask "$1" -j route show "$2" dev mesh0 2>/dev/null)
	_find "$saw" peer
	echo "peer of $2 on $1: $_found"
	[[ $_found == "$3" ]]
}

# members HOST PREFIX - the peers of the group of a route, in one line
members()
{
	local saw

	saw=$(ask "$1" -j route show "$2" dev mesh0 2>/dev/null)
	_find "$saw" group
	[[ $_found != - ]] || return
	_ask "$1" -j group show "$_found" dev mesh0 |
		jq -r '[.[0].members[].protocol] | sort | join(" ")'
}

members_are()
{
	local saw

	saw=$(members "$1" "$2")
	echo "members of the group of $2 on $1: $saw"
	[[ $saw == "$3" ]]
}

# Flows of which nothing may be lost go before whatever starts beside them: with
# one processor, a queue that nobody reads would be a loss of the test's own.
prompt_echo()
{
	bg_on "$1" "echo-$4" chrt -f 1 mesh-flow echo "$2" "$3" "$4"
	wait_for 10 "the echo server $4 of $1 is ready" \
		_holds "$TOPO_DIR/$1/echo-$4.log" ready
}

# prompt_begin [OPTION VALUE]… - from S to 10.98.0.1, a packet each other millisecond
prompt_begin()
{
	flow_run S prompt chrt -f 1 mesh-flow send 10.98.0.1 7000 src 10.0.0.1 \
		count 1000000 interval 2000 linger $((1000 * TOPO_PATIENCE)) "$@"
}

prompt_end()
{
	local report

	report=$(flow_stop prompt)
	note "$report"
	expect_eq "lost" 0 "$(flow_field "$report" .lost)"
	expect_between "sent" 500 999999 "$(flow_field "$report" .sent)"
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of liveness share, on top of net/lib.sh.

# Long enough for a slow guest not to be taken for a dead one.
INTERVAL=200

# What tells is seconds, not packets: so many ms from one to the next leave the guest
# time for all that happens meanwhile.
PACE=4

# Three intervals, the one that the other end gets where our own timer was late, and
# the way there and back.
LOST_MAX=$(((4 * INTERVAL + 20) / PACE))

# bfd_on NODE…
bfd_on()
{
	local node

	for node in "$@"; do
		mesh "$node" dev set mesh0 bfd on bfd-interval $INTERVAL
	done
}

# endpoint HOST PEER FILTER NBMA - of meshctl peer show
endpoint()
{
	answer "$1" ".[0].endpoints[] | select(.nbma == \"$4\") | $3" peer show "$2" dev mesh0
}

# _endpoint_is HOST PEER FILTER NBMA VALUE
_endpoint_is()
{
	answer_is "$1" ".[0].endpoints[] | select(.nbma == \"$4\") | $3" "$5" \
		peer show "$2" dev mesh0
}

# endpoint_is HOST PEER NBMA up|down
endpoint_is()
{
	_endpoint_is "$1" "$2" .state "$3" "$4"
}

# session_is HOST PEER NBMA FIELD VALUE
session_is()
{
	_endpoint_is "$1" "$2" ".session.$4" "$3" "$5"
}

# watches HOST PEER NBMA… - sessions with these are up, with all of their speed
watches()
{
	local host=$1 peer=$2 nbma list= want=
	shift 2

	for nbma; do
		list+=${list:+, }\"$nbma\"
		want+="${want:+, }$nbma up $((3 * INTERVAL))"
	done
	wait_for 15 "$host watches $*" answer_is "$host" \
		"[[$list][] as \$nbma | .[0].endpoints[] | select(.nbma == \$nbma) |
			\"\\(.nbma) \\(.session.state) \\(.session.detection)\"] | join(\", \")" \
		"$want" peer show "$peer" dev mesh0
}

# sessions_are HOST NUMBER
sessions_are()
{
	answer_is "$1" '.[0]."bfd-sessions"' "$2" dev show mesh0
}

# cut NODE ADDRESS, mend NODE ADDRESS - what the provider carries between the
# node and that underlay address, both ways at once
cut()
{
	local nbma

	nbma=$(cloud_nbma "$1")
	on_host isp nft -f - <<-END || bail "cannot cut off $1"
		table ip cut_$1 {
			chain forward {
				type filter hook forward priority 0;
				ip saddr $nbma ip daddr $2 drop
				ip saddr $2 ip daddr $nbma drop
			}
		}
	END
}

mend()
{
	on_host isp nft delete table ip "cut_$1"
}

# paced_flow HOST NAME ADDRESS [OPTION VALUE]…
paced_flow()
{
	flow_start "$1" "$2" "$3" 7000 interval $((PACE * 1000)) \
		linger $((1000 * TOPO_PATIENCE)) "${@:4}"
}

# bfd_flow NAME [OPTION VALUE]… - a flow from host1 to host2, under way
bfd_flow()
{
	paced_flow host1 "$1" 10.12.0.2 "${@:2}"
	bfd_goes_on "$1"
}

# bfd_goes_on NAME - some more of that flow has been sent
bfd_goes_on()
{
	local _sent

	flow_sent "$1"
	wait_for 10 "the flow $1 goes on" flow_has_sent "$1" $((_sent + 100))
}

# lost_until_noticed NAME - of a flow that is stopped now
lost_until_noticed()
{
	local report lost

	report=$(flow_stop "$1")
	lost=$(flow_field "$report" .lost)
	expect_between "packets lost" 1 $LOST_MAX "$lost"
	note "lost $lost of $(flow_field "$report" .sent)"
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the behaviour tests of the module share, on top of lab/topo.sh and
# lab/cloud.sh.

# Several tests may be one: see corners.sh.
[[ -z ${_net_lib:-} ]] || return 0
_net_lib=1

. "$(dirname "${BASH_SOURCE[0]}")/../lab/topo.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../lab/cloud.sh"

NET=$TOP/selftests/net

# Of meshctl stats, which leaves out those of 0; in $_counted.
_count()
{
	local line=" $2 ([0-9]+)" saw

	_counted=0
	saw=$(ask "$1" stats show dev "${3:-mesh0}") || return
	[[ ! $saw =~ $line ]] || _counted=${BASH_REMATCH[1]}
}

# counter HOST NAME [DEVICE]
counter()
{
	_count "$@" && echo "$_counted"
}

# counter_is HOST NAME VALUE
counter_is()
{
	_count "$1" "$2"
	echo "$2 of $1: $_counted"
	[[ $_counted == "$3" ]]
}

# counter_reaches HOST NAME VALUE [DEVICE]
counter_reaches()
{
	_count "$1" "$2" "${4:-mesh0}"
	echo "$2 of $1: $_counted"
	((_counted >= $3))
}

# drops HOST - what the device has dropped, by name
drops()
{
	ask "$1" -j stats show dev mesh0 | jq -r '.[0].counters | to_entries |
		map(select((.key | startswith("drop")) and .value > 0) |
		"\(.key) \(.value)") | join(", ")'
}

# nothing_lost REPORT HOST… - no packet of a flow; else what the hosts dropped
nothing_lost()
{
	local report=$1 sent lost refused twice host
	shift

	read -r sent lost refused twice \
		<<<"$(flow_fields "$report" .sent .lost .refused .duplicates)"
	((lost == 0)) || note "$report"
	((lost == 0)) || for host in "$@"; do
		note "dropped by $host: $(drops "$host")" \
			"$(ip_on "$host" -s link show mesh0 | tail -n4)"
	done
	expect_eq "packets lost of $sent" 0 "$lost"
	expect_eq "packets refused" 0 "$refused"
	expect_eq "packets twice" 0 "$twice"
}

# stream_begin - a packet a millisecond from host1 to host2, which has an echo server
stream_begin()
{
	flow_start host1 stream 10.12.0.2 7000 interval 1000 \
		linger $((10000 * TOPO_PATIENCE))
	flow_sent stream
	_stream_first=$_sent
}

# stream_end HOST… - after as long as it took, and 10,000 packets at least: none is lost,
# else what the hosts dropped
stream_end()
{
	local report

	wait_for 20 "10,000 packets" flow_has_sent stream $((_stream_first + 10100))
	report=$(flow_stop stream)
	note "$report"
	nothing_lost "$report" "$@"
	expect_between "packets" 10000 999999 "$(flow_field "$report" .sent)"
}

# peer_counter HOST PEER tx-packets|rx-packets…
peer_counter()
{
	ask "$1" -j peer show "$2" dev mesh0 |
		jq -r ".[0].counters[\"$3\"]"
}

# answer HOST FILTER ARGS… - of meshctl, what jq's filter makes of it
answer()
{
	local host=$1 filter=$2
	shift 2

	_ask "$host" -j "$@" | jq -r "$filter"
}

# answer_is HOST FILTER VALUE ARGS…
answer_is()
{
	local saw

	saw=$(answer "$1" "$2" "${@:4}")
	echo "$2 of ${*:4} on $1: $saw"
	[[ $saw == "$3" ]]
}

_ENDPOINTS='.[0].endpoints | sort_by(.tier) | map("\(.nbma) \(.tier)") | join(", ")'

# endpoints HOST PEER - of the peer, each with its tier, by tier
endpoints()
{
	answer "$1" "$_ENDPOINTS" peer show "$2" dev mesh0
}

# endpoints_are HOST PEER "ADDRESS TIER, …"
endpoints_are()
{
	answer_is "$1" "$_ENDPOINTS" "$3" peer show "$2" dev mesh0
}

# _find JSON NAME - the first word or number of that name, in $_found, "-" for none:
# where there is one that takes no process
_find()
{
	local value="\"$2\": ?\"?([^]\",}]+)"

	_found=-
	[[ ! $1 =~ $value ]] || _found=${BASH_REMATCH[1]}
}

# path HOST FIELD DESTINATION [FLOW…] - of meshctl route get, "-" for none
path()
{
	local saw

	saw=$(ask "$1" -j route get "$3" dev mesh0 "${@:4}") || return
	_find "$saw" "$2"
	echo "$_found"
}

# path_is HOST FIELD VALUE DESTINATION [FLOW…]
path_is()
{
	local saw

	saw=$(ask "$1" -j route get "$4" dev mesh0 "${@:5}")
	_find "$saw" "$2"
	echo "$2 to ${*:4} on $1: $_found"
	[[ $_found == "$3" ]]
}

# Each as "PREFIX PEER", in $_shortcuts
_find_shortcuts()
{
	local saw line

	_shortcuts=()
	saw=$(ask "$1" shortcut show dev mesh0) || return
	while read -r line; do
		[[ ! $line =~ ^([^ ]+)\ dev\ .*\ peer\ ([^ ]+) ]] ||
			_shortcuts+=("${BASH_REMATCH[1]} ${BASH_REMATCH[2]}")
	done <<<"$saw"
}

# shortcuts HOST - all of them, in one line
shortcuts()
{
	local IFS

	_find_shortcuts "$1" || return
	IFS=,
	echo "${_shortcuts[*]}"
}

# has_shortcut HOST "PREFIX PEER"
has_shortcut()
{
	local IFS

	_find_shortcuts "$1" || return
	IFS=,
	echo "shortcuts of $1: ${_shortcuts[*]}"
	[[ ",${_shortcuts[*]}," == *",$2,"* ]]
}

# no_shortcut HOST TEXT - none that has the text in it
no_shortcut()
{
	_find_shortcuts "$1" || return
	echo "shortcuts of $1: ${_shortcuts[*]}"
	[[ ${_shortcuts[*]} != *"$2"* ]]
}

# mesh HOST ARGS… - a meshctl command that must succeed
mesh()
{
	local host=$1 saw
	shift

	saw=$(ask "$host" "$@" 2>&1) ||
		bail "meshctl $* on $host fails" "$saw"
}

not()
{
	! "$@"
}

# pings HOST ADDRESS [PING-OPTION…] - one is answered
pings()
{
	local host=$1 to=$2
	shift 2

	on_host "$host" ping -n -c1 -W$((2 * TOPO_PATIENCE)) "$@" "$to"
}

# raw HOST ARGS… - packets that no program would send
raw()
{
	local host=$1
	shift

	on_host "$host" python3 "$NET/raw.py" "$@"
}

# answers_from HOST ADDRESS [OPTION VALUE…] - names of the echo servers that
# answered, in one line
answers_from()
{
	flow_send "$1" "$2" 7000 count 1 linger $((1000 * TOPO_PATIENCE)) \
		"${@:3}" | jq -r '.names | keys | join(" ")'
}

# nhrp_watch - keeps every NHRP packet that comes to the provider from now on,
# for nhrp_watched. An interface "any" has no MTU: without a length tcpdump would
# have room for eight packets, and lose what comes at once.
nhrp_watch()
{
	capture isp any nhrp -Q in -s 1600 \
		"(ip proto 47 and ip[22:2] == 0x2001) or (ip6 proto 47 and ip6[42:2] == 0x2001)"
}

# nhrp_read NAME [TSHARK-OPTION…] - of a capture; a Cisco password has no address
# before it, as RFC 2332's authentication has
nhrp_read()
{
	capture_read "$1" -o nhrp.auth_ext_has_addr:FALSE "${@:2}"
}

# nhrp_reads_clean NAME PACKETS - tshark finds nothing to say about any of the
# NHRP packets of a capture, of which there are that many at least
nhrp_reads_clean()
{
	local name=$1 saw

	saw=$(nhrp_read "$name" -Y nhrp -T fields -E occurrence=f -E separator=, \
		-e nhrp.hdr.version -e nhrp.hdr.chksum.status -e _ws.malformed \
		-e _ws.expert.message -e frame.number -e nhrp.hdr.op.type)
	expect_between "NHRP packets" "$2" 1000000 "$(grep -c . <<<"$saw")"
	expect_eq "of another version, with a wrong checksum, malformed, or with an expert's remark" \
		"" "$(grep -v '^1,1,,,' <<<"$saw")"
}

# nhrp_watched PACKETS - the claim about all that nhrp_watch has kept
nhrp_watched()
{
	claim "tshark reads every NHRP packet of this test without a complaint"
	capture_stop nhrp
	nhrp_reads_clean nhrp "$1"
}

# gre_headers NAME - outer headers of a capture, as tcpdump has them
gre_headers()
{
	tcpdump -n -v -r "$TOPO_DIR/$1.pcap" 2>/dev/null | grep 'GRE (47)'
}

# outer_like TOS TTL - what such a header looks like
outer_like()
{
	[[ $UNDERLAY == 6 ]] && echo "class $1, .*hlim $2," ||
		echo "tos $1,.* ttl $2,"
}

# anycast_sites ECHO [HUB-OPTION…] - S (hub 1), and P1 (11), P2 (12), P3 (13),
# registered with it, which all have 10.98.0.1 and answer there on port 7000 by their
# names, started by ECHO as flow_echo
anycast_sites()
{
	local echo=$1 n=11 site
	shift

	cloud_hub S 1 "$@"
	for site in P1 P2 P3; do
		cloud_site $site $n S
		topo_addr $site lo 10.98.0.1/32
		"$echo" $site 10.98.0.1 7000 $site
		n=$((n + 1))
	done
	for site in P1 P2 P3; do
		cloud_registered 10 $site S
	done
}

# anycast_three - those, and S has a route there
anycast_three()
{
	anycast_sites flow_echo hash-seed 7
	topo_route S 10.98.0.1/32 dev mesh0 src 10.0.0.1
}

# trace_begin EVENT… - what is traced from now on ("mesh", "skb/kfree_skb"), in an
# instance of the test's own
trace_begin()
{
	local event

	_trace=/sys/kernel/tracing/instances/$TEST
	[[ -d /sys/kernel/tracing/events ]] || skip "the kernel has no tracefs"
	mkdir "$_trace" || bail "tracefs makes no instance"
	for event in "$@"; do
		echo 1 >"$_trace/events/$event/enable" || bail "$event is not traced"
	done
}

trace_end()
{
	echo 0 >"$_trace/events/enable"
	rmdir "$_trace"
}

trace_forget()
{
	: >"$_trace/trace"
}

# traces REGEX… - the lines that match all of these
traces()
{
	local line pattern all

	# Not line by line from the file: it does not go back to where it is told to.
	all=$(<"$_trace/trace")
	while read -r line; do
		for pattern in "$@"; do
			[[ $line =~ $pattern ]] || continue 2
		done
		echo "$line"
	done <<<"$all"
}

_has_traced()
{
	[[ -n $(traces "$@") ]] || ! tail -n 30 "$_trace/trace"
}

# traced WHAT REGEX… - waits for such a line
traced()
{
	wait_for 5 "$1" _has_traced "${@:2}"
}

# netns_of HOST - its number, as traces have it
netns_of()
{
	stat -Lc %i "/run/netns/$TOPO_PREFIX$1"
}

# counts HOST NAME N COMMAND… - N more after the command
counts()
{
	local host=$1 name=$2 n=$3 before
	shift 3

	before=$(counter "$host" "$name")
	"$@" >/dev/null 2>&1
	wait_for 5 "$name counts $n" counter_reaches "$host" "$name" $((before + n))
	# The kernel itself speaks IPv6 multicast now and then.
	[[ $name == drop-tx-multicast ]] ||
		expect_eq "$name of $host" $((before + n)) "$(counter "$host" "$name")"
}

# dropped HOST NAME N REASON COMMAND… - the same, and traced N times by that name; to
# the kernel it is one of these of its own reasons
dropped()
{
	local host=$1 name=$2 n=$3 reason=$4 lines=() buffer

	trace_forget
	counts "$host" "$name" "$n" "${@:5}"
	mapfile -t lines < <(traces " mesh_drop: dev=mesh0 netns=$(netns_of "$host") " \
		" reason=$name$")
	[[ $name == drop-tx-multicast ]] ||
		expect_eq "$name traced" "$n" ${#lines[@]}
	buffer=${lines[*]#*skbaddr=}
	expect_match "by the kernel" " reason: ($reason)$" \
		"$(traces " kfree_skb: skbaddr=${buffer%% *} ")"
}

# brief - the test is one of several in a row: what is the same on each kernel is not its
# business
brief()
{
	[[ -n ${BRIEF:-} ]]
}

# known_pair - A (1) and B (2), which know each other in both families; B has an echo
# server. Once, if there are several tests.
known_pair()
{
	local host n other

	[[ -z ${_known_pair:-} ]] || return 0
	_known_pair=1
	load_mesh
	cloud_underlay
	cloud_node A 1
	cloud_node B 2
	while read -r host n other; do
		cloud_mesh "$host"
		mesh "$host" peer add "10.0.0.$n" dev mesh0 nbma "$(cloud_nbma "$other")"
		mesh "$host" peer add "fd00::$n" dev mesh0 nbma "$(cloud_nbma "$other")"
	done <<<$'A 2 B\nB 1 A'
	flow_echo B 0.0.0.0 7000 B
}

# two_by_hub [HUB-OPTION…] - cloud_two_sites of a hub that tells of no better way: a
# route out of the device without a gateway has packets go by the server
two_by_hub()
{
	load_mesh
	cloud_underlay
	cloud_hub hub 1 "$@"
	mesh hub dev set mesh0 redirect off
	cloud_two_sites hub
	topo_route site1 10.12.0.0/24 dev mesh0
	topo_route site2 10.11.0.0/24 dev mesh0
}

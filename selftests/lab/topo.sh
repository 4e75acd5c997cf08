# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the behaviour tests are written with: hosts as network namespaces, links
# between them, routing daemons per host, captures, and assertions. A test is a
# bash file that sources this one:
#
#	. "$(dirname "$0")/../lab/topo.sh"
#	topo_host A B
#	topo_link A eth0 B eth0 delay 10ms
#	topo_addr A eth0 10.0.0.1/24
#	topo_addr B eth0 10.0.0.2/24
#	claim "neighbours reach each other"
#	expect_ok "ping" on_host A ping -c1 -W1 10.0.0.2
#
# All of it is taken down again when the test ends, however it ends.

set -u

LAB=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
TOP=$(dirname "$(dirname "$LAB")")
TEST=$(basename "$0" .sh)
MESH_ON=${MESH_ON:-native}
MESH_RESULTS=${MESH_RESULTS:-$TOP/build/lab/kept/$TEST-$MESH_ON}
# On a machine of one's own, names must not collide with what is there.
if [[ $MESH_ON == native ]]; then
	TOPO_PREFIX=mesh$$-
else
	TOPO_PREFIX=
fi
TOPO_DIR=$(mktemp -d "/tmp/topo.$TEST.XXXXXX")
export LD_LIBRARY_PATH=$TOP/build/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export PATH=$TOP/build/bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin

. "$LAB/topo-assert.sh"
. "$LAB/topo-daemons.sh"

_topo_hosts=()
_topo_pids=()
_topo_module=

# A guest in software emulation is slower than the machine: all limits stretch.
case $MESH_ON in
6.1 | 6.12) TOPO_PATIENCE=4 ;;
debug) TOPO_PATIENCE=3 ;;
*) TOPO_PATIENCE=1 ;;
esac

# A guest that gets too little of the machine's time is late; queues that would
# overflow then would make it lose packets that no router lost.
if [[ $MESH_ON != native ]]; then
	sysctl -qw net.core.netdev_max_backlog=100000
fi

topo_ns()
{
	echo "$TOPO_PREFIX$1"
}

# topo_host NAME... - hosts that forward, with their loopback up
topo_host()
{
	local host

	for host in "$@"; do
		ip netns add "$(topo_ns "$host")" ||
			bail "cannot make the host $host"
		_topo_hosts+=("$host")
		mkdir -p "$TOPO_DIR/$host"
		ip -n "$(topo_ns "$host")" link set lo up
		on_host "$host" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0 \
			net.ipv6.conf.all.forwarding=1 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.all.accept_dad=0
	done
}

# on_host HOST COMMAND...
on_host()
{
	local host=$1
	shift

	ip netns exec "$(topo_ns "$host")" "$@"
}

# In the background only: the process that $! names is the command itself, not
# a shell that would leave it behind when killed.
_exec_on()
{
	local host=$1
	shift

	exec ip netns exec "$(topo_ns "$host")" "$@"
}

# ip_on HOST ARGS... - ip(8) in a host, without a process in between
ip_on()
{
	local host=$1
	shift

	ip -n "$(topo_ns "$host")" "$@"
}

# bg_on HOST NAME COMMAND... - runs in the background until the test ends; its
# output goes to $TOPO_DIR/HOST/NAME.log, its process id to $BG
bg_on()
{
	local host=$1 name=$2
	shift 2

	_exec_on "$host" "$@" >"$TOPO_DIR/$host/$name.log" 2>&1 </dev/null &
	BG=$!
	_topo_pids+=("$BG")
}

# topo_link A IFACE B IFACE [delay T] [loss P] [rate R] - a cable; what impairs
# it does so in both directions
topo_link()
{
	local a=$1 a_if=$2 b=$3 b_if=$4
	shift 4

	ip link add name "$a_if" netns "$(topo_ns "$a")" type veth \
		peer name "$b_if" netns "$(topo_ns "$b")" ||
		bail "cannot link $a $a_if with $b $b_if"
	ip_on "$a" link set "$a_if" up
	ip_on "$b" link set "$b_if" up
	if (($#)); then
		topo_impair "$a" "$a_if" "$@"
		topo_impair "$b" "$b_if" "$@"
	fi
}

# topo_impair HOST IFACE [delay T] [loss P] [rate R] - one direction, anew
topo_impair()
{
	local host=$1 iface=$2
	shift 2

	on_host "$host" tc qdisc replace dev "$iface" root netem limit 20000 \
		"$@" || bail "cannot impair $iface of $host: $*"
}

# topo_addr HOST IFACE ADDRESS/LENGTH...
topo_addr()
{
	local host=$1 iface=$2 address
	shift 2

	for address in "$@"; do
		if [[ $address == *:* ]]; then
			ip_on "$host" addr add "$address" dev "$iface" nodad
		else
			ip_on "$host" addr add "$address" dev "$iface"
		fi || bail "cannot add $address to $iface of $host"
	done
}

# topo_route HOST ROUTE... - as ip route add
topo_route()
{
	local host=$1
	shift

	ip_on "$host" route add "$@" || bail "cannot add the route $* to $host"
}

# capture HOST IFACE NAME [FILTER...] - to $TOPO_DIR/NAME.pcap; runs when this
# returns
capture()
{
	local host=$1 iface=$2 name=$3
	shift 3

	_exec_on "$host" tcpdump -Z root -n -U --immediate-mode -i "$iface" \
		-w "$TOPO_DIR/$name.pcap" "$@" \
		>/dev/null 2>"$TOPO_DIR/$name.capture" &
	_topo_pids+=($!)
	echo $! >"$TOPO_DIR/$name.pid"
	wait_for 10 "the capture $name runs" \
		grep -q 'listening on' "$TOPO_DIR/$name.capture"
}

_capture_is_still()
{
	local before

	before=$(stat -c %s "$1")
	sleep 0.2
	[[ $(stat -c %s "$1") == "$before" ]]
}

# capture_stop NAME - all that was on the wire until now is in the file
capture_stop()
{
	local pid

	pid=$(<"$TOPO_DIR/$1.pid")
	wait_for 10 "the capture $1 is written" \
		_capture_is_still "$TOPO_DIR/$1.pcap"
	kill "$pid" 2>/dev/null
	wait_for 10 "the capture $1 ends" _is_gone "$pid"
}

# capture_read NAME [TSHARK-OPTION...]
capture_read()
{
	local name=$1
	shift

	[[ -s $TOPO_DIR/$name.pcap ]] || {
		fail "there is no capture $name"
		return
	}
	tshark -n -r "$TOPO_DIR/$name.pcap" "$@" 2>"$TOPO_DIR/$name.tshark"
}

# load_mesh [KEY=VALUE...] - the module built for the kernel that runs
load_mesh()
{
	local module=${MESH_MODULE:-$TOP/build/mod-$MESH_ON/mesh.ko} needs

	[[ -e $module ]] || bail "no $module: run 'make module ON=$MESH_ON'"
	[[ -e /sys/module/mesh ]] && bail "a module mesh is loaded already"
	needs=$(modinfo -F depends "$module")
	[[ -z $needs ]] || modprobe -a ${needs//,/ } ||
		bail "cannot load what mesh needs: $needs"
	insmod "$module" "$@" || bail "the module mesh does not load"
	_topo_module=1
}

unload_mesh()
{
	_topo_module=
	rmmod mesh || fail "the module mesh does not unload"
}

_topo_end_processes()
{
	local host pids

	((${#_topo_pids[@]})) && kill "${_topo_pids[@]}" 2>/dev/null
	for host in "${_topo_hosts[@]}"; do
		pids=$(ip netns pids "$(topo_ns "$host")" 2>/dev/null)
		[[ -z $pids ]] || kill -TERM $pids 2>/dev/null
	done
	for host in "${_topo_hosts[@]}"; do
		wait_quietly 3 _topo_is_empty "$host" && continue
		kill -KILL $(ip netns pids "$(topo_ns "$host")") 2>/dev/null
	done
	wait
}

_topo_is_empty()
{
	[[ -z $(ip netns pids "$(topo_ns "$1")" 2>/dev/null) ]]
}

_topo_keep()
{
	mkdir -p "$MESH_RESULTS"
	cp -r "$TOPO_DIR/." "$MESH_RESULTS/" 2>/dev/null
	echo "# captures and logs are kept in ${MESH_RESULTS#"$TOP"/}"
}

_topo_cleanup()
{
	local status=$? host

	trap - EXIT INT TERM
	set +e
	_assert_exit_status "$status"
	_topo_end_processes
	for host in "${_topo_hosts[@]}"; do
		ip netns del "$(topo_ns "$host")"
		rm -rf "/etc/netns/$(topo_ns "$host")"
	done
	[[ -z $_topo_module ]] || unload_mesh
	_assert_failed && _topo_keep
	rm -rf "$TOPO_DIR"
	_assert_summary
}

trap _topo_cleanup EXIT
trap 'exit 130' INT TERM

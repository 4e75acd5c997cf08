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

LAB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
TOP=${LAB%/selftests/lab}
TEST=${0##*/}
TEST=${TEST%.sh}
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

# Routers, whose devices may go down and come back as they were.
_topo_routers=(
	net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
	net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
	net.ipv6.conf.all.keep_addr_on_down=1
)

# A guest that gets too little of the machine's time is late; queues that would
# overflow then would make it lose packets that no router lost. And its hosts have
# what they are made with from its first namespace.
if [[ $MESH_ON != native ]]; then
	sysctl -qw net.core.netdev_max_backlog=100000 \
		net.core.devconf_inherit_init_net=1 "${_topo_routers[@]}"
fi

# topo_host NAME... - hosts, with their loopback up
topo_host()
{
	local host lines

	_topo_hosts+=("$@")
	printf -v lines 'netns add %s\n' "${@/#/$TOPO_PREFIX}"
	ip -batch - <<<"$lines" || bail "cannot make the hosts $*"
	mkdir -p "${@/#/$TOPO_DIR/}"
	for host in "$@"; do
		ip_on "$host" link set lo up
		[[ $MESH_ON != native ]] ||
			on_host "$host" sysctl -qw "${_topo_routers[@]}"
	done
}

# on_host HOST COMMAND...
on_host()
{
	local host=$1
	shift

	ip netns exec "$TOPO_PREFIX$host" "$@"
}

# In the background only: the process that $! names is the command itself, not
# a shell that would leave it behind when killed.
_exec_on()
{
	local host=$1
	shift

	exec ip netns exec "$TOPO_PREFIX$host" "$@"
}

# ip_on HOST ARGS... - ip(8) in a host, without a process in between
ip_on()
{
	local host=$1
	shift

	ip -n "$TOPO_PREFIX$host" "$@"
}

# ask HOST ARGS... - meshctl in a host, without a process in between
ask()
{
	local host=$1
	shift

	meshctl -n "$TOPO_PREFIX$host" "$@"
}

# _ask HOST ARGS... - the same at the head of a pipe, where it is its shell
_ask()
{
	local host=$1
	shift

	exec meshctl -n "$TOPO_PREFIX$host" "$@"
}

# topo_ip HOST <COMMANDS - several commands of ip(8), one a line
topo_ip()
{
	ip_on "$1" -batch - || bail "cannot set up $1"
}

# bg_on HOST NAME COMMAND... - runs in the background until the test ends; its
# output goes to $TOPO_DIR/HOST/NAME.log, its process id to $BG
bg_on()
{
	local host=$1 name=$2
	shift 2

	# At once: nobody is to find in it what one of this name said before.
	: >"$TOPO_DIR/$host/$name.log"
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

	ip link add name "$a_if" netns "$TOPO_PREFIX$a" up type veth \
		peer name "$b_if" netns "$TOPO_PREFIX$b" ||
		bail "cannot link $a $a_if with $b $b_if"
	ip_on "$b" link set "$b_if" up
	if (($#)); then
		topo_impair "$a" "$a_if" "$@"
		topo_impair "$b" "$b_if" "$@"
	fi
}

# topo_cable HOST IFACE - the end of the cable that leads to another guest
topo_cable()
{
	modprobe virtio_net || bail "the kernel has no virtio_net"
	wait_for 5 "the cable's end" test -e /sys/class/net/eth0
	ip link set eth0 netns "$TOPO_PREFIX$1" name "$2" up ||
		bail "cannot give $1 the cable"
}

# topo_impair HOST IFACE [delay T] [loss P] [rate R] - one direction, anew
topo_impair()
{
	local host=$1 iface=$2
	shift 2

	tc -n "$TOPO_PREFIX$host" qdisc replace dev "$iface" root \
		netem limit 20000 "$@" || bail "cannot impair $iface of $host: $*"
}

# topo_addr HOST IFACE ADDRESS/LENGTH...
topo_addr()
{
	local host=$1 iface=$2 address lines=
	shift 2

	for address in "$@"; do
		lines+="addr add $address dev $iface"
		[[ $address != *:* ]] || lines+=" nodad"
		lines+=$'\n'
	done
	topo_ip "$host" <<<"$lines"
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

	: >"$TOPO_DIR/$name.capture"
	_exec_on "$host" tcpdump -Z root -n -U --immediate-mode -i "$iface" \
		-w "$TOPO_DIR/$name.pcap" "$@" \
		>/dev/null 2>"$TOPO_DIR/$name.capture" &
	_topo_pids+=($!)
	echo $! >"$TOPO_DIR/$name.pid"
	wait_for 10 "the capture $name runs" \
		_holds "$TOPO_DIR/$name.capture" 'listening on'
}

# Who captures sleeps only when all that has come to it is read.
_capture_is_still()
{
	local pid=$1 file=$2 before state

	before=$(stat -c %s "$file")
	_pause 0.2
	read -r state <"/proc/$pid/stat"
	[[ $state == *') S '* && $(stat -c %s "$file") == "$before" ]]
}

# capture_stop NAME - all that was on the wire until now is in the file
capture_stop()
{
	local pid

	pid=$(<"$TOPO_DIR/$1.pid")
	wait_for 10 "the capture $1 is written" \
		_capture_is_still "$pid" "$TOPO_DIR/$1.pcap"
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

# _topo_is_on HOST PID
_topo_is_on()
{
	[[ /proc/$2/ns/net -ef /run/netns/$TOPO_PREFIX$1 ]]
}

# Those that run on one of the hosts, in _pids.
_topo_processes()
{
	local process host

	_pids=()
	for process in /proc/[0-9]*; do
		for host in "${_topo_hosts[@]}"; do
			_topo_is_on "$host" "${process#/proc/}" || continue
			_pids+=("${process#/proc/}")
			break
		done
	done
}

_topo_is_empty()
{
	_topo_processes
	((${#_pids[@]} == 0))
}

_topo_end_processes()
{
	local _pids

	((${#_topo_pids[@]})) && kill "${_topo_pids[@]}" 2>/dev/null
	if ! _topo_is_empty; then
		kill -TERM "${_pids[@]}" 2>/dev/null
		wait_quietly 3 _topo_is_empty ||
			kill -KILL "${_pids[@]}" 2>/dev/null
	fi
	wait
}

# Also when the test was cut short before some of them were made.
_topo_remove_hosts()
{
	local lines

	((${#_topo_hosts[@]})) || return 0
	printf -v lines 'netns del %s\n' "${_topo_hosts[@]/#/$TOPO_PREFIX}"
	ip -force -batch - <<<"$lines"
	rm -rf "${_topo_hosts[@]/#//etc/netns/$TOPO_PREFIX}"
}

_topo_keep()
{
	mkdir -p "$MESH_RESULTS"
	cp -r "$TOPO_DIR/." "$MESH_RESULTS/" 2>/dev/null
	echo "# captures and logs are kept in ${MESH_RESULTS#"$TOP"/}"
}

_topo_cleanup()
{
	local status=$?

	trap - EXIT INT TERM
	set +e
	_assert_exit_status "$status"
	_topo_end_processes
	_topo_remove_hosts
	[[ -z $_topo_module ]] || unload_mesh
	_assert_failed && _topo_keep
	rm -rf "$TOPO_DIR"
	_assert_summary
}

trap _topo_cleanup EXIT
trap 'exit 130' INT TERM

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the benches share, on top of lab/topo.sh.

# must COMMAND…
must()
{
	local saw

	saw=$("$@" 2>&1) || bail "fails: $*" "$saw"
}

# samples_to FILE - what sample writes to
samples_to()
{
	exec {out}>"$1" || bail "cannot write to $1"
}

# sample WORD… - a line of the samples
sample()
{
	echo "$*" >&"$out"
}

# A host to which, and from which, nothing comes by itself.
quiet_host()
{
	topo_host "$1"
	on_host "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1 \
		net.ipv4.conf.all.send_redirects=0 \
		net.ipv4.conf.default.send_redirects=0
}

# Nobody's: what is sent there is counted and dropped at once.
MAC_NOBODY=02:00:00:00:00:ff

# pktgen HOST DEVICE MAC SIZE COUNT BURSTS - prints a result a burst
pktgen()
{
	local host=$1
	shift

	# The words are the inner shell's.
	# shellcheck disable=SC2016
	on_host "$host" bash -c '
		cd /proc/net/pktgen || exit
		set -e
		echo rem_device_all >kpktgend_0
		echo "add_device $0" >kpktgend_0
		for word in "dst_mac $1" "pkt_size $2" "count $3" "delay 0" \
			"clone_skb 0" "src_min 10.1.0.2" "src_max 10.1.0.2" \
			"dst_min 10.9.0.2" "dst_max 10.9.0.2"; do
			echo "$word" >"$0"
		done
		for ((burst = 0; burst < $4; burst++)); do
			echo start >pgctrl
			while read -r line; do
				[[ $line != Result:* ]] || echo "$line"
			done <"$0"
		done' "$@"
}

# pktgen_best COUNT RESULTS - the microseconds of the fastest burst, in $best: what
# disturbs one only adds to it. Fails where one has not sent COUNT packets.
pktgen_best()
{
	local line

	best=
	while read -r line; do
		[[ $line =~ ^Result:\ OK:\ ([0-9]+)\(.*,\ $1\ \( ]] || {
			fail "pktgen did not send $1 packets:" "$2"
			return
		}
		[[ -n $best ]] && ((best <= BASH_REMATCH[1])) ||
			best=${BASH_REMATCH[1]}
	done <<<"$2"
}

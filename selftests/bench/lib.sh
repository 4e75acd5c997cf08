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

# held HOST WHAT - peers, shortcuts, learned…: how many its device has
held()
{
	local saw

	saw=$(ask "$1" -j dev show mesh0)
	[[ $saw =~ \"$2\":\ *([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}

# Of memory; what is only kept for later counts as free.
free_kib()
{
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "MemFree:" { print $2 }' /proc/meminfo
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

# pktgen_set HOST DEVICE "OPTION VALUE"… - what will be sent there
pktgen_set()
{
	local host=$1
	shift

	# The words are the inner shell's.
	# shellcheck disable=SC2016
	must on_host "$host" bash -c '
		cd /proc/net/pktgen || exit
		set -e
		echo rem_device_all >kpktgend_0
		echo "add_device $0" >kpktgend_0
		for word in "$@"; do
			echo "$word" >"$0"
		done' "$@"
}

# pktgen_lan COUNT DELAY - host1, behind site1, will send to port 7001 of host2, behind
# site2, a packet each DELAY nanoseconds; there they are counted and dropped
pktgen_lan()
{
	local from to

	must on_host host2 nft -f - <<-END
		table ip sink {
			chain input {
				type filter hook input priority 0;
				udp dport 7001 counter drop
			}
		}
	END
	from=$(cloud_lan_host site1) to=$(cloud_lan_host site2)
	pktgen_set host1 eth0 "count $1" "delay $2" "pkt_size 64" \
		"dst_mac $(on_host site1 cat /sys/class/net/lan/address)" \
		"src_min $from" "src_max $from" "dst_min $to" "dst_max $to" \
		"udp_src_min 20000" "udp_src_max 20000" \
		"udp_dst_min 7001" "udp_dst_max 7001"
}

# arrived - at host2's port 7001, ever
arrived()
{
	on_host host2 nft list table ip sink |
		sed -n 's/.*counter packets \([0-9]*\).*/\1/p'
}

arrived_since()
{
	local saw

	saw=$(arrived)
	echo "packets that have arrived: $saw of $1"
	((saw >= $1))
}

# pktgen HOST DEVICE MAC SIZE COUNT BURSTS ["OPTION VALUE"…] - prints a result a burst
pktgen()
{
	local host=$1 device=$2 bursts=$6

	pktgen_set "$host" "$device" "dst_mac $3" "pkt_size $4" "count $5" \
		"delay 0" "clone_skb 0" "src_min 10.1.0.2" "src_max 10.1.0.2" \
		"dst_min 10.9.0.2" "dst_max 10.9.0.2" "${@:7}"
	# The words are the inner shell's.
	# shellcheck disable=SC2016
	on_host "$host" bash -c '
		cd /proc/net/pktgen || exit
		for ((burst = 0; burst < $1; burst++)); do
			echo start >pgctrl
			while read -r line; do
				[[ $line != Result:* ]] || {
					read -r rate
					echo "$line $rate"
				}
			done <"$0"
		done' "$device" "$bursts"
}

# pktgen_best COUNT RESULTS - the nanoseconds of a packet of the fastest burst, in $best,
# with three places behind the point: what disturbs one burst only adds to it. Fails
# where one has not sent COUNT packets.
pktgen_best()
{
	local line rate=0

	while read -r line; do
		# Microseconds of a burst, which it says too, are much for a short one.
		[[ $line =~ ^Result:\ OK:\ .*,\ $1\ \(.*\ ([0-9]+)pps ]] || {
			fail "pktgen did not send $1 packets:" "$2"
			return
		}
		((BASH_REMATCH[1] <= rate)) || rate=${BASH_REMATCH[1]}
	done <<<"$2"
	printf -v best '%012d' $((10 ** 12 / rate))
	best=$((10#${best::-3})).${best: -3}
}

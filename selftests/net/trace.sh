#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.1
# limit: 180
#
# Tracepoints: each tells what was done with a packet, in fields that are documented.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2

. "$(dirname "$0")/lib.sh"

load_mesh
trace_begin mesh
cloud_underlay
cloud_hub hub 1 udp-port 4754 redirect-interval 60000
cloud_two_sites hub
declare -A ns=() oif=()
for host in hub site1 site2; do
	ns[$host]=$(netns_of $host)
	oif[$host]=$(on_host $host cat /sys/class/net/eth0/ifindex)
	[[ $host == hub ]] || mesh $host dev set mesh0 shortcut off
done
cloud_kernel_route site1 site2 hub
cloud_kernel_route site2 site1 hub

# at HOST EVENT REGEX… - such an event of its device
at()
{
	traced "$2 at $1" " $2: dev=mesh0 netns=${ns[$1]} " "${@:3}"
}

# packet HOST EVENT FIELD [REGEX] - of the one such event of the flow
packet()
{
	local line

	line=$(traces " $2: dev=mesh0 netns=${ns[$1]} " "$flow" "${@:4}")
	[[ " $line " =~ \ $3=([^ ]+)\  ]] && echo "${BASH_REMATCH[1]}"
}

claim "a packet is told of at each step of its way"
flow="protocol=0x0800 len=128 src=::ffff:10\.11\.0\.2 dst=::ffff:10\.12\.0\.2 "
trace_forget
expect_ok "host1 to host2" pings host1 10.12.0.2 -s 100
at site1 mesh_path "$flow" \
	" kind=gateway plen=0 group=0 bucket=0 peer=::ffff:10\.0\.0\.1 nbma=::ffff:100\.64\.1\.2$"
at site1 mesh_transmit "$flow" " nbma_src=::ffff:100\.64\.11\.2 nbma_dst=::ffff:100\.64\.1\.2 port=0 " \
	" oif=${oif[site1]} tos=0x00 ttl=64 df=1 hash=0x[0-9a-f]{8} gso_size=0$"
at hub mesh_receive "$flow" \
	" nbma_src=::ffff:100\.64\.11\.2 nbma_dst=::ffff:100\.64\.1\.2 port=0 tos=0x00$"
at hub mesh_path "$flow" " kind=route plen=24 group=0 bucket=0 peer=::ffff:10\.0\.0\.12 "
at hub mesh_transmit "$flow" " nbma_dst=::ffff:100\.64\.12\.2 port=0 oif=${oif[hub]} "
at site2 mesh_receive "$flow" " nbma_src=::ffff:100\.64\.1\.2 "
expect_eq "by one buffer" "$(packet site1 mesh_path skbaddr)" "$(packet site1 mesh_transmit skbaddr)"
expect_eq "by one hash" "$(packet site1 mesh_path hash)" "$(packet site1 mesh_transmit hash)"
expect_eq "nothing was dropped" "" "$(traces mesh_drop "$flow")"

claim "the hub tells of each indication that was due"
device=$(on_host hub cat /sys/class/net/mesh0/ifindex)
at hub mesh_redirect " ifindex=$device " "$flow" " oif=$device plen=24 verdict=queued$"
pings host1 10.12.0.2 -s 100 >/dev/null
at hub mesh_redirect "$flow" " verdict=limited$"

claim "the same in IPv6"
flow="protocol=0x86dd len=148 src=fd00:11::2 dst=fd00:12::2 "
expect_ok "host1 to host2" pings host1 fd00:12::2 -s 100
at site1 mesh_path "$flow" " kind=gateway .* peer=fd00::1 nbma=::ffff:100\.64\.1\.2$"
at hub mesh_path "$flow" " kind=route plen=64 .* peer=fd00::12 "
at site2 mesh_receive "$flow" " nbma_src=::ffff:100\.64\.1\.2 "

claim "the outer header is as it is told: UDP, TOS, TTL"
flow="protocol=0x0800 len=129 src=::ffff:10\.11\.0\.2 dst=::ffff:10\.12\.0\.2 "
mesh site1 dev set mesh0 encap udp tos inherit ttl inherit
expect_ok "host1 to host2" pings host1 10.12.0.2 -s 101 -Q 0x29 -t 33
at site1 mesh_transmit "$flow" " port=4754 oif=${oif[site1]} tos=0x29 ttl=32 "
at hub mesh_receive "$flow" " port=(49|5[0-9]|6[0-5])[0-9]{3} tos=0x29$"
mesh site1 dev set mesh0 encap gre

claim "of a group the bucket is told that meshctl tells"
mesh hub group add 7 dev mesh0 member 10.0.0.12 member 10.0.0.11
mesh hub route add 10.77.0.0/24 dev mesh0 group 7
topo_route hub 10.77.0.0/24 dev mesh0
saw=$(ask hub -j route get 10.77.0.9 dev mesh0 src 10.0.0.1 proto udp sport 1025 dport 9)
raw hub udp 10.0.0.1 10.77.0.9 9 10 1025 1
flow="src=::ffff:10\.0\.0\.1 dst=::ffff:10\.77\.0\.9 "
at hub mesh_path "$flow" " kind=route plen=24 group=7 bucket=$(jq -r '.[0].bucket' <<<"$saw") " \
	" peer=::ffff:$(jq -r '.[0].peer' <<<"$saw") "

claim "shortcuts that come and go are told of"
mesh hub dev set mesh0 redirect-interval 100
mesh site1 dev set mesh0 shortcut on
mesh site2 dev set mesh0 shortcut on
primed()
{
	pings host1 10.12.0.2 >/dev/null
	has_shortcut site1 "10.12.0.0/24 10.0.0.12"
}
wait_for 10 "a shortcut" primed
what=" prefix=::ffff:10\.12\.0\.0 plen=24 peer=::ffff:10\.0\.0\.12 members=1 hold=7200$"
at site1 mesh_shortcut " verb=add$what"
pings host1 10.12.0.2 -s 102 >/dev/null
at site1 mesh_path " len=130 " " kind=shortcut plen=24 .* peer=::ffff:10\.0\.0\.12 nbma=::ffff:100\.64\.12\.2$"
mesh site1 shortcut flush dev mesh0
at site1 mesh_shortcut " verb=del$what"

claim "drops are told of by name"
trace_forget
pings hub 10.0.0.99 -W1 >/dev/null
at hub mesh_drop " src=::ffff:10\.0\.0\.1 dst=::ffff:10\.0\.0\.99 reason=drop-tx-no-peer$"

claim "meshctl monitor tells of packets of its namespace, and puts away what it has used"
meshctl -n "${TOPO_PREFIX}hub" -j monitor drop redirect shortcut >"$TOPO_DIR/monitor" &
monitor=$!
_topo_pids+=($monitor)
dropped()
{
	pings hub 10.0.0.99 -W1 >/dev/null
	grep '"event":"drop".*10\.0\.0\.99' "$TOPO_DIR/monitor"
}
wait_for 10 "a packet is dropped" dropped
expect_eq "what is told of it" \
	'["packet","drop","mesh0",2048,84,"10.0.0.1","10.0.0.99","drop-tx-no-peer"]' \
	"$(jq -c 'select(.event == "drop") | [.object, .event, .dev, .protocol, .len, .src, .dst,
		.reason]' "$TOPO_DIR/monitor" | sort -u)"
saw=$(wc -l <"$TOPO_DIR/monitor")
pings site1 10.0.0.98 -W1 >/dev/null
dropped >/dev/null
expect_eq "of other devices or sorts" "" "$(jq -c 'select(.src != "10.0.0.1" and
	.src != "10.0.0.11" or .event != "drop")' "$TOPO_DIR/monitor")"
kill -INT $monitor
wait_for 5 "it ends" _is_gone $monitor
expect_eq "instances of tracefs" "$TEST" "$(ls /sys/kernel/tracing/instances)"

claim "a filter knows the fields"
echo "netns == ${ns[site1]} && len == 131" >"$_trace/events/mesh/filter"
trace_forget
expect_ok "host1 to host2" pings host1 10.12.0.2 -s 103
at site1 mesh_transmit " len=131 "
expect_eq "no other's, and of no other length" "" \
	"$(traces ' mesh_.* len=' | grep -v "netns=${ns[site1]} .* len=131 ")"
echo 0 >"$_trace/events/mesh/filter"

claim "each field is documented, in its order"
for format in "$_trace"/events/mesh/*/format; do
	event=${format%/format}
	event=${event##*/}
	fields=$(sed -n 's/^\tfield:.* \**\([a-z_]*\)\(\[[0-9]*\]\)\?;.*/\1/p' "$format" |
		grep -v '^common_')
	told=$(awk -v event="$event" '
		/^``/ && (of == "Of a packet" && event != "mesh_shortcut" || of == event) {
			gsub("`", "", $1); print $1 }
		/^[=]+$/ && length(last) == length() { of = last }
		{ last = $0 }' "$TOP/Documentation/tracepoints.rst")
	[[ $event != mesh_shortcut ]] || told=$'netns\nifindex\ndev\n'$told
	expect_eq "fields of $event" "$told" "$fields"
done

claim "nobody who does not ask is told"
echo 0 >"$_trace/events/mesh/enable"
trace_forget
expect_ok "host1 to host2" pings host1 10.12.0.2
expect_eq "traced" "" "$(traces ' mesh_')"
trace_end

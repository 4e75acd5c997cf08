# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A mesh cloud for tests and the demo, on top of topo.sh:
#
#	UNDERLAY=6			before it is read: IPv6 underlay; 46: both
#	cloud_underlay [delay 5ms]	the provider: a router, one link a node
#	cloud_hub hub1 1		a next-hop server with number 1
#	cloud_site site1 11 hub1 …	a site that registers with those hubs
#	cloud_lan site1 host1		a host on the site's LAN
#
# A node's number N (1 to 254) gives its addresses: underlay 100.64.N.2 or
# 2001:db8:N::2, overlay 10.0.0.N and fd00::N, LAN 10.N.0.0/24 and fd00:N::/64
# with the router at 1 and the host at 2.

UNDERLAY=${UNDERLAY:-4}

declare -A _cloud_number=() _cloud_family=()
_cloud_impair=()

# cloud_nbma NAME - its underlay address, IPv4 where it has both
cloud_nbma()
{
	case ${_cloud_family[$1]} in
	6) cloud_nbma6 "$1" ;;
	*) echo "100.64.${_cloud_number[$1]}.2" ;;
	esac
}

cloud_nbma6()
{
	echo "2001:db8:${_cloud_number[$1]}::2"
}

cloud_overlay()
{
	echo "10.0.0.${_cloud_number[$1]}"
}

cloud_overlay6()
{
	echo "fd00::${_cloud_number[$1]}"
}

cloud_lan_prefix()
{
	echo "10.${_cloud_number[$1]}.0.0/24"
}

# The address of the host on a site's LAN.
cloud_lan_host()
{
	echo "10.${_cloud_number[$1]}.0.2"
}

cloud_underlay()
{
	_cloud_impair=("$@")
	topo_host isp
}

# cloud_node NAME N [4|6|46] - a router with an underlay link and no mesh yet
cloud_node()
{
	local name=$1 n=$2

	_cloud_number[$name]=$n
	_cloud_family[$name]=${3:-$UNDERLAY}
	topo_host "$name"
	topo_link "$name" eth0 isp "$name" "${_cloud_impair[@]}"
	case ${_cloud_family[$name]} in
	4) _cloud_uplink "$name" "100.64.$n.2/30 100.64.$n.1/30" ;;
	6) _cloud_uplink "$name" "2001:db8:$n::2/64 2001:db8:$n::1/64" ;;
	46) _cloud_uplink "$name" "100.64.$n.2/30 100.64.$n.1/30" \
		"2001:db8:$n::2/64 2001:db8:$n::1/64" ;;
	esac
}

# cloud_elsewhere NAME N - a node with an IPv4 underlay in the guest at the other end of
# the cable; cloud_here NAME N makes it, there
cloud_elsewhere()
{
	_cloud_number[$1]=$2
	_cloud_family[$1]=4
	topo_cable isp "$1"
	topo_addr isp "$1" "100.64.$2.1/30"
}

cloud_here()
{
	_cloud_number[$1]=$2
	_cloud_family[$1]=4
	topo_host "$1"
	topo_cable "$1" eth0
	topo_addr "$1" eth0 "100.64.$2.2/30"
	topo_route "$1" default via "100.64.$2.1"
}

# _cloud_uplink NAME "ADDRESS/LENGTH PROVIDER'S/LENGTH"…
_cloud_uplink()
{
	local name=$1 pair mine others=() lines=
	shift

	for pair in "$@"; do
		mine=${pair% *}
		others+=("${pair#* }")
		lines+="addr add $mine dev eth0"
		[[ $mine != *:* ]] || lines+=" nodad"
		lines+=$'\n'"route add default via ${others[-1]%/*}"$'\n'
	done
	topo_ip "$name" <<<"$lines"
	topo_addr isp "$name" "${others[@]}"
}

# cloud_local NAME - the options that give its device its local addresses
cloud_local()
{
	case ${_cloud_family[$1]} in
	46) echo "local $(cloud_nbma "$1") local6 $(cloud_nbma6 "$1")" ;;
	6) echo "local6 $(cloud_nbma6 "$1")" ;;
	*) echo "local $(cloud_nbma "$1")" ;;
	esac
}

# cloud_mesh NAME [DEV-OPTION…] - the mesh device of a node, up
cloud_mesh()
{
	local name=$1 n=${_cloud_number[$1]}
	shift

	ask "$name" dev add mesh0 $(cloud_local "$name") key 42 "$@" ||
		bail "cannot make the mesh device of $name"
	topo_ip "$name" <<-EOF
		addr add 10.0.0.$n/24 dev mesh0
		addr add fd00::$n/64 dev mesh0 nodad
		link set mesh0 up
	EOF
}

# cloud_hub NAME N [DEV-OPTION…]
cloud_hub()
{
	local name=$1 n=$2
	shift 2

	cloud_node "$name" "$n"
	cloud_mesh "$name" server on redirect on "$@"
}

# cloud_site NAME N HUB…
cloud_site()
{
	local name=$1 n=$2 hub
	shift 2

	cloud_node "$name" "$n"
	cloud_mesh "$name"
	for hub in "$@"; do
		ask "$name" nhs add "$(cloud_nbma "$hub")" dev mesh0 ||
			bail "cannot add $hub as next-hop server of $name"
	done
}

# cloud_lan SITE HOST
cloud_lan()
{
	local site=$1 host=$2 n=${_cloud_number[$1]}

	topo_host "$host"
	topo_link "$site" lan "$host" eth0
	topo_addr "$site" lan "10.$n.0.1/24" "fd00:$n::1/64"
	topo_ip "$host" <<-EOF
		addr add 10.$n.0.2/24 dev eth0
		addr add fd00:$n::2/64 dev eth0 nodad
		route add default via 10.$n.0.1
		route add default via fd00:$n::1
	EOF
}

# cloud_is_registered SITE HUB [ADDRESS]
cloud_is_registered()
{
	local site=$1 hub=$2

	[[ $(ask "$hub" -j peer show \
		"${3:-$(cloud_overlay "$site")}" dev mesh0) == *registered* ]]
}

# cloud_registered SECONDS SITE HUB… - waits for both families of
# the site at each hub
cloud_registered()
{
	local seconds=$1 site=$2 hub
	shift 2

	for hub in "$@"; do
		wait_for "$seconds" "$site is registered with $hub" \
			cloud_is_registered "$site" "$hub"
		wait_for "$seconds" "and its IPv6 address" \
			cloud_is_registered "$site" "$hub" "$(cloud_overlay6 "$site")"
	done
}

# cloud_kernel_route NODE SITE VIA-NODE - the kernel's routes to the site's LAN,
# which steer to the device; they go whenever that goes down
cloud_kernel_route()
{
	local node=$1 n=${_cloud_number[$2]} via=${_cloud_number[$3]}

	topo_ip "$node" <<-EOF
		route add 10.$n.0.0/24 via 10.0.0.$via dev mesh0
		route add fd00:$n::/64 via fd00::$via dev mesh0
	EOF
}

# cloud_static_route NODE SITE VIA-NODE - the site's LAN by that node, in the
# kernel and in the mesh's own table; both families of that node are known
cloud_static_route()
{
	local node=$1 n=${_cloud_number[$2]} via=${_cloud_number[$3]}

	cloud_kernel_route "$@"
	ask "$node" -batch - <<-EOF || bail "cannot add the mesh routes of $2 to $node"
		route add 10.$n.0.0/24 dev mesh0 peer 10.0.0.$via
		route add fd00:$n::/64 dev mesh0 peer fd00::$via
	EOF
}

# cloud_two_sites HUB - site1 (11) and site2 (12) of a hub that knows the way to
# the hosts behind them, host1 and host2
cloud_two_sites()
{
	local hub=$1 n

	for n in 1 2; do
		cloud_site site$n 1$n "$hub"
		cloud_lan site$n host$n
		cloud_registered 10 site$n "$hub"
		cloud_static_route "$hub" site$n site$n
	done
}

# cloud_by_hub HUB - each of the two sites has the way to the other's LAN by it
cloud_by_hub()
{
	cloud_static_route site1 site2 "$1"
	cloud_static_route site2 site1 "$1"
}

# flow_echo HOST ADDRESS PORT NAME - an echo server of mesh-flow, ready; its
# process id is in $BG
flow_echo()
{
	bg_on "$1" "echo-$4" mesh-flow echo "$2" "$3" "$4"
	wait_for 10 "the echo server $4 of $1 is ready" \
		_holds "$TOPO_DIR/$1/echo-$4.log" ready
}

# flow_send HOST ADDRESS PORT [OPTION VALUE]… - prints mesh-flow's report
flow_send()
{
	local host=$1
	shift

	on_host "$host" mesh-flow send "$@"
}

# flow_start HOST NAME ADDRESS PORT [OPTION VALUE]… - sends until flow_stop NAME,
# which prints the report; for what lasts as long as it lasts
flow_start()
{
	flow_run "$1" "$2" mesh-flow send "${@:3}" count 1000000
}

# flow_run HOST NAME COMMAND… - the same where more than mesh-flow is started
flow_run()
{
	local name=$2

	_exec_on "$1" "${@:3}" >"$TOPO_DIR/$name.flow" &
	_topo_pids+=($!)
	echo $! >"$TOPO_DIR/$name.flow.pid"
	wait_quietly 5 _topo_is_on "$1" $! || fail "the flow $name does not begin"
}

# It waits for what may still come of it, where something is missing.
flow_stop()
{
	local pid

	pid=$(<"$TOPO_DIR/$1.flow.pid")
	kill "$pid"
	wait_for 20 "the flow $1 ends" _is_gone "$pid"
	cat "$TOPO_DIR/$1.flow"
}

# flow_fields REPORT .NAME… - numbers of a report of flow_send, in one line
flow_fields()
{
	local report=$1 name value found=()
	shift

	for name; do
		value="\"${name#.}\": ([0-9.]+)"
		[[ $report =~ $value ]] || return
		found+=("${BASH_REMATCH[1]}")
	done
	echo "${found[*]}"
}

# flow_field REPORT FIELD - one of them, or what jq makes of it
flow_field()
{
	if [[ $2 =~ ^\.[a-z_]+$ ]]; then
		flow_fields "$@"
	else
		jq -r "$2" <<<"$1"
	fi
}

# flow_sent NAME - how many packets have left the host of a flow that is under way, in
# $_sent; without a process
flow_sent()
{
	local pid line fields

	pid=$(<"$TOPO_DIR/$1.flow.pid")
	_sent=0
	while read -r line; do
		[[ $line != *'|'* && $line != lo:* ]] || continue
		read -ra fields <<<"${line#*:}"
		_sent=$((_sent + fields[9]))
	done <"/proc/$pid/net/dev"
}

# flow_has_sent NAME NUMBER
flow_has_sent()
{
	flow_sent "$1"
	((_sent >= $2))
}

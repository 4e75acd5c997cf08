# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Chains of routers that differ by one hop, on top of lib.sh: what is measured in time
# (forward) and in instructions (icount).
#
#	pktgen gen ---> R0 ---> [R1] ---> [R2] ---> sink	all on one processor
#	  10.1.0.2                                    10.9.0.2
#
#	R0: in each chain, and in no figure: pktgen keeps a reference to what it
#	    sends, so that who forwards it first pays for a copy, as nobody does for
#	    what a network card has received
#	R1: forwards plainly, or encapsulates (LAN to tunnel)
#	R2: forwards plainly, decapsulates (tunnel to LAN), or does both (hub)
#
# Link i from a router: 100.64.i.1 to 100.64.i.2. Overlay: R1 10.0.0.1, R2
# 10.0.0.2, behind a hub 10.0.0.3. The sink's neighbour entry has an address that
# is not the sink's, so that it counts a packet and drops it at once.

# Of a frame on a wire, with its checksum, which is not in memory.
SIZES=(64 1400)
CHECKSUM=4
# What tunnels put before a packet.
GRE_KEY=28
GRE_KEY_UDP=36
VXLAN=50
MAC_ROUTER=02:00:00:00:00:01
# Where many destinations are, for chains in which dice say where a packet goes.
MANY=10.128.0.0/9

# Those that are made, all where none are named here.
wanted=()
chains=()
declare -A added=() spread=()

chain_ends()
{
	quiet_host gen
	quiet_host sink
}

# chain NAME EXTRA [ROLE…] - R0, and a router per role, between gen and sink, where
# the frames come in with EXTRA bytes. A role may have arguments of its own, before
# those of its place
chain()
{
	local name=$1 extra=$2 from=gen from_if=$1 i=0 role host
	shift 2
	set -- plain "$@"

	((${#wanted[@]} == 0)) || [[ " ${wanted[*]} " == *" $name "* ]] || return 0
	chains+=("$name")
	added[$name]=$extra
	for role in "$@"; do
		host=$name-$i
		quiet_host "$host"
		topo_link "$from" "$from_if" "$host" in
		ip_on "$host" link set in address "$MAC_ROUTER"
		((i == 0)) || next_hop "$from" $((i - 1)) "$MAC_ROUTER"
		from=$host from_if=out i=$((i + 1))
	done
	topo_link "$from" out sink "$name"
	next_hop "$from" $((i - 1)) "$MAC_NOBODY"
	i=0
	for role in "$@"; do
		addresses "$name-$i" $i
		# Words of their own.
		# shellcheck disable=SC2086
		$role "$name-$i" $i
		i=$((i + 1))
	done
}

next_hop()
{
	local host=$1 link=$2 mac=$3

	topo_addr "$host" out "100.64.$link.1/30"
	ip_on "$host" neigh add "100.64.$link.2" lladdr "$mac" dev out \
		nud permanent || bail "no neighbour for $host"
}

addresses()
{
	local host=$1 i=$2

	if ((i == 0)); then
		topo_addr "$host" in 10.1.0.1/24
	else
		topo_addr "$host" in "100.64.$((i - 1)).2/30"
	fi
}

plain()
{
	topo_route "$1" 10.9.0.0/24 via "100.64.$2.2"
	topo_route "$1" "$MANY" via "100.64.$2.2"
}

local_of()
{
	(($1 == 1)) && echo 100.64.1.1 || echo 100.64.1.2
}

gre_device()
{
	local host=$1 i=$2
	shift 2

	must ip_on "$host" link add tun type gre local "$(local_of "$i")" \
		key 42 ttl 64 "$@"
	topo_addr "$host" tun "10.0.0.$i/24"
	ip_on "$host" link set tun up
	((i == 1)) || gre_peer "$host" 10.0.0.1 100.64.1.1
}

gre_peer()
{
	must ip_on "$1" neigh add "$2" lladdr "$3" dev tun nud permanent
}

gre_encap()
{
	gre_device "$@"
	gre_peer "$1" "10.0.0.$(($2 + 1))" "100.64.$2.2"
	topo_route "$1" 10.9.0.0/24 via "10.0.0.$(($2 + 1))" dev tun
}

gre_decap()
{
	gre_device "$1" "$2"
	plain "$@"
}

fou_encap()
{
	gre_encap "$@" encap fou encap-sport auto encap-dport 4754
}

# gre_end, vxlan_end HOST DEVICE LOCAL REMOTE NUMBER - a tunnel with one far end
gre_end()
{
	must ip_on "$1" link add "$2" type gre local "$3" remote "$4" key 42 ttl 64
}

vxlan_end()
{
	must ip_on "$1" link add "$2" address "$(mac_of "${3##*.}")" type vxlan \
		id "4$5" local "$3" remote "$4" dstport 4789 ttl 64
}

# Of the end of a tunnel, by the last octet of its underlay address.
mac_of()
{
	echo "02:00:00:00:01:0$1"
}

# one_end KIND HOST LINK NUMBER FAR - that device, with the address 10.0.NUMBER.LINK
one_end()
{
	local kind=$1 host=$2 i=$3 number=$4 far=$5

	"${kind}_end" "$host" "tun$number" "$(local_of "$i")" "$far" "$number"
	topo_addr "$host" "tun$number" "10.0.$number.$i/24"
	ip_on "$host" link set "tun$number" up
}

one_encap()
{
	local kind=$1 host=$2 i=$3 via=10.0.$3.$(($3 + 1))

	one_end "$kind" "$host" "$i" "$i" "100.64.$i.2"
	[[ $kind != vxlan ]] ||
		must ip_on "$host" neigh add "$via" lladdr "$(mac_of 2)" \
			dev "tun$i" nud permanent
	topo_route "$host" 10.9.0.0/24 via "$via" dev "tun$i"
}

one_decap()
{
	one_end "$1" "$2" "$3" 1 100.64.1.1
	plain "$2" "$3"
}

one_hub()
{
	one_end "$1" "$2" "$3" 1 100.64.1.1
	one_encap "$@"
}

mesh_device()
{
	local host=$1 i=$2
	shift 2

	must ask "$host" dev add tun local "$(local_of "$i")" \
		key 42 ttl 64 shortcut off "$@"
	topo_addr "$host" tun "10.0.0.$i/24"
	ip_on "$host" link set tun up
	((i == 1)) || mesh_way "$host" 10.0.0.1 100.64.1.1 10.1.0.0/24
}

mesh_way()
{
	local host=$1 peer=$2 nbma=$3 prefix=$4

	must ask "$host" peer add "$peer" dev tun nbma "$nbma"
	must ask "$host" route add "$prefix" dev tun peer "$peer"
	topo_route "$host" "$prefix" via "$peer" dev tun
}

mesh_encap()
{
	mesh_device "$@"
	mesh_way "$1" "10.0.0.$(($2 + 1))" "100.64.$2.2" 10.9.0.0/24
}

mesh_decap()
{
	mesh_device "$@"
	plain "$@"
}

mesh_redirect()
{
	mesh_encap "$1" "$2" redirect on
}

mesh_udp()
{
	mesh_encap "$1" "$2" encap udp
}

# many N [STEP] - the first N addresses of $MANY, or each STEP-th, one a line
many()
{
	awk -v n="$1" -v step="${2:-1}" 'BEGIN {
		for (i = 0; i < n * step; i += step)
			printf "10.%d.%d.%d\n", 128 + i / 65536,
				i / 256 % 256, i % 256
	}'
}

# mesh_peers N HOST LINK - a peer for each of N destinations, each with an address
mesh_peers()
{
	local n=$1 host=$2 i=$3

	mesh_device "$host" "$i"
	topo_route "$host" 100.128.0.0/9 via "100.64.$i.2"
	topo_route "$host" "$MANY" dev tun
	many "$n" | awk '{ print "peer add", $1, "dev tun nbma 100" substr($1, 3) }' \
		>"$TOPO_DIR/batch"
	must ask "$host" -batch "$TOPO_DIR/batch"
}

# mesh_routes N HOST LINK - N prefixes of eight addresses, all to one peer
mesh_routes()
{
	local n=$1 host=$2 i=$3

	mesh_encap "$host" "$i"
	topo_route "$host" "$MANY" dev tun
	many "$n" 8 | sed 's,$,/29,' >"$TOPO_DIR/prefixes"
	must on_host "$host" mesh-route-load fill tun "10.0.0.$((i + 1))" \
		"$TOPO_DIR/prefixes"
}

# the last of N addresses from the beginning of $MANY
last_of()
{
	echo "10.$((128 + ($1 - 1) / 65536)).$((($1 - 1) / 256 % 256)).$((($1 - 1) % 256))"
}

# spread_over NAME N - packets of that chain go to N addresses of $MANY, by dice
spread_over()
{
	spread[$1]="flag IPDST_RND;dst_min 10.128.0.0;dst_max $(last_of "$2")"
}

sink_saw()
{
	on_host sink cat "/sys/class/net/$1/statistics/rx_packets" \
		"/sys/class/net/$1/statistics/rx_bytes" | tr '\n' ' '
}

# all_there NAME PACKETS-BEFORE BYTES-BEFORE COUNT FRAME
all_there()
{
	local packets bytes

	read -r packets bytes < <(sink_saw "$1")
	echo "$((packets - $2)) packets, $((bytes - $3)) bytes of $4 packets"
	((packets - $2 == $4 && bytes - $3 == $4 * $5))
}

# measure NAME SIZE COUNT BURSTS - as pktgen_best; fails if a packet did not arrive
measure()
{
	local name=$1 frame=$(($2 - CHECKSUM)) count=$3 bursts=$4 packets bytes
	local -a to

	IFS=';' read -ra to <<<"${spread[$name]:-}"
	read -r packets bytes < <(sink_saw "$name")
	pktgen_best "$count" "$(pktgen gen "$name" "$MAC_ROUTER" "$frame" \
		"$count" "$bursts" "${to[@]}")" || return
	wait_for 5 "each packet of $name arrives" \
		all_there "$name" "$packets" "$bytes" $((count * bursts)) \
		$((frame + added[$name]))
}

# Says which cables are down.
chains_are_up()
{
	local files=("${chains[@]/#//sys/class/net/}") saw

	saw=$(on_host sink grep -L up "${files[@]/%//operstate}")
	[[ -z $saw ]] || ! echo "$saw"
}

# chains_work COUNT - sends so many packets through each
chains_work()
{
	local name

	for name in "${chains[@]}"; do
		measure "$name" 64 "$1" 1 || bail "the chain $name does not work"
	done
}

# round_of_chains PREFIX COUNT BURSTS - a sample of each in turn
round_of_chains()
{
	local size name

	for size in "${SIZES[@]}"; do
		for name in "${chains[@]}"; do
			# Their packets' length does not matter to tables.
			[[ $size == 64 || -z ${spread[$name]:-} ]] || continue
			measure "$name" "$size" "$2" "$3" ||
				bail "the chain $name loses packets"
			sample "$1 $name/$size $best"
		done
	done
}

# Chains with one flow, and those by which packets go all over the tables.
one_flow_chains()
{
	chain direct 0
	chain plain 0 plain
	chain plain-plain 0 plain plain
	chain gre $GRE_KEY gre_encap
	chain gre-lan 0 gre_encap gre_decap
	chain gre-hub $GRE_KEY gre_encap gre_encap
	chain one $GRE_KEY "one_encap gre"
	chain one-lan 0 "one_encap gre" "one_decap gre"
	chain one-hub $GRE_KEY "one_encap gre" "one_hub gre"
	chain vxlan $VXLAN "one_encap vxlan"
	chain vxlan-lan 0 "one_encap vxlan" "one_decap vxlan"
	chain vxlan-hub $VXLAN "one_encap vxlan" "one_hub vxlan"
	chain mesh $GRE_KEY mesh_encap
	chain mesh-lan 0 mesh_encap mesh_decap
	chain mesh-hub $GRE_KEY mesh_encap mesh_encap
	chain mesh-redirect $GRE_KEY mesh_encap mesh_redirect
	chain fou $GRE_KEY_UDP fou_encap
	chain udp $GRE_KEY_UDP mesh_udp
}

many_flow_chains()
{
	local n

	chain direct-many 0
	spread_over direct-many 100000
	chain plain-many 0 plain
	spread_over plain-many 100000
	for n in "${PEERS[@]}"; do
		chain "peers-$n" $GRE_KEY "mesh_peers $n"
		spread_over "peers-$n" "$n"
	done
	for n in "${ROUTES[@]}"; do
		chain "routes-$n" $GRE_KEY "mesh_routes $n"
		spread_over "routes-$n" $((n * 8))
	done
}

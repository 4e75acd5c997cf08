# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# FRR's nhrpd on ip_gre beside our nodes, on top of net/lib.sh. Its nodes have
# numbers and addresses as those of lab/cloud.sh; their tunnel is named gre1.
# What is named after "site" or "node" below is for both kinds.

. "$(dirname "${BASH_SOURCE[0]}")/../net/lib.sh"

# Seconds that nhrpd's nodes ask others to remember them for.
NHRPD_HOLD=${NHRPD_HOLD:-600}
declare -A _nhrpd=()

# The addresses are of one host each: who else is there, nhrpd adds as routes.
# It refuses the whole family where there is a link-local address beside them.
_nhrpd_tunnel()
{
	local name=$1 n=${_cloud_number[$1]}

	_nhrpd[$name]=1
	modprobe ip_gre || bail "no ip_gre here"
	ip_on "$name" link add gre1 type gre key 42 ttl 64 dev eth0 ||
		bail "cannot make the tunnel of $name"
	ip_on "$name" link set gre1 addrgenmode none
	topo_addr "$name" gre1 "10.0.0.$n/32" "fd00::$n/128"
	ip_on "$name" link set gre1 up
	# What nhrpd means to do itself, but cannot: it misspells the table's name.
	on_host "$name" sysctl -qw net.ipv6.neigh.gre1.app_solicit=1 \
		net.ipv6.neigh.gre1.ucast_solicit=0 \
		net.ipv6.neigh.gre1.mcast_solicit=0
}

# _nhrpd_start NAME ROLE HUB… - shortcut for a site, redirect for a hub
_nhrpd_start()
{
	local name=$1 role=$2 family hub
	shift 2

	frr_start "$name" nhrpd < <(
		echo "nhrp nflog-group 1"
		echo "interface gre1"
		for family in ip ipv6; do
			cat <<-END
			 $family nhrp network-id 1
			 $family nhrp holdtime $NHRPD_HOLD
			 $family nhrp registration no-unique
			 $family nhrp $role
			END
			for hub in "$@"; do
				echo " $family nhrp nhs dynamic nbma $(cloud_nbma "$hub")"
			done
		done
		echo " tunnel source eth0"
	)
}

# nhrpd_join NODE HUB… - nhrpd as a site that follows indications
nhrpd_join()
{
	_nhrpd_tunnel "$1"
	_nhrpd_start "$1" shortcut "${@:2}"
}

# nhrpd_site NAME N HUB…
nhrpd_site()
{
	cloud_node "$1" "$2"
	nhrpd_join "$1" "${@:3}"
}

# nhrpd_hub NAME N - nhrpd as next-hop server: a packet filter tells it of whom
# to send an indication to
nhrpd_hub()
{
	cloud_node "$1" "$2"
	_nhrpd_tunnel "$1"
	on_host "$1" nft -f - <<-END || bail "no packet filter on $1"
	table inet nhrp {
		chain forward {
			type filter hook forward priority 0
			iifname gre1 oifname gre1 log group 1 snaplen 128
		}
	}
	END
	_nhrpd_start "$1" redirect
}

# node_route NODE PREFIX4 PREFIX6 VIA-NODE - the kernel's routes of a node of
# either kind by another one of the cloud
node_route()
{
	local node=$1 via=${_cloud_number[$4]} how="dev mesh0"

	[[ -z ${_nhrpd[$node]:-} ]] || how="dev gre1 onlink"
	topo_ip "$node" <<-EOF
		route add $2 via 10.0.0.$via $how
		route add $3 via fd00::$via $how
	EOF
}

# site_route NODE SITE VIA-NODE - to the site's LAN
site_route()
{
	local n=${_cloud_number[$2]}

	node_route "$1" "10.$n.0.0/24" "fd00:$n::/64" "$3"
}

# nhrpd_has NAME FAMILY WHAT FIELD VALUE… - a row of one of nhrpd's tables, ip or
# ipv6, with all of them
nhrpd_has()
{
	local name=$1 family=$2 what=$3 saw
	shift 3

	saw=$(frr_vtysh "$name" "show $family nhrp $what json")
	# It may write the heading of the table that is for people in front of it.
	saw={${saw#*\{}
	echo "$family $what of $name: $saw"
	jq -e '[$ARGS.positional | _nwise(2) | {(.[0]): .[1]}] | add as $want |
		'"any(\$said.table[]?; contains(\$want))" --argjson said "$saw" \
		--null-input --args "$@" >/dev/null
}

# nhrpd_knows NAME PROTOCOL TYPE NBMA - an entry of its cache
nhrpd_knows()
{
	local family=ip

	[[ $2 != *:* ]] || family=ipv6
	nhrpd_has "$1" $family cache protocol "$2" type "$3" nbma "$4"
}

# nhrpd_link NAME NBMA - that it has one with that node, of "show dmvpn"
nhrpd_link()
{
	local saw

	saw=$(frr_vtysh "$1" "show dmvpn json")
	echo "links of $1: $saw"
	jq -e --arg to "$2" 'any(.[]; .dst == $to and .notifierActive)' \
		<<<"$saw" >/dev/null
}

# host_behind SITE 4|6 - its address
host_behind()
{
	local n=${_cloud_number[$1]}

	if (($2 == 4)); then
		echo "10.$n.0.2"
	else
		echo "fd00:$n::2"
	fi
}

# site_shortcut SITE OTHER 4|6 - that the site has one to the other's LAN
site_shortcut()
{
	local site=$1 n=${_cloud_number[$2]} prefix via family=ip

	prefix=10.$n.0.0/24 via=10.0.0.$n
	[[ $3 == 4 ]] || prefix=fd00:$n::/64 via=fd00::$n family=ipv6
	if [[ -n ${_nhrpd[$site]:-} ]]; then
		nhrpd_has "$site" $family shortcut prefix "$prefix" via "$via"
	else
		has_shortcut "$site" "$prefix $via"
	fi
}

# answered_direct HOST ADDRESS - through the two sites alone, both ways
answered_direct()
{
	local saw

	saw=$(pings "$1" "$2" 2>&1)
	echo "$saw"
	[[ $saw =~ ttl=62' ' ]]
}

# shortcut_comes SITE OTHER 4|6 - while there is traffic
shortcut_comes()
{
	site_shortcut "$@" && return
	pings "host_$1" "$(host_behind "$2" "$3")"
	return 1
}

# sites_meet SITE OTHER 4|6 - the first packet between the hosts behind them is
# answered, and shortcuts come of it that carry the next ones.  nhrpd asks for one
# once, and if that was in vain again half a minute later, at the next packet;
# the other site's comes by itself: the packet filter hands nhrpd's hub the answer
# after up to a second.
sites_meet()
{
	local site=$1 to

	to=$(host_behind "$2" "$3")
	expect_ok "first packet of $site to $2, IPv$3" pings "host_$site" $to
	wait_for 15 "$site's shortcut to $2, IPv$3" shortcut_comes "$site" "$2" "$3"
	wait_for 15 "answer by the shortcut from $2 to $site, IPv$3" \
		answered_direct "host_$site" $to
}

# all_meet 4|6 SITE…
all_meet()
{
	local family=$1 a b
	shift

	for a in "$@"; do
		for b in "$@"; do
			[[ $a == "$b" ]] || sites_meet "$a" "$b" "$family"
		done
	done
}

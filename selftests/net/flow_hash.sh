#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
#
# What the flow hash keeps together: fragments, ICMP errors with the flow that they
# are about, tunnelled packets; and that meshctl route get knows of all of it.
#
#	client --- R --- S (hub 1) === P1 (11), P2 (12), registered with S
#
#	T, a node like S, to which nothing comes: it tells where answers would go
#
# 10.98.0.1 and fd98::1 are addresses that both have. The client has a hundred, and
# sends no larger packets than the mesh takes.

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
cloud_hub S 1
cloud_site P1 11 S
cloud_site P2 12 S
topo_host client R
topo_link client eth0 R client
topo_link R eth0 S lan
topo_addr R client 10.50.0.1/24 fd50::1/64
topo_addr R eth0 10.51.0.2/24 fd51::2/64
topo_addr S lan 10.51.0.1/24 fd51::1/64
{
	echo "link set eth0 mtu 1400"
	printf 'addr add 10.50.0.%s/24 dev eth0\n' {10..109}
	printf 'addr add fd50::%s/64 dev eth0 nodad\n' {10..109}
	echo "route add default via 10.50.0.1"
	echo "route add default via fd50::1"
} | topo_ip client
topo_route R default via 10.51.0.1
topo_route R default via fd51::1
topo_route S 10.50.0.0/24 via 10.51.0.2
topo_route S fd50::/64 via fd51::2
topo_route S 10.98.0.1 dev mesh0
topo_route S fd98::1 dev mesh0
for site in P1 P2; do
	topo_ip $site <<-EOT
		addr add 10.98.0.1/32 dev lo
		addr add fd98::1/128 dev lo
		route add 10.50.0.0/24 via 10.0.0.1 dev mesh0
		route add fd50::/64 via fd00::1 dev mesh0
	EOT
	bg_on $site serve python3 "$NET/raw.py" serve 9000 $site
	cloud_registered 10 $site S
done
mesh S group add 4 dev mesh0 member 10.0.0.11 member 10.0.0.12
mesh S group add 6 dev mesh0 member fd00::11 member fd00::12
mesh S route add 10.98.0.1/32 dev mesh0 group 4
mesh S route add fd98::1/128 dev mesh0 group 6
for site in P1 P2; do
	wait_for 10 "the server of $site" grep -q ready "$TOPO_DIR/$site/serve.log"
done

declare -A vip=([4]=10.98.0.1 [6]=fd98::1)
declare -A net=([4]=10.50.0. [6]=fd50::)
declare -A members=([4]="10.0.0.11 10.0.0.12" [6]="fd00::11 fd00::12")

# foretold FAMILY - who gets each of the flows on standard input, the words of
# meshctl route get behind "src": "PEER FLOW"
foretold()
{
	local flows

	flows=$(</dev/stdin)
	sed "s/^/route get ${vip[$1]} dev mesh0 src /" <<<"$flows" | ask S -j -batch - |
		jq -r '.[].peer' | paste -d' ' - <(echo "$flows")
}

# count_begin, count_end FAMILY PACKETS FORETOLD - each member got as many packets for
# each flow as were to be, and each has a flow
count_begin()
{
	local peer

	before=()
	for peer in ${members[4]} ${members[6]}; do
		before[$peer]=$(peer_counter S "$peer" tx-packets)
	done
}

count_end()
{
	local peer n

	for peer in ${members[$1]}; do
		n=$(grep -c "^$peer " <<<"$3")
		((n)) || fail "no flow is for $peer" "$3"
		wait_for 5 "packets to $peer" counts "$peer" $((before[$peer] + n * $2))
	done
}

counts()
{
	local saw

	saw=$(peer_counter S "$1" tx-packets)
	echo "$1 got $saw of $2"
	[[ $saw == "$2" ]]
}

declare -A before=()

claim "each device has a seed of its own"
expect_eq "different ones" 3 "$(for host in S P1 P2; do
		ask $host -j dev show mesh0 | jq '.[0]."hash-seed"'; done | sort -u | wc -l)"

# whole HOST FAMILY - datagrams that it has put together
whole()
{
	if [[ $2 == 4 ]]; then
		on_host "$1" awk '/^Ip:/ && !n++ { for (i = 1; i <= NF; i++) at[$i] = i; next }
			/^Ip:/ { print $at["ReasmOKs"] }' /proc/net/snmp
	else
		on_host "$1" awk '$1 == "Ip6ReasmOKs" { print $2 }' /proc/net/snmp6
	fi
}

are_whole()
{
	local saw

	saw=$(($(whole P1 "$1") + $(whole P2 "$1")))
	echo "put together: $saw"
	((saw == $2))
}

# fragments FAMILY PROTO - twenty datagrams of four fragments, each of another source
fragments()
{
	local told sources

	printf -v sources "${net[$1]}%s," {10..29}
	told=$(printf "${net[$1]}%s proto $2\n" {10..29} | foretold "$1")
	count_begin
	raw client udp "${sources%,}" "${vip[$1]}" 7001 5000 34000 1
	count_end "$1" 4 "$told"
}

for hash in "l4 symmetric off" "inner symmetric on"; do
	claim "the four fragments of a datagram arrive at one member (hash $hash)"
	mesh S dev set mesh0 hash $hash
	declare -A had=([4]=$(($(whole P1 4) + $(whole P2 4))) [6]=$(($(whole P1 6) + $(whole P2 6))))
	fragments 4 udp
	fragments 6 44
	wait_for 5 "all of IPv4 are put together" are_whole 4 $((had[4] + 20))
	wait_for 5 "and all of IPv6" are_whole 6 $((had[6] + 20))
done

# From here on the last hop to the client is narrow, and only R knows.
ip_on R link set client mtu 1300

# two_of_each FAMILY FORETOLD - two flows of each member, "SOURCE,SPORT NAME"
two_of_each()
{
	local -A name=([10.0.0.11]=P1 [10.0.0.12]=P2 [fd00::11]=P1 [fd00::12]=P2)
	local peer

	for peer in ${members[$1]}; do
		grep "^$peer " <<<"$2" | head -n2 | while read -r _ source _ _ _ sport _; do
			echo "$source,$sport ${name[$peer]}"
		done
	done
}

# narrow FAMILY FIRST - connections from twenty sources on to who tells more than the
# path takes in one piece; each source's path is to be found anew
narrow()
{
	local told want saw i source name

	told=$(for ((i = $2; i < $2 + 20; i++)); do
		echo "${net[$1]}$i proto tcp sport $((40000 + i)) dport 9000"
	done | foretold "$1")
	want=$(two_of_each "$1" "$told")
	expect_eq "flows of two members" 4 "$(wc -l <<<"$want")"
	saw=$(raw client fetch "${vip[$1]}" 9000 $(cut -d' ' -f1 <<<"$want") 2>&1)
	expect_eq "who answers, and how much" "$(sed "s/$/ 100003/" <<<"$want")" "$saw"
	while IFS=', ' read -r source _ name; do
		expect_match "what $name has learnt of the path to $source" "mtu 1300" \
			"$(ip_on "$name" route get "$source" from "${vip[$1]}")"
	done <<<"$want"
}

first=10
for hash in "l4 symmetric off" "l4 symmetric on" "l3 symmetric off" "inner symmetric off"; do
	claim "path MTU discovery reaches the member whose packet was too big (hash $hash)"
	mesh S dev set mesh0 hash $hash
	narrow 4 $first
	narrow 6 $first
	first=$((first + 20))
done

claim "packets of one tunnel go by what is inside"
mesh S dev set mesh0 hash inner
told=$(printf '10.50.0.10 proto gre inner-src 198.18.0.1 inner-dst 198.18.0.2 inner-proto udp inner-dport 53 inner-sport %s\n' \
	{1001..1020} | foretold 4)
count_begin
# GRE, and in it UDP from 198.18.0.1 to 198.18.0.2.
raw client gre 10.50.0.10 10.98.0.1 \
	$(printf '000008004500001c0000000040110000c6120001c6120002%04x003500080000 ' {1001..1020})
count_end 4 1 "$told"
mesh S dev set mesh0 hash l4
expect_eq "and by default together" 1 "$(echo "$told" | cut -d' ' -f2- | foretold 4 |
	cut -d' ' -f1 | sort -u | wc -l)"

claim "the flow label parts what is one flow otherwise"
mesh S dev set mesh0 hash src,dst,flowlabel
told=$(printf 'fd50::10 flowlabel %s\n' {1..20} | foretold 6)
count_begin
raw client label fd50::10 fd98::1 7001 {1..20}
count_end 6 1 "$told"

# ways HOST FLOW - "BUCKET PEER" of twenty flows; FLOW: their words, with %s for what
# they differ by
ways()
{
	printf "route get $2\n" {10..29} | ask "$1" -j -batch - | jq -r '.[] | "\(.bucket) \(.peer)"'
}

claim "both directions of a flow go by one member, whichever node each of them meets"
topo_host T
mesh T dev add mesh0
for n in 11 12; do
	mesh T peer add 10.0.0.$n dev mesh0 nbma 192.0.2.$n
done
mesh T group add 9 dev mesh0 member 10.0.0.12 member 10.0.0.11
mesh T route add 10.50.0.0/24 dev mesh0 group 9
for symmetric in on off; do
	for host in S T; do
		mesh $host dev set mesh0 hash l4 symmetric $symmetric hash-seed 7
	done
	forth=$(ways S "10.98.0.1 dev mesh0 src 10.50.0.%s proto udp sport 4000 dport 53")
	back=$(ways T "10.50.0.%s dev mesh0 src 10.98.0.1 proto udp sport 53 dport 4000")
	expect_eq "members" 2 "$(cut -d' ' -f2 <<<"$forth" | sort -u | wc -l)"
	if [[ $symmetric == on ]]; then
		expect_eq "buckets and members of the answers" "$forth" "$back"
	else
		expect_fail "they are others without" test "$forth" == "$back"
	fi
done

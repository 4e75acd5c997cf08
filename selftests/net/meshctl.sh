#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each command of meshctl against the live module: what it sets is shown, in text and
# in JSON, and what the kernel refuses is told with the attribute at fault.
#
# on: debug 6.12
# limit: 180
. "$(dirname "$0")/lib.sh"

load_mesh
topo_host A B
topo_link A eth0 B eth0
topo_addr A eth0 192.0.2.1/24
topo_addr B eth0 192.0.2.2/24

mesh()
{
	ask A "$@"
}

# json FILTER ARGUMENTS… - of meshctl -j
json()
{
	local filter=$1
	shift

	mesh -j "$@" | jq -rc "$filter"
}

# refused STATUS TEXT ARGUMENTS… - nothing on standard output, one line of error
refused()
{
	local want=$1 text=$2 saw status
	shift 2

	saw=$(mesh "$@" 2>&1)
	status=$?
	[[ $status == "$want" && $saw == *"$text"* ]] ||
		fail "meshctl $*" "expected: status $want, $text" "saw:      status $status, $saw"
}

claim "dev add sets what it names"
expect_ok "add" mesh dev add mesh0 local 192.0.2.1 local6 2001:db8::1 link eth0 key 42 ttl inherit \
	tos inherit nopmtudisc ignore-df on fwmark 7 hash-seed 5 server on \
	redirect on shortcut off unique on holdtime 600 redirect-interval 250 \
	auth secret max-peers 100 max-groups 10 max-routes 20000 max-shortcuts 9 \
	max-queries 11 max-answers 0 max-memory 5000 hash l3 symmetric on
expect_eq "the device" '["192.0.2.1","2001:db8::1","eth0",42,0,1,false,true,7,5]' \
	"$(json '.[0] | [.local, .local6, .link, .key, .ttl, .tos, .pmtudisc, ."ignore-df",
		.fwmark, ."hash-seed"]' dev show mesh0)"
expect_eq "its flow hash" '[["l3"],true]' \
	"$(json '.[0] | [.hash, .symmetric]' dev show mesh0)"
expect_eq "its NHRP" '[true,true,false,true,600,250,true]' \
	"$(json '.[0] | [.server, .redirect, .shortcut, .unique, .holdtime,
		."redirect-interval", .auth]' dev show mesh0)"
expect_eq "its bounds" '[100,10,20000,9,11,0,5000]' \
	"$(json '.[0] | [."max-peers", ."max-groups", ."max-routes", ."max-shortcuts",
		."max-queries", ."max-answers", ."max-memory"]' dev show mesh0)"
expect_match "in text, with what is in use" 'queries 0/11 answers 0/0' "$(mesh dev show mesh0)"
expect_no_match "the secret is not shown" secret "$(mesh dev show; mesh -j dev show)"

claim "dev set changes what it names and leaves the rest"
expect_ok "set" mesh dev set mesh0 redirect off key none local6 any link any \
	ttl 64 auth ""
expect_eq "the device" '[true,false,false,true,"192.0.2.1",null,null,null,64,false,600]' \
	"$(json '.[0] | [.server, .redirect, .shortcut, .unique, .local, .local6, .key, .link, .ttl,
		.auth, .holdtime]' dev show dev mesh0)"

claim "the flow hash is of what is chosen"
hash_is()
{
	expect_eq "hash $1 is" "$2" "$(mesh dev set mesh0 hash "$1" && json '.[0].hash' dev show mesh0)"
}
refused 2 "source and destination, or neither (attribute hash-fields)" dev set mesh0 hash src,dst,sport
expect_ok "symmetric no more" mesh dev set mesh0 symmetric off
hash_is inner '["inner"]'
hash_is src,flowlabel,inner-dport '["src","flowlabel","inner-dport"]'
hash_is l3,proto,sport,dport '["l4"]'
hash_is l4,flowlabel '["src","dst","proto","flowlabel","sport","dport"]'
refused 2 "each direction has its own (attribute hash-symmetric)" dev set mesh0 symmetric on
hash_is 'l4,inner' '["src","dst","proto","sport","dport","inner-src","inner-dst","inner-proto","inner-sport","inner-dport"]'
expect_ok "symmetric" mesh dev set mesh0 symmetric on hash l4
expect_match "in text" '^    hash l4 symmetric on hash-seed 0x5$' "$(mesh dev show mesh0)"
hash_of()
{
	json '.[0].hash' route get "$2" dev mesh0 src "$1" proto udp sport "$3" dport "$4"
}
expect_eq "of the answers it is the same" "$(hash_of 10.0.0.1 10.0.0.2 7 9)" \
	"$(hash_of 10.0.0.2 10.0.0.1 9 7)"
expect_no_match "of another flow it is not" "^$(hash_of 10.0.0.1 10.0.0.2 7 9)\$" \
	"$(hash_of 10.0.0.2 10.0.0.1 7 9)"

claim "a dev add that is refused leaves no device behind"
refused 2 "attribute holdtime, allowed: 3 to 65535" dev add mesh1 key 1 holdtime 1
refused 2 "attribute auth, allowed length: 0 to 8" dev add mesh1 auth 123456789
refused 2 "(attribute ignore-df)" dev add mesh1 ignore-df on
expect_eq "devices" '["mesh0"]' "$(json '[.[].dev]' dev show)"
refused 2 "(attribute local)" dev add mesh1 local 2001:db8::1
refused 2 "is there already" dev add mesh0

claim "a device of another kind is neither set nor deleted"
refused 2 "not a mesh device" dev set eth0 key 1
refused 2 "not a mesh device" dev del eth0
refused 2 "not a mesh device" route show dev eth0
expect_ok "it is there" ip_on A link show eth0
refused 1 "no device named mesh9" dev del mesh9

topo_addr A mesh0 10.0.0.1/24
ip_on A link set mesh0 up

claim "peers are added, shown, replaced and deleted"
expect_ok "add" mesh peer add 10.0.0.2 dev mesh0 nbma 192.0.2.2 weight 3 \
	nbma 192.0.2.12 tier 1
expect_ok "IPv6" mesh peer add fd00::3 dev mesh0 nbma 192.0.2.3
expect_eq "the endpoints" '[["192.0.2.2",3,0,"up"],["192.0.2.12",1,1,"up"]]' \
	"$(json '[.[0].endpoints[] | [.nbma, .weight, .tier, .state]]' peer show 10.0.0.2 dev mesh0)"
expect_eq "all" '["10.0.0.2","fd00::3"]' "$(json '[.[].protocol]' peer show origin static)"
expect_eq "of another origin" 0 "$(json length peer show dev mesh0 origin registered)"
expect_ok "set" mesh peer set 10.0.0.2 dev mesh0 nbma 192.0.2.22
expect_match "the new endpoint alone" '^    nbma 192\.0\.2\.22 weight 1 tier 0 up$' \
	"$(mesh peer show 10.0.0.2)"
expect_ok "del" mesh peer del fd00::3 dev mesh0
expect_eq "one is left" 1 "$(json length peer show)"

claim "a peer that is refused is told of by its attribute"
refused 2 "(attribute protocol)" peer add 10.0.0.2 dev mesh0 nbma 192.0.2.2
refused 2 "(attribute endpoint[1].weight, allowed: 1 to 65535)" \
	peer add 10.0.0.3 dev mesh0 nbma 192.0.2.3 nbma 192.0.2.13 weight 0
refused 2 "(attribute endpoint[1].nbma)" \
	peer add 10.0.0.3 dev mesh0 nbma 192.0.2.3 nbma ff02::1
refused 2 "(attribute protocol)" peer set 10.0.0.9 dev mesh0 nbma 192.0.2.3
refused 2 "(attribute protocol)" peer show 10.0.0.9 dev mesh0
expect_eq "nothing half done" 1 "$(json length peer show)"

claim "groups and routes, and which way a flow takes"
expect_ok "a peer" mesh peer add 10.0.0.3 dev mesh0 nbma 192.0.2.3
expect_ok "a group" mesh group add 31 dev mesh0 member 10.0.0.2 weight 3 member 10.0.0.3
expect_eq "its members" '[["10.0.0.2",3],["10.0.0.3",1]]' \
	"$(json '[.[0].members[] | [.protocol, .weight]]' group show 31 dev mesh0)"
expect_ok "its route" mesh route add 10.97.0.1/32 dev mesh0 group 31
expect_ok "another owner's" mesh route add 10.98.0.0/16 dev mesh0 peer 10.0.0.3 \
	owner bgp generation 9
expect_eq "by owner" '[["10.98.0.0/16","10.0.0.3","bgp",9]]' \
	"$(json '[.[] | [.prefix, .peer, .owner, .generation]]' route show owner bgp)"
expect_eq "the group has a route" 1 "$(json '.[0].routes' group show 31)"
expect_eq "a flow's way" '["route","10.97.0.1/32",31,"192.0.2.1","eth0"]' \
	"$(json '.[0] | [.kind, .prefix, .group, .source, .oif]' route get 10.97.0.1 dev mesh0 \
		src 10.0.0.1 proto udp sport 1000 dport 53)"
expect_eq "the same flow, the same way" 1 "$(for _ in 1 2 3; do
		json '.[0] | [.bucket, .hash, .nbma]' route get 10.97.0.1 dev mesh0 \
			src 10.0.0.1 proto udp sport 1000 dport 53; done | sort -u | wc -l)"
expect_eq "to a peer itself" '["host","192.0.2.22"]' \
	"$(json '.[0] | [.kind, .nbma]' route get 10.0.0.2 dev mesh0)"
expect_eq "nowhere" none "$(json '.[0].kind' route get 203.0.113.1 dev mesh0)"
expect_ok "replace" mesh route replace 10.97.0.1/32 dev mesh0 peer 10.0.0.2
expect_match "replaced" '^10\.97\.0\.1/32 dev mesh0 peer 10\.0\.0\.2 owner static' \
	"$(mesh route show 10.97.0.1/32)"

claim "peer flush deletes what is of an origin, and tells how much is in use"
for i in {1..20}; do
	echo "peer add 10.20.0.$i dev mesh0 nbma 192.0.2.20"
done >"$TOPO_DIR/peers"
expect_ok "20 more" mesh -batch "$TOPO_DIR/peers"
expect_ok "none of this origin" mesh peer flush dev mesh0 origin registered origin resolved
expect_eq "all are there" 22 "$(json length peer show dev mesh0)"
refused 2 "2 stay" peer flush dev mesh0
refused 2 "deleted: 0" peer flush dev mesh0 origin static
expect_eq "those in use" '["10.0.0.2","10.0.0.3"]' \
	"$(json '[.[].protocol]' peer show dev mesh0)"

claim "a group or route that is refused is told of by its attribute"
refused 2 "(attribute member[1].protocol)" group add 32 dev mesh0 member 10.0.0.2 member 10.0.0.99
refused 2 "(attribute member[0].weight, allowed: 1 to 65535)" \
	group add 32 dev mesh0 member 10.0.0.2 weight 0
refused 2 "(attribute member[1].weight, allowed: 1 to 65535)" \
	group add 32 dev mesh0 member 10.0.0.2 member 10.0.0.3 weight 0
refused 2 "(attribute member[1].tier)" \
	group add 32 dev mesh0 member 10.0.0.2 member 10.0.0.3 tier 2
refused 2 "(attribute member[1].protocol)" group add 32 dev mesh0 member 10.0.0.2 member 10.0.0.2
refused 2 "(attribute prefix)" route add 10.98.0.1/16 dev mesh0 peer 10.0.0.3
refused 2 "(attribute prefix)" route replace 10.98.0.0/16 dev mesh0 peer 10.0.0.3
refused 2 "(attribute prefix)" route del 10.98.0.0/16 dev mesh0
refused 2 "(attribute prefix)" route del 10.96.0.0/16 dev mesh0
refused 2 "(attribute group)" route add 10.99.0.0/16 dev mesh0 group 99
refused 2 "(attribute peer)" route add 10.99.0.0/16 dev mesh0 peer 10.0.0.99
refused 2 "(attribute flow.sport)" route get 10.97.0.1 dev mesh0 sport 1
refused 2 "(attribute protocol)" peer del 10.0.0.2 dev mesh0
expect_ok "del" mesh group del 31 dev mesh0

claim "a batch of routes, and the line of its file that is refused"
for i in {0..2999}; do
	echo "route add 10.$((i / 256 + 1)).$((i % 256)).0/24 dev mesh0 peer 10.0.0.3 owner zebra"
done >"$TOPO_DIR/routes"
expect_ok "3000 routes" mesh -batch "$TOPO_DIR/routes"
expect_eq "are there" 3000 "$(json length route show dev mesh0 owner zebra)"
sed 's/add/replace/; 1500s/peer.*3/peer 10.0.0.77/' "$TOPO_DIR/routes" >"$TOPO_DIR/bad"
refused 2 "bad:1500: route" -batch "$TOPO_DIR/bad"
refused 2 "bad:1500: route" -force -batch "$TOPO_DIR/bad"
expect_eq "none is lost" 3000 "$(json length route show dev mesh0 owner zebra)"
expect_ok "flush" mesh route flush dev mesh0 owner zebra
expect_eq "the other owners' stay" '["10.97.0.1/32","10.98.0.0/16"]' \
	"$(json '[.[].prefix]' route show dev mesh0)"

claim "next-hop servers"
expect_ok "add" mesh nhs add 192.0.2.200 dev mesh0 protocol 10.0.0.200
expect_eq "shown" '["192.0.2.200","10.0.0.200"]' "$(json '.[0] | [.nbma, .protocol]' nhs show)"
refused 2 "(attribute nbma)" nhs add 192.0.2.200 dev mesh0
expect_ok "del" mesh nhs del 192.0.2.200 dev mesh0
refused 2 "(attribute nbma)" nhs del 192.0.2.200 dev mesh0

claim "shortcuts that are not there"
expect_eq "none" '[]' "$(json . shortcut show dev mesh0)"
expect_ok "flush" mesh shortcut flush dev mesh0
refused 2 "(attribute prefix)" shortcut del 10.5.0.0/16 dev mesh0

claim "counters by name, zero ones only with -s"
expect_eq "no drop is shown" 0 "$(mesh stats show dev mesh0 | grep -c drop-tx-loop)"
expect_eq "with -s it is" 1 "$(mesh -s stats show dev mesh0 | grep -c '^    drop-tx-loop 0$')"
expect_eq "in JSON too" 0 "$(json '.[0].counters["drop-tx-loop"]' stats show)"

claim "monitor tells of changes as they come"
bg_on A monitor meshctl -j monitor route peer
told()
{
	# The monitor is deaf until it has subscribed: something for it to hear.
	mesh peer add 10.0.0.66 dev mesh0 nbma 192.0.2.66 &&
		mesh peer del 10.0.0.66 dev mesh0
	grep -q '"event":"add","protocol":"10.0.0.66"' "$TOPO_DIR/A/monitor.log"
}
wait_for 10 "an event" told
expect_ok "a route" mesh route add 10.55.0.0/16 dev mesh0 peer 10.0.0.3
expect_ok "replaced" mesh route replace 10.55.0.0/16 dev mesh0 peer 10.0.0.2
expect_ok "deleted" mesh route del 10.55.0.0/16 dev mesh0
wait_for 10 "the deletion" grep -q '"event":"del","prefix":"10.55' "$TOPO_DIR/A/monitor.log"
expect_eq "the events of the route" \
	'["add","10.0.0.3"] ["change","10.0.0.2"] ["del","10.0.0.2"]' \
	"$(jq -rc 'select(.prefix == "10.55.0.0/16") | [.event, .peer]' \
		"$TOPO_DIR/A/monitor.log" | paste -sd' ')"
kill "$BG"

claim "without CAP_NET_ADMIN everything is shown and nothing changed"
plain=(setpriv --bounding-set -all --inh-caps -all --reuid 65534 --clear-groups meshctl)
expect_ok "show" on_host A "${plain[@]}" route show dev mesh0
expect_fail_with "Operation not permitted" on_host A "${plain[@]}" route flush dev mesh0
expect_fail_with "Operation not permitted" on_host A "${plain[@]}" dev set mesh0 key 1

claim "-n works in another namespace"
expect_ok "add" meshctl -n "${TOPO_PREFIX}B" dev add mesh7 key 7
expect_eq "there" mesh7 "$(meshctl -n "${TOPO_PREFIX}B" -j dev show | jq -r '.[].dev')"
expect_eq "not here" '["mesh0"]' "$(json '[.[].dev]' dev show)"

claim "dev del takes everything along"
expect_ok "del" mesh dev del mesh0
expect_eq "no route" '[]' "$(json . route show)"

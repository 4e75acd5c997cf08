#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.1
#
# Multicast and broadcast: a copy to whoever listens, and to nobody twice.
#
#	hub (1) === site1 (11), site2 (12), far (13), which is a static peer

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
cloud_hub hub 1
cloud_site site1 11 hub
cloud_site site2 12 hub
cloud_node far 13
cloud_mesh far
mesh hub peer add 10.0.0.13 dev mesh0 nbma "$(cloud_nbma far)"
mesh far peer add 10.0.0.1 dev mesh0 nbma "$(cloud_nbma hub)"
cloud_registered 10 site1 hub
cloud_registered 10 site2 hub
for host in hub site1 site2 far; do
	ip_on $host link set mesh0 multicast on
	on_host $host sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
done

# calls HOST ADDRESS - all who hear it, again and again, until hushed
calls()
{
	CALL=$TOPO_DIR/$1/call-$2.log
	bg_on "$1" "call-$2" ping -L -b -n -i 0.2 -I mesh0 "$2"
	CALLER=$BG
}

hushed()
{
	kill -INT "$CALLER"
	wait "$CALLER" 2>/dev/null
}

# The answers, one a line: who and to which call.
answers()
{
	sed -n 's/.*from \([0-9a-f.:]*\): icmp_seq=\([0-9]*\) .*/\1 \2/p' "$CALL"
}

# answered_by NAMES - those who have answered, in one line
answered_by()
{
	local saw

	saw=$(answers | cut -d' ' -f1 | sort -u | paste -sd' ')
	echo "answers came from: $saw"
	[[ $saw == "$1" ]]
}

# all_answer HOST ADDRESS NAMES - these, each once a call, and no others
all_answer()
{
	calls "$1" "$2"
	wait_for 10 "answers to $2" answered_by "$3"
	wait_for 10 "to a second call" eval 'answers | cut -d" " -f2 | sort -u | sed -n 2p | grep .'
	hushed
	expect_ok "still these" answered_by "$3"
	expect_eq "answers that came twice" "" "$(answers | sort | uniq -d)"
}

claim "while nobody is told to listen, all is dropped and counted"
expect_eq "listeners" '[]' "$(ask hub -j dev show mesh0 | jq -c '.[0].multicast')"
before=$(counter hub drop-tx-multicast)
calls hub 224.0.0.1
wait_for 5 "the drops" counter_reaches hub drop-tx-multicast $((before + 5))
hushed
expect_eq "answers" "" "$(answers)"
expect_eq "copies" 0 "$(counter hub multicast-copies)"

claim "a hub sends to each site once, IPv4 and IPv6"
mesh hub dev set mesh0 multicast registered
expect_eq "listeners" '["registered"]' "$(ask hub -j dev show mesh0 | jq -c '.[0].multicast')"
all_answer hub 224.0.0.1 "10.0.0.11 10.0.0.12"
all_answer hub ff02::1 "fd00::11 fd00::12"

claim "a broadcast is for all, too"
# The kernel hears its own broadcasts, whatever ping asks for.
all_answer hub 255.255.255.255 "10.0.0.1 10.0.0.11 10.0.0.12"

claim "a static peer, when such are to listen"
mesh hub dev set mesh0 multicast static multicast registered
tx=$(counter hub multicast-tx)
copies=$(counter hub multicast-copies)
all_answer hub 224.0.0.1 "10.0.0.11 10.0.0.12 10.0.0.13"
expect_eq "copies of each" 3 \
	$((($(counter hub multicast-copies) - copies) / ($(counter hub multicast-tx) - tx)))

claim "a site sends to its server alone"
mesh site1 dev set mesh0 multicast nhs
all_answer site1 224.0.0.1 10.0.0.1
all_answer site1 ff02::1 fd00::1

claim "what came from a peer is not sent back to it"
capture isp site1 echo 'proto 47 and src host 100.64.1.2'
capture isp site2 onward 'proto 47 and src host 100.64.1.2'
# The hub passes it on by the device it came by, as multicast routing would.
tc_on()
{
	on_host hub tc "$@" || bail "tc $* fails"
}
tc_on qdisc add dev mesh0 clsact
tc_on filter add dev mesh0 ingress protocol ip u32 match ip dst 239.9.9.9 \
	action mirred egress redirect dev mesh0
inner()
{
	tcpdump -n -r "$TOPO_DIR/$1.pcap" 2>/dev/null | grep '239\.9\.9\.9'
}
calls site1 239.9.9.9
wait_for_match 10 "site2 gets it" '10\.0\.0\.11' inner onward
hushed
capture_stop echo
capture_stop onward
expect_eq "site1 gets back" "" "$(inner echo)"

claim "nobody listens any more"
mesh hub dev set mesh0 multicast off
copies=$(counter hub multicast-copies)
before=$(counter hub drop-tx-multicast)
calls hub 224.0.0.1
wait_for 5 "the drops" counter_reaches hub drop-tx-multicast $((before + 5))
hushed
expect_eq "copies" "$copies" "$(counter hub multicast-copies)"
expect_fail_with "others cannot" ask hub dev set mesh0 multicast resolved

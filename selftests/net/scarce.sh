#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 120
#
# What is dropped where there is no memory for it, or no room in a queue, is dropped by
# name, and all goes on as before.
#
#	A (1), B (2), C (3) === isp	B passes on what A sends to C

. "$(dirname "$0")/lib.sh"

FAIL=/sys/kernel/debug/failslab
# What the data of a packet of these sizes is from.
DATA="skbuff_small_head kmalloc-512 kmalloc-1k kmalloc-2k"
COPY=skbuff_head_cache

[[ -d $FAIL ]] || skip "the kernel has no failslab"
load_mesh
trace_begin mesh/mesh_drop skb/kfree_skb
cloud_underlay
for n in 1 2 3; do
	host=$(cut -c$n <<<ABC)
	cloud_node $host $n
	cloud_mesh $host redirect off
done
mesh A peer add 10.0.0.2 dev mesh0 nbma 100.64.2.2
mesh B peer add 10.0.0.1 dev mesh0 nbma 100.64.1.2
mesh B peer add 10.0.0.3 dev mesh0 nbma 100.64.3.2
mesh C peer add 10.0.0.2 dev mesh0 nbma 100.64.2.2
mesh A route add 10.0.0.3/32 dev mesh0 peer 10.0.0.2
mesh C route add 10.0.0.1/32 dev mesh0 peer 10.0.0.2
works()
{
	expect_ok "A to B" pings A 10.0.0.2
	expect_ok "A to C" pings A 10.0.0.3
}
works

# without CACHES COMMAND… - while who cannot wait gets no memory of these
without()
{
	local caches=$1 cache
	shift

	for cache in $caches; do
		echo 1 >/sys/kernel/slab/"$cache"/failslab || fail "no cache $cache"
	done
	echo 0 >$FAIL/verbose
	echo 1 >$FAIL/cache-filter
	echo -1 >$FAIL/times
	echo 100 >$FAIL/probability
	"$@"
	echo 0 >$FAIL/probability
	for cache in $caches; do
		echo 0 >/sys/kernel/slab/"$cache"/failslab
	done
}

# held HOST DEVICE - each packet has a second owner there: who writes to it needs a copy
held()
{
	bg_on "$1" "hold-$2" python3 "$NET/raw.py" hold "$2"
	HOLDER=$BG
	wait_for_match 10 "they are held" holds cat "$TOPO_DIR/$1/hold-$2.log"
}

let_go()
{
	kill $HOLDER
	wait_for 5 "they are let go" _is_gone $HOLDER
}

claim "no memory for the outer header: dropped by name"
held A mesh0
works
dropped A drop-tx-nomem 1 NOMEM without "$DATA" pings A 10.0.0.2 -W1
works
let_go

claim "no memory to pass a packet on: dropped by name"
held B eth0
works
before=$(counter B bypass)
dropped B drop-rx-nomem 1 NOMEM without "$DATA" pings A 10.0.0.3 -W1
expect_eq "short ways of it" "$before" "$(counter B bypass)"
works
expect_between "short ways of others" $((before + 2)) $((before + 2)) "$(counter B bypass)"
let_go

claim "no memory for a copy of a multicast packet: counted by name"
mesh B dev set mesh0 multicast static
topo_route B 224.0.0.0/4 dev mesh0
before=$(counter B multicast-copies)
counts B drop-tx-nomem 2 without "$COPY" pings B 224.1.2.3 -W1
expect_eq "copies" "$before" "$(counter B multicast-copies)"
pings B 224.1.2.3 -W1 >/dev/null
wait_for 5 "copies to both" counter_reaches B multicast-copies $((before + 2))

# at_once HOST ARGS… - raw packets, between which no worker runs
at_once()
{
	local host=$1
	shift

	on_host "$host" chrt -f 1 python3 "$NET/raw.py" "$@"
}

claim "more multicast than the queue takes: dropped by name"
dropped B drop-tx-multicast-full 144 FULL_RING at_once B udp 10.0.0.2 224.1.2.3 9 8 30000 400
before=$(counter B multicast-copies)
pings B 224.1.2.3 -W1 >/dev/null
wait_for 10 "the queue has room again" counter_reaches B multicast-copies $((before + 2))

claim "more NHRP packets than the queue takes: dropped by name"
mapfile -t packets < <(yes 200020010000002a00 | head -n 1124)
dropped B nhrp-queue-full 100 FULL_RING at_once A gre 100.64.1.2 100.64.2.2 "${packets[@]}"
trace_end
works

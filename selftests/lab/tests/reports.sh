#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each kind of kernel report, made on purpose, has to fail a run and to be
# printed; a clean run has to pass, and the command's own status has to arrive.
# Reports that a kernel survives are made one after the other in one guest, as
# the tests of a set are run, and each has to be found in its own part of the log.
# runs: host

lab=$(dirname "$(dirname "$(readlink -f "$0")")")
top=$(dirname "$(dirname "$lab")")
build=$top/build/lab/splat
log=$build/run
output=$(mktemp)
trap 'rm -f "$output"' EXIT
number=0 failed=0

declare -A pattern=(
	[oob]='KASAN: slab-out-of-bounds'
	[uaf]='KASAN: slab-use-after-free'
	[shift]='UBSAN: shift-out-of-bounds'
	[lockdep]='possible circular locking'
	[sleep]='scheduling while atomic|sleeping function called'
	[leak]='unreferenced object.*size 333|size 333|kmemleak found'
	[warn]='WARNING: .*splat_warn'
	[bug]='kernel BUG at|Kernel panic'
	[refcount]='refcount_t: addition on 0'
	[rcu]='suspicious RCU usage'
	[list]='list_del corruption'
	[odebug]='ODEBUG: free active'
	[netdev]='waiting for splat0 to become free'
	[panic]='Kernel panic - not syncing: splat'
)

# claim NAME GOOD - GOOD is 0 where it holds; what was seen is in $output
claim()
{
	number=$((number + 1))
	if (($2 == 0)); then
		echo "ok $number - $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $number - $1"
	sed 's/^/# /' "$output" | head -n 60
}

# check NAME STATUS PATTERN OPTION... -- COMMAND...
check()
{
	local name=$1 want=$2 match=$3 got
	shift 3

	"$lab/run" --log "$log" "$@" >"$output" 2>&1
	got=$?
	((got == want)) && grep -qE -e "$match" "$output"
	claim "$name (status $got, wanted $want and /$match/)" $?
}

# fatal KIND SPLAT - one that ends the guest, or hides what comes after it
fatal()
{
	check "$1: $2 fails the run and is printed" 99 "${pattern[$2]}" \
		--on "$1" --timeout 90 --no-leak-scan -- \
		insmod "$build/$1/splat.ko" kind="$2"
}

# survived KIND SPLAT... - all in one guest
survived()
{
	local kind=$1 splat
	shift

	check "$kind: a run with ${*} fails and is printed" 99 "${pattern[$1]}" \
		--on "$kind" --timeout 120 --no-leak-scan -- bash -c '
		for kind in "${@:2}"; do
			echo "lab: test $kind starts" >/dev/kmsg
			[[ $kind != netdev ]] || ip link add splat0 type dummy
			insmod "$1" kind=$kind
			[[ $kind != netdev ]] ||
				{ timeout 60 ip link del splat0 &
				  timeout 60 grep -qm1 "waiting for splat0" /dev/kmsg; }
			rmmod splat
			echo "lab: test $kind ends" >/dev/kmsg
		done' bash "$build/$kind/splat.ko" "$@"
	for splat; do
		"$lab/reports" "$log/kernel.log" "$splat" >"$output"
		grep -qE -e "${pattern[$splat]}" "$output"
		claim "$kind: $splat is reported" $?
	done
}

try()
{
	local kind=$1 splat="insmod $build/$1/splat.ko"

	"$lab/build-module" "$kind" "$build/$kind" "$lab/splat/" || {
		echo "Bail out! cannot build the test module for $kind"
		exit 1
	}
	check "$kind: a clean run passes" 0 '^all is well$' --on "$kind" -- \
		bash -c "$splat kind=none && rmmod splat && echo all is well"
	check "$kind: the command's own status arrives" 37 '^out$' --on "$kind" \
		--no-leak-scan -- bash -c 'echo out; exit 37'
	fatal "$kind" panic
	"try_$kind"
}

try_debug()
{
	local hang

	check "debug: a command that is not there" 127 'no-such-command' \
		--on debug --no-leak-scan -- no-such-command
	for hang in 'sleep 1000' "insmod $build/debug/splat.ko kind=hang"; do
		check "debug: a hang: ${hang%% *}" 124 'not done within 10 s' \
			--on debug --no-leak-scan --timeout 10 -- $hang
	done
	fatal debug bug
	# KASAN reports once in a kernel's life.
	fatal debug uaf
	check "debug: a leak fails the run and is printed" 99 "${pattern[leak]}" \
		--on debug -- insmod $build/debug/splat.ko kind=leak
	# Lockdep's own report and KASAN's both switch lockdep off.
	survived debug rcu lockdep oob shift sleep warn refcount list odebug netdev
}

try_6.12()
{
	check "6.12: a hang" 124 'not done within 30 s' --on 6.12 --timeout 30 -- \
		sleep 1000
	survived 6.12 warn refcount
}

for kind in ${*:-debug 6.12}; do
	try "$kind"
done
echo "1..$number"
((failed == 0))

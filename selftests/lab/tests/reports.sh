#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each kind of kernel report, made on purpose, has to fail a run and to be
# printed; a clean run has to pass, and the command's own status has to arrive.
# Reports that a kernel survives are made one after the other in one guest, as
# the tests of a set are run, and each has to be found in its own part of the log.
# runs: host
# on: debug 6.12

lab=$(dirname "$(dirname "$(readlink -f "$0")")")
top=$(dirname "$(dirname "$lab")")
build=$top/build/lab/splat
kind=$MESH_ON
module=$build/$kind/splat.ko
log=$build/run-$kind
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

	"$lab/run" --on "$kind" --log "$log" "$@" >"$output" 2>&1
	got=$?
	((got == want)) && grep -qE -e "$match" "$output"
	claim "$name (status $got, wanted $want and /$match/)" $?
}

# fatal SPLAT - one that ends the guest, or hides what comes after it
fatal()
{
	check "$1 fails the run and is printed" 99 "${pattern[$1]}" \
		--timeout 90 --no-leak-scan -- insmod "$module" kind="$1"
}

# hang LIMIT COMMAND...
hang()
{
	check "a hang: $2" 124 "not done within $1 s" \
		--no-leak-scan --timeout "$1" -- "${@:2}"
}

# survived SPLAT... - all in one guest
survived()
{
	local splat

	check "a run with $* fails and is printed" 99 "${pattern[$1]}" \
		--timeout 120 --no-leak-scan -- bash -c '
		for kind in "${@:2}"; do
			echo "lab: test $kind starts" >/dev/kmsg
			[[ $kind != netdev ]] || ip link add splat0 type dummy
			insmod "$1" kind=$kind
			[[ $kind != netdev ]] ||
				{ timeout 60 ip link del splat0 &
				  timeout 60 grep -qm1 "waiting for splat0" /dev/kmsg; }
			rmmod splat
			echo "lab: test $kind ends" >/dev/kmsg
		done' bash "$module" "$@"
	for splat; do
		"$lab/reports" "$log/kernel.log" "$splat" >"$output"
		grep -qE -e "${pattern[$splat]}" "$output"
		claim "$splat is reported" $?
	done
}

# What only a kernel made for looking finds.
try_debug()
{
	check "a command that is not there" 127 'no-such-command' \
		--no-leak-scan -- no-such-command
	hang 10 sleep 1000
	hang 10 insmod "$module" kind=hang
	fatal bug
	# KASAN reports once in a kernel's life.
	fatal uaf
	check "a leak fails the run and is printed" 99 "${pattern[leak]}" \
		-- insmod "$module" kind=leak
	# Lockdep's own report and KASAN's both switch lockdep off.
	survived rcu lockdep oob shift sleep warn refcount list odebug netdev
}

try_6.12()
{
	hang 20 sleep 1000
	survived warn refcount
}

"$lab/build-module" "$kind" "$build/$kind" "$lab/splat/" || {
	echo "Bail out! cannot build the test module for $kind"
	exit 1
}
check "a clean run ends with the command's own status" 37 '^all is well$' -- bash -c \
	"insmod $module kind=none && rmmod splat && echo all is well && exit 37"
fatal panic
"try_$kind"
echo "1..$number"
((failed == 0))

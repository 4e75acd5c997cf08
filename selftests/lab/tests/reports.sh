#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each kind of kernel report, made on purpose, has to fail a run; a clean run
# has to pass, and the command's own status has to arrive.
# runs: host

lab=$(dirname "$(dirname "$(readlink -f "$0")")")
top=$(dirname "$(dirname "$lab")")
build=$top/build/lab/splat
output=$(mktemp)
trap 'rm -f "$output"' EXIT
number=0 failed=0

# check NAME STATUS PATTERN OPTION... -- COMMAND...
check()
{
	local name=$1 want=$2 pattern=$3 got
	shift 3

	"$lab/run" --log "$build/run" "$@" >"$output" 2>&1
	got=$?
	number=$((number + 1))
	if ((got == want)) && grep -qE -e "$pattern" "$output"; then
		echo "ok $number - $name"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $number - $name"
	echo "# expected status $want and /$pattern/, saw status $got and:"
	sed 's/^/# /' "$output" | head -n 60
}

report()
{
	local kind=$1 splat=$2 pattern=$3

	check "$kind: $splat fails the run and is printed" 99 "$pattern" \
		--on "$kind" --timeout 90 --no-leak-scan -- \
		insmod "$build/$kind/splat.ko" kind="$splat"
}

build_splat()
{
	"$lab/build-module" "$1" "$build/$1" "$lab/splat/" || {
		echo "Bail out! cannot build the test module for $1"
		exit 1
	}
}

try_debug()
{
	local splat="insmod $build/debug/splat.ko"

	build_splat debug
	check "debug: a clean run passes" 0 '^all is well$' --on debug -- \
		bash -c "$splat kind=none && rmmod splat && echo all is well"
	check "debug: the command's status arrives" 37 'out' --on debug \
		--no-leak-scan -- bash -c 'echo out; exit 37'
	check "debug: a command that is not there" 127 'no-such-command' \
		--on debug --no-leak-scan -- no-such-command
	check "debug: a hang in user space" 124 'not done within 10 s' \
		--on debug --no-leak-scan --timeout 10 -- sleep 1000
	check "debug: a hang in the kernel" 124 'not done within 10 s' \
		--on debug --no-leak-scan --timeout 10 -- $splat kind=hang
	check "debug: a leak" 99 'unreferenced object.*size 333|size 333|kmemleak found' \
		--on debug -- $splat kind=leak
	report debug oob 'KASAN: slab-out-of-bounds'
	report debug uaf 'KASAN: slab-use-after-free'
	report debug shift 'UBSAN: shift-out-of-bounds'
	report debug lockdep 'possible circular locking'
	report debug sleep 'scheduling while atomic|sleeping function called'
	report debug warn 'WARNING: .*splat_warn'
	report debug bug 'kernel BUG at|Kernel panic'
	report debug refcount 'refcount_t: addition on 0'
	report debug rcu 'suspicious RCU usage'
	report debug list 'list_del corruption'
	report debug odebug 'ODEBUG: free active'
	report debug panic 'Kernel panic - not syncing: splat'
	check "debug: a device that is never let go" 99 \
		'waiting for splat0 to become free' \
		--on debug --no-leak-scan --timeout 60 -- bash -c \
		"ip link add splat0 type dummy && $splat kind=netdev &&
		 { timeout 15 ip link del splat0 & sleep 14; }"
}

try_debian()
{
	local kind=$1 splat="insmod $build/$1/splat.ko"

	build_splat "$kind"
	check "$kind: a clean run passes" 0 '^all is well$' --on "$kind" -- \
		bash -c "$splat kind=none && rmmod splat && echo all is well"
	check "$kind: the command's status arrives" 37 'out' --on "$kind" -- \
		bash -c 'echo out; exit 37'
	report "$kind" warn 'WARNING: .*splat_warn'
	report "$kind" refcount 'refcount_t: addition on 0'
	report "$kind" panic 'Kernel panic - not syncing: splat'
	check "$kind: a hang in user space" 124 'not done within 40 s' \
		--on "$kind" --timeout 40 -- sleep 1000
}

kinds=${*:-debug 6.12}
for kind in $kinds; do
	case $kind in
	debug) try_debug ;;
	*) try_debian "$kind" ;;
	esac
done
echo "1..$number"
((failed == 0))

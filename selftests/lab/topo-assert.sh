# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Claims and assertions of the behaviour tests, and waiting for conditions. Each
# claim is one line of TAP; an assertion that fails says what it expected and
# what it saw, and the test goes on.

_claim=
_claim_failed=0
_claims=0
_claims_failed=0
_bailed=

# claim TEXT - what the assertions that follow show
claim()
{
	claim_end
	_claim=$1
	_claim_failed=0
}

# claim_end - says now what became of the claim, not when the next one begins
claim_end()
{
	[[ -n $_claim ]] || return 0
	_claims=$((_claims + 1))
	if ((_claim_failed)); then
		_claims_failed=$((_claims_failed + 1))
		echo "not ok $_claims - $_claim"
	else
		echo "ok $_claims - $_claim"
	fi
	_claim=
}

# note TEXT... - one line for whoever reads
note()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# fail TEXT... - the claim does not hold; each argument is a line
fail()
{
	_claim=${_claim:-$TEST}
	_claim_failed=1
	printf '%s\n' "$@" | sed 's/^/# /'
	return 1
}

# bail TEXT - nothing after this would make sense
bail()
{
	_bailed=1
	fail "$@"
	exit 1
}

# skip TEXT - the test cannot run here
skip()
{
	echo "1..0 # SKIP $*"
	_claim=
	exit 0
}

expect_eq()
{
	local what=$1 expected=$2 saw=$3

	[[ $saw == "$expected" ]] && return
	fail "$what" "expected: $expected" "saw:      $saw"
}

# expect_match WHAT EXTENDED-REGEX TEXT - some line of TEXT matches
expect_match()
{
	local what=$1 pattern=$2 saw=$3

	grep -qE -e "$pattern" <<<"$saw" && return
	fail "$what" "expected a line to match: $pattern" "saw:" "$saw"
}

expect_no_match()
{
	local what=$1 pattern=$2 saw=$3

	grep -qE -e "$pattern" <<<"$saw" || return 0
	fail "$what" "expected no line to match: $pattern" "saw:" "$saw"
}

# expect_between WHAT LOW HIGH SAW - numbers, limits included
expect_between()
{
	local what=$1 low=$2 high=$3 saw=$4

	awk -v l="$low" -v h="$high" -v s="$saw" 'BEGIN {
		exit !(s ~ /^-?[0-9.]+$/ && s >= l && s <= h) }' && return
	fail "$what" "expected: $low to $high" "saw:      $saw"
}

# expect_ok WHAT COMMAND...
expect_ok()
{
	local what=$1 saw status
	shift

	saw=$("$@" 2>&1)
	status=$?
	((status == 0)) && return
	fail "$what" "expected to succeed: $*" "status $status, saw:" "$saw"
}

# expect_fail WHAT COMMAND...
expect_fail()
{
	local what=$1 saw
	shift

	saw=$("$@" 2>&1) || return 0
	fail "$what" "expected to fail: $*" "it succeeded, saw:" "$saw"
}

# expect_fail_with TEXT COMMAND... - fails, and its output contains TEXT
expect_fail_with()
{
	local text=$1 saw status
	shift

	saw=$("$@" 2>&1)
	status=$?
	((status != 0)) && [[ $saw == *"$text"* ]] && return
	fail "expected to fail with '$text': $*" "status $status, saw:" "$saw"
}

_patience()
{
	echo $(($1 * TOPO_PATIENCE))
}

# wait_quietly SECONDS COMMAND... - until it succeeds; says nothing
wait_quietly()
{
	local limit
	limit=$((SECONDS + $(_patience "$1") + 1))
	shift

	until "$@" >/dev/null 2>&1; do
		((SECONDS < limit)) || return 1
		sleep 0.1
	done
}

# wait_for SECONDS WHAT COMMAND... - until it succeeds; else the claim fails
# with what the command said last
wait_for()
{
	local seconds what=$2 limit saw
	seconds=$(_patience "$1")
	limit=$((SECONDS + seconds + 1))
	shift 2

	until saw=$("$@" 2>&1); do
		((SECONDS < limit)) || {
			fail "waited $seconds s for: $what" "by: $*" \
				"it said last:" "$saw"
			return 1
		}
		sleep 0.1
	done
}

# wait_for_match SECONDS WHAT EXTENDED-REGEX COMMAND... - until some line of the
# command's output matches
wait_for_match()
{
	local seconds what=$2 pattern=$3 limit saw
	seconds=$(_patience "$1")
	limit=$((SECONDS + seconds + 1))
	shift 3

	until saw=$("$@" 2>&1); grep -qE -e "$pattern" <<<"$saw"; do
		((SECONDS < limit)) || {
			fail "waited $seconds s for: $what" \
				"expected a line to match: $pattern" \
				"by: $*" "saw last:" "$saw"
			return 1
		}
		sleep 0.1
	done
}

_assert_failed()
{
	((_claim_failed || _claims_failed))
}

_assert_exit_status()
{
	(($1 == 0)) || ((_claim_failed)) || [[ -n $_bailed ]] ||
		fail "the test ended early with status $1"
}

_assert_summary()
{
	claim_end
	((_claims == 0)) || echo "1..$_claims"
	exit $((_claims_failed != 0))
}

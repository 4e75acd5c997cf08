# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Claims and assertions of the behaviour tests, and waiting for conditions. Each
# claim is one line of TAP; an assertion that fails says what it expected and
# what it saw, and the test goes on.
#
# What runs for every assertion and every look at a condition starts no process of
# its own: in the lab's kernels that is the dearest thing that a test can do.

_claim=
_claim_failed=0
_claims=0
_claims_failed=0
_bailed=

# Nobody ever writes to it: reading from it is a pause.
exec {_silence}<> <(:)

_pause()
{
	read -rt "$1" -u "$_silence"
	return 0
}

# _prefixed TEXT... - each line of each argument as a comment of TAP
_prefixed()
{
	local text

	for text in "$@"; do
		echo "# ${text//$'\n'/$'\n# '}"
	done
}

# _line_matches EXTENDED-REGEX TEXT - some line that is not empty does
_line_matches()
{
	local pattern=$1 text=$2 line IFS=$'\n' -

	set -f
	for line in $text; do
		[[ $line =~ $pattern ]] && return
	done
	return 1
}

# _holds FILE TEXT
_holds()
{
	local all=()

	mapfile -d '' all <"$1"
	[[ ${all[*]} == *"$2"* ]]
}

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
	_prefixed "$*"
}

# fail TEXT... - the claim does not hold; each argument is a line
fail()
{
	_claim=${_claim:-$TEST}
	_claim_failed=1
	_prefixed "$@"
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

	_line_matches "$pattern" "$saw" && return
	fail "$what" "expected a line to match: $pattern" "saw:" "$saw"
}

expect_no_match()
{
	local what=$1 pattern=$2 saw=$3

	_line_matches "$pattern" "$saw" || return 0
	fail "$what" "expected no line to match: $pattern" "saw:" "$saw"
}

_WHOLE='-?(0|[1-9][0-9]*)'

# expect_between WHAT LOW HIGH SAW - numbers, limits included
expect_between()
{
	local what=$1 low=$2 high=$3 saw=$4

	if [[ "$low $high $saw" =~ ^$_WHOLE\ $_WHOLE\ $_WHOLE$ ]]; then
		((saw >= low && saw <= high)) && return
	else
		awk -v l="$low" -v h="$high" -v s="$saw" 'BEGIN {
			exit !(s ~ /^-?[0-9.]+$/ && s >= l && s <= h) }' && return
	fi
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

# _wait SECONDS COMMAND... - until it succeeds, looking less and less often; 1 when
# the time, stretched on slow kernels, is over
_wait()
{
	local limit=$((SECONDS + $1 * TOPO_PATIENCE + 1)) pause
	local pauses=(0.05 0.1 0.2 0.3)
	shift

	until "$@"; do
		((SECONDS < limit)) || return
		pause=${pauses[0]}
		((${#pauses[@]} == 1)) || pauses=("${pauses[@]:1}")
		_pause "$pause"
	done
}

# wait_quietly SECONDS COMMAND... - until it succeeds; says nothing
wait_quietly()
{
	_wait "$@" >/dev/null 2>&1
}

_succeeds()
{
	_saw=$("$@" 2>&1)
}

# wait_for SECONDS WHAT COMMAND... - until it succeeds; else the claim fails
# with what the command said last
wait_for()
{
	local seconds=$1 what=$2 _saw
	shift 2

	_wait "$seconds" _succeeds "$@" ||
		fail "waited $((seconds * TOPO_PATIENCE)) s for: $what" \
			"by: $*" "it said last:" "$_saw"
}

_says()
{
	local pattern=$1
	shift

	_saw=$("$@" 2>&1)
	_line_matches "$pattern" "$_saw"
}

# wait_for_match SECONDS WHAT EXTENDED-REGEX COMMAND... - until some line of the
# command's output matches
wait_for_match()
{
	local seconds=$1 what=$2 pattern=$3 _saw
	shift 3

	_wait "$seconds" _says "$pattern" "$@" ||
		fail "waited $((seconds * TOPO_PATIENCE)) s for: $what" \
			"expected a line to match: $pattern" \
			"by: $*" "saw last:" "$_saw"
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

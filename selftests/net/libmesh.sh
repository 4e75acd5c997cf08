#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The library against the live module: batches, sweeps, dumps, events, what
# becomes of events that nobody reads, and of a context when the module is
# loaded anew.
#
# on: debug 6.1
# cpus: 2
# limit: 120
. "$(dirname "$0")/../lab/topo.sh"

load_mesh
topo_host A
cc -O1 -Wall -Werror -D_GNU_SOURCE -I"$TOP/libmesh/include" -o "$TOPO_DIR/live" \
	"$TOP/libmesh/tests/live.c" -L"$TOP/build/lib" -Wl,-rpath,"$TOP/build/lib" -lmesh ||
	bail "the test does not compile"

"$TOPO_DIR/live" "${TOPO_PREFIX}A" "rmmod mesh" \
	"insmod ${MESH_MODULE:-$TOP/build/mod-$MESH_ON/mesh.ko}" >"$TOPO_DIR/said"
status=$?
while read -r word rest; do
	case $word in
	ok | not)
		claim "${rest#*- }"
		[[ $word == ok ]] || fail "not so"
		;;
	'#')
		note "$rest" ;;
	esac
done <"$TOPO_DIR/said"
claim "it came to its end"
expect_match "a plan" '^1\.\.[1-9]' "$(<"$TOPO_DIR/said")"
claim "nothing failed"
expect_eq "status" 0 $status

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# runs: host
# on: 6.1 6.12
#
# No hop of the mesh takes more instructions than it did when that was recorded, by more
# than 2 %.
#
#	icount.sh [renew]	writes the record anew, of both kernels

set -u
cd "$(dirname "$0")/../.." || exit
record=selftests/bench/icount.record
chains=(direct plain plain-plain mesh mesh-lan mesh-hub mesh-redirect udp)

# measure KERNEL - to the file $samples
measure()
{
	mkdir -p build/bench
	samples=build/bench/icount-check-$1.samples
	selftests/lab/run --on "$1" --icount --timeout 900 -- \
		selftests/bench/icount "$samples" 64 "${chains[@]}"
}

if [[ ${1:-} == renew ]]; then
	measured=()
	for kernel in 6.1 6.12; do
		make --no-print-directory module ON=$kernel && measure $kernel || exit
		measured+=("$samples")
	done
	exec selftests/bench/icount_record renew $record "${measured[@]}"
fi
measure "$MESH_ON" || exit
exec selftests/bench/icount_record compare $record "$samples"

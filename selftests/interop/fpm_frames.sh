#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 180
#
# Frames that no zebra sends: lies, pieces, floods. One host, no zebra.

. "$(dirname "$0")/fpm_lib.sh"

# zebra WHAT… - fpm_frames.py, until told; its input is fd 9 of the test
zebra()
{
	exec 9> >(on_host S $PYTHON "$TOP/selftests/interop/fpm_frames.py" "$index" "$@" \
		>"$TOPO_DIR/S/zebra.said" 2>&1)
	wait_for 30 "all is told" grep -q told "$TOPO_DIR/S/zebra.said"
}

zebra_end()
{
	exec 9>&-
	wait_for 10 "zebra is gone" feed_is S feed.connected false
}

load_mesh
cloud_underlay
cloud_hub S 1
mesh S peer add 10.0.0.11 dev mesh0 nbma 100.64.11.2
index=$(on_host S cat /sys/class/net/mesh0/ifindex)
cat >"$TOPO_DIR/meshd.yaml" <<EOF
feed:
  settle: 1s
EOF
meshd_start S --config "$TOPO_DIR/meshd.yaml"

claim "each lie costs the connection, is named, and nothing of its frame is applied"
on_host S $PYTHON "$TOP/selftests/interop/fpm_frames.py" "$index" lies >"$TOPO_DIR/lies" 2>&1
expect_eq "lies dropped" 12 "$(grep -c '^dropped' "$TOPO_DIR/lies")"
expect_no_match "lies that were taken" '^kept|Error' "$(<"$TOPO_DIR/lies")"
expect_eq "lines in the log" 12 "$(meshd_log S | grep -c 'bad frame from zebra at octet [0-9]*: ..')"
expect_match "one of them" 'prefix length 40, at most 32' "$(meshd_log S)"
expect_eq "bad frames counted" 12 "$(feed S 'feed."bad-frames"')"
expect_eq "routes" 0 "$(feed S routes)"
expect_fail "the good route beside a lie" has_route S 10.69.0.0/16

claim "only root and zebra's user may feed"
other="on_host S setpriv --reuid 65534 --clear-groups"
tell="$PYTHON $TOP/selftests/interop/fpm_frames.py $index many 1"
# One that stays, and some that are gone again at once.
exec 8> >($other $tell >/dev/null 2>&1)
wait_for_match 10 "the log" 'a connection .* by uid 65534 is refused' meshd_log S
exec 8>&-
for _ in 1 2 3 4 5; do
	$other $tell </dev/null >/dev/null 2>&1
done
expect_eq "routes" 0 "$(feed S routes)"

claim "frames in pieces are put together, half a frame is not applied"
zebra cut
for net in 70 71 72 73; do
	wait_for 5 "10.$net" route_peer_is S 10.$net.0.0/16 10.0.0.11
done
expect_fail "the half one" has_route S 10.74.0.0/16

claim "a second zebra is refused while the first one feeds"
on_host S $PYTHON "$TOP/selftests/interop/fpm_frames.py" "$index" many 1 </dev/null >/dev/null 2>&1
expect_match "the log" 'a second connection .* is refused' "$(meshd_log S)"
expect_ok "the first one's route" has_route S 10.70.0.0/16
zebra_end
expect_match "the log" 'ended in the middle of a frame' "$(meshd_log S)"
expect_ok "its routes stay" has_route S 10.70.0.0/16

claim "ten thousand routes of one feed"
zebra many 10000
wait_for 30 "all of them" feed_is S installed 10000
expect_eq "in the module" 10000 "$(ask S -j dev show mesh0 | jq '.[0].routes')"
expect_fail "swept: what this feed did not say" has_route S 10.70.0.0/16
zebra_end

claim "a feed that says nothing of them sweeps them"
zebra none
wait_for 30 "none" feed_is S routes 0
expect_eq "in the module" 0 "$(ask S -j dev show mesh0 | jq '.[0].routes')"
zebra_end

claim "a device that goes takes its routes, a new one is fed, the module anew too"
zebra many 20
wait_for 10 "routes" feed_is S installed 20
mesh S dev del mesh0
wait_for 10 "none" feed_is S installed 0
unload_mesh
load_mesh
cloud_mesh S server on redirect on
index=$(on_host S cat /sys/class/net/mesh0/ifindex)
zebra_end
zebra many 30
wait_for 10 "routes that wait for their peer" feed_is S pending 30
mesh S peer add 10.0.0.11 dev mesh0 nbma 100.64.11.2
wait_for 10 "routes of the new device" feed_is S installed 30
zebra_end

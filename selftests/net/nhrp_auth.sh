#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug 6.12
#
# Signed NHRP: who is believed, what is not believed twice, and a new key for all
# without the loss of a registration.
#
#	hub (1) === site1 (11), site2 (12)

. "$(dirname "$0")/lib.sh"

KINDS='missing unknown-key bad-mac replayed'

# secret NAME TEXT - a file with it
secret()
{
	printf '%s\n' "$2" >"$TOPO_DIR/$1"
}

# key HOST ARGS… - of mesh0
key()
{
	local host=$1 verb=$2 id=$3
	shift 3

	mesh "$host" key "$verb" "$id" dev mesh0 "$@"
}

# key_field HOST ID FIELD
key_field()
{
	ask "$1" -j key show "$2" dev mesh0 | jq -r ".[0][\"$3\"] // \"-\""
}

key_field_above()
{
	local saw

	saw=$(key_field "$1" "$2" "$3")
	echo "$3 of key $2 on $1: $saw"
	((saw > $4))
}

# refusals HOST - of all kinds, in one line
refusals()
{
	local kind saw=

	for kind in $KINDS; do
		saw+="$kind $(counter "$1" nhrp-auth-$kind) "
	done
	echo "$saw"
}

# keyless NAME N - a site that does not register yet
keyless()
{
	cloud_node "$1" "$2"
	cloud_mesh "$1" holdtime 6
}

registers_with_hub()
{
	mesh "$1" nhs add "$(cloud_nbma hub)" dev mesh0
}

secret right 'the secret of all nodes of the cloud'
secret wrong 'the secret of all nodes of the clout'
secret next 'another secret for all nodes of the cloud'

load_mesh
cloud_underlay
cloud_hub hub 1 holdtime 6
key hub add 1 file "$TOPO_DIR/right"
keyless site1 11

claim "without a key, with an unknown or a wrong one nobody is believed or answered"
capture isp hub answers 'src host 100.64.1.2'
registers_with_hub site1
wait_for 10 "the missing code is counted" counter_reaches hub nhrp-auth-missing 2
key site1 add 7 file "$TOPO_DIR/right"
wait_for 10 "the unknown key is counted" counter_reaches hub nhrp-auth-unknown-key 2
key site1 del 7
key site1 add 1 file "$TOPO_DIR/wrong"
wait_for 10 "the wrong code is counted" counter_reaches hub nhrp-auth-bad-mac 2
expect_fail "site1 is registered" cloud_is_registered site1 hub
capture_stop answers
expect_eq "packets that the hub sent" "" "$(gre_headers answers)"
expect_match "the log tells of it" 'NHRP from 100\.64\.11\.2 refused: no authentication code' \
	"$(dmesg)"

claim "with the right one it is, by both families"
key site1 del 1
key site1 add 1 file "$TOPO_DIR/right"
cloud_registered 10 site1 hub
expect_ok "site1 to the hub" pings site1 10.0.0.1
expect_no_match "the secret is not shown" 'secret of all' "$(ask hub -j key show)$(ask hub key show)"
expect_eq "the key that signs" true "$(key_field hub 1 signs)"
expect_between "packets found right" 2 100 "$(key_field hub 1 accepted)"

claim "what is passed on is signed anew: two sites find each other"
keyless site2 12
key site2 add 1 file "$TOPO_DIR/right"
registers_with_hub site2
cloud_registered 10 site2 hub
# The hub answers for site2 itself, but asks it about what lies behind it.
topo_addr site2 lo 10.12.0.1/24 fd00:12::1/64
cloud_static_route hub site2 site2
cloud_static_route site1 site2 hub
expect_ok "site1 to site2" pings site1 10.12.0.1
shortcut_there()
{
	ask site1 shortcut show dev mesh0 | tee /dev/stderr | grep -q '10\.12\.0\.1/32'
}
wait_for 5 "a shortcut" shortcut_there
expect_between "packets that the hub passed on" 1 100 "$(counter hub nhrp-forwarded)"
expect_eq "site2 has refused" "$(refusals site1)" "$(refusals site2)"

claim "a new key for all costs no registration"
mesh site2 nhs del "$(cloud_nbma hub)" dev mesh0
wait_for 5 "site2 is gone" not cloud_is_registered site2 hub
bg_on hub monitor meshctl -j monitor peer
listens()
{
	mesh hub peer add 10.0.0.66 dev mesh0 nbma 100.64.66.2
	mesh hub peer del 10.0.0.66 dev mesh0
	grep -q 10.0.0.66 "$TOPO_DIR/hub/monitor.log"
}
wait_for 5 "the monitor listens" listens
before=$(refusals hub)$(refusals site1)
for host in hub site1; do
	key $host add 2 file "$TOPO_DIR/next" accept-only on
done
accepted=$(key_field hub 1 accepted)
wait_for 10 "the old key still signs" key_field_above hub 1 accepted "$accepted"
expect_eq "accepted with the new one" 0 "$(key_field hub 2 accepted)"
for host in site1 hub; do
	key $host set 2 accept-only off
	accepted=$(key_field hub 2 accepted)
	wait_for 10 "the new key is used" key_field_above hub 2 accepted "$accepted"
done
for host in site1 hub; do
	key $host del 1
	accepted=$(key_field hub 2 accepted)
	wait_for 10 "it goes on" key_field_above hub 2 accepted "$accepted"
done
expect_eq "refused meanwhile" "$before" "$(refusals hub)$(refusals site1)"
expect_no_match "the hub never forgot the site" '"del".*10\.0\.0\.11"' \
	"$(<"$TOPO_DIR/hub/monitor.log")"
expect_ok "nor has it now" cloud_is_registered site1 hub

# The registrations that were captured, to the hub.
replays()
{
	on_host isp python3 "$NET/raw.py" again "$TOPO_DIR/requests.pcap" hub
}

withdraws()
{
	mesh site1 nhs del "$(cloud_nbma hub)" dev mesh0
	wait_for 5 "site1 is gone" not cloud_is_registered site1 hub
	wait_for 5 "and its IPv6 address" not cloud_is_registered site1 hub fd00::11
}

# Registers while it is captured, and withdraws.
captured()
{
	capture isp site1 requests 'src host 100.64.11.2'
	registers_with_hub site1
	cloud_registered 10 site1 hub
	capture_stop requests
	withdraws
}

claim "a registration that was captured registers nobody"
withdraws
captured
before=$(counter hub nhrp-auth-replayed)
replays
wait_for 5 "they are counted" counter_reaches hub nhrp-auth-replayed $((before + 2))
expect_fail "site1 is registered" cloud_is_registered site1 hub

claim "nor does it at a hub that has forgotten everything"
ip_on hub link del mesh0
cloud_mesh hub server on redirect on holdtime 600
key hub add 2 file "$TOPO_DIR/next"
replays
wait_for 5 "they are counted" counter_reaches hub nhrp-auth-replayed 2
expect_fail "site1 is registered" cloud_is_registered site1 hub

claim "the same where nothing is signed would do it"
key hub del 2
key site1 del 2
captured
replays
wait_for 5 "the replay registers it" cloud_is_registered site1 hub

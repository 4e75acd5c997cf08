#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# on: debug 6.12
# limit: 240
#
# What NHRP looks like on the wire, read by tshark: registration, indication,
# resolution, purge, with and without a password, in both families.
#
#	site1 (11) === hub (1) === site2 (12)

. "$(dirname "$0")/lib.sh"

load_mesh
cloud_underlay
cloud_hub hub 1 holdtime 600
for row in "site1 11" "site2 12"; do
	read -r site n <<<"$row"
	cloud_node $site $n
	[[ $site != site1 ]] || capture site1 eth0 wire proto 47
	cloud_mesh $site holdtime 600
	mesh $site nhs add "$(cloud_nbma hub)" dev mesh0
	ip_on $site link add lan type dummy
	ip_on $site link set lan up
	topo_addr $site lan 10.$n.0.1/24 fd00:$n::1/64
done
for site in site1 site2; do
	cloud_registered 10 $site hub
	cloud_static_route hub $site $site
done
cloud_by_hub hub

# shortcut_to SITE SOURCE DESTINATION PREFIX - nobody needs to answer
shortcut_to()
{
	on_host "$1" ping -n -c1 -W1 -I "$2" "$3"
	ask "$1" shortcut show dev mesh0 | grep -F "$4"
}
wait_for 10 "an IPv4 shortcut" shortcut_to site1 10.11.0.1 10.12.0.2 10.12.0.0/24
wait_for 10 "one back" shortcut_to site2 10.12.0.1 10.11.0.2 10.11.0.0/24
wait_for 10 "an IPv6 shortcut" shortcut_to site1 fd00:11::1 fd00:12::2 fd00:12::/64
wait_for 10 "one back" shortcut_to site2 fd00:12::1 fd00:11::2 fd00:11::/64
mesh hub dev set mesh0 auth sesame
mesh site1 dev set mesh0 auth sesame
ip_on site1 link set mesh0 down
wait_for 5 "the purge arrives" not cloud_is_registered site1 hub
ip_on site1 link set mesh0 up
cloud_registered 10 site1 hub
capture_stop wire

# What tshark makes of the underlay address of node N; it has no field for IPv6.
if [[ $UNDERLAY == 6 ]]; then
	afn=0x0002 nbma=nhrp.src.nbma.addr_bytes
	source_of() { echo "20010db800${1}0{19}2"; }
else
	afn=0x0001 nbma=nhrp.src.nbma.addr
	source_of() { echo "100\.64\.$1\.2"; }
fi

nhrp_read wire -Y nhrp -T fields -E occurrence=f -e nhrp.hdr.op.type \
	-e nhrp.hdr.pro.type -e nhrp.flags -e nhrp.hdr.hopcnt -e nhrp.hdr.afn -e nhrp.prefix -e nhrp.htime \
	-e nhrp.code -e $nbma -e nhrp.hdr.version -e nhrp.hdr.chksum.status \
	>"$TOPO_DIR/fields"

# kinds TYPE PROTOCOL - rows "flags hops afn prefix holdtime code source"
kinds()
{
	awk -F'\t' -v t="$1" -v p="$2" '$1 == t && $2 == p {
		print $3, $4, $5, $6, $7, $8, $9 }' "$TOPO_DIR/fields"
}

claim "tshark reads all of it without a complaint"
nhrp_reads_clean wire 16

claim "every type was seen, in both families"
for type in 1 2 3 4 5 8; do
	expect_match "IPv4, type $type" . "$(kinds $type 0x0800)"
	expect_match "IPv6, type $type" . "$(kinds $type 0x86dd)"
done

claim "registrations are of the whole address, for the holding time asked for"
for pair in "0x0800 32" "0x86dd 128"; do
	read -r protocol bits <<<"$pair"
	expect_match "request" "^0x0002 255 $afn $bits 600 0 $(source_of 11)$" \
		"$(kinds 3 $protocol)"
	expect_match "reply" "^0x0002 255 $afn $bits 600 0 $(source_of 11)$" \
		"$(kinds 4 $protocol)"
done

claim "resolutions carry Q, S and NAT, are forwarded, and answered with the route's prefix"
for pair in "0x0800 24" "0x86dd 64"; do
	read -r protocol bits <<<"$pair"
	expect_match "own request" "^0x8802 255 $afn 0 600 0 $(source_of 11)$" \
		"$(kinds 1 "$protocol")"
	expect_match "the other's, forwarded" "^0x8802 254 $afn 0 600 0 $(source_of 12)$" \
		"$(kinds 1 "$protocol")"
	expect_match "reply" "^0x[ef]802 255 $afn $bits 600 0 $(source_of 11)$" \
		"$(kinds 2 "$protocol")"
done

claim "extensions stand in their order, a password among them"
saw=$(nhrp_read wire -Y 'nhrp.hdr.op.type == 1' -T fields -e nhrp.ext.type | tr ',' ' ' | sort -u)
expect_eq "in requests" "0x0004 0x0005 0x0003 0x0009 0x0000" "$saw"
expect_match "authentication in a purge" '0x0007,0x0000$' \
	"$(nhrp_read wire -Y 'nhrp.hdr.op.type == 5' -T fields -e nhrp.ext.type)"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
# limit: 240
#
# Liveness where there is another way: the peer's next endpoint, the other hub.
#
#	host1 --- site1 (11) === hub1 (1), hub2 (2) === site2 (12) --- host2
#
# site2 has a second underlay address, 100.64.112.2.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/bfd_lib.sh"

load_mesh
cloud_underlay delay 1ms
for n in 1 2; do
	cloud_hub hub$n $n
done
cloud_site site1 11 hub1 hub2
cloud_site site2 12 hub1 hub2
cloud_lan site1 host1
cloud_lan site2 host2
for site in site1 site2; do
	mesh $site dev set mesh0 shortcut off
	cloud_registered 10 $site hub1 hub2
	for hub in hub1 hub2; do
		cloud_static_route $hub $site $site
	done
done
# The kernel's routes name no gateway: any server that is up carries it.
topo_route site1 10.12.0.0/24 dev mesh0
topo_route site2 10.11.0.0/24 dev mesh0
flow_echo host2 10.12.0.2 7000 lan
bfd_on hub1 hub2 site1 site2
for site in site1 site2; do
	for n in 1 2; do
		watches $site 10.0.0.$n 100.64.$n.2
	done
done

claim "a hub that dies under flows is left for the other"
bfd_flow dead flows 8
ip_on hub1 link set eth0 down
for site in site1 site2; do
	wait_for 5 "$site notices" endpoint_is $site 10.0.0.1 100.64.1.2 down
done
bfd_goes_on dead
lost_until_noticed dead
for sport in 1 2 3 4 5 6; do
	expect_eq "the server of flow $sport" 10.0.0.2 \
		"$(path site1 peer 10.12.0.2 proto udp sport $sport dport 7)"
done

claim "and carries them again when it is back"
bfd_flow back flows 8
ip_on hub1 link set eth0 up
topo_route hub1 default via 100.64.1.1
for site in site1 site2; do
	wait_for 10 "$site notices" endpoint_is $site 10.0.0.1 100.64.1.2 up
done
bfd_goes_on back
nothing_lost "$(flow_stop back)" site1 hub1 hub2 site2

# Of IPv4, from behind the outer header and that of GRE with a key.
silence()
{
	on_host isp nft -f - <<-END || bail "cannot silence $1"
		table ip silence {
			chain forward {
				type filter hook forward priority 0;
				ip saddr $(cloud_nbma "$1") ip daddr $(cloud_nbma "$2") ip protocol gre @nh,400,16 3784 drop
			}
		}
	END
}

registered()
{
	local saw

	saw=$(ask site1 -j nhs show 100.64.1.2 dev mesh0 |
		jq -r '.[0].registrations[] | select(.family == "inet").state')
	echo "the registration of site1 with hub1: $saw"
	[[ $saw == up ]]
}

claim "a server is registered with anew when its session dies, and when it is back"
asked=$(counter site1 nhrp-register-tx)
silence hub1 site1
wait_for 5 "site1 notices" endpoint_is site1 10.0.0.1 100.64.1.2 down
wait_for 5 "it asks" counter_reaches site1 nhrp-register-tx $((asked + 1))
wait_for 5 "and is answered" registered
asked=$(counter site1 nhrp-register-tx)
on_host isp nft delete table ip silence
wait_for 10 "the session is back" endpoint_is site1 10.0.0.1 100.64.1.2 up
wait_for 5 "it asks once more" counter_reaches site1 nhrp-register-tx $((asked + 1))
wait_for 5 "and is answered" registered

claim "a peer with two endpoints has a session with each"
topo_addr site2 eth0 100.64.112.2/32
topo_route isp 100.64.112.2/32 via 100.64.12.2
mesh site2 dev set mesh0 local any link eth0
mesh site2 peer add 10.0.0.11 dev mesh0 nbma 100.64.11.2 bfd on
mesh site1 peer add 10.0.0.12 dev mesh0 nbma 100.64.12.2 bfd on \
	nbma 100.64.112.2 tier 1 bfd on
mesh site1 route add 10.12.0.0/24 dev mesh0 peer 10.0.0.12
watches site1 10.0.0.12 100.64.12.2 100.64.112.2
watches site2 10.0.0.11 100.64.11.2

claim "the first dies, and the second takes over"
expect_eq "the endpoint in use" 100.64.12.2 "$(path site1 nbma 10.12.0.2)"
bfd_flow first
cut site1 100.64.12.2
wait_for 5 "it is down" endpoint_is site1 10.0.0.12 100.64.12.2 down
expect_ok "the other is not" endpoint_is site1 10.0.0.12 100.64.112.2 up
wait_for 5 "the way back goes by a hub" path_is site2 kind nhs 10.11.0.2
wait_for 5 "what is for site1 leaves from there" path_is site2 source 100.64.112.2 10.0.0.11
bfd_goes_on first
lost_until_noticed first
expect_eq "the endpoint in use" 100.64.112.2 "$(path site1 nbma 10.12.0.2)"

claim "and the first is used again when it is back"
bfd_flow again
mend site1
wait_for 5 "it is up" path_is site1 nbma 100.64.12.2 10.12.0.2
bfd_goes_on again
nothing_lost "$(flow_stop again)" site1 hub1 hub2 site2

claim "an endpoint that is not to be watched any more has no session, and is up"
cut site1 100.64.12.2
wait_for 5 "it is down" endpoint_is site1 10.0.0.12 100.64.12.2 down
mesh site1 peer set 10.0.0.12 dev mesh0 nbma 100.64.12.2
wait_for 5 "it is up" endpoint_is site1 10.0.0.12 100.64.12.2 up
expect_eq "session" null "$(endpoint site1 10.0.0.12 .session 100.64.12.2)"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: debug
#
# Anycast addresses: announced by a real bgpd while their service is healthy.
#
#	A (meshd, bgpd) ==== B (bgpd)
#
# No mesh device is needed for them, and no module is loaded.

. "$(dirname "$0")/../interop/fpm_lib.sh"

VIP=192.0.2.10
VIP6=2001:db8::10

vip()
{
	ask A -j vip show "$1" | jq -r ".[0].\"$2\" // \"-\""
}

vip_is()
{
	local saw

	saw=$(ask A -j vip show "$1")
	echo "$saw"
	_find "$saw" state
	[[ $_found == "$2" ]]
}

# routes HOST ADDRESS ARGS… - of its family
routes()
{
	local family=-4

	[[ $2 != *:* ]] || family=-6
	ip_on "$1" $family route show "${@:3}"
}

# bgp_has ADDRESS/LEN - what B has by BGP
bgp_has()
{
	[[ $(routes B "$1" "$1" proto bgp) ]]
}

held()
{
	[[ $(ip_on A address show dev mesh-vip 2>/dev/null) == *" $1/"* ]]
}

announced()
{
	[[ $(routes A "$1" proto 77) == *"$1"* ]]
}

service()
{
	flow_echo A "${1:-10.1.0.1}" 8080 service
	SERVICE=$BG
}

service_end()
{
	kill -KILL "$SERVICE"
	wait_for 10 "the service has ended" _is_gone "$SERVICE"
}

# It is deaf until it has subscribed, and a route that stays the same is no event.
monitor_sees()
{
	ip_on A route add 198.51.100.0/24 dev eth0
	ip_on A route del 198.51.100.0/24 dev eth0
	grep -q '198\.51\.100' "$TOPO_DIR/A/monitor.log"
}

topo_host A B
topo_link A eth0 B eth0
topo_addr A eth0 10.1.0.1/24 fd01::1/64
topo_addr B eth0 10.1.0.2/24 fd01::2/64
bgp()
{
	cat <<-EOF
	router bgp $1
	 bgp router-id $3
	 no bgp ebgp-requires-policy
	 neighbor $2 remote-as external
	 neighbor $2 timers connect 1
	 neighbor $2 advertisement-interval 0
	 address-family ipv4 unicast
	  redistribute kernel
	 address-family ipv6 unicast
	  redistribute kernel
	  neighbor $2 activate
	EOF
}
bgp 65001 10.1.0.2 10.1.0.1 | frr_start A bgpd
bgp 65002 10.1.0.1 10.1.0.2 | frr_start B bgpd
meshd_start A

claim "meshctl says what is wrong, and nothing is added"
add=(ask A vip add)
expect_fail_with "prefix length 32, not 24" "${add[@]}" 192.0.2.0/24 check tcp 10.1.0.1:8080
expect_fail_with "interval 0ms is out of range" "${add[@]}" $VIP check tcp 10.1.0.1:8080 interval 0
expect_fail_with "timeout 300000ms is out of range" "${add[@]}" $VIP check tcp 10.1.0.1:8080 timeout 5m
expect_fail_with "rise 0 is out of range" "${add[@]}" $VIP check tcp 10.1.0.1:8080 rise 0
expect_fail_with "ADDRESS:PORT" "${add[@]}" $VIP check tcp nowhere
expect_fail_with "no check" "${add[@]}" $VIP check
expect_fail_with "is not there" ask A vip del $VIP
expect_eq "addresses" 0 "$(ask A -j vip show | jq length)"

claim "changes are for root"
asked='{"op": "vip-add", "address": "192.0.2.9", "tcp": "10.1.0.1:8080"}'
expect_match "answer to another user" 'changes are for root' "$(on_host A setpriv --reuid 65534 \
	--clear-groups $PYTHON "$TOP/selftests/interop/meshd_ask.py" "$asked" 2>&1)"

claim "without its service an address is neither held nor announced"
times=(interval 100ms timeout 500ms rise 2 fall 2 drain $((5 * TOPO_PATIENCE))s)
expect_ok "add" "${add[@]}" $VIP/32 check tcp 10.1.0.1:8080 "${times[@]}"
expect_fail_with "there already" "${add[@]}" $VIP check tcp 10.1.0.1:8080
wait_for_match 10 "its failure" refused vip $VIP last-failure
expect_eq "state" down "$(vip $VIP state)"
expect_fail "held" held $VIP
expect_fail "announced" announced $VIP

claim "with its service it is, and BGP tells the neighbour"
service
wait_for 10 "up" vip_is $VIP up
expect_ok "held" held $VIP
expect_ok "announced" announced $VIP
wait_for 30 "the route at B" bgp_has $VIP/32
expect_ok "an answer from it" on_host B ping -n -c1 -W$((2 * TOPO_PATIENCE)) $VIP

claim "IPv6 alike"
expect_ok "add" "${add[@]}" $VIP6/128 check tcp 10.1.0.1:8080 "${times[@]}"
wait_for 10 "up" vip_is $VIP6 up
wait_for 30 "the route at B" bgp_has $VIP6
expect_ok "an answer from it" on_host B ping -n -c1 -W$((2 * TOPO_PATIENCE)) $VIP6

claim "its service ends: the neighbour loses the route before the address goes"
bg_on A monitor ip -o monitor route address
wait_for 10 "the monitor listens" monitor_sees
service_end
wait_for 10 "no route" not announced $VIP
expect_ok "still held" held $VIP
wait_for 10 "no route at B" not bgp_has $VIP/32
expect_ok "still held, drained" held $VIP
wait_for 10 "no address" not held $VIP
wait_for 10 "no IPv6 address" not held $VIP6
gone=$(grep -n "^Deleted.*$VIP[ /].*mesh-vip\|^Deleted.*mesh-vip.*inet $VIP/32" \
	"$TOPO_DIR/A/monitor.log")
expect_match "first gone" '^[0-9]+:Deleted .*proto (77|meshd)' "$(sed -n 1p <<<"$gone")"
expect_match "and then" 'inet 192.0.2.10/32' "$(sed 1d <<<"$gone")"

claim "a service that comes back while the address is drained keeps it"
service
wait_for 10 "up" vip_is $VIP up
service_end
wait_for 10 "draining" vip_is $VIP draining
service
wait_for 10 "up" vip_is $VIP up
expect_ok "held" held $VIP

claim "HTTP: the status decides"
bg_on A web $PYTHON -m http.server -d "$TOP/selftests/net" -b 10.1.0.1 8081
expect_ok "add" "${add[@]}" 192.0.2.11 check http http://10.1.0.1:8081/vip_announce.sh "${times[@]}"
expect_ok "add" "${add[@]}" 192.0.2.12 check http http://10.1.0.1:8081/absent "${times[@]}"
expect_ok "add" "${add[@]}" 192.0.2.13 check http http://10.1.0.1:8081/absent status 404 "${times[@]}"
wait_for 30 "200 is up" vip_is 192.0.2.11 up
wait_for 10 "404 where it is wanted is up" vip_is 192.0.2.13 up
wait_for_match 10 "404 is down" 'HTTP status 404' vip 192.0.2.12 last-failure
expect_eq "state" down "$(vip 192.0.2.12 state)"

claim "a command that hangs is killed with its children and counts as failed"
expect_ok "add" "${add[@]}" 192.0.2.14 check command "sleep 7654 & sleep 7653" \
	interval 100ms timeout 500ms rise 1 fall 1
wait_for_match 10 "its failure" 'killed with its process group' vip 192.0.2.14 last-failure
expect_match "the log" '192\.0\.2\.14/32: check failed: killed with its process group' "$(meshd_log A)"
expect_ok "del" ask A vip del 192.0.2.14
wait_for 10 "no process of it" not pgrep -f 'sleep 765[34]'
expect_ok "add" "${add[@]}" 192.0.2.15 check command "exit 3" "${times[@]}"
wait_for_match 10 "its failure" 'exit status 3' vip 192.0.2.15 last-failure
expect_ok "add" "${add[@]}" 192.0.2.16 check command true "${times[@]}"
wait_for 10 "up" vip_is 192.0.2.16 up

claim "vip del withdraws"
expect_ok "del" ask A vip del 192.0.2.16
wait_for 10 "no route" not announced 192.0.2.16
wait_for 10 "no address" not held 192.0.2.16
expect_fail_with "is not there" ask A vip show 192.0.2.16

claim "a killed meshd leaves all behind, the next one cleans up"
meshd_end KILL
expect_ok "announced" announced $VIP
expect_ok "held" held $VIP
meshd_start A
expect_fail "announced" announced $VIP
expect_fail "held" held $VIP

claim "an ending meshd withdraws, routes first"
expect_ok "add" "${add[@]}" $VIP/32 check tcp 10.1.0.1:8080 "${times[@]}"
wait_for 10 "up" vip_is $VIP up
wait_for 30 "the route at B" bgp_has $VIP/32
kill -TERM "$MESHD"
wait_for 10 "no route at B" not bgp_has $VIP/32
expect_ok "still held, drained" held $VIP
wait_for 10 "meshd has ended" _is_gone "$MESHD"
expect_fail "device" ip_on A link show mesh-vip

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two hosts whose packets take the short way through site and hub.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

load_mesh
cloud_underlay
cloud_hub hub 1 redirect-interval 1
cloud_two_sites hub
cloud_by_hub hub
for site in site1 site2; do
	mesh $site dev set mesh0 shortcut off
done

# try ADDRESS [OPTION…] - ten packets from host1, which are all answered
try()
{
	local saw

	saw=$(on_host host1 ping -n -q -c10 -i0.02 -W$TOPO_PATIENCE "${@:2}" "$1")
	[[ $saw == *" 0% packet loss"* ]] || echo "$saw"
}

# short HOST ADDRESS - so many packets of those, and of the answers, took the short way there
short()
{
	local before

	before=$(counter "$1" bypass)
	try "$2"
	echo $(($(counter "$1" bypass) - before))
}

# shorts WHAT COUNT - through the hub, in both families
shorts()
{
	expect_eq "$1 (IPv4)" "$2" "$(short hub 10.12.0.2)"
	expect_eq "$1 (IPv6)" "$2" "$(short hub fd00:12::2)"
}

wait_for 10 "IPv4 from host to host" pings host1 10.12.0.2
wait_for 10 "IPv6 from host to host" pings host1 fd00:12::2

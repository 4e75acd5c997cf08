#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# runs: host
# on: 6.12
#
# The module of a next-hop server is reloaded while two sites have a flow on a shortcut
# that it gave them: they go to the other server and come back. Namespaces share their
# kernel's module, so that server is another machine.
#
#	host1 --- site1 (11) === hub (1) === site2 (12) --- host2
#	                     === far (2, the better one, in a guest of its own) ===
#
#	hub_reload.sh [here|there DIR]	of the sites' guest, of the server's; they meet in
#					DIR, by files

set -u

# together - both guests; prints what the sites' one says
together()
{
	local lab build meet ends there status

	lab=$(cd "$(dirname "$0")/../lab" && pwd -P)
	build=${lab%/selftests/lab}/build/lab
	mkdir -p "$build"
	meet=$(mktemp -d "$build/meet.XXXXXX")
	ends=$(mktemp -d)
	trap 'rm -rf "$meet" "$ends"' EXIT
	guest there b,a >"$meet/there.log" 2>&1 &
	there=$!
	until [[ -e $meet/ready ]]; do
		kill -0 $there 2>/dev/null || {
			cat "$meet/there.log"
			exit 1
		}
		sleep 0.5
	done
	guest here a,b
	status=$?
	touch "$meet/over"
	wait $there || {
		cat "$meet/there.log"
		exit 1
	}
	exit $status
}

# guest PART ENDS - the second one does not wait until another test's is over, as the
# first is there and waits for it
guest()
{
	local slots=${MESH_GUESTS:-$(nproc)}

	[[ $1 == there ]] || slots=$((slots + 1))
	MESH_GUESTS=$slots "$lab/run" --on "$MESH_ON" --cpus 1 --timeout 400 \
		--cable "$ends/${2%,*},$ends/${2#*,}" -- "$0" "$1" "$meet"
}

# tell FILE, told SECONDS FILE - between the guests
tell()
{
	: >"$meet/$1"
}

told()
{
	wait_for "$1" "the other guest: $2" test -e "$meet/$2"
}

there()
{
	load_mesh
	cloud_here far 2
	cloud_mesh far server on redirect on redirect-interval 50 bfd on bfd-interval 500
	_cloud_number[site1]=11 _cloud_number[site2]=12
	cloud_kernel_route far site1 site1
	cloud_kernel_route far site2 site2
	tell ready

	claim "the sites are registered"
	cloud_registered 60 site1 far
	cloud_registered 60 site2 far

	claim "the module is unloaded while they have a flow"
	told 60 unload
	unload_mesh
	tell unloaded

	claim "and loaded again: they are registered again"
	told 60 load
	load_mesh
	cloud_mesh far server on redirect on bfd on bfd-interval 500
	cloud_registered 30 site1 far
	cloud_registered 30 site2 far
	claim_end
	told 100 over
}

# goes_by SITE HUB DESTINATION - what no shortcut leads to
goes_by()
{
	path_is "$1" peer "$(cloud_overlay "$2")" "$3"
}

here()
{
	local site

	load_mesh
	cloud_underlay
	cloud_hub hub 1 redirect-interval 50 bfd on bfd-interval 500
	cloud_elsewhere far 2
	for site in site1:11 site2:12; do
		cloud_site ${site%:*} ${site#*:}
		site=${site%:*}
		mesh $site dev set mesh0 bfd on bfd-interval 500
		mesh $site nhs add "$(cloud_nbma far)" dev mesh0 priority 10
		mesh $site nhs add "$(cloud_nbma hub)" dev mesh0 priority 20
		cloud_lan $site "host${site#site}"
		cloud_kernel_route hub $site $site
	done
	# Out of the device without a gateway: the servers carry it.
	topo_route site1 10.12.0.0/24 dev mesh0
	topo_route site2 10.11.0.0/24 dev mesh0
	flow_echo host2 10.12.0.2 7000 far
	for site in site1 site2; do
		wait_for 10 "$site goes by far" goes_by $site far 10.99.0.1
	done

	claim "a server's module is reloaded under a flow on its shortcut: nothing is lost"
	flow_send host1 10.12.0.2 7000 count 20 interval 10000 linger 1000 >"$TOPO_DIR/first"
	wait_for 5 "a shortcut" has_shortcut site1 "10.12.0.0/24 10.0.0.12"
	wait_for 5 "and back" has_shortcut site2 "10.11.0.0/24 10.0.0.11"
	stream_begin
	tell unload
	told 30 unloaded
	for site in site1 site2; do
		wait_for 20 "$site goes to the other server" goes_by $site hub 10.99.0.1
	done
	tell load
	for site in site1 site2; do
		wait_for 60 "$site comes back" goes_by $site far 10.99.0.1
	done
	expect_ok "it is the same shortcut" path_is site1 kind shortcut 10.12.0.2
	stream_end site1 site2 hub
}

case ${1-} in
here | there)
	meet=$2
	. "$(dirname "$0")/lib.sh"
	"$1"
	;;
*)
	together
	;;
esac

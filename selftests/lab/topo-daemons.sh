# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Routing and IPsec daemons, one set a host, for topo.sh.

_frr=/usr/lib/frr

# frr_start HOST "DAEMON..." [ZEBRA-OPTION...] <CONFIG - zebra and the daemons
# named, with the configuration on standard input
frr_start()
{
	local host=$1 daemons=$2 dir daemon
	shift 2

	dir=/etc/frr/$host
	mkdir -p "$dir" "/run/frr/$host"
	cat >"$dir/frr.conf"
	: >"$dir/vtysh.conf"
	chown -R frr:frr "$dir" /run/frr "$TOPO_DIR/$host"
	chmod 755 "$TOPO_DIR"
	for daemon in zebra ${daemons//zebra/}; do
		frr_daemon "$host" "$daemon" "$@" || return
	done
	frr_reload "$host"
}

# frr_daemon HOST DAEMON [ZEBRA-OPTION...] - starts one of them (again)
frr_daemon()
{
	local host=$1 daemon=$2
	shift 2

	[[ $daemon == zebra ]] || set --
	on_host "$host" "$_frr/$daemon" -d -N "$host" \
		--log "file:$TOPO_DIR/$host/$daemon.log" "$@" \
		>"$TOPO_DIR/$host/$daemon.start" 2>&1 </dev/null ||
		bail "$daemon does not start on $host" \
			"$(<"$TOPO_DIR/$host/$daemon.start")"
	wait_for 20 "$daemon of $host listens" \
		test -S "/run/frr/$host/$daemon.vty"
}

# frr_reload HOST - gives the configuration kept for the host to its daemons
frr_reload()
{
	local said

	said=$(on_host "$1" vtysh -N "$1" -b 2>&1) && [[ $said != *'% '* ]] ||
		bail "FRR on $1 refuses its configuration" "$said"
}

# frr_vtysh HOST COMMAND - e.g. frr_vtysh A "show bgp summary"
frr_vtysh()
{
	local host=$1 command args=()
	shift

	for command in "$@"; do
		args+=(-c "$command")
	done
	vtysh -N "$host" "${args[@]}"
}

# frr_kill HOST DAEMON [SIGNAL] - and waits until it is gone
frr_kill()
{
	local pid

	pid=$(<"/run/frr/$1/$2.pid")
	kill "-${3:-KILL}" "$pid"
	wait_for 10 "$2 of $1 is gone" _is_gone "$pid"
	rm -f "/run/frr/$1/$2.vty"
}

_is_gone()
{
	local state

	! { read -r state <"/proc/$1/stat"; } 2>/dev/null ||
		[[ $state == *') Z '* ]]
}

# bird_start HOST <CONFIG
bird_start()
{
	local dir=$TOPO_DIR/$1

	cat >"$dir/bird.conf"
	bg_on "$1" bird bird -f -c "$dir/bird.conf" -s "$dir/bird.ctl"
	wait_for 20 "bird of $1 runs" birdc_on "$1" show status
}

# birdc_on HOST COMMAND...
birdc_on()
{
	local host=$1
	shift

	birdc -s "$TOPO_DIR/$host/bird.ctl" "$@"
}

# strongswan_start HOST <SWANCTL-CONFIG
strongswan_start()
{
	local host=$1 dir=$TOPO_DIR/$1

	cat >"$dir/swanctl.conf"
	mkdir -p "$dir/run"
	cat >"$dir/strongswan.conf" <<-EOF
	charon {
		load_modular = yes
		install_routes = no
		plugins {
			include /etc/strongswan.d/charon/*.conf
			vici {
				socket = unix://$dir/charon.vici
			}
		}
		filelog {
			stderr {
				default = 1
			}
		}
	}
	swanctl {
		load = random
	}
	EOF
	# charon's pid file has one fixed place: each host gets its own /run.
	STRONGSWAN_CONF=$dir/strongswan.conf bg_on "$host" charon \
		unshare -m bash -c 'mount --bind "$1" /run && exec "$2"' \
		charon "$dir/run" /usr/lib/ipsec/charon
	wait_for 20 "charon of $host listens" test -S "$dir/charon.vici"
	swanctl_on "$host" --load-all --file "$dir/swanctl.conf" \
		>"$dir/swanctl.log" 2>&1 ||
		bail "strongSwan on $host refuses its configuration" \
			"$(<"$dir/swanctl.log")"
}

# swanctl_on HOST COMMAND...
swanctl_on()
{
	local host=$1 command=$2
	shift 2

	STRONGSWAN_CONF=$TOPO_DIR/$host/strongswan.conf \
		swanctl "$command" --uri "unix://$TOPO_DIR/$host/charon.vici" "$@"
}

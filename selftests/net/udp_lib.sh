# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A node that sends GRE in UDP, and the kernel's own, ip_gre in foo over UDP, on top of
# net/lib.sh.
#
#	A 100.64.1.2, 2001:db8:1::2 --- isp --- B 100.64.2.2, 2001:db8:2::2	of fou
#	overlay 10.0.0.N to B by IPv4, 10.6.0.N by IPv6; key 42

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# fou_gre [no] - B's tunnels to A, with a checksum or without
fou_gre()
{
	local csum=${1:-}encap-csum csum6=${1:-}encap-udp6-csum

	ip_on B link del g4 2>/dev/null
	ip_on B link del g6 2>/dev/null
	topo_ip B <<-EOF
		link add g4 type gre local 100.64.2.2 remote 100.64.1.2 key 42 ttl 64 encap fou encap-sport auto encap-dport 4754 $csum
		link add g6 type ip6gre local 2001:db8:2::2 remote 2001:db8:1::2 key 42 hoplimit 64 encap fou encap-sport auto encap-dport 4754 $csum6
		addr add 10.0.0.2/24 dev g4
		addr add 10.6.0.2/24 dev g6
		link set g4 up
		link set g6 up
	EOF
}

load_mesh
modprobe -qa fou fou6 ip_gre ip6_gre
cloud_underlay
cloud_node A 1 46
cloud_node B 2 46
# What comes to a host is checked by the host, and sums are made before the cable.
for host in A B; do
	on_host $host ethtool -K eth0 tx off gro off >/dev/null
done
cloud_mesh A encap udp
topo_addr A mesh0 10.6.0.1/24
mesh A peer add 10.0.0.2 dev mesh0 nbma 100.64.2.2
mesh A peer add 10.6.0.2 dev mesh0 nbma 2001:db8:2::2
on_host B ip fou add port 4754 ipproto 47
on_host B ip fou add port 4754 ipproto 47 -6
fou_gre

// SPDX-License-Identifier: GPL-2.0
/*
 * Control packets in and out: single-hop BFD (RFC 5881) between the overlay
 * addresses, inside the tunnel.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "bfd_priv.h"
#include "drop.h"
#include "encap.h"
#include "wire/gre_wire.h"

/* RFC 5881, 4: the source port is from there on, and stays the session's. */
#define SPORT_FIRST	49152
#define SPORTS		16384

#define TOS		0xc0	/* network control */

/**
 * struct heard - of a packet that may be a control packet
 * @src: inner source
 * @dst: inner destination
 * @offset: of the UDP header
 * @ttl: inner TTL or hop limit
 */
struct heard {
	struct mesh_addr src;
	struct mesh_addr dst;
	unsigned int offset;
	u8 ttl;
};

static bool read_ip4(const struct sk_buff *skb, struct heard *h)
{
	const struct iphdr *ip = ip_hdr(skb);

	if (ip->protocol != IPPROTO_UDP || ip_is_fragment(ip))
		return false;
	mesh_addr_from_ip4(&h->src, ip->saddr);
	mesh_addr_from_ip4(&h->dst, ip->daddr);
	h->offset = ip->ihl * 4;
	h->ttl = ip->ttl;
	return true;
}

static bool read_ip6(const struct sk_buff *skb, struct heard *h)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);

	if (ip->nexthdr != IPPROTO_UDP)
		return false;
	mesh_addr_set(&h->src, &ip->saddr, sizeof(ip->saddr));
	mesh_addr_set(&h->dst, &ip->daddr, sizeof(ip->daddr));
	h->offset = sizeof(*ip);
	h->ttl = ip->hop_limit;
	return true;
}

static bool read(const struct sk_buff *skb, struct heard *h)
{
	const struct udphdr *udp;
	struct udphdr buf;

	if (skb->protocol == htons(ETH_P_IP) ? !read_ip4(skb, h) :
					       !read_ip6(skb, h))
		return false;
	udp = skb_header_pointer(skb, h->offset, sizeof(buf), &buf);
	return udp && udp->dest == htons(BFD_WIRE_PORT);
}

/*
 * A far end that is watched, but comes to another of our underlay addresses,
 * gets a session there when it calls again.  False where it is not watched.
 */
static bool call(struct bfd *bfd, const struct heard *h,
		 const struct mesh_addr *from, const struct mesh_addr *to)
{
	bool first;

	if (!bfd_is_known(bfd, &h->src, from, &h->dst))
		return false;
	spin_lock(&bfd->told_lock);
	first = !bfd->call.waiting;
	if (first)
		bfd->call = (struct bfd_call) {
			.waiting = true,
			.peer = h->src,
			.nbma = *from,
			.local = *to,
		};
	spin_unlock(&bfd->told_lock);
	if (first)
		bfd_kick(bfd);
	return true;
}

static bool checksum_ok(struct sk_buff *skb, const struct udphdr *udp)
{
	if (skb->protocol == htons(ETH_P_IP))
		return !skb_checksum_validate_zero_check(skb, IPPROTO_UDP,
							 udp->check,
							 inet_compute_pseudo);
	return !skb_checksum_validate(skb, IPPROTO_UDP, ip6_compute_pseudo);
}

/* The packet's payload, or false.  @skb is not the IP stack's any more. */
static bool payload(struct sk_buff *skb, unsigned int offset,
		    struct bfd_packet *p)
{
	const struct udphdr *udp;
	unsigned int len;

	if (!pskb_pull(skb, offset) || !pskb_may_pull(skb, sizeof(*udp)))
		return false;
	skb_reset_transport_header(skb);
	len = ntohs(udp_hdr(skb)->len);
	if (len < sizeof(*udp) || pskb_trim_rcsum(skb, len) ||
	    !pskb_may_pull(skb, min_t(unsigned int, skb->len,
				      sizeof(*udp) + BFD_WIRE_LEN)))
		return false;
	udp = udp_hdr(skb);
	return skb->len == len && checksum_ok(skb, udp) &&
	       bfd_wire_parse(p, udp + 1, len - sizeof(*udp)) == BFD_WIRE_OK;
}

static void take(struct bfd_session *s, struct sk_buff *skb,
		 const struct heard *h)
{
	struct mesh_dev *mesh = s->bfd->mesh;
	struct bfd_packet p;

	mesh_count(mesh->counters, MESH_C_BFD_RX);
	if (h->ttl != BFD_WIRE_TTL)
		mesh_drop(mesh, skb, MESH_C_BFD_FAR);
	else if (!payload(skb, h->offset, &p))
		mesh_drop(mesh, skb, MESH_C_BFD_MALFORMED);
	else if (!bfd_session_rx(s, &p))
		mesh_drop(mesh, skb, MESH_C_BFD_STRAY);
	else
		consume_skb(skb);
}

bool bfd_input(struct mesh_dev *mesh, struct sk_buff *skb,
	       const struct mesh_addr *from, const struct mesh_addr *to)
{
	struct bfd *bfd = mesh->bfd;
	struct bfd_session *s;
	struct heard h;

	if (likely(!READ_ONCE(bfd->listening)) || !read(skb, &h))
		return false;
	s = bfd_find(bfd, &h.src, from, to, &h.dst);
	if (s) {
		take(s, skb, &h);
		return true;
	}
	/* A daemon of this host may speak BFD to others over the device. */
	if (h.ttl != BFD_WIRE_TTL || !call(bfd, &h, from, to))
		return false;
	consume_skb(skb);
	return true;
}

/* Room for either family. */
struct frame {
	union {
		struct iphdr ip4;
		struct ipv6hdr ip6;
		u8 room[sizeof(struct ipv6hdr) + sizeof(struct udphdr) +
			BFD_WIRE_LEN];
	};
};

#define UDP_LEN (sizeof(struct udphdr) + BFD_WIRE_LEN)

/* Zero would say that there is none. */
static void set_checksum(struct udphdr *udp, __sum16 sum)
{
	udp->check = sum ? sum : CSUM_MANGLED_0;
}

static size_t build_ip4(const struct bfd_session *s, struct frame *f)
{
	struct udphdr *udp = (struct udphdr *)(&f->ip4 + 1);

	f->ip4 = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(f->ip4) / 4,
		.tos = TOS,
		.tot_len = htons(sizeof(f->ip4) + UDP_LEN),
		.frag_off = htons(IP_DF),
		.ttl = BFD_WIRE_TTL,
		.protocol = IPPROTO_UDP,
		.saddr = mesh_addr_ip4(&s->own),
		.daddr = mesh_addr_ip4(&s->peer),
	};
	f->ip4.check = ip_fast_csum(&f->ip4, f->ip4.ihl);
	set_checksum(udp, csum_tcpudp_magic(f->ip4.saddr, f->ip4.daddr,
					    UDP_LEN, IPPROTO_UDP,
					    csum_partial(udp, UDP_LEN, 0)));
	return sizeof(f->ip4) + UDP_LEN;
}

static size_t build_ip6(const struct bfd_session *s, struct frame *f)
{
	struct udphdr *udp = (struct udphdr *)(&f->ip6 + 1);

	f->ip6 = (struct ipv6hdr) {
		.version = 6,
		.priority = TOS >> 4,
		.payload_len = htons(UDP_LEN),
		.nexthdr = IPPROTO_UDP,
		.hop_limit = BFD_WIRE_TTL,
	};
	memcpy(&f->ip6.saddr, s->own.b, sizeof(f->ip6.saddr));
	memcpy(&f->ip6.daddr, s->peer.b, sizeof(f->ip6.daddr));
	set_checksum(udp, csum_ipv6_magic(&f->ip6.saddr, &f->ip6.daddr, UDP_LEN,
					  IPPROTO_UDP,
					  csum_partial(udp, UDP_LEN, 0)));
	return sizeof(f->ip6) + UDP_LEN;
}

static void build_udp(const struct bfd_session *s, struct udphdr *udp,
		      const struct bfd_packet *p)
{
	*udp = (struct udphdr) {
		.source = htons(SPORT_FIRST + p->my_discr % SPORTS),
		.dest = htons(BFD_WIRE_PORT),
		.len = htons(UDP_LEN),
	};
	bfd_wire_build(udp + 1, p);
}

void bfd_send(struct bfd_session *s, const struct bfd_packet *p)
{
	struct mesh_dev *mesh = s->bfd->mesh;
	bool v6 = s->peer.len == 16;
	struct frame f;
	size_t len;

	build_udp(s, v6 ? (struct udphdr *)(&f.ip6 + 1) :
			  (struct udphdr *)(&f.ip4 + 1), p);
	len = v6 ? build_ip6(s, &f) : build_ip4(s, &f);
	if (!encap_xmit_from(mesh, &s->local, &s->nbma,
			     READ_ONCE(s->rules) ? &s->route : NULL,
			     v6 ? GRE_WIRE_IPV6 : GRE_WIRE_IP, &f, len))
		mesh_count(mesh->counters, MESH_C_BFD_TX);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Many NHRP sites in one process, on one link of a hub, or a hub of many sites.
 *
 *   mesh-nhrp-load register DEV MAC HUB COUNT WINDOW
 *       COUNT sites register with the hub, at most WINDOW of them unanswered
 *   mesh-nhrp-load resolve DEV MAC HUB COUNT WINDOW DESTINATION
 *       the same sites ask the hub for an address behind it
 *   mesh-nhrp-load serve DEV MAC SITE COUNT WINDOW
 *       is the next-hop server of a site, tells it of COUNT better ways, and
 *       answers what it asks
 *
 * DEV is the link, MAC the other end's; HUB and SITE are underlay addresses at the
 * other end.  Site i has the underlay address 100.80.0.0 + i and the overlay
 * address 10.128.0.0 + i; the server is 100.64.0.1 and 10.0.0.1.  Prints one JSON object; exits
 * with 1 if an answer did not come within a second of the last one.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "wire/nhrp_wire.h"

#define KEY		42
#define BATCH		64
#define FRAME_MAX	512
#define SITE_NBMA	0x64500000	/* 100.80.0.0 */
#define SITE_PROTO	0x0a800000	/* 10.128.0.0 */
#define SERVER_NBMA	0x64400001	/* 100.64.0.1 */
#define SERVER_PROTO	0x0a000001	/* 10.0.0.1 */
#define HOLD		3600
#define TTL		64

struct frame {
	struct ether_header eth;
	struct iphdr ip;
	struct {
		__be16 flags;
		__be16 protocol;
		__be32 key;
	} gre;
	u8 nhrp[FRAME_MAX];
} __attribute__((packed));

#define HEADERS		offsetof(struct frame, nhrp)

struct load {
	int sock;
	u8 mac[ETHER_ADDR_LEN];
	u8 own_mac[ETHER_ADDR_LEN];
	u32 other;		/* underlay address at the other end */
	u32 destination;
	u32 count;
	u32 window;
	u32 sent;
	u32 answered;
	u32 refused;
	u32 first_id;
	unsigned int queued;
	struct frame out[BATCH];
	struct iovec out_iov[BATCH];
	struct frame in[BATCH];
};

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static struct mesh_addr address(u32 host)
{
	struct mesh_addr a;

	mesh_addr_from_ip4(&a, htonl(host));
	return a;
}

static void flush(struct load *l)
{
	struct mmsghdr msg[BATCH] = {};
	unsigned int done = 0, i;

	for (i = 0; i < l->queued; i++) {
		msg[i].msg_hdr.msg_iov = &l->out_iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	while (done < l->queued) {
		int n = sendmmsg(l->sock, msg + done, l->queued - done, 0);

		if (n < 0)
			die("send");
		done += n;
	}
	l->queued = 0;
}

/* Where the next packet is built; it goes with put(). */
static u8 *room(struct load *l)
{
	if (l->queued == BATCH)
		flush(l);
	return l->out[l->queued].nhrp;
}

static void put(struct load *l, u32 from, int len)
{
	struct frame *f = &l->out[l->queued];
	struct iphdr ip = {
		.version = 4,
		.ihl = sizeof(ip) / 4,
		.ttl = TTL,
		.protocol = IPPROTO_GRE,
		.tot_len = htons(HEADERS - sizeof(f->eth) + len),
		.saddr = htonl(from),
		.daddr = htonl(l->other),
	};

	if (len < 0) {
		fprintf(stderr, "a packet cannot be built: %s\n", strerror(-len));
		exit(2);
	}
	memcpy(f->eth.ether_dhost, l->mac, ETHER_ADDR_LEN);
	memcpy(f->eth.ether_shost, l->own_mac, ETHER_ADDR_LEN);
	f->eth.ether_type = htons(ETHERTYPE_IP);
	ip.check = htons(~nhrp_packet_sum((void *)&ip, sizeof(ip)));
	memcpy(&f->ip, &ip, sizeof(ip));
	f->gre.flags = htons(0x2000);
	f->gre.protocol = htons(0x2001);
	f->gre.key = htonl(KEY);
	l->out_iov[l->queued] = (struct iovec){ f, HEADERS + len };
	l->queued++;
}

static void request_extensions(struct nhrp_builder *b)
{
	nhrp_build_ext(b, NHRP_EXT_RESPONDER | NHRP_EXT_COMPULSORY);
	nhrp_build_ext(b, NHRP_EXT_FORWARD_RECORD | NHRP_EXT_COMPULSORY);
	nhrp_build_ext(b, NHRP_EXT_REVERSE_RECORD | NHRP_EXT_COMPULSORY);
}

static void ask(struct load *l, u32 i, const struct nhrp_head *h,
		const struct nhrp_cie *cie)
{
	struct nhrp_builder b;

	nhrp_build_begin(&b, room(l), FRAME_MAX, h);
	nhrp_build_cie(&b, cie);
	request_extensions(&b);
	put(l, SITE_NBMA + i, nhrp_build_end(&b));
}

static void send_register(struct load *l, u32 i)
{
	const struct nhrp_head h = {
		.type = NHRP_REGISTRATION_REQUEST,
		.hops = TTL,
		.id = l->first_id + i,
		.src_nbma = address(SITE_NBMA + i),
		.src_proto = address(SITE_PROTO + i),
		.dst_proto = address(SITE_PROTO + i),
	};
	const struct nhrp_cie cie = { .prefix = 32, .hold = HOLD };

	ask(l, i, &h, &cie);
}

static void send_resolve(struct load *l, u32 i)
{
	const struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REQUEST,
		.hops = TTL,
		.flags = NHRP_FLAG_ROUTER,
		.id = l->first_id + i,
		.src_nbma = address(SITE_NBMA + i),
		.src_proto = address(SITE_PROTO + i),
		.dst_proto = address(l->destination),
	};
	const struct nhrp_cie cie = { .hold = HOLD };

	ask(l, i, &h, &cie);
}

/* That a packet from the site to 10.128.0.0 + i has a better way. */
static void send_indication(struct load *l, u32 i)
{
	const struct nhrp_head h = {
		.type = NHRP_TRAFFIC_INDICATION,
		.hops = TTL,
		.src_nbma = address(SERVER_NBMA),
		.src_proto = address(SERVER_PROTO),
		.dst_proto = address(SERVER_PROTO + 1),
	};
	struct iphdr ip = {
		.version = 4,
		.ihl = sizeof(ip) / 4,
		.ttl = TTL,
		.protocol = IPPROTO_UDP,
		.tot_len = htons(sizeof(ip) + 8),
		.saddr = htonl(SERVER_PROTO + 1),
		.daddr = htonl(SITE_PROTO + i),
	};
	u8 quoted[sizeof(ip) + 8] = {};
	struct nhrp_builder b;

	memcpy(quoted, &ip, sizeof(ip));
	nhrp_build_begin(&b, room(l), FRAME_MAX, &h);
	nhrp_build_payload(&b, quoted, sizeof(quoted));
	put(l, SERVER_NBMA, nhrp_build_end(&b));
}

static void take_reply(struct load *l, const struct nhrp_packet *p)
{
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;

	if (!nhrp_type_is_reply(p->h.type) || p->h.id - l->first_id >= l->count ||
	    !nhrp_cie_first(p, &it, &cie))
		return;
	if (cie.code)
		l->refused++;
	l->answered++;
}

static void answer(struct load *l, const struct nhrp_packet *p)
{
	struct nhrp_head h = p->h;
	struct nhrp_cie_iter it;
	struct nhrp_builder b;
	struct nhrp_cie cie;

	if (nhrp_type_is_reply(h.type) || !nhrp_cie_first(p, &it, &cie))
		return;
	h.type++;
	h.hops = TTL;
	if (h.type == NHRP_REGISTRATION_REPLY) {
		h.dst_proto = address(SERVER_PROTO);
	} else {
		u32 i = ntohl(mesh_addr_ip4(&h.dst_proto)) - SITE_PROTO;

		if (i >= l->count)
			return;
		cie.prefix = 32;
		cie.hold = HOLD;
		cie.nbma = address(SITE_NBMA + i);
		cie.proto = h.dst_proto;
		l->answered++;
	}
	nhrp_build_begin(&b, room(l), FRAME_MAX, &h);
	nhrp_build_cie(&b, &cie);
	request_extensions(&b);
	put(l, SERVER_NBMA, nhrp_build_end(&b));
}

static void take(struct load *l, const struct frame *f, size_t len,
		 void (*reply)(struct load *l, const struct nhrp_packet *p))
{
	struct nhrp_packet p;

	if (len < HEADERS || f->eth.ether_type != htons(ETHERTYPE_IP) ||
	    f->ip.protocol != IPPROTO_GRE || f->gre.protocol != htons(0x2001))
		return;
	len = ntohs(f->ip.tot_len) + sizeof(f->eth) - HEADERS;
	if (!nhrp_parse(&p, f->nhrp, len))
		reply(l, &p);
}

/* False if nothing came for a second. */
static bool receive(struct load *l,
		    void (*reply)(struct load *l, const struct nhrp_packet *p))
{
	struct pollfd fd = { .fd = l->sock, .events = POLLIN };
	struct mmsghdr msg[BATCH] = {};
	struct iovec iov[BATCH];
	int n, i;

	for (i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ &l->in[i], sizeof(l->in[i]) };
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(l->sock, msg, BATCH, MSG_DONTWAIT, NULL);
	if (n < 0)
		return poll(&fd, 1, 1000) > 0;
	for (i = 0; i < n; i++)
		take(l, &l->in[i], msg[i].msg_len, reply);
	return true;
}

static void run(struct load *l, void (*send_one)(struct load *l, u32 i),
		void (*reply)(struct load *l, const struct nhrp_packet *p))
{
	double start = now();

	while (l->answered < l->count) {
		while (l->sent < l->count && l->sent - l->answered < l->window &&
		       l->queued < BATCH)
			send_one(l, l->sent++);
		flush(l);
		if (!receive(l, reply))
			break;
	}
	flush(l);
	printf("{\"sent\": %u, \"answered\": %u, \"refused\": %u, \"seconds\": %.6f}\n",
	       l->sent, l->answered, l->refused, now() - start);
}

/* A site registers before it believes its server. */
static void await_registration(struct load *l)
{
	while (!l->queued)
		receive(l, answer);
	flush(l);
}

static void open_link(struct load *l, const char *name, const char *mac)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE_IP),
		.sll_ifindex = if_nametoindex(name),
	};
	socklen_t len = sizeof(addr);
	int size = 64 << 20;

	if (!addr.sll_ifindex)
		die(name);
	if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &l->mac[0], &l->mac[1],
		   &l->mac[2], &l->mac[3], &l->mac[4], &l->mac[5]) != 6) {
		fprintf(stderr, "no MAC address: %s\n", mac);
		exit(2);
	}
	l->sock = socket(AF_PACKET, SOCK_RAW, htons(ETHERTYPE_IP));
	if (l->sock < 0 || bind(l->sock, (void *)&addr, sizeof(addr)))
		die("packet socket");
	if (setsockopt(l->sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		die("receive buffer");
	if (getsockname(l->sock, (void *)&addr, &len))
		die("link address");
	memcpy(l->own_mac, addr.sll_addr, ETHER_ADDR_LEN);
}

static u32 ipv4(const char *text)
{
	struct in_addr a;

	if (inet_pton(AF_INET, text, &a) != 1) {
		fprintf(stderr, "no IPv4 address: %s\n", text);
		exit(2);
	}
	return ntohl(a.s_addr);
}

int main(int argc, char **argv)
{
	static struct load l;
	const char *mode = argc > 1 ? argv[1] : "";
	bool resolve = !strcmp(mode, "resolve");

	if (argc != 7 + resolve ||
	    (!resolve && strcmp(mode, "register") && strcmp(mode, "serve"))) {
		fprintf(stderr, "usage: mesh-nhrp-load register|resolve|serve DEV MAC ADDRESS COUNT WINDOW [DESTINATION]\n");
		return 2;
	}
	open_link(&l, argv[2], argv[3]);
	l.other = ipv4(argv[4]);
	l.count = strtoul(argv[5], NULL, 10);
	l.window = strtoul(argv[6], NULL, 10);
	/* Ids go up from one run to the next, as a site's do. */
	l.first_id = time(NULL) << 4;
	if (resolve) {
		l.destination = ipv4(argv[7]);
		run(&l, send_resolve, take_reply);
	} else if (!strcmp(mode, "register")) {
		run(&l, send_register, take_reply);
	} else {
		await_registration(&l);
		run(&l, send_indication, answer);
	}
	return l.answered < l.count || l.refused;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Many NHRP sites in one process, on one link of a hub, or a hub of many sites.
 *
 *   mesh-nhrp-load register DEV MAC HUB COUNT WINDOW HOLD
 *       COUNT sites register with the hub for HOLD seconds, at most WINDOW of
 *       them unanswered
 *   mesh-nhrp-load resolve DEV MAC HUB COUNT WINDOW DESTINATION
 *       the same sites ask the hub for an address behind it
 *   mesh-nhrp-load serve DEV MAC SITE COUNT WINDOW PEERS
 *       is the next-hop server of a site, tells it of COUNT better ways, and
 *       answers what it asks: that they lead to PEERS others
 *   mesh-nhrp-load flood-register DEV MAC HUB RATE SECONDS
 *   mesh-nhrp-load flood-resolve DEV MAC HUB RATE SECONDS DESTINATION
 *   mesh-nhrp-load flood-redirect DEV MAC HUB RATE SECONDS
 *   mesh-nhrp-load flood-indicate DEV MAC SITE RATE SECONDS
 *       requests of ever new sites, packets from them to others by the hub, or
 *       its indications to a site, RATE a second, whatever is answered
 *
 * DEV is the link, MAC the other end's; HUB and SITE are underlay addresses at the
 * other end.  Site i has the underlay address 100.80.0.0 + i and the overlay
 * address 10.128.0.0 + i; the server is 100.64.0.1 and 10.0.0.1.  Prints one JSON
 * object; exits with 1 if an answer did not come within a second of the last one.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <sys/socket.h>

#include "../lab/tool.h"
#include "wire/nhrp_wire.h"

#define KEY		42
#define BATCH		256
#define TURN		64	/* requests sent before answers are looked at */
#define FRAME_MAX	512
#define SITE_NBMA	0x64500000	/* 100.80.0.0 */
#define SITE_PROTO	0x0a800000	/* 10.128.0.0 */
#define SERVER_NBMA	0x64400001	/* 100.64.0.1 */
#define SERVER_PROTO	0x0a000001	/* 10.0.0.1 */
#define HOLD		3600
#define TTL		64
/* So many underlay addresses; a flood has more sites. */
#define SITES_MAX	(1u << 20)
#define OVERLAY_MAX	(1u << 23)
/* Seconds that a flood may be late, as another process had its turn. */
#define ARREARS		0.02
#define UDP_LEN		(sizeof(struct iphdr) + 8)

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
	u32 hold;
	u32 peers;
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

static void put_as(struct load *l, u16 protocol, u32 from, int len)
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
	f->gre.protocol = htons(protocol);
	f->gre.key = htonl(KEY);
	l->out_iov[l->queued] = (struct iovec){ f, HEADERS + len };
	l->queued++;
}

static void put(struct load *l, u32 from, int len)
{
	put_as(l, 0x2001, from, len);
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
	put(l, SITE_NBMA + i % SITES_MAX, nhrp_build_end(&b));
}

static void send_register(struct load *l, u32 i)
{
	const struct nhrp_head h = {
		.type = NHRP_REGISTRATION_REQUEST,
		.hops = TTL,
		.id = l->first_id + i,
		.src_nbma = address(SITE_NBMA + i % SITES_MAX),
		.src_proto = address(SITE_PROTO + i % OVERLAY_MAX),
		.dst_proto = address(SITE_PROTO + i % OVERLAY_MAX),
	};
	const struct nhrp_cie cie = { .prefix = 32, .hold = l->hold };

	ask(l, i, &h, &cie);
}

static void send_question(struct load *l, u32 i, u16 flags)
{
	const struct nhrp_head h = {
		.type = NHRP_RESOLUTION_REQUEST,
		.hops = TTL,
		.flags = flags,
		.id = l->first_id + i,
		.src_nbma = address(SITE_NBMA + i % SITES_MAX),
		.src_proto = address(SITE_PROTO + i % OVERLAY_MAX),
		.dst_proto = address(l->destination),
	};
	const struct nhrp_cie cie = { .hold = HOLD };

	ask(l, i, &h, &cie);
}

static void send_resolve(struct load *l, u32 i)
{
	send_question(l, i, NHRP_FLAG_ROUTER);
}

/* Asks to be kept, too. */
static void send_resolve_stable(struct load *l, u32 i)
{
	send_question(l, i, NHRP_FLAG_ROUTER | NHRP_FLAG_SRC_STABLE);
}

static void build_udp(u8 *to, u32 from, u32 dst)
{
	struct iphdr ip = {
		.version = 4,
		.ihl = sizeof(ip) / 4,
		.ttl = TTL,
		.protocol = IPPROTO_UDP,
		.tot_len = htons(UDP_LEN),
		.saddr = htonl(from),
		.daddr = htonl(dst),
	};

	memset(to, 0, UDP_LEN);
	ip.check = htons(~nhrp_packet_sum((void *)&ip, sizeof(ip)));
	memcpy(to, &ip, sizeof(ip));
}

/* A packet that the hub sends out as it came in. */
static void send_data(struct load *l, u32 i)
{
	build_udp(room(l), SITE_PROTO + i % OVERLAY_MAX,
		  SITE_PROTO + (i * 7 + 1) % OVERLAY_MAX);
	put_as(l, ETHERTYPE_IP, SITE_NBMA + i % SITES_MAX, UDP_LEN);
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
	u8 quoted[UDP_LEN];
	struct nhrp_builder b;

	build_udp(quoted, SERVER_PROTO + 1, SITE_PROTO + i % OVERLAY_MAX);
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
		cie.nbma = address(SITE_NBMA + i % l->peers);
		cie.proto = address(SITE_PROTO + i % l->peers);
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
		unsigned int n;

		for (n = 0; n < TURN && l->sent < l->count &&
			    l->sent - l->answered < l->window; n++)
			send_one(l, l->sent++);
		flush(l);
		if (!receive(l, reply))
			break;
	}
	flush(l);
	printf("{\"sent\": %u, \"answered\": %u, \"refused\": %u, \"seconds\": %.6f}\n",
	       l->sent, l->answered, l->refused, now() - start);
}

static void sleep_until(double when)
{
	struct timespec t = { .tv_sec = when };

	t.tv_nsec = (when - t.tv_sec) * 1e9;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/*
 * All packets of a flood, of @len octets each: to make one takes longer than to
 * send it, and would take that from who is measured.
 */
static u8 *prepare(struct load *l, void (*send_one)(struct load *l, u32 i),
		   u32 n, size_t *len)
{
	u8 *all;
	u32 i;

	send_one(l, 0);
	*len = l->out_iov[0].iov_len;
	all = malloc(n * *len);
	if (!all)
		die("memory of a flood");
	for (i = 0; i < n; i++) {
		l->queued = 0;
		send_one(l, i);
		memcpy(all + i * *len, &l->out[0], *len);
	}
	return all;
}

/* What comes back is not looked at; a pause is made up for, what takes longer is not. */
static void flood(struct load *l, void (*send_one)(struct load *l, u32 i),
		  double rate, double seconds)
{
	u32 n = (u32)(rate * seconds) / BATCH * BATCH, i;
	double start, at, time;
	size_t len;
	u8 *all = prepare(l, send_one, n, &len);

	start = now();
	for (at = time = start; time < start + seconds && l->sent < n; time = now()) {
		if (time < at)
			sleep_until(at);
		else if (time > at + ARREARS)
			at = time - ARREARS;
		for (i = 0; i < BATCH; i++)
			l->out_iov[i] = (struct iovec){ all + l->sent++ * len, len };
		l->queued = BATCH;
		flush(l);
		at += BATCH / rate;
	}
	printf("{\"sent\": %u, \"seconds\": %.6f}\n", l->sent, now() - start);
	free(all);
}

/* A site registers before it believes its server. */
static void await_registration(struct load *l)
{
	while (!l->queued)
		receive(l, answer);
	flush(l);
}

/* @protocol: what is received; 0: nothing */
static void open_link(struct load *l, const char *name, const char *mac,
		      u16 protocol)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = if_nametoindex(name),
	};
	socklen_t len = sizeof(addr);
	int size = 64 << 20, straight = 1;

	if (!addr.sll_ifindex)
		die(name);
	if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &l->mac[0], &l->mac[1],
		   &l->mac[2], &l->mac[3], &l->mac[4], &l->mac[5]) != 6) {
		fprintf(stderr, "no MAC address: %s\n", mac);
		exit(2);
	}
	l->sock = socket(AF_PACKET, SOCK_RAW, htons(protocol));
	if (l->sock < 0 || bind(l->sock, (void *)&addr, sizeof(addr)))
		die("packet socket");
	if (setsockopt(l->sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		die("receive buffer");
	/* The link has no queue. */
	if (setsockopt(l->sock, SOL_PACKET, PACKET_QDISC_BYPASS, &straight,
		       sizeof(straight)))
		die("no queue");
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

static const struct mode {
	const char *name;
	const char *last;	/* what its last argument is, or NULL for none */
	void (*send_one)(struct load *l, u32 i);
	bool flood;
} modes[] = {
	{ "register", "HOLD", send_register, false },
	{ "resolve", "DESTINATION", send_resolve, false },
	{ "serve", "PEERS", send_indication, false },
	{ "flood-register", NULL, send_register, true },
	{ "flood-resolve", "DESTINATION", send_resolve_stable, true },
	{ "flood-redirect", NULL, send_data, true },
	{ "flood-indicate", NULL, send_indication, true },
	{ NULL },
};

static const struct mode *find_mode(int argc, char **argv)
{
	const struct mode *m;

	for (m = modes; m->name; m++)
		if (argc == 7 + !!m->last && !strcmp(argv[1], m->name))
			return m;
	for (m = modes; m->name; m++)
		fprintf(stderr, "usage: mesh-nhrp-load %s DEV MAC ADDRESS %s %s\n",
			m->name, m->flood ? "RATE SECONDS" : "COUNT WINDOW",
			m->last ? m->last : "");
	exit(2);
}

int main(int argc, char **argv)
{
	const struct mode *m = find_mode(argc, argv);
	static struct load l = { .hold = HOLD, .peers = 1 };

	open_link(&l, argv[2], argv[3], m->flood ? 0 : ETHERTYPE_IP);
	l.other = ipv4(argv[4]);
	/* Ids go up from one run to the next, as a site's do. */
	l.first_id = time(NULL) << 4;
	if (m->send_one == send_resolve || m->send_one == send_resolve_stable)
		l.destination = ipv4(argv[7]);
	if (m->flood) {
		flood(&l, m->send_one, strtod(argv[5], NULL), strtod(argv[6], NULL));
		return 0;
	}
	l.count = strtoul(argv[5], NULL, 10);
	l.window = strtoul(argv[6], NULL, 10);
	if (m->send_one == send_register)
		l.hold = strtoul(argv[7], NULL, 10);
	if (m->send_one == send_indication) {
		l.peers = strtoul(argv[7], NULL, 10);
		await_registration(&l);
	}
	run(&l, m->send_one, m->send_one == send_indication ? answer : take_reply);
	return l.answered < l.count || l.refused;
}

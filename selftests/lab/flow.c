// SPDX-License-Identifier: GPL-2.0
/*
 * Traffic with a memory: UDP flows to an echo server, and what became of each
 * packet.
 *
 *   mesh-flow echo ADDR PORT [NAME]
 *       answers UDP packets and accepts (and closes) TCP connections on a port;
 *       says "ready" when both are open
 *   mesh-flow send ADDR PORT [count N] [interval US] [flows N] [src ADDR]
 *                  [linger MS] [sport PORT]
 *       sends N packets, one every US microseconds, over that many flows
 *       (source ports) in turn, or until SIGTERM, waits until none has come for
 *       MS, and prints what was seen as one JSON object
 *
 * The echo server writes into each answer the TTL with which the packet came
 * and its own name, so that the sender sees when a path got shorter and who
 * answered.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tool.h"

#define MAGIC		0x6d657368
#define NAMES_MAX	8
#define SPORT_DEFAULT	20000
/* A delay up to this is made up for by a burst, a longer one is let be. */
#define LATE_NS		50000000ull
#define STEP_MS		10

struct packet {
	uint32_t magic;
	uint32_t seq;
	uint64_t sent_ns;
	uint8_t ttl;
	char name[15];
};

static struct addrinfo *resolve(const char *addr, const char *port, int type)
{
	struct addrinfo hints = {
		.ai_socktype = type,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	}, *ai;
	int err = getaddrinfo(addr, port, &hints, &ai);

	if (err) {
		fprintf(stderr, "mesh-flow: %s port %s: %s\n", addr, port,
			gai_strerror(err));
		exit(1);
	}
	return ai;
}

static int open_bound(const struct addrinfo *ai)
{
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, 0);
	int one = 1, big = 64 << 20;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	/*
	 * Who is not let run for a while must not lose what came meanwhile: it
	 * would count as lost on the way.
	 */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof(big));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen))
		die("bind");
	return fd;
}

/*
 * Echo
 */

static void *control_of(struct msghdr *msg, int level, int type)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == level && c->cmsg_type == type)
			return CMSG_DATA(c);
	return NULL;
}

static uint8_t ttl_of(struct msghdr *msg)
{
	void *data = control_of(msg, IPPROTO_IP, IP_TTL);
	int ttl = 0;

	if (!data)
		data = control_of(msg, IPPROTO_IPV6, IPV6_HOPLIMIT);
	if (data)
		memcpy(&ttl, data, sizeof(ttl));
	return ttl;
}

/* Answers come from the address that was asked, whichever the route prefers. */
static void answer_from(struct msghdr *msg, struct cmsghdr *control,
			size_t size)
{
	struct in_pktinfo *p4 = control_of(msg, IPPROTO_IP, IP_PKTINFO);
	struct in6_pktinfo *p6 = control_of(msg, IPPROTO_IPV6, IPV6_PKTINFO);
	size_t len = p4 ? sizeof(*p4) : sizeof(*p6);
	struct in_pktinfo from4 = {};
	struct in6_pktinfo from6 = {};
	struct cmsghdr *c;

	if (p4)
		from4.ipi_spec_dst = p4->ipi_addr;
	else if (p6)
		from6.ipi6_addr = p6->ipi6_addr;
	else
		return;
	msg->msg_control = control;
	msg->msg_controllen = size;
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = p4 ? IPPROTO_IP : IPPROTO_IPV6;
	c->cmsg_type = p4 ? IP_PKTINFO : IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), p4 ? (void *)&from4 : (void *)&from6, len);
	msg->msg_controllen = CMSG_SPACE(len);
}

static void echo_one(int fd, const char *name)
{
	struct sockaddr_storage from;
	struct packet p;
	struct cmsghdr got[8], put[4] = {};
	struct iovec iov = { .iov_base = &p, .iov_len = sizeof(p) };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = got,
		.msg_controllen = sizeof(got),
	};

	if (recvmsg(fd, &msg, 0) != sizeof(p) || p.magic != MAGIC)
		return;
	p.ttl = ttl_of(&msg);
	snprintf(p.name, sizeof(p.name), "%s", name);
	answer_from(&msg, put, sizeof(put));
	sendmsg(fd, &msg, 0);
}

static void want(int fd, int level, int option)
{
	int one = 1;

	if (setsockopt(fd, level, option, &one, sizeof(one)))
		die("setsockopt");
}

static int echo(int argc, char **argv)
{
	struct addrinfo *udp, *tcp;
	struct pollfd fds[2];

	if (argc < 2) {
		fprintf(stderr, "usage: mesh-flow echo ADDR PORT [NAME]\n");
		return 1;
	}
	udp = resolve(argv[0], argv[1], SOCK_DGRAM);
	tcp = resolve(argv[0], argv[1], SOCK_STREAM);
	fds[0] = (struct pollfd){ .fd = open_bound(udp), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = open_bound(tcp), .events = POLLIN };
	if (udp->ai_family == AF_INET) {
		want(fds[0].fd, IPPROTO_IP, IP_RECVTTL);
		want(fds[0].fd, IPPROTO_IP, IP_PKTINFO);
	} else {
		want(fds[0].fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT);
		want(fds[0].fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
	}
	if (listen(fds[1].fd, 16))
		die("listen");
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			die("poll");
		if (fds[0].revents)
			echo_one(fds[0].fd, argc > 2 ? argv[2] : "echo");
		if (fds[1].revents)
			close(accept(fds[1].fd, NULL, NULL));
	}
}

/*
 * Send
 */

struct answer {
	bool seen;
	uint8_t ttl;
	uint64_t sent_ns;
	uint64_t rtt_ns;
};

struct sender {
	uint32_t count;
	uint32_t interval_us;
	uint32_t flows;
	uint32_t linger_ms;
	uint32_t sport;
	const char *src;
	struct pollfd *fd;
	struct answer *answer;
	uint32_t sent;
	uint32_t received;
	uint32_t duplicates;
	uint32_t reordered;
	uint32_t unsent;
	uint32_t last_seq;
	uint64_t start_ns;
	uint64_t last_answer_ns;
	uint64_t gap_ns;
	struct {
		char name[15];
		uint32_t n;
	} name[NAMES_MAX];
};

static void note_name(struct sender *s, const char *name)
{
	unsigned int i;

	for (i = 0; i < NAMES_MAX; i++) {
		if (!s->name[i].n)
			snprintf(s->name[i].name, sizeof(s->name[i].name), "%s",
				 name);
		if (!strcmp(s->name[i].name, name)) {
			s->name[i].n++;
			return;
		}
	}
}

static void take(struct sender *s, int fd)
{
	struct packet p;
	struct answer *a;
	uint64_t now;

	if (recv(fd, &p, sizeof(p), MSG_DONTWAIT) != sizeof(p) ||
	    p.magic != MAGIC || p.seq >= s->count)
		return;
	now = now_ns();
	a = &s->answer[p.seq];
	if (a->seen) {
		s->duplicates++;
		return;
	}
	p.name[sizeof(p.name) - 1] = 0;
	*a = (struct answer){
		.seen = true,
		.ttl = p.ttl,
		.sent_ns = p.sent_ns,
		.rtt_ns = now - p.sent_ns,
	};
	s->received++;
	if (p.seq < s->last_seq)
		s->reordered++;
	else
		s->last_seq = p.seq;
	if (now - s->last_answer_ns > s->gap_ns)
		s->gap_ns = now - s->last_answer_ns;
	s->last_answer_ns = now;
	note_name(s, p.name);
}

/* Takes answers until a time. */
static void take_until(struct sender *s, uint64_t until)
{
	for (;;) {
		uint64_t now = now_ns();
		struct timespec left;
		uint32_t i;

		if (now >= until)
			return;
		left.tv_sec = (until - now) / 1000000000;
		left.tv_nsec = (until - now) % 1000000000;
		if (ppoll(s->fd, s->flows, &left, NULL) <= 0)
			return;
		for (i = 0; i < s->flows; i++)
			if (s->fd[i].revents)
				take(s, s->fd[i].fd);
	}
}

static void open_flows(struct sender *s, const char *addr, const char *port)
{
	struct addrinfo *to = resolve(addr, port, SOCK_DGRAM);
	const char *any = to->ai_family == AF_INET ? "0.0.0.0" : "::";
	uint32_t i;

	for (i = 0; i < s->flows; i++) {
		char sport[16];

		snprintf(sport, sizeof(sport), "%u", s->sport + i);
		s->fd[i].fd = open_bound(resolve(s->src ? s->src : any, sport,
						 SOCK_DGRAM));
		s->fd[i].events = POLLIN;
		if (connect(s->fd[i].fd, to->ai_addr, to->ai_addrlen))
			die("connect");
	}
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static double median_rtt_ms(const struct sender *s)
{
	uint64_t *rtt = calloc(s->received + 1, sizeof(*rtt));
	uint32_t i, n = 0;
	double ms;

	if (!rtt)
		die("memory");
	for (i = 0; i < s->count; i++)
		if (s->answer[i].seen)
			rtt[n++] = s->answer[i].rtt_ns;
	qsort(rtt, n, sizeof(*rtt), by_value);
	ms = n ? rtt[n / 2] / 1e6 : 0;
	free(rtt);
	return ms;
}

static void report(const struct sender *s)
{
	const struct answer *first = NULL, *last = NULL, *longer = NULL;
	const char *comma = "";
	uint32_t i;

	for (i = 0; i < s->count; i++) {
		if (!s->answer[i].seen)
			continue;
		last = &s->answer[i];
		if (!first)
			first = last;
	}
	/* The last packet that still took another path than the last one. */
	for (i = 0; i < s->count; i++)
		if (s->answer[i].seen && s->answer[i].ttl != last->ttl)
			longer = &s->answer[i];

	printf("{\"sent\": %u, \"received\": %u, \"lost\": %u, \"refused\": %u, \"duplicates\": %u, \"reordered\": %u, ",
	       s->sent, s->received, s->sent - s->received, s->unsent,
	       s->duplicates, s->reordered);
	printf("\"rtt_ms\": %.3f, \"gap_ms\": %.3f, \"ttl_first\": %u, \"ttl_last\": %u, \"settled_ms\": %.3f, \"seconds\": %.3f, \"names\": {",
	       median_rtt_ms(s), s->gap_ns / 1e6, first ? first->ttl : 0,
	       last ? last->ttl : 0,
	       longer ? (longer->sent_ns - s->start_ns) / 1e6 : 0,
	       (now_ns() - s->start_ns) / 1e9);
	for (i = 0; i < NAMES_MAX && s->name[i].n; i++) {
		printf("%s\"%s\": %u", comma, s->name[i].name, s->name[i].n);
		comma = ", ";
	}
	printf("}}\n");
}

/*
 * Waits for what is still due, for as long as more of it comes. In small steps: a
 * machine that stands still for seconds loses one of them, not the answers.
 */
static void linger(struct sender *s)
{
	uint32_t ms = 0, before;

	while (ms < s->linger_ms && s->received < s->sent) {
		before = s->received;
		take_until(s, now_ns() + STEP_MS * 1000000ull);
		ms = s->received == before ? ms + STEP_MS : 0;
	}
}

/* SIGTERM is blocked, and looked for between packets. */
static bool ended(void)
{
	sigset_t pending;

	return !sigpending(&pending) && sigismember(&pending, SIGTERM) == 1;
}

static void send_all(struct sender *s)
{
	uint64_t next, end;
	uint32_t i;

	s->start_ns = now_ns();
	s->last_answer_ns = s->start_ns;
	next = s->start_ns;
	for (i = 0; i < s->count && !ended(); i++) {
		struct packet p = {
			.magic = MAGIC,
			.seq = i,
			.sent_ns = now_ns(),
		};

		s->sent++;
		if (send(s->fd[i % s->flows].fd, &p, sizeof(p), 0) != sizeof(p))
			s->unsent++;
		next += s->interval_us * 1000ull;
		if (now_ns() > next + LATE_NS)
			next = now_ns();
		take_until(s, next);
	}
	end = now_ns();
	linger(s);
	/* A gap may last to the end; the wait for what was lost before is none. */
	if (s->last_seq + 1 < s->sent && end > s->last_answer_ns &&
	    end - s->last_answer_ns > s->gap_ns)
		s->gap_ns = end - s->last_answer_ns;
}

static uint32_t *option(struct sender *s, const char *name)
{
	if (!strcmp(name, "count"))
		return &s->count;
	if (!strcmp(name, "interval"))
		return &s->interval_us;
	if (!strcmp(name, "flows"))
		return &s->flows;
	if (!strcmp(name, "linger"))
		return &s->linger_ms;
	if (!strcmp(name, "sport"))
		return &s->sport;
	return NULL;
}

static int send_flows(int argc, char **argv)
{
	struct sender s = {
		.count = 1000,
		.interval_us = 1000,
		.flows = 1,
		.linger_ms = 500,
		.sport = SPORT_DEFAULT,
	};
	sigset_t term;
	int i;

	for (i = 2; i + 1 < argc; i += 2) {
		uint32_t *value = option(&s, argv[i]);

		if (!strcmp(argv[i], "src"))
			s.src = argv[i + 1];
		else if (value)
			*value = strtoul(argv[i + 1], NULL, 10);
		else
			break;
	}
	if (argc < 2 || i < argc || !s.count || !s.flows) {
		fprintf(stderr, "usage: mesh-flow send ADDR PORT [count N] [interval US] [flows N] [src ADDR] [linger MS] [sport PORT]\n");
		return 1;
	}
	s.fd = calloc(s.flows, sizeof(*s.fd));
	s.answer = calloc(s.count, sizeof(*s.answer));
	if (!s.fd || !s.answer)
		die("memory");
	open_flows(&s, argv[0], argv[1]);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	send_all(&s);
	report(&s);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "echo"))
		return echo(argc - 2, argv + 2);
	if (argc > 1 && !strcmp(argv[1], "send"))
		return send_flows(argc - 2, argv + 2);
	fprintf(stderr, "usage: mesh-flow echo|send …\n");
	return 1;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Traffic between every two of many sites, until all of it goes straight.
 *
 *   mesh-visit PREFIX SITES WINDOW SECONDS
 *
 * Site i, from 0, is the network namespace PREFIX + i with the overlay address
 * 10.1.0.0 + i.  Each sends to each other one; WINDOW pairs are at it at any time,
 * and send again every few milliseconds until a packet comes with the TTL that it
 * was sent with (less and less often): then the next pair begins.  Prints one JSON object; exits with 1
 * if not all pairs came so far in SECONDS.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lab/tool.h"

#define FIRST		0x0a010000	/* 10.1.0.0 */
#define PORT		7000
#define TTL		64
#define AGAIN		0.005		/* s, doubling */
#define AGAIN_MAX	0.2
#define TAKE_MAX	256

struct message {
	uint32_t slot;
	uint32_t turn;
};

/* A pair that is at it; a turn is one pair's. */
struct slot {
	uint32_t pair;
	uint32_t turn;
	bool busy;
	double again;
	double wait;
};

struct visit {
	uint32_t sites;
	uint32_t window;
	uint32_t pairs;
	uint32_t next;
	uint32_t straight;
	uint64_t sent;
	uint64_t received;
	int *sock;
	int poll;
	struct slot *slot;
};

static struct sockaddr_in address(uint32_t site)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(FIRST + site),
	};
}

/* A socket stays in the namespace that it was made in. */
static int open_site(const char *prefix, uint32_t site)
{
	struct sockaddr_in addr = address(site);
	int one = 1, ttl = TTL, sock, ns;
	char path[256];

	snprintf(path, sizeof(path), "/run/netns/%s%u", prefix, site);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET))
		die(path);
	close(ns);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0 || bind(sock, (void *)&addr, sizeof(addr)) ||
	    setsockopt(sock, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl)) ||
	    setsockopt(sock, IPPROTO_IP, IP_RECVTTL, &one, sizeof(one)))
		die("socket");
	return sock;
}

static void open_sites(struct visit *v, const char *prefix)
{
	uint32_t i;

	v->sock = calloc(v->sites, sizeof(*v->sock));
	v->slot = calloc(v->window, sizeof(*v->slot));
	v->poll = epoll_create1(EPOLL_CLOEXEC);
	if (!v->sock || !v->slot || v->poll < 0)
		die("memory");
	for (i = 0; i < v->sites; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.u32 = i };

		v->sock[i] = open_site(prefix, i);
		if (epoll_ctl(v->poll, EPOLL_CTL_ADD, v->sock[i], &e))
			die("epoll");
	}
}

/* One after the other from another site: no site has much to do at once. */
static void ends_of(const struct visit *v, uint32_t pair, uint32_t *from,
		    uint32_t *to)
{
	*from = pair % v->sites;
	*to = (*from + 1 + pair / v->sites) % v->sites;
}

static void send_one(struct visit *v, uint32_t slot, double when)
{
	struct slot *s = &v->slot[slot];
	struct message m = { slot, s->turn };
	struct sockaddr_in addr;
	uint32_t from, to;

	ends_of(v, s->pair, &from, &to);
	addr = address(to);
	if (sendto(v->sock[from], &m, sizeof(m), 0, (void *)&addr,
		   sizeof(addr)) != sizeof(m))
		die("send");
	s->again = when + s->wait;
	if (s->wait < AGAIN_MAX)
		s->wait *= 2;
	v->sent++;
}

static void send_due(struct visit *v)
{
	double when = now();
	uint32_t i;

	for (i = 0; i < v->window; i++) {
		struct slot *s = &v->slot[i];

		if (!s->busy && v->next < v->pairs) {
			s->busy = true;
			s->turn++;
			s->pair = v->next++;
			s->wait = AGAIN;
			send_one(v, i, when);
		} else if (s->busy && when >= s->again) {
			send_one(v, i, when);
		}
	}
}

static uint8_t ttl_of(struct msghdr *msg)
{
	struct cmsghdr *c;
	int ttl = 0;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL)
			memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
	return ttl;
}

static bool take(struct visit *v, uint32_t site)
{
	struct cmsghdr control[4];
	struct message m;
	struct iovec iov = { &m, sizeof(m) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct slot *s;

	if (recvmsg(v->sock[site], &msg, MSG_DONTWAIT) != sizeof(m) ||
	    m.slot >= v->window)
		return false;
	v->received++;
	s = &v->slot[m.slot];
	if (s->busy && m.turn == s->turn && ttl_of(&msg) == TTL) {
		s->busy = false;
		v->straight++;
	}
	return true;
}

static void take_all(struct visit *v, int ms)
{
	struct epoll_event e[TAKE_MAX];
	int n = epoll_wait(v->poll, e, TAKE_MAX, ms), i;

	for (i = 0; i < n; i++)
		while (take(v, e[i].data.u32))
			;
}

int main(int argc, char **argv)
{
	struct visit v = {};
	double start, end;

	if (argc != 5) {
		fprintf(stderr, "usage: mesh-visit PREFIX SITES WINDOW SECONDS\n");
		return 2;
	}
	v.sites = strtoul(argv[2], NULL, 10);
	v.window = strtoul(argv[3], NULL, 10);
	v.pairs = v.sites * (v.sites - 1);
	open_sites(&v, argv[1]);
	start = now();
	end = start + strtod(argv[4], NULL);
	while (v.straight < v.pairs && now() < end) {
		send_due(&v);
		take_all(&v, 1);
	}
	end = now();
	/* What is still under way. */
	while (v.received < v.sent && now() < end + 1)
		take_all(&v, 10);
	printf("{\"pairs\": %u, \"straight\": %u, \"sent\": %llu, \"lost\": %llu, \"seconds\": %.3f}\n",
	       v.pairs, v.straight, (unsigned long long)v.sent,
	       (unsigned long long)(v.sent - v.received), end - start);
	return v.straight < v.pairs;
}

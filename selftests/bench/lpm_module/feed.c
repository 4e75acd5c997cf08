// SPDX-License-Identifier: GPL-2.0
/*
 * Lets the module of this folder measure: puts the prefixes into the kernel's FIB, and
 * what the module needs into a file, and loads it.
 *
 *   mesh-bench-feed MODULE FILE ROUNDS DEV ipv4|ipv6 [PREFIXES]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../nets.h"
#include "feed.h"

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Messages to the kernel that go at once. */
struct batch {
	char message[32768];	/* aligned as the rest */
	size_t len;
	struct nlmsghdr *last;
	int fd;
};

/* The last one is answered, and each that fails. */
static void batch_send(struct batch *b)
{
	char answer[8192];
	ssize_t n;

	if (!b->len)
		return;
	b->last->nlmsg_flags |= NLM_F_ACK;
	if (send(b->fd, b->message, b->len, 0) < 0)
		die("routes are not sent");
	n = recv(b->fd, answer, sizeof(answer), 0);
	if (n < (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)))
		die("routes are not answered");
	errno = -((struct nlmsgerr *)NLMSG_DATA((struct nlmsghdr *)answer))->error;
	if (errno)
		die("a route is refused");
	b->len = 0;
}

static void put(struct nlmsghdr *n, unsigned short type, const void *value, size_t len)
{
	struct rtattr *a = (struct rtattr *)((char *)n + NLMSG_ALIGN(n->nlmsg_len));

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(a), value, len);
	n->nlmsg_len = NLMSG_ALIGN(n->nlmsg_len) + RTA_ALIGN(a->rta_len);
}

static void batch_route(struct batch *b, const struct net *net, unsigned int bits,
			unsigned int ifindex)
{
	struct nlmsghdr *n = (struct nlmsghdr *)(b->message + b->len);

	memset(n, 0, NLMSG_SPACE(sizeof(struct rtmsg)));
	n->nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg));
	n->nlmsg_type = RTM_NEWROUTE;
	n->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL;
	*(struct rtmsg *)NLMSG_DATA(n) = (struct rtmsg) {
		.rtm_family = bits == 32 ? AF_INET : AF_INET6,
		.rtm_dst_len = net->len,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_STATIC,
		.rtm_scope = bits == 32 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
	};
	put(n, RTA_DST, net->addr, bits / 8);
	put(n, RTA_OIF, &ifindex, sizeof(ifindex));
	b->last = n;
	b->len += n->nlmsg_len;
	if (b->len > sizeof(b->message) - 256)
		batch_send(b);
}

static void routes_add(const struct nets *nets, unsigned int bits, const char *dev)
{
	static struct batch batch;
	unsigned int ifindex = if_nametoindex(dev);

	batch.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (!ifindex || batch.fd < 0)
		die(dev);
	for (size_t i = 0; i < nets->n; i++)
		batch_route(&batch, &nets->net[i], bits, ifindex);
	batch_send(&batch);
	close(batch.fd);
}

static void write_nets(FILE *to, const struct nets *nets)
{
	for (size_t i = 0; i < nets->n; i++) {
		struct feed_net net = { .len = nets->net[i].len };

		memcpy(net.addr, nets->net[i].addr, sizeof(net.addr));
		fwrite(&net, sizeof(net), 1, to);
	}
}

static void write_file(const char *path, const struct nets *nets, unsigned int bits)
{
	struct feed feed = { .bits = bits, .prefixes = nets->n };
	FILE *to = fopen(path, "w");
	struct keys k = { 0 };

	if (!to)
		die(path);
	for (int set = 0; set < FEED_SETS; set++) {
		keys_make(&k, set, bits, nets, nets->n);
		if (!set) {
			feed.keys = k.n;
			fwrite(&feed, sizeof(feed), 1, to);
			write_nets(to, nets);
		}
		fwrite(bits == 32 ? (void *)k.ip4 : k.ip6, bits / 8, k.n, to);
	}
	if (ferror(to) || fclose(to))
		die(path);
}

static int trie(const struct nets *nets, unsigned int bits)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_LPM_TRIE,
		.key_size = sizeof(__u32) + bits / 8,
		.value_size = sizeof(__u32),
		.max_entries = nets->n,
		.map_flags = BPF_F_NO_PREALLOC,
	};
	int fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));

	if (fd < 0)
		die("no LPM trie of BPF's");
	return fd;
}

static void load(const char *module, const char *path, int map, const char *rounds)
{
	int fd = open(module, O_RDONLY);
	char parameters[512];

	snprintf(parameters, sizeof(parameters), "file=%s map=%d rounds=%s", path, map, rounds);
	/* It has said all when it is done, and does not stay. */
	if (fd < 0 || !syscall(SYS_finit_module, fd, parameters, 0) || errno != ECANCELED)
		die(module);
}

int main(int argc, char **argv)
{
	static struct nets ip4, ip6;
	unsigned int bits;
	struct nets *nets;

	if (argc < 6 || argc > 7) {
		fprintf(stderr,
			"bench: mesh-bench-feed MODULE FILE ROUNDS DEV ipv4|ipv6 [PREFIXES]\n");
		return 2;
	}
	bits = strcmp(argv[5], "ipv4") ? 128 : 32;
	nets = bits == 32 ? &ip4 : &ip6;
	nets_read(argc > 6 ? argv[6] : NULL, &ip4, &ip6);
	routes_add(nets, bits, argv[4]);
	write_file(argv[2], nets, bits);
	load(argv[1], argv[2], trie(nets, bits), argv[3]);
	return 0;
}

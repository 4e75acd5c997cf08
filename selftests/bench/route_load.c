// SPDX-License-Identifier: GPL-2.0
/*
 * As many routes as the Internet has by libmesh, and the time that it takes.
 *
 *   mesh-route-load fill DEV PEER [PREFIXES]
 *       a route to the peer for each prefix, in one batch
 *   mesh-route-load replace DEV PEER [PREFIXES]
 *       the same once more, of the next generation
 *   mesh-route-load single DEV PEER [PREFIXES]
 *       some of them deleted and made again, a message each
 *   mesh-route-load fib DEV PEER [PREFIXES]
 *       the same in the kernel's own table, which has them to a device
 *   mesh-route-load dump DEV PEER [PREFIXES]
 *       reads all of them
 *   mesh-route-load sweep DEV PEER [PREFIXES]
 *       ends those that are not of a generation that none is of
 *   mesh-route-load ip DEV VERB [PREFIXES]
 *       prints what ip -batch takes: "route VERB PREFIX dev DEV" for each
 *
 * PREFIXES is a file of them, one a line; without it as many are made up.  Prints
 * one JSON object: "routes", and "seconds" or, of single changes, "p50_us"
 * and "p99_us".
 */
#define _GNU_SOURCE
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mesh/mesh.h>

#include "../lab/tool.h"
#include "nets.h"

#define SINGLES 20000

enum { GENERATION_NONE, GENERATION_FILL, GENERATION_REPLACE };

struct load {
	struct mesh_ctx *ctx;
	unsigned int ifindex;
	struct mesh_target to;
	struct nets nets[2];	/* IPv4, IPv6 */
	size_t routes;		/* made, ended or seen */
	int rtnl;
};

static void refused(const struct load *l, const char *what)
{
	fprintf(stderr, "mesh-route-load: %s: %s\n", what, mesh_strerror(l->ctx));
	exit(1);
}

static struct mesh_prefix prefix(const struct net *net, int family)
{
	struct mesh_prefix p = { .addr.len = family ? 16 : 4, .len = net->len };

	memcpy(p.addr.bytes, net->addr, p.addr.len);
	return p;
}

static void batch(struct load *l, uint32_t generation)
{
	struct mesh_route_opts opts = { .sz = sizeof(opts), .generation = generation };
	struct mesh_route_batch *b;

	if (mesh_route_batch_new(&b, l->ctx, l->ifindex, &opts))
		refused(l, "a batch");
	for (int family = 0; family < 2; family++)
		for (size_t i = 0; i < l->nets[family].n; i++) {
			struct mesh_prefix p = prefix(&l->nets[family].net[i], family);

			if (mesh_route_batch_set(b, &p, &l->to))
				refused(l, "a route of a batch");
			l->routes++;
		}
	if (mesh_route_batch_commit(b, NULL))
		refused(l, "the batch is refused");
	mesh_route_batch_free(b);
}

static void fill(struct load *l)
{
	batch(l, GENERATION_FILL);
}

static void replace(struct load *l)
{
	batch(l, GENERATION_REPLACE);
}

static int seen(const struct mesh_route *route, void *arg)
{
	struct load *l = arg;

	l->routes += route->ifindex == l->ifindex;
	return 0;
}

static void dump(struct load *l)
{
	const struct mesh_route_filter filter = { .sz = sizeof(filter), .ifindex = l->ifindex };

	if (mesh_route_dump(l->ctx, &filter, seen, l))
		refused(l, "the dump");
}

static void sweep(struct load *l)
{
	uint32_t ended;

	if (mesh_route_sweep(l->ctx, l->ifindex, 0, GENERATION_NONE, &ended))
		refused(l, "the sweep");
	l->routes = ended;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void single_mesh(struct load *l, const struct mesh_prefix *p, bool add)
{
	const struct mesh_route_opts opts = { .sz = sizeof(opts),
					      .generation = GENERATION_REPLACE };

	if (add ? mesh_route_set(l->ctx, l->ifindex, p, &l->to, &opts) :
		  mesh_route_del(l->ctx, l->ifindex, p, 0))
		refused(l, add ? "a route is to come" : "a route is to go");
}

struct fib_request {
	struct nlmsghdr nlh;
	struct rtmsg rtm;
	char attrs[64];
};

static void put(struct fib_request *r, unsigned short type, const void *data, size_t len)
{
	struct rtattr *a = (void *)((char *)r + NLMSG_ALIGN(r->nlh.nlmsg_len));

	*a = (struct rtattr){ .rta_type = type, .rta_len = RTA_LENGTH(len) };
	memcpy(RTA_DATA(a), data, len);
	r->nlh.nlmsg_len = NLMSG_ALIGN(r->nlh.nlmsg_len) + RTA_ALIGN(a->rta_len);
}

static void single_fib(struct load *l, const struct mesh_prefix *p, bool add)
{
	struct fib_request request = {
		.nlh = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
			.nlmsg_type = add ? RTM_NEWROUTE : RTM_DELROUTE,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
				       (add ? NLM_F_CREATE | NLM_F_EXCL : 0),
		},
		.rtm = {
			.rtm_family = AF_INET,
			.rtm_dst_len = p->len,
			.rtm_table = RT_TABLE_MAIN,
			.rtm_protocol = RTPROT_BOOT,
			.rtm_scope = RT_SCOPE_LINK,
			.rtm_type = RTN_UNICAST,
		},
	};
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
		char rest[512];
	} answer;

	put(&request, RTA_DST, p->addr.bytes, p->addr.len);
	put(&request, RTA_OIF, &l->ifindex, sizeof(l->ifindex));
	if (send(l->rtnl, &request, request.nlh.nlmsg_len, 0) < 0 ||
	    recv(l->rtnl, &answer, sizeof(answer), 0) < (ssize_t)NLMSG_LENGTH(sizeof(answer.err)))
		die("rtnetlink");
	errno = -answer.err.error;
	if (errno)
		die(add ? "a route is to come" : "a route is to go");
}

/*
 * Each of some routes is deleted and made again.  The nets are in a random order: the
 * first ones are as good as any.
 */
static void singles(struct load *l, void (*change)(struct load *l, const struct mesh_prefix *p,
						   bool add), size_t families)
{
	static double took[SINGLES];
	size_t n;

	for (n = 0; n < SINGLES; n++) {
		size_t family = n / 2 % families;
		const struct nets *nets = &l->nets[family];
		struct mesh_prefix p = prefix(&nets->net[n / 2 / families % nets->n], family);
		double start = now();

		change(l, &p, n % 2);
		took[n] = now() - start;
	}
	qsort(took, n, sizeof(*took), by_value);
	printf("{\"routes\": %zu, \"p50_us\": %.1f, \"p99_us\": %.1f}\n", n,
	       took[n / 2] * 1e6, took[n * 99 / 100] * 1e6);
}

static void single(struct load *l)
{
	singles(l, single_mesh, 2);
}

/* What the table has of it by ip is IPv4. */
static void fib(struct load *l)
{
	l->rtnl = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (l->rtnl < 0)
		die("rtnetlink");
	singles(l, single_fib, 1);
	close(l->rtnl);
}

static void print_for_ip(const struct load *l, const char *dev, const char *verb)
{
	char text[MESH_PREFIX_STRLEN];

	for (int family = 0; family < 2; family++)
		for (size_t i = 0; i < l->nets[family].n; i++) {
			struct mesh_prefix p = prefix(&l->nets[family].net[i], family);

			printf("route %s %s dev %s\n", verb,
			       mesh_prefix_format(&p, text), dev);
		}
}

static void timed(struct load *l, void (*run)(struct load *l))
{
	double start = now(), end;

	run(l);
	end = now();
	printf("{\"routes\": %zu, \"seconds\": %.6f}\n", l->routes, end - start);
}

static const struct mode {
	const char *name;
	void (*timed)(struct load *l);
	void (*run)(struct load *l);
} modes[] = {
	{ "fill", .timed = fill },
	{ "replace", .timed = replace },
	{ "dump", .timed = dump },
	{ "sweep", .timed = sweep },
	{ "single", .run = single },
	{ "fib", .run = fib },
	{ .name = "ip" },
};

static const struct mode *find_mode(int argc, char **argv)
{
	for (size_t i = 0; argc >= 4 && argc <= 5 && i < ARRAY_SIZE(modes); i++)
		if (!strcmp(argv[1], modes[i].name))
			return &modes[i];
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		fprintf(stderr, "usage: mesh-route-load %s DEV %s [PREFIXES]\n", modes[i].name,
			strcmp(modes[i].name, "ip") ? "PEER" : "VERB");
	exit(2);
}

int main(int argc, char **argv)
{
	const struct mode *m = find_mode(argc, argv);
	static struct load l;

	nets_read(argv[4], &l.nets[0], &l.nets[1]);
	if (!strcmp(m->name, "ip")) {
		print_for_ip(&l, argv[2], argv[3]);
		return 0;
	}
	l.ifindex = if_nametoindex(argv[2]);
	if (!l.ifindex)
		die(argv[2]);
	if (mesh_addr_parse(argv[3], &l.to.peer) || mesh_open(&l.ctx, NULL))
		die(argv[3]);
	if (m->timed)
		timed(&l, m->timed);
	else
		m->run(&l);
	mesh_close(l.ctx);
	return 0;
}

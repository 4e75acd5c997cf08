// SPDX-License-Identifier: GPL-2.0
/*
 * One TCP stream, as fast as the path takes it.
 *
 *   mesh-stream sink PORT
 *       takes streams, one after the other, and reads them without a look; says
 *       "ready" when it listens
 *   mesh-stream source ADDR PORT MILLISECONDS
 *       sends one for so long, and prints the Gbit/s that the sink has read
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lab/tool.h"

#define CHUNK (256 * 1024)

static char chunk[CHUNK];

static struct sockaddr_in at(const char *addr, const char *port)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
	};

	if (inet_pton(AF_INET, addr, &sa.sin_addr) != 1) {
		errno = EINVAL;
		die(addr);
	}
	return sa;
}

/* How much came, until the other end had no more. */
static uint64_t drain(int s)
{
	uint64_t sum = 0;
	ssize_t n;

	while ((n = recv(s, chunk, sizeof(chunk), MSG_TRUNC)) > 0)
		sum += n;
	return sum;
}

static int sink(const char *port)
{
	struct sockaddr_in sa = at("0.0.0.0", port);
	int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&sa, sizeof(sa)) || listen(listener, 1))
		die(port);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		int s = accept(listener, NULL, NULL);
		uint64_t sum;

		if (s < 0)
			die("accept");
		sum = drain(s);
		if (send(s, &sum, sizeof(sum), MSG_NOSIGNAL) != sizeof(sum))
			perror("mesh-stream: the answer");
		close(s);
	}
}

static int source(const char *addr, const char *port, double seconds)
{
	struct sockaddr_in sa = at(addr, port);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	uint64_t sum;
	double start;

	if (connect(s, (struct sockaddr *)&sa, sizeof(sa)))
		die(addr);
	start = now();
	while (now() - start < seconds)
		if (send(s, chunk, sizeof(chunk), MSG_NOSIGNAL) < 0)
			die("send");
	shutdown(s, SHUT_WR);
	if (recv(s, &sum, sizeof(sum), MSG_WAITALL) != sizeof(sum))
		die("what the sink has read");
	printf("%.3f\n", sum * 8 / (now() - start) / 1e9);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "sink"))
		return sink(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "source"))
		return source(argv[2], argv[3], atoi(argv[4]) / 1e3);
	fprintf(stderr, "usage: mesh-stream sink PORT | source ADDR PORT MILLISECONDS\n");
	return 2;
}

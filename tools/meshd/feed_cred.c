// SPDX-License-Identifier: GPL-2.0
#include "feed_cred.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As in the table; a socket in any later state may have lost its owner. */
#define ESTABLISHED 1

/* An end of a connection as the kernel's table of sockets writes it. */
#define END_LEN 48

static void end_text(const struct sockaddr_storage *ss, char *text)
{
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)ss;
	const struct sockaddr_in *sin = (const struct sockaddr_in *)ss;
	uint32_t word[4];

	if (ss->ss_family == AF_INET) {
		snprintf(text, END_LEN, "%08X:%04X", sin->sin_addr.s_addr,
			 ntohs(sin->sin_port));
		return;
	}
	memcpy(word, &sin6->sin6_addr, sizeof(word));
	snprintf(text, END_LEN, "%08X%08X%08X%08X:%04X", word[0], word[1],
		 word[2], word[3], ntohs(sin6->sin6_port));
}

static bool is_local(struct sockaddr_storage *ss)
{
	int fd = socket(ss->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool local;

	if (ss->ss_family == AF_INET)
		((struct sockaddr_in *)ss)->sin_port = 0;
	else
		((struct sockaddr_in6 *)ss)->sin6_port = 0;
	local = fd >= 0 && !bind(fd, (struct sockaddr *)ss, sizeof(*ss));
	if (fd >= 0)
		close(fd);
	return local;
}

/* What the other end calls local is our remote end. */
static bool line_is(const char *line, const char *ours, const char *theirs,
		    uid_t *uid)
{
	char local[END_LEN], remote[END_LEN];
	unsigned int state;

	return sscanf(line, " %*d: %47s %47s %x %*s %*s %*s %u", local, remote,
		      &state, uid) == 4 && state == ESTABLISHED &&
	       !strcmp(local, theirs) && !strcmp(remote, ours);
}

int feed_cred_uid(const uv_tcp_t *tcp, uid_t *uid)
{
	char ours[END_LEN], theirs[END_LEN], line[512];
	struct sockaddr_storage us = { 0 }, them = { 0 };
	int us_len = sizeof(us), them_len = sizeof(them);
	bool found = false;
	FILE *f;

	if (uv_tcp_getsockname(tcp, (struct sockaddr *)&us, &us_len) ||
	    uv_tcp_getpeername(tcp, (struct sockaddr *)&them, &them_len))
		return -ENOENT;
	end_text(&us, ours);
	end_text(&them, theirs);
	f = fopen(them.ss_family == AF_INET ? "/proc/self/net/tcp" :
		  "/proc/self/net/tcp6", "re");
	if (!f)
		return -ENOENT;
	while (!found && fgets(line, sizeof(line), f))
		found = line_is(line, ours, theirs, uid);
	fclose(f);
	if (found)
		return 0;
	return is_local(&them) ? -ENOENT : -EREMOTE;
}

// SPDX-License-Identifier: GPL-2.0
#include "meshctl.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "names.h"
#include "trace.h"

struct monitor {
	struct cmd *c;
	unsigned int wanted;	/* bits of words[] */
	unsigned int traced;	/* bits of trace_words[] */
	struct trace *trace;	/* NULL where no packets are */
	int end;		/* readable when somebody wants the end, or -1 */
};

static const char *const words[] = { "peer", "nhs", "shortcut", "route" };

enum word { WORD_PEER, WORD_NHS, WORD_SHORTCUT, WORD_ROUTE };

static enum word word_of(const struct mesh_event *event)
{
	if (event->peer)
		return WORD_PEER;
	if (event->nhs)
		return WORD_NHS;
	return event->shortcut ? WORD_SHORTCUT : WORD_ROUTE;
}

static int print_event(const struct mesh_event *event, void *arg)
{
	static const char *const types[] = { "add", "change", "del" };
	struct monitor *m = arg;
	struct cmd *c = m->c;
	enum word word = word_of(event);

	if (!(m->wanted & (1u << word)))
		return 0;
	out_object(c->out, NULL);
	out_string(c->out, "object", "", words[word]);
	out_string(c->out, "event", " ", types[event->type]);
	out_text(c->out, " ");
	if (event->peer)
		put_peer(c, event->peer);
	else if (event->nhs)
		put_nhs(c, event->nhs);
	else if (event->shortcut)
		put_shortcut(c, event->shortcut);
	else
		put_route(c, event->route);
	out_object_end(c->out);
	out_flush();
	return 0;
}

void print_overrun(struct cmd *c)
{
	out_object(c->out, NULL);
	out_string(c->out, "event", "", "overrun");
	out_text(c->out, ": events were lost, show anew what matters");
	out_object_end(c->out);
	out_flush();
}

/* What is traced has to be put away in the end, which therefore is an event, too. */
static int await_end(void)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	/* That nobody reads any more is seen by what is written. */
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &ends, SFD_CLOEXEC);
}

static int handle_events(struct monitor *m)
{
	struct cmd *c = m->c;
	int ret;

	/* A name may be another's by the next event. */
	link_names_free(c);
	ret = mesh_event_process(c->mesh);
	if (ret == -ENOBUFS)
		print_overrun(c);
	else if (ret < 0)
		return refused(c, NULL);
	return EXIT_OK;
}

/* A descriptor of -1 is none to poll. */
static int watch(struct monitor *m)
{
	struct pollfd pfd[] = {
		{ .fd = m->wanted ? mesh_event_fd(m->c->mesh) : -1, .events = POLLIN },
		{ .fd = m->trace ? trace_fd(m->trace) : -1, .events = POLLIN },
		{ .fd = m->end, .events = POLLIN },
	};
	int status = EXIT_OK;

	while (!status && !pfd[2].revents && !ferror(stdout)) {
		if (poll(pfd, ARRAY_SIZE(pfd), -1) < 0) {
			if (errno != EINTR)
				return refused_because(m->c, "%s", strerror(errno));
			continue;
		}
		if (pfd[0].revents)
			status = handle_events(m);
		if (pfd[1].revents && !status)
			status = trace_print(m->trace);
	}
	return status;
}

static int watch_packets(struct monitor *m)
{
	int status;

	m->end = await_end();
	if (m->end < 0)
		return refused_because(m->c, "%s", strerror(errno));
	status = trace_open(m->c, m->traced, &m->trace);
	if (!status)
		status = watch(m);
	trace_close(m->trace);
	close(m->end);
	return status;
}

static int run(struct monitor *m)
{
	if (m->wanted && mesh_event_subscribe(m->c->mesh, print_event, m, NULL))
		return refused(m->c, NULL);
	return m->traced ? watch_packets(m) : watch(m);
}

static size_t find_word(const char *const *of, size_t n, const char *word)
{
	size_t i;

	for (i = 0; i < n && strcmp(of[i], word); i++)
		;
	return i;
}

static int monitor_watch(struct cmd *c, char **argv)
{
	struct monitor m = { .c = c, .end = -1 };

	for (; *argv; argv++) {
		size_t word = find_word(words, ARRAY_SIZE(words), *argv);
		size_t traced = find_word(trace_words, TRACE_WORDS, *argv);

		if (word < ARRAY_SIZE(words))
			m.wanted |= 1u << word;
		else if (traced < TRACE_WORDS)
			m.traced |= 1u << traced;
		else
			return usage_error(c, "\"%s\" is none of peer, nhs, shortcut, route, "
					   "path, transmit, receive, redirect, drop", *argv);
	}
	if (!m.wanted && !m.traced)
		m.wanted = (1u << ARRAY_SIZE(words)) - 1;
	return run(&m);
}

static const struct command commands[] = {
	{ "watch", monitor_watch, "monitor [peer] [nhs] [shortcut] [route] [path] [transmit] [receive]\n"
	  "               [redirect] [drop]" },
};

const struct object object_monitor = {
	"monitor", "tell of changes as they happen", commands, ARRAY_SIZE(commands), "watch",
};

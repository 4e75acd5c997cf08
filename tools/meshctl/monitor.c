// SPDX-License-Identifier: GPL-2.0
#include "meshctl.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "names.h"

struct monitor {
	struct cmd *c;
	unsigned int wanted;	/* bits of words[] */
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

static void print_overrun(struct cmd *c)
{
	out_object(c->out, NULL);
	out_string(c->out, "event", "", "overrun");
	out_text(c->out, ": events were lost, show anew what matters");
	out_object_end(c->out);
	out_flush();
}

static int watch(struct monitor *m)
{
	struct cmd *c = m->c;
	struct pollfd pfd = { .fd = mesh_event_fd(c->mesh), .events = POLLIN };
	int ret;

	for (;;) {
		if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
			return refused_because(c, "%s", strerror(errno));
		/* A name may be another's by the next event. */
		link_names_free(c);
		ret = mesh_event_process(c->mesh);
		if (ret == -ENOBUFS)
			print_overrun(c);
		else if (ret < 0)
			return refused(c, NULL);
	}
}

static int monitor_watch(struct cmd *c, char **argv)
{
	struct monitor m = { .c = c };

	for (; *argv; argv++) {
		size_t i;

		for (i = 0; i < ARRAY_SIZE(words) && strcmp(words[i], *argv); i++)
			;
		if (i == ARRAY_SIZE(words))
			return usage_error(c, "\"%s\" is none of peer, nhs, shortcut, route",
					   *argv);
		m.wanted |= 1u << i;
	}
	if (!m.wanted)
		m.wanted = (1u << ARRAY_SIZE(words)) - 1;
	if (mesh_event_subscribe(c->mesh, print_event, &m, NULL))
		return refused(c, NULL);
	return watch(&m);
}

static const struct command commands[] = {
	{ "watch", monitor_watch, "monitor [peer] [nhs] [shortcut] [route]" },
};

const struct object object_monitor = {
	"monitor", "tell of changes as they happen", commands, ARRAY_SIZE(commands), "watch",
};

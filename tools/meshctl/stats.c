// SPDX-License-Identifier: GPL-2.0
#include "meshctl.h"

#include <stddef.h>

#include "args.h"
#include "names.h"

struct stats_args {
	unsigned int ifindex;
};

static const struct arg show_args[] = {
	ARG("dev", struct stats_args, ifindex, parse_link, "NAME"),
};

static int print_stats(const struct mesh_stats *stats, void *cmd)
{
	struct cmd *c = cmd;
	struct out *o = c->out;

	out_object(o, NULL);
	out_string(o, "dev", "", stats->ifname);
	out_text(o, ":");
	out_object(o, "counters");
	for (size_t i = 0; i < stats->n_counters; i++) {
		const struct mesh_counter *counter = &stats->counters[i];

		if (!counter->value && !c->statistics && !out_is_json(o))
			continue;
		out_text(o, "\n    ");
		out_text(o, counter->name);
		out_uint(o, counter->name, " ", counter->value);
	}
	out_object_end(o);
	out_object_end(o);
	return 0;
}

static int stats_show(struct cmd *c, char **argv)
{
	struct stats_args a = { 0 };
	int status = args_parse(c, show_args, ARRAY_SIZE(show_args), argv, &a);
	int err;

	if (status)
		return status;
	out_table(c->out);
	if (a.ifindex)
		err = mesh_stats_get(c->mesh, a.ifindex, print_stats, c);
	else
		err = mesh_stats_dump(c->mesh, print_stats, c);
	return shown(c, err, NULL);
}

static const struct command commands[] = {
	{ "show", stats_show, "stats show [dev NAME]" },
};

const struct object object_stats = {
	"stats", "counters of the devices", commands, ARRAY_SIZE(commands), "show",
};

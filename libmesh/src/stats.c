// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"

struct sink {
	mesh_stats_fn fn;
	void *arg;
};

static int deliver(const struct nlmsghdr *nlh, void *arg)
{
	struct mesh_counter counters[MESH_A_STATS_MAX + 1];
	struct nlattr *tb[MESH_A_STATS_MAX + 1];
	const struct sink *sink = arg;
	struct mesh_stats stats;
	size_t n = 0;

	mesh_attrs(nlh, tb, MESH_A_STATS_MAX);
	for (int i = MESH_A_STATS_IFNAME + 1; i <= MESH_A_STATS_MAX; i++)
		if (tb[i] && nla_len(tb[i]) == sizeof(uint64_t))
			counters[n++] = (struct mesh_counter){
				.name = mesh_stats_set->names[i].name,
				.value = mesh_u64(tb[i]),
			};
	stats = (struct mesh_stats){
		.ifindex = mesh_u32(tb[MESH_A_STATS_IFINDEX]),
		.ifname = tb[MESH_A_STATS_IFNAME] ? nla_get_string(tb[MESH_A_STATS_IFNAME]) : "",
		.counters = counters,
		.n_counters = n,
	};
	return sink->fn(&stats, sink->arg);
}

int mesh_stats_get(struct mesh_ctx *ctx, unsigned int ifindex, mesh_stats_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_STATS_GET, 0, ifindex, 0);
	return mesh_call(&m, deliver, &sink);
}

int mesh_stats_dump(struct mesh_ctx *ctx, mesh_stats_fn fn, void *arg)
{
	struct sink sink = { fn, arg };
	struct mesh_msg m;

	mesh_msg_init(&m, ctx, MESH_CMD_STATS_GET, 0, 0, 0);
	return mesh_dump(&m, deliver, &sink);
}

// SPDX-License-Identifier: LGPL-2.1
#include <mesh/mesh.h>

static int count(const struct mesh_route *route, void *arg)
{
	*static_cast<unsigned long *>(arg) += route->counters.tx_packets;
	return 0;
}

unsigned long routes_packets(struct mesh_ctx *ctx)
{
	struct mesh_route_filter filter = {};
	unsigned long packets = 0;

	filter.sz = sizeof(filter);
	mesh_route_dump(ctx, &filter, count, &packets);
	return packets;
}

int main()
{
	struct mesh_addr addr;

	return mesh_addr_parse("192.0.2.1", &addr);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What it takes until the peers that are registered with a server are dead, and no
 * flow of a group goes by them: the server is switched off by one call, which
 * returns when all of that is done.
 *
 *   mesh-group-die DEVICE
 *
 * Prints microseconds.
 */
#include <stdio.h>
#include <time.h>

#include <mesh/mesh.h>

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	/* All flags are given, so that they need not be asked for. */
	const struct mesh_dev_opts off = {
		.sz = sizeof(off),
		.set = MESH_DEV_NHRP,
		.nhrp_mask = MESH_NHRP_SERVER | MESH_NHRP_REDIRECT | MESH_NHRP_SHORTCUT |
			     MESH_NHRP_UNIQUE,
	};
	unsigned int ifindex;
	struct mesh_ctx *ctx;
	double start;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DEVICE\n", argv[0]);
		return 2;
	}
	if (mesh_open(&ctx, NULL) < 0)
		return 1;
	if (mesh_link_index(ctx, argv[1], &ifindex) < 0)
		goto failed;
	start = now_us();
	if (mesh_dev_set(ctx, ifindex, &off) < 0)
		goto failed;
	printf("%.1f\n", now_us() - start);
	mesh_close(ctx);
	return 0;

failed:
	fprintf(stderr, "%s: %s\n", argv[0], mesh_strerror(ctx));
	mesh_close(ctx);
	return 1;
}

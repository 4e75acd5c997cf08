/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Next-hop servers by name: resolved again and again, and what the names stand
 * for now handed down to the mesh devices.
 */
#ifndef MESHD_NHS_H
#define MESHD_NHS_H

#include <mesh/mesh.h>
#include <uv.h>

/**
 * struct nhs_spec - a server as it is configured
 * @name: of a host, or an address
 * @dev: the mesh device that registers with it
 * @protocol: its protocol address, of length 0 where that is to be learned
 * @priority: the lower the better
 * @interval: ms from one resolution to the next
 */
struct nhs_spec {
	const char *name;
	const char *dev;
	struct mesh_addr protocol;
	uint8_t priority;
	unsigned int interval;
};

struct nhs_names;

/*
 * NULL, with a line in the log.  @specs live as long.  Servers that an earlier
 * meshd has added stay until the names have been resolved anew.
 */
struct nhs_names *nhs_names_new(uv_loop_t *loop, const struct nhs_spec *specs, size_t n);
/* A mesh device is there now. */
void nhs_names_device(struct nhs_names *names);
/* The servers stay; freed when the loop has let go of everything. */
void nhs_names_close(struct nhs_names *names);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MESHCTL_ROUTE_H
#define MESHCTL_ROUTE_H

#include "meshctl.h"

struct route_args {
	struct mesh_prefix prefix;
	unsigned int ifindex;
	struct mesh_target target;
	struct mesh_route_opts opts;
	const char *text;	/* the prefix as given, for messages */
};

int route_get(struct cmd *c, char **argv);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* From what people write to what vip.c runs by. */
#ifndef MESHD_VIP_SPEC_H
#define MESHD_VIP_SPEC_H

#include "check.h"
#include "vip.h"

/* Times in ms. */
struct vip_cfg {
	struct mesh_prefix address;
	struct check_cfg check;
	unsigned int interval;
	unsigned int drain;
	unsigned int rise;
	unsigned int fall;
};

/* As vip_add(); on success check.target is the caller's to free. */
int vip_spec_read(const struct vip_spec *spec, struct vip_cfg *cfg, char *error);
int vip_address_read(const char *text, struct mesh_prefix *p, char *error);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* meshd.yaml, see meshd.conf(5). */
#ifndef MESHD_CONFIG_H
#define MESHD_CONFIG_H

#include "feed_fpm.h"
#include "nhs.h"
#include "vip.h"

/* FRR's own number for zebra. */
#define CONFIG_OWNER 11

struct config_yaml;

/**
 * struct config - what meshd runs by
 * @feed: the FPM server
 * @owner: rtnetlink protocol number of the routes that are fed
 * @tables: kernel routing tables whose routes count
 * @n_tables: how many
 * @max_routes: bound of what is remembered
 * @vips: anycast addresses, checked
 * @n_vips: how many
 * @nhs: next-hop servers by name
 * @n_nhs: how many
 * @yaml: what the strings above point into
 */
struct config {
	struct feed_cfg feed;
	uint8_t owner;
	uint32_t *tables;
	size_t n_tables;
	size_t max_routes;
	struct vip_spec *vips;
	size_t n_vips;
	struct nhs_spec *nhs;
	size_t n_nhs;
	struct config_yaml *yaml;
};

/*
 * 0, or -1 with lines in the log. Without a path, or where the file of
 * @optional is not there, all is as by default.
 */
int config_read(struct config *config, const char *path, bool optional);
void config_free(struct config *config);

#endif

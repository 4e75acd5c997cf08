/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MESHCTL_NAMES_H
#define MESHCTL_NAMES_H

#include "meshctl.h"

/* The name of a device, remembered; "if7" for one that is gone. */
const char *link_name(struct cmd *c, unsigned int ifindex);
/* As mesh_link_index(), which is not asked again for each line of a batch. */
int link_index(struct cmd *c, const char *name, unsigned int *ifindex);
void link_names_free(struct cmd *c);

/* Routing protocols by iproute2's names; -1 for none. */
int owner_number(const char *name);
/* Until the next call; a number without a name is its digits. */
const char *owner_name(struct cmd *c, uint8_t owner);

/* Bits of enum mesh_hash: a field, or l3, l4, inner for what they stand for; 0 for none. */
/* Of an enum mesh_source. */
const char *source_name(uint8_t policy);
uint32_t hash_fields(const char *word, size_t len);

/* One call a value, for all words. */
void print_dev(struct cmd *c, unsigned int ifindex);
void print_addr(struct cmd *c, const char *key, const char *before,
		const struct mesh_addr *addr);
void print_prefix(struct cmd *c, const char *key, const char *before,
		  const struct mesh_prefix *prefix);
void print_owner(struct cmd *c, uint8_t owner);
/* Bits of enum mesh_peer_origin, by their names. */
void print_origins(struct cmd *c, const char *key, const char *before, uint32_t origins);
/* By the word for all of them, where there is one, else by those of the fields. */
void print_hash(struct cmd *c, const char *key, const char *before, uint32_t fields);
void print_counters(struct cmd *c, const struct mesh_counters *counters, bool rx);

/* A list of them, a line each in text. */
void print_members(struct cmd *c, const struct mesh_member *members, size_t n);

/* Rows, shared by show and monitor. */
int print_peer(const struct mesh_peer *peer, void *cmd);
int print_nhs(const struct mesh_nhs *nhs, void *cmd);
int print_route(const struct mesh_route *route, void *cmd);
int print_shortcut(const struct mesh_shortcut *shortcut, void *cmd);

/* The members of the same, inside a row that is open. */
void put_peer(struct cmd *c, const struct mesh_peer *peer);
void put_nhs(struct cmd *c, const struct mesh_nhs *nhs);
void put_route(struct cmd *c, const struct mesh_route *route);
void put_shortcut(struct cmd *c, const struct mesh_shortcut *shortcut);

/* Ends a show: the exit status for what a get or dump returned. */
int shown(struct cmd *c, int err, const char *what);

#endif

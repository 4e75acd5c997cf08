/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MESHCTL_ARGS_H
#define MESHCTL_ARGS_H

#include "meshctl.h"

/*
 * A command line is a row of "WORD VALUE" in any order, as in iproute2, and at
 * most one value without a word. A command describes them in a const table;
 * the values go into a structure of its own at the given offsets.
 */
struct arg {
	const char *word;	/* NULL: the value without a word */
	/* Reads @value to @to; EXIT_OK, or says what would be right. */
	int (*parse)(struct cmd *c, const struct arg *arg, const char *value, void *to);
	size_t offset;		/* of @to in the structure */
	bool many;		/* may be given again */
	bool alone;		/* takes no value: @value is the word */
	bool needed;
	const char *name;	/* of the value, for messages: "ADDRESS" */
};

/* So many of them in a description at most. */
#define ARGS_MAX 64

int args_parse(struct cmd *c, const struct arg *args, size_t n, char **argv, void *to);

/* Parsers; @to is … */
int parse_text(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* const char * */
int parse_addr(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* struct mesh_addr */
int parse_prefix(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* struct mesh_prefix */
int parse_u8(struct cmd *c, const struct arg *arg, const char *value, void *to);
int parse_u16(struct cmd *c, const struct arg *arg, const char *value, void *to);
int parse_u32(struct cmd *c, const struct arg *arg, const char *value, void *to);
int parse_switch(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* bool: on, off */
int parse_link(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* unsigned int: index of a device */
int parse_owner(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* uint8_t: routing protocol */
int parse_origin(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* uint32_t: bits of a peer's origin */
int parse_hash(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* uint32_t: bits of enum mesh_hash */
int parse_encap(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* uint8_t: enum mesh_wrapping */
int parse_source(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* uint8_t: enum mesh_source */
int parse_ip_proto(struct cmd *c, const struct arg *arg, const char *value, void *to);	/* uint8_t */

/* A number of decimal or 0x digits from min to max. */
int parse_number(struct cmd *c, const struct arg *arg, const char *value,
		 uint64_t min, uint64_t max, uint64_t *to);

#define ARG(word_, struct_, member_, parse_, name_, ...) \
	{ .word = word_, .parse = parse_, .offset = offsetof(struct_, member_), \
	  .name = name_, ##__VA_ARGS__ }

#endif

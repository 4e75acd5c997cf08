/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MESHCTL_PRINT_H
#define MESHCTL_PRINT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * One call prints a value in both worlds: as text BEFORE it stands as it is,
 * in JSON it becomes the member KEY of the innermost object, or an element of
 * the innermost list (KEY NULL). With BEFORE NULL the value is for JSON only.
 *
 * Objects at the top are written when they end: a table of any length takes
 * the memory of one row.
 */
struct out;

enum out_mode {
	OUT_TEXT,
	OUT_JSON,		/* on one line */
	OUT_JSON_PRETTY,
};

struct out *out_new(enum out_mode mode);
void out_free(struct out *o);

/* The rows of an answer stand between these; in JSON they are an array. */
void out_table(struct out *o);
void out_table_end(struct out *o);

/*
 * An object: at the top a row (text: one or more lines, JSON: an element of
 * the table, or outside of a table a line of its own), else member KEY.
 */
void out_object(struct out *o, const char *key);
void out_object_end(struct out *o);
void out_list(struct out *o, const char *key);
void out_list_end(struct out *o);

void out_string(struct out *o, const char *key, const char *before, const char *value);
void out_uint(struct out *o, const char *key, const char *before, uint64_t value);
/* As text 0x…, in JSON a number. */
void out_hex(struct out *o, const char *key, const char *before, uint64_t value);
/* As text BEFORE alone where true, nothing where false. */
void out_flag(struct out *o, const char *key, const char *before, bool value);
/* As text on or off. */
void out_switch(struct out *o, const char *key, const char *before, bool value);
/* Milliseconds; as text in seconds with one decimal. */
void out_msec(struct out *o, const char *key, const char *before, uint64_t value);
/* Text only. */
void out_text(struct out *o, const char *text);
void out_flush(void);
bool out_is_json(const struct out *o);

#endif

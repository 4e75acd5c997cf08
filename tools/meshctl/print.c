// SPDX-License-Identifier: GPL-2.0
#include "print.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPTH 8

struct out {
	enum out_mode mode;
	bool in_table;
	bool rows;		/* the table has one already */
	json_t *open[DEPTH];	/* JSON: from the row inwards */
	int depth;
};

struct out *out_new(enum out_mode mode)
{
	struct out *o = calloc(1, sizeof(*o));

	if (!o) {
		perror("meshctl");
		exit(2);
	}
	o->mode = mode;
	return o;
}

void out_free(struct out *o)
{
	free(o);
}

bool out_is_json(const struct out *o)
{
	return o->mode != OUT_TEXT;
}

void out_table(struct out *o)
{
	o->in_table = true;
	o->rows = false;
	if (out_is_json(o))
		putchar('[');
}

void out_table_end(struct out *o)
{
	o->in_table = false;
	if (out_is_json(o))
		puts(o->mode == OUT_JSON_PRETTY && o->rows ? "\n]" : "]");
}

static void attach(struct out *o, const char *key, json_t *value)
{
	json_t *to = o->open[o->depth - 1];

	if (json_is_array(to))
		json_array_append_new(to, value);
	else
		json_object_set_new(to, key, value);
}

static void down(struct out *o, const char *key, json_t *value)
{
	if (o->depth == DEPTH)
		abort();
	if (o->depth)
		attach(o, key, value);
	o->open[o->depth++] = value;
}

static void write_row(struct out *o)
{
	json_t *row = o->open[0];

	if (o->in_table && o->rows)
		putchar(',');
	if (o->in_table && o->mode == OUT_JSON_PRETTY)
		putchar('\n');
	json_dumpf(row, stdout, o->mode == OUT_JSON_PRETTY ? JSON_INDENT(4) : JSON_COMPACT);
	json_decref(row);
	if (!o->in_table)
		putchar('\n');
	o->rows = true;
}

void out_object(struct out *o, const char *key)
{
	if (out_is_json(o))
		down(o, key, json_object());
	else
		o->depth++;
}

void out_object_end(struct out *o)
{
	if (--o->depth)
		return;
	if (out_is_json(o))
		write_row(o);
	else
		putchar('\n');
}

void out_list(struct out *o, const char *key)
{
	if (out_is_json(o))
		down(o, key, json_array());
	else
		o->depth++;
}

void out_list_end(struct out *o)
{
	o->depth--;
}

static void text(const char *before, const char *value)
{
	if (before)
		printf("%s%s", before, value);
}

void out_string(struct out *o, const char *key, const char *before, const char *value)
{
	if (out_is_json(o))
		attach(o, key, json_string(value));
	else
		text(before, value);
}

static void number(struct out *o, const char *key, const char *before, uint64_t value,
		   const char *shown)
{
	if (out_is_json(o))
		attach(o, key, json_integer((json_int_t)value));
	else
		text(before, shown);
}

void out_uint(struct out *o, const char *key, const char *before, uint64_t value)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%" PRIu64, value);
	number(o, key, before, value, buf);
}

void out_hex(struct out *o, const char *key, const char *before, uint64_t value)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "0x%" PRIx64, value);
	number(o, key, before, value, buf);
}

void out_flag(struct out *o, const char *key, const char *before, bool value)
{
	if (out_is_json(o))
		attach(o, key, json_boolean(value));
	else if (value)
		text(before, "");
}

void out_switch(struct out *o, const char *key, const char *before, bool value)
{
	if (out_is_json(o))
		attach(o, key, json_boolean(value));
	else
		text(before, value ? "on" : "off");
}

void out_msec(struct out *o, const char *key, const char *before, uint64_t value)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%" PRIu64 ".%" PRIu64 "s", value / 1000, value % 1000 / 100);
	number(o, key, before, value, buf);
}

void out_text(struct out *o, const char *value)
{
	if (!out_is_json(o))
		text("", value);
}

void out_flush(void)
{
	fflush(stdout);
}

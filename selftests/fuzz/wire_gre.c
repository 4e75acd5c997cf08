// SPDX-License-Identifier: GPL-2.0
/* Any octets as a GRE header: what is read is written the same. */
#include "fuzz.h"
#include "wire/gre_wire.h"

static void rebuild(const struct gre_wire *g, const u8 *raw)
{
	u8 *out = malloc(gre_wire_len(g->has_key));
	struct gre_wire again;
	u8 len;

	len = gre_wire_build(out, g->proto, g->has_key, g->key);
	must(gre_wire_parse(&again, out, len) == GRE_WIRE_OK);
	must(again.len == len && again.proto == g->proto);
	must(again.has_key == g->has_key && again.key == g->key);
	must(!again.has_csum && !again.has_seq);
	/* But for the bits that are to be ignored, and the other options. */
	if (!g->has_csum && !g->has_seq)
		must(!memcmp(out + 2, raw + 2, len - 2));
	free(out);
}

/* Checksum, key and sequence number, in that order, where their bits are set. */
static void compare(const struct gre_wire *g, const u8 *raw)
{
	size_t at = GRE_WIRE_MIN + (g->has_csum ? 4 : 0);

	must(g->has_csum == raw[0] >> 7);
	must(g->has_key == (raw[0] >> 5 & 1) && g->has_seq == (raw[0] >> 4 & 1));
	if (g->has_key) {
		must(g->key == gre_wire_word(raw + at));
		at += 4;
	}
	if (g->has_seq) {
		must(g->seq == gre_wire_word(raw + at));
		at += 4;
	}
	must(g->len == at);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u8 *raw = take_copy(&in, size);
	enum gre_wire_error e;
	struct gre_wire g;

	e = gre_wire_parse(&g, raw, size);
	must(strcmp(gre_wire_error_name(e), "unknown"));
	if (e == GRE_WIRE_OK) {
		must(g.len >= GRE_WIRE_MIN && g.len <= GRE_WIRE_MAX && g.len <= size);
		compare(&g, raw);
		rebuild(&g, raw);
	}
	free(raw);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as an NHRP packet.  What is read is written again, into a buffer
 * that may be too small, and read once more: it must say the same.  So must what
 * is passed on, but for the hop and its record, and what is signed.
 *
 * Octet 0: whether the packet is made sound first, and the buffer's size.
 */
#include "fuzz.h"
#include "nhrp_fix.h"
#include "wire/nhrp_wire_mac.h"

#define ROOM_STEP 4

static bool same_cie(const struct nhrp_cie *a, const struct nhrp_cie *b)
{
	return a->code == b->code && a->prefix == b->prefix &&
	       a->preference == b->preference && a->mtu == b->mtu &&
	       a->hold == b->hold && mesh_addr_equal(&a->nbma, &b->nbma) &&
	       mesh_addr_equal(&a->proto, &b->proto);
}

static bool same_head(const struct nhrp_head *a, const struct nhrp_head *b)
{
	return a->afn == b->afn && a->pro_type == b->pro_type &&
	       a->type == b->type && a->flags == b->flags && a->id == b->id &&
	       a->error == b->error && a->error_offset == b->error_offset &&
	       mesh_addr_equal(&a->src_nbma, &b->src_nbma) &&
	       mesh_addr_equal(&a->src_proto, &b->src_proto) &&
	       mesh_addr_equal(&a->dst_proto, &b->dst_proto);
}

static void same_cies(const struct nhrp_packet *a, const struct nhrp_packet *b)
{
	struct nhrp_cie_iter at_a, at_b;
	struct nhrp_cie one, other;
	unsigned int n = 0;
	bool more;

	must(a->cies == b->cies);
	more = nhrp_cie_first(a, &at_a, &one);
	must(nhrp_cie_first(b, &at_b, &other) == more);
	for (; more; n++) {
		must(same_cie(&one, &other));
		must(nhrp_cie_bits(a, &one) == nhrp_cie_bits(b, &other));
		more = nhrp_cie_next(&at_a, &one);
		must(nhrp_cie_next(&at_b, &other) == more);
	}
	must(n == a->cies);
}

/* @grown: the record extension that may have one entry more in @b. */
static void same_exts(const struct nhrp_packet *a, const struct nhrp_packet *b,
		      u16 grown)
{
	struct nhrp_ext one, other;
	bool more = nhrp_ext_first(a, &one);

	must(nhrp_ext_first(b, &other) == more);
	while (more) {
		must(one.type == other.type && one.compulsory == other.compulsory);
		must(one.type == grown ? one.len <= other.len : one.len == other.len);
		must(!memcmp(one.data, other.data, one.len));
		more = nhrp_ext_next(&one);
		must(nhrp_ext_next(&other) == more);
	}
}

static void read_all(const struct nhrp_packet *p)
{
	static const u8 key[] = "secret";
	struct mesh_addr a = fuzz_ip4(0x0a000001);
	struct nhrp_cie_iter it;
	struct nhrp_ext ext;
	struct nhrp_cie cie;
	bool more, has;

	for (more = nhrp_ext_first(p, &ext); more; more = nhrp_ext_next(&ext)) {
		must(ext.data + ext.len <= p->buf + p->len);
		for (has = nhrp_ext_cie_first(&ext, &it, &cie); has;
		     has = nhrp_cie_next(&it, &cie))
			a = cie.proto;
	}
	nhrp_record_has(p, NHRP_EXT_FORWARD_RECORD, &a);
	nhrp_record_has(p, NHRP_EXT_REVERSE_RECORD, &a);
	nhrp_auth_ok(p, key, sizeof(key) - 1);
}

/* @mac: NULL for none. */
static int build(u8 *out, size_t room, const struct nhrp_packet *p,
		 const struct nhrp_mac *mac)
{
	struct nhrp_cie_iter it;
	struct nhrp_builder b;
	struct nhrp_cie cie;
	struct nhrp_ext ext;
	bool more;

	nhrp_build_begin(&b, out, room, &p->h);
	for (more = nhrp_cie_first(p, &it, &cie); more; more = nhrp_cie_next(&it, &cie))
		nhrp_build_cie(&b, &cie);
	if (!nhrp_type_has_cies(p->h.type))
		nhrp_build_payload(&b, p->buf + p->tail, p->tail_len);
	for (more = nhrp_ext_first(p, &ext); more; more = nhrp_ext_next(&ext))
		nhrp_build_copy_ext(&b, &ext);
	if (mac)
		nhrp_build_mac(&b, mac);
	return nhrp_build_end(&b);
}

static void rebuild(const struct nhrp_packet *p, size_t room)
{
	u8 *out = malloc(room);
	struct nhrp_packet again;
	int len = build(out, room, p, NULL);

	if (len < 0) {
		must(len == -EMSGSIZE);
	} else {
		must(len <= p->len);
		must(nhrp_parse(&again, out, len) == NHRP_PARSE_OK);
		must(same_head(&p->h, &again.h) && p->h.hops == again.h.hops);
		same_cies(p, &again);
		if (!nhrp_type_has_cies(p->h.type)) {
			must(again.tail_len == (p->tail_len & ~1));
			must(!memcmp(p->buf + p->tail, out + again.tail, again.tail_len));
		}
		same_exts(p, &again, NHRP_EXT_END);
	}
	free(out);
}

static void forward(const struct nhrp_packet *p, size_t room)
{
	bool reply = nhrp_type_is_reply(p->h.type);
	struct nhrp_cie self = {
		.hold = 600,
		.nbma = fuzz_ip4(0xc0000201),
		.proto = fuzz_ip4(0x0a000001),
	};
	struct nhrp_forward how = { .record = &self };
	struct nhrp_packet again;
	u8 *out = malloc(room);
	int len;

	len = nhrp_build_forward(out, room, p, &how);
	if (!p->h.hops) {
		must(len == -EHOSTUNREACH);
	} else if (len < 0) {
		must(len == -EMSGSIZE || len == -EINVAL);
	} else {
		must(nhrp_parse(&again, out, len) == NHRP_PARSE_OK);
		must(same_head(&p->h, &again.h) && p->h.hops == again.h.hops + 1);
		same_cies(p, &again);
		same_exts(p, &again, reply ? NHRP_EXT_REVERSE_RECORD :
					     NHRP_EXT_FORWARD_RECORD);
	}
	free(out);
}

/* One that was signed before, soundly or not, has one signature too many then. */
static void sign(const struct nhrp_packet *p, size_t room)
{
	static const struct nhrp_mac mac = { .key = 7, .signer = 1ULL << 40, .seq = 9 };
	u8 code[NHRP_MAC_LEN], *out = malloc(room);
	struct nhrp_packet again;
	struct nhrp_mac found;
	int len, before;
	u16 at;

	memset(code, 0xa5, sizeof(code));
	before = nhrp_mac_find(p, &found, &at);
	len = build(out, room, p, &mac);
	if (len < 0) {
		must(len == -EMSGSIZE);
	} else {
		nhrp_mac_blank(out, nhrp_mac_at(len));
		nhrp_mac_seal(out, len, nhrp_mac_at(len), code);
		must(nhrp_parse(&again, out, len) == NHRP_PARSE_OK);
		must(same_head(&p->h, &again.h));
		same_cies(p, &again);
		must(nhrp_mac_find(&again, &found, &at) ==
		     (before == -ENOENT ? 0 : -EINVAL));
		if (before == -ENOENT) {
			must(at == nhrp_mac_at(len) && found.key == mac.key);
			must(found.signer == mac.signer && found.seq == mac.seq);
			must(!memcmp(out + at, code, sizeof(code)));
		}
	}
	free(out);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u8 mode = take8(&in);
	size_t len = in.left, room = len + 64;
	u8 *raw = take_copy(&in, len);
	enum nhrp_parse_error e;
	struct nhrp_packet p;

	if (!(mode & 1))
		nhrp_fix(raw, len);
	if (mode >> 1)
		room = (mode >> 1) * ROOM_STEP;
	e = nhrp_parse(&p, raw, len);
	must(strcmp(nhrp_parse_error_name(e), "unknown"));
	if (e == NHRP_PARSE_OK) {
		must(p.tail + p.tail_len <= p.len && p.len == len);
		read_all(&p);
		rebuild(&p, room);
		forward(&p, room);
		if (p.h.type != NHRP_ERROR_INDICATION)
			sign(&p, room);
	}
	free(raw);
	return 0;
}

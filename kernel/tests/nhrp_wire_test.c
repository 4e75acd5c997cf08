// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/string.h>

#include "wire/nhrp_wire.h"
#include "nhrp_captured.h"
#include "nhrp_sample.h"
#include "tests.h"

static void describe_sample(const struct sample *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sample, nhrp_samples, describe_sample);

static void expect_exts(struct kunit *test, const struct sample *s,
			const struct nhrp_packet *p)
{
	static const struct {
		u16 type;
		bool compulsory;
		u8 cies;
	} want[] = {
		{ NHRP_EXT_FORWARD_RECORD, true, 1 }, { NHRP_EXT_REVERSE_RECORD, true, 0 },
		{ NHRP_EXT_RESPONDER, true, 1 }, { NHRP_EXT_VENDOR, false, 0 },
		{ NHRP_EXT_NAT, false, 1 }, { NHRP_EXT_AUTH, true, 0 },
	};
	struct nhrp_cie cie, sent = sample_cie(s, 0);
	struct nhrp_cie_iter it;
	struct nhrp_ext ext;
	bool more = nhrp_ext_first(p, &ext);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(want); i++, more = nhrp_ext_next(&ext)) {
		KUNIT_ASSERT_TRUE(test, more);
		KUNIT_EXPECT_EQ(test, want[i].type, ext.type);
		KUNIT_EXPECT_EQ(test, want[i].compulsory, ext.compulsory);
		if (!want[i].cies)
			continue;
		KUNIT_EXPECT_TRUE(test, nhrp_ext_cie_first(&ext, &it, &cie));
		sample_expect_cie(test, &sent, &cie);
		KUNIT_EXPECT_FALSE(test, nhrp_cie_next(&it, &cie));
	}
	KUNIT_EXPECT_FALSE(test, more);
}

static void round_trip(struct kunit *test)
{
	const struct sample *s = test->param_value;
	struct nhrp_head h = sample_head(s);
	struct nhrp_cie cie, sent;
	struct nhrp_cie_iter it;
	struct nhrp_packet p;
	struct nhrp_ext ext;
	int len;
	const u8 *raw = sample_new(test, s, &len);

	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, len));
	sample_expect_head(test, &h, &p.h);
	if (nhrp_type_has_cies(s->type)) {
		KUNIT_EXPECT_EQ(test, 2, p.cies);
		sent = sample_cie(s, 0);
		KUNIT_ASSERT_TRUE(test, nhrp_cie_first(&p, &it, &cie));
		sample_expect_cie(test, &sent, &cie);
		sent = sample_cie(s, 1);
		KUNIT_ASSERT_TRUE(test, nhrp_cie_next(&it, &cie));
		sample_expect_cie(test, &sent, &cie);
		KUNIT_EXPECT_FALSE(test, nhrp_cie_next(&it, &cie));
	} else {
		KUNIT_EXPECT_EQ(test, 0, p.cies);
		KUNIT_EXPECT_FALSE(test, nhrp_cie_first(&p, &it, &cie));
		KUNIT_ASSERT_EQ(test, sizeof(sample_inner), p.tail_len);
		KUNIT_EXPECT_EQ(test, 0, memcmp(raw + p.tail, sample_inner, sizeof(sample_inner)));
	}
	if (s->exts)
		expect_exts(test, s, &p);
	else
		KUNIT_EXPECT_FALSE(test, nhrp_ext_first(&p, &ext));
}

/* Reads everything that a sound packet offers; KASAN watches the bounds. */
static u32 walk(const struct nhrp_packet *p)
{
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;
	struct nhrp_ext ext;
	u32 sum = 0;
	bool more, cies;
	unsigned int i;

	for (cies = nhrp_cie_first(p, &it, &cie); cies; cies = nhrp_cie_next(&it, &cie))
		sum += nhrp_cie_bits(p, &cie);
	for (i = 0; i < p->tail_len; i++)
		sum += p->buf[p->tail + i];
	for (more = nhrp_ext_first(p, &ext); more; more = nhrp_ext_next(&ext)) {
		for (i = 0; i < ext.len; i++)
			sum += ext.data[i];
		for (cies = nhrp_ext_cie_first(&ext, &it, &cie); cies;
		     cies = nhrp_cie_next(&it, &cie))
			sum += cie.hold;
	}
	return sum + nhrp_auth_ok(p, (const u8 *)"secret", 6);
}

static void truncation(struct kunit *test)
{
	const struct sample *s = test->param_value;
	struct nhrp_packet p;
	int len, n;
	const u8 *raw = sample_new(test, s, &len);

	for (n = 0; n < len; n++) {
		u8 *cut = sample_exact(test, raw, n);

		KUNIT_EXPECT_NE(test, NHRP_PARSE_OK, nhrp_parse(&p, cut, n));
		if (n < OFF_ADDRS)
			continue;
		put16(cut + OFF_SIZE, n);
		sample_fix_checksum(cut, n);
		/* Without extensions a cut between CIEs or in a payload is a packet. */
		if (nhrp_parse(&p, cut, n) == NHRP_PARSE_OK) {
			KUNIT_EXPECT_FALSE(test, s->exts);
			walk(&p);
		}
		kunit_kfree(test, cut);
	}
}

/* Whatever one octet says, nothing is read outside the packet. */
static void any_octet_lies(struct kunit *test)
{
	static const u8 values[] = { 0x00, 0x01, 0x03, 0x3f, 0x40, 0x7f, 0x80, 0xff };
	const struct sample *s = test->param_value;
	struct nhrp_packet p;
	unsigned int i;
	int len, at;
	u8 *raw = sample_new(test, s, &len);

	for (at = 0; at < len; at++) {
		u8 was = raw[at];

		for (i = 0; i < ARRAY_SIZE(values); i++) {
			raw[at] = values[i];
			if (at / 2 != OFF_SUM / 2)
				sample_fix_checksum(raw, len);
			if (nhrp_parse(&p, raw, len) == NHRP_PARSE_OK)
				walk(&p);
		}
		raw[at] = was;
	}
	sample_fix_checksum(raw, len);
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, len));
}

/* A registration request with one CIE and one responder extension. */
static const u8 sound[] = {
	/*  0 */ 0x00, 0x01, 0x08, 0x00, 0, 0, 0, 0, 0, 0x10,
	/* 10 */ 0x00, 0x4c, 0x00, 0x00, 0x00, 0x38, 0x01, 0x03, 0x04, 0x00,
	/* 20 */ 0x04, 0x04, 0x80, 0x00, 0x00, 0x00, 0x00, 0x07,
	/* 28 */ 192, 0, 2, 1, 10, 0, 0, 1, 10, 0, 0, 2,
	/* 40 */ 0x00, 0xff, 0x00, 0x00, 0x05, 0x78, 0x02, 0x58, 0x04, 0x00, 0x00, 0x00,
	/* 52 */ 192, 0, 2, 1,
	/* 56 */ 0x80, 0x03, 0x00, 0x0c,
	/* 60 */ 0x00, 0x20, 0x00, 0x00, 0x05, 0x78, 0x02, 0x58, 0x00, 0x00, 0x00, 0x00,
	/* 72 */ 0x80, 0x00, 0x00, 0x00,
};

struct malformed {
	const char *name;
	u8 at;
	u8 octets;
	u16 value;
	enum nhrp_parse_error want;
};

static const struct malformed malformed[] = {
	{ "sound", OFF_HOPS, 1, 0, NHRP_PARSE_OK },
	{ "family 0", OFF_AFN, 2, 0, NHRP_PARSE_AFN },
	{ "family 3", OFF_AFN, 2, 3, NHRP_PARSE_AFN },
	{ "family IPv6, lengths IPv4", OFF_AFN, 2, 2, NHRP_PARSE_NBMA_LEN },
	{ "protocol ARP", OFF_PRO, 2, 0x0806, NHRP_PARSE_PROTOCOL },
	{ "protocol IPv6, lengths IPv4", OFF_PRO, 2, 0x86dd, NHRP_PARSE_PROTO_LEN },
	{ "SNAP ignored", 4, 2, 0xffff, NHRP_PARSE_OK },
	{ "any hop count", OFF_HOPS, 1, 255, NHRP_PARSE_OK },
	{ "size one less", OFF_SIZE, 2, 75, NHRP_PARSE_SIZE },
	{ "size one more", OFF_SIZE, 2, 77, NHRP_PARSE_SIZE },
	{ "size 0", OFF_SIZE, 2, 0, NHRP_PARSE_SIZE },
	{ "size far too big", OFF_SIZE, 2, 0xffff, NHRP_PARSE_SIZE },
	{ "checksum 0", OFF_SUM, 2, 0, NHRP_PARSE_CHECKSUM },
	{ "extensions in the fixed header", OFF_EXT, 2, 19, NHRP_PARSE_EXT_OFFSET },
	{ "extensions in the mandatory part", OFF_EXT, 2, 27, NHRP_PARSE_EXT_OFFSET },
	{ "extensions in the addresses", OFF_EXT, 2, 39, NHRP_PARSE_MANDATORY },
	{ "extensions in a CIE", OFF_EXT, 2, 51, NHRP_PARSE_CIE_SHORT },
	{ "extensions in a CIE's address", OFF_EXT, 2, 55, NHRP_PARSE_CIE_SHORT },
	{ "extensions at the end", OFF_EXT, 2, 76, NHRP_PARSE_CIE_LEN },
	{ "extensions past the end", OFF_EXT, 2, 77, NHRP_PARSE_EXT_OFFSET },
	{ "extensions far away", OFF_EXT, 2, 0xffff, NHRP_PARSE_EXT_OFFSET },
	{ "version 0", OFF_VERSION, 1, 0, NHRP_PARSE_VERSION },
	{ "version 2", OFF_VERSION, 1, 2, NHRP_PARSE_VERSION },
	{ "type 0", OFF_TYPE, 1, 0, NHRP_PARSE_TYPE },
	{ "type 9", OFF_TYPE, 1, 9, NHRP_PARSE_TYPE },
	{ "NBMA length 3", OFF_NBMA_TL, 1, 3, NHRP_PARSE_NBMA_LEN },
	{ "NBMA length 16", OFF_NBMA_TL, 1, 16, NHRP_PARSE_NBMA_LEN },
	{ "NBMA type flag masked", OFF_NBMA_TL, 1, 0x44, NHRP_PARSE_OK },
	{ "NBMA length 0, but an address", OFF_NBMA_TL, 1, 0, NHRP_PARSE_CIE_LEN },
	{ "sub-address type flag masked", OFF_SUB_TL, 1, 0x40, NHRP_PARSE_OK },
	{ "sub-address past the end", OFF_SUB_TL, 1, 63, NHRP_PARSE_MANDATORY },
	{ "source length 0", OFF_SRC_LEN, 1, 0, NHRP_PARSE_NO_ADDRESS },
	{ "source length 5", OFF_SRC_LEN, 1, 5, NHRP_PARSE_PROTO_LEN },
	{ "source length 255", OFF_SRC_LEN, 1, 255, NHRP_PARSE_PROTO_LEN },
	{ "destination length 0", OFF_DST_LEN, 1, 0, NHRP_PARSE_NO_ADDRESS },
	{ "destination length 16", OFF_DST_LEN, 1, 16, NHRP_PARSE_PROTO_LEN },
	{ "unknown flags ignored", OFF_FLAGS, 2, 0x7fff, NHRP_PARSE_OK },
	{ "any request id", OFF_ID, 2, 0xffff, NHRP_PARSE_OK },
	{ "any CIE code", 40, 1, 255, NHRP_PARSE_OK },
	{ "CIE prefix 0", 41, 1, 0, NHRP_PARSE_OK },
	{ "CIE prefix 32", 41, 1, 32, NHRP_PARSE_OK },
	{ "CIE prefix 33", 41, 1, 33, NHRP_PARSE_CIE_PREFIX },
	{ "CIE prefix 254", 41, 1, 254, NHRP_PARSE_CIE_PREFIX },
	{ "CIE unused octets ignored", 42, 2, 0xffff, NHRP_PARSE_OK },
	{ "any CIE MTU", 44, 2, 0, NHRP_PARSE_OK },
	{ "any CIE holding time", 46, 2, 0, NHRP_PARSE_OK },
	{ "CIE NBMA type flag masked", 48, 1, 0x44, NHRP_PARSE_OK },
	{ "CIE NBMA length 1", 48, 1, 1, NHRP_PARSE_CIE_LEN },
	{ "CIE NBMA length 16", 48, 1, 16, NHRP_PARSE_CIE_LEN },
	{ "CIE sub-address past the end", 49, 1, 1, NHRP_PARSE_CIE_SHORT },
	{ "CIE sub-address type flag masked", 49, 1, 0x40, NHRP_PARSE_OK },
	{ "CIE protocol past the end", 50, 1, 4, NHRP_PARSE_CIE_SHORT },
	{ "CIE protocol length 255", 50, 1, 255, NHRP_PARSE_CIE_LEN },
	{ "any CIE preference", 51, 1, 255, NHRP_PARSE_OK },
	{ "half a CIE behind the first", 48, 1, 0, NHRP_PARSE_CIE_SHORT },
	{ "extension past the end", 58, 2, 17, NHRP_PARSE_EXT_SHORT },
	{ "extension far past the end", 58, 2, 0xffff, NHRP_PARSE_EXT_SHORT },
	{ "extension swallows End", 58, 2, 16, NHRP_PARSE_EXT_CIE },
	{ "unknown extension swallows End", 56, 2, 0x0100, NHRP_PARSE_OK },
	{ "extension's unused bit ignored", 56, 2, 0xc003, NHRP_PARSE_OK },
	{ "responder's CIE cut", 58, 2, 8, NHRP_PARSE_EXT_CIE },
	{ "responder's CIE length", 70, 1, 4, NHRP_PARSE_EXT_CIE },
	{ "no End", 72, 2, 0x0009, NHRP_PARSE_EXT_NO_END },
	{ "End that is not compulsory", 72, 2, 0x0000, NHRP_PARSE_OK },
	{ "End has octets", 74, 2, 1, NHRP_PARSE_EXT_SHORT },
	{ "End comes early", 56, 2, 0x8000, NHRP_PARSE_EXT_TRAILING },
	{ "responder twice", 72, 2, 0x8003, NHRP_PARSE_EXT_TWICE },
};

static void describe_malformed(const struct malformed *m, char *desc)
{
	strscpy(desc, m->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(malformed, malformed, describe_malformed);

static void one_field_wrong(struct kunit *test)
{
	const struct malformed *m = test->param_value;
	u8 *raw = sample_exact(test, sound, sizeof(sound));
	enum nhrp_parse_error got;
	struct nhrp_packet p;

	if (m->octets == 2)
		put16(raw + m->at, m->value);
	else
		raw[m->at] = m->value;
	if (m->at != OFF_SUM)
		sample_fix_checksum(raw, sizeof(sound));
	got = nhrp_parse(&p, raw, sizeof(sound));
	KUNIT_EXPECT_STREQ(test, nhrp_parse_error_name(m->want), nhrp_parse_error_name(got));
	if (got == NHRP_PARSE_OK)
		walk(&p);
}

/* Each size is rejected as such, and none is read. */
static void absurd_sizes(struct kunit *test)
{
	struct nhrp_packet p;

	KUNIT_EXPECT_EQ(test, NHRP_PARSE_SHORT, nhrp_parse(&p, sound, 0));
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_SHORT, nhrp_parse(&p, sound, OFF_ADDRS - 1));
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_SIZE, nhrp_parse(&p, sound, NHRP_SIZE_MAX + 1));
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_SIZE, nhrp_parse(&p, sound, SIZE_MAX));
	/* Its low 16 bits are what the packet says. */
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_SIZE,
			nhrp_parse(&p, sound, NHRP_SIZE_MAX + 1 + sizeof(sound)));
}

static void errors_have_names(struct kunit *test)
{
	int e;

	for (e = NHRP_PARSE_OK; e < NHRP_PARSE_MAX; e++)
		KUNIT_EXPECT_NOT_NULL(test, nhrp_parse_error_name(e));
	KUNIT_EXPECT_STREQ(test, "unknown", nhrp_parse_error_name(NHRP_PARSE_MAX));
}

/* The sum of RFC 1071's own example, and of its first octets. */
static void checksum_of_known_octets(struct kunit *test)
{
	static const u8 raw[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

	KUNIT_EXPECT_EQ(test, 0, nhrp_packet_sum(raw, 0));
	KUNIT_EXPECT_EQ(test, 0x0001, nhrp_packet_sum(raw, 2));
	KUNIT_EXPECT_EQ(test, 0xf201, nhrp_packet_sum(raw, 3));
	KUNIT_EXPECT_EQ(test, 0xddf2, nhrp_packet_sum(raw, 8));
}

/* The last octet is padded behind; older nhrpd pads in front, and is let in. */
static void checksum_of_odd_packets(struct kunit *test)
{
	const struct sample s = { .type = NHRP_TRAFFIC_INDICATION };
	struct nhrp_packet p;
	u8 *raw, *odd;
	u16 right, old;
	int len;

	raw = sample_new(test, &s, &len);
	odd = sample_exact(test, raw, len - 1);
	put16(odd + OFF_SIZE, len - 1);
	odd[len - 2] = 0x5a;
	sample_fix_checksum(odd, len - 1);
	right = get16(odd + OFF_SUM);
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, odd, len - 1));
	KUNIT_EXPECT_EQ(test, sizeof(sample_inner) - 1, p.tail_len);

	/* The old sum has the 0x5a in the lower octet of its word. */
	memcpy(raw, odd, len - 2);
	raw[len - 2] = 0;
	raw[len - 1] = 0x5a;
	sample_fix_checksum(raw, len);
	old = get16(raw + OFF_SUM);
	KUNIT_ASSERT_NE(test, old, right);
	put16(odd + OFF_SUM, old);
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, odd, len - 1));
	put16(odd + OFF_SUM, old ^ 1);
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_CHECKSUM, nhrp_parse(&p, odd, len - 1));

	/* An even packet gets no such leave. */
	put16(raw + OFF_SIZE, len);
	sample_fix_checksum(raw, len);
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, len));
	put16(raw + OFF_SUM, get16(raw + OFF_SUM) - 0x5a);
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_CHECKSUM, nhrp_parse(&p, raw, len));
}

static void sub_addresses_are_skipped(struct kunit *test)
{
	u8 *raw = kunit_kzalloc(test, sizeof(sound) + 2, GFP_KERNEL);
	struct mesh_addr src, nbma;
	struct nhrp_cie_iter it;
	struct nhrp_packet p;
	struct nhrp_cie cie;

	KUNIT_ASSERT_NOT_NULL(test, raw);
	memcpy(raw, sound, 32);
	memcpy(raw + 34, sound + 32, sizeof(sound) - 32);
	raw[OFF_SUB_TL] = 2;
	put16(raw + OFF_SIZE, sizeof(sound) + 2);
	put16(raw + OFF_EXT, 58);
	sample_fix_checksum(raw, sizeof(sound) + 2);
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, sizeof(sound) + 2));
	mesh_addr_set(&nbma, sound + 28, 4);
	mesh_addr_set(&src, sound + 32, 4);
	sample_expect_addr(test, &nbma, &p.h.src_nbma);
	sample_expect_addr(test, &src, &p.h.src_proto);
	KUNIT_ASSERT_TRUE(test, nhrp_cie_first(&p, &it, &cie));
	sample_expect_addr(test, &nbma, &cie.nbma);
}

static void prefix_bits(struct kunit *test)
{
	static const struct {
		u16 pro_type;
		u8 len, prefix, bits;
	} rows[] = {
		{ NHRP_PRO_IP, 4, 24, 24 }, { NHRP_PRO_IP, 4, 0, 32 },
		{ NHRP_PRO_IP, 4, 0xff, 32 }, { NHRP_PRO_IP, 0, 0, 32 },
		{ NHRP_PRO_IPV6, 0, 0xff, 128 }, { NHRP_PRO_IPV6, 16, 0, 128 },
		{ NHRP_PRO_IPV6, 16, 64, 64 }, { NHRP_PRO_IPV6, 4, 0, 32 },
	};
	const u8 any[MESH_ADDR_MAX] = {};
	struct nhrp_packet p = {};
	struct nhrp_cie cie = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p.h.pro_type = rows[i].pro_type;
		cie.prefix = rows[i].prefix;
		mesh_addr_set(&cie.proto, any, rows[i].len);
		KUNIT_EXPECT_EQ(test, rows[i].bits, nhrp_cie_bits(&p, &cie));
	}
}

static void password(struct kunit *test)
{
	static const struct {
		const char *sent;
		const char *key;
		bool ok;
	} rows[] = {
		{ "secret", "secret", true }, { "12345678", "12345678", true },
		{ "secret", "secreT", false }, { "secret", "Secret", false },
		{ "secret", "secre", false }, { "secre", "secret", false },
		{ "12345678", "12345679", false }, { "secret", "", false },
		{ NULL, "secret", false }, { NULL, "", false },
		{ "secret", "secretsec", false },
	};
	const struct sample s = { .type = NHRP_PURGE_REQUEST };
	struct nhrp_head h = sample_head(&s);
	struct nhrp_builder b;
	struct nhrp_packet p;
	unsigned int i;
	u8 raw[96];

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		nhrp_build_begin(&b, raw, sizeof(raw), &h);
		if (rows[i].sent)
			nhrp_build_auth(&b, (const u8 *)rows[i].sent, strlen(rows[i].sent));
		KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, nhrp_build_end(&b)));
		KUNIT_EXPECT_EQ(test, rows[i].ok,
				nhrp_auth_ok(&p, (const u8 *)rows[i].key, strlen(rows[i].key)));
		KUNIT_EXPECT_FALSE(test, nhrp_auth_ok(&p, (const u8 *)"secret\0", 7));
	}
}

/* Another kind, no room for a kind, or too long: no password. */
static void password_malformed(struct kunit *test)
{
	static const struct {
		u8 data[14];
		u8 len;
	} rows[] = {
		{ { 0, 0, 0, 2, 's', 'e', 'c', 'r', 'e', 't' }, 10 },
		{ { 1, 0, 0, 0, 's', 'e', 'c', 'r', 'e', 't' }, 10 },
		{ { 0, 0, 0, 1, 's', 'e', 'c', 'r', 'e', 't', 0, 0, 0, 0 }, 14 },
		{ { 0, 0, 0, 1 }, 4 },
		{ { 0, 0 }, 2 },
		{ {}, 0 },
	};
	const struct sample s = { .type = NHRP_PURGE_REQUEST };
	struct nhrp_head h = sample_head(&s);
	struct nhrp_builder b;
	struct nhrp_packet p;
	unsigned int i;
	u8 raw[96];

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		nhrp_build_begin(&b, raw, sizeof(raw), &h);
		nhrp_build_ext(&b, NHRP_EXT_AUTH | NHRP_EXT_COMPULSORY);
		nhrp_build_bytes(&b, rows[i].data, rows[i].len);
		KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, nhrp_build_end(&b)));
		KUNIT_EXPECT_FALSE(test, nhrp_auth_ok(&p, (const u8 *)"secret", 6));
	}
}

/* Two passwords are one too many; vendors may come as often as they like. */
static void twice(struct kunit *test)
{
	const struct sample s = { .type = NHRP_PURGE_REQUEST };
	struct nhrp_head h = sample_head(&s);
	struct nhrp_builder b;
	struct nhrp_packet p;
	u8 raw[96];

	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_auth(&b, (const u8 *)"secret", 6);
	nhrp_build_auth(&b, (const u8 *)"public", 6);
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_EXT_TWICE, nhrp_parse(&p, raw, nhrp_build_end(&b)));

	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_vendor(&b, 0x00000c, sample_inner, 1);
	nhrp_build_vendor(&b, 0x00000c, sample_inner, 1);
	KUNIT_EXPECT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, nhrp_build_end(&b)));
}

/* Only an error may come from somebody who did not understand the addresses. */
static void addresses_left_out(struct kunit *test)
{
	static const u8 types[] = {
		NHRP_RESOLUTION_REQUEST, NHRP_REGISTRATION_REPLY, NHRP_PURGE_REQUEST,
		NHRP_ERROR_INDICATION, NHRP_TRAFFIC_INDICATION,
	};
	struct nhrp_builder b;
	struct nhrp_packet p;
	unsigned int i;
	u8 raw[64];

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		struct nhrp_head h = { .type = types[i] };

		nhrp_build_begin(&b, raw, sizeof(raw), &h);
		KUNIT_EXPECT_EQ(test,
				types[i] == NHRP_ERROR_INDICATION ? NHRP_PARSE_OK :
								    NHRP_PARSE_NO_ADDRESS,
				nhrp_parse(&p, raw, nhrp_build_end(&b)));
	}
}

struct captured {
	struct {
		const char *name;
		const u8 *raw;
		size_t len;
	} packet;
	u8 type;
	u8 hops;
	u16 flags;
	u32 id;
	u16 cies;
	u16 tail_len;
	u8 src_nbma[4];
	u8 src[4];
	u8 dst[4];
};

#define CAPTURED(n) { #n, captured_##n, sizeof(captured_##n) }

static const struct captured captured[] = {
	{ CAPTURED(registration_request), 3, 1, 0x0002, 1, 1, 12,
	  { 192, 0, 2, 2 }, { 10, 0, 0, 2 }, { 10, 0, 0, 2 } },
	{ CAPTURED(registration_reply), 4, 64, 0x0002, 1, 1, 12,
	  { 192, 0, 2, 2 }, { 10, 0, 0, 2 }, { 10, 0, 0, 1 } },
	{ CAPTURED(resolution_request), 1, 64, 0xc802, 2, 1, 12,
	  { 192, 0, 2, 2 }, { 10, 0, 0, 2 }, { 10, 1, 3, 1 } },
	{ CAPTURED(resolution_request_passed_on), 1, 63, 0xc802, 2, 1, 12,
	  { 192, 0, 2, 2 }, { 10, 0, 0, 2 }, { 10, 1, 3, 1 } },
	{ CAPTURED(resolution_reply), 2, 64, 0xe800, 2, 1, 20,
	  { 192, 0, 2, 2 }, { 10, 0, 0, 2 }, { 10, 1, 3, 1 } },
	{ CAPTURED(resolution_reply_passed_on), 2, 63, 0xe800, 2, 1, 20,
	  { 192, 0, 2, 2 }, { 10, 0, 0, 2 }, { 10, 1, 3, 1 } },
	{ CAPTURED(traffic_indication), 8, 1, 0, 0, 0, 84,
	  { 192, 0, 2, 1 }, { 10, 0, 0, 1 }, { 10, 1, 2, 1 } },
};

static void describe_captured(const struct captured *c, char *desc)
{
	strscpy(desc, c->packet.name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(captured, captured, describe_captured);

static void what_nhrpd_says(struct kunit *test)
{
	const struct captured *c = test->param_value;
	struct mesh_addr nbma, src, dst;
	struct nhrp_packet p;

	mesh_addr_set(&nbma, c->src_nbma, 4);
	mesh_addr_set(&src, c->src, 4);
	mesh_addr_set(&dst, c->dst, 4);
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK,
			nhrp_parse(&p, sample_exact(test, c->packet.raw, c->packet.len),
				   c->packet.len));
	KUNIT_EXPECT_EQ(test, c->type, p.h.type);
	KUNIT_EXPECT_EQ(test, c->hops, p.h.hops);
	KUNIT_EXPECT_EQ(test, c->flags, p.h.flags);
	KUNIT_EXPECT_EQ(test, c->id, p.h.id);
	KUNIT_EXPECT_EQ(test, c->cies, p.cies);
	KUNIT_EXPECT_EQ(test, c->tail_len, p.tail_len);
	sample_expect_addr(test, &nbma, &p.h.src_nbma);
	sample_expect_addr(test, &src, &p.h.src_proto);
	sample_expect_addr(test, &dst, &p.h.dst_proto);
}

/* nhrpd names itself in an IPv6 packet's extensions by its IPv4 address. */
static void other_family_in_an_extension(struct kunit *test)
{
	const struct sample s = { .type = NHRP_RESOLUTION_REPLY, .proto6 = true };
	struct nhrp_head h = sample_head(&s);
	struct mesh_addr v4 = sample_addr(false, 9);
	struct nhrp_cie_iter it;
	struct nhrp_builder b;
	struct nhrp_packet p;
	struct nhrp_cie cie;
	struct nhrp_ext ext;
	u8 raw[160] = {};
	u8 wire[20] = { [8] = 4, [10] = 4 };

	memcpy(wire + 12, v4.b, 4);
	memcpy(wire + 16, v4.b, 4);
	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_ext(&b, NHRP_EXT_RESPONDER | NHRP_EXT_COMPULSORY);
	nhrp_build_bytes(&b, wire, sizeof(wire));
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, nhrp_build_end(&b)));
	KUNIT_ASSERT_TRUE(test, nhrp_ext_find(&p, NHRP_EXT_RESPONDER, &ext));
	KUNIT_ASSERT_TRUE(test, nhrp_ext_cie_first(&ext, &it, &cie));
	sample_expect_addr(test, &v4, &cie.proto);
	KUNIT_EXPECT_EQ(test, 32, nhrp_cie_bits(&p, &cie));
}

static struct kunit_case nhrp_wire_cases[] = {
	KUNIT_CASE_PARAM(round_trip, sample_gen_params),
	KUNIT_CASE_PARAM(truncation, sample_gen_params),
	KUNIT_CASE_PARAM(any_octet_lies, sample_gen_params),
	KUNIT_CASE_PARAM(one_field_wrong, malformed_gen_params),
	KUNIT_CASE_PARAM(what_nhrpd_says, captured_gen_params),
	KUNIT_CASE(other_family_in_an_extension),
	KUNIT_CASE(absurd_sizes),
	KUNIT_CASE(errors_have_names),
	KUNIT_CASE(checksum_of_known_octets),
	KUNIT_CASE(checksum_of_odd_packets),
	KUNIT_CASE(sub_addresses_are_skipped),
	KUNIT_CASE(prefix_bits),
	KUNIT_CASE(password),
	KUNIT_CASE(password_malformed),
	KUNIT_CASE(twice),
	KUNIT_CASE(addresses_left_out),
	{}
};

struct kunit_suite nhrp_wire_test_suite = {
	.name = "nhrp_wire",
	.test_cases = nhrp_wire_cases,
};

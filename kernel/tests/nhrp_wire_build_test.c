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

static void too_little_room(struct kunit *test)
{
	const struct sample *s = test->param_value;
	int len, n;
	const u8 *raw = sample_new(test, s, &len);

	for (n = 0; n < len; n++) {
		u8 *room = sample_exact(test, raw, n);

		KUNIT_EXPECT_EQ(test, -EMSGSIZE, sample_build(room, n, s));
		kunit_kfree(test, room);
	}
	KUNIT_EXPECT_EQ(test, len, sample_build(sample_exact(test, raw, len), len, s));
}

static void payload_is_made_even(struct kunit *test)
{
	const struct sample s = { .type = NHRP_TRAFFIC_INDICATION };
	struct nhrp_head h = sample_head(&s);
	struct nhrp_builder b;
	struct nhrp_packet p;
	u8 raw[96];

	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_payload(&b, sample_inner, 7);
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, nhrp_build_end(&b)));
	KUNIT_EXPECT_EQ(test, 6, p.tail_len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(raw + p.tail, sample_inner, 6));
}

/* The size field has 16 bits, however large the buffer is. */
static void too_much_for_a_packet(struct kunit *test)
{
	const struct sample s = { .type = NHRP_ERROR_INDICATION };
	const size_t room = NHRP_SIZE_MAX + 1024;
	struct nhrp_head h = sample_head(&s);
	u8 *raw = kunit_kzalloc(test, room, GFP_KERNEL);
	u8 *data = kunit_kzalloc(test, room, GFP_KERNEL);
	struct nhrp_builder b;

	KUNIT_ASSERT_NOT_NULL(test, raw);
	KUNIT_ASSERT_NOT_NULL(test, data);
	nhrp_build_begin(&b, raw, room, &h);
	nhrp_build_payload(&b, data, NHRP_SIZE_MAX - 40);
	KUNIT_EXPECT_EQ(test, NHRP_SIZE_MAX - 1, nhrp_build_end(&b));
	nhrp_build_begin(&b, raw, room, &h);
	nhrp_build_payload(&b, data, NHRP_SIZE_MAX - 39);
	KUNIT_EXPECT_EQ(test, -EMSGSIZE, nhrp_build_end(&b));
}

static unsigned int count_record(const struct nhrp_packet *p, u16 type, struct nhrp_cie *last)
{
	struct nhrp_cie_iter it;
	struct nhrp_ext ext;
	unsigned int n = 0;
	bool more;

	if (!nhrp_ext_find(p, type, &ext))
		return 0;
	for (more = nhrp_ext_cie_first(&ext, &it, last); more; more = nhrp_cie_next(&it, last))
		n++;
	return n;
}

static void forwarded(struct kunit *test)
{
	const struct sample *s = test->param_value;
	bool reply = nhrp_type_is_reply(s->type);
	struct nhrp_cie own = sample_cie(s, 0), last;
	struct nhrp_forward f = { .record = &own, .key = (const u8 *)"next-hop", .key_len = 8 };
	struct nhrp_packet p, q;
	struct nhrp_head want;
	int len, out;
	const u8 *raw = sample_new(test, s, &len);
	u8 *next = kunit_kzalloc(test, SAMPLE_ROOM, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, next);
	own.proto = sample_addr(s->proto6, 99);
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, len));
	out = nhrp_build_forward(next, SAMPLE_ROOM, &p, &f);
	KUNIT_ASSERT_GT(test, out, 0);
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&q, next, out));
	want = p.h;
	want.hops--;
	sample_expect_head(test, &want, &q.h);
	KUNIT_EXPECT_EQ(test, p.cies, q.cies);
	KUNIT_ASSERT_EQ(test, p.tail_len, q.tail_len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(raw + p.tail, next + q.tail, p.tail_len));
	if (!s->exts) {
		KUNIT_EXPECT_EQ(test, len, out);
		return;
	}
	KUNIT_EXPECT_TRUE(test, nhrp_auth_ok(&q, (const u8 *)"next-hop", 8));
	KUNIT_EXPECT_EQ(test, reply ? 1 : 2, count_record(&q, NHRP_EXT_FORWARD_RECORD, &last));
	KUNIT_EXPECT_EQ(test, reply ? 1 : 0, count_record(&q, NHRP_EXT_REVERSE_RECORD, &last));
	KUNIT_EXPECT_EQ(test, reply, nhrp_record_has(&q, NHRP_EXT_REVERSE_RECORD, &own.proto));
	KUNIT_EXPECT_EQ(test, !reply, nhrp_record_has(&q, NHRP_EXT_FORWARD_RECORD, &own.proto));
	KUNIT_EXPECT_FALSE(test, nhrp_record_has(&p, NHRP_EXT_FORWARD_RECORD, &own.proto));
	KUNIT_EXPECT_EQ(test, 1, count_record(&q, NHRP_EXT_RESPONDER, &last));
}

/* With nothing to add, a hop changes the hop count and the checksum alone. */
static void forwarded_untouched(struct kunit *test)
{
	const struct sample *s = test->param_value;
	const struct nhrp_forward f = {};
	struct nhrp_packet p;
	int len;
	u8 *raw = sample_new(test, s, &len);
	u8 *next = sample_exact(test, raw, len);

	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, len));
	KUNIT_EXPECT_EQ(test, -EMSGSIZE, nhrp_build_forward(next, len - 1, &p, &f));
	KUNIT_ASSERT_EQ(test, len, nhrp_build_forward(next, len, &p, &f));
	next[OFF_HOPS]++;
	sample_fix_checksum(next, len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(raw, next, len));
	p.h.hops = 0;
	KUNIT_EXPECT_EQ(test, -EHOSTUNREACH, nhrp_build_forward(next, len, &p, &f));
}

/* Octet by octet what nhrpd's hub made of the same packets. */
static void passed_on_like_nhrpd(struct kunit *test)
{
	static const struct {
		const u8 *in, *out;
		size_t in_len, out_len;
	} rows[] = {
		{ captured_resolution_request, captured_resolution_request_passed_on,
		  sizeof(captured_resolution_request),
		  sizeof(captured_resolution_request_passed_on) },
		{ captured_resolution_reply, captured_resolution_reply_passed_on,
		  sizeof(captured_resolution_reply),
		  sizeof(captured_resolution_reply_passed_on) },
	};
	static const u8 hub_nbma[] = { 192, 0, 2, 1 }, hub[] = { 10, 0, 0, 1 };
	struct nhrp_cie own = { .hold = 30 };
	struct nhrp_forward f = { .record = &own };
	struct nhrp_packet p;
	unsigned int i;
	u8 raw[160];

	mesh_addr_set(&own.nbma, hub_nbma, 4);
	mesh_addr_set(&own.proto, hub, 4);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK,
				nhrp_parse(&p, rows[i].in, rows[i].in_len));
		KUNIT_ASSERT_EQ(test, rows[i].out_len,
				nhrp_build_forward(raw, sizeof(raw), &p, &f));
		KUNIT_EXPECT_EQ(test, 0, memcmp(raw, rows[i].out, rows[i].out_len));
	}
}

static void builder_refuses(struct kunit *test)
{
	const struct sample s = { .type = NHRP_REGISTRATION_REQUEST };
	const struct sample s6 = { .type = NHRP_REGISTRATION_REQUEST, .proto6 = true };
	struct nhrp_head h = sample_head(&s), bad = h;
	struct nhrp_cie cie6 = sample_cie(&s6, 0);
	struct nhrp_builder b;
	u8 raw[128];

	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_cie(&b, &cie6);
	KUNIT_EXPECT_EQ(test, -EINVAL, nhrp_build_end(&b));

	bad.dst_proto = sample_addr(true, 1);
	nhrp_build_begin(&b, raw, sizeof(raw), &bad);
	KUNIT_EXPECT_EQ(test, -EINVAL, nhrp_build_end(&b));

	bad = h;
	bad.afn = 3;
	nhrp_build_begin(&b, raw, sizeof(raw), &bad);
	KUNIT_EXPECT_EQ(test, -EINVAL, nhrp_build_end(&b));

	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_bytes(&b, sample_inner, sizeof(sample_inner));
	KUNIT_EXPECT_EQ(test, -EINVAL, nhrp_build_end(&b));

	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_ext(&b, NHRP_EXT_NAT);
	nhrp_build_payload(&b, sample_inner, sizeof(sample_inner));
	KUNIT_EXPECT_EQ(test, -EINVAL, nhrp_build_end(&b));

	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_auth(&b, (const u8 *)"", 0);
	KUNIT_EXPECT_EQ(test, -EINVAL, nhrp_build_end(&b));

	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	nhrp_build_auth(&b, (const u8 *)"123456789", 9);
	KUNIT_EXPECT_EQ(test, -EINVAL, nhrp_build_end(&b));
}

/* The families come from the addresses where the head does not name them. */
static void builder_knows_families(struct kunit *test)
{
	const struct sample s = { .type = NHRP_PURGE_REQUEST, .nbma6 = true };
	struct nhrp_head h = sample_head(&s);
	struct nhrp_builder b;
	struct nhrp_packet p;
	u8 raw[96];

	h.afn = 0;
	h.pro_type = 0;
	nhrp_build_begin(&b, raw, sizeof(raw), &h);
	KUNIT_ASSERT_EQ(test, NHRP_PARSE_OK, nhrp_parse(&p, raw, nhrp_build_end(&b)));
	KUNIT_EXPECT_EQ(test, NHRP_AFN_IPV6, p.h.afn);
	KUNIT_EXPECT_EQ(test, NHRP_PRO_IP, p.h.pro_type);
}

static struct kunit_case nhrp_wire_build_cases[] = {
	KUNIT_CASE_PARAM(too_little_room, sample_gen_params),
	KUNIT_CASE_PARAM(forwarded, sample_gen_params),
	KUNIT_CASE_PARAM(forwarded_untouched, sample_gen_params),
	KUNIT_CASE(passed_on_like_nhrpd),
	KUNIT_CASE(payload_is_made_even),
	KUNIT_CASE(too_much_for_a_packet),
	KUNIT_CASE(builder_refuses),
	KUNIT_CASE(builder_knows_families),
	{}
};

struct kunit_suite nhrp_wire_build_test_suite = {
	.name = "nhrp_wire_build",
	.test_cases = nhrp_wire_build_cases,
};

// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>

#include "nhrp_sample.h"

const struct sample nhrp_samples[NHRP_SAMPLES] = {
	{ "resolution request", NHRP_RESOLUTION_REQUEST, false, false, true },
	{ "resolution reply", NHRP_RESOLUTION_REPLY, false, false, true },
	{ "registration request", NHRP_REGISTRATION_REQUEST, false, false, true },
	{ "registration reply", NHRP_REGISTRATION_REPLY, false, false, true },
	{ "purge request", NHRP_PURGE_REQUEST, false, false, false },
	{ "purge reply", NHRP_PURGE_REPLY, false, false, true },
	{ "error indication", NHRP_ERROR_INDICATION, false, false, false },
	{ "traffic indication", NHRP_TRAFFIC_INDICATION, false, false, false },
	{ "traffic indication, password", NHRP_TRAFFIC_INDICATION, false, false, true },
	{ "IPv6 over IPv4", NHRP_RESOLUTION_REPLY, false, true, true },
	{ "IPv4 over IPv6", NHRP_REGISTRATION_REQUEST, true, false, true },
	{ "IPv6 over IPv6", NHRP_RESOLUTION_REQUEST, true, true, true },
};

const u8 sample_inner[8] = { 0x45, 0, 0, 8, 1, 2, 3, 4 };

static const u8 octets[] = {
	0xfd, 0x00, 0x0a, 0x01, 0x02, 0x03, 0x04, 0x05,
	0x06, 0x07, 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e,
};

struct mesh_addr sample_addr(bool v6, u8 last)
{
	struct mesh_addr a;

	mesh_addr_set(&a, octets, v6 ? 16 : 4);
	a.b[a.len - 1] = last;
	return a;
}

void sample_fix_checksum(u8 *raw, size_t len)
{
	if (len < OFF_EXT)
		return;
	put16(raw + OFF_SUM, 0);
	put16(raw + OFF_SUM, ~nhrp_packet_sum(raw, len));
}

u8 *sample_exact(struct kunit *test, const u8 *raw, size_t len)
{
	u8 *copy = kunit_kmalloc(test, len ? len : 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, raw, len);
	return copy;
}

struct nhrp_head sample_head(const struct sample *s)
{
	struct nhrp_head h = {
		.afn = s->nbma6 ? NHRP_AFN_IPV6 : NHRP_AFN_IP,
		.pro_type = s->proto6 ? NHRP_PRO_IPV6 : NHRP_PRO_IP,
		.type = s->type,
		.hops = 16,
		.flags = NHRP_FLAG_ROUTER | NHRP_FLAG_SRC_STABLE | NHRP_FLAG_NAT,
		.src_nbma = sample_addr(s->nbma6, 1),
		.src_proto = sample_addr(s->proto6, 2),
		.dst_proto = sample_addr(s->proto6, 3),
	};

	if (nhrp_type_has_cies(s->type)) {
		h.id = 0xcafe0001;
	} else if (s->type == NHRP_ERROR_INDICATION) {
		h.error = NHRP_ERROR_LOOP;
		h.error_offset = 24;
	}
	return h;
}

struct nhrp_cie sample_cie(const struct sample *s, u8 n)
{
	return (struct nhrp_cie) {
		.code = n ? NHRP_CIE_NOT_UNIQUE : NHRP_CIE_SUCCESS,
		.prefix = n ? NHRP_PREFIX_HOST : 24,
		.preference = 200 - n,
		.mtu = 1400 + n,
		.hold = 7200 + n,
		.nbma = n ? (struct mesh_addr) {} : sample_addr(s->nbma6, 10 + n),
		.proto = sample_addr(s->proto6, 20 + n),
	};
}

static const u8 vendor_data[] = { 0xaa, 0xbb, 0xcc };

/* Extensions in nhrpd's order, a vendor's one among them. */
static void sample_exts(struct nhrp_builder *b, const struct sample *s)
{
	struct nhrp_cie cie = sample_cie(s, 0);

	nhrp_build_ext(b, NHRP_EXT_FORWARD_RECORD | NHRP_EXT_COMPULSORY);
	nhrp_build_cie(b, &cie);
	nhrp_build_ext(b, NHRP_EXT_REVERSE_RECORD | NHRP_EXT_COMPULSORY);
	nhrp_build_ext(b, NHRP_EXT_RESPONDER | NHRP_EXT_COMPULSORY);
	nhrp_build_cie(b, &cie);
	nhrp_build_vendor(b, 0x00000c, vendor_data, sizeof(vendor_data));
	nhrp_build_ext(b, NHRP_EXT_NAT);
	nhrp_build_cie(b, &cie);
	nhrp_build_auth(b, (const u8 *)"secret", 6);
}

int sample_build(u8 *raw, size_t size, const struct sample *s)
{
	struct nhrp_head h = sample_head(s);
	struct nhrp_builder b;
	u8 n;

	nhrp_build_begin(&b, raw, size, &h);
	if (nhrp_type_has_cies(s->type)) {
		for (n = 0; n < 2; n++) {
			struct nhrp_cie cie = sample_cie(s, n);

			nhrp_build_cie(&b, &cie);
		}
	} else {
		nhrp_build_payload(&b, sample_inner, sizeof(sample_inner));
	}
	if (s->exts)
		sample_exts(&b, s);
	return nhrp_build_end(&b);
}

u8 *sample_new(struct kunit *test, const struct sample *s, int *len)
{
	u8 *raw = kunit_kzalloc(test, SAMPLE_ROOM, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, raw);
	*len = sample_build(raw, SAMPLE_ROOM, s);
	KUNIT_ASSERT_GT(test, *len, 0);
	return sample_exact(test, raw, *len);
}

void sample_expect_addr(struct kunit *test, const struct mesh_addr *want,
			const struct mesh_addr *got)
{
	KUNIT_EXPECT_EQ(test, want->len, got->len);
	KUNIT_EXPECT_TRUE(test, mesh_addr_equal(want, got));
}

void sample_expect_cie(struct kunit *test, const struct nhrp_cie *want,
		       const struct nhrp_cie *got)
{
	KUNIT_EXPECT_EQ(test, want->code, got->code);
	KUNIT_EXPECT_EQ(test, want->prefix, got->prefix);
	KUNIT_EXPECT_EQ(test, want->preference, got->preference);
	KUNIT_EXPECT_EQ(test, want->mtu, got->mtu);
	KUNIT_EXPECT_EQ(test, want->hold, got->hold);
	sample_expect_addr(test, &want->nbma, &got->nbma);
	sample_expect_addr(test, &want->proto, &got->proto);
}

void sample_expect_head(struct kunit *test, const struct nhrp_head *want,
			const struct nhrp_head *got)
{
	KUNIT_EXPECT_EQ(test, want->afn, got->afn);
	KUNIT_EXPECT_EQ(test, want->pro_type, got->pro_type);
	KUNIT_EXPECT_EQ(test, want->type, got->type);
	KUNIT_EXPECT_EQ(test, want->hops, got->hops);
	KUNIT_EXPECT_EQ(test, want->flags, got->flags);
	KUNIT_EXPECT_EQ(test, want->id, got->id);
	KUNIT_EXPECT_EQ(test, want->error, got->error);
	KUNIT_EXPECT_EQ(test, want->error_offset, got->error_offset);
	sample_expect_addr(test, &want->src_nbma, &got->src_nbma);
	sample_expect_addr(test, &want->src_proto, &got->src_proto);
	sample_expect_addr(test, &want->dst_proto, &got->dst_proto);
}

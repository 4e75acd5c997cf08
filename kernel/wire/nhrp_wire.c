// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>

#include "nhrp_wire.h"

/* Of a length octet, bit 6 tells the address's kind and bit 7 is reserved. */
#define TL_LEN 0x3f

#define HEAD_LEN (sizeof(struct nhrp_wire_fixed) + sizeof(struct nhrp_wire_mandatory))

static const char *const parse_error_names[NHRP_PARSE_MAX] = {
	[NHRP_PARSE_OK] = "ok",
	[NHRP_PARSE_SHORT] = "short",
	[NHRP_PARSE_VERSION] = "version",
	[NHRP_PARSE_SIZE] = "size",
	[NHRP_PARSE_CHECKSUM] = "checksum",
	[NHRP_PARSE_AFN] = "nbma-family",
	[NHRP_PARSE_PROTOCOL] = "protocol-type",
	[NHRP_PARSE_TYPE] = "packet-type",
	[NHRP_PARSE_EXT_OFFSET] = "extension-offset",
	[NHRP_PARSE_MANDATORY] = "mandatory-part-short",
	[NHRP_PARSE_NBMA_LEN] = "nbma-length",
	[NHRP_PARSE_PROTO_LEN] = "protocol-length",
	[NHRP_PARSE_NO_ADDRESS] = "address-missing",
	[NHRP_PARSE_CIE_SHORT] = "cie-short",
	[NHRP_PARSE_CIE_LEN] = "cie-address-length",
	[NHRP_PARSE_CIE_PREFIX] = "cie-prefix",
	[NHRP_PARSE_EXT_SHORT] = "extension-short",
	[NHRP_PARSE_EXT_NO_END] = "extension-end-missing",
	[NHRP_PARSE_EXT_TRAILING] = "octets-after-extension-end",
	[NHRP_PARSE_EXT_TWICE] = "extension-twice",
	[NHRP_PARSE_EXT_CIE] = "extension-cie",
};

const char *nhrp_parse_error_name(enum nhrp_parse_error e)
{
	return (unsigned int)e < NHRP_PARSE_MAX ? parse_error_names[e] : "unknown";
}

/*
 * The one's complement sum of RFC 1071, not yet complemented.  64 KiB of
 * 16-bit words cannot overflow the 32 bits.
 */
static u16 ones_sum(const u8 *b, size_t len, u16 odd_tail)
{
	u32 sum = odd_tail;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += b[i] << 8 | b[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

u16 nhrp_packet_sum(const u8 *b, size_t len)
{
	return ones_sum(b, len, len & 1 ? b[len - 1] << 8 : 0);
}

static bool checksum_ok(const u8 *b, size_t len)
{
	if (nhrp_packet_sum(b, len) == 0xffff)
		return true;
	return (len & 1) && ones_sum(b, len, b[len - 1]) == 0xffff;
}

static enum nhrp_parse_error parse_kind(struct nhrp_packet *p,
					const struct nhrp_wire_fixed *f)
{
	p->h.afn = be16_to_cpu(f->afn);
	if (!nhrp_afn_len(p->h.afn))
		return NHRP_PARSE_AFN;
	p->h.pro_type = be16_to_cpu(f->pro_type);
	if (!nhrp_pro_type_len(p->h.pro_type))
		return NHRP_PARSE_PROTOCOL;
	p->h.type = f->type;
	if (f->type < NHRP_RESOLUTION_REQUEST || f->type > NHRP_TRAFFIC_INDICATION)
		return NHRP_PARSE_TYPE;
	p->h.hops = f->hops;
	return NHRP_PARSE_OK;
}

static enum nhrp_parse_error parse_fixed(struct nhrp_packet *p,
					 const struct nhrp_wire_fixed *f)
{
	enum nhrp_parse_error e;

	if (f->version != NHRP_VERSION)
		return NHRP_PARSE_VERSION;
	if (be16_to_cpu(f->size) != p->len)
		return NHRP_PARSE_SIZE;
	if (!checksum_ok(p->buf, p->len))
		return NHRP_PARSE_CHECKSUM;

	e = parse_kind(p, f);
	if (e)
		return e;

	p->ext = be16_to_cpu(f->ext_off);
	if (p->ext && (p->ext < HEAD_LEN || p->ext > p->len))
		return NHRP_PARSE_EXT_OFFSET;
	return NHRP_PARSE_OK;
}

static enum nhrp_parse_error parse_mandatory(struct nhrp_packet *p,
					     const struct nhrp_wire_fixed *f)
{
	const struct nhrp_wire_mandatory *m = (const void *)(f + 1);
	size_t end = p->ext ? p->ext : p->len;
	u8 nbma_len = f->nbma_tl & TL_LEN;
	u8 sub_len = f->sub_tl & TL_LEN;
	u8 proto_len = nhrp_pro_type_len(p->h.pro_type);
	const u8 *at = (const u8 *)(m + 1);

	if (!nhrp_addr_len_ok(nbma_len, nhrp_afn_len(p->h.afn)))
		return NHRP_PARSE_NBMA_LEN;
	if (!nhrp_addr_len_ok(m->src_len, proto_len) || !nhrp_addr_len_ok(m->dst_len, proto_len))
		return NHRP_PARSE_PROTO_LEN;
	if (end - HEAD_LEN < (size_t)nbma_len + sub_len + m->src_len + m->dst_len)
		return NHRP_PARSE_MANDATORY;
	/* Who reports an error may not have got as far as the addresses. */
	if (p->h.type != NHRP_ERROR_INDICATION && (!m->src_len || !m->dst_len))
		return NHRP_PARSE_NO_ADDRESS;

	p->h.flags = be16_to_cpu(m->flags);
	if (nhrp_type_has_cies(p->h.type)) {
		p->h.id = be32_to_cpu(m->id);
	} else {
		p->h.error = be16_to_cpu(m->error.code);
		p->h.error_offset = be16_to_cpu(m->error.offset);
	}
	mesh_addr_set(&p->h.src_nbma, at, nbma_len);
	at += nbma_len + sub_len;
	mesh_addr_set(&p->h.src_proto, at, m->src_len);
	at += m->src_len;
	mesh_addr_set(&p->h.dst_proto, at, m->dst_len);
	at += m->dst_len;
	p->tail = at - p->buf;
	p->tail_len = end - p->tail;
	return NHRP_PARSE_OK;
}

static enum nhrp_parse_error read_cie(struct nhrp_cie_iter *it, struct nhrp_cie *cie)
{
	const struct nhrp_wire_cie *w = (const void *)it->at;
	size_t left = it->end - it->at;
	u8 nbma_len, sub_len, whole;
	const u8 *at;

	if (left < sizeof(*w))
		return NHRP_PARSE_CIE_SHORT;
	nbma_len = w->nbma_tl & TL_LEN;
	sub_len = w->sub_tl & TL_LEN;
	if (!nhrp_addr_len_ok(nbma_len, it->nbma_len) ||
	    !nhrp_addr_len_ok(w->proto_len, it->proto_len))
		return NHRP_PARSE_CIE_LEN;
	if (left - sizeof(*w) < (size_t)nbma_len + sub_len + w->proto_len)
		return NHRP_PARSE_CIE_SHORT;
	whole = w->proto_len ? w->proto_len : it->proto_len ? it->proto_len : MESH_ADDR_MAX;
	if (w->prefix > whole * 8 && w->prefix != NHRP_PREFIX_HOST)
		return NHRP_PARSE_CIE_PREFIX;

	cie->code = w->code;
	cie->prefix = w->prefix;
	cie->preference = w->preference;
	cie->mtu = be16_to_cpu(w->mtu);
	cie->hold = be16_to_cpu(w->hold);
	at = it->at + sizeof(*w);
	mesh_addr_set(&cie->nbma, at, nbma_len);
	at += nbma_len + sub_len;
	mesh_addr_set(&cie->proto, at, w->proto_len);
	it->at = at + w->proto_len;
	return NHRP_PARSE_OK;
}

bool nhrp_cie_next(struct nhrp_cie_iter *it, struct nhrp_cie *cie)
{
	return it->at < it->end && read_cie(it, cie) == NHRP_PARSE_OK;
}

static void tail_cies(const struct nhrp_packet *p, struct nhrp_cie_iter *it)
{
	it->at = p->buf + p->tail;
	it->end = it->at + (nhrp_type_has_cies(p->h.type) ? p->tail_len : 0);
	it->nbma_len = nhrp_afn_len(p->h.afn);
	it->proto_len = nhrp_pro_type_len(p->h.pro_type);
}

bool nhrp_cie_first(const struct nhrp_packet *p, struct nhrp_cie_iter *it,
		    struct nhrp_cie *cie)
{
	tail_cies(p, it);
	return nhrp_cie_next(it, cie);
}

static void ext_cies(const struct nhrp_ext *ext, struct nhrp_cie_iter *it)
{
	it->at = ext->data;
	it->end = ext->data + ext->len;
	it->nbma_len = 0;
	it->proto_len = 0;
}

static enum nhrp_parse_error check_cies(struct nhrp_cie_iter *it, u16 *count)
{
	struct nhrp_cie cie;
	enum nhrp_parse_error e;

	for (*count = 0; it->at < it->end; ++*count) {
		e = read_cie(it, &cie);
		if (e)
			return e;
	}
	return NHRP_PARSE_OK;
}

static bool ext_has_cies(u16 type)
{
	return type == NHRP_EXT_RESPONDER || type == NHRP_EXT_FORWARD_RECORD ||
	       type == NHRP_EXT_REVERSE_RECORD;
}

/* Reads a header that is known to be there; false at End. */
static bool read_ext(const u8 *at, struct nhrp_ext *ext)
{
	const struct nhrp_wire_ext *w = (const void *)at;
	u16 type = be16_to_cpu(w->type);

	ext->type = type & NHRP_EXT_TYPE_MASK;
	ext->compulsory = type & NHRP_EXT_COMPULSORY;
	ext->len = be16_to_cpu(w->len);
	ext->data = at + sizeof(*w);
	return ext->type != NHRP_EXT_END;
}

static enum nhrp_parse_error check_ext(const struct nhrp_ext *ext, u32 *seen)
{
	struct nhrp_cie_iter it;
	u16 count;

	if (ext_has_cies(ext->type) || ext->type == NHRP_EXT_AUTH) {
		if (*seen & 1u << ext->type)
			return NHRP_PARSE_EXT_TWICE;
		*seen |= 1u << ext->type;
	}
	if (!ext_has_cies(ext->type))
		return NHRP_PARSE_OK;
	ext_cies(ext, &it);
	return check_cies(&it, &count) ? NHRP_PARSE_EXT_CIE : NHRP_PARSE_OK;
}

static enum nhrp_parse_error parse_exts(const struct nhrp_packet *p)
{
	const u8 *at = p->buf + p->ext;
	const u8 *end = p->buf + p->len;
	enum nhrp_parse_error e;
	struct nhrp_ext ext;
	u32 seen = 0;
	bool more;

	if (!p->ext)
		return NHRP_PARSE_OK;
	do {
		if (at == end)
			return NHRP_PARSE_EXT_NO_END;
		if ((size_t)(end - at) < sizeof(struct nhrp_wire_ext))
			return NHRP_PARSE_EXT_SHORT;
		more = read_ext(at, &ext);
		if (end - ext.data < ext.len)
			return NHRP_PARSE_EXT_SHORT;
		at = ext.data + ext.len;
		e = check_ext(&ext, &seen);
		if (e)
			return e;
	} while (more);
	return ext.len || at != end ? NHRP_PARSE_EXT_TRAILING : NHRP_PARSE_OK;
}

enum nhrp_parse_error nhrp_parse(struct nhrp_packet *p, const u8 *buf, size_t len)
{
	const struct nhrp_wire_fixed *f = (const void *)buf;
	struct nhrp_cie_iter it;
	enum nhrp_parse_error e;

	memset(p, 0, sizeof(*p));
	if (len < HEAD_LEN)
		return NHRP_PARSE_SHORT;
	if (len > NHRP_SIZE_MAX)
		return NHRP_PARSE_SIZE;
	p->buf = buf;
	p->len = len;
	e = parse_fixed(p, f);
	if (e)
		return e;
	e = parse_mandatory(p, f);
	if (e)
		return e;
	tail_cies(p, &it);
	e = check_cies(&it, &p->cies);
	if (e)
		return e;
	return parse_exts(p);
}

bool nhrp_parse_quoted(struct nhrp_packet *p, const u8 *buf, size_t len)
{
	const struct nhrp_wire_fixed *f = (const void *)buf;

	if (len < HEAD_LEN || len > NHRP_SIZE_MAX)
		return false;
	memset(p, 0, sizeof(*p));
	p->buf = buf;
	p->len = len;
	return !parse_kind(p, f) && !parse_mandatory(p, f);
}

u8 nhrp_cie_bits(const struct nhrp_packet *p, const struct nhrp_cie *cie)
{
	u8 len = cie->proto.len ? cie->proto.len : nhrp_pro_type_len(p->h.pro_type);

	return cie->prefix && cie->prefix != NHRP_PREFIX_HOST ? cie->prefix : len * 8;
}

bool nhrp_ext_first(const struct nhrp_packet *p, struct nhrp_ext *ext)
{
	return p->ext && read_ext(p->buf + p->ext, ext);
}

bool nhrp_ext_next(struct nhrp_ext *ext)
{
	return read_ext(ext->data + ext->len, ext);
}

bool nhrp_ext_find(const struct nhrp_packet *p, u16 type, struct nhrp_ext *ext)
{
	bool more;

	for (more = nhrp_ext_first(p, ext); more; more = nhrp_ext_next(ext))
		if (ext->type == type)
			return true;
	return false;
}

bool nhrp_ext_cie_first(const struct nhrp_ext *ext, struct nhrp_cie_iter *it,
			struct nhrp_cie *cie)
{
	ext_cies(ext, it);
	return nhrp_cie_next(it, cie);
}

bool nhrp_record_has(const struct nhrp_packet *p, u16 type,
		     const struct mesh_addr *proto)
{
	struct nhrp_cie_iter it;
	struct nhrp_cie cie;
	struct nhrp_ext ext;
	bool more;

	if (!nhrp_ext_find(p, type, &ext))
		return false;
	for (more = nhrp_ext_cie_first(&ext, &it, &cie); more; more = nhrp_cie_next(&it, &cie))
		if (mesh_addr_equal(&cie.proto, proto))
			return true;
	return false;
}

bool nhrp_same_secret(const u8 *a, const u8 *b, size_t len)
{
	unsigned int diff = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		diff |= a[i] ^ b[i];
		/* Without this the compiler may leave the loop early. */
		__asm__("" : "+r" (diff));
	}
	return !diff;
}

bool nhrp_auth_ok(const struct nhrp_packet *p, const u8 *key, size_t len)
{
	u8 have[NHRP_AUTH_MAX] = {}, want[NHRP_AUTH_MAX] = {};
	struct nhrp_ext ext;
	__be32 kind;
	bool same;

	if (len > NHRP_AUTH_MAX || !nhrp_ext_find(p, NHRP_EXT_AUTH, &ext) ||
	    ext.len < sizeof(kind) || ext.len - sizeof(kind) > NHRP_AUTH_MAX)
		return false;
	memcpy(&kind, ext.data, sizeof(kind));
	if (kind != cpu_to_be32(NHRP_AUTH_PASSWORD))
		return false;
	memcpy(have, ext.data + sizeof(kind), ext.len - sizeof(kind));
	memcpy(want, key, len);
	same = nhrp_same_secret(have, want, sizeof(want));
	return same & (ext.len - sizeof(kind) == len);
}

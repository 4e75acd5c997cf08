// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>

#include "nhrp_wire_mac.h"

static u8 *reserve(struct nhrp_builder *b, size_t len)
{
	u8 *at = b->buf + b->len;

	if (b->err)
		return NULL;
	if (len > b->size - b->len) {
		b->err = -EMSGSIZE;
		return NULL;
	}
	b->len += len;
	return at;
}

static void put(struct nhrp_builder *b, const void *data, size_t len)
{
	u8 *at = reserve(b, len);

	if (at && len)
		memcpy(at, data, len);
}

static void put_addr(struct nhrp_builder *b, const struct mesh_addr *a, u8 want)
{
	if (!b->err && !(want && nhrp_addr_len_ok(a->len, want)))
		b->err = -EINVAL;
	put(b, a->b, a->len);
}

static u16 family_of(const struct mesh_addr *a, u16 ip, u16 ipv6)
{
	return a->len == 16 ? ipv6 : ip;
}

void nhrp_build_begin(struct nhrp_builder *b, u8 *buf, size_t size,
		      const struct nhrp_head *h)
{
	u16 afn = h->afn ? h->afn : family_of(&h->src_nbma, NHRP_AFN_IP, NHRP_AFN_IPV6);
	u16 pro_type = h->pro_type ? h->pro_type :
		       family_of(&h->src_proto, NHRP_PRO_IP, NHRP_PRO_IPV6);
	struct nhrp_wire_fixed f = {
		.afn = cpu_to_be16(afn),
		.pro_type = cpu_to_be16(pro_type),
		.hops = h->hops,
		.version = NHRP_VERSION,
		.type = h->type,
		.nbma_tl = h->src_nbma.len,
	};
	struct nhrp_wire_mandatory m = {
		.src_len = h->src_proto.len,
		.dst_len = h->dst_proto.len,
		.flags = cpu_to_be16(h->flags),
	};

	if (nhrp_type_has_cies(h->type)) {
		m.id = cpu_to_be32(h->id);
	} else {
		m.error.code = cpu_to_be16(h->error);
		m.error.offset = cpu_to_be16(h->error_offset);
	}
	memset(b, 0, sizeof(*b));
	b->buf = buf;
	b->size = size < NHRP_SIZE_MAX ? size : NHRP_SIZE_MAX;
	b->nbma_len = nhrp_afn_len(afn);
	b->proto_len = nhrp_pro_type_len(pro_type);
	put(b, &f, sizeof(f));
	put(b, &m, sizeof(m));
	put_addr(b, &h->src_nbma, b->nbma_len);
	put_addr(b, &h->src_proto, b->proto_len);
	put_addr(b, &h->dst_proto, b->proto_len);
}

void nhrp_build_cie(struct nhrp_builder *b, const struct nhrp_cie *cie)
{
	struct nhrp_wire_cie w = {
		.code = cie->code,
		.prefix = cie->prefix,
		.mtu = cpu_to_be16(cie->mtu),
		.hold = cpu_to_be16(cie->hold),
		.nbma_tl = cie->nbma.len,
		.proto_len = cie->proto.len,
		.preference = cie->preference,
	};

	put(b, &w, sizeof(w));
	put_addr(b, &cie->nbma, b->nbma_len);
	put_addr(b, &cie->proto, b->proto_len);
}

void nhrp_build_payload(struct nhrp_builder *b, const u8 *data, size_t len)
{
	if (b->ext && !b->err)
		b->err = -EINVAL;
	put(b, data, len & ~(size_t)1);
}

static void close_ext(struct nhrp_builder *b)
{
	struct nhrp_wire_ext *w = (void *)(b->buf + b->open);

	if (b->open && !b->err)
		w->len = cpu_to_be16(b->len - b->open - sizeof(*w));
	b->open = 0;
}

void nhrp_build_ext(struct nhrp_builder *b, u16 type)
{
	struct nhrp_wire_ext w = { .type = cpu_to_be16(type) };

	close_ext(b);
	if (!b->ext)
		b->ext = b->len;
	b->open = b->len;
	put(b, &w, sizeof(w));
}

void nhrp_build_bytes(struct nhrp_builder *b, const void *data, size_t len)
{
	if (!b->open && !b->err)
		b->err = -EINVAL;
	put(b, data, len);
}

void nhrp_build_vendor(struct nhrp_builder *b, u32 oui, const u8 *data, size_t len)
{
	u8 id[3] = { oui >> 16, oui >> 8, oui };

	nhrp_build_ext(b, NHRP_EXT_VENDOR);
	nhrp_build_bytes(b, id, sizeof(id));
	nhrp_build_bytes(b, data, len);
}

void nhrp_build_auth(struct nhrp_builder *b, const u8 *key, size_t len)
{
	__be32 kind = cpu_to_be32(NHRP_AUTH_PASSWORD);

	if ((!len || len > NHRP_AUTH_MAX) && !b->err)
		b->err = -EINVAL;
	nhrp_build_ext(b, NHRP_EXT_AUTH | NHRP_EXT_COMPULSORY);
	nhrp_build_bytes(b, &kind, sizeof(kind));
	nhrp_build_bytes(b, key, len);
}

void nhrp_build_copy_ext(struct nhrp_builder *b, const struct nhrp_ext *ext)
{
	nhrp_build_ext(b, ext->type | (ext->compulsory ? NHRP_EXT_COMPULSORY : 0));
	nhrp_build_bytes(b, ext->data, ext->len);
}

void nhrp_build_checksum(u8 *buf, size_t len)
{
	struct nhrp_wire_fixed *f = (void *)buf;

	f->checksum = 0;
	f->checksum = cpu_to_be16((u16)~nhrp_packet_sum(buf, len));
}

int nhrp_build_end(struct nhrp_builder *b)
{
	struct nhrp_wire_fixed *f = (void *)b->buf;

	if (b->ext)
		nhrp_build_ext(b, NHRP_EXT_END | NHRP_EXT_COMPULSORY);
	close_ext(b);
	if (b->err)
		return b->err;
	f->size = cpu_to_be16(b->len);
	f->ext_off = cpu_to_be16(b->ext);
	nhrp_build_checksum(b->buf, b->len);
	return b->len;
}

int nhrp_build_forward(u8 *buf, size_t size, const struct nhrp_packet *p,
		       const struct nhrp_forward *f)
{
	u16 record = nhrp_type_is_reply(p->h.type) ? NHRP_EXT_REVERSE_RECORD :
						     NHRP_EXT_FORWARD_RECORD;
	struct nhrp_head h = p->h;
	struct nhrp_builder b;
	struct nhrp_ext ext;
	bool more;

	if (!h.hops)
		return -EHOSTUNREACH;
	h.hops--;
	nhrp_build_begin(&b, buf, size, &h);
	put(&b, p->buf + p->tail, p->tail_len);
	for (more = nhrp_ext_first(p, &ext); more; more = nhrp_ext_next(&ext)) {
		if (f->bare && (ext.type == NHRP_EXT_AUTH || nhrp_ext_is_mac(&ext)))
			continue;
		if (ext.type == NHRP_EXT_AUTH && f->key) {
			nhrp_build_auth(&b, f->key, f->key_len);
			continue;
		}
		if (f->mac && nhrp_ext_is_mac(&ext))
			continue;
		nhrp_build_copy_ext(&b, &ext);
		if (ext.type == record && f->record)
			nhrp_build_cie(&b, f->record);
		if (ext.type == NHRP_EXT_NAT && !ext.len && f->seen)
			nhrp_build_cie(&b, f->seen);
	}
	if (f->add)
		nhrp_build_auth(&b, f->key, f->key_len);
	if (f->mac)
		nhrp_build_mac(&b, f->mac);
	return nhrp_build_end(&b);
}

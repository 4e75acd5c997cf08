// SPDX-License-Identifier: GPL-2.0
#include <linux/stddef.h>
#include <linux/string.h>

#include "nhrp_wire_mac.h"

static const u8 oui[3] = {
	NHRP_MAC_OUI >> 16, NHRP_MAC_OUI >> 8 & 0xff, NHRP_MAC_OUI & 0xff,
};

bool nhrp_ext_is_mac(const struct nhrp_ext *ext)
{
	return ext->type == NHRP_EXT_VENDOR && ext->len >= sizeof(oui) &&
	       !memcmp(ext->data, oui, sizeof(oui));
}

static bool read_mac(const struct nhrp_ext *ext, struct nhrp_mac *mac)
{
	struct nhrp_wire_mac w;

	if (ext->len != sizeof(w))
		return false;
	memcpy(&w, ext->data, sizeof(w));
	mac->key = be16_to_cpu(w.key);
	mac->signer = be64_to_cpu(w.signer);
	mac->seq = be64_to_cpu(w.seq);
	return w.kind == NHRP_MAC_HMAC_SHA256;
}

int nhrp_mac_find(const struct nhrp_packet *p, struct nhrp_mac *mac, u16 *at)
{
	struct nhrp_ext ext;
	int err = -ENOENT;
	bool more;

	for (more = nhrp_ext_first(p, &ext); more; more = nhrp_ext_next(&ext)) {
		if (!nhrp_ext_is_mac(&ext))
			continue;
		if (!err || !read_mac(&ext, mac))
			return -EINVAL;
		*at = ext.data - p->buf + offsetof(struct nhrp_wire_mac, mac);
		err = 0;
	}
	return err;
}

void nhrp_build_mac(struct nhrp_builder *b, const struct nhrp_mac *mac)
{
	struct nhrp_wire_mac w = {
		.kind = NHRP_MAC_HMAC_SHA256,
		.key = cpu_to_be16(mac->key),
		.signer = cpu_to_be64(mac->signer),
		.seq = cpu_to_be64(mac->seq),
	};

	memcpy(w.oui, oui, sizeof(oui));
	nhrp_build_ext(b, NHRP_EXT_VENDOR);
	nhrp_build_bytes(b, &w, sizeof(w));
}

void nhrp_mac_blank(u8 *buf, size_t at)
{
	((struct nhrp_wire_fixed *)buf)->checksum = 0;
	memset(buf + at, 0, NHRP_MAC_LEN);
}

void nhrp_mac_seal(u8 *buf, size_t len, size_t at, const u8 *code)
{
	memcpy(buf + at, code, NHRP_MAC_LEN);
	nhrp_build_checksum(buf, len);
}

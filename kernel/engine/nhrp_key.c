// SPDX-License-Identifier: GPL-2.0
/* Authentication of NHRP: the arithmetic, the clock, the log and the keys. */
#include <crypto/sha2.h>
#include <linux/ktime.h>
#include <linux/random.h>

#include "nhrp_priv.h"

#define IPAD 0x36
#define OPAD 0x5c

static void pad_with(u8 *pad, const u8 *secret, size_t len, u8 with)
{
	size_t i;

	for (i = 0; i < SHA256_BLOCK_SIZE; i++)
		pad[i] = (i < len ? secret[i] : 0) ^ with;
}

/* HMAC (RFC 2104): no key is longer than a block. */
void nhrp_op_mac(void *ctx, const u8 *secret, size_t secret_len,
		 const void *buf, size_t len, u8 *code)
{
	struct sha256_state sha;
	u8 pad[SHA256_BLOCK_SIZE];

	BUILD_BUG_ON(NHRP_KEY_MAX > SHA256_BLOCK_SIZE);
	pad_with(pad, secret, secret_len, IPAD);
	sha256_init(&sha);
	sha256_update(&sha, pad, sizeof(pad));
	sha256_update(&sha, buf, len);
	sha256_final(&sha, code);
	pad_with(pad, secret, secret_len, OPAD);
	sha256_init(&sha);
	sha256_update(&sha, pad, sizeof(pad));
	sha256_update(&sha, code, SHA256_DIGEST_SIZE);
	sha256_final(&sha, code);
	memzero_explicit(pad, sizeof(pad));
}

u64 nhrp_op_wall_clock(void *ctx)
{
	return ktime_to_us(ktime_get_real());
}

u64 nhrp_op_nonce(void *ctx)
{
	return get_random_u64();
}

void nhrp_op_refused(void *ctx, const struct mesh_addr *from,
		     enum nhrp_auth_fault fault)
{
	static const char *const faults[] = {
		[NHRP_AUTH_BAD_PASSWORD] = "wrong password, or none",
		[NHRP_AUTH_MISSING] = "no authentication code",
		[NHRP_AUTH_UNKNOWN_KEY] = "signed with a key that is not known",
		[NHRP_AUTH_BAD_MAC] = "wrong authentication code",
		[NHRP_AUTH_REPLAYED] = "a replay, or its clock is off",
	};
	struct nhrp *nhrp = ctx;

	if (!__ratelimit(&nhrp->complaints))
		return;
	if (from->len == 4)
		netdev_notice(nhrp->mesh->dev, "NHRP from %pI4 refused: %s\n",
			      from->b, faults[fault]);
	else
		netdev_notice(nhrp->mesh->dev, "NHRP from %pI6c refused: %s\n",
			      from->b, faults[fault]);
}

int nhrp_key_add(struct mesh_dev *mesh, const struct nhrp_key *key)
{
	int err;

	lockdep_assert_held(&mesh->fwd.lock);
	err = nhrp_fsm_key_add(&mesh->nhrp->fsm, nhrp_now(), key);
	nhrp_kick(mesh->nhrp);
	return err;
}

int nhrp_key_set(struct mesh_dev *mesh, const struct nhrp_key *key)
{
	int err;

	lockdep_assert_held(&mesh->fwd.lock);
	err = nhrp_fsm_key_set(&mesh->nhrp->fsm, nhrp_now(), key->id,
			       key->accept_only);
	nhrp_kick(mesh->nhrp);
	return err;
}

int nhrp_key_del(struct mesh_dev *mesh, const struct nhrp_key *key)
{
	int err;

	lockdep_assert_held(&mesh->fwd.lock);
	err = nhrp_fsm_key_del(&mesh->nhrp->fsm, nhrp_now(), key->id);
	nhrp_kick(mesh->nhrp);
	return err;
}

int nhrp_key_get(const struct mesh_dev *mesh, u16 id,
		 struct nhrp_key_info *info)
{
	unsigned int pos;

	for (pos = 0; nhrp_key_at(mesh, pos, info); pos++)
		if (info->id == id)
			return 0;
	return -ENOENT;
}

bool nhrp_key_at(const struct mesh_dev *mesh, unsigned int pos,
		 struct nhrp_key_info *info)
{
	lockdep_assert_held(&mesh->fwd.lock);
	return nhrp_fsm_key_at(&mesh->nhrp->fsm, pos, info);
}

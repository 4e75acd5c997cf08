// SPDX-License-Identifier: GPL-2.0
/*
 * key-get, -new, -set, -del: keys for the authentication of NHRP.  A secret
 * comes in and never goes out.
 */
#include <linux/string.h>

#include "netlink_priv.h"
#include "engine/nhrp.h"

static_assert(NHRP_KEY_MIN == MESH_KEY_SECRET_MIN &&
	      NHRP_KEY_MAX == MESH_KEY_SECRET_MAX);

#define NO_SUCH_KEY "there is no such key"

/* What is to be done with a key; not all of them look at all of it. */
struct request {
	int (*op)(struct mesh_dev *mesh, const struct nhrp_key *key);
	struct nhrp_key key;
};

static int fill(struct sk_buff *skb, struct mesh_dev *mesh, const void *obj)
{
	const struct nhrp_key_info *key = obj;

	if (nla_put_u32(skb, MESH_A_KEY_IFINDEX, mesh->dev->ifindex) ||
	    nla_put_u16(skb, MESH_A_KEY_ID, key->id) ||
	    nla_put_u8(skb, MESH_A_KEY_ACCEPT_ONLY, key->accept_only) ||
	    (key->signs && nla_put_flag(skb, MESH_A_KEY_SIGNS)) ||
	    mesh_nl_put_u64(skb, MESH_A_KEY_ACCEPTED, key->accepted_n) ||
	    mesh_nl_put_u64(skb, MESH_A_KEY_SIGNED, key->signed_n))
		return -EMSGSIZE;
	return 0;
}

static int parse_id(struct genl_info *info, u16 *id)
{
	if (GENL_REQ_ATTR_CHECK(info, MESH_A_KEY_ID))
		return -EINVAL;
	*id = nla_get_u16(info->attrs[MESH_A_KEY_ID]);
	return 0;
}

int mesh_nl_key_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nhrp_key_info key;
	struct mesh_dev *mesh;
	u16 id;
	int err;

	err = parse_id(info, &id);
	if (err)
		return err;
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	err = nhrp_key_get(mesh, id, &key);
	return mesh_nl_answer_found(info, mesh, fill, err ? NULL : &key,
				    MESH_A_KEY_ID, NO_SUCH_KEY);
}

static int dump_device(struct sk_buff *skb, struct netlink_callback *cb,
		       struct mesh_dev *mesh)
{
	struct nhrp_key_info key;
	unsigned int len = skb->len, i;
	int err;

	for (i = 0; nhrp_key_at(mesh, i, &key); i++) {
		err = mesh_nl_dump_one(skb, cb, mesh, fill, &key);
		if (err) {
			skb_trim(skb, len);
			return err;
		}
	}
	return 0;
}

int mesh_nl_key_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct mesh_nl_walk walk = {
		.kind = FWD_KINDS,
		.device = dump_device,
	};

	return mesh_nl_dump(skb, cb, &walk);
}

static int parse(struct genl_info *info, struct nhrp_key *key)
{
	struct nlattr *secret = info->attrs[MESH_A_KEY_SECRET];
	int err;

	err = parse_id(info, &key->id);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, MESH_A_KEY_SECRET))
		return -EINVAL;
	if (nla_len(secret) < NHRP_KEY_MIN || nla_len(secret) > NHRP_KEY_MAX)
		return mesh_nl_refuse(info->extack, -EINVAL, secret,
				      "a secret has 16 to 64 octets");
	key->len = nla_len(secret);
	memcpy(key->secret, nla_data(secret), key->len);
	/* The message is freed as it is. */
	memzero_explicit(nla_data(secret), key->len);
	if (info->attrs[MESH_A_KEY_ACCEPT_ONLY])
		key->accept_only =
			nla_get_u8(info->attrs[MESH_A_KEY_ACCEPT_ONLY]);
	return 0;
}

static const struct mesh_nl_source from[FWD_FIELDS] = {
	[FWD_F_ID] = { MESH_A_KEY_ID },
};

static int change(struct mesh_dev *mesh, const void *cfg, u32 flags,
		  struct fwd_error *fe)
{
	const struct request *req = cfg;
	int err = req->op(mesh, &req->key);

	fe->field = FWD_F_ID;
	switch (err) {
	case -EEXIST:
		fe->text = "a key of this id is there already, give another secret another id";
		break;
	case -ENOSPC:
		fe->text = "a device has at most 2 keys, delete the old one first";
		break;
	default:
		fe->text = NO_SUCH_KEY;
	}
	return err;
}

int mesh_nl_key_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request req = { .op = nhrp_key_add };
	int err;

	if (info->nlhdr->nlmsg_flags & NLM_F_REPLACE)
		return mesh_nl_refuse(info->extack, -EOPNOTSUPP, NULL,
				      "a key is not replaced: add the next one beside it");
	err = parse(info, &req.key);
	if (!err)
		err = mesh_nl_change(info, change, &req, 0, from);
	memzero_explicit(&req, sizeof(req));
	return err;
}

int mesh_nl_key_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request req = { .op = nhrp_key_set };
	int err = parse_id(info, &req.key.id);

	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, MESH_A_KEY_ACCEPT_ONLY))
		return -EINVAL;
	req.key.accept_only = nla_get_u8(info->attrs[MESH_A_KEY_ACCEPT_ONLY]);
	return mesh_nl_change(info, change, &req, 0, from);
}

int mesh_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request req = { .op = nhrp_key_del };
	int err = parse_id(info, &req.key.id);

	return err ? err : mesh_nl_change(info, change, &req, 0, from);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * nhs-get, -new, -del: next-hop servers.
 */
#include "netlink_priv.h"
#include "engine/nhrp.h"

static u8 state_of(enum nhrp_nhs_state state)
{
	switch (state) {
	case NHRP_NHS_PROBING:
		return MESH_NHS_STATE_PROBING;
	case NHRP_NHS_UP:
		return MESH_NHS_STATE_UP;
	case NHRP_NHS_DOWN:
		return MESH_NHS_STATE_DOWN;
	case NHRP_NHS_STANDBY:
		return MESH_NHS_STATE_STANDBY;
	default:
		return MESH_NHS_STATE_IDLE;
	}
}

static int put_registration(struct sk_buff *skb, u16 family,
			    const struct nhrp_reg_info *reg)
{
	struct nlattr *nest = nla_nest_start(skb, MESH_A_NHS_REGISTRATION);

	if (!nest || nla_put_u16(skb, MESH_A_REGISTRATION_FAMILY, family) ||
	    nla_put_u8(skb, MESH_A_REGISTRATION_STATE, state_of(reg->state)) ||
	    nla_put_u8(skb, MESH_A_REGISTRATION_CODE, reg->code))
		return -EMSGSIZE;
	if (reg->proto.len &&
	    mesh_nl_put_addr(skb, MESH_A_REGISTRATION_PROTOCOL, &reg->proto))
		return -EMSGSIZE;
	if (reg->expires && mesh_nl_put_expires(skb, MESH_A_REGISTRATION_EXPIRES,
						reg->expires))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int mesh_nl_nhs_fill(struct sk_buff *skb, struct mesh_dev *mesh,
		     const void *obj)
{
	const struct nhrp_nhs_info *nhs = obj;

	if (nla_put_u32(skb, MESH_A_NHS_IFINDEX, mesh->dev->ifindex) ||
	    mesh_nl_put_addr(skb, MESH_A_NHS_NBMA, &nhs->cfg.nbma) ||
	    nla_put_u8(skb, MESH_A_NHS_PRIORITY, nhs->cfg.priority) ||
	    nla_put_u8(skb, MESH_A_NHS_OWNER, nhs->cfg.owner))
		return -EMSGSIZE;
	if (nhs->cfg.proto.len &&
	    mesh_nl_put_addr(skb, MESH_A_NHS_PROTOCOL, &nhs->cfg.proto))
		return -EMSGSIZE;
	if (put_registration(skb, AF_INET, &nhs->reg[0]) ||
	    put_registration(skb, AF_INET6, &nhs->reg[1]))
		return -EMSGSIZE;
	return 0;
}

static int parse_key(struct genl_info *info, struct mesh_addr *nbma)
{
	if (GENL_REQ_ATTR_CHECK(info, MESH_A_NHS_NBMA))
		return -EINVAL;
	return mesh_nl_nbma(info->extack, info->attrs[MESH_A_NHS_NBMA], nbma);
}

int mesh_nl_nhs_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nhrp_nhs_info nhs;
	struct mesh_addr nbma;
	struct mesh_dev *mesh;
	int err;

	err = parse_key(info, &nbma);
	if (err)
		return err;
	mesh = mesh_nl_open(info);
	if (IS_ERR(mesh))
		return PTR_ERR(mesh);
	err = nhrp_nhs_get(mesh, &nbma, &nhs);
	return mesh_nl_answer_found(info, mesh, mesh_nl_nhs_fill,
				    err ? NULL : &nhs, MESH_A_NHS_NBMA,
				    "there is no such next-hop server");
}

/*
 * They have an order but no key order to go on from, and are few enough to fit
 * into one message buffer: a device is shown whole or begun again.
 */
static int dump_device(struct sk_buff *skb, struct netlink_callback *cb,
		       struct mesh_dev *mesh)
{
	struct nhrp_nhs_info nhs;
	unsigned int len = skb->len, i;
	int err;

	for (i = 0; nhrp_nhs_at(mesh, i, &nhs); i++) {
		err = mesh_nl_dump_one(skb, cb, mesh, mesh_nl_nhs_fill, &nhs);
		if (err) {
			skb_trim(skb, len);
			return err;
		}
	}
	return 0;
}

int mesh_nl_nhs_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct mesh_nl_walk walk = {
		.kind = FWD_KINDS,
		.device = dump_device,
	};

	return mesh_nl_dump(skb, cb, &walk);
}

static const struct mesh_nl_source from[FWD_FIELDS] = {
	[FWD_F_ADDR] = { MESH_A_NHS_NBMA },
};

static int add(struct mesh_dev *mesh, const void *cfg, u32 flags,
	       struct fwd_error *fe)
{
	int err = nhrp_nhs_add(mesh, cfg);

	fe->field = FWD_F_ADDR;
	switch (err) {
	case -EEXIST:
		fe->text = "the next-hop server is there already, delete it to change it";
		break;
	case -ENOSPC:
		fe->text = "a device has at most 16 next-hop servers";
		break;
	case -ENOMEM:
		fe->text = "out of memory";
		break;
	default:
		fe->text = "the address cannot be that of a next-hop server";
		break;
	}
	return err;
}

int mesh_nl_nhs_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *protocol = info->attrs[MESH_A_NHS_PROTOCOL];
	struct nhrp_nhs_cfg cfg = { .owner = RTPROT_STATIC };
	int err;

	if (info->nlhdr->nlmsg_flags & NLM_F_REPLACE)
		return mesh_nl_refuse(info->extack, -EOPNOTSUPP, NULL,
				      "a next-hop server is not replaced but deleted and made");
	err = parse_key(info, &cfg.nbma);
	if (!err && protocol)
		err = mesh_nl_host(info->extack, protocol, &cfg.proto);
	if (err)
		return err;
	if (info->attrs[MESH_A_NHS_PRIORITY])
		cfg.priority = nla_get_u8(info->attrs[MESH_A_NHS_PRIORITY]);
	if (info->attrs[MESH_A_NHS_OWNER])
		cfg.owner = nla_get_u8(info->attrs[MESH_A_NHS_OWNER]);
	return mesh_nl_change(info, add, &cfg, 0, from);
}

static int del(struct mesh_dev *mesh, const void *cfg, u32 flags,
	       struct fwd_error *fe)
{
	*fe = (struct fwd_error) {
		.field = FWD_F_ADDR,
		.text = "there is no such next-hop server",
	};
	return nhrp_nhs_del(mesh, cfg);
}

int mesh_nl_nhs_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct mesh_addr nbma;
	int err = parse_key(info, &nbma);

	return err ? err : mesh_nl_change(info, del, &nbma, 0, from);
}

// SPDX-License-Identifier: LGPL-2.1
#include "request.h"
#include "tap.h"

#include <linux/netlink.h>
#include <stdlib.h>

static struct mesh_ctx ctx;

static size_t offset_in(const struct mesh_msg *m, const struct nlattr *nla)
{
	return (const char *)nla - (const char *)nlmsg_hdr(m->nl);
}

/* The n-th attribute of a type. */
static const struct nlattr *nth(const struct mesh_msg *m, int type, size_t n)
{
	const struct nlattr *nla;
	int rem;

	nlmsg_for_each_attr(nla, nlmsg_hdr(m->nl), GENL_HDRLEN, rem)
		if (nla_type(nla) == type && !n--)
			return nla;
	return NULL;
}

static void fail(const struct mesh_msg *m, int err, struct nl_msg *tlvs)
{
	mesh_fail_ack(&ctx, err, nlmsg_hdr(m->nl), GENL_HDRLEN, mesh_cmd_set[m->cmd],
		      nlmsg_attrdata(nlmsg_hdr(tlvs), 0), nlmsg_attrlen(nlmsg_hdr(tlvs), 0));
	nlmsg_free(tlvs);
}

static struct nl_msg *tlvs(const char *text)
{
	struct nl_msg *msg = nlmsg_alloc_simple(NLMSG_ERROR, 0);

	if (text)
		nla_put_string(msg, NLMSGERR_ATTR_MSG, text);
	return msg;
}

static void fill_batch(struct mesh_msg *m, size_t n)
{
	struct mesh_target target = peer_target();
	struct mesh_route_batch *b;

	mesh_route_batch_new(&b, &ctx, 7, NULL);
	for (size_t i = 0; i < n; i++) {
		struct mesh_prefix prefix = nth_prefix(i);

		mesh_route_batch_set(b, &prefix, &target);
	}
	mesh_batch_fill(b, m);
	mesh_route_batch_free(b);
}

static void test_entry(void)
{
	const struct nlattr *entry;
	struct nl_msg *t;
	struct mesh_msg m;

	fill_batch(&m, 1000);
	entry = nth(&m, MESH_A_ROUTE_ENTRY, 899);

	t = tlvs("host bits set");
	nla_put_u32(t, NLMSGERR_ATTR_OFFS, offset_in(&m, nla_data(entry)));
	fail(&m, -EINVAL, t);
	is_text(mesh_strerror(&ctx), "host bits set (attribute entry[899].prefix)",
		"attribute in a nest of a batch");
	is_text(mesh_error_attr(&ctx), "entry[899].prefix", "its path alone");
	is_number((long long)ctx.attr_index, 899, "its index");

	t = tlvs("no such peer (entry 899)");
	nla_put_u32(t, NLMSGERR_ATTR_OFFS, offset_in(&m, nla_data(entry)));
	fail(&m, -ENOENT, t);
	is_text(mesh_strerror(&ctx), "no such peer (attribute entry[899].prefix)",
		"the entry is said once");

	t = tlvs("no such peer (entry 89)");
	nla_put_u32(t, NLMSGERR_ATTR_OFFS, offset_in(&m, nla_data(entry)));
	fail(&m, -ENOENT, t);
	is_text(mesh_strerror(&ctx),
		"no such peer (entry 89) (attribute entry[899].prefix)",
		"but not where the kernel speaks of another");

	t = tlvs("no such peer (entry 899)");
	fail(&m, -ENOENT, t);
	is_text(mesh_strerror(&ctx), "no such peer (entry 899)",
		"nor where it names no attribute");

	t = tlvs("entry is odd");
	nla_put_u32(t, NLMSGERR_ATTR_OFFS, offset_in(&m, entry));
	fail(&m, -EINVAL, t);
	is_text(mesh_error_attr(&ctx), "entry[899]", "the nest itself");

	t = tlvs(NULL);
	nla_put_u32(t, NLMSGERR_ATTR_MISS_TYPE, MESH_A_ENTRY_PREFIX_LEN);
	nla_put_u32(t, NLMSGERR_ATTR_MISS_NEST, offset_in(&m, entry));
	fail(&m, -EINVAL, t);
	is_text(mesh_strerror(&ctx),
		"Invalid argument (attribute entry[899].prefix-len is missing)",
		"attribute missing in a nest");

	t = tlvs("no device");
	nla_put_u32(t, NLMSGERR_ATTR_OFFS, offset_in(&m, nth(&m, MESH_A_ROUTE_IFINDEX, 0)));
	fail(&m, -ENODEV, t);
	is_text(mesh_strerror(&ctx), "no device (attribute ifindex)", "attribute at the top");
	ok(ctx.attr_index == SIZE_MAX, "which is not one of several");

	t = tlvs("beyond");
	nla_put_u32(t, NLMSGERR_ATTR_OFFS, 1 << 20);
	fail(&m, -EINVAL, t);
	is_text(mesh_strerror(&ctx), "beyond", "an offset beyond the request");
	nlmsg_free(m.nl);
}

static void test_policy(void)
{
	struct nl_msg *t = tlvs("integer out of range");
	struct nlattr *nest;
	struct mesh_msg m;

	mesh_msg_init(&m, &ctx, MESH_CMD_DEV_SET, 0, 7, 64);
	mesh_put_u16(&m, MESH_A_DEV_HOLDTIME, 1);
	nla_put_u32(t, NLMSGERR_ATTR_OFFS, offset_in(&m, nth(&m, MESH_A_DEV_HOLDTIME, 0)));
	nest = nla_nest_start(t, NLMSGERR_ATTR_POLICY);
	nla_put_u64(t, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 3);
	nla_put_u64(t, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, 65535);
	nla_nest_end(t, nest);
	fail(&m, -ERANGE, t);
	is_text(mesh_strerror(&ctx),
		"integer out of range (attribute holdtime, allowed: 3 to 65535)",
		"what the policy would have taken");
	nlmsg_free(m.nl);
}

static void test_plain(void)
{
	struct mesh_msg m;
	struct nl_msg *t;

	mesh_msg_init(&m, &ctx, MESH_CMD_PEER_DEL, 0, 7, 64);
	fail(&m, -EBUSY, tlvs(NULL));
	is_text(mesh_strerror(&ctx), "Device or resource busy", "no words of the kernel's");
	ok(!mesh_error_attr(&ctx), "and no attribute");
	t = tlvs(NULL);
	nla_put_u32(t, NLMSGERR_ATTR_MISS_TYPE, MESH_A_PEER_PROTOCOL);
	fail(&m, -EINVAL, t);
	is_text(mesh_strerror(&ctx), "Invalid argument (attribute protocol is missing)",
		"attribute missing at the top");
	t = tlvs(NULL);
	nla_put_u32(t, NLMSGERR_ATTR_MISS_TYPE, 4000);
	fail(&m, -EINVAL, t);
	is_text(mesh_error_attr(&ctx), "#4000", "attribute of a newer kernel");
	nlmsg_free(m.nl);
}

static void test_own(void)
{
	struct mesh_addr bad = { .len = 5 };
	struct mesh_flow flow = { .sz = sizeof(flow), .dst = { 4, { 1, 2, 3, 4 } },
				  .src = { 16, { 1 } } };

	is_number(mesh_peer_del(&ctx, 7, &bad), -EINVAL, "an address of 5 octets");
	is_text(mesh_error_attr(&ctx), "protocol", "names its attribute");
	is_number(mesh_route_lookup(&ctx, 7, &flow, NULL, NULL), -EINVAL,
		  "a flow of two families");
	is_text(mesh_error_attr(&ctx), "flow.src", "names its source");
}

static void test_opts(void)
{
	struct {
		struct mesh_peer_filter known;
		uint32_t newer;
	} newer = { .known = { .sz = sizeof(newer), .ifindex = 3 } };
	struct mesh_peer_filter out;
	size_t nothing = 0;

	is_number(mesh_opts_copy(&ctx, &out, sizeof(out), &newer), 0,
		  "options of a newer caller that are zero");
	is_number(out.ifindex, 3, "the known ones are taken");
	newer.newer = 1;
	is_number(mesh_opts_copy(&ctx, &out, sizeof(out), &newer), -EINVAL,
		  "options of a newer caller that are given");
	is_number(mesh_opts_copy(&ctx, &out, sizeof(out), &nothing), -EINVAL,
		  "options without their size");
	newer.known.sz = offsetof(struct mesh_peer_filter, origin);
	newer.known.origin = 8;
	is_number(mesh_opts_copy(&ctx, &out, sizeof(out), &newer), 0, "options of an older caller");
	is_number(out.origin, 0, "what it does not know is zero");
}

int main(void)
{
	ctx = offline_ctx();
	test_entry();
	test_policy();
	test_plain();
	test_own();
	test_opts();
	return tap_end();
}

// SPDX-License-Identifier: LGPL-2.1
#include "internal.h"
#include "tap.h"

static const struct {
	const char *text;
	int err;
	const char *out;
} addrs[] = {
	{ "192.0.2.1", 0, "192.0.2.1" },
	{ "0.0.0.0", 0, "0.0.0.0" },
	{ "2001:db8:0:0::1", 0, "2001:db8::1" },
	{ "::", 0, "::" },
	{ "::ffff:192.0.2.1", 0, "::ffff:192.0.2.1" },
	{ "", -EINVAL, NULL },
	{ "192.0.2", -EINVAL, NULL },
	{ "192.0.2.256", -EINVAL, NULL },
	{ "192.0.2.1 ", -EINVAL, NULL },
	{ " 192.0.2.1", -EINVAL, NULL },
	{ "192.0.2.1/24", -EINVAL, NULL },
	{ "2001:db8::1::2", -EINVAL, NULL },
	{ "fe80::1%eth0", -EINVAL, NULL },
	{ "name", -EINVAL, NULL },
};

static const struct {
	const char *text;
	int err;
	const char *out;
} prefixes[] = {
	{ "10.0.0.0/8", 0, "10.0.0.0/8" },
	{ "0.0.0.0/0", 0, "0.0.0.0/0" },
	{ "10.1.2.3", 0, "10.1.2.3/32" },
	{ "2001:db8::/32", 0, "2001:db8::/32" },
	{ "2001:db8::1", 0, "2001:db8::1/128" },
	{ "::/0", 0, "::/0" },
	{ "10.0.0.1/8", 0, "10.0.0.1/8" },	/* host bits are the kernel's to refuse */
	{ "10.0.0.0/33", -ERANGE, NULL },
	{ "10.0.0.0/99999999999999999999", -ERANGE, NULL },
	{ "2001:db8::/129", -ERANGE, NULL },
	{ "10.0.0.0/", -EINVAL, NULL },
	{ "10.0.0.0/-1", -EINVAL, NULL },
	{ "10.0.0.0/+8", -EINVAL, NULL },
	{ "10.0.0.0/ 8", -EINVAL, NULL },
	{ "10.0.0.0/8x", -EINVAL, NULL },
	{ "10.0.0.0/8/8", -EINVAL, NULL },
	{ "/8", -EINVAL, NULL },
	{ "", -EINVAL, NULL },
	{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb/64", -EINVAL, NULL },
};

static void test_addrs(void)
{
	char text[MESH_ADDR_STRLEN];
	struct mesh_addr a;
	char what[128];

	for (size_t i = 0; i < ARRAY_SIZE(addrs); i++) {
		memset(&a, 0xa5, sizeof(a));
		snprintf(what, sizeof(what), "address \"%s\"", addrs[i].text);
		is_number(mesh_addr_parse(addrs[i].text, &a), addrs[i].err, what);
		if (!addrs[i].err)
			is_text(mesh_addr_format(&a, text), addrs[i].out, what);
		else
			ok(a.len == 0xa5, "%s leaves the result alone", what);
	}
	mesh_addr_parse("192.0.2.1", &a);
	ok(!memcmp(a.bytes, "\xc0\x00\x02\x01\0\0\0\0\0\0\0\0\0\0\0", 16),
	   "network byte order, zeroes behind");
	a.len = 0;
	is_text(mesh_addr_format(&a, text), "none", "no address");
}

static void test_prefixes(void)
{
	char text[MESH_PREFIX_STRLEN];
	struct mesh_prefix p;
	char what[128];

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		memset(&p, 0xa5, sizeof(p));
		snprintf(what, sizeof(what), "prefix \"%s\"", prefixes[i].text);
		is_number(mesh_prefix_parse(prefixes[i].text, &p), prefixes[i].err, what);
		if (!prefixes[i].err)
			is_text(mesh_prefix_format(&p, text), prefixes[i].out, what);
		else
			ok(p.len == 0xa5, "%s leaves the result alone", what);
	}
	mesh_prefix_parse("1111:2222:3333:4444:5555:6666:255.255.255.255/128", &p);
	ok(strlen(mesh_prefix_format(&p, text)) < sizeof(text), "the longest prefix fits");
}

static void test_order(void)
{
	static const char *const sorted[] = {
		"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.1.0.0/16", "::/0", "2001:db8::/32",
	};
	struct mesh_prefix a;
	struct mesh_prefix b;

	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		for (size_t j = 0; j < ARRAY_SIZE(sorted); j++) {
			int diff;

			mesh_prefix_parse(sorted[i], &a);
			mesh_prefix_parse(sorted[j], &b);
			diff = mesh_prefix_cmp(&a, &b);
			ok(i < j ? diff < 0 : i > j ? diff > 0 : !diff, "%s against %s",
			   sorted[i], sorted[j]);
		}
}

int main(void)
{
	test_addrs();
	test_prefixes();
	test_order();
	return tap_end();
}

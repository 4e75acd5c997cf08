/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef MESH_INTERNAL_H
#define MESH_INTERNAL_H

#include <mesh/mesh.h>

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <linux/mesh.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Every set begins with the device, so one function can put it. */
#define MESH_A_IFINDEX 1

/* ------------------------------------------------ names of attributes */

struct mesh_attr_set;

struct mesh_attr_name {
	const char *name;
	const struct mesh_attr_set *nested;
	bool multi;
};

struct mesh_attr_set {
	const struct mesh_attr_name *names;	/* by attribute type */
	size_t n;
};

/* Made from the schema when the library is built. */
extern const struct mesh_attr_set *const mesh_cmd_set[];
extern const struct mesh_attr_set *const mesh_stats_set;

/* -------------------------------------------------------------- context */

struct mesh_sock {
	struct nl_sock *nl;
	uint32_t seq;
};

struct mesh_ctx {
	int netns_fd;		/* -1: that of the calling thread */
	struct mesh_sock genl;
	struct mesh_sock rtnl;
	struct mesh_sock events;
	uint16_t family;	/* 0: not asked for yet */
	unsigned int dump_retries;

	mesh_event_fn event_fn;
	void *event_arg;
	/* Its own: a callback may make calls, which use the other one. */
	char *event_buf;

	char error[384];
	char attr[96];		/* path of the attribute at fault, or "" */
	size_t attr_index;	/* of a repeated attribute at fault, or SIZE_MAX */

	char *rcvbuf;
};

#define MESH_RCVBUF 65536

int mesh_opts_copy(struct mesh_ctx *ctx, void *dst, size_t size, const void *src);

/* Notes a failure of the library's own; returns @err, a negative errno. */
__attribute__((format(printf, 3, 4)))
int mesh_fail(struct mesh_ctx *ctx, int err, const char *fmt, ...);
/* The same, with the attribute that an argument would have become. */
__attribute__((format(printf, 4, 5)))
int mesh_fail_attr(struct mesh_ctx *ctx, int err, const char *attr, const char *fmt, ...);

/*
 * Notes what the kernel said: @tlvs are those of the acknowledgement of
 * @request, @set names its attributes and may be NULL.
 */
int mesh_fail_ack(struct mesh_ctx *ctx, int err, const struct nlmsghdr *request,
		  size_t header, const struct mesh_attr_set *set,
		  const void *tlvs, size_t len);

/* ------------------------------------------------------------ transport */

/* Much, one after the other, each aligned: messages of an answer, changes of a batch. */
struct mesh_block {
	struct mesh_block *next;
	size_t len;
	size_t room;
	char data[];
};

/* All of them, where they were received: a dump may be long. */
struct mesh_reply {
	struct mesh_block *first;
	struct mesh_block *last;
};

/* The first message, or NULL where it is shorter than that or there is none. */
const struct nlmsghdr *mesh_reply_first(const struct mesh_reply *reply, size_t len);
void mesh_reply_free(struct mesh_reply *reply);

int mesh_sock_open(struct mesh_ctx *ctx, struct mesh_sock *sock, int protocol);
void mesh_sock_close(struct mesh_sock *sock);

/* One datagram into MESH_RCVBUF octets; its length, or a negative errno. */
ssize_t mesh_sock_recv(const struct mesh_sock *sock, char *buf, int flags);

/* Sends @msg, gathers the answer; @header is its family's fixed header. */
int mesh_transact(struct mesh_ctx *ctx, struct mesh_sock *sock, struct nl_msg *msg,
		  size_t header, const struct mesh_attr_set *set,
		  struct mesh_reply *reply);

/* The id of the family: as it is known; as it is now. */
int mesh_family(struct mesh_ctx *ctx);
int mesh_family_resolve(struct mesh_ctx *ctx);
int mesh_from_nle(int nle);

/* -------------------------------------------------------------- requests */

/* A request under construction; the first failure sticks until the call. */
struct mesh_msg {
	struct mesh_ctx *ctx;
	struct nl_msg *nl;
	uint8_t cmd;
	int err;
};

/* @room: octets of attributes beside the device. */
void mesh_msg_init(struct mesh_msg *m, struct mesh_ctx *ctx, uint8_t cmd, int flags,
		   unsigned int ifindex, size_t room);
void mesh_put(struct mesh_msg *m, int type, const void *data, size_t len);
void mesh_put_u8(struct mesh_msg *m, int type, uint8_t value);
void mesh_put_u16(struct mesh_msg *m, int type, uint16_t value);
void mesh_put_u32(struct mesh_msg *m, int type, uint32_t value);
void mesh_put_addr(struct mesh_msg *m, int type, const struct mesh_addr *addr);
void mesh_put_string(struct mesh_msg *m, int type, const char *value);
struct nlattr *mesh_nest(struct mesh_msg *m, int type);
void mesh_nest_end(struct mesh_msg *m, struct nlattr *nest);
/* A whole attribute, as it is. */
void mesh_put_entry(struct mesh_msg *m, const void *attr, size_t len);

typedef int (*mesh_deliver_fn)(const struct nlmsghdr *nlh, void *arg);

/* Each frees the message. With @deliver NULL no answer is wanted. */
int mesh_call(struct mesh_msg *m, mesh_deliver_fn deliver, void *arg);
int mesh_dump(struct mesh_msg *m, mesh_deliver_fn deliver, void *arg);

/* Octets that one address attribute takes at most. */
#define MESH_ADDR_ROOM (NLA_HDRLEN + 16)

/* --------------------------------------------------------------- answers */

void mesh_attrs(const struct nlmsghdr *nlh, struct nlattr **tb, int max);
void mesh_nested(const struct nlattr *nla, struct nlattr **tb, int max);
/* An absent or short attribute reads as zero, as an older kernel's would. */
uint8_t mesh_u8(const struct nlattr *nla);
uint16_t mesh_u16(const struct nlattr *nla);
uint32_t mesh_u32(const struct nlattr *nla);
uint64_t mesh_u64(const struct nlattr *nla);
struct mesh_addr mesh_get_addr(const struct nlattr *nla);
struct mesh_counters mesh_get_counters(const struct nlattr *nla);
size_t mesh_count(const struct nlmsghdr *nlh, int type);
/* The caller's to free; NULL for no memory. */
struct mesh_member *mesh_get_members(const struct nlmsghdr *nlh, int type, size_t *n);

int mesh_peer_deliver(const struct nlmsghdr *nlh, mesh_peer_fn fn, void *arg);
int mesh_nhs_deliver(const struct nlmsghdr *nlh, mesh_nhs_fn fn, void *arg);
int mesh_route_deliver(const struct nlmsghdr *nlh, mesh_route_fn fn, void *arg);
int mesh_shortcut_deliver(const struct nlmsghdr *nlh, mesh_shortcut_fn fn, void *arg);

/* ---------------------------------------------------------------- shared */

/* Flags of netlink for a mode, or -1 for a mode that is none. */
int mesh_route_flags(enum mesh_route_mode mode);
void mesh_put_target(struct mesh_msg *m, int group, int peer,
		     const struct mesh_target *target);

bool mesh_addr_valid(const struct mesh_addr *addr);

#endif

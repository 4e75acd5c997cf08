/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the files of the netlink face; nobody else includes it.
 */
#ifndef _MESH_NETLINK_PRIV_H
#define _MESH_NETLINK_PRIV_H

#include <net/genetlink.h>

#include "engine/mesh.h"
#include "netlink_gen.h"

extern struct genl_family mesh_nl_family;
extern const struct mesh_events mesh_nl_events;

/* Every word's set begins with these two. */
#define MESH_NL_IFINDEX	1
#define MESH_NL_IFNAME	2

/*
 * Rejections: the ack names the attribute (NULL for none) and says why in a
 * constant text.  They return @code.
 */
int mesh_nl_refuse(struct netlink_ext_ack *extack, int code,
		   const struct nlattr *bad, const char *text);
/* The attribute is of the @index-th entry, counted from 0. */
int mesh_nl_refuse_entry(struct netlink_ext_ack *extack, int code,
			 const struct nlattr *bad, const char *text, int index);

/* The attribute that a table's field came from; both 0 for none. */
struct mesh_nl_source {
	u8 attr;
	u8 inner;	/* in that of @attr which the error's index counts, or 0 */
};

/* For @inner: that of @attr itself.  It is no attribute's number. */
#define MESH_NL_ENTRY	U8_MAX

/* @from: one row for each enum fwd_field */
int mesh_nl_refuse_fwd(struct genl_info *info, int code,
		       const struct mesh_nl_source *from,
		       const struct fwd_error *fe);

/*
 * Attributes in: 0 or -EINVAL with the ack set
 */
int mesh_nl_addr(struct netlink_ext_ack *extack, const struct nlattr *a,
		 struct mesh_addr *addr);
/* An address that a node can have. */
int mesh_nl_host(struct netlink_ext_ack *extack, const struct nlattr *a,
		 struct mesh_addr *addr);
/* The same of the underlay. */
int mesh_nl_nbma(struct netlink_ext_ack *extack, const struct nlattr *a,
		 struct mesh_addr *addr);
/* @nest holds both, NULL for the message; host bits are refused. */
int mesh_nl_prefix(struct netlink_ext_ack *extack, const struct nlattr *nest,
		   struct nlattr **tb, int type, int len_type,
		   struct mesh_prefix *prefix);
/*
 * What a -new request may do, from the flags of its header, as FWD_CREATE and
 * FWD_REPLACE: peers and groups are made, and replaced only with
 * NLM_F_REPLACE; routes are made only with NLM_F_CREATE, and replaced but for
 * NLM_F_EXCL.  Both flags at once would be NLM_F_DUMP and never come here.
 */
u32 mesh_nl_make_flags(const struct genl_info *info);
u32 mesh_nl_route_flags(const struct genl_info *info);

/* How many attributes of a type the message has, and one of them. */
unsigned int mesh_nl_count(const struct genl_info *info, int type);
const struct nlattr *mesh_nl_nth(const struct genl_info *info, int type,
				 unsigned int n);
/* Calls @fn with each and its number, until it fails. */
int mesh_nl_each(struct genl_info *info, int type,
		 int (*fn)(struct genl_info *info, struct nlattr *nest,
			   unsigned int n, void *arg), void *arg);
/*
 * The same, into a zeroed array of elements of @size octets, which @fn gets as
 * @arg: to be freed by kvfree(), or ERR_PTR.
 */
void *mesh_nl_list(struct genl_info *info, int type, size_t size,
		   int (*fn)(struct genl_info *info, struct nlattr *nest,
			     unsigned int n, void *arg), unsigned int *n);
/* The attribute in a nest, or else the nest. */
const struct nlattr *mesh_nl_inner(const struct nlattr *nest, int type);

/*
 * The device that a request names, with a reference and the writer lock held,
 * until mesh_nl_close(); ERR_PTR with the ack set.
 */
struct mesh_dev *mesh_nl_open(struct genl_info *info);
void mesh_nl_close(struct mesh_dev *mesh);
/*
 * In the middle of much to do: lets others at the lock and the processor.  0; or,
 * without lock and reference, -ENODEV with the ack set where the device is being
 * unregistered, -EINTR where who asked is being killed.
 */
int mesh_nl_yield(struct genl_info *info, struct mesh_dev *mesh);
/* So many objects of a flush in one hold of the lock. */
#define MESH_NL_FLUSH_BATCH	256
/* The same in two steps: a reference, until dev_put(); then the lock. */
struct net_device *mesh_nl_dev(struct net *net, const struct nlattr *ifindex,
			       const struct nlattr *ifname,
			       struct netlink_ext_ack *extack);
/* NULL, without the lock, where the device is being unregistered. */
struct mesh_dev *mesh_nl_lock(struct net_device *dev);

/* Runs @fn on the device that a request names; refuses with what it says. */
typedef int mesh_nl_change_fn(struct mesh_dev *mesh, const void *cfg,
			      u32 flags, struct fwd_error *fe);
int mesh_nl_change(struct genl_info *info, mesh_nl_change_fn *fn,
		   const void *cfg, u32 flags,
		   const struct mesh_nl_source *from);

/*
 * Attributes out: 0 or -EMSGSIZE
 */
int mesh_nl_put_addr(struct sk_buff *skb, int type,
		     const struct mesh_addr *addr);
int mesh_nl_put_prefix(struct sk_buff *skb, int type, int len_type,
		       const struct mesh_prefix *prefix);
/* Without padding: the kernel's own Python client does not know that. */
int mesh_nl_put_u64(struct sk_buff *skb, int type, u64 value);
/* What is left until @expires on the clock of nhrp_now(). */
int mesh_nl_put_expires(struct sk_buff *skb, int type, u64 expires);
/* One nest of @type a member. */
int mesh_nl_put_members(struct sk_buff *skb, int type, const struct group *g);
/* @rx may be NULL. */
int mesh_nl_put_counters(struct sk_buff *skb, int type,
			 const struct stats __percpu *rx,
			 const struct stats __percpu *tx);

/*
 * Writes an object's attributes, with the writer lock held: 0 or -EMSGSIZE.
 */
typedef int mesh_nl_fill(struct sk_buff *skb, struct mesh_dev *mesh,
			 const void *obj);

mesh_nl_fill mesh_nl_peer_fill;		/* struct peer */
mesh_nl_fill mesh_nl_nhs_fill;		/* struct nhrp_nhs_info */
mesh_nl_fill mesh_nl_route_fill;	/* struct route */
mesh_nl_fill mesh_nl_shortcut_fill;	/* struct shortcut */

/* A message with one object, as large as it has to be; ERR_PTR. */
struct sk_buff *mesh_nl_msg(u32 portid, u32 seq, u8 cmd, struct mesh_dev *mesh,
			    mesh_nl_fill *fill, const void *obj);
/* Answers a request with one object; these let go of the device. */
int mesh_nl_answer(struct genl_info *info, struct mesh_dev *mesh,
		   mesh_nl_fill *fill, const void *obj);
/* The same, or refuses @key and says @none where there is no object. */
int mesh_nl_answer_found(struct genl_info *info, struct mesh_dev *mesh,
			 mesh_nl_fill *fill, const void *obj, int key,
			 const char *none);
/* With what @fill says of the device that the request names, without object. */
int mesh_nl_answer_dev(struct genl_info *info, mesh_nl_fill *fill);

/**
 * struct mesh_nl_cursor - where a dump stands, in cb->ctx
 * @ifindex: the device, 0 before the first one
 * @seq: the table's change counter when the device was left
 * @filter: of the word's own
 * @single: only that device was asked for
 * @started: the request was looked at
 * @inside: @key is of the last object that was looked at
 * @key: as fwd_key() has it
 */
struct mesh_nl_cursor {
	int ifindex;
	u32 seq;
	u32 filter;
	bool single;
	bool started;
	bool inside;
	struct mesh_prefix key;
};

/**
 * struct mesh_nl_walk - how one word is dumped
 * @kind: whose objects; or FWD_KINDS: the device itself is the object, and
 *	@fill gets NULL
 * @filter: attribute that a dump takes beside the device, or 0
 * @fill: writes one object
 * @shown: whether the filter lets it pass; NULL for all
 * @device: in place of the two: writes all messages of a device
 */
struct mesh_nl_walk {
	enum fwd_kind kind;
	int filter;
	mesh_nl_fill *fill;
	bool (*shown)(const void *obj, u32 filter);
	int (*device)(struct sk_buff *skb, struct netlink_callback *cb,
		      struct mesh_dev *mesh);
};

int mesh_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		 const struct mesh_nl_walk *walk);
/* One message of a dump. */
int mesh_nl_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		     struct mesh_dev *mesh, mesh_nl_fill *fill,
		     const void *obj);

static inline struct mesh_nl_cursor *mesh_nl_cursor(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct mesh_nl_cursor) > sizeof(cb->ctx));
	return (struct mesh_nl_cursor *)cb->ctx;
}

#endif

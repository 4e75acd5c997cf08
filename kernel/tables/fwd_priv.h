/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the files that implement fwd.h; nobody else includes it.
 */
#ifndef _MESH_FWD_PRIV_H
#define _MESH_FWD_PRIV_H

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/slab.h>

#include "fwd.h"

static inline int reject(struct fwd_error *err, int code, enum fwd_field field,
			 int index, const char *text)
{
	if (err)
		*err = (struct fwd_error) {
			.text = text,
			.index = index,
			.field = field,
		};
	return code;
}

static inline int reject_nomem(struct fwd_error *err)
{
	return reject(err, -ENOMEM, FWD_F_NONE, 0, "out of memory");
}

/* What lpm_reserve() and lpm_insert() say. */
static inline int reject_room(struct fwd_error *err, int code, enum fwd_field field,
			      int index)
{
	return reject(err, code, field, index, code == -ENOSPC ?
		      "the device's tables take as much memory as its limit allows" :
		      "out of memory");
}

/* 0, -EEXIST or -ENOENT: whether the flags allow what is to be done. */
static inline int flags_check(bool exists, u32 flags)
{
	if (exists)
		return flags & FWD_REPLACE ? 0 : -EEXIST;
	return flags & FWD_CREATE ? 0 : -ENOENT;
}

static inline bool family_ok(const struct mesh_addr *a)
{
	return a->len == 4 || a->len == 16;
}

static inline void fwd_notify(struct fwd *fwd, enum fwd_verb verb,
			      enum fwd_kind kind, const void *obj)
{
	fwd->seq[kind]++;
	if (fwd->ops->event && !fwd->mute)
		fwd->ops->event(fwd, verb, kind, obj);
}

/* What is wrong with an address of a node, or NULL. */
const char *fwd_addr_fault(const struct mesh_addr *a);
/* What is wrong with a prefix, or NULL. */
const char *fwd_prefix_fault(const struct mesh_prefix *p);

/* The index key of a group id: its order is the numbers' order. */
void fwd_group_key(u32 id, struct mesh_prefix *key);

/*
 * Lets go of one reference that a group, route or shortcut held, when the
 * holder is out of the peer's lists and counts; forgets a peer that nobody
 * named any more.
 */
void fwd_peer_release(struct fwd *fwd, struct peer *peer);

/* In fwd_peer.c, fwd_group.c: everything of the kind, at the end. */
void fwd_peer_flush_all(struct fwd *fwd);
void fwd_group_flush_all(struct fwd *fwd);

/* 0 or -errno: weights, that each is known and that none comes twice. */
int fwd_members_check(struct fwd *fwd, const struct member_cfg *member,
		      unsigned int n, struct fwd_error *err);
/* A group that no index names, of peers that are known; NULL for no memory. */
struct group *fwd_group_unnamed(struct fwd *fwd, const struct member_cfg *member,
				unsigned int n);
/* After the member's peer came to life or died. */
void fwd_group_refill(struct fwd *fwd, struct group_member *m);
/* When nothing leads to it any more. */
void fwd_group_release(struct fwd *fwd, struct group *g);

/* Takes a shortcut out. */
void fwd_shortcut_drop(struct fwd *fwd, struct shortcut *s);

#endif

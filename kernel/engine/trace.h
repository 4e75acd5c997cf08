/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints.  Their names and fields are an interface, see
 * Documentation/tracepoints.rst: new fields come at the end, and none ever
 * changes its meaning.
 *
 * An address is 16 octets, an IPv4 one as ::ffff:a.b.c.d and none as ::, so
 * that who reads them need not know of two families.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mesh

#if !defined(_MESH_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _MESH_TRACE_H

#include <linux/tracepoint.h>
#include <net/net_namespace.h>
#include <uapi/linux/mesh.h>

#include "mesh.h"
#include "outer.h"

#ifndef _MESH_TRACE_HELPERS
#define _MESH_TRACE_HELPERS

/* What became of an indication that was due. */
enum mesh_redirect {
	MESH_REDIRECT_QUEUED,
	MESH_REDIRECT_LIMITED,	/* one was sent just before */
	MESH_REDIRECT_LOST,	/* too many wait, or there is no memory */
};

/* In the form of the tracepoints; @len is 0, 4 or 16. */
void mesh_trace_addr(u8 *to, const void *b, u8 len);
/* Of the IP header that a packet is at, as far as it can be read. */
void mesh_trace_ends(const struct sk_buff *skb, u16 proto, u8 *src, u8 *dst);

#endif

#define MESH_TRACE_DEV							\
	__field(u32, netns)						\
	__field(int, ifindex)						\
	__array(char, dev, IFNAMSIZ)

#define MESH_TRACE_SET_DEV(d)						\
	do {								\
		__entry->netns = dev_net(d)->ns.inum;			\
		__entry->ifindex = (d)->ifindex;			\
		strscpy_pad(__entry->dev, (d)->name, IFNAMSIZ);		\
	} while (0)

#define MESH_TRACE_PACKET						\
	__field(const void *, skbaddr)					\
	MESH_TRACE_DEV							\
	__field(u16, protocol)						\
	__field(u32, len)						\
	__array(u8, src, 16)						\
	__array(u8, dst, 16)

#define MESH_TRACE_SET_PACKET(d, skb, proto)				\
	do {								\
		__entry->skbaddr = skb;					\
		MESH_TRACE_SET_DEV(d);					\
		__entry->protocol = proto;				\
		__entry->len = (skb)->len;				\
		mesh_trace_ends(skb, proto, __entry->src, __entry->dst); \
	} while (0)

#define MESH_TRACE_PRINT_PACKET						\
	"dev=%s netns=%u ifindex=%d skbaddr=%p protocol=0x%04x len=%u src=%pI6c dst=%pI6c"

#define MESH_TRACE_PACKET_ARGS						\
	__entry->dev, __entry->netns, __entry->ifindex, __entry->skbaddr, \
	__entry->protocol, __entry->len, __entry->src, __entry->dst

TRACE_DEFINE_ENUM(MESH_KIND_NONE);
TRACE_DEFINE_ENUM(MESH_KIND_SHORTCUT);
TRACE_DEFINE_ENUM(MESH_KIND_ROUTE);
TRACE_DEFINE_ENUM(MESH_KIND_HOST);
TRACE_DEFINE_ENUM(MESH_KIND_GATEWAY);
TRACE_DEFINE_ENUM(MESH_KIND_NHS);

#define mesh_show_kind(kind)						\
	__print_symbolic(kind,						\
			 { MESH_KIND_NONE, "none" },			\
			 { MESH_KIND_SHORTCUT, "shortcut" },		\
			 { MESH_KIND_ROUTE, "route" },			\
			 { MESH_KIND_HOST, "host" },			\
			 { MESH_KIND_GATEWAY, "gateway" },		\
			 { MESH_KIND_NHS, "nhs" })

TRACE_DEFINE_ENUM(MESH_REDIRECT_QUEUED);
TRACE_DEFINE_ENUM(MESH_REDIRECT_LIMITED);
TRACE_DEFINE_ENUM(MESH_REDIRECT_LOST);

#define mesh_show_redirect(verdict)					\
	__print_symbolic(verdict,					\
			 { MESH_REDIRECT_QUEUED, "queued" },		\
			 { MESH_REDIRECT_LIMITED, "limited" },		\
			 { MESH_REDIRECT_LOST, "lost" })

TRACE_DEFINE_ENUM(FWD_ADDED);
TRACE_DEFINE_ENUM(FWD_CHANGED);
TRACE_DEFINE_ENUM(FWD_REMOVED);

#define mesh_show_verb(verb)						\
	__print_symbolic(verb,						\
			 { FWD_ADDED, "add" },				\
			 { FWD_CHANGED, "change" },			\
			 { FWD_REMOVED, "del" })

#undef MESH_TRACE_REASON
#define MESH_TRACE_REASON(name, ...) TRACE_DEFINE_ENUM(MESH_A_STATS_##name);
MESH_COUNTERS(MESH_TRACE_REASON)
#undef MESH_TRACE_REASON

#define MESH_TRACE_REASON(name, reason, text) { MESH_A_STATS_##name, text },

/* Where a packet of the host or of its LAN, or one to be passed on, is to go. */
TRACE_EVENT(mesh_path,

	TP_PROTO(const struct mesh_dev *mesh, const struct sk_buff *skb,
		 u32 hash, enum mesh_kind kind, const struct fwd_hit *hit,
		 const struct fwd_path *path),

	TP_ARGS(mesh, skb, hash, kind, hit, path),

	TP_STRUCT__entry(
		MESH_TRACE_PACKET
		__field(u32, hash)
		__field(u8, kind)
		__field(u8, plen)
		__field(u32, group)
		__field(u32, bucket)
		__array(u8, peer, 16)
		__array(u8, nbma, 16)
	),

	TP_fast_assign(
		const struct mesh_addr *peer = path->peer ? &path->peer->addr : NULL;
		const struct mesh_addr *nbma = path->ep ? &path->ep->nbma : NULL;

		MESH_TRACE_SET_PACKET(mesh->dev, skb, ntohs(skb->protocol));
		__entry->hash = hash;
		__entry->kind = kind;
		__entry->plen = hit->entry ? hit->entry->len : 0;
		__entry->group = hit->group ? hit->group->id : 0;
		__entry->bucket = hit->group ? group_bucket(hit->group, hash) : 0;
		mesh_trace_addr(__entry->peer, peer ? peer->b : NULL,
				peer ? peer->len : 0);
		mesh_trace_addr(__entry->nbma, nbma ? nbma->b : NULL,
				nbma ? nbma->len : 0);
	),

	TP_printk(MESH_TRACE_PRINT_PACKET
		  " hash=0x%08x kind=%s plen=%u group=%u bucket=%u peer=%pI6c nbma=%pI6c",
		  MESH_TRACE_PACKET_ARGS, __entry->hash,
		  mesh_show_kind(__entry->kind), __entry->plen, __entry->group,
		  __entry->bucket, __entry->peer, __entry->nbma)
);

/* A packet is wrapped, and leaves. */
TRACE_EVENT(mesh_transmit,

	TP_PROTO(const struct mesh_dev *mesh, const struct sk_buff *skb,
		 const struct outer *o),

	TP_ARGS(mesh, skb, o),

	TP_STRUCT__entry(
		MESH_TRACE_PACKET
		__array(u8, nbma_src, 16)
		__array(u8, nbma_dst, 16)
		__field(u16, port)
		__field(int, oif)
		__field(u8, tos)
		__field(u8, ttl)
		__field(bool, df)
		__field(u32, hash)
		__field(u16, gso_size)
	),

	TP_fast_assign(
		const u8 len = o->family == MESH_IP6 ? 16 : 4;

		MESH_TRACE_SET_PACKET(mesh->dev, skb, o->proto);
		mesh_trace_addr(__entry->nbma_src, &o->saddr, len);
		mesh_trace_addr(__entry->nbma_dst, &o->daddr, len);
		__entry->port = o->dport;
		__entry->oif = o->dst->dev->ifindex;
		__entry->tos = o->tos;
		__entry->ttl = o->ttl;
		__entry->df = o->df;
		__entry->hash = o->flow;
		__entry->gso_size = skb_shinfo(skb)->gso_size;
	),

	TP_printk(MESH_TRACE_PRINT_PACKET
		  " nbma_src=%pI6c nbma_dst=%pI6c port=%u oif=%d tos=0x%02x ttl=%u df=%u hash=0x%08x gso_size=%u",
		  MESH_TRACE_PACKET_ARGS, __entry->nbma_src, __entry->nbma_dst,
		  __entry->port, __entry->oif, __entry->tos, __entry->ttl,
		  __entry->df, __entry->hash, __entry->gso_size)
);

/* A packet is unwrapped; what becomes of it other events tell. */
TRACE_EVENT(mesh_receive,

	TP_PROTO(const struct mesh_dev *mesh, const struct sk_buff *skb,
		 u16 proto, const struct mesh_addr *from,
		 const struct mesh_addr *to, u8 tos),

	TP_ARGS(mesh, skb, proto, from, to, tos),

	TP_STRUCT__entry(
		MESH_TRACE_PACKET
		__array(u8, nbma_src, 16)
		__array(u8, nbma_dst, 16)
		__field(u16, port)
		__field(u8, tos)
	),

	TP_fast_assign(
		MESH_TRACE_SET_PACKET(mesh->dev, skb, proto);
		mesh_trace_addr(__entry->nbma_src, from->b, from->len);
		mesh_trace_addr(__entry->nbma_dst, to->b, to->len);
		__entry->port = from->port;
		__entry->tos = tos;
	),

	TP_printk(MESH_TRACE_PRINT_PACKET
		  " nbma_src=%pI6c nbma_dst=%pI6c port=%u tos=0x%02x",
		  MESH_TRACE_PACKET_ARGS, __entry->nbma_src, __entry->nbma_dst,
		  __entry->port, __entry->tos)
);

/* A packet is dropped; the reason is the number of its counter in the schema. */
TRACE_EVENT(mesh_drop,

	TP_PROTO(const struct mesh_dev *mesh, const struct sk_buff *skb,
		 enum mesh_counter why),

	TP_ARGS(mesh, skb, why),

	TP_STRUCT__entry(
		MESH_TRACE_PACKET
		__field(u16, reason)
	),

	TP_fast_assign(
		MESH_TRACE_SET_PACKET(mesh->dev, skb, ntohs(skb->protocol));
		__entry->reason = mesh_counter_attr[why];
	),

	TP_printk(MESH_TRACE_PRINT_PACKET " reason=%s", MESH_TRACE_PACKET_ARGS,
		  __print_symbolic(__entry->reason,
				   MESH_COUNTERS(MESH_TRACE_REASON)
				   { 0, "none" }))
);

/* A packet leaves the overlay by which it came: its source ought to be told. */
TRACE_EVENT(mesh_redirect,

	TP_PROTO(const struct mesh_dev *mesh, const struct mesh_dev *out,
		 const struct sk_buff *skb, u8 plen,
		 enum mesh_redirect verdict),

	TP_ARGS(mesh, out, skb, plen, verdict),

	TP_STRUCT__entry(
		MESH_TRACE_PACKET
		__field(int, oif)
		__field(u8, plen)
		__field(u8, verdict)
	),

	TP_fast_assign(
		MESH_TRACE_SET_PACKET(mesh->dev, skb, ntohs(skb->protocol));
		__entry->oif = out->dev->ifindex;
		__entry->plen = plen;
		__entry->verdict = verdict;
	),

	TP_printk(MESH_TRACE_PRINT_PACKET " oif=%d plen=%u verdict=%s",
		  MESH_TRACE_PACKET_ARGS, __entry->oif, __entry->plen,
		  mesh_show_redirect(__entry->verdict))
);

/* A shortcut comes, leads to others, or goes. */
TRACE_EVENT(mesh_shortcut,

	TP_PROTO(const struct mesh_dev *mesh, enum fwd_verb verb,
		 const struct shortcut *s),

	TP_ARGS(mesh, verb, s),

	TP_STRUCT__entry(
		MESH_TRACE_DEV
		__field(u8, verb)
		__array(u8, prefix, 16)
		__field(u8, plen)
		__array(u8, peer, 16)
		__field(u16, members)
		__field(u32, hold)
	),

	TP_fast_assign(
		MESH_TRACE_SET_DEV(mesh->dev);
		__entry->verb = verb;
		mesh_trace_addr(__entry->prefix, s->prefix.addr.b,
				s->prefix.addr.len);
		__entry->plen = s->prefix.len;
		mesh_trace_addr(__entry->peer, s->peer->addr.b,
				s->peer->addr.len);
		__entry->members = s->group ? s->group->n : 1;
		__entry->hold = s->hold;
	),

	TP_printk("dev=%s netns=%u ifindex=%d verb=%s prefix=%pI6c plen=%u peer=%pI6c members=%u hold=%u",
		  __entry->dev, __entry->netns, __entry->ifindex,
		  mesh_show_verb(__entry->verb), __entry->prefix,
		  __entry->plen, __entry->peer, __entry->members,
		  __entry->hold)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH engine
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

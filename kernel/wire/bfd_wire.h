/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The BFD control packet of RFC 5880, 4.1, without its authentication section:
 * a packet that has one is refused.
 */
#ifndef _MESH_BFD_WIRE_H
#define _MESH_BFD_WIRE_H

#include <linux/build_bug.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#define BFD_WIRE_PORT		3784	/* RFC 5881, 4: single hop */
#define BFD_WIRE_TTL		255	/* RFC 5881, 5: nobody on the way forged it */
#define BFD_WIRE_LEN		24

#define BFD_WIRE_VERSION	1
#define BFD_WIRE_POLL		0x20
#define BFD_WIRE_FINAL		0x10
#define BFD_WIRE_AUTH		0x04
#define BFD_WIRE_DEMAND		0x02
#define BFD_WIRE_MULTIPOINT	0x01

enum bfd_state {
	BFD_ADMIN_DOWN,
	BFD_DOWN,
	BFD_INIT,
	BFD_UP,
};

/* Why a session left the state Up. */
enum bfd_diag {
	BFD_DIAG_NONE,
	BFD_DIAG_TIME_EXPIRED,
	BFD_DIAG_ECHO_FAILED,
	BFD_DIAG_NEIGHBOUR_DOWN,
	BFD_DIAG_FORWARDING_RESET,
	BFD_DIAG_PATH_DOWN,
	BFD_DIAG_CONCATENATED_DOWN,
	BFD_DIAG_ADMIN_DOWN,
	BFD_DIAG_REVERSE_CONCATENATED_DOWN,
};

enum bfd_wire_error {
	BFD_WIRE_OK,
	BFD_WIRE_E_SHORT,
	BFD_WIRE_E_VERSION,
	BFD_WIRE_E_LENGTH,
	BFD_WIRE_E_AUTH,
	BFD_WIRE_E_MULTIPOINT,
	BFD_WIRE_E_FLAGS,
	BFD_WIRE_E_MULTIPLIER,
	BFD_WIRE_E_DISCRIMINATOR,
	BFD_WIRE_E_MAX,
};

struct bfd_wire {
	u8 version_diag;
	u8 state_flags;
	u8 multiplier;
	u8 len;
	__be32 my_discr;
	__be32 your_discr;
	__be32 min_tx;
	__be32 min_rx;
	__be32 min_echo_rx;
} __packed;
static_assert(sizeof(struct bfd_wire) == BFD_WIRE_LEN, "BFD control packet");

/**
 * struct bfd_packet - a control packet, read
 * @state: of the sender
 * @diag: of the sender; those past enum bfd_diag are reserved, and no error
 * @poll: the sender wants an answer with @final at once
 * @final: answers @poll
 * @demand: the sender wants no periodic packets while both are Up
 * @multiplier: intervals after which the sender is to be missed
 * @my_discr: the sender's name of the session, never 0
 * @your_discr: the receiver's name of it, 0 where the sender does not know it
 * @min_tx: interval at which the sender would like to send, us
 * @min_rx: interval at which the sender can receive, us; 0: nothing periodic
 */
struct bfd_packet {
	enum bfd_state state;
	u8 diag;
	bool poll;
	bool final;
	bool demand;
	u8 multiplier;
	u32 my_discr;
	u32 your_discr;
	u32 min_tx;
	u32 min_rx;
};

static inline const char *bfd_wire_error_name(enum bfd_wire_error e)
{
	static const char *const names[BFD_WIRE_E_MAX] = {
		[BFD_WIRE_OK] = "ok",
		[BFD_WIRE_E_SHORT] = "bfd-short",
		[BFD_WIRE_E_VERSION] = "bfd-version",
		[BFD_WIRE_E_LENGTH] = "bfd-length",
		[BFD_WIRE_E_AUTH] = "bfd-authentication",
		[BFD_WIRE_E_MULTIPOINT] = "bfd-multipoint",
		[BFD_WIRE_E_FLAGS] = "bfd-flags",
		[BFD_WIRE_E_MULTIPLIER] = "bfd-multiplier",
		[BFD_WIRE_E_DISCRIMINATOR] = "bfd-discriminator",
	};

	return (unsigned int)e < BFD_WIRE_E_MAX ? names[e] : "unknown";
}

/*
 * What is to be discarded whatever the session: RFC 5880, 6.8.6, in its order.
 * @len: octets of the UDP payload.
 */
static inline enum bfd_wire_error bfd_wire_check(const struct bfd_wire *w,
						 size_t len)
{
	if (w->version_diag >> 5 != BFD_WIRE_VERSION)
		return BFD_WIRE_E_VERSION;
	if (w->state_flags & BFD_WIRE_AUTH)
		return BFD_WIRE_E_AUTH;
	if (w->len < BFD_WIRE_LEN || w->len > len)
		return BFD_WIRE_E_LENGTH;
	if (!w->multiplier)
		return BFD_WIRE_E_MULTIPLIER;
	if (w->state_flags & BFD_WIRE_MULTIPOINT)
		return BFD_WIRE_E_MULTIPOINT;
	if (w->state_flags & BFD_WIRE_POLL && w->state_flags & BFD_WIRE_FINAL)
		return BFD_WIRE_E_FLAGS;
	if (!w->my_discr)
		return BFD_WIRE_E_DISCRIMINATOR;
	/* Who is past Down has heard of the receiver's discriminator. */
	if (!w->your_discr && w->state_flags >> 6 > BFD_DOWN)
		return BFD_WIRE_E_DISCRIMINATOR;
	return BFD_WIRE_OK;
}

static inline enum bfd_wire_error
bfd_wire_parse(struct bfd_packet *p, const void *buf, size_t len)
{
	enum bfd_wire_error err;
	struct bfd_wire w;

	memset(p, 0, sizeof(*p));
	if (len < sizeof(w))
		return BFD_WIRE_E_SHORT;
	memcpy(&w, buf, sizeof(w));
	err = bfd_wire_check(&w, len);
	if (err != BFD_WIRE_OK)
		return err;
	p->state = w.state_flags >> 6;
	p->diag = w.version_diag & 0x1f;
	p->poll = w.state_flags & BFD_WIRE_POLL;
	p->final = w.state_flags & BFD_WIRE_FINAL;
	p->demand = w.state_flags & BFD_WIRE_DEMAND;
	p->multiplier = w.multiplier;
	p->my_discr = be32_to_cpu(w.my_discr);
	p->your_discr = be32_to_cpu(w.your_discr);
	p->min_tx = be32_to_cpu(w.min_tx);
	p->min_rx = be32_to_cpu(w.min_rx);
	return BFD_WIRE_OK;
}

/* Writes BFD_WIRE_LEN octets; echo packets are never asked for. */
static inline void bfd_wire_build(void *buf, const struct bfd_packet *p)
{
	struct bfd_wire w = {
		.version_diag = BFD_WIRE_VERSION << 5 | (p->diag & 0x1f),
		.state_flags = p->state << 6 |
			       (p->poll ? BFD_WIRE_POLL : 0) |
			       (p->final ? BFD_WIRE_FINAL : 0) |
			       (p->demand ? BFD_WIRE_DEMAND : 0),
		.multiplier = p->multiplier,
		.len = BFD_WIRE_LEN,
		.my_discr = cpu_to_be32(p->my_discr),
		.your_discr = cpu_to_be32(p->your_discr),
		.min_tx = cpu_to_be32(p->min_tx),
		.min_rx = cpu_to_be32(p->min_rx),
	};

	memcpy(buf, &w, sizeof(w));
}

#endif

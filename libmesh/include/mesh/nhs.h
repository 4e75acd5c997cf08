/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_NHS_H
#define LIBMESH_NHS_H

/* Next-hop servers. */

#include <mesh/addr.h>

MESH_BEGIN_DECLS

enum mesh_registration_state {
	MESH_REGISTRATION_IDLE,		/* the device has no address of the family */
	MESH_REGISTRATION_PROBING,	/* asked, no answer yet */
	MESH_REGISTRATION_UP,
	MESH_REGISTRATION_DOWN,		/* unanswered or refused; tried on */
	MESH_REGISTRATION_STANDBY,	/* not asked, as a better server answers */
};

/**
 * struct mesh_registration - one family's registration with a server
 * @family: AF_INET or AF_INET6
 * @state: enum mesh_registration_state
 * @code: CIE code of the last refusal, 0 for none
 * @protocol: protocol address of the server, length 0 while unknown
 * @expires: remaining holding time, ms; 0 when not registered
 * @reserved: zero
 */
struct mesh_registration {
	uint16_t family;
	uint8_t state;
	uint8_t code;
	struct mesh_addr protocol;
	uint32_t expires;
	uint32_t reserved[4];
};

/**
 * struct mesh_nhs - a next-hop server as it is
 * @ifindex: of the mesh device
 * @nbma: underlay address, the key
 * @protocol: protocol address as configured, length 0 for none
 * @registrations: one for each family
 * @n_registrations: how many
 * @priority: the lower the better
 * @owner: who added it, an rtnetlink protocol number
 */
struct mesh_nhs {
	unsigned int ifindex;
	struct mesh_addr nbma;
	struct mesh_addr protocol;
	const struct mesh_registration *registrations;
	size_t n_registrations;
	uint8_t priority;
	uint8_t owner;
};

/**
 * struct mesh_nhs_opts - how to register with a next-hop server
 * @sz: sizeof(struct mesh_nhs_opts)
 * @protocol: its protocol address; length 0 to learn it
 * @priority: the lower the better: the servers of the lowest one that has one
 *	that answers are registered with
 * @owner: who adds it, an rtnetlink protocol number; 0 for 4, static
 */
struct mesh_nhs_opts {
	size_t sz;
	struct mesh_addr protocol;
	uint8_t priority;
	uint8_t owner;
};

typedef int (*mesh_nhs_fn)(const struct mesh_nhs *nhs, void *arg);

/**
 * mesh_nhs_add - register with a next-hop server
 * @ctx: the context
 * @ifindex: of the mesh device
 * @nbma: underlay address of the server
 * @protocol: its protocol address; NULL to learn it
 *
 * Return: 0; -EEXIST, -EINVAL.
 */
MESH_API int mesh_nhs_add(struct mesh_ctx *ctx, unsigned int ifindex,
			  const struct mesh_addr *nbma,
			  const struct mesh_addr *protocol);

/**
 * mesh_nhs_add_opts - register with a next-hop server, with more to say
 * @ctx: the context
 * @ifindex: of the mesh device
 * @nbma: underlay address of the server
 * @opts: how
 *
 * Return: 0; -EEXIST, -EINVAL.
 */
MESH_API int mesh_nhs_add_opts(struct mesh_ctx *ctx, unsigned int ifindex,
			       const struct mesh_addr *nbma,
			       const struct mesh_nhs_opts *opts);

/**
 * mesh_nhs_del - withdraw from a next-hop server and forget it
 * @ctx: the context
 * @ifindex: of the mesh device
 * @nbma: underlay address of the server
 *
 * Return: 0 or -ENOENT.
 */
MESH_API int mesh_nhs_del(struct mesh_ctx *ctx, unsigned int ifindex,
			  const struct mesh_addr *nbma);

/**
 * mesh_nhs_get - see one next-hop server
 * @ctx: the context
 * @ifindex: of the mesh device
 * @nbma: underlay address of the server
 * @fn: called once
 * @arg: handed to @fn
 *
 * Return: what @fn returned; -ENOENT.
 */
MESH_API int mesh_nhs_get(struct mesh_ctx *ctx, unsigned int ifindex,
			  const struct mesh_addr *nbma, mesh_nhs_fn fn, void *arg);

/**
 * mesh_nhs_dump - see many next-hop servers
 * @ctx: the context
 * @ifindex: of this device only; 0 for all
 * @fn: called for each
 * @arg: handed to @fn
 *
 * Return: as mesh_dev_dump().
 */
MESH_API int mesh_nhs_dump(struct mesh_ctx *ctx, unsigned int ifindex,
			   mesh_nhs_fn fn, void *arg);

MESH_END_DECLS

#endif

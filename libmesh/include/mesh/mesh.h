/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef LIBMESH_MESH_H
#define LIBMESH_MESH_H

/*
 * libmesh: sees and sets the mesh devices of a network namespace.
 *
 * Return values: 0 or a positive count on success, a negative errno on
 * failure; mesh_strerror() then says in words what was wrong and, where the
 * kernel told it, at which attribute. Every function that talks to the kernel
 * may return -ENOENT with the text "no mesh family" (the module is not
 * loaded), -EPERM (a change without CAP_NET_ADMIN in the user namespace of
 * the device), -ENODEV (no such device), -EOPNOTSUPP (not a mesh device),
 * -ENOMEM and what recvmsg(2) and send(2) return. What a function adds is
 * said there.
 *
 * The module: may be loaded, and loaded anew, while contexts are open; they
 * and their subscriptions find it by themselves.
 *
 * Threads: a context belongs to one thread at a time; different contexts do
 * not disturb each other.
 *
 * Memory: what a callback is given is valid until it returns; copy what is to
 * live longer. Functions keep no pointer of the caller's beyond their return,
 * except the callback and its argument of mesh_event_subscribe().
 *
 * Callbacks, of all words: return 0 to go on; anything else ends the call,
 * which then returns it. A callback may call other functions with the same
 * context.
 *
 * Growth: structures with a member sz are filled in by the caller, who sets
 * sz to sizeof() and the rest to zero (MESH_OPTS does both); the library
 * knows by it which members exist. Structures given to callbacks grow at
 * their end. Elements of arrays cannot grow and hold a reserve, zero on input.
 */

#include <mesh/addr.h>
#include <mesh/batch.h>
#include <mesh/common.h>
#include <mesh/ctx.h>
#include <mesh/dev.h>
#include <mesh/event.h>
#include <mesh/group.h>
#include <mesh/key.h>
#include <mesh/link.h>
#include <mesh/nhs.h>
#include <mesh/path.h>
#include <mesh/peer.h>
#include <mesh/route.h>
#include <mesh/shortcut.h>
#include <mesh/stats.h>

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * L0 and L1 in user space: what the stand-ins in include/ lean on, and what a
 * fuzzer or a bench steers them by.
 */
#ifndef _MESH_HOST_H
#define _MESH_HOST_H

#include <stddef.h>

/* Zeroed; NULL where a failure was asked for. */
void *host_alloc(size_t size);
void host_free(void *p);

/* The @nth allocation from now fails, once; 0: none does. */
void host_fail_alloc(unsigned int nth);
/* Objects that live. */
size_t host_allocated(void);

#endif

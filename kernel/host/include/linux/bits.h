/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_BITS_H
#define _MESH_HOST_BITS_H

#define BIT_ULL(n)	(1ULL << (n))
#define BIT(n)		(1UL << (n))

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_GFP_H
#define _MESH_HOST_GFP_H

#include <linux/types.h>

typedef unsigned int gfp_t;

#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define __GFP_NOWARN		0
#define __GFP_RETRY_MAYFAIL	0

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_MM_H
#define _MESH_HOST_MM_H

#include <linux/slab.h>

#endif

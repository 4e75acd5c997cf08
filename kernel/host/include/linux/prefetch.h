/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_PREFETCH_H
#define _MESH_HOST_PREFETCH_H

#define prefetch(p) __builtin_prefetch(p)

#endif

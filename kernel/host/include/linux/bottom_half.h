/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_BOTTOM_HALF_H
#define _MESH_HOST_BOTTOM_HALF_H

static inline void local_bh_disable(void)
{
}

static inline void local_bh_enable(void)
{
}

#endif

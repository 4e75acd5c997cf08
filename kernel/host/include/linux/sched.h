/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_SCHED_H
#define _MESH_HOST_SCHED_H

#define cond_resched()	((void)0)

#endif

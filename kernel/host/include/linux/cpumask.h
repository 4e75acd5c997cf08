/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_CPUMASK_H
#define _MESH_HOST_CPUMASK_H

/* One processor. */
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)

#endif

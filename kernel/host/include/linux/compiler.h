/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_COMPILER_H
#define _MESH_HOST_COMPILER_H

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

/* Barriers as the kernel has them. */
#define smp_rmb()		__atomic_thread_fence(__ATOMIC_ACQUIRE) /* of reads */
#define smp_wmb()		__atomic_thread_fence(__ATOMIC_RELEASE) /* of writes */
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE) /* of all before */

#endif

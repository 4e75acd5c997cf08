/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_KTHREAD_H
#define _MESH_HOST_KTHREAD_H

#include <linux/err.h>
#include <linux/types.h>

struct task_struct;

/* A thread that may read under RCU. */
struct task_struct *kthread_run(int (*fn)(void *arg), void *arg, const char *name);
bool kthread_should_stop(void);
/* What the thread has returned. */
int kthread_stop(struct task_struct *task);

#endif

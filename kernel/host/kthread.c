// SPDX-License-Identifier: GPL-2.0
#include <pthread.h>
#include <stdlib.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>

struct task_struct {
	pthread_t thread;
	int (*fn)(void *arg);
	void *arg;
	bool stop;
	int ret;
};

static __thread struct task_struct *mine;

static void *run(void *arg)
{
	mine = arg;
	rcu_register_thread();
	mine->ret = mine->fn(mine->arg);
	rcu_unregister_thread();
	return NULL;
}

struct task_struct *kthread_run(int (*fn)(void *arg), void *arg, const char *name)
{
	struct task_struct *task = calloc(1, sizeof(*task));

	if (!task)
		return ERR_PTR(-ENOMEM);
	task->fn = fn;
	task->arg = arg;
	if (pthread_create(&task->thread, NULL, run, task)) {
		free(task);
		return ERR_PTR(-ENOMEM);
	}
	return task;
}

bool kthread_should_stop(void)
{
	return READ_ONCE(mine->stop);
}

int kthread_stop(struct task_struct *task)
{
	int ret;

	WRITE_ONCE(task->stop, true);
	pthread_join(task->thread, NULL);
	ret = task->ret;
	free(task);
	return ret;
}

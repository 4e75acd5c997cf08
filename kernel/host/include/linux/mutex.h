/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_MUTEX_H
#define _MESH_HOST_MUTEX_H

#include <pthread.h>
#include <linux/bug.h>
#include <linux/types.h>

struct mutex {
	pthread_mutex_t lock;
	pthread_t owner;
	bool held;
};

static inline void mutex_init(struct mutex *m)
{
	pthread_mutex_init(&m->lock, NULL);
	m->held = false;
}

static inline void mutex_destroy(struct mutex *m)
{
	WARN_ON(m->held);
	pthread_mutex_destroy(&m->lock);
}

static inline void mutex_lock(struct mutex *m)
{
	pthread_mutex_lock(&m->lock);
	m->owner = pthread_self();
	m->held = true;
}

static inline void mutex_unlock(struct mutex *m)
{
	m->held = false;
	pthread_mutex_unlock(&m->lock);
}

static inline bool lockdep_is_held(const struct mutex *m)
{
	return m->held && pthread_equal(m->owner, pthread_self());
}

#ifdef HOST_UNCHECKED
#define lockdep_assert_held(m)	((void)sizeof(lockdep_is_held(m)))
#else
#define lockdep_assert_held(m)	((void)WARN_ON(!lockdep_is_held(m)))
#endif

#endif

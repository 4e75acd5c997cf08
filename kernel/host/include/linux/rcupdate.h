/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_RCUPDATE_H
#define _MESH_HOST_RCUPDATE_H

#include <linux/bug.h>
#include <linux/types.h>

/* Inlined: what a reader costs is what is measured. */
#define _LGPL_SOURCE
#include <urcu/urcu-memb.h>

#undef rcu_dereference
#undef rcu_assign_pointer

#define rcu_read_lock()		urcu_memb_read_lock()
#define rcu_read_unlock()	urcu_memb_read_unlock()
#define rcu_register_thread()	urcu_memb_register_thread()
#define rcu_unregister_thread()	urcu_memb_unregister_thread()
#define synchronize_rcu()	host_synchronize_rcu()
#define synchronize_rcu_expedited() host_synchronize_rcu()

/* Checked as under CONFIG_PROVE_RCU; a bench does without, as most kernels do. */
#ifdef HOST_UNCHECKED
#define host_rcu_check(held) ((void)sizeof(held))
#else
#define host_rcu_check(held) ((void)WARN_ON(!(held)))
#endif

#define rcu_dereference_check(p, held) ({				\
	host_rcu_check((held) || urcu_memb_read_ongoing());		\
	__atomic_load_n(&(p), __ATOMIC_CONSUME); })
#define rcu_dereference(p)	rcu_dereference_check(p, false)
#define rcu_dereference_protected(p, held) ({				\
	host_rcu_check(held);						\
	(p); })
#define rcu_access_pointer(p)	READ_ONCE(p)
#define rcu_assign_pointer(p, v) __atomic_store_n(&(p), (v), __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(p, v)	WRITE_ONCE(p, v)

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
/* Waits for a grace period and runs what was called for until now. */
void rcu_barrier(void);
void host_free_rcu(struct rcu_head *head, size_t offset);
/* The same of what has no head. */
void host_free_bare_rcu(void *object);

#define kfree_rcu(p, member)						\
	host_free_rcu(&(p)->member, offsetof(typeof(*(p)), member))
#define kvfree_rcu(p, member)	kfree_rcu(p, member)
#define kfree_rcu_mightsleep(p)	host_free_bare_rcu(p)
#define kvfree_rcu_mightsleep(p) kfree_rcu_mightsleep(p)

void host_synchronize_rcu(void);
/* Which grace period has to be over; one comes with whoever waits for it. */
unsigned long start_poll_synchronize_rcu(void);
bool poll_state_synchronize_rcu(unsigned long state);

static inline unsigned long get_state_synchronize_rcu(void)
{
	return 0;
}

static inline void cond_synchronize_rcu(unsigned long state)
{
	synchronize_rcu();
}

#endif

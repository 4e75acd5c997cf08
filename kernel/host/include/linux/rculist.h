/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_RCULIST_H
#define _MESH_HOST_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#define hlist_first_rcu(head)	((head)->first)
#define hlist_next_rcu(node)	((node)->next)

static inline void hlist_add_head_rcu(struct hlist_node *e, struct hlist_head *head)
{
	struct hlist_node *first = head->first;

	e->next = first;
	e->pprev = &head->first;
	rcu_assign_pointer(head->first, e);
	if (first)
		first->pprev = &e->next;
}

/* A reader that stands on it still finds the way on. */
static inline void hlist_del_rcu(struct hlist_node *e)
{
	WRITE_ONCE(*e->pprev, e->next);
	if (e->next)
		e->next->pprev = e->pprev;
	e->pprev = NULL;
}

#endif

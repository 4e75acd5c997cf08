// SPDX-License-Identifier: GPL-2.0
#include <linux/workqueue.h>

#include "settle.h"

static void settle_work(struct work_struct *work)
{
	struct mesh_dev *mesh = container_of(to_delayed_work(work),
					     struct mesh_dev, settle);
	u32 delay = 0;

	fwd_lock(&mesh->fwd);
	if (!mesh->dying)
		delay = fwd_groups_settle(&mesh->fwd);
	fwd_unlock(&mesh->fwd);
	/* Whoever has asked for it sooner meanwhile, keeps his time. */
	if (delay)
		queue_delayed_work(system_unbound_wq, &mesh->settle, delay);
}

void settle_group_changed(struct mesh_dev *mesh, const struct group *g)
{
	lockdep_assert_held(&mesh->fwd.lock);
	if (g->waiting)
		mod_delayed_work(system_unbound_wq, &mesh->settle, 0);
}

void settle_init(struct mesh_dev *mesh)
{
	INIT_DELAYED_WORK(&mesh->settle, settle_work);
}

void settle_exit(struct mesh_dev *mesh)
{
	cancel_delayed_work_sync(&mesh->settle);
}

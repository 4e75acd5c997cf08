// SPDX-License-Identifier: GPL-2.0
/*
 * Makes, on demand, each kind of report that the lab has to turn into a failed
 * run: "insmod splat.ko kind=oob". Never loaded outside the lab.
 */
#include <linux/debugobjects.h>
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <net/net_namespace.h>

static char *kind = "none";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "report to make");

struct splat_timer {
	struct timer_list timer;
};

static int __rcu *splat_pointer;

static void splat_none(void)
{
}

static void splat_oob(void)
{
	size_t size = 24;
	char *p = kmalloc(size, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(size);
	if (p)
		WRITE_ONCE(p[size], 1);
	kfree(p);
}

static void splat_uaf(void)
{
	char *p = kmalloc(24, GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	if (p)
		WRITE_ONCE(p[3], 1);
}

static void splat_shift(void)
{
	int by = 40;

	OPTIMIZER_HIDE_VAR(by);
	pr_info("splat: %d\n", 1 << by);
}

static void splat_lockdep(void)
{
	static DEFINE_MUTEX(a);
	static DEFINE_MUTEX(b);

	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);

	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
}

static void splat_sleep(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	msleep(20);
	spin_unlock(&lock);
}

static void splat_leak(void)
{
	void *p = kmalloc(333, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
}

static void splat_warn(void)
{
	WARN(1, "splat: asked for\n");
}

static void splat_bug(void)
{
	BUG();
}

static void splat_refcount(void)
{
	refcount_t r = REFCOUNT_INIT(0);

	refcount_inc(&r);
}

static void splat_rcu(void)
{
	pr_info("splat: %p\n", rcu_dereference(splat_pointer));
}

static void splat_list(void)
{
	LIST_HEAD(head);
	struct list_head entry;

	list_add(&entry, &head);
	head.next = &head;
	list_del(&entry);
}

static void splat_timer_fires(struct timer_list *timer)
{
}

static void splat_odebug(void)
{
	struct splat_timer *t = kmalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return;
	timer_setup(&t->timer, splat_timer_fires, 0);
	mod_timer(&t->timer, jiffies + 3600 * HZ);
	kfree(t);
}

static void splat_netdev(void)
{
	struct net_device *dev = dev_get_by_name(&init_net, "splat0");

	pr_info("splat: holding %s\n", dev ? dev->name : "nothing");
}

static void splat_panic(void)
{
	panic("splat: asked for");
}

static void splat_hang(void)
{
	for (;;)
		cpu_relax();
}

static const struct {
	const char *name;
	void (*make)(void);
} splats[] = {
	{ "none", splat_none },
	{ "oob", splat_oob },
	{ "uaf", splat_uaf },
	{ "shift", splat_shift },
	{ "lockdep", splat_lockdep },
	{ "sleep", splat_sleep },
	{ "leak", splat_leak },
	{ "warn", splat_warn },
	{ "bug", splat_bug },
	{ "refcount", splat_refcount },
	{ "rcu", splat_rcu },
	{ "list", splat_list },
	{ "odebug", splat_odebug },
	{ "netdev", splat_netdev },
	{ "panic", splat_panic },
	{ "hang", splat_hang },
};

static int __init splat_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(splats); i++) {
		if (!strcmp(kind, splats[i].name)) {
			splats[i].make();
			return 0;
		}
	}
	return -EINVAL;
}

static void __exit splat_exit(void)
{
}

module_init(splat_init);
module_exit(splat_exit);

MODULE_DESCRIPTION("Kernel reports on demand, to test the test lab");
MODULE_LICENSE("GPL");

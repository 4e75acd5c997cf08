// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/rculist.h>

#include "rx_table.h"

void rx_table_init(struct rx_table *table, struct net *net,
		   const struct nf_hook_ops *hook)
{
	table->net = net;
	mutex_init(&table->lock);
	table->hook = *hook;
	table->hook.priv = table;
	table->users = 0;
	table->seed = get_random_u32();
	memset(table->bucket, 0, sizeof(table->bucket));
}

int rx_table_get(struct rx_table *table)
{
	int err = 0;

	ASSERT_RTNL();
	if (!table->users)
		err = nf_register_net_hook(table->net, &table->hook);
	if (!err)
		table->users++;
	return err;
}

void rx_table_put(struct rx_table *table)
{
	ASSERT_RTNL();
	if (!--table->users)
		nf_unregister_net_hook(table->net, &table->hook);
}

static u32 slot(const struct rx_table *table, __be32 local, __be32 key)
{
	u32 hash = jhash_2words((__force u32)local, (__force u32)key,
				table->seed);

	return hash >> (32 - RX_TABLE_BITS);
}

static __be32 local_of(const struct mesh_encap *encap)
{
	return encap->local.len ? mesh_addr_ip4(&encap->local) : 0;
}

static bool addressed(const struct mesh_encap *encap)
{
	return encap->local.len || encap->link;
}

static bool clash(const struct mesh_encap *a, const struct mesh_encap *b)
{
	return a->mesh != b->mesh && a->link == b->link &&
	       a->has_key == b->has_key && a->key == b->key &&
	       local_of(a) == local_of(b);
}

int rx_table_bind(struct rx_table *table, struct mesh_dev *mesh,
		  struct mesh_encap *encap)
{
	struct hlist_head *head = &table->bucket[slot(table, local_of(encap),
						      encap->key)];
	struct mesh_encap *old = mesh_encap_locked(mesh);
	struct mesh_encap *other;

	mutex_lock(&table->lock);
	if (addressed(encap)) {
		hlist_for_each_entry(other, head, rx_node) {
			if (clash(encap, other)) {
				mutex_unlock(&table->lock);
				return -EEXIST;
			}
		}
		hlist_add_head_rcu(&encap->rx_node, head);
	}
	rcu_assign_pointer(mesh->encap, encap);
	if (!hlist_unhashed(&old->rx_node))
		hlist_del_init_rcu(&old->rx_node);
	mutex_unlock(&table->lock);
	return 0;
}

void rx_table_unbind(struct rx_table *table, struct mesh_dev *mesh)
{
	struct mesh_encap *encap = mesh_encap_locked(mesh);

	mutex_lock(&table->lock);
	if (!hlist_unhashed(&encap->rx_node))
		hlist_del_init_rcu(&encap->rx_node);
	mutex_unlock(&table->lock);
}

/* How well the two go together; 0 for not at all. */
static unsigned int fitness(const struct mesh_encap *encap, __be32 local,
			    const struct rx_addr *addr)
{
	bool on_link = encap->link && ((int)encap->link == addr->iif ||
				       (int)encap->link == addr->sdif);

	if (encap->has_key != addr->has_key || encap->key != addr->key ||
	    local_of(encap) != local)
		return 0;
	if (!local)
		return on_link;
	return on_link ? 4 : encap->link ? 2 : 3;
}

static struct mesh_encap *best_of(const struct rx_table *table, __be32 local,
				  const struct rx_addr *addr)
{
	const struct hlist_head *head = &table->bucket[slot(table, local,
							    addr->key)];
	struct mesh_encap *encap, *best = NULL;
	unsigned int most = 0;

	hlist_for_each_entry_rcu(encap, head, rx_node) {
		unsigned int fit = fitness(encap, local, addr);

		if (fit > most) {
			most = fit;
			best = encap;
		}
	}
	return best;
}

struct mesh_encap *rx_table_find(const struct rx_table *table,
				 const struct rx_addr *addr)
{
	struct mesh_encap *encap = best_of(table, addr->local, addr);

	return encap ? encap : best_of(table, 0, addr);
}

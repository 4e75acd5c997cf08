// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "rx_table.h"
#include "wire/gre_wire.h"

void rx_table_init(struct rx_table *table, struct net *net,
		   const struct nf_hook_ops *hook)
{
	enum mesh_family f;

	table->net = net;
	mutex_init(&table->lock);
	for (f = 0; f < MESH_FAMILIES; f++) {
		table->hook[f] = hook[f];
		table->hook[f].priv = table;
	}
	table->users = 0;
	INIT_LIST_HEAD(&table->ports);
	table->seed = get_random_u32();
	memset(table->bucket, 0, sizeof(table->bucket));
}

int rx_table_get(struct rx_table *table)
{
	int err = 0;

	ASSERT_RTNL();
	if (!table->users)
		err = nf_register_net_hooks(table->net, table->hook,
					    MESH_FAMILIES);
	if (!err)
		table->users++;
	return err;
}

void rx_table_put(struct rx_table *table)
{
	ASSERT_RTNL();
	if (!--table->users)
		nf_unregister_net_hooks(table->net, table->hook, MESH_FAMILIES);
}

static u32 slot(const struct rx_table *table, const struct mesh_addr *local,
		__be32 key)
{
	u32 hash = table->seed ^ (__force u32)key, word;
	unsigned int i;

	/* Only administrators put something in. */
	for (i = 0; i < local->len; i += sizeof(word)) {
		memcpy(&word, local->b + i, sizeof(word));
		hash = (hash ^ word) * GOLDEN_RATIO_32;
	}
	return hash >> (32 - RX_TABLE_BITS);
}

static struct hlist_head *head_of(struct rx_table *table,
				  const struct mesh_encap *encap,
				  enum mesh_family f)
{
	return &table->bucket[f][slot(table, &encap->side[f].local,
				      encap->key)];
}

static bool addressed(const struct mesh_encap *encap, enum mesh_family f)
{
	return mesh_speaks(encap, f) &&
	       (encap->side[f].local.len || encap->link);
}

static bool same_address(const struct mesh_side *a, const struct mesh_side *b)
{
	const struct mesh_encap *x = a->encap, *y = b->encap;

	return x->mesh != y->mesh && x->link == y->link &&
	       x->has_key == y->has_key && x->key == y->key &&
	       mesh_addr_equal(&a->local, &b->local);
}

static bool clashes(struct rx_table *table, struct mesh_encap *encap,
		    enum mesh_family f)
{
	struct mesh_side *other;

	if (!addressed(encap, f))
		return false;
	hlist_for_each_entry(other, head_of(table, encap, f), rx_node)
		if (same_address(&encap->side[f], other))
			return true;
	return false;
}

static void leave(struct mesh_encap *encap)
{
	enum mesh_family f;

	for (f = 0; f < MESH_FAMILIES; f++)
		if (!hlist_unhashed(&encap->side[f].rx_node))
			hlist_del_init_rcu(&encap->side[f].rx_node);
}

int rx_table_bind(struct rx_table *table, struct mesh_dev *mesh,
		  struct mesh_encap *encap, enum mesh_family *family)
{
	struct mesh_encap *old = mesh_encap_locked(mesh);
	enum mesh_family f;

	mutex_lock(&table->lock);
	for (f = 0; f < MESH_FAMILIES; f++) {
		if (clashes(table, encap, f)) {
			mutex_unlock(&table->lock);
			*family = f;
			return -EEXIST;
		}
	}
	for (f = 0; f < MESH_FAMILIES; f++)
		if (addressed(encap, f))
			hlist_add_head_rcu(&encap->side[f].rx_node,
					   head_of(table, encap, f));
	rcu_assign_pointer(mesh->encap, encap);
	leave(old);
	mutex_unlock(&table->lock);
	return 0;
}

void rx_table_unbind(struct rx_table *table, struct mesh_dev *mesh)
{
	struct mesh_encap *encap = mesh_encap_locked(mesh);

	mutex_lock(&table->lock);
	leave(encap);
	mutex_unlock(&table->lock);
}

bool rx_addr_read(struct rx_addr *addr, const struct sk_buff *skb, int offset)
{
	struct gre_wire_base buf;
	const struct gre_wire_base *base;
	const __be32 *key;
	__be32 word;
	u16 flags;

	addr->iif = skb->dev->ifindex;
	addr->sdif = mesh_family(&addr->local) == MESH_IP6 ? inet6_sdif(skb) :
							     inet_sdif(skb);
	base = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!base)
		return false;
	flags = ntohs(base->flags);
	if (flags & GRE_WIRE_VERSION)
		return false;
	addr->has_key = flags & GRE_WIRE_KEY;
	if (!addr->has_key)
		return true;
	offset += gre_wire_flags_len(flags & GRE_WIRE_CSUM);
	key = skb_header_pointer(skb, offset, sizeof(word), &word);
	if (!key)
		return false;
	addr->key = *key;
	return true;
}

/* How well the two go together; 0 for not at all. */
static unsigned int fitness(const struct mesh_side *side,
			    const struct mesh_addr *local,
			    const struct rx_addr *addr)
{
	const struct mesh_encap *encap = side->encap;
	bool on_link;

	/* First what needs no look at the device. */
	if (!mesh_addr_equal(&side->local, local) ||
	    encap->has_key != addr->has_key || encap->key != addr->key)
		return 0;
	on_link = encap->link && ((int)encap->link == addr->iif ||
				  (int)encap->link == addr->sdif);
	if (!local->len)
		return on_link;
	return on_link ? 4 : encap->link ? 2 : 3;
}

static struct mesh_encap *best_of(const struct rx_table *table,
				  const struct mesh_addr *local,
				  const struct rx_addr *addr)
{
	const struct hlist_head *head =
		&table->bucket[mesh_family(&addr->local)]
			      [slot(table, local, addr->key)];
	struct mesh_side *side, *best = NULL;
	unsigned int most = 0;

	hlist_for_each_entry_rcu(side, head, rx_node) {
		unsigned int fit = fitness(side, local, addr);

		if (fit > most) {
			most = fit;
			best = side;
		}
	}
	return best ? best->encap : NULL;
}

struct mesh_encap *rx_table_find(const struct rx_table *table,
				 const struct rx_addr *addr)
{
	static const struct mesh_addr any;
	struct mesh_encap *encap = best_of(table, &addr->local, addr);

	return encap ? encap : best_of(table, &any, addr);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/gro.h>
#include <net/protocol.h>
#include <net/udp_tunnel.h>

#include "rx.h"
#include "rx_port.h"

/**
 * struct rx_port - a socket, and who needs it
 * @node: in the table's list; under its lock, as all that follows
 * @sock: bound to the port at every address of the family
 * @family: of the underlay
 * @number: of the port
 * @users: configurations of devices
 */
struct rx_port {
	struct list_head node;
	struct socket *sock;
	enum mesh_family family;
	u16 number;
	unsigned int users;
};

static int receive(struct sock *sk, struct sk_buff *skb)
{
	const struct rx_table *table = rcu_dereference_sk_user_data(sk);

	if (table)
		rx_udp(table, skb);
	else
		kfree_skb(skb);
	return 0;
}

static const struct net_offload *gre_offload(const struct sk_buff *skb)
{
	return NAPI_GRO_CB(skb)->is_ipv6 ?
		       rcu_dereference(inet6_offloads[IPPROTO_GRE]) :
		       rcu_dereference(inet_offloads[IPPROTO_GRE]);
}

/*
 * What the stack knows of GRE serves behind UDP as well.  It would take the mark
 * for that of a tunnel in a tunnel; of one whose own checksum it cannot see the
 * beginning it is told.
 */
static struct sk_buff *gro_receive(struct sock *sk, struct list_head *head,
				   struct sk_buff *skb)
{
	const struct net_offload *gre = gre_offload(skb);

	if (!gre || !gre->callbacks.gro_receive)
		return NULL;
	NAPI_GRO_CB(skb)->encap_mark = 0;
	NAPI_GRO_CB(skb)->is_fou = 1;
	return call_gro_receive(gre->callbacks.gro_receive, head, skb);
}

static int gro_complete(struct sock *sk, struct sk_buff *skb, int offset)
{
	const struct net_offload *gre = gre_offload(skb);
	int err;

	if (!gre || !gre->callbacks.gro_complete)
		return -EPROTONOSUPPORT;
	err = gre->callbacks.gro_complete(skb, offset);
	skb_set_inner_mac_header(skb, offset);
	return err;
}

/*
 * IPv6 packets without a checksum come in here, whoever wants them: RFC 6935 has
 * that decided for each tunnel, and it is known only then which.
 */
static int open_socket(struct rx_table *table, struct rx_port *port)
{
	struct udp_port_cfg cfg = {
		.family = port->family == MESH_IP6 ? AF_INET6 : AF_INET,
		.local_udp_port = htons(port->number),
		.use_udp_checksums = true,
		.use_udp6_tx_checksums = true,
		.ipv6_v6only = true,
	};
	struct udp_tunnel_sock_cfg tunnel = {
		.sk_user_data = table,
		.encap_type = 1,
		.encap_rcv = receive,
		.gro_receive = gro_receive,
		.gro_complete = gro_complete,
	};
	int err = udp_sock_create(table->net, &cfg, &port->sock);

	if (!err)
		setup_udp_tunnel_sock(table->net, port->sock, &tunnel);
	return err;
}

static struct rx_port *get(struct rx_table *table, enum mesh_family family,
			   u16 number)
{
	struct rx_port *port;
	int err;

	list_for_each_entry(port, &table->ports, node) {
		if (port->family == family && port->number == number) {
			port->users++;
			return port;
		}
	}
	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return ERR_PTR(-ENOMEM);
	port->family = family;
	port->number = number;
	port->users = 1;
	err = open_socket(table, port);
	if (err) {
		kfree(port);
		return ERR_PTR(err);
	}
	list_add(&port->node, &table->ports);
	return port;
}

static void put(struct rx_port *port)
{
	if (--port->users)
		return;
	list_del(&port->node);
	udp_tunnel_sock_release(port->sock);
	kfree(port);
}

static void put_all(struct mesh_encap *encap)
{
	enum mesh_family f;

	for (f = 0; f < MESH_FAMILIES; f++) {
		if (encap->side[f].port)
			put(encap->side[f].port);
		encap->side[f].port = NULL;
	}
}

/* The host may have been started without IPv6. */
static bool is_missing(enum mesh_family f, int err)
{
	return f == MESH_IP6 && (err == -EAFNOSUPPORT || err == -EPFNOSUPPORT);
}

int rx_port_hold(struct rx_table *table, struct mesh_encap *encap)
{
	enum mesh_family f;
	int err = 0;

	if (!encap->udp_port)
		return 0;
	mutex_lock(&table->lock);
	for (f = 0; f < MESH_FAMILIES && !err; f++) {
		struct rx_port *port;

		if (!mesh_speaks(encap, f))
			continue;
		port = get(table, f, encap->udp_port);
		if (!IS_ERR(port))
			encap->side[f].port = port;
		else if (!is_missing(f, PTR_ERR(port)))
			err = PTR_ERR(port);
	}
	if (err)
		put_all(encap);
	mutex_unlock(&table->lock);
	return err;
}

void rx_port_release(struct rx_table *table, struct mesh_encap *encap)
{
	mutex_lock(&table->lock);
	put_all(encap);
	mutex_unlock(&table->lock);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ICMP errors and redirects about our own outer packets.  The handler that
 * ip_gre may have registered hears of them afterwards; without it nobody would.
 */
#ifndef _MESH_RX_ICMP_H
#define _MESH_RX_ICMP_H

#include "rx_table.h"

/* @skb, at its network header, stays the caller's and what it is. */
void rx_icmp4(const struct rx_table *table, struct sk_buff *skb);
void rx_icmp6(const struct rx_table *table, struct sk_buff *skb);

#endif

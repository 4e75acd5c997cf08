/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What FRR 8.4.4's nhrpd said between a hub (192.0.2.1, 10.0.0.1) and two spokes
 * (192.0.2.2, 10.0.0.2 and 192.0.2.3, 10.0.0.3; holding time 30 s), while the
 * first found its shortcut to 10.1.3.1.  "Passed on" is the same by the hub.
 */
#ifndef _MESH_TESTS_NHRP_CAPTURED_H
#define _MESH_TESTS_NHRP_CAPTURED_H

#include <linux/types.h>

extern const u8 captured_registration_request[92];
extern const u8 captured_registration_reply[112];
extern const u8 captured_resolution_request[72];
extern const u8 captured_resolution_request_passed_on[92];
extern const u8 captured_resolution_reply[120];
extern const u8 captured_resolution_reply_passed_on[140];
extern const u8 captured_traffic_indication[124];

#endif

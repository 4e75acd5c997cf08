/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One suite a unit, each defined in the file of its name.
 */
#ifndef _MESH_TESTS_H
#define _MESH_TESTS_H

#include <kunit/test.h>

extern struct kunit_suite addr_test_suite;
extern struct kunit_suite bfd_fsm_test_suite;
extern struct kunit_suite bfd_wire_test_suite;
extern struct kunit_suite flow_hash_test_suite;
extern struct kunit_suite flow_test_suite;
extern struct kunit_suite fwd_test_suite;
extern struct kunit_suite gre_wire_test_suite;
extern struct kunit_suite group_idle_test_suite;
extern struct kunit_suite group_table_test_suite;
extern struct kunit_suite group_test_suite;
extern struct kunit_suite lpm_host_test_suite;
extern struct kunit_suite lpm_reader_test_suite;
extern struct kunit_suite lpm_room_test_suite;
extern struct kunit_suite lpm_shape_test_suite;
extern struct kunit_suite lpm_test_suite;
extern struct kunit_suite nhrp_auth_test_suite;
extern struct kunit_suite nhrp_answer_test_suite;
extern struct kunit_suite nhrp_domain_test_suite;
extern struct kunit_suite nhrp_error_test_suite;
extern struct kunit_suite nhrp_fsm_test_suite;
extern struct kunit_suite nhrp_input_test_suite;
extern struct kunit_suite nhrp_key_test_suite;
extern struct kunit_suite nhrp_nhs_test_suite;
extern struct kunit_suite nhrp_nat_test_suite;
extern struct kunit_suite nhrp_purge_test_suite;
extern struct kunit_suite nhrp_register_test_suite;
extern struct kunit_suite nhrp_resolve_test_suite;
extern struct kunit_suite nhrp_want_test_suite;
extern struct kunit_suite nhrp_wire_build_test_suite;
extern struct kunit_suite nhrp_wire_mac_test_suite;
extern struct kunit_suite nhrp_wire_test_suite;
extern struct kunit_suite peer_test_suite;
extern struct kunit_suite udp_wire_test_suite;

#endif

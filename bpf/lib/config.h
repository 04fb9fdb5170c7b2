// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_CONFIG_H
#define TOMTE_LIB_CONFIG_H

#include "lib/common.h"

/* Set by user space before load; constant afterwards, so that the verifier prunes what is off. */

/* Inode of the agent's /proc/self/ns/pid. */
const volatile __u32 agent_pid_namespace = 0xEFFFFFFC;
/* False: every process that is not excluded is a target. */
const volatile __u8 is_target_selected = 1;
const volatile __u8 target_cgroup_count = 0;
const volatile __u8 excluded_cgroup_count = 0;
/* Attached at most, of the bytes that one call moved. */
const volatile __u32 capture_limit_bytes = 65536;
/* First connection id of this run. */
const volatile __u64 connection_id_seed = 1;
/* Power of two ≥ number of possible processors. */
const volatile __u32 processor_slots = 256;

/* PROC_PID_INIT_INO, include/linux/proc_ns.h */
#define INIT_PID_NAMESPACE 0xEFFFFFFCu

#endif

// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_PROCESS_POLICY_H
#define TOMTE_MAPS_PROCESS_POLICY_H

#include "lib/common.h"

enum process_policy_value {
	POLICY_NONE = 0,
	/* Never captured, whatever else says so: Tomte's own processes. */
	POLICY_EXCLUDED = 1,
	POLICY_INCLUDED = 2,
};

/*
 * By thread group id in the agent's pid namespace. Children inherit at fork; deleted at exit. One
 * look-up answers both questions, so exclusion cannot be tested second. 32768 is the default pid_max.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u32);
	__type(value, __u32);
} process_policy SEC(".maps");

#endif

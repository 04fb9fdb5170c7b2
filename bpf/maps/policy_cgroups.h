// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_POLICY_CGROUPS_H
#define TOMTE_MAPS_POLICY_CGROUPS_H

#include "lib/common.h"

/* Each list is walked for a process without a policy of its own, so it stays short. */
#define POLICY_CGROUPS_MAX 8

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, POLICY_CGROUPS_MAX);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} target_cgroups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, POLICY_CGROUPS_MAX);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} excluded_cgroups SEC(".maps");

#endif

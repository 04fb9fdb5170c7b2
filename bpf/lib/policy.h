// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_POLICY_H
#define TOMTE_LIB_POLICY_H

#include "lib/process.h"
#include "maps/policy_cgroups.h"
#include "maps/process_policy.h"

INLINE bool is_current_under(void *cgroups, u8 count)
{
	for (u32 i = 0; i < POLICY_CGROUPS_MAX; i++) {
		if (i >= count)
			break;
		if (bpf_current_task_under_cgroup(cgroups, i) == 1)
			return true;
	}
	return false;
}

/* Thread group id of the current process when it is to be captured, else 0. Exclusion comes first. */
INLINE u32 current_target(void)
{
	u32 tgid = current_tgid();
	if (tgid == 0)
		return 0;
	u32 *policy = bpf_map_lookup_elem(&process_policy, &tgid);
	if (policy && *policy == POLICY_EXCLUDED)
		return 0;
	if (excluded_cgroup_count > 0 && is_current_under(&excluded_cgroups, excluded_cgroup_count))
		return 0;
	if (!is_target_selected || (policy && *policy == POLICY_INCLUDED))
		return tgid;
	if (target_cgroup_count > 0 && is_current_under(&target_cgroups, target_cgroup_count))
		return tgid;
	return 0;
}

#endif

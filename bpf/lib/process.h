// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_PROCESS_H
#define TOMTE_LIB_PROCESS_H

#include "lib/config.h"

/* Pid namespaces nest at most 32 deep (MAX_PID_NS_LEVEL). */
#define PID_NAMESPACE_LEVELS 32

/*
 * Thread group id of a task as the agent's own pid namespace numbers it; 0 for a task that does not
 * exist there, which keeps an agent to its own node when several nodes share one kernel.
 */
INLINE u32 tgid_of(struct task_struct *task)
{
	if (agent_pid_namespace == INIT_PID_NAMESPACE)
		return BPF_CORE_READ(task, tgid);
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	u32 level = BPF_CORE_READ(pid, level);
	const void *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	for (u32 i = 0; i < PID_NAMESPACE_LEVELS; i++) {
		if (i > level)
			break;
		struct upid *number = (void *)numbers + i * bpf_core_type_size(struct upid);
		if (BPF_CORE_READ(number, ns, ns.inum) == agent_pid_namespace)
			return BPF_CORE_READ(number, nr);
	}
	return 0;
}

INLINE u32 current_tgid(void)
{
	if (agent_pid_namespace == INIT_PID_NAMESPACE)
		return bpf_get_current_pid_tgid() >> 32;
	return tgid_of((struct task_struct *)bpf_get_current_task());
}

#endif

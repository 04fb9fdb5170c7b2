// SPDX-License-Identifier: GPL-2.0
/* Processes come, become another program, map code and go. */
#include "events/exec_event.h"
#include "events/exit_event.h"
#include "lib/emit.h"
#include "lib/file_key.h"
#include "lib/policy.h"
#include "maps/target_executables.h"

#define CLONE_THREAD 0x00010000

SEC("tp_btf/task_newtask")
int new_task(u64 *ctx)
{
	struct task_struct *child = (struct task_struct *)ctx[0];
	if (ctx[1] & CLONE_THREAD)
		return 0;
	u32 parent_tgid = current_tgid();
	u32 child_tgid = tgid_of(child);
	u32 *policy = bpf_map_lookup_elem(&process_policy, &parent_tgid);
	if (!policy || parent_tgid == 0) {
		/* User space may have written one for a process that had just ended: it is not this one's. */
		if (child_tgid != 0)
			bpf_map_delete_elem(&process_policy, &child_tgid);
		return 0;
	}
	u32 inherited = *policy;
	if (child_tgid != 0)
		bpf_map_update_elem(&process_policy, &child_tgid, &inherited, BPF_ANY);
	return 0;
}

/* A target program makes a target of the process, unless that is excluded. */
INLINE void adopt_by_executable(u32 tgid, const struct file_key *key)
{
	u32 included = POLICY_INCLUDED;
	if (bpf_map_lookup_elem(&target_executables, key))
		bpf_map_update_elem(&process_policy, &tgid, &included, BPF_NOEXIST);
}

INLINE u32 read_cgroup_name(u8 *to, struct cgroup *cgroup)
{
	const char *name = BPF_CORE_READ(cgroup, kn, name);
	long bytes = bpf_probe_read_kernel_str(to, EXEC_CGROUP_NAME_BYTES, name);
	return bytes > 0 ? bytes - 1 : 0;
}

INLINE void fill_cgroup_names(struct exec_event *event, struct task_struct *task)
{
	struct cgroup *own = BPF_CORE_READ(task, cgroups, dfl_cgrp);
	/* The state of a cgroup itself is its first member, so its parent's is the parent's address. */
	struct cgroup *above = (struct cgroup *)BPF_CORE_READ(own, self.parent);
	event->cgroup_name_bytes = read_cgroup_name(event->cgroup_name, own);
	event->cgroup_parent_name_bytes = above ? read_cgroup_name(event->cgroup_parent_name, above) : 0;
}

INLINE void fill_exec(struct exec_event *event, struct task_struct *task, struct linux_binprm *program)
{
	u64 from = BPF_CORE_READ(task, mm, arg_start);
	u64 length = BPF_CORE_READ(task, mm, arg_end) - from;
	long filename_bytes = bpf_probe_read_kernel_str(event->filename, sizeof(event->filename),
							BPF_CORE_READ(program, filename));
	event->filename_bytes = filename_bytes > 0 ? filename_bytes - 1 : 0;
	event->start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	event->parent_pid = tgid_of(BPF_CORE_READ(task, real_parent));
	event->cgroup_id = bpf_get_current_cgroup_id();
	fill_cgroup_names(event, task);
	HIDE(length);
	if (length > EXEC_ARGUMENTS_BYTES)
		length = EXEC_ARGUMENTS_BYTES;
	if (bpf_probe_read_user(event->arguments, length, (const void *)from) != 0)
		length = 0;
	event->arguments_bytes = length;
}

SEC("tp_btf/sched_process_exec")
int process_exec(u64 *ctx)
{
	struct linux_binprm *program = (struct linux_binprm *)ctx[2];
	struct file_key key = {};
	u32 tgid = current_tgid();
	if (tgid == 0)
		return 0;
	file_key_of(BPF_CORE_READ(program, file), &key);
	adopt_by_executable(tgid, &key);
	if (current_target() == 0)
		return 0;
	struct exec_event *event = reserve_lifecycle(exec_event, tgid, EVENT_EXEC);
	if (!event)
		return 0;
	event->inode = key.inode;
	event->device = key.device;
	fill_exec(event, (struct task_struct *)ctx[0], program);
	submit(event);
	return 0;
}

/* Fires for each thread; the thread group's counter of the living says which is the last. */
SEC("tp_btf/sched_process_exit")
int process_exit(u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return 0;
	u32 target = current_target();
	u32 tgid = current_tgid();
	bpf_map_delete_elem(&process_policy, &tgid);
	if (target == 0)
		return 0;
	struct exit_event *event = reserve_lifecycle(exit_event, tgid, EVENT_EXIT);
	if (!event)
		return 0;
	u32 group_code = BPF_CORE_READ(task, signal, group_exit_code);
	event->exit_code = group_code ? group_code : (u32)BPF_CORE_READ(task, exit_code);
	event->start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	event->parent_pid = tgid_of(BPF_CORE_READ(task, real_parent));
	event->cgroup_id = bpf_get_current_cgroup_id();
	submit(event);
	return 0;
}

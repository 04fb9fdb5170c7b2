// SPDX-License-Identifier: GPL-2.0
/* Count, errors and time of every system call of the targets, aggregated here: never an event a call. */
#include "lib/accounting.h"
#include "lib/policy.h"
#include "lib/syscall.h"
#include "maps/syscall_stats.h"

/* include/linux/err.h */
#define MAX_ERRNO 4095

SEC("tp_btf/sys_enter")
int syscall_enter(u64 *ctx)
{
	if (current_target() == 0)
		return 0;
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	u64 *entered = bpf_task_storage_get(&syscall_entered, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (entered)
		*entered = bpf_ktime_get_ns();
	return 0;
}

/* 0 when the entry was not seen: the process became a target inside of this call. */
INLINE u64 duration_of_call(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	u64 *entered = bpf_task_storage_get(&syscall_entered, task, NULL, 0);
	if (!entered || *entered == 0)
		return 0;
	u64 duration = bpf_ktime_get_ns() - *entered;
	*entered = 0;
	return duration;
}

INLINE struct syscall_counts *counts_of(const struct syscall_key *key)
{
	struct syscall_counts none = {};
	struct syscall_counts *counts = bpf_map_lookup_elem(&syscall_stats, key);
	if (counts)
		return counts;
	bpf_map_update_elem(&syscall_stats, key, &none, BPF_NOEXIST);
	counts = bpf_map_lookup_elem(&syscall_stats, key);
	if (counts)
		return counts;
	struct counters *counted = count_captured(SOURCE_SYSCALL_STATS, 1, 0);
	if (counted)
		count_dropped(counted, DROP_MAP_FULL, 1, 0);
	return NULL;
}

SEC("tp_btf/sys_exit")
int syscall_exit(u64 *ctx)
{
	struct syscall_key key = {};
	long result = (long)ctx[1];
	key.tgid = current_target();
	if (key.tgid == 0)
		return 0;
	s32 number = SYSCALL_NUMBER((struct pt_regs *)ctx[0]);
	if (number < 0) /* A tracer has taken the call away. */
		return 0;
	key.number = number;
	u64 duration = duration_of_call();
	/*
	 * A return without an entry is that of a clone into the new task, which its parent returns from as
	 * well; or of the execve that made this process a target.
	 */
	if (duration == 0 && number != NR_EXECVE && number != NR_EXECVEAT)
		return 0;
	struct syscall_counts *counts = counts_of(&key);
	if (!counts)
		return 0;
	__sync_fetch_and_add(&counts->calls, 1);
	__sync_fetch_and_add(&counts->total_ns, duration);
	if (result < 0 && result >= -MAX_ERRNO)
		__sync_fetch_and_add(&counts->errors, 1);
	if (duration > counts->max_ns)
		counts->max_ns = duration;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_SYSCALL_STATS_H
#define TOMTE_MAPS_SYSCALL_STATS_H

#include "lib/common.h"
#include "events/syscall_counts.h"

/*
 * One map for all processors, with atomic adds: per-CPU values would take 40 B × processors an entry.
 * 16384 entries are some 300 processes of 50 calls each; user space deletes those of the dead.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct syscall_key);
	__type(value, struct syscall_counts);
} syscall_stats SEC(".maps");

/* When the task entered its system call. The kernel frees it with the task: nothing can leak. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} syscall_entered SEC(".maps");

#endif

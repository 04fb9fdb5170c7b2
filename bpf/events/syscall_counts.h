// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_EVENTS_SYSCALL_COUNTS_H
#define TOMTE_EVENTS_SYSCALL_COUNTS_H

#include "types.h"

struct syscall_key {
	/* Thread group id in the agent's pid namespace. */
	__u32 tgid;
	__u32 number;
};

/* Of one process and system call since its first. Calls that never return (exit) are not in it. */
struct syscall_counts {
	__u64 calls;
	__u64 errors;
	__u64 total_ns;
	/* Under contention of threads a little too small at times: only the sums are atomic. */
	__u64 max_ns;
};

#endif

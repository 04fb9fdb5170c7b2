// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_EVENTS_EXEC_EVENT_H
#define TOMTE_EVENTS_EXEC_EVENT_H

#include "event_header.h"

#define EXEC_FILENAME_BYTES 256
#define EXEC_ARGUMENTS_BYTES 1024
/* A runtime's name, 64 digits and `.scope`. */
#define EXEC_CGROUP_NAME_BYTES 128

/* A process runs a new program. The texts may be gone from /proc before user space looks. */
struct exec_event {
	struct event_header header;
	exact_t cgroup_id;
	__u64 inode;
	/* CLOCK_BOOTTIME. */
	__u64 start_boottime_ns;
	__u32 parent_pid;
	/* As the kernel encodes it: major << 20 | minor. */
	__u32 device;
	__u32 filename_bytes;
	__u32 arguments_bytes;
	__u32 cgroup_name_bytes;
	__u32 cgroup_parent_name_bytes;
	/* NUL-separated; cut at the end of the array. */
	__u8 filename[EXEC_FILENAME_BYTES];
	__u8 arguments[EXEC_ARGUMENTS_BYTES];
	/* The last folder of its cgroup in the unified hierarchy: it names the container. */
	__u8 cgroup_name[EXEC_CGROUP_NAME_BYTES];
	/* The folder above it: it names the pod. */
	__u8 cgroup_parent_name[EXEC_CGROUP_NAME_BYTES];
};

#endif

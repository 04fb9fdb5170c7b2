// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_TARGET_EXECUTABLES_H
#define TOMTE_MAPS_TARGET_EXECUTABLES_H

#include "lib/common.h"

struct file_key {
	__u64 inode;
	/* As the kernel encodes it: major << 20 | minor. */
	__u32 device;
	__u32 _pad;
};

/* Programs whose processes become targets when they are executed (--only exe:PATH). A few by hand. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct file_key);
	__type(value, __u32);
} target_executables SEC(".maps");

#endif

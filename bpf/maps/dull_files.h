// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_DULL_FILES_H
#define TOMTE_MAPS_DULL_FILES_H

#include "maps/target_executables.h"

/*
 * Mapped files that user space has looked at and found nothing to probe in: no event for them again.
 * A cache: a lost entry costs one more event. 4096 files cover the libraries of a node.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct file_key);
	__type(value, __u32);
} dull_files SEC(".maps");

#endif

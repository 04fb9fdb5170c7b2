// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_CONNECTION_IDS_H
#define TOMTE_MAPS_CONNECTION_IDS_H

#include "lib/common.h"

enum id_context {
	ID_CONTEXT_SYSCALL = 0,
	ID_CONTEXT_STATE = 1,
	ID_CONTEXT_COUNT = 2,
};

/*
 * How many connection ids this processor has given away in each context. The slots are apart because
 * the state hook may interrupt a system call's program between its load and its store; within one
 * context the kernel lets no second run in. (Fetch-and-add would need kernel 5.12.)
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ID_CONTEXT_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} connection_ids SEC(".maps");

#endif

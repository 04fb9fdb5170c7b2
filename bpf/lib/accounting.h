// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_ACCOUNTING_H
#define TOMTE_LIB_ACCOUNTING_H

#include "maps/counters.h"

/* Atomic adds: uprobe programs on one processor may interrupt each other (kernels from 6.0). */
INLINE struct counters *count_captured(u32 source, u64 events, u64 bytes)
{
	struct counters *counted = bpf_map_lookup_elem(&counters, &source);
	if (!counted)
		return NULL;
	__sync_fetch_and_add(&counted->captured_events, events);
	__sync_fetch_and_add(&counted->captured_bytes, bytes);
	return counted;
}

INLINE void count_dropped(struct counters *counted, enum drop_reason reason, u64 events, u64 bytes)
{
	u32 index = reason;
	HIDE(index);
	index &= DROP_REASON_COUNT - 1;
	__sync_fetch_and_add(&counted->dropped_events[index], events);
	__sync_fetch_and_add(&counted->dropped_bytes[index], bytes);
}

#endif

// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_COUNTERS_H
#define TOMTE_MAPS_COUNTERS_H

#include "lib/common.h"
#include "events/counters.h"

/* Index: enum event_source. Read by user space every second. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SOURCE_COUNT);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

#endif

// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_EVENTS_COUNTERS_H
#define TOMTE_EVENTS_COUNTERS_H

#include "types.h"

/*
 * Of one source on one processor, since load. Exactly: captured = shipped (counted by the reader) +
 * the sum of dropped. A cut event is shipped, its cut bytes are dropped.
 */
struct counters {
	__u64 captured_events;
	__u64 captured_bytes;
	__u64 dropped_events[DROP_REASON_COUNT];
	__u64 dropped_bytes[DROP_REASON_COUNT];
};

#endif

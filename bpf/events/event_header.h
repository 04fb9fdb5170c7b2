// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_EVENTS_EVENT_HEADER_H
#define TOMTE_EVENTS_EVENT_HEADER_H

#include "types.h"

/* First in every event of every ring. */
struct event_header {
	time_ns_t at;
	/* Counts the attempts of this source on this processor: a hole is a drop, which the counters explain. */
	__u64 sequence;
	/* Thread group id in the agent's pid namespace; 0 where the hook runs for nobody. */
	__u32 pid;
	__u16 cpu;
	__u8 type;
	__u8 source;
};

#endif

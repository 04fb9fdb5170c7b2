// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_EVENTS_EXIT_EVENT_H
#define TOMTE_EVENTS_EXIT_EVENT_H

#include "event_header.h"

/* The last thread of a process ended. */
struct exit_event {
	struct event_header header;
	exact_t cgroup_id;
	__u64 start_boottime_ns;
	__u32 parent_pid;
	/* Low 7 bits: signal; from bit 8: status (wait(2)). */
	__u32 exit_code;
};

#endif

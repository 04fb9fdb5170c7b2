// SPDX-License-Identifier: GPL-2.0
/* Types whose names tell the decoder generator how user space shall read them. */
#ifndef TOMTE_EVENTS_TYPES_H
#define TOMTE_EVENTS_TYPES_H

#include <linux/types.h>

/* CLOCK_MONOTONIC, nanoseconds; decoded relative to the source's origin. */
typedef __u64 time_ns_t;
/* All 64 bits matter (pointers, cgroup ids): decoded as a bigint. */
typedef __u64 exact_t;

enum event_type {
	EVENT_DATA = 1,
	EVENT_CONNECTION = 2,
	EVENT_EXEC = 3,
	EVENT_EXIT = 4,
	EVENT_MAPPING = 5,
};

/* Where an event comes from; index of the counters map. */
enum event_source {
	SOURCE_SOCKET_DATA = 0,
	SOURCE_TLS_DATA = 1,
	SOURCE_LIFECYCLE = 2,
	SOURCE_SYSCALL_STATS = 3,
	SOURCE_COUNT = 4,
};

/* Index of the counters' dropped arrays. */
enum drop_reason {
	DROP_NONE = 0,
	DROP_RING_FULL = 1,
	DROP_CAPTURE_LIMIT = 2,
	DROP_READ_FAULT = 3,
	DROP_MAP_FULL = 4,
	DROP_TLS_UNBOUND = 5,
	/* Moved without passing through the memory of the process: nothing went wrong. */
	DROP_NOT_IN_MEMORY = 6,
	DROP_REASON_COUNT = 8,
};

enum direction {
	DIRECTION_SENT = 0,
	DIRECTION_RECEIVED = 1,
};

#endif

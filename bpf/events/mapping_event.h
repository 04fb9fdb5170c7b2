// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_EVENTS_MAPPING_EVENT_H
#define TOMTE_EVENTS_MAPPING_EVENT_H

#include "event_header.h"

/* A process mapped code of a file: a library to look at for probes. */
struct mapping_event {
	struct event_header header;
	__u64 inode;
	/* Where it is mapped: the key of /proc/PID/map_files. */
	__u64 start_address;
	__u64 length_bytes;
	__u32 device;
	__u32 _pad;
};

#endif

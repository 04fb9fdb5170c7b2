// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_EVENTS_DATA_EVENT_H
#define TOMTE_EVENTS_DATA_EVENT_H

#include "event_header.h"

/* A stretch of one direction of one connection; captured_bytes bytes follow. */
struct data_event {
	struct event_header header;
	__u64 connection_id;
	/* Of the first byte, from when the connection was first seen. */
	__u64 position;
	/* Length of the stretch. */
	__u32 true_bytes;
	/* The first so many of them are attached. */
	__u32 captured_bytes;
	__u8 direction;
	__u8 is_plaintext_of_tls;
	/* enum drop_reason: why captured_bytes < true_bytes. */
	__u8 cut_reason;
	__u8 _pad[5];
};

#endif

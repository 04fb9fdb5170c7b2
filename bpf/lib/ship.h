// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_SHIP_H
#define TOMTE_LIB_SHIP_H

#include "events/data_event.h"
#include "lib/emit.h"
#include "maps/data_ring.h"

/* Longest piece that one event carries; longer ones become several events. */
#define SEGMENT_BYTES 16384
/* A page of HTTP: without this class it would take the place of SEGMENT_BYTES in the ring. */
#define PAGE_BYTES 12288

/* What the next event says; `position` moves on with each. */
struct stretch {
	u64 connection_id;
	u64 position;
	u32 pid;
	u8 source;
	u8 direction;
	u8 _pad[2];
};

INLINE void fill_data(struct data_event *event, const struct stretch *stretch, struct counters *counted)
{
	fill_header(&event->header, counted, stretch->pid, EVENT_DATA, stretch->source);
	event->connection_id = stretch->connection_id;
	event->position = stretch->position;
	event->direction = stretch->direction;
	event->is_plaintext_of_tls = stretch->source == SOURCE_TLS_DATA;
	__builtin_memset(event->_pad, 0, sizeof(event->_pad));
}

/*
 * One event of a size class, filled where it lies in the ring: the reservation is the scratch memory, so
 * nothing is shared with a program that interrupts this one. `class_bytes` is a constant at each call.
 */
INLINE bool ship_class(const struct stretch *stretch, struct counters *counted, const void *from, u32 length,
		       const u32 class_bytes)
{
	struct data_event *event = bpf_ringbuf_reserve(&data_ring, sizeof(*event) + class_bytes, 0);
	if (!event)
		return false;
	fill_data(event, stretch, counted);
	event->true_bytes = length;
	HIDE(length);
	if (length > class_bytes)
		length = class_bytes;
	if (bpf_probe_read_user((void *)(event + 1), length, from) == 0) {
		event->captured_bytes = length;
		event->cut_reason = DROP_NONE;
	} else {
		event->captured_bytes = 0;
		event->cut_reason = DROP_READ_FAULT;
		count_dropped(counted, DROP_READ_FAULT, 0, length);
	}
	submit(event);
	return true;
}

/* At most SEGMENT_BYTES that lie in one piece. */
GLOBAL int ship_piece(struct stretch *stretch, u64 address, u32 length)
{
	const void *from = (const void *)address;
	if (!stretch)
		return 0;
	struct counters *counted = count_captured(stretch->source, 1, length);
	if (!counted)
		return 0;
	bool is_shipped;
	if (length <= 256)
		is_shipped = ship_class(stretch, counted, from, length, 256);
	else if (length <= 1024)
		is_shipped = ship_class(stretch, counted, from, length, 1024);
	else if (length <= 4096)
		is_shipped = ship_class(stretch, counted, from, length, 4096);
	else if (length <= PAGE_BYTES)
		is_shipped = ship_class(stretch, counted, from, length, PAGE_BYTES);
	else
		is_shipped = ship_class(stretch, counted, from, length, SEGMENT_BYTES);
	if (!is_shipped)
		count_dropped(counted, DROP_RING_FULL, 1, length);
	stretch->position += length;
	return 0;
}

/* A stretch of which only the length is known or wanted. */
INLINE void ship_length(struct stretch *stretch, u32 length, enum drop_reason reason)
{
	struct counters *counted = count_captured(stretch->source, 1, length);
	if (!counted)
		return;
	struct data_event *event = NULL;
	if (reason != DROP_RING_FULL)
		event = bpf_ringbuf_reserve(&data_ring, sizeof(*event), 0);
	if (!event) {
		count_dropped(counted, DROP_RING_FULL, 1, length);
		return;
	}
	fill_data(event, stretch, counted);
	event->true_bytes = length;
	event->captured_bytes = 0;
	event->cut_reason = reason;
	count_dropped(counted, reason, 0, length);
	submit(event);
}

#endif

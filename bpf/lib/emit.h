// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_EMIT_H
#define TOMTE_LIB_EMIT_H

#include "events/event_header.h"
#include "lib/accounting.h"
#include "maps/lifecycle_ring.h"

INLINE void fill_header(struct event_header *header, struct counters *counted, u32 pid, u8 type, u8 source)
{
	header->at = bpf_ktime_get_ns();
	header->sequence = counted->captured_events;
	header->pid = pid;
	header->cpu = bpf_get_smp_processor_id();
	header->type = type;
	header->source = source;
}

/* Room for a lifecycle event with its header filled, or NULL with the loss counted. */
#define reserve_lifecycle(event_struct, event_pid, event_kind)                                                 \
	({                                                                                                     \
		struct event_struct *_event = NULL;                                                            \
		struct counters *_counted = count_captured(SOURCE_LIFECYCLE, 1, 0);                            \
		if (_counted) {                                                                                \
			_event = bpf_ringbuf_reserve(&lifecycle_ring, sizeof(*_event), 0);                     \
			if (_event)                                                                            \
				fill_header(&_event->header, _counted, event_pid, event_kind,                  \
					    SOURCE_LIFECYCLE);                                                 \
			else                                                                                   \
				count_dropped(_counted, DROP_RING_FULL, 1, 0);                                 \
		}                                                                                              \
		_event;                                                                                        \
	})

/* No wake-up (1.4 µs on the observed processor): user space drains by the clock. */
#define submit(event) bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP)

#endif

// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_GATHER_H
#define TOMTE_LIB_GATHER_H

#include "lib/memory.h"
#include "lib/ship.h"

/* Copies for one event; a vector of more pieces becomes several events. */
#define GATHER_COPIES 16
/* A first piece up to this long is taken for a head, behind which the body may follow in one copy. */
#define HEAD_BYTES 1024

/*
 * Copies at most `wanted` bytes of the pieces one behind the other; how many there were. The room behind `to`
 * is class_bytes + step_bytes, since the verifier bounds where a copy begins and how long it is, not the
 * sum. Both are constants at each call.
 */
INLINE u32 gather(void *to, struct memory *memory, u32 wanted, const u32 class_bytes, const u32 step_bytes)
{
	u32 filled = 0;
	for (u32 i = 0; i < GATHER_COPIES && filled < wanted; i++) {
		if (memory->left_in_piece == 0 && !next_piece(memory))
			break;
		u32 step = least(least(memory->left_in_piece, wanted - filled), step_bytes);
		u32 at = filled;
		HIDE(at);
		HIDE(step);
		if (at > class_bytes || step > step_bytes)
			break;
		if (bpf_probe_read_user(to + at, step, (const void *)memory->base) != 0) {
			memory->ended = DROP_READ_FAULT;
			break;
		}
		filled += step;
		pass(memory, step);
	}
	return filled;
}

INLINE int gather_class(struct stretch *stretch, struct memory *memory, u32 wanted, const u32 class_bytes,
			const u32 step_bytes)
{
	struct data_event *event =
		bpf_ringbuf_reserve(&data_ring, sizeof(*event) + class_bytes + step_bytes, 0);
	if (!event) {
		memory->ended = DROP_RING_FULL;
		return 0;
	}
	u32 filled = gather(event + 1, memory, wanted, class_bytes, step_bytes);
	struct counters *counted = filled > 0 ? count_captured(stretch->source, 1, filled) : NULL;
	if (!counted) {
		bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
		return 0;
	}
	fill_data(event, stretch, counted);
	event->true_bytes = filled;
	event->captured_bytes = filled;
	event->cut_reason = DROP_NONE;
	submit(event);
	stretch->position += filled;
	return 0;
}

/* Is this a short piece, and the next one all the rest? So servers write an answer: head, then body. */
INLINE bool is_head_and_body(const struct memory *memory, u32 wanted)
{
	if (memory->left_in_piece > HEAD_BYTES || memory->window_left == 0)
		return false;
	return memory->left_in_piece + memory->window[memory->window_at & (WINDOW_PIECES - 1)].length >= wanted;
}

/* Two copies, whatever the length: a copy begins at HEAD_BYTES at the latest and takes all the rest. */
INLINE int ship_head_and_body(struct stretch *stretch, struct memory *memory, u32 wanted)
{
	if (wanted <= 4096)
		return gather_class(stretch, memory, wanted, HEAD_BYTES, 4096);
	if (wanted <= PAGE_BYTES)
		return gather_class(stretch, memory, wanted, HEAD_BYTES, PAGE_BYTES);
	return gather_class(stretch, memory, wanted, HEAD_BYTES, SEGMENT_BYTES);
}

/* One event from pieces that each are less than `wanted`, which is at most SEGMENT_BYTES. */
GLOBAL int ship_gathered(struct stretch *stretch, struct memory *memory, u32 wanted)
{
	if (!stretch || !memory)
		return 0;
	if (wanted <= 512)
		return gather_class(stretch, memory, wanted, 512, 512);
	if (is_head_and_body(memory, wanted))
		return ship_head_and_body(stretch, memory, wanted);
	if (wanted <= 4096)
		return gather_class(stretch, memory, wanted, 4096, 1024);
	return gather_class(stretch, memory, wanted, SEGMENT_BYTES, 4096);
}

#endif

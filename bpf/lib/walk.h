// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_WALK_H
#define TOMTE_LIB_WALK_H

#include "lib/config.h"
#include "lib/ship.h"

/* include/uapi/linux/uio.h */
struct user_iovec {
	u64 base;
	u64 length;
};

/* Pieces shipped of one call: a longer vector's rest is told by its length alone. */
#define WALK_STEPS 64

/* The memory of one call: either the vector, or (vector_count 0) the one piece that `base` begins with. */
struct memory {
	const struct user_iovec *vector;
	u64 vector_count;
	u64 base;
	u64 left_in_piece;
	/* Of the call, and of the capture limit. */
	u64 left_in_call;
	u64 left_in_limit;
};

INLINE bool next_piece(struct memory *memory)
{
	struct user_iovec piece;
	if (memory->vector_count == 0)
		return false;
	if (bpf_probe_read_user(&piece, sizeof(piece), memory->vector) != 0)
		return false;
	memory->vector++;
	memory->vector_count--;
	memory->base = piece.base;
	memory->left_in_piece = piece.length;
	return true;
}

INLINE u64 least(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* Ships one piece, loading the next where one is done; false when nothing more can be read. */
GLOBAL int walk_step(struct stretch *stretch, struct memory *memory)
{
	if (!stretch || !memory)
		return false;
	if (memory->left_in_piece == 0 && !next_piece(memory))
		return false;
	if (memory->left_in_piece == 0) /* An empty piece of a vector. */
		return true;
	u64 length = least(least(memory->left_in_piece, memory->left_in_call),
			   least(memory->left_in_limit, SEGMENT_BYTES));
	ship_segment(stretch, memory->base, length);
	memory->base += length;
	memory->left_in_piece -= length;
	memory->left_in_call -= length;
	memory->left_in_limit -= length;
	return true;
}

/*
 * Ships `total` bytes, as many as lie in the memory and within the capture limit; of the rest the length
 * alone. One loop over pieces and segments together, so that its bound is the bound of the work.
 */
GLOBAL int walk(struct stretch *stretch, struct memory *memory, u64 total)
{
	if (!stretch || !memory)
		return 0;
	enum drop_reason rest_reason = DROP_CAPTURE_LIMIT;
	memory->left_in_call = total;
	memory->left_in_limit = capture_limit_bytes;
	for (u32 step = 0; step < WALK_STEPS; step++) {
		if (memory->left_in_call == 0 || memory->left_in_limit == 0)
			break;
		if (!walk_step(stretch, memory)) {
			rest_reason = DROP_READ_FAULT;
			break;
		}
	}
	if (memory->left_in_call > 0)
		ship_length(stretch, memory->left_in_call, rest_reason);
	return 0;
}

#endif

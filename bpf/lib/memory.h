// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_MEMORY_H
#define TOMTE_LIB_MEMORY_H

#include "lib/common.h"
#include "events/types.h"

/* include/uapi/linux/uio.h */
struct user_iovec {
	u64 base;
	u64 length;
};

/* The memory of one call: either the vector, or (vector_count 0) the one piece that `base` begins with. */
struct memory {
	const struct user_iovec *vector;
	u64 vector_count;
	u64 base;
	u64 left_in_piece;
	/* Of the call, and of the capture limit. */
	u64 left_in_call;
	u64 left_in_limit;
	/* enum drop_reason: why nothing more can be shipped of it. */
	u64 ended;
};

INLINE bool next_piece(struct memory *memory)
{
	struct user_iovec piece;
	if (memory->vector_count == 0) {
		memory->ended = DROP_NOT_IN_MEMORY;
		return false;
	}
	if (bpf_probe_read_user(&piece, sizeof(piece), memory->vector) != 0) {
		memory->ended = DROP_READ_FAULT;
		return false;
	}
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

INLINE void pass(struct memory *memory, u64 length)
{
	memory->base += length;
	memory->left_in_piece -= length;
	memory->left_in_call -= length;
	memory->left_in_limit -= length;
}

#endif

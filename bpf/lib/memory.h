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

/* Entries of a vector that are read at once: each read of the process's memory costs some 100 ns. */
#define WINDOW_PIECES 4

/* The memory of one call: either the vector, or (vector_count 0) the one piece that `base` begins with. */
struct memory {
	/* Of the vector, what the window does not hold yet. */
	const struct user_iovec *vector;
	u64 vector_count;
	u64 window_left;
	u64 window_at;
	struct user_iovec window[WINDOW_PIECES];
	u64 base;
	u64 left_in_piece;
	/* Of the call, and of the capture limit. */
	u64 left_in_call;
	u64 left_in_limit;
	/* enum drop_reason: why nothing more can be shipped of it. */
	u64 ended;
};

INLINE u64 least(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* The next entries of the vector; false when there is none, or none that can be read. */
INLINE bool load_window(struct memory *memory)
{
	u32 bytes = least(memory->vector_count, WINDOW_PIECES) * sizeof(struct user_iovec);
	if (bytes == 0) {
		memory->ended = DROP_NOT_IN_MEMORY;
		return false;
	}
	HIDE(bytes);
	if (bytes > sizeof(memory->window))
		bytes = sizeof(memory->window);
	if (bpf_probe_read_user(memory->window, bytes, memory->vector) != 0) {
		memory->ended = DROP_READ_FAULT;
		return false;
	}
	memory->window_at = 0;
	memory->window_left = bytes / sizeof(struct user_iovec);
	memory->vector += memory->window_left;
	memory->vector_count -= memory->window_left;
	return true;
}

INLINE bool next_piece(struct memory *memory)
{
	if (memory->window_left == 0 && !load_window(memory))
		return false;
	struct user_iovec *piece = &memory->window[memory->window_at & (WINDOW_PIECES - 1)];
	memory->base = piece->base;
	memory->left_in_piece = piece->length;
	memory->window_at++;
	memory->window_left--;
	return true;
}

INLINE void pass(struct memory *memory, u64 length)
{
	memory->base += length;
	memory->left_in_piece -= length;
	memory->left_in_call -= length;
	memory->left_in_limit -= length;
}

#endif

// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_WALK_H
#define TOMTE_LIB_WALK_H

#include "lib/config.h"
#include "lib/gather.h"

/* Events of one call: of more (512 KiB, or 1,000 pieces) the rest is told by its length alone. */
#define WALK_STEPS 64

/* Ships the next event's bytes, or says in the memory why not. */
GLOBAL int walk_step(struct stretch *stretch, struct memory *memory)
{
	if (!stretch || !memory)
		return 0;
	u64 wanted = least(least(memory->left_in_call, memory->left_in_limit), SEGMENT_BYTES);
	if (memory->left_in_piece == 0 && !next_piece(memory))
		return 0;
	if (memory->left_in_piece < wanted)
		return ship_gathered(stretch, memory, wanted);
	ship_piece(stretch, memory->base, wanted);
	pass(memory, wanted);
	return 0;
}

/*
 * Ships `total` bytes, as many as lie in the memory and within the capture limit; of the rest the length
 * alone. One loop over pieces and segments together, so that its bound is the bound of the work.
 */
GLOBAL int walk(struct stretch *stretch, struct memory *memory, u64 total)
{
	if (!stretch || !memory)
		return 0;
	memory->left_in_call = total;
	memory->left_in_limit = capture_limit_bytes;
	for (u32 step = 0; step < WALK_STEPS; step++) {
		if (memory->left_in_call == 0)
			return 0;
		if (memory->left_in_limit == 0 || memory->ended != DROP_NONE)
			break;
		walk_step(stretch, memory);
	}
	if (memory->left_in_call > 0)
		ship_length(stretch, memory->left_in_call, memory->ended ? memory->ended : DROP_CAPTURE_LIMIT);
	return 0;
}

#endif

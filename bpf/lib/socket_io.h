// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_SOCKET_IO_H
#define TOMTE_LIB_SOCKET_IO_H

#include "lib/policy.h"
#include "lib/tls_binding.h"
#include "lib/touch.h"
#include "lib/walk.h"

/* Of each direction of a TLS connection so much is shipped, for the facts of its handshake. */
#define TLS_HANDSHAKE_BYTES 4096
/* RFC 8446 §5.2: a record's length, with room for expansion; RFC 5246 §6.2.3 allowed 2048 more. */
#define TLS_RECORD_MAX 18432

struct transfer {
	struct sock *sk;
	struct memory memory;
	u64 count;
	u32 pid;
	u32 direction;
};

/* RFC 8446 §5.1: type 20..23, version 3.0..3.4, length; `first` holds at least three bytes of it. */
INLINE bool is_tls_record(const u8 *first, u64 count)
{
	if (first[0] < 20 || first[0] > 23 || first[1] != 3 || first[2] > 4)
		return false;
	u32 length = (u32)first[3] << 8 | first[4];
	return count < 5 || (length > 0 && length <= TLS_RECORD_MAX);
}

/* At the first bytes of a direction: does TLS begin here? Loads the first piece of a vector. */
INLINE bool begins_with_tls(struct memory *memory, u64 count)
{
	u8 first[5] = {};
	if (count < 3 || (memory->left_in_piece == 0 && !next_piece(memory)))
		return false;
	if (bpf_probe_read_user(first, count < 5 ? 3 : 5, (const void *)memory->base) != 0)
		return false;
	return is_tls_record(first, count);
}

/* Bytes of this call that are wanted: all, or the rest of a TLS handshake's share. */
INLINE u64 wanted_bytes(struct connection *connection, struct transfer *transfer, u64 position)
{
	if (position == 0 && !connection->is_tls && begins_with_tls(&transfer->memory, transfer->count))
		connection->is_tls = true;
	if (!connection->is_tls)
		return transfer->count;
	if (position >= TLS_HANDSHAKE_BYTES)
		return 0;
	u64 left = TLS_HANDSHAKE_BYTES - position;
	return transfer->count < left ? transfer->count : left;
}

/* Counts the call on its connection; the position of its first byte, which no call on another processor gets. */
INLINE u64 advance(struct connection *connection, u32 direction, u64 count)
{
	u64 position = __sync_fetch_and_add(&connection->position[direction & 1], count);
	if (connection->closed_ns != 0)
		connection->closed_ns = bpf_ktime_get_ns();
	return position;
}

/* The one way in for every call that moved bytes through a socket. */
GLOBAL int handle_transfer(struct transfer *transfer)
{
	if (!transfer)
		return 0;
	struct connection *connection =
		touch_connection(transfer->sk, transfer->pid, transfer->direction, transfer->count);
	if (!connection)
		return 0;
	u64 position = advance(connection, transfer->direction, transfer->count);
	u64 wanted = wanted_bytes(connection, transfer, position);
	if (connection->is_tls && !connection->is_tls_bound && connection->is_announced)
		bind_tls(transfer->sk, connection, transfer->pid, transfer->direction);
	if (connection->verdict == VERDICT_DROP)
		return 0;
	if (wanted == 0)
		return 0;
	if (!connection->is_announced) {
		/* Its announcement found the lifecycle ring full: bytes of a stranger would help nobody. */
		struct counters *counted = count_captured(SOURCE_SOCKET_DATA, 1, wanted);
		if (counted)
			count_dropped(counted, DROP_RING_FULL, 1, wanted);
		return 0;
	}
	struct stretch stretch = {
		.connection_id = connection->connection_id,
		.position = position,
		.pid = transfer->pid,
		.source = SOURCE_SOCKET_DATA,
		.direction = transfer->direction,
	};
	/* The common case, a buffer in one piece, needs no walk (40 ns). */
	if (transfer->memory.left_in_piece >= wanted && wanted <= SEGMENT_BYTES &&
	    wanted <= capture_limit_bytes)
		return ship_piece(&stretch, transfer->memory.base, wanted);
	return walk(&stretch, &transfer->memory, wanted);
}

/* `result` of a call on `fd`; errors, end of stream and strangers go no further. */
static __noinline bool begin_transfer(struct transfer *transfer, u32 direction, int fd, long result)
{
	if (result <= 0)
		return false;
	transfer->pid = current_target();
	if (transfer->pid == 0)
		return false;
	transfer->sk = sock_of_fd(fd);
	transfer->count = result;
	transfer->direction = direction;
	return transfer->sk != NULL;
}

INLINE int handle_buffer(u32 direction, int fd, const void *buffer, long result)
{
	struct transfer transfer = {};
	if (!begin_transfer(&transfer, direction, fd, result))
		return 0;
	transfer.memory.base = (u64)buffer;
	transfer.memory.left_in_piece = result;
	return handle_transfer(&transfer);
}

INLINE int handle_vector(u32 direction, int fd, const void *vector, u64 vector_count, long result)
{
	struct transfer transfer = {};
	if (!begin_transfer(&transfer, direction, fd, result))
		return 0;
	transfer.memory.vector = vector;
	transfer.memory.vector_count = vector_count;
	return handle_transfer(&transfer);
}

/* Bytes that never were in the process's memory (sendfile, splice, MSG_TRUNC): the length alone. */
INLINE int handle_length(u32 direction, int fd, long result)
{
	struct transfer transfer = {};
	if (!begin_transfer(&transfer, direction, fd, result))
		return 0;
	return handle_transfer(&transfer);
}

/* Transfers of a target whose length nobody can read: the events are counted, their bytes are not known. */
INLINE int count_unreadable(int fd, u64 events)
{
	struct transfer transfer = {};
	if (!begin_transfer(&transfer, DIRECTION_SENT, fd, 1) || !is_tcp(transfer.sk))
		return 0;
	struct counters *counted = count_captured(SOURCE_SOCKET_DATA, events, 0);
	if (counted)
		count_dropped(counted, DROP_READ_FAULT, events, 0);
	return 0;
}

#endif

// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_TOUCH_H
#define TOMTE_LIB_TOUCH_H

#include "lib/connection.h"

/* SYN and FIN take a sequence number each. */
#define PHANTOM_BYTES 2

/* First contact through data: was anything moved before the `count` bytes of this call? */
INLINE bool is_at_start(struct sock *sk, u32 direction, u64 count)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;
	u64 taken = taken_bytes(tcp);
	u64 given = given_bytes(tcp);
	if (direction == DIRECTION_SENT)
		return given <= count + PHANTOM_BYTES && taken <= PHANTOM_BYTES;
	return taken <= count + PHANTOM_BYTES && given <= PHANTOM_BYTES;
}

/*
 * The entry of a connection on which a target just moved `count` bytes, announced if the ring had room;
 * NULL when the sock is no TCP connection, or with the loss counted when the map is full.
 */
static __noinline struct connection *touch_connection(struct sock *sk, u32 pid, u32 direction, u64 count)
{
	u64 key = (u64)sk;
	struct connection *connection = bpf_map_lookup_elem(&connections, &key);
	if (connection) {
		if (!connection->is_announced && !connection->is_connecting)
			announce(sk, connection, CONNECTION_SEEN);
		return connection;
	}
	if (!is_tcp(sk))
		return NULL;
	connection = start_connection(sk, pid, ID_CONTEXT_SYSCALL);
	if (!connection) {
		struct counters *counted = count_captured(SOURCE_SOCKET_DATA, 1, count);
		if (counted)
			count_dropped(counted, DROP_MAP_FULL, 1, count);
		return NULL;
	}
	connection->is_from_start = is_at_start(sk, direction, count);
	if (connection->is_from_start)
		remember_sequences(connection, sk, direction == DIRECTION_SENT ? count : 0,
				   direction == DIRECTION_SENT ? 0 : count);
	announce(sk, connection, CONNECTION_SEEN);
	return connection;
}

#endif

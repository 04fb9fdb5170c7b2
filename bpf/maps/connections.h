// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_CONNECTIONS_H
#define TOMTE_MAPS_CONNECTIONS_H

#include "lib/common.h"
#include "events/types.h"

enum verdict {
	VERDICT_SHIP = 0,
	/* User space does not want the bytes: they are counted in the totals and not captured. */
	VERDICT_DROP = 1,
};

/*
 * What we know of one live TCP connection. What every call touches comes first, within one cache line.
 * Flags are bytes, so that each is written in one store.
 */
struct connection {
	/* The generation: socks are reused, ids never are (below 2^53, unique within one boot). */
	__u64 connection_id;
	/* Bytes moved so far, by enum direction. */
	__u64 position[2];
	/* The same for the plaintext of TLS. */
	__u64 tls_position[2];
	/* When TCP had ended while the process still held the socket, or last read from it after that. */
	__u64 closed_ns;
	__u8 role;
	/* The handshake runs (SYN sent). */
	__u8 is_connecting;
	/* User space was told: data may follow. */
	__u8 is_announced;
	__u8 is_from_start;
	/* Its first bytes were TLS records. */
	__u8 is_tls;
	/* Plaintext comes from the library: ciphertext is counted only. */
	__u8 is_tls_bound;
	__u8 verdict;
	__u8 is_reset;
	/* The SSL object that is bound to it or was refused, and its thread group; 0 without. */
	__u64 tls_object;
	__u32 tls_process;
	__u32 pid;
	__u64 connect_start_ns;
	__u64 cgroup_id;
	/* 16 bytes each, IPv4 as v4-mapped; kept from the announcement on, since TCP forgets them in a reset. */
	__u8 local_address[16];
	__u8 remote_address[16];
	__u16 local_port;
	__u16 remote_port;
	__s32 error_number;
	__u32 initial_send_sequence;
	__u32 initial_receive_sequence;
};

/*
 * Keyed by the address of the struct sock, which survives dup, fork and fd passing. Deleted when the
 * kernel destroys the sock. Preallocated (kernels before 6.1 refuse run-time allocation in tracing
 * programs): 32768 entries take 7 MiB. User space may set another size before load.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u64);
	__type(value, struct connection);
} connections SEC(".maps");

#endif

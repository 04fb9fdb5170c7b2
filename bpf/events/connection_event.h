// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_EVENTS_CONNECTION_EVENT_H
#define TOMTE_EVENTS_CONNECTION_EVENT_H

#include "event_header.h"

enum connection_event_kind {
	CONNECTION_SEEN = 1,
	CONNECTION_OPENED = 2,
	CONNECTION_FAILED = 3,
	CONNECTION_CLOSED = 4,
	CONNECTION_TLS_BOUND = 5,
};

enum connection_role {
	ROLE_UNKNOWN = 0,
	ROLE_CLIENT = 1,
	ROLE_SERVER = 2,
};

struct connection_event {
	struct event_header header;
	__u64 connection_id;
	/* Address of the struct sock: the handle by which user space reaches the entry again. */
	exact_t sock;
	exact_t cgroup_id;
	/* When the client side began to connect; 0 when that was not seen. */
	time_ns_t connect_start;
	/* Counted at the system calls. */
	__u64 sent_bytes;
	__u64 received_bytes;
	/* Plaintext of TLS, counted at the library's calls since they were bound to the connection. */
	__u64 plaintext_sent_bytes;
	__u64 plaintext_received_bytes;
	/* Counted by TCP: acknowledged (the SYN may count as one) and received. */
	__u64 tcp_sent_bytes;
	__u64 tcp_received_bytes;
	__u32 retransmitted_segments;
	/* Smoothed, 0 without a sample. */
	__u32 round_trip_us;
	__s32 error_number;
	__u32 network_namespace;
	/* First sequence numbers of both directions, seen from here; both 0 when its start was not seen. */
	__u32 initial_send_sequence;
	__u32 initial_receive_sequence;
	/* 16 bytes each, IPv4 as v4-mapped. */
	__u8 local_address[16];
	__u8 remote_address[16];
	__u16 local_port;
	__u16 remote_port;
	__u8 kind;
	__u8 role;
	__u8 is_from_start;
	__u8 is_reset;
	/* It carries TLS, and a library's plaintext was found to be its own. */
	__u8 is_tls;
	__u8 is_tls_bound;
	__u8 _pad[6];
};

#endif

// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_CONNECTION_H
#define TOMTE_LIB_CONNECTION_H

#include "events/connection_event.h"
#include "lib/config.h"
#include "lib/emit.h"
#include "lib/socket.h"
#include "maps/connection_ids.h"
#include "maps/connections.h"
#include "maps/tls_bindings.h"

INLINE u64 next_connection_id(u32 context)
{
	u64 *given = bpf_map_lookup_elem(&connection_ids, &context);
	u64 index = given ? (*given)++ : 0;
	return connection_id_seed + (index * ID_CONTEXT_COUNT + context) * processor_slots +
	       bpf_get_smp_processor_id();
}

INLINE void copy_mapped(u8 *to, u32 address)
{
	*(u64 *)to = 0;
	*(u32 *)(to + 8) = bpf_htonl(0xffff);
	*(u32 *)(to + 12) = address;
}

/*
 * A socket of version 6 may carry version 4: one that listens on `::` does for most of its clients. Where its addresses
 * of version 6 are not filled in then (net/ipv6/tcp_ipv6.c leaves that to whoever asks), those of version 4 are.
 */
INLINE void copy_address(u8 *to, u16 family, struct sock *sk, bool is_local)
{
	u32 address = is_local ? BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr)
			       : BPF_CORE_READ(sk, __sk_common.skc_daddr);
	if (family == AF_INET) {
		copy_mapped(to, address);
		return;
	}
	if (is_local)
		BPF_CORE_READ_INTO(to, sk, __sk_common.skc_v6_rcv_saddr);
	else
		BPF_CORE_READ_INTO(to, sk, __sk_common.skc_v6_daddr);
	if (address != 0 && *(u64 *)to == 0 && *(u64 *)(to + 8) == 0)
		copy_mapped(to, address);
}

/* The local port is read from inet_sport: skc_num is 0 once TCP has given the port back. */
INLINE void remember_addresses(struct connection *connection, struct sock *sk)
{
	u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	connection->local_port = bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
	connection->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	copy_address(connection->local_address, family, sk, true);
	copy_address(connection->remote_address, family, sk, false);
}

INLINE void fill_socket(struct connection_event *event, struct sock *sk)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;
	event->sock = (u64)sk;
	event->network_namespace = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	event->tcp_sent_bytes = BPF_CORE_READ(tcp, bytes_acked);
	event->tcp_received_bytes = BPF_CORE_READ(tcp, bytes_received);
	event->retransmitted_segments = BPF_CORE_READ(tcp, total_retrans);
	event->round_trip_us = BPF_CORE_READ(tcp, srtt_us) >> 3;
}

INLINE void fill_connection(struct connection_event *event, const struct connection *connection)
{
	event->connection_id = connection->connection_id;
	event->cgroup_id = connection->cgroup_id;
	event->connect_start = connection->connect_start_ns;
	event->sent_bytes = connection->position[DIRECTION_SENT];
	event->received_bytes = connection->position[DIRECTION_RECEIVED];
	event->plaintext_sent_bytes = connection->tls_position[DIRECTION_SENT];
	event->plaintext_received_bytes = connection->tls_position[DIRECTION_RECEIVED];
	event->error_number = connection->error_number;
	event->initial_send_sequence = connection->initial_send_sequence;
	event->initial_receive_sequence = connection->initial_receive_sequence;
	event->role = connection->role;
	event->is_from_start = connection->is_from_start;
	event->is_reset = connection->is_reset;
	event->is_tls = connection->is_tls;
	event->is_tls_bound = connection->is_tls_bound;
	__builtin_memset(event->_pad, 0, sizeof(event->_pad));
	event->local_port = connection->local_port;
	event->remote_port = connection->remote_port;
	__builtin_memcpy(event->local_address, connection->local_address, sizeof(event->local_address));
	__builtin_memcpy(event->remote_address, connection->remote_address, sizeof(event->remote_address));
}

/*
 * Initial sequence numbers (RFC 9293 §3.4): no translation of addresses changes them, so they name the
 * connection at both ends. Read from what only the process itself moves, before it moves anything else:
 * `sent` and `received` bytes after the handshake, whose SYN counts one.
 */
INLINE void remember_sequences(struct connection *connection, struct sock *sk, u32 sent, u32 received)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;
	connection->initial_send_sequence = BPF_CORE_READ(tcp, write_seq) - sent - 1;
	connection->initial_receive_sequence = BPF_CORE_READ(tcp, copied_seq) - received - 1;
}

/* False when the ring had no room; an announcement is then tried again at the next call. */
static __noinline bool emit_connection(struct sock *sk, struct connection *connection, u8 kind)
{
	if (!connection)
		return false;
	struct connection_event *event = reserve_lifecycle(connection_event, connection->pid, EVENT_CONNECTION);
	if (!event)
		return false;
	if (!connection->is_announced)
		remember_addresses(connection, sk);
	event->kind = kind;
	fill_connection(event, connection);
	fill_socket(event, sk);
	if (kind == CONNECTION_CLOSED && connection->closed_ns != 0)
		event->header.at = connection->closed_ns;
	submit(event);
	return true;
}

INLINE void announce(struct sock *sk, struct connection *connection, u8 kind)
{
	connection->is_announced = emit_connection(sk, connection, kind);
}

/* The object may serve another connection by now, whose binding stays. */
INLINE void unbind_tls(struct connection *connection, u64 sock)
{
	struct tls_object_key key = { .object = connection->tls_object, .tgid = connection->tls_process };
	u64 *bound = bpf_map_lookup_elem(&tls_bindings, &key);
	if (bound && *bound == sock)
		bpf_map_delete_elem(&tls_bindings, &key);
}

/* Ends the account of a connection, with one event if user space knows of it. */
INLINE void end_connection(struct sock *sk, struct connection *connection, u8 kind)
{
	u64 key = (u64)sk;
	if (connection->is_announced || kind == CONNECTION_FAILED)
		emit_connection(sk, connection, kind);
	if (connection->is_tls_bound)
		unbind_tls(connection, key);
	bpf_map_delete_elem(&connections, &key);
}

/* A new entry; what the sock's address stood for before is over. NULL when the map is full. */
INLINE struct connection *start_connection(struct sock *sk, u32 pid, u32 context)
{
	u64 key = (u64)sk;
	struct connection *old = bpf_map_lookup_elem(&connections, &key);
	if (old)
		end_connection(sk, old, CONNECTION_CLOSED);
	struct connection fresh = {
		.connection_id = next_connection_id(context),
		.cgroup_id = bpf_get_current_cgroup_id(),
		.pid = pid,
	};
	bpf_map_update_elem(&connections, &key, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&connections, &key);
}

#endif

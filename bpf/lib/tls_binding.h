// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_TLS_BINDING_H
#define TOMTE_LIB_TLS_BINDING_H

#include "lib/connection.h"
#include "lib/tls_walk.h"
#include "maps/tls_bindings.h"
#include "maps/tls_calls.h"

INLINE bool is_call_of_direction(u32 function, u32 direction)
{
	if (function == TLS_HANDSHAKE)
		return true;
	if (direction == DIRECTION_SENT)
		return function == TLS_WRITE || function == TLS_WRITE_EX || function == TLS_SHUTDOWN;
	return function == TLS_READ || function == TLS_READ_EX;
}

/*
 * A transfer on a connection that carries TLS, inside a call of the library on the same thread, in the
 * direction of that call: the object of the call is the connection's. Anything less proves nothing: a
 * server may talk to its cache inside SSL_read. Where the object tells its socket, that must be this one: a
 * callback of the program may move the records of another connection. An object that was refused is kept
 * in tls_object, unbound, so that it is asked once.
 */
INLINE void bind_tls(struct sock *sk, struct connection *connection, u32 tgid, u32 direction)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct tls_call *call = bpf_map_lookup_elem(&tls_calls, &thread);
	if (!call || !is_call_of_direction(call->function, direction))
		return;
	if (connection->tls_object == call->object && connection->tls_process == tgid)
		return;
	struct tls_object_key key = { .object = call->object, .tgid = tgid };
	u64 address = (u64)sk;
	connection->tls_object = call->object;
	connection->tls_process = tgid;
	if (!confirm_by_walk(sk, call, direction))
		return;
	if (bpf_map_update_elem(&tls_bindings, &key, &address, BPF_ANY) != 0) {
		connection->tls_object = 0;
		return;
	}
	connection->is_tls_bound = true;
	emit_connection(sk, connection, CONNECTION_TLS_BOUND);
}

#endif
